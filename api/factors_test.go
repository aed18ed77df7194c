package api

import (
	"encoding/base32"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"farwatch/internal/auth"
	"farwatch/models"
)

// totp is an authenticator app in the hand of a test.
type totp struct {
	a        *app
	id       string
	secret   []byte
	recovery []string
}

// code is what the app shows n half minutes from now.
func (f totp) code(n int64) string { return auth.TOTPCode(f.secret, auth.TOTPStep(f.a.clock.Now())+n) }

// enrolTOTP adds an app; its first code is the one of the step before, so that
// the present one is still good.
func (u *person) enrolTOTP() totp {
	u.t.Helper()
	var seed struct {
		ID      string `json:"factor_id"`
		Secret  string
		Address string
	}
	u.do(http.MethodPost, "/api/v1/me/factors/totp", object{"name": "My phone"}).want(201).json(&seed)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed.Secret)
	must(u.t, err)
	f := totp{a: u.app, id: seed.ID, secret: secret}
	var made struct {
		Codes []string `json:"recovery_codes"`
	}
	u.do(http.MethodPost, "/api/v1/me/factors/totp/"+seed.ID, object{"code": f.code(-1)}).want(200).json(&made)
	f.recovery = made.Codes
	return f
}

// ticket is the first step of a sign-in.
func (a *app) ticket(name string) string {
	a.t.Helper()
	var needed struct{ Ticket string }
	a.anyone().signIn(name, password).want(202).json(&needed)
	return needed.Ticket
}

func (u *person) prove(ticket string, proof object) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/sessions/factor", object{"ticket": ticket, "proof": proof}, "X-Farwatch", "1")
}

func (u *person) stepUp(proof object) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/sessions/step-up", proof)
}

type factorList struct {
	Items []struct {
		ID   string `json:"factor_id"`
		Kind string
		Name string
	}
	Left     int `json:"recovery_codes_left"`
	Ways     []string
	Required bool
	Passkey  bool `json:"passkey_required"`
}

func (u *person) factors() factorList {
	u.t.Helper()
	var out factorList
	u.get("/api/v1/me/factors").want(200).json(&out)
	return out
}

func TestSignIn_WithFactor_NeedsTheSecondStep(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		first := a.anyone().signIn("amina", password).want(201).as(a)
		app := first.enrolTOTP()
		r := a.anyone().signIn("amina", password).want(202)
		if r.Header.Get("Set-Cookie") != "" || strings.Contains(string(r.Body), "access_token") {
			t.Fatal("a password alone opens nothing")
		}
		var needed struct {
			Ticket string
			Ways   []string
		}
		r.json(&needed)
		if strings.Join(needed.Ways, " ") != "totp recovery_code" {
			t.Errorf("ways %v", needed.Ways)
		}
		guest := a.anyone()
		guest.prove(needed.Ticket, object{"code": "000000"}).wantProblem(403, "factor.refused")
		guest.prove("no-such-ticket", object{"code": app.code(0)}).wantProblem(401, "session.ticket_invalid")
		signed := guest.prove(needed.Ticket, object{"code": app.code(0)}).want(201)
		signed.cookie()
		signed.as(a).log(valid(), "with-factor").want(201)
		guest.prove(needed.Ticket, object{"code": app.code(1)}).wantProblem(401, "session.ticket_invalid")
	})
}

func TestProveFactor_OldTicket_Refused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		app := a.anyone().signIn("amina", password).want(201).as(a).enrolTOTP()
		ticket := a.ticket("amina")
		a.clock.Advance(5 * time.Minute)
		a.anyone().prove(ticket, object{"code": app.code(0)}).wantProblem(401, "session.ticket_invalid")
		young := a.ticket("amina")
		a.clock.Advance(5*time.Minute - time.Second)
		a.anyone().prove(young, object{"code": app.code(0)}).want(201)
		must(t, a.store.System().DisableUser(t.Context(), "amina"))
		a.anyone().signIn("amina", password).wantProblem(401, "session.bad_credentials")
	})
}

func TestProveFactor_PasswordChanged_TicketIsUseless(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		u := a.anyone().signIn("amina", password).want(201).as(a)
		app := u.enrolTOTP()
		ticket := a.ticket("amina")
		u.do(http.MethodPut, "/api/v1/me/password", object{"current_password": password, "new_password": "seven blue doors sing"}).want(204)
		a.anyone().prove(ticket, object{"code": app.code(0)}).wantProblem(401, "session.ticket_invalid")
	})
}

func TestSignIn_WithFactors_BetraysNoName(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		a.account("gone", models.RoleCaseworker)
		for _, name := range []string{"amina", "gone"} {
			a.anyone().signIn(name, password).want(201).as(a).enrolTOTP()
		}
		spent := a.ticket("gone")
		must(t, a.store.System().DisableUser(t.Context(), "gone"))
		id := regexp.MustCompile(`urn:uuid:[0-9a-f-]+`)
		same := func(answers ...*reply) {
			t.Helper()
			for _, r := range answers {
				if r.Status != 401 || id.ReplaceAllString(string(r.Body), "") != id.ReplaceAllString(string(answers[0].Body), "") {
					t.Errorf("answers differ: %s and %s", r.Body, answers[0].Body)
				}
			}
		}
		guest := a.anyone()
		same(guest.signIn("amina", "four green walls tall"), guest.signIn("nobody", password), guest.signIn("gone", password))
		proof := object{"code": "000000"}
		same(guest.prove("no-such-ticket", proof), guest.prove(spent, proof))
		challenge := func(ticket string) *reply {
			return guest.do(http.MethodPost, signInPath+"/challenge", object{"ticket": ticket})
		}
		same(challenge("no-such-ticket"), challenge(spent))
	})
}

func TestProveFactor_TicketOfAnother_TakesNoForeignCode(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		a.account("boris", models.RoleAnalyst)
		amina := a.anyone().signIn("amina", password).want(201).as(a).enrolTOTP()
		boris := a.anyone().signIn("boris", password).want(201).as(a).enrolTOTP()
		ticket := a.ticket("amina")
		a.anyone().prove(ticket, object{"code": boris.code(0)}).wantProblem(403, "factor.refused")
		a.anyone().prove(ticket, object{"recovery_code": boris.recovery[0]}).wantProblem(403, "factor.refused")
		a.anyone().prove(ticket, object{"password": password}).wantProblem(403, "factor.refused")
		a.anyone().prove(ticket, object{"code": amina.code(0)}).want(201)
	})
}

func TestProveFactor_Guessing_FiveTriesWhicheverWay(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		u := a.anyone().signIn("amina", password).want(201).as(a)
		app := u.enrolTOTP()
		ticket := a.ticket("amina")
		for i, proof := range []object{{"code": "000000"}, {"recovery_code": "xxxxx"}, {"code": "111111"}} {
			if r := a.anyone().prove(ticket, proof); r.Status != 403 {
				t.Fatalf("try %d: %d", i, r.Status)
			}
		}
		u.stepUp(object{"code": "222222"}).wantProblem(403, "factor.refused")
		u.stepUp(object{"recovery_code": "yyyyy"}).wantProblem(403, "factor.refused")
		r := a.anyone().prove(ticket, object{"code": app.code(0)})
		r.wantProblem(429, "session.throttled")
		if r.Header.Get("Retry-After") != "300" {
			t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
		}
		a.clock.Advance(5 * time.Minute)
		a.anyone().prove(a.ticket("amina"), object{"code": app.code(0)}).want(201)
	})
}

func TestRecoveryCode_WorksOnce_AndForItsPersonOnly(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		u := a.anyone().signIn("amina", password).want(201).as(a)
		app := u.enrolTOTP()
		if len(app.recovery) != 10 || len(app.recovery[0]) != 30 {
			t.Fatalf("codes %v", app.recovery)
		}
		typed := strings.ToUpper(strings.ReplaceAll(app.recovery[0], "-", " "))
		a.anyone().prove(a.ticket("amina"), object{"recovery_code": typed}).want(201)
		a.anyone().prove(a.ticket("amina"), object{"recovery_code": app.recovery[0]}).wantProblem(403, "factor.refused")
		if left := u.factors().Left; left != 9 {
			t.Errorf("%d codes left", left)
		}
		var renewed struct {
			Codes []string `json:"recovery_codes"`
		}
		u.do(http.MethodPost, "/api/v1/me/recovery-codes", nil).want(201).json(&renewed)
		a.anyone().prove(a.ticket("amina"), object{"recovery_code": app.recovery[1]}).wantProblem(403, "factor.refused")
		a.anyone().prove(a.ticket("amina"), object{"recovery_code": renewed.Codes[0]}).want(201)
	})
}

func TestFactorRequired_PasswordAlone_ReachesTheAccountOnly(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		for _, role := range models.Roles() {
			u := a.personWith(models.FactorNone, "example_ngo", "bare-"+strings.ReplaceAll(string(role), "_", "-"), role)
			for key, op := range a.contract.operations {
				method, path, _ := strings.Cut(key, " ")
				if op.permission == models.PermissionPublic || op.permission == models.PermissionSession || !(models.Principal{Roles: []models.Role{role}}).May(op.permission) {
					continue
				}
				u.do(method, strings.NewReplacer(":ref", "FW-4F7K-Q2ME", ":", "").Replace(path), nil).wantProblem(403, "factor.required")
			}
			var me struct {
				Required bool `json:"factor_required"`
			}
			u.get("/api/v1/me").want(200).json(&me)
			if !me.Required || !u.factors().Required {
				t.Errorf("%s: the account does not say that a factor is required", role)
			}
		}
	})
}

func TestFactorRequired_SettingOptional_LetsThrough(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.handlers.FactorOptional = true
		u := a.personWith(models.FactorNone, "example_ngo", "amina", models.RoleCaseworker)
		u.log(valid(), "no-factor").want(201)
		if u.factors().Required {
			t.Error("optional, and yet required")
		}
	})
}

func TestEnrolment_EndsSessionsThatAPasswordAloneOpened(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		thief := a.anyone().signIn("amina", password).want(201).as(a)
		u := a.anyone().signIn("amina", password).want(201).as(a)
		u.enrolTOTP()
		thief.get("/api/v1/me").wantProblem(401, "session.expired")
		u.get("/api/v1/incidents").want(200)
	})
}

func TestConfirmTOTP_WrongCodeOrForeignSeed_DoesNotCount(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.personWith(models.FactorNone, "example_ngo", "amina", models.RoleCaseworker)
		other := a.personWith(models.FactorNone, "other_ngo", "boris", models.RoleCaseworker)
		var seed struct {
			ID     string `json:"factor_id"`
			Secret string
		}
		u.do(http.MethodPost, "/api/v1/me/factors/totp", object{"name": "My phone"}).want(201).json(&seed)
		secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed.Secret)
		must(t, err)
		good := auth.TOTPCode(secret, auth.TOTPStep(a.clock.Now()))
		path := "/api/v1/me/factors/totp/" + seed.ID
		u.do(http.MethodPost, path, object{"code": "12345"}).wantProblem(422, "validation.failed")
		u.do(http.MethodPost, path, object{"code": "000000"}).wantProblem(403, "factor.refused")
		other.do(http.MethodPost, path, object{"code": good}).wantProblem(404, "factor.not_found")
		other.do(http.MethodPost, "/api/v1/me/factors/totp/none", object{"code": good}).wantProblem(404, "factor.not_found")
		if len(u.factors().Items) != 0 {
			t.Error("an app counts before its first code")
		}
		u.do(http.MethodPost, path, object{"code": good}).want(200)
		u.do(http.MethodPost, path, object{"code": good}).wantProblem(404, "factor.not_found")
		u.stepUp(object{"code": good}).wantProblem(403, "factor.refused") // the first code is used up
		if got := u.factors(); len(got.Items) != 1 || got.Items[0].Name != "My phone" || got.Items[0].Kind != "totp" || got.Left != 10 {
			t.Errorf("factors %+v", got)
		}
		u.do(http.MethodPost, "/api/v1/me/factors/totp", object{"name": " "}).wantProblem(422, "validation.failed", "#/name required")
	})
}

func TestRemoveFactor_OwnOnly_NeverTheLast(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.personWith(models.FactorNone, "example_ngo", "amina", models.RoleCaseworker)
		other := a.person("example_ngo", "boris", models.RoleOrgAdmin)
		first := u.enrolTOTP()
		remove := func(u *person, id string) *reply { return u.do(http.MethodDelete, "/api/v1/me/factors/"+id, nil) }
		remove(other, first.id).wantProblem(404, "factor.not_found")
		remove(a.anyone(), first.id).wantProblem(401, "session.required")
		remove(u, first.id).wantProblem(409, "factor.last")
		second := u.enrolTOTP()
		if len(second.recovery) != 0 {
			t.Error("recovery codes are made once")
		}
		elsewhere := a.again(u)
		remove(u, first.id).want(204)
		elsewhere.get("/api/v1/me").wantProblem(401, "session.expired")
		remove(u, second.id).wantProblem(409, "factor.last")
		a.handlers.FactorOptional = true
		remove(u, second.id).want(204)
		if got := u.factors(); len(got.Items) != 0 || got.Left != 0 {
			t.Errorf("left %+v", got)
		}
		u.do(http.MethodPost, "/api/v1/me/recovery-codes", nil).wantProblem(409, "factor.none")
	})
}

func TestFactors_TheEleventh_Refused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.personWith(models.FactorNone, "example_ngo", "amina", models.RoleCaseworker)
		for range models.MaxFactors {
			u.enrolTOTP()
		}
		u.do(http.MethodPost, "/api/v1/me/factors/totp", object{"name": "One more"}).wantProblem(409, "factor.too_many")
	})
}

func TestResetFactors_TakesAllAway_AndEndsSessions(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		u := a.anyone().signIn("amina", password).want(201).as(a)
		app := u.enrolTOTP()
		ticket := a.ticket("amina")
		must(t, a.store.System().ResetFactors(t.Context(), "amina"))
		u.get("/api/v1/me").wantProblem(401, "session.expired")
		a.anyone().prove(ticket, object{"code": app.code(0)}).wantProblem(401, "session.ticket_invalid")
		anew := a.anyone().signIn("amina", password).want(201).as(a)
		anew.get("/api/v1/incidents").wantProblem(403, "factor.required")
		if models.KindOf(a.store.System().ResetFactors(t.Context(), "nobody")) != models.KindNotFound {
			t.Error("nobody was reset")
		}
	})
}
