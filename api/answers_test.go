package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"farwatch/models"
)

// TestNumbers_AskedAgain_NotModifiedUntilSomethingChanges, and what one person
// was sent is nobody else's answer.
func TestNumbers_AskedAgain_NotModifiedUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		author := a.person("example_ngo", "author", models.RoleCaseworker)
		other := a.person("example_ngo", "other", models.RoleCaseworker)
		stranger := a.person("example_two", "stranger", models.RoleReviewer)
		author.log(founding(t), "answers-key-1").want(201)
		for i, path := range []string{"/api/v1/stats", "/api/v1/stats?host_country=GBR", "/api/v1/incidents/facets?fields=host_country"} {
			first := author.get(path).want(200)
			tag := first.Header.Get("ETag")
			if len(tag) < 20 || !strings.HasPrefix(tag, `"`) {
				t.Fatalf("%s: ETag %q", path, tag)
			}
			again := author.do(http.MethodGet, path, nil, "If-None-Match", `"x", W/`+tag).want(304)
			if len(again.Body) > 0 || again.Header.Get("ETag") != tag {
				t.Errorf("%s: 304 with %q and ETag %s", path, again.Body, again.Header.Get("ETag"))
			}
			if whole := author.get(path).want(200); string(whole.Body) != string(first.Body) {
				t.Errorf("%s: another answer to the same question", path)
			}
			for _, u := range []*person{other, stranger} {
				if r := u.do(http.MethodGet, path, nil, "If-None-Match", tag).want(200); r.Header.Get("ETag") == tag {
					t.Errorf("%s: %s has the author's tag", path, u.name)
				}
			}
			var theirs struct {
				Incidents int
				Fields    []struct{ Items []struct{ Count int } }
			}
			stranger.get(path).want(200).json(&theirs)
			if theirs.Incidents != 0 || len(theirs.Fields) > 0 && len(theirs.Fields[0].Items) > 0 {
				t.Errorf("%s: another organisation is sent %+v", path, theirs)
			}
			author.log(founding(t), fmt.Sprint("answers-key-", i+2)).want(201)
			changed := author.do(http.MethodGet, path, nil, "If-None-Match", tag).want(200)
			if string(changed.Body) == string(first.Body) {
				t.Errorf("%s: a new record changed nothing", path)
			}
		}
		a.anyone().do(http.MethodGet, "/api/v1/stats", nil, "If-None-Match", "*").wantProblem(401, "session.required")
	})
}
