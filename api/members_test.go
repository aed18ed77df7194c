package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

type memberJSON struct {
	UserID   string `json:"user_id"`
	UserName string `json:"user_name"`
	Roles    []string
	Status   string
	Reset    *struct {
		CreatedBy string `json:"created_by"`
		Confirmed bool
	}
}

func (u *person) roles(of *person, roles ...string) *reply {
	u.t.Helper()
	return u.do(http.MethodPut, "/api/v1/members/"+of.id+"/roles", object{"roles": append([]string{}, roles...)})
}

func (u *person) post(path string) *reply { u.t.Helper(); return u.do(http.MethodPost, path, nil) }

// actions are those in the audit that the person may read, newest first.
func (u *person) actions(query string) []string {
	u.t.Helper()
	var page struct{ Items []struct{ Action string } }
	u.get("/api/v1/audit" + query).want(200).json(&page)
	var out []string
	for _, i := range page.Items {
		out = append(out, i.Action)
	}
	return out
}

func TestRoles_Change_BindsAtOnceAndIsAudited(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleAnalyst)
		u.do(http.MethodPost, "/api/v1/incidents", nil).wantProblem(403, "permission.denied")
		var m memberJSON
		admin.roles(u, "caseworker", "reviewer").want(200).json(&m)
		if strings.Join(m.Roles, " ") != "caseworker reviewer" || m.UserName != "amina" {
			t.Errorf("member %+v", m)
		}
		u.log(founding(t), "after-the-role").want(201)
		var page struct {
			Items []struct {
				Action     string
				UserName   string `json:"user_name"`
				ObjectName string `json:"object_name"`
				Fields     []string
			}
		}
		admin.get("/api/v1/audit?action=user.roles").want(200).json(&page)
		if len(page.Items) != 1 || page.Items[0].UserName != "elif" || page.Items[0].ObjectName != "amina" ||
			!slices.Equal(page.Items[0].Fields, []string{"-analyst", "+caseworker", "+reviewer"}) {
			t.Errorf("audit %+v", page.Items)
		}
		admin.roles(u, "reviewer", "caseworker").want(200)
		if got := admin.actions("?action=user.roles"); len(got) != 1 {
			t.Errorf("no change was audited: %v", got)
		}
		admin.roles(u).want(200)
		u.get("/api/v1/incidents").wantProblem(403, "permission.denied")
	})
}

func TestRoles_Refused_ChangeNothing(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		operator := a.person("example_ngo", "ines", models.RoleInstanceAdmin, models.RoleOrgAdmin)
		colleague := a.person("example_ngo", "amina", models.RoleCaseworker)
		stranger := a.person("other_ngo", "otto", models.RoleOrgAdmin)
		admin.roles(admin, "org_admin", "reviewer").wantProblem(403, "member.own_account")
		admin.roles(operator, "analyst").wantProblem(403, "member.operator")
		admin.roles(stranger, "analyst").wantProblem(404, "member.not_found")
		admin.do(http.MethodPut, "/api/v1/members/nobody/roles", object{"roles": []string{}}).wantProblem(404, "member.not_found")
		admin.roles(colleague, "instance_admin").want(422)
		admin.roles(colleague, "analyst", "analyst").want(422)
		stranger.roles(colleague, "org_admin").wantProblem(404, "member.not_found")
		colleague.roles(admin, "analyst").wantProblem(403, "permission.denied")
		colleague.roles(colleague, "reviewer").wantProblem(403, "permission.denied")
		a.anyone().roles(colleague, "reviewer").wantProblem(401, "session.required")
		a.person("example_ngo", "only-operator", models.RoleInstanceAdmin).roles(colleague, "reviewer").wantProblem(403, "permission.denied")
		var list struct{ Items []memberJSON }
		admin.get("/api/v1/members").want(200).json(&list)
		for _, m := range list.Items {
			want := map[string]string{"elif": "org_admin", "ines": "org_admin instance_admin", "amina": "caseworker", "only-operator": "instance_admin"}[m.UserName]
			if strings.Join(m.Roles, " ") != want {
				t.Errorf("%s holds %v", m.UserName, m.Roles)
			}
		}
		// An operator who also administers the organisation may; the role of the
		// server stays.
		other := a.person("example_ngo", "ivan", models.RoleInstanceAdmin, models.RoleAnalyst)
		var m memberJSON
		operator.roles(other, "reviewer").want(200).json(&m)
		if strings.Join(m.Roles, " ") != "reviewer instance_admin" {
			t.Errorf("member %+v", m)
		}
	})
}

func TestDisable_EndsSessionsAndEnableOpensAgain(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		a.account("amina", models.RoleCaseworker)
		signed := a.anyone().signIn("amina", password).want(201)
		u := signed.as(a)
		var m memberJSON
		admin.post("/api/v1/members/" + u.id + "/disable").want(200).json(&m)
		if m.Status != "disabled" {
			t.Errorf("member %+v", m)
		}
		u.get("/api/v1/me").wantProblem(401, "session.expired")
		a.anyone().refresh(signed.cookie()).wantProblem(401, "session.expired")
		a.anyone().signIn("amina", password).wantProblem(401, "session.bad_credentials")
		a.clock.Advance(time.Minute)
		admin.post("/api/v1/members/" + u.id + "/enable").want(200).json(&m)
		u.get("/api/v1/me").wantProblem(401, "session.expired") // the old session stays ended
		a.anyone().signIn("amina", password).want(201)
		if got := admin.actions(""); !slices.Contains(got, "user.disable") || !slices.Contains(got, "user.enable") {
			t.Errorf("audit %v", got)
		}
	})
}

func TestDisable_Refused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		operator := a.person("example_ngo", "ines", models.RoleInstanceAdmin)
		colleague := a.person("example_ngo", "amina", models.RoleReviewer)
		stranger := a.person("other_ngo", "otto", models.RoleOrgAdmin)
		for _, path := range []string{"/disable", "/enable", "/reset-link", "/reset-link/confirm"} {
			admin.post("/api/v1/members/"+admin.id+path).wantProblem(403, "member.own_account")
			admin.post("/api/v1/members/"+operator.id+path).wantProblem(403, "member.operator")
			admin.post("/api/v1/members/"+stranger.id+path).wantProblem(404, "member.not_found")
			stranger.post("/api/v1/members/"+colleague.id+path).wantProblem(404, "member.not_found")
			colleague.post("/api/v1/members/"+stranger.id+path).wantProblem(403, "permission.denied")
			operator.post("/api/v1/members/"+colleague.id+path).wantProblem(403, "permission.denied")
			a.anyone().post("/api/v1/members/"+colleague.id+path).wantProblem(401, "session.required")
		}
		for _, u := range []*person{admin, operator, colleague, stranger} {
			u.get("/api/v1/me").want(200)
		}
	})
}

// TestAdmins_ActOnEachOtherAtOnce: the second meets what the first did, so an
// administrator is always left.
func TestAdmins_ActOnEachOtherAtOnce_OneIsLeft(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		rounds := 20
		if testing.Short() {
			rounds = 4
		}
		for i := range rounds {
			org := "ngo_" + string(rune('a'+i))
			one, two := a.person(org, org+"-one", models.RoleOrgAdmin), a.person(org, org+"-two", models.RoleOrgAdmin)
			done := make(chan int, 2)
			for _, pair := range [][2]*person{{one, two}, {two, one}} {
				go func() {
					method, path, body := http.MethodPost, "/api/v1/members/"+pair[1].id+"/disable", any(nil)
					if i%2 == 1 {
						method, path, body = http.MethodPut, "/api/v1/members/"+pair[1].id+"/roles", object{"roles": []string{"analyst"}}
					}
					_, w := pair[0].send(method, path, body)
					done <- w.Code
				}()
			}
			first, second := <-done, <-done
			if (first == 200) == (second == 200) {
				t.Errorf("round %d: %d and %d", i, first, second)
			}
		}
	})
}
