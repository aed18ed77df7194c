package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"farwatch/internal/auth/softkey"
	"farwatch/models"
)

const testOrigin = "http://" + testHost

func newKey(t testing.TB) *softkey.Key {
	t.Helper()
	key, err := softkey.New(testOrigin, "localhost")
	must(t, err)
	return key
}

// challengeOf asks for a ceremony; body nil for those of a session.
func (u *person) challengeOf(path string, body any) string {
	u.t.Helper()
	var request struct {
		Challenge string
		RPID      string `json:"rp_id"`
	}
	u.do(http.MethodPost, path, body).want(200).json(&request)
	if request.RPID != "localhost" || len(request.Challenge) < 40 {
		u.t.Fatalf("request %+v", request)
	}
	return request.Challenge
}

const (
	enrolPath  = "/api/v1/me/factors/passkeys"
	stepUpPath = "/api/v1/sessions/step-up"
	signInPath = "/api/v1/sessions/factor"
)

func (u *person) addPasskey(key *softkey.Key, challenge string) *reply {
	u.t.Helper()
	client, object, err := key.Enrol(challenge)
	must(u.t, err)
	return u.do(http.MethodPost, enrolPath, passkeyBody(key, client, object))
}

func passkeyBody(key *softkey.Key, client, attestation string) object {
	return object{"name": "My key", "id": key.CredentialID(), "client_data_json": client, "attestation_object": attestation, "transports": []string{"internal"}}
}

func (u *person) enrolPasskey(key *softkey.Key) *reply {
	u.t.Helper()
	return u.addPasskey(key, u.challengeOf(enrolPath+"/challenge", nil)).want(201)
}

func proofOf(t testing.TB, key *softkey.Key, challenge string) object {
	t.Helper()
	client, data, signature, err := key.Prove(challenge)
	must(t, err)
	return object{"passkey": object{"id": key.CredentialID(), "client_data_json": client, "authenticator_data": data, "signature": signature}}
}

func TestPasskey_EnrolSignInStepUp(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("boris", models.RoleReviewer)
		u := a.anyone().signIn("boris", password).want(201).as(a)
		if list := u.factors(); !list.Passkey {
			t.Error("a reviewer is not asked for a passkey")
		}
		key := newKey(t)
		var made struct {
			Codes []string `json:"recovery_codes"`
		}
		u.enrolPasskey(key).json(&made)
		if list := u.factors(); len(made.Codes) != 10 || !list.Passkey || len(list.Items) != 1 || list.Items[0].Kind != "passkey" || list.Items[0].Name != "My key" {
			t.Errorf("codes %d, list %+v", len(made.Codes), list)
		}
		u.get("/api/v1/incidents").want(200)

		ticket := a.ticket("boris")
		guest := a.anyone()
		signed := guest.prove(ticket, proofOf(t, key, guest.challengeOf(signInPath+"/challenge", object{"ticket": ticket}))).want(201).as(a)
		signed.get("/api/v1/incidents").want(200)
		a.clock.Advance(6 * time.Minute)
		signed.get("/api/v1/exports/incidents.csv").wantProblem(403, "session.step_up_required")
		signed.stepUp(proofOf(t, key, signed.challengeOf(stepUpPath+"/challenge", nil))).want(204)
		signed.get("/api/v1/exports/incidents.csv").want(200)

		second := newKey(t)
		signed.enrolPasskey(second)
		signed.stepUp(proofOf(t, second, signed.challengeOf(stepUpPath+"/challenge", nil))).want(204)
		signed.addPasskey(key, signed.challengeOf(enrolPath+"/challenge", nil)).wantProblem(409, "factor.known")
	})
}

// TestPasskeyOnly_ReviewersAndAdministrators is S21: an app is no second factor
// for them, neither alone nor beside a passkey, and a caseworker's is.
func TestPasskeyOnly_ReviewersAndAdministrators(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("cleo", models.RoleCaseworker)
		worker := a.anyone().signIn("cleo", password).want(201).as(a)
		app := worker.enrolTOTP()
		if list := worker.factors(); list.Passkey {
			t.Error("a caseworker is asked for a passkey")
		}
		worker.get("/api/v1/incidents").want(200)
		for _, role := range []models.Role{models.RoleReviewer, models.RoleOrgAdmin, models.RoleInstanceAdmin} {
			u := a.personWith(models.FactorNone, "example_ngo", string(role), role)
			u.do(http.MethodPost, "/api/v1/me/factors/totp", object{"name": "My phone"}).wantProblem(403, "factor.passkey_only")
		}

		// The caseworker becomes a reviewer: the app of before leads to the account page and no further.
		must(t, a.store.System().SetRoles(t.Context(), "cleo", []models.Role{models.RoleCaseworker, models.RoleReviewer}))
		worker.get("/api/v1/incidents").wantProblem(403, "factor.required")
		a.clock.Advance(time.Minute)
		again := a.anyone().prove(a.ticket("cleo"), object{"code": app.code(0)}).want(201).as(a)
		again.get("/api/v1/incidents").wantProblem(403, "factor.required")
		key := newKey(t)
		again.enrolPasskey(key)
		again.get("/api/v1/incidents").want(200)

		// Beside the passkey the app opens nothing, and is not offered.
		a.clock.Advance(time.Minute)
		var needed struct{ Ways []string }
		a.anyone().signIn("cleo", password).want(202).json(&needed)
		if got := strings.Join(needed.Ways, " "); got != "passkey recovery_code" {
			t.Errorf("offered are %s", got)
		}
		a.anyone().prove(a.ticket("cleo"), object{"code": app.code(0)}).wantProblem(403, "factor.refused")
		a.clock.Advance(6 * time.Minute)
		again.stepUp(object{"code": app.code(0)}).wantProblem(403, "factor.refused")
		again.get("/api/v1/incidents").want(200)

		a.handlers.AppsEnough = true // where no browser has passkeys
		a.clock.Advance(time.Minute)
		a.anyone().prove(a.ticket("cleo"), object{"code": app.code(0)}).want(201).as(a).get("/api/v1/incidents").want(200)
	})
}

// TestPasskey_Lies is T-14: everything that a browser or key may get wrong.
func TestPasskey_Lies_Refused(t *testing.T) {
	t.Parallel()
	lies := map[string]func(*softkey.Key){
		"wrong origin": func(k *softkey.Key) { k.Origin = "http://localhost:8081" }, "look-alike": func(k *softkey.Key) { k.Origin = "http://localhost.example:8080" },
		"https instead": func(k *softkey.Key) { k.Origin = "https://localhost:8080" }, "wrong site": func(k *softkey.Key) { k.RPID = "example.org" },
		"not verified": func(k *softkey.Key) { k.NotVerified = true }, "not present": func(k *softkey.Key) { k.NotPresent = true },
		"framed": func(k *softkey.Key) { k.CrossOrigin = true }, "other ceremony": func(k *softkey.Key) { k.As("webauthn.other") },
	}
	eachApp(t, func(t *testing.T, a *app) {
		u := a.personWith(models.FactorNone, "example_ngo", "boris", models.RoleReviewer)
		for name, lie := range lies {
			key := newKey(t)
			lie(key)
			if r := u.addPasskey(key, u.challengeOf(enrolPath+"/challenge", nil)); r.Status != 403 {
				t.Errorf("enrolled with %s: %d %s", name, r.Status, r.Body)
			}
		}
		key := newKey(t)
		u.enrolPasskey(key)
		for name, lie := range lies {
			liar := *key
			lie(&liar)
			if r := u.stepUp(proofOf(t, &liar, u.challengeOf(stepUpPath+"/challenge", nil))); r.Status != 403 {
				t.Errorf("proved with %s: %d %s", name, r.Status, r.Body)
			}
			a.clock.Advance(time.Minute) // the limit of tries is tested elsewhere
			u.get("/api/v1/me").want(200)
		}
		u.stepUp(proofOf(t, key, u.challengeOf(stepUpPath+"/challenge", nil))).want(204)
	})
}

func TestPasskey_Challenge_SingleUse_Bound_FiveMinutes(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("boris", models.RoleReviewer)
		u := a.anyone().signIn("boris", password).want(201).as(a)
		key, strange := newKey(t), newKey(t)
		enrol := u.challengeOf(enrolPath+"/challenge", nil)
		u.addPasskey(key, enrol).want(201)
		u.addPasskey(newKey(t), enrol).wantProblem(403, "factor.refused")

		proof := proofOf(t, key, u.challengeOf(stepUpPath+"/challenge", nil))
		u.stepUp(proof).want(204)
		u.stepUp(proof).wantProblem(403, "factor.refused") // replayed

		// Of another session, purpose, ticket or key.
		elsewhere := a.again(u)
		elsewhere.stepUp(proofOf(t, key, u.challengeOf(stepUpPath+"/challenge", nil))).wantProblem(403, "factor.refused")
		ticket, other := a.ticket("boris"), a.ticket("boris")
		forTicket := a.anyone().challengeOf(signInPath+"/challenge", object{"ticket": ticket})
		u.stepUp(proofOf(t, key, forTicket)).wantProblem(403, "factor.refused")
		a.anyone().prove(other, proofOf(t, key, forTicket)).wantProblem(403, "factor.refused")
		a.anyone().prove(ticket, proofOf(t, strange, forTicket)).wantProblem(403, "factor.refused")
		a.clock.Advance(5 * time.Minute)

		old := u.challengeOf(stepUpPath+"/challenge", nil)
		a.clock.Advance(5 * time.Minute)
		u.stepUp(proofOf(t, key, old)).wantProblem(403, "factor.refused")
		u.stepUp(proofOf(t, key, strings.Repeat("A", 43))).wantProblem(403, "factor.refused")
		u.stepUp(object{"passkey": object{"id": "AA", "client_data_json": "!", "authenticator_data": "AA", "signature": "AA"}}).wantProblem(403, "factor.refused")
	})
}

func TestPasskey_AnothersKey_Refused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		amina := a.personWith(models.FactorNone, "example_ngo", "amina", models.RoleCaseworker)
		boris := a.personWith(models.FactorNone, "example_ngo", "boris", models.RoleReviewer)
		hers, his := newKey(t), newKey(t)
		amina.enrolPasskey(hers)
		boris.enrolPasskey(his)
		amina.stepUp(proofOf(t, his, amina.challengeOf(stepUpPath+"/challenge", nil))).wantProblem(403, "factor.refused")
		amina.stepUp(proofOf(t, hers, boris.challengeOf(stepUpPath+"/challenge", nil))).wantProblem(403, "factor.refused")
		boris.addPasskey(hers, boris.challengeOf(enrolPath+"/challenge", nil)).wantProblem(409, "factor.known")
		amina.stepUp(proofOf(t, hers, amina.challengeOf(stepUpPath+"/challenge", nil))).want(204)
		a.person("example_ngo", "chen", models.RoleAnalyst).do(http.MethodPost, stepUpPath+"/challenge", nil).wantProblem(409, "factor.none")
		a.anyone().do(http.MethodPost, signInPath+"/challenge", object{"ticket": "no-such-ticket"}).wantProblem(401, "session.ticket_invalid")
	})
}

func TestPasskey_CounterThatGoesBack_Refused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.personWith(models.FactorNone, "example_ngo", "amina", models.RoleCaseworker)
		key := newKey(t)
		key.Count = 5
		u.enrolPasskey(key)
		clone := *key
		u.stepUp(proofOf(t, key, u.challengeOf(stepUpPath+"/challenge", nil))).want(204)
		u.stepUp(proofOf(t, &clone, u.challengeOf(stepUpPath+"/challenge", nil))).wantProblem(403, "factor.refused")
		u.stepUp(proofOf(t, key, u.challengeOf(stepUpPath+"/challenge", nil))).want(204)
	})
}
