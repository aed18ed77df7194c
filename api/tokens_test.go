package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/internal/auth"
	"farwatch/models"
)

// program asks with a token.
type program struct {
	*person
	id string
}

var allScopes = []string{"records:read", "stats:read", "exports:public", "exports:de_identified"}

// tokenFor makes a token of the person that works for 30 days.
func (u *person) tokenFor(name string, scopes ...string) program {
	u.t.Helper()
	var made struct {
		Token struct {
			TokenID string `json:"token_id"`
		}
		Secret string
	}
	u.do(http.MethodPost, "/api/v1/me/tokens", object{"name": name, "scopes": scopes, "days": 30}).want(201).json(&made)
	return program{person: &person{app: u.app, id: u.id, name: u.name, token: made.Secret}, id: made.Token.TokenID}
}

// tokenGolden are the operations that let a token in, and by which scopes: what
// has no row lets none in. Nothing here changes anything.
var tokenGolden = map[string]string{
	"listIncidents": "records:read", "readIncident": "records:read", "listCampaigns": "records:read", "readCampaign": "records:read",
	"listChanges": "records:read", "stats": "stats:read", "incidentFacets": "stats:read",
	"exportIncidentsCsv": "exports:public exports:de_identified", "exportPackage": "exports:de_identified",
}

// TestMatrix_TokenByOperation is the matrix for programs: every operation by
// every role and every scope alone, and by a token of everything.
func TestMatrix_TokenByOperation(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		type holder struct {
			program
			letter string
			scopes []string
		}
		var holders []holder
		for _, letter := range []string{"a", "n", "c", "r"} {
			u := a.person("example_ngo", "role-"+letter, letters[letter])
			mine := slices.Clone(allScopes)
			if letter == "a" {
				mine = mine[:3]
			}
			for _, scopes := range [][]string{mine[:1], mine[1:2], mine[2:3], mine} {
				holders = append(holders, holder{u.tokenFor("Program", scopes...), letter, scopes})
			}
		}
		every := a.person("example_ngo", "every-role", models.Roles()...)
		holders = append(holders, holder{every.tokenFor("Program", allScopes...), "ancroi", allScopes})
		cells := 0
		for key, op := range a.contract.operations {
			for _, h := range holders {
				allowed := golden[op.id] == "*"
				for _, scope := range h.scopes {
					allowed = allowed || strings.Contains(tokenGolden[op.id], scope) && strings.ContainsAny(golden[op.id], h.letter)
				}
				if got := h.lets(key); got != allowed {
					t.Errorf("%s by a token of %s with %v: let in %v, want %v", op.id, h.letter, h.scopes, got, allowed)
				}
				cells++
			}
		}
		t.Logf("%d cells", cells)
	})
}

// lets tells whether the gate lets the program through.
func (p program) lets(key string) bool {
	p.t.Helper()
	method, path, _ := strings.Cut(key, " ")
	r := p.do(method, concrete(path), nil, "X-Farwatch", "1")
	var failed problem
	if r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden {
		r.json(&failed)
		return !slices.Contains([]string{"session.required", "permission.denied", "token.not_accepted", "token.invalid"}, failed.Code) &&
			(failed.Code != "token.scope_missing" || strings.HasPrefix(path, "/api/v1/exports/incidents.csv") && slices.Contains(p.scopes(), "exports:de_identified"))
	}
	return true
}

func (p program) scopes() []string {
	p.t.Helper()
	principal, err := p.store.System().TokenPrincipal(p.t.Context(), p.hash())
	must(p.t, err)
	var out []string
	for _, s := range principal.TokenScopes {
		out = append(out, string(s))
	}
	return out
}

func (p program) hash() string {
	hash, _ := p.tokens.MachineHash(p.token)
	return hash
}

func TestToken_ShownOnce_KeptAsHash_Audited(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "nadia", models.RoleAnalyst)
		a.person("example_ngo", "amina", models.RoleCaseworker).log(founding(t), "token-key-1").want(201)
		p := u.tokenFor("  Mirror of the university ", "records:read")
		if !strings.HasPrefix(p.token, "fwp_") || len(p.token) != 40 {
			t.Fatalf("secret %q", p.token)
		}
		list := u.get("/api/v1/me/tokens").want(200)
		var items struct {
			Items []struct {
				TokenID    string `json:"token_id"`
				Name       string
				Scopes     []string
				ExpiresAt  time.Time `json:"expires_at"`
				LastUsedOn *string   `json:"last_used_on"`
			}
		}
		list.json(&items)
		got := items.Items
		if len(got) != 1 || got[0].TokenID != p.id || got[0].Name != "Mirror of the university" || got[0].LastUsedOn != nil ||
			!slices.Equal(got[0].Scopes, []string{"records:read"}) || !got[0].ExpiresAt.Equal(a.clock.Now().Add(30*24*time.Hour)) {
			t.Fatalf("%s", list.Body)
		}
		if strings.Contains(string(list.Body), p.token[4:20]) {
			t.Error("the list tells the secret")
		}
		for range 3 {
			p.get("/api/v1/incidents").want(200)
		}
		u.get("/api/v1/me/tokens").want(200).json(&items)
		if day := items.Items[0].LastUsedOn; day == nil || *day != a.clock.Now().UTC().Format(time.DateOnly) {
			t.Errorf("last used %v", day)
		}
		a.clock.Advance(24 * time.Hour)
		p.get("/api/v1/incidents").want(200)
		p.get("/api/v1/incidents").want(200)
		u = a.again(u)
		u.do(http.MethodDelete, "/api/v1/me/tokens/"+p.id, nil).want(204)
		u.do(http.MethodDelete, "/api/v1/me/tokens/"+p.id, nil).wantProblem(404, "token.not_found")
		p.get("/api/v1/incidents").wantProblem(401, "token.invalid")
		for action, times := range map[string]int{"token.create": 1, "token.use": 2, "token.revoke": 1} {
			var audit struct{ Items []struct{ Action string } }
			u.get("/api/v1/me/audit?action=" + action).want(200).json(&audit)
			if len(audit.Items) != times {
				t.Errorf("%s stands %d times in the audit, want %d", action, len(audit.Items), times)
			}
		}
		if strings.Contains(a.log.String(), p.token[4:20]) {
			t.Error("the log tells the secret")
		}
	})
}

func TestToken_BadInput_NamesTheField(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "adam", models.RoleAdvocate)
		post := func(body object) *reply { return u.do(http.MethodPost, "/api/v1/me/tokens", body) }
		post(object{"name": "x", "scopes": []string{"records:read"}}).wantProblem(422, "validation.failed", "#/days required")
		post(object{"name": "x", "scopes": []string{"records:read"}, "days": 366}).wantProblem(422, "validation.failed", "#/days too_large")
		post(object{"name": " \t", "scopes": []string{"records:read"}, "days": 1}).wantProblem(422, "validation.failed", "#/name required")
		post(object{"name": "x", "scopes": []string{}, "days": 1}).wantProblem(422, "validation.failed", "#/scopes too_few")
		post(object{"name": "x", "scopes": []string{"records:write"}, "days": 1}).wantProblem(422, "validation.failed", "#/scopes/0 not_allowed")
		post(object{"name": "x", "scopes": []string{"records:read", "records:read"}, "days": 1}).wantProblem(422, "validation.failed", "#/scopes/1 duplicate")
		post(object{"name": "x", "scopes": []string{"exports:de_identified"}, "days": 1}).wantProblem(422, "validation.failed", "#/scopes/0 scope_beyond_roles")
		for range models.MaxTokens {
			u.tokenFor("One of many", "records:read")
		}
		post(object{"name": "x", "scopes": []string{"records:read"}, "days": 1}).wantProblem(409, "token.too_many")
		a.clock.Advance(models.StepUpLife + time.Minute)
		post(object{"name": "x", "scopes": []string{"records:read"}, "days": 1}).wantProblem(403, "session.step_up_required")
		alone := a.personWith(models.FactorNone, "example_ngo", "no-factor", models.RoleAnalyst)
		alone.do(http.MethodPost, "/api/v1/me/tokens", object{"name": "x", "scopes": []string{"records:read"}, "days": 1}).wantProblem(403, "factor.required")
	})
}

func TestToken_DiesAtOnce(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		for cause, kill := range map[string]func(u *person, p program){
			"revoked by an administrator": func(_ *person, p program) {
				admin.do(http.MethodDelete, "/api/v1/organisation/tokens/"+p.id, nil).want(204)
			},
			"account closed": func(u *person, _ program) { admin.post("/api/v1/members/" + u.id + "/disable").want(200) },
			"account closed and opened again": func(u *person, _ program) {
				admin.post("/api/v1/members/" + u.id + "/disable").want(200)
				admin.post("/api/v1/members/" + u.id + "/enable").want(200)
			},
			"one of two roles taken": func(u *person, _ program) { admin.roles(u, "analyst").want(200) },
			"role taken by command": func(u *person, _ program) {
				must(t, a.store.System().SetRoles(t.Context(), u.name, []models.Role{models.RoleAdvocate}))
			},
			"new password": func(u *person, _ program) {
				p, _, err := a.store.System().Principal(t.Context(), u.session())
				must(t, err)
				must(t, a.store.For(p).ChangePassword(t.Context(), "another-hash"))
			},
			"password reset by command": func(u *person, _ program) {
				must(t, a.store.System().ResetPassword(t.Context(), u.name, "another-hash"))
			},
			"new password by link": func(u *person, _ program) {
				token, _ := admin.resetLink(u)
				a.anyone().useReset(token, newPassword).want(204)
			},
			"after a restore": func(*person, program) {
				must(t, a.store.System().EndAllSessions(t.Context(), "backup.restore", "test"))
			},
			"expired": func(*person, program) { a.clock.Advance(30 * 24 * time.Hour) },
		} {
			admin = a.again(admin)
			u := a.person("example_ngo", "u-"+auth.HashOneTimeToken(cause)[:12], models.RoleAnalyst, models.RoleCaseworker)
			p := u.tokenFor("Program", "records:read")
			p.get("/api/v1/incidents").want(200)
			kill(u, p)
			failed := p.get("/api/v1/incidents").wantProblem(401, "token.invalid")
			if failed.Detail == "" {
				t.Error("no words")
			}
		}
		// A role that comes along takes nothing away.
		admin = a.again(admin)
		u := a.person("example_ngo", "gains", models.RoleAnalyst)
		p := u.tokenFor("Program", "records:read")
		admin.roles(u, "analyst", "advocate").want(200)
		p.get("/api/v1/incidents").want(200)
		for _, made := range []string{"fwp_", p.token[:39] + "x", "fwp_" + strings.Repeat("0", 36)} {
			(&person{app: a, token: made}).get("/api/v1/incidents").wantProblem(401, "token.invalid")
		}
	})
}

func (u *person) session() string {
	u.t.Helper()
	claims, err := u.tokens.Verify(u.clock.Now(), u.token)
	must(u.t, err)
	return claims.SessionID
}

func TestMemberTokens_OwnOrganisationOnly(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		stranger := a.person("other_ngo", "otto", models.RoleOrgAdmin)
		u := a.person("example_ngo", "nadia", models.RoleAnalyst)
		colleague := a.person("example_ngo", "niko", models.RoleAnalyst)
		p := u.tokenFor("Mirror", "records:read", "stats:read")
		var list struct {
			Items []struct {
				UserName string `json:"user_name"`
				Token    struct{ Name string }
			}
		}
		admin.get("/api/v1/organisation/tokens").want(200).json(&list)
		if len(list.Items) != 1 || list.Items[0].UserName != "nadia" || list.Items[0].Token.Name != "Mirror" {
			t.Fatalf("%+v", list)
		}
		stranger.get("/api/v1/organisation/tokens").want(200).json(&list)
		if len(list.Items) != 0 {
			t.Fatalf("%+v", list)
		}
		stranger.do(http.MethodDelete, "/api/v1/organisation/tokens/"+p.id, nil).wantProblem(404, "token.not_found")
		colleague.do(http.MethodDelete, "/api/v1/me/tokens/"+p.id, nil).wantProblem(404, "token.not_found")
		colleague.get("/api/v1/organisation/tokens").wantProblem(403, "permission.denied")
		p.get("/api/v1/me/tokens").wantProblem(403, "token.not_accepted")
		p.do(http.MethodDelete, "/api/v1/me/tokens/"+p.id, nil).wantProblem(403, "token.not_accepted")
		p.get("/api/v1/incidents").want(200)
		p.get("/api/v1/exports/incidents.csv").wantProblem(403, "token.scope_missing")
	})
}

// TestToken_SeesNoProtectedField: whatever the person's roles and teams, a
// program sees what is open, without what is protected.
func TestToken_SeesNoProtectedField(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker, models.RoleReviewer)
		refs := map[string]string{}
		for _, sensitivity := range []string{"open", "restricted", "sealed"} {
			body := founding(t)
			body["sensitivity"] = sensitivity
			body["internal_note"] = "Canary of the note"
			var made struct{ Ref string }
			u.log(body, "protected-"+sensitivity).want(201).json(&made)
			refs[sensitivity] = made.Ref
		}
		p := u.tokenFor("Program", allScopes...)
		if whole := u.get("/api/v1/incidents/" + refs["open"]).want(200); !strings.Contains(string(whole.Body), "Canary of the note") {
			t.Fatal("the person does not see the note either: this test shows nothing")
		}
		var seen struct {
			ProtectedHidden bool `json:"protected_hidden"`
			MayEdit         bool `json:"may_edit"`
			Moves           []any
			CreatedBy       string `json:"created_by"`
		}
		record := p.get("/api/v1/incidents/" + refs["open"]).want(200)
		record.json(&seen)
		if !seen.ProtectedHidden || seen.MayEdit || len(seen.Moves) > 0 || seen.CreatedBy != "" {
			t.Errorf("%+v", seen)
		}
		p.get("/api/v1/incidents/"+refs["restricted"]).wantProblem(404, "incident.not_found")
		p.get("/api/v1/incidents/"+refs["sealed"]).wantProblem(404, "incident.not_found")
		for _, path := range []string{
			"/api/v1/incidents", "/api/v1/changes", "/api/v1/stats", "/api/v1/incidents/facets?fields=sensitivity",
			"/api/v1/exports/incidents.csv", "/api/v1/incidents/" + refs["open"],
		} {
			u.get(path).want(200) // what the person was told is not kept for the token
			text := string(p.get(path).want(200).Body)
			for _, canary := range []string{"Canary of the note", refs["restricted"], refs["sealed"], `"restricted","count"`} {
				if strings.Contains(text, canary) {
					t.Errorf("%s tells %s", path, canary)
				}
			}
		}
	})
}

func TestToken_Throttled_AllOfOnePersonTogether(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.deps.Limits = NewLimits(a.clock.Now, false)
		var err error
		a.handler, err = New(a.deps)
		must(t, err)
		u := a.person("example_ngo", "nadia", models.RoleAnalyst)
		one, two := u.tokenFor("One", "stats:read"), u.tokenFor("Two", "stats:read")
		for range 150 {
			one.get("/api/v1/incidents/facets?fields=scope").want(200)
			two.get("/api/v1/incidents/facets?fields=scope").want(200)
		}
		one.get("/api/v1/stats").wantProblem(429, "rate.limited")
		two.get("/api/v1/stats").wantProblem(429, "rate.limited")
		u.get("/api/v1/stats").want(200) // the person works on
	})
}
