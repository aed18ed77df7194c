package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"farwatch/models"
)

func TestDevelopers_SaysEverything_WithoutScriptOrAnybodyElse(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		r := a.anyone().get("/developers").want(200)
		page := string(r.Body)
		if r.Header.Get("Content-Type") != "text/html; charset=utf-8" || r.Header.Get("Content-Security-Policy") != contentSecurityPolicy {
			t.Errorf("%v", r.Header)
		}
		for key, op := range a.contract.operations {
			if !strings.Contains(page, `<h4 id="`+op.id+`">`) {
				t.Errorf("%s is not on the page", key)
			}
		}
		for name := range a.contract.doc.Components.Schemas {
			if !strings.Contains(page, `id="type-`+name+`"`) {
				t.Errorf("%s is not on the page", name)
			}
		}
		for _, text := range []string{"<code>records:read</code>", "event_year__gte=2020", "Bearer $FARWATCH_TOKEN", "http://localhost:8080/api/v1/changes?limit=200", "req_auth_bearer_token", "urllib.request"} {
			if !strings.Contains(page, text) {
				t.Errorf("%q is not on the page", text)
			}
		}
		if found := regexp.MustCompile(`<script|style=|src=|javascript:|onclick| href="(https?:)?//`).FindString(page); found != "" {
			t.Errorf("the page has %q", found)
		}
		for _, link := range regexp.MustCompile(`href="/developers#([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if !strings.Contains(page, `id="`+link[1]+`"`) {
				t.Errorf("%s leads nowhere", link[0])
			}
		}
		a.anyone().do(http.MethodGet, "/developers", nil, "If-None-Match", r.Header.Get("ETag")).want(304)
		small := a.anyone().do(http.MethodGet, "/developers", nil, "Accept-Encoding", "gzip").want(200)
		if small.Header.Get("Content-Encoding") != "gzip" || len(small.Body)*4 > len(page) {
			t.Errorf("%d of %d bytes, %v", len(small.Body), len(page), small.Header)
		}
		if style := a.anyone().get("/developers.css").want(200); style.Header.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("%v", style.Header)
		}
		t.Logf("%d bytes", len(page))
	})
}

func TestDevelopers_Search_WithoutScript(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		page := string(a.anyone().get("/developers?q=Snippets+incidents").want(200).Body)
		if !strings.Contains(page, `id="incidentSnippets"`) || strings.Contains(page, `id="signIn"`) || !strings.Contains(page, "1 of ") {
			t.Errorf("%s", page)
		}
		page = string(a.anyone().get("/developers?q=%22%3E%3Cscript%3E").want(200).Body)
		if strings.Contains(page, "<script>") || !strings.Contains(page, "0 of ") || !strings.Contains(page, "Nothing of that name") {
			t.Errorf("%s", page)
		}
		a.anyone().get("/developers?q=" + strings.Repeat("a", 5000)).want(200)
		a.person("example_ngo", "nadia", models.RoleAnalyst).get("/developers").want(200)
	})
}
