package api

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"farwatch/internal/auth"
	"farwatch/models"
)

const password = "four green walls talk"

// account makes an account that can sign in.
func (a *app) account(name string, roles ...models.Role) {
	a.t.Helper()
	a.organisation("example_ngo")
	hash, err := a.hasher.Hash(context.Background(), password)
	must(a.t, err)
	must(a.t, a.store.System().CreateUser(context.Background(), "example_ngo", name, hash, roles))
}

func (u *person) signIn(name, password string) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/sessions", object{"user_name": name, "password": password}, "X-Farwatch", "1")
}

func (u *person) refresh(cookie string) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/sessions/refresh", nil, "X-Farwatch", "1", "Cookie", auth.RefreshCookieName+"="+cookie)
}

var cookiePattern = regexp.MustCompile(`^__Host-farwatch_rt=([^;]+); Path=/; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$`)

func (r *reply) cookie() string {
	r.t.Helper()
	m := cookiePattern.FindStringSubmatch(r.Header.Get("Set-Cookie"))
	if m == nil {
		r.t.Fatalf("cookie %q", r.Header.Get("Set-Cookie"))
	}
	return m[1]
}

func (r *reply) as(a *app) *person {
	r.t.Helper()
	var body struct {
		Token   string `json:"access_token"`
		Account struct {
			UserID string `json:"user_id"`
		}
	}
	r.json(&body)
	return &person{app: a, id: body.Account.UserID, token: body.Token}
}

func TestSignIn_GoodPassword_OpensASession(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		r := a.anyone().signIn("amina", password).want(201)
		r.cookie()
		var me struct {
			UserName    string `json:"user_name"`
			Permissions []string
		}
		r.as(a).get("/api/v1/me").want(200).json(&me)
		if me.UserName != "amina" || !strings.Contains(strings.Join(me.Permissions, " "), "incidents:create") {
			t.Errorf("me %+v", me)
		}
	})
}

func TestSignIn_WrongUnknownDisabled_SameAnswer(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		a.account("gone", models.RoleCaseworker)
		must(t, a.store.System().DisableUser(t.Context(), "gone"))
		id := regexp.MustCompile(`urn:uuid:[0-9a-f-]+`)
		var answers []string
		for name, pw := range map[string]string{"amina": "four green walls tall", "nobody": password, "gone": password} {
			r := a.anyone().signIn(name, pw)
			r.wantProblem(401, "session.bad_credentials")
			answers = append(answers, id.ReplaceAllString(string(r.Body), ""))
		}
		if answers[0] != answers[1] || answers[1] != answers[2] {
			t.Errorf("answers differ: %v", answers)
		}
	})
}

func TestSignIn_Guessing_IsSlowedDownWhetherOrNotTheNameExists(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		for _, name := range []string{"amina", "nobody"} {
			for range 3 {
				a.anyone().signIn(name, "four green walls tall").want(401)
			}
			r := a.anyone().signIn(name, password)
			r.wantProblem(429, "session.throttled")
			if r.Header.Get("Retry-After") != "1" {
				t.Errorf("%s: Retry-After %q", name, r.Header.Get("Retry-After"))
			}
		}
		a.clock.Advance(2 * time.Second)
		a.anyone().signIn("amina", password).want(201)
	})
}

func TestSignIn_KnownBrowser_IsNotLockedOutByStrangers(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		a.account("boris", models.RoleCaseworker)
		var device string
		for _, cookie := range a.anyone().signIn("amina", password).want(201).Header.Values("Set-Cookie") {
			if strings.HasPrefix(cookie, "__Host-farwatch_dev=") {
				device, _, _ = strings.Cut(cookie, ";")
				for _, want := range []string{"HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=7776000"} {
					if !strings.Contains(cookie, want) {
						t.Errorf("%s lacks %s", cookie, want)
					}
				}
			}
		}
		for n := range 40 { // more than the name may, and more than the address
			a.anyone().signIn("amina", "four green walls tall")
			a.anyone().signIn(fmt.Sprint("name-", n), "four green walls tall")
		}
		a.anyone().signIn("amina", password).wantProblem(429, "session.throttled")
		known := func(name, word string) *reply {
			return a.anyone().do(http.MethodPost, "/api/v1/sessions", object{"user_name": name, "password": word}, "X-Farwatch", "1", "Cookie", device)
		}
		known("amina", password).want(201)
		known("boris", password).wantProblem(429, "session.throttled") // the address has no tries left, and boris is not known here
		for range 3 {
			known("amina", "four green walls tall").want(401)
		}
		known("amina", password).wantProblem(429, "session.throttled") // a known browser guesses no faster
		for _, cookie := range known("amina", "four green walls tall").Header.Values("Set-Cookie") {
			t.Errorf("a wrong password sets %s", cookie)
		}
	})
}

func TestRefresh_RotatesAndDetectsReuse(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		guest := a.anyone()
		first := guest.signIn("amina", password).want(201).cookie()
		other := guest.signIn("amina", password).want(201).as(a)
		second := guest.refresh(first).want(201).cookie()
		if second == first {
			t.Fatal("the cookie did not rotate")
		}
		if again := guest.refresh(first).want(201).cookie(); again != second {
			t.Error("a lost answer must be sent again, not a third cookie")
		}
		third := guest.refresh(second).want(201)
		a.clock.Advance(11 * time.Second)
		third.as(a).get("/api/v1/me").want(200)
		guest.refresh(second).wantProblem(401, "session.expired")
		third.as(a).get("/api/v1/me").wantProblem(401, "session.expired")
		other.get("/api/v1/me").wantProblem(401, "session.expired")
		guest.refresh(third.cookie()).wantProblem(401, "session.expired")
		guest.refresh("made.1.up").wantProblem(401, "session.expired")
		guest.do(http.MethodPost, "/api/v1/sessions/refresh", nil, "X-Farwatch", "1").wantProblem(401, "session.expired")
	})
}

func TestRefresh_IdleTooLong_Ends(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		cookie := a.anyone().signIn("amina", password).want(201).cookie()
		a.clock.Advance(29 * time.Minute)
		cookie = a.anyone().refresh(cookie).want(201).cookie()
		a.clock.Advance(30 * time.Minute)
		a.anyone().refresh(cookie).wantProblem(401, "session.expired")
	})
}

func TestSignOut_EndsTheSessionAtOnce(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		r := a.anyone().signIn("amina", password).want(201)
		u := r.as(a)
		out := u.do(http.MethodDelete, "/api/v1/sessions/current", nil, "X-Farwatch", "1", "Cookie", auth.RefreshCookieName+"="+r.cookie()).want(204)
		if !strings.Contains(out.Header.Get("Set-Cookie"), "Max-Age=0") || out.Header.Get("Clear-Site-Data") != `"cache","storage"` {
			t.Errorf("headers %v", out.Header)
		}
		u.get("/api/v1/me").wantProblem(401, "session.expired")
		u.do(http.MethodDelete, "/api/v1/sessions/current", nil, "X-Farwatch", "1").want(204)
	})
}

func TestSessions_ListedAndEndedByTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		one := a.anyone().signIn("amina", password).want(201).as(a)
		two := a.anyone().signIn("amina", password).want(201).as(a)
		var list struct {
			Items []struct {
				ID      string `json:"session_id"`
				Current bool
			}
		}
		one.get("/api/v1/sessions").want(200).json(&list)
		if len(list.Items) != 2 {
			t.Fatalf("%+v", list)
		}
		for _, s := range list.Items {
			if s.Current {
				continue
			}
			a.person("example_ngo", "boris", models.RoleOrgAdmin).do(http.MethodDelete, "/api/v1/sessions/"+s.ID, nil).wantProblem(404, "session.not_found")
			one.do(http.MethodDelete, "/api/v1/sessions/"+s.ID, nil).want(204)
		}
		two.get("/api/v1/me").wantProblem(401, "session.expired")
		one.get("/api/v1/me").want(200)
	})
}

func TestSessions_TheSixthEndsTheOldest(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		var all []*person
		for range 6 {
			all = append(all, a.anyone().signIn("amina", password).want(201).as(a))
			a.clock.Advance(time.Second)
		}
		all[0].get("/api/v1/me").wantProblem(401, "session.expired")
		for _, u := range all[1:] {
			u.get("/api/v1/me").want(200)
		}
	})
}

func TestChangePassword_EndsEveryOtherSession(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.account("amina", models.RoleCaseworker)
		one := a.anyone().signIn("amina", password).want(201).as(a)
		two := a.anyone().signIn("amina", password).want(201).as(a)
		change := func(current, next string) *reply {
			return one.do(http.MethodPut, "/api/v1/me/password", object{"current_password": current, "new_password": next})
		}
		change("wrong wrong wrong", "seven blue doors sing").wantProblem(422, "validation.failed", "#/current_password wrong_password")
		change(password, "short").wantProblem(422, "validation.failed", "#/new_password password_too_short")
		change(password, "seven blue doors sing").want(204)
		one.get("/api/v1/me").want(200)
		two.get("/api/v1/me").wantProblem(401, "session.expired")
		a.anyone().signIn("amina", password).want(401)
		a.anyone().signIn("amina", "seven blue doors sing").want(201)
	})
}

func TestSetUp_OnceWithAFreshLink(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		link := func() string {
			token, hash, err := auth.NewOneTimeToken()
			must(t, err)
			must(t, a.store.System().CreateSetUpLink(t.Context(), hash, a.clock.Now().Add(models.SetUpLinkLife)))
			return token
		}
		setUp := func(token string) *reply {
			return a.anyone().do(http.MethodPost, "/api/v1/setup", object{
				"token": token, "organisation_code": "example_ngo", "organisation_name": "Example NGO", "user_name": "amina",
				"password": password, "work_roles": []string{"caseworker"},
			})
		}
		var instance struct {
			Required bool `json:"setup_required"`
		}
		a.anyone().get("/api/v1/instance").want(200).json(&instance)
		if !instance.Required {
			t.Fatal("a new instance needs set-up")
		}
		old := link()
		setUp("made-up-token").wantProblem(410, "setup.link_invalid")
		late := link()
		setUp(old).wantProblem(410, "setup.link_invalid")
		a.clock.Advance(31 * time.Minute)
		setUp(late).wantProblem(410, "setup.link_invalid")
		good := link()
		setUp(good).want(201)
		setUp(good).wantProblem(410, "setup.link_invalid")
		setUp(link()).wantProblem(410, "setup.link_invalid")
		u := a.anyone().signIn("amina", password).want(201).as(a)
		u.log(valid(), "first-incident").wantProblem(403, "factor.required")
		u.enrolPasskey(newKey(t))
		u.log(valid(), "first-incident").want(201)
		u.get("/api/v1/members").want(200)
	})
}

func TestInvitations_OneLinkOneAccount(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "admin", models.RoleOrgAdmin)
		invite := func(roles ...string) (token, id string) {
			var made struct {
				Link       string
				Invitation struct {
					ID string `json:"invitation_id"`
				}
			}
			admin.do(http.MethodPost, "/api/v1/invitations", object{"roles": roles}).want(201).json(&made)
			_, token, _ = strings.Cut(made.Link, "/invite#")
			return token, made.Invitation.ID
		}
		accept := func(token, name string) *reply {
			return a.anyone().do(http.MethodPost, "/api/v1/invitations/accept", object{"token": token, "user_name": name, "password": password})
		}
		token, _ := invite("caseworker", "analyst")
		accept(token, "admin").wantProblem(409, "user.name_taken", "#/user_name name_taken")
		accept(token, "Amina").wantProblem(422, "validation.failed", "#/user_name bad_format")
		accept(token, "amina").want(201)
		accept(token, "again").wantProblem(410, "invitation.link_invalid")
		invited := a.anyone().signIn("amina", password).want(201).as(a)
		invited.enrolTOTP()
		invited.log(valid(), "by-invited").want(201)

		revoked, id := invite("analyst")
		a.person("other_ngo", "stranger", models.RoleOrgAdmin).do(http.MethodDelete, "/api/v1/invitations/"+id, nil).wantProblem(404, "invitation.not_found")
		admin.do(http.MethodDelete, "/api/v1/invitations/"+id, nil).want(204)
		accept(revoked, "boris").wantProblem(410, "invitation.link_invalid")

		late, _ := invite("analyst")
		a.clock.Advance(25 * time.Hour)
		accept(late, "chen").wantProblem(410, "invitation.link_invalid")
		admin.do(http.MethodPost, "/api/v1/invitations", object{"roles": []string{"instance_admin"}}).want(401) // idle too long
		again := a.person("example_ngo", "admin-2", models.RoleOrgAdmin)
		again.do(http.MethodPost, "/api/v1/invitations", object{"roles": []string{"instance_admin"}}).
			wantProblem(422, "validation.failed", "#/roles/0 not_allowed")
	})
}
