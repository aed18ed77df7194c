package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// seedCleared gives an organisation approved records that may be counted only.
func (a *app) seedCleared(organisation, owner string, n int) {
	a.t.Helper()
	v := a.handlers.Vocab
	var records []store.SeedIncident
	for k := range n {
		b := storetest.ACall().Titled(fmt.Sprintf("Canary call %d", k)).Between("2023-03-01", "2023-03-09").Sensitivity("restricted").With(func(in *models.IncidentInput) {
			in.Consents = []models.Consent{{ID: "N1", Target: "T1", Level: "given_aggregate"}}
			if k%5 == 0 {
				in.HostCountry = "DEU"
			}
			if k < 3 {
				in.HostCountry = "ISL"
			}
		})
		records = append(records, store.SeedIncident{
			Input: b.Input, Derived: models.Derive(b.Input, v), WorkflowStatus: "approved", VerificationStatus: "corroborated",
			CreatedAt: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		})
	}
	must(a.t, a.store.System().Seed(a.t.Context(), organisation, owner, v, slices.Values(records), func(int) {}))
}

type releaseBody struct {
	ReleaseID int `json:"release_id"`
	Number    *int
	State     string
	Moves     []string
}

func TestReleases_FromProposalToThePublic(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		analyst := a.person("example_ngo", "chen", models.RoleAnalyst)
		reviewer := a.person("other_ngo", "otto", models.RoleReviewer)
		admin := a.person("example_ngo", "elif", models.RoleInstanceAdmin)
		all := a.person("other_ngo", "all-roles", models.RoleAnalyst, models.RoleReviewer, models.RoleInstanceAdmin)
		propose := func(u *person, body object) *reply { return u.do(http.MethodPost, "/api/v1/releases", body) }
		propose(analyst, object{}).wantProblem(409, "release.nothing")
		a.seedCleared("example_ngo", "chen", 130)
		propose(analyst, object{}).wantProblem(409, "release.nothing") // one organisation of two
		a.seedCleared("other_ngo", "otto", 120)
		propose(reviewer, object{}).wantProblem(403, "permission.denied")
		propose(analyst, object{"note": "a\x00b"}).wantProblem(422, "validation.failed", "#/note control_character")
		propose(analyst, object{"corrects": 4}).wantProblem(422, "validation.failed", "#/corrects unknown_release")
		var r releaseBody
		propose(all, object{"note": "Calls of 2023"}).want(201).json(&r)
		path := fmt.Sprintf("/api/v1/releases/%d", r.ReleaseID)
		if r.State != "draft" || r.Number != nil || !slices.Equal(r.Moves, []string{"discard"}) {
			t.Fatalf("%+v", r)
		}
		propose(analyst, object{}).wantProblem(409, "release.open")
		var preview struct {
			Release releaseBody
			Tables  []struct {
				Name  string
				Cells []struct {
					Row     string
					Shown   string
					Persons *int
				}
			}
		}
		reply := analyst.get(path).want(200)
		reply.json(&preview)
		for _, secret := range []string{"Canary", "FW-", "ISL", "example_ngo", "threshold", "noise"} {
			if strings.Contains(string(reply.Body), secret) {
				t.Errorf("the preview holds %q", secret)
			}
		}
		if len(preview.Tables) < 3 || preview.Tables[0].Name != "total" || *preview.Tables[0].Cells[0].Persons < 238 || *preview.Tables[0].Cells[0].Persons > 262 {
			t.Errorf("%+v", preview.Tables)
		}
		all.do(http.MethodPost, path+"/approve", nil).wantProblem(403, "release.same_person")
		admin.do(http.MethodPost, path+"/publish", nil).wantProblem(409, "release.not_possible")
		reviewer.do(http.MethodPost, path+"/approve", nil).want(200).json(&r)
		if r.State != "approved" || !slices.Equal(r.Moves, []string{"discard"}) {
			t.Errorf("%+v", r)
		}
		all.do(http.MethodPost, path+"/publish", nil).wantProblem(403, "release.same_person")
		a.anyone().get("/api/v1/public/releases/1").wantProblem(404, "release.not_found")
		admin.do(http.MethodPost, path+"/publish", nil).want(200).json(&r)
		if r.State != "published" || *r.Number != 1 || len(r.Moves) != 0 {
			t.Errorf("%+v", r)
		}
		propose(analyst, object{}).wantProblem(409, "release.too_soon")

		var list struct {
			Items []struct {
				Number int
				Note   string
				Files  []struct{ Name string }
			}
			Method    string
			PublicKey string `json:"public_key"`
		}
		public := a.anyone().get("/api/v1/public/releases").want(200)
		public.json(&list)
		if len(list.Items) != 1 || list.Items[0].Note != "Calls of 2023" || !strings.HasPrefix(list.Method, "# How the numbers") || len(list.PublicKey) != 64 {
			t.Errorf("%+v", list)
		}
		for _, name := range []string{"chen", "otto", "elif", "all-roles"} {
			if strings.Contains(string(public.Body), name) {
				t.Errorf("the public list names %s", name)
			}
		}
		for _, f := range list.Items[0].Files {
			got := a.anyone().get("/api/v1/public/releases/1/files/" + f.Name).want(200)
			if strings.Contains(string(got.Body), "Canary") || strings.Contains(string(got.Body), "ISL") || len(got.Body) == 0 {
				t.Errorf("%s: %q", f.Name, string(got.Body))
			}
		}
		a.anyone().get("/api/v1/public/releases/1").want(200)
		a.anyone().get("/api/v1/public/releases/1/files/other.csv").wantProblem(404, "release.not_found")
		a.anyone().get("/api/v1/public/releases/1/files/..%2Fkeys").wantProblem(404, "request.not_found")
	})
}

// TestReleases_Discarded: what was seen stays in the list and keeps its id.
func TestReleases_Discarded_CountsInTheNextAudit(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		analyst := a.person("example_ngo", "chen", models.RoleAnalyst)
		a.person("other_ngo", "otto", models.RoleAnalyst)
		a.seedCleared("example_ngo", "chen", 90)
		a.seedCleared("other_ngo", "otto", 90)
		var r releaseBody
		for want := 1; want <= 2; want++ {
			analyst.do(http.MethodPost, "/api/v1/releases", object{}).want(201).json(&r)
			if r.ReleaseID != want {
				t.Errorf("id %d, want %d", r.ReleaseID, want)
			}
			analyst.do(http.MethodPost, fmt.Sprintf("/api/v1/releases/%d/discard", r.ReleaseID), nil).want(200)
		}
		analyst.do(http.MethodPost, "/api/v1/releases/2/discard", nil).wantProblem(409, "release.not_possible")
		var list struct{ Items []releaseBody }
		analyst.get("/api/v1/releases").want(200).json(&list)
		if len(list.Items) != 2 || list.Items[0].State != "discarded" {
			t.Errorf("%+v", list)
		}
	})
}
