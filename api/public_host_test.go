package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
)

const publicHost = "public.example"

// alone is the public side of the same store on a host of its own.
func (a *app) alone() http.Handler {
	a.t.Helper()
	h := *a.handlers
	var err error
	h.PublicURL, err = url.Parse("https://" + publicHost)
	must(a.t, err)
	d := a.deps
	d.Handlers = &h
	handler, err := NewPublic(d)
	must(a.t, err)
	return handler
}

func ask(handler http.Handler, host, method, path, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = host
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// TestPublicHost_HasNoRouteOfASession: on the public side's own host nothing of
// the contract is there but what everybody reads, even for who is signed in.
func TestPublicHost_HasNoRouteOfASession(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		handler := a.alone()
		u := a.person("example_ngo", "everything", models.RoleAdvocate, models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer, models.RoleOrgAdmin)
		var served []string
		for key, op := range a.contract.operations {
			method, path, _ := strings.Cut(key, " ")
			w := ask(handler, publicHost, method, concrete(path), u.token)
			if w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed || strings.Contains(w.Body.String(), "incident.not_found") {
				served = append(served, op.id)
			}
			if w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s sets a cookie", op.id)
			}
		}
		slices.Sort(served)
		if want := []string{
			"health", "listPublicIncidents", "listPublicReleases", "publicStats", "readPublicIncident", "readPublicRelease", "readReleaseFile", "vocabulary",
		}; !slices.Equal(served, want) {
			t.Errorf("served %q, want %q", served, want)
		}
		for _, path := range []string{"/sign-in", "/incidents", "/setup", "/index.html", "/.vite/manifest.json", "/account"} {
			if w := ask(handler, publicHost, http.MethodGet, path, ""); w.Code != http.StatusNotFound {
				t.Errorf("%s answers %d", path, w.Code)
			}
		}
	})
}

func TestPublicHost_Pages_KeepToIt(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(30)
		handler := a.alone()
		w := ask(handler, publicHost, http.MethodGet, "/public", "")
		body := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(body, "sign-in") || strings.Contains(body, testHost) || !strings.Contains(body, `href="https://`+publicHost+`/public"`) {
			t.Errorf("%d, sign-in %t, other host %t", w.Code, strings.Contains(body, "sign-in"), strings.Contains(body, testHost))
		}
		if w.Header().Get("Strict-Transport-Security") == "" {
			t.Error("https is not kept")
		}
		if w := ask(handler, publicHost, http.MethodGet, "/", ""); w.Code != http.StatusFound || w.Header().Get("Location") != "/public" {
			t.Errorf("the front page answers %d", w.Code)
		}
		if w := ask(handler, publicHost, http.MethodGet, "/assets/app-1.js", ""); w.Code != http.StatusOK {
			t.Errorf("a file of a page answers %d", w.Code)
		}
		for _, host := range []string{testHost, "elsewhere.example"} {
			if w := ask(handler, host, http.MethodGet, "/public", ""); w.Code != http.StatusMisdirectedRequest {
				t.Errorf("under %s it answers %d", host, w.Code)
			}
		}
	})
}

// TestPublicPages_LimitedByAddress without a word about it in the log.
func TestPublicPages_LimitedByAddress(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, plain *app) {
		a := limitedApp(t, plain)
		for range 60 {
			a.anyone().get("/public/about").want(200)
		}
		r := a.anyone().get("/public/about").want(429)
		if r.Header.Get("Retry-After") == "" || !strings.Contains(string(r.Body), "Too many requests") {
			t.Errorf("%v %s", r.Header, r.Body)
		}
		if strings.Contains(a.log.String(), "127.0.0.1") {
			t.Error("the log holds an address")
		}
	})
}
