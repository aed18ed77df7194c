package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

// stepUpOperations need a fresh proof. One that the contract marks, or does no
// longer mark, must be written here too.
var stepUpOperations = map[string]bool{
	"exportIncidentsCsv": true, "exportPackage": true, "publishRelease": true, "createInvitation": true, "revokeInvitation": true,
	"changeRoles": true, "enableMember": true, "createResetLink": true, "confirmResetLink": true, "changeOrganisation": true,
	"createOrganisation": true, "renameOrganisation": true, "inviteFirstAdmin": true, "approveKeys": true,
	"beginTotp": true, "beginPasskey": true, "removeFactor": true, "renewRecoveryCodes": true, "createToken": true, "createExport": true, "decideExport": true, "createSnapshot": true,
	"deleteIncident": true, "decideRelease": true,
}

func TestStepUp_EveryMarkedOperation_NeedsAFreshProof(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "all-roles", models.Roles()...)
		a.clock.Advance(5*time.Minute + time.Second)
		for key, op := range a.contract.operations {
			if op.stepUp != stepUpOperations[op.id] {
				t.Errorf("%s: marked %v", op.id, op.stepUp)
			}
			method, path, _ := strings.Cut(key, " ")
			_, w := u.send(method, strings.ReplaceAll(path, ":", ""), nil)
			if asks := strings.Contains(w.Body.String(), "session.step_up_required"); asks != op.stepUp {
				t.Errorf("%s: asks for a fresh proof %v, want %v: %s", op.id, asks, op.stepUp, w.Body)
			}
		}
	})
}

func TestStepUp_Stale_ToTheSecond(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		app := u.enrolTOTP()
		export := func() *reply { return u.get("/api/v1/exports/incidents.csv") }
		a.clock.Advance(5 * time.Minute)
		export().want(200)
		a.clock.Advance(time.Second)
		export().wantProblem(403, "session.step_up_required")
		u.stepUp(object{"code": app.code(0)}).want(204)
		export().want(200)
		u.stepUp(object{"code": app.code(0)}).wantProblem(403, "factor.refused")
		a.clock.Advance(5*time.Minute + time.Second)
		export().wantProblem(403, "session.step_up_required")
		u.stepUp(object{"recovery_code": app.recovery[3]}).want(204)
		export().want(200)
		u.stepUp(object{"recovery_code": app.recovery[3]}).wantProblem(403, "factor.refused")
	})
}

func TestStepUp_RenewsOneSessionOnly(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		app := u.enrolTOTP()
		elsewhere := a.again(u)
		a.clock.Advance(6 * time.Minute)
		u.stepUp(object{"code": app.code(0)}).want(204)
		u.get("/api/v1/exports/incidents.csv").want(200)
		elsewhere.get("/api/v1/exports/incidents.csv").wantProblem(403, "session.step_up_required")
		a.anyone().stepUp(object{"code": app.code(1)}).wantProblem(401, "session.required")
		u.stepUp(object{}).want(422)
		u.stepUp(object{"code": app.code(1), "recovery_code": app.recovery[0]}).want(422)
	})
}

func TestStepUp_Password_OnlyWithoutAFactor(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		u := a.anyone().signIn("amina", password).want(201).as(a)
		a.clock.Advance(6 * time.Minute)
		begin := func() *reply { return u.do(http.MethodPost, "/api/v1/me/factors/totp", object{"name": "My phone"}) }
		begin().wantProblem(403, "session.step_up_required")
		u.stepUp(object{"password": "four green walls tall"}).wantProblem(422, "validation.failed", "#/password wrong_password")
		u.stepUp(object{"password": password}).want(204)
		u.get("/api/v1/incidents").wantProblem(403, "factor.required") // a password is no factor
		u.enrolTOTP()
		u.stepUp(object{"password": password}).wantProblem(403, "factor.refused")
	})
}
