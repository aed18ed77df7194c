package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"farwatch/models"
)

func (u *person) setMode(mode string) *reply {
	u.t.Helper()
	return u.do(http.MethodPut, "/api/v1/instance/mode", object{"mode": mode, "reason": "Phones were taken."})
}

func (u *person) modeOfInstance() string {
	u.t.Helper()
	var body struct{ Mode string }
	u.get("/api/v1/instance").want(200).json(&body)
	return body.Mode
}

func TestLock_ReadOnly_EveryUnsafeOperationIsRefused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		everything := a.person("example_ngo", "amina", models.Roles()...)
		if got := a.anyone().modeOfInstance(); got != "open" {
			t.Fatalf("mode %q", got)
		}
		admin.setMode("read_only").want(200)
		if got := a.anyone().modeOfInstance(); got != "read_only" {
			t.Fatalf("mode %q", got)
		}
		refused, reads := 0, 0
		for key, op := range a.contract.operations {
			method, path, _ := strings.Cut(key, " ")
			r := everything.do(method, concrete(path), nil, "X-Farwatch", "1", "If-None-Match", "x")
			locked := r.Status == http.StatusServiceUnavailable && strings.Contains(string(r.Body), `"instance.read_only"`)
			if want := method != http.MethodGet && method != http.MethodHead && !op.urgent; locked != want {
				t.Errorf("%s (%s): refused %v, want %v: %d", op.id, key, locked, want, r.Status)
			}
			if locked {
				refused++
			} else if method == http.MethodGet {
				reads++
			}
		}
		if refused < 40 || reads < 30 {
			t.Errorf("%d refused, %d reads: this test shows nothing", refused, reads)
		}
		admin = a.again(admin)
		admin.setMode("open").want(200)
		everything = a.again(everything)
		if r := everything.do(http.MethodPost, "/api/v1/incidents", nil); r.Status == http.StatusServiceUnavailable {
			t.Errorf("still locked: %s", r.Body)
		}
	})
}

func TestLock_ReadOnly_PeopleSignInAndOut(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.handlers.FactorOptional = true // what is tested comes after signing in
		a.account("amina", models.RoleCaseworker)
		must(t, a.store.System().SetInstanceMode(t.Context(), models.ModeReadOnly, "", ""))
		r := a.anyone().signIn("amina", password).want(201)
		cookie := a.anyone().refresh(r.cookie()).want(201).cookie()
		r.as(a).get("/api/v1/incidents").want(200)
		a.anyone().do(http.MethodDelete, "/api/v1/sessions/current", nil, "X-Farwatch", "1", "Cookie", "__Host-farwatch_rt="+cookie).want(204)
		r.as(a).get("/api/v1/me").wantProblem(401, "session.expired")
	})
}

func TestLock_Closed_EndsEverySessionAndLetsAdministratorsIn(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.handlers.FactorOptional = true
		a.account("amina", models.RoleCaseworker, models.RoleReviewer)
		a.account("elif", models.RoleOrgAdmin)
		a.account("ines", models.RoleInstanceAdmin)
		signed := a.anyone().signIn("amina", password).want(201)
		admin := a.anyone().signIn("elif", password).want(201).as(a)
		var state struct{ Mode, Reason string }
		admin.setMode("closed").want(200).json(&state)
		if state.Mode != "closed" || state.Reason != "Phones were taken." {
			t.Errorf("state %+v", state)
		}
		for _, u := range []*person{signed.as(a), admin} {
			u.get("/api/v1/me").wantProblem(401, "session.expired")
		}
		a.anyone().refresh(signed.cookie()).wantProblem(401, "session.expired")
		a.anyone().signIn("amina", password).wantProblem(503, "instance.closed")
		a.anyone().signIn("amina", "four green walls tall").wantProblem(401, "session.bad_credentials")
		a.anyone().signIn("ines", password).want(201)
		admin = a.anyone().signIn("elif", password).want(201).as(a)
		admin.get("/api/v1/members").want(200)
		admin.do(http.MethodPost, "/api/v1/invitations", object{"roles": []string{"analyst"}}).wantProblem(503, "instance.closed")
		admin.setMode("open").want(200)
		a.anyone().signIn("amina", password).want(201)
	})
}

func TestLock_OnlyAdministrators(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.anyone().setMode("closed").wantProblem(401, "session.required")
		for _, role := range []models.Role{models.RoleAdvocate, models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer} {
			u := a.person("example_ngo", "role-"+string(role), role)
			u.setMode("closed").wantProblem(403, "permission.denied")
			u.get("/api/v1/instance/mode").wantProblem(403, "permission.denied")
		}
		admin := a.person("example_ngo", "elif", models.RoleInstanceAdmin)
		admin.setMode("quarantine").want(422)
		if got := admin.modeOfInstance(); got != "open" {
			t.Errorf("mode %q", got)
		}
		must(t, a.store.System().SetInstanceMode(context.Background(), models.ModeQuarantine, "restored", ""))
		admin.do(http.MethodPost, "/api/v1/invitations/accept", object{"token": "12345678", "user_name": "new", "password": password}).wantProblem(503, "instance.read_only")
		admin.setMode("open").want(200)
	})
}

// TestLock_Closed_SessionThatIsLeft_IsRefused: the gate does not rely on every
// session having been ended.
func TestLock_Closed_SessionThatIsLeft_IsRefused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		other := a.person("example_ngo", "emre", models.RoleOrgAdmin)
		must(t, a.store.System().SetInstanceMode(t.Context(), models.ModeClosed, "", ""))
		admin, other = a.again(admin), a.again(other)
		other.get("/api/v1/me").want(200)
		p, err := a.store.System().ActAs(t.Context(), "elif")
		must(t, err)
		must(t, a.store.For(p).ChangeRoles(t.Context(), other.id, []models.Role{models.RoleReviewer}))
		other.get("/api/v1/me").wantProblem(503, "instance.closed")
		other.setMode("open").wantProblem(403, "permission.denied")
		admin.get("/api/v1/me").want(200)
	})
}

func TestLock_ReadOnly_ImportWaitsAndGoesOnAfterwards(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		i := u.upload("cases.csv", []byte("title,origin country,host country\nA call,China,Germany\n"), 1000)
		u.do(http.MethodPost, "/api/v1/imports/"+i.ID+"/steps", object{"step": "check"}).want(202)
		id, state, p, found, err := a.store.System().NextImport(t.Context())
		if must(t, err); !found {
			t.Fatal("nothing waits")
		}
		must(t, a.store.System().SetInstanceMode(t.Context(), models.ModeReadOnly, "", ""))
		if _, _, _, found, err := a.store.System().NextImport(t.Context()); err != nil || found {
			t.Errorf("work is handed out while locked: %v", err)
		}
		must(t, a.handlers.WorkImport(t.Context(), id, state, p)) // begun before
		var now importBody
		u.get("/api/v1/imports/" + i.ID).want(200).json(&now)
		if now.State != "checking" {
			t.Errorf("state %s", now.State)
		}
		must(t, a.store.System().SetInstanceMode(t.Context(), models.ModeOpen, "", ""))
		u.work()
		u.get("/api/v1/imports/" + i.ID).want(200).json(&now)
		if now.State != "checked" {
			t.Errorf("state %s", now.State)
		}
	})
}
