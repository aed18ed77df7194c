package api

import (
	"net/http"
	"sync"
	"testing"

	"farwatch/models"
)

// TestIdempotency_Storm_OneEffect: twenty retries at once of each operation that
// makes something make one thing, and all are told of the same.
func TestIdempotency_Storm_OneEffect(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		var incident struct{ Ref string }
		u.do(http.MethodPost, "/api/v1/incidents", valid(), "Idempotency-Key", "first-of-all").want(201).json(&incident)
		comments := "/api/v1/incidents/" + incident.Ref + "/comments"
		for _, c := range []struct {
			path, list, id string
			body           object
			there          int // before
		}{
			{"/api/v1/incidents", "/api/v1/incidents", "ref", valid(), 1},
			{"/api/v1/campaigns", "/api/v1/campaigns", "ref", object{"title": "Spring calls", "summary": ""}, 0},
			{"/api/v1/imports", "/api/v1/imports", "import_id", object{"name": "x.csv", "bytes": 10}, 0},
			{comments, comments, "comment_id", object{"body": "Who can call back?"}, 0},
		} {
			const racers = 20
			made := make([]string, racers)
			var wg sync.WaitGroup
			for n := range racers {
				wg.Go(func() {
					var one map[string]any
					u.do(http.MethodPost, c.path, c.body, "Idempotency-Key", "storm-of-retries").want(201).json(&one)
					made[n], _ = one[c.id].(string)
				})
			}
			wg.Wait()
			for _, id := range made {
				if id == "" || id != made[0] {
					t.Errorf("%s: made %q and %q", c.path, made[0], id)
				}
			}
			var list struct{ Items []any }
			u.get(c.list).want(200).json(&list)
			if len(list.Items) != c.there+1 {
				t.Errorf("%s: %d are there, want %d", c.path, len(list.Items), c.there+1)
			}
			u.do(http.MethodPost, c.path, c.body).wantProblem(428, "idempotency.key_missing")
			other := object{}
			for name, v := range c.body {
				other[name] = v
			}
			for _, name := range []string{"title", "name", "body"} {
				if _, ok := other[name]; ok {
					other[name] = "something else"
				}
			}
			u.do(http.MethodPost, c.path, other, "Idempotency-Key", "storm-of-retries").wantProblem(422, "idempotency.key_reused")
			// A key is one person's own: a colleague's is another.
			colleague := a.person("example_ngo", "colleague-"+c.id+c.path[len(c.path)-4:], models.RoleCaseworker, models.RoleReviewer)
			var again map[string]any
			colleague.do(http.MethodPost, c.path, c.body, "Idempotency-Key", "storm-of-retries").want(201).json(&again)
			if again[c.id] == made[0] {
				t.Errorf("%s: a colleague was given what somebody else made", c.path)
			}
		}
	})
}
