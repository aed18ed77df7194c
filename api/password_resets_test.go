package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

const newPassword = "seven blue doors sing"

// resetLink makes a link and gives its token.
func (u *person) resetLink(of *person) (token string, confirmed bool) {
	u.t.Helper()
	var made struct {
		Link  string
		Reset struct{ Confirmed bool }
	}
	u.post("/api/v1/members/" + of.id + "/reset-link").want(201).json(&made)
	_, token, _ = strings.Cut(made.Link, "http://"+testHost+"/reset#")
	if token == "" {
		u.t.Fatalf("link %q", made.Link)
	}
	return token, made.Reset.Confirmed
}

func (u *person) useReset(token, password string) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/password-resets", object{"token": token, "password": password})
}

func TestResetLink_SetsAPasswordOnce(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		a.account("amina", models.RoleCaseworker)
		u := a.anyone().signIn("amina", password).want(201).as(a)
		old, _ := admin.resetLink(u)
		token, confirmed := admin.resetLink(u)
		if !confirmed {
			t.Error("a link for a caseworker needs no second administrator")
		}
		var list struct{ Items []memberJSON }
		admin.get("/api/v1/members").want(200).json(&list)
		if list.Items[0].Reset == nil || list.Items[0].Reset.CreatedBy != "elif" {
			t.Errorf("member %+v", list.Items[0])
		}
		guest := a.anyone()
		guest.useReset(old, newPassword).wantProblem(410, "reset.link_invalid")
		guest.useReset("made-up-token", newPassword).wantProblem(410, "reset.link_invalid")
		guest.useReset(token, "short").wantProblem(422, "validation.failed", "#/password password_too_short")
		guest.useReset(token, "amina-amina-amina-1").wantProblem(422, "validation.failed")
		u.get("/api/v1/me").want(200)
		guest.useReset(token, newPassword).want(204)
		u.get("/api/v1/me").wantProblem(401, "session.expired")
		guest.useReset(token, newPassword).wantProblem(410, "reset.link_invalid")
		guest.signIn("amina", password).want(401)
		a.clock.Advance(time.Minute)
		guest.signIn("amina", newPassword).want(201)
		if got := a.again(admin).actions("?action=reset.use"); len(got) != 1 {
			t.Errorf("audit %v", got)
		}
	})
}

func TestResetLink_ForAnAdministrator_NeedsASecond(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		one := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		two := a.person("example_ngo", "emre", models.RoleOrgAdmin)
		lost := a.person("example_ngo", "ezgi", models.RoleOrgAdmin)
		token, confirmed := one.resetLink(lost)
		if confirmed {
			t.Error("confirmed by its maker alone")
		}
		guest := a.anyone()
		guest.useReset(token, newPassword).wantProblem(409, "reset.not_confirmed")
		confirm := "/api/v1/members/" + lost.id + "/reset-link/confirm"
		one.post(confirm).wantProblem(403, "reset.own")
		lost.post(confirm).wantProblem(403, "member.own_account")
		guest.useReset(token, newPassword).wantProblem(409, "reset.not_confirmed")
		two.post(confirm).want(204)
		guest.useReset(token, newPassword).want(204)

		// Whoever becomes an administrator after the link was made needs the
		// second too.
		worker := a.person("example_ngo", "amina", models.RoleCaseworker)
		token, confirmed = one.resetLink(worker)
		if !confirmed {
			t.Error("a caseworker's link is confirmed")
		}
		one.roles(worker, "caseworker", "org_admin").want(200)
		guest.useReset(token, newPassword).wantProblem(409, "reset.not_confirmed")
	})
}

func TestResetLink_RevokedExpiredDisabled_Useless(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		guest := a.anyone()
		revoke := func() *reply { return admin.do(http.MethodDelete, "/api/v1/members/"+u.id+"/reset-link", nil) }
		revoke().wantProblem(404, "reset.not_found")
		token, _ := admin.resetLink(u)
		revoke().want(204)
		guest.useReset(token, newPassword).wantProblem(410, "reset.link_invalid")
		token, _ = admin.resetLink(u)
		admin.post("/api/v1/members/" + u.id + "/disable").want(200)
		guest.useReset(token, newPassword).wantProblem(410, "reset.link_invalid")
		admin.post("/api/v1/members/"+u.id+"/reset-link").wantProblem(409, "member.disabled")
		admin.post("/api/v1/members/" + u.id + "/enable").want(200)
		guest.useReset(token, newPassword).wantProblem(410, "reset.link_invalid")
		token, _ = admin.resetLink(u)
		a.clock.Advance(24 * time.Hour)
		guest.useReset(token, newPassword).wantProblem(410, "reset.link_invalid")
	})
}
