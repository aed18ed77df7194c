package api

import (
	"net/http"
	"testing"

	"farwatch/models"
)

type memberSession struct {
	SessionID string `json:"session_id"`
	UserName  string `json:"user_name"`
	Current   bool
}

func (u *person) memberSessions() []memberSession {
	u.t.Helper()
	var list struct{ Items []memberSession }
	u.get("/api/v1/organisation/sessions").want(200).json(&list)
	return list.Items
}

func TestMemberSessions_ListAndEnd_OwnOrganisationOnly(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		second := a.again(u)
		stranger := a.person("other_ngo", "otto", models.RoleOrgAdmin)
		list := admin.memberSessions()
		if len(list) != 3 {
			t.Fatalf("%d sessions: %+v", len(list), list)
		}
		current := 0
		var hers []string
		for _, s := range list {
			if s.Current {
				current++
			}
			if s.UserName == "amina" {
				hers = append(hers, s.SessionID)
			}
		}
		if current != 1 || len(hers) != 2 {
			t.Fatalf("%d current, %d hers", current, len(hers))
		}
		stranger.do(http.MethodDelete, "/api/v1/organisation/sessions/"+hers[0], nil).wantProblem(404, "session.not_found")
		u.do(http.MethodDelete, "/api/v1/organisation/sessions/"+hers[0], nil).wantProblem(403, "permission.denied")
		u.get("/api/v1/organisation/sessions").wantProblem(403, "permission.denied")
		a.anyone().get("/api/v1/organisation/sessions").wantProblem(401, "session.required")
		admin.do(http.MethodDelete, "/api/v1/organisation/sessions/"+hers[0], nil).want(204)
		admin.do(http.MethodDelete, "/api/v1/organisation/sessions/"+hers[0], nil).wantProblem(404, "session.not_found")
		if one, two := u.get("/api/v1/me").Status, second.get("/api/v1/me").Status; one+two != 200+401 {
			t.Errorf("%d and %d", one, two)
		}
		admin.do(http.MethodDelete, "/api/v1/members/"+u.id+"/sessions", nil).want(204)
		u.get("/api/v1/me").wantProblem(401, "session.expired")
		second.get("/api/v1/me").wantProblem(401, "session.expired")
		admin.do(http.MethodDelete, "/api/v1/members/"+stranger.id+"/sessions", nil).wantProblem(404, "member.not_found")
		stranger.get("/api/v1/me").want(200)
	})
}

func TestSignOutOrganisation_EndsAllButTheOneThatAsks(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		stranger := a.person("other_ngo", "otto", models.RoleCaseworker)
		signOut := func(who *person, mineToo bool) *reply {
			return who.do(http.MethodPost, "/api/v1/organisation/sign-out", object{"mine_too": mineToo})
		}
		signOut(u, false).wantProblem(403, "permission.denied")
		signOut(a.anyone(), false).wantProblem(401, "session.required")
		// Also while the instance is locked: that is when it is wanted.
		must(t, a.store.System().SetInstanceMode(t.Context(), models.ModeReadOnly, "", ""))
		signOut(admin, false).want(204)
		u.get("/api/v1/me").wantProblem(401, "session.expired")
		admin.get("/api/v1/me").want(200)
		stranger.get("/api/v1/me").want(200)
		signOut(admin, true).want(204)
		admin.get("/api/v1/me").wantProblem(401, "session.expired")
		stranger.get("/api/v1/me").want(200)
	})
}
