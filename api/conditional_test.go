package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"farwatch/models"
)

func TestList_FieldsLinksAndEnd(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := &cells{app: a, t: t}
		c.seed(a.person("example_ngo", "amina", models.RoleCaseworker), "Seeded", []cell{
			{sensitivity: "open", state: "draft"}, {sensitivity: "open", state: "approved"}, {sensitivity: "partner", state: "published"},
		})
		p := a.person("example_ngo", "nadia", models.RoleAnalyst).tokenFor("Program", "records:read")
		type page struct {
			Items      []map[string]json.RawMessage
			Total      int
			Complete   bool
			NextCursor *string `json:"next_cursor"`
			Next       *string
		}
		var first page
		r := p.get("/api/v1/incidents?limit=2&sort=title&fields=ref,version,title").want(200)
		r.json(&first)
		if len(first.Items) != 2 || first.Total != 3 || first.Complete || first.Next == nil || r.Header.Get("Link") != "<"+*first.Next+`>; rel="next"` {
			t.Fatalf("%s\nLink: %s", r.Body, r.Header.Get("Link"))
		}
		for _, item := range first.Items {
			if len(item) != 3 || item["ref"] == nil || string(item["version"]) != "1" || !strings.HasPrefix(string(item["title"]), `"Seeded `) {
				t.Errorf("%v", item)
			}
		}
		address, err := url.Parse(*first.Next)
		must(t, err)
		if q := address.Query(); address.Path != "/api/v1/incidents" || q.Get("cursor") != *first.NextCursor || q.Get("fields") != "ref,version,title" || q.Get("sort") != "title" {
			t.Errorf("next is %s", address)
		}
		var last page
		r = p.get(*first.Next).want(200)
		r.json(&last)
		if len(last.Items) != 1 || last.Total != 3 || !last.Complete || last.Next != nil || last.NextCursor != nil || r.Header.Get("Link") != "" {
			t.Errorf("%s\nLink: %s", r.Body, r.Header.Get("Link"))
		}
		p.get("/api/v1/incidents?fields=ref,summary").wantProblem(422, "validation.failed", "fields not_allowed")
		p.get("/api/v1/incidents?fields=").wantProblem(422, "validation.failed", "fields bad_format")
	})
}

func TestETag_ListAndRecord_304UntilSomethingChanges(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		var made struct{ Ref string }
		body := founding(t)
		body["sensitivity"] = "open"
		created := u.log(body, "etag-key-1").want(201)
		created.json(&made)
		p := u.tokenFor("Program", "records:read")
		tags := map[string]string{}
		paths := []string{"/api/v1/incidents?origin_country=CHN", "/api/v1/incidents/" + made.Ref}
		for _, path := range paths {
			tags[path] = p.get(path).want(200).Header.Get("ETag")
			for _, tag := range []string{tags[path], "W/" + tags[path], `"x", ` + tags[path], "*"} {
				r := p.do(http.MethodGet, path, nil, "If-None-Match", tag).want(304)
				if len(r.Body) > 0 || r.Header.Get("ETag") != tags[path] {
					t.Errorf("%s: %d bytes, tag %s", path, len(r.Body), r.Header.Get("ETag"))
				}
			}
			p.do(http.MethodGet, path, nil, "If-None-Match", `"x"`).want(200)
		}
		u.do(http.MethodPatch, "/api/v1/incidents/"+made.Ref, object{"title": "Another title"}, "If-Match", created.Header.Get("ETag")).want(200)
		for _, path := range paths {
			r := p.do(http.MethodGet, path, nil, "If-None-Match", tags[path]).want(200)
			if r.Header.Get("ETag") == tags[path] {
				t.Errorf("%s changed and has the same tag", path)
			}
		}
		// Who edits gets the tag that If-Match takes.
		if tag := u.get("/api/v1/incidents/" + made.Ref).want(200).Header.Get("ETag"); !strings.HasPrefix(tag, `"v2-`) {
			t.Errorf("tag %s", tag)
		}
	})
}

func TestContract_Download_SignedOut(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		text := a.anyone().get("/api/v1/openapi.yaml").want(200)
		if !strings.HasPrefix(string(text.Body), "openapi: 3.0.3\n") || text.Header.Get("Content-Type") != "application/yaml" {
			t.Errorf("%s: %.40s", text.Header.Get("Content-Type"), text.Body)
		}
		var doc struct {
			OpenAPI string `json:"openapi"`
			Paths   map[string]any
		}
		r := a.anyone().get("/api/v1/openapi.json").want(200)
		r.json(&doc)
		if doc.OpenAPI != "3.0.3" || doc.Paths["/api/v1/incidents"] == nil || !strings.Contains(string(r.Body), `"$ref":"#/components/parameters/OriginCountry"`) {
			t.Errorf("%.200s", r.Body)
		}
		a.anyone().do(http.MethodGet, "/api/v1/openapi.json", nil, "If-None-Match", r.Header.Get("ETag")).want(304)
		a.anyone().do(http.MethodGet, "/api/v1/openapi.yaml", nil, "If-None-Match", text.Header.Get("ETag")).want(304)
	})
}
