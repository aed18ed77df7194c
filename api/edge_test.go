package api

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"farwatch/models"
)

// wantHeaders are those of SECURITY.md, word for word.
var wantHeaders = map[string]string{
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Permissions-Policy":           "camera=(), microphone=(), geolocation=(), display-capture=(), usb=()",
	"Cache-Control":                "no-store",
}

func TestRequest_EveryAnswer_HasTheHeaders(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		for _, r := range []*reply{
			u.get("/api/v1/me").want(200), u.get("/api/v1/nothing").want(404), a.anyone().get("/api/v1/me").want(401),
			u.get("/api/v1/incidents/FW-4F7K-Q2ME").want(404), u.do(http.MethodPut, "/api/v1/health", nil).want(405),
			u.do(http.MethodPost, "/api/v1/incidents", "{").want(400), u.do(http.MethodPost, "/api/v1/incidents", strings.Repeat(" ", 300<<10)).want(413),
			u.get("/incidents").want(200), u.get("/api/v1/members").want(403), u.get("/api/v1/exports/incidents.csv").want(200),
		} {
			for name, want := range wantHeaders {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%d: %s is %q, want %q", r.Status, name, got, want)
				}
			}
			if r.Header.Get("Content-Security-Policy") == "" || r.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%d: policy %q, allowed origin %q", r.Status, r.Header.Get("Content-Security-Policy"), r.Header.Get("Access-Control-Allow-Origin"))
			}
		}
	})
}

// endless is a body that does not say how long it is.
type endless struct{ sent int }

func (e *endless) Read(p []byte) (int, error) {
	if e.sent > 4<<20 {
		return 0, io.EOF
	}
	e.sent += len(p)
	return copy(p, bytes.Repeat([]byte(" "), len(p))), nil
}

func TestRequest_BodyWithoutLength_IsCut(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		body := &endless{}
		r := httptest.NewRequest(http.MethodPost, "/api/v1/incidents", body)
		r.ContentLength, r.Host = -1, testHost
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+u.token)
		w := httptest.NewRecorder()
		a.handler.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || body.sent > maxJSON+64<<10 {
			t.Errorf("status %d after %d bytes", w.Code, body.sent)
		}
	})
}

func TestRequest_Log_HasNoPath(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker-of-secrets", models.RoleCaseworker)
		u.get("/api/v1/incidents/FW-4F7K-Q2ME").want(404)
		u.get("/api/v1/incidents?q=hushhush").want(200)
		u.get("/api/v1/hushhush/nowhere").want(404)
		a.anyone().do(http.MethodPost, "/api/v1/sessions", object{"user_name": "nobody-hushhush", "password": "hushhush hushhush"}, "X-Farwatch", "1").want(401)
		log := a.log.String()
		for _, secret := range []string{"FW-4F7K-Q2ME", "hushhush", "127.0.0.1", "caseworker-of-secrets", u.token, u.id} {
			if strings.Contains(log, secret) {
				t.Errorf("the log has %q", secret)
			}
		}
		if !strings.Contains(log, `"route":"/api/v1/incidents/:ref"`) {
			t.Error("the log has no route either, so this test shows nothing")
		}
	})
}

// TestAuthenticate_AnothersSession_401: a token names a person and a session,
// and both must belong together.
func TestAuthenticate_AnothersSession_401(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "one", models.RoleAnalyst)
		other := a.person("example_ngo", "two", models.RoleReviewer)
		session, err := a.store.System().StartSession(t.Context(), other.id, "Test / Linux", models.FactorPasskey)
		must(t, err)
		token, _, err := a.tokens.Issue(a.clock.Now(), u.id, session.ID)
		must(t, err)
		(&person{app: a, id: u.id, token: token}).get("/api/v1/me").wantProblem(401, "session.expired")
		u.get("/api/v1/me").want(200)
	})
}

// TestHidden_RestrictedCodes_AreUnknown: a restricted code stands in a
// protected field, and is no word of any filter, for nobody.
func TestHidden_RestrictedCodes_AreUnknown(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "reviewer", models.RoleReviewer)
		restricted := 0
		for _, d := range models.FilterFields() {
			for _, code := range a.vocab.Codes(d.List) {
				term, _ := a.vocab.Term(d.List, code)
				if !term.Restricted {
					continue
				}
				restricted++
				for _, path := range []string{"/incidents?" + d.Name + "=" + code, "/incidents?where=" + d.Name + ":" + code, "/stats?" + d.Name + "=" + code, "/exports/incidents.csv?" + d.Name + "=" + code} {
					if r := u.get("/api/v1" + path); r.Status != http.StatusUnprocessableEntity {
						t.Errorf("%s: %d", path, r.Status)
					}
				}
			}
		}
		if restricted < 5 {
			t.Errorf("only %d restricted codes", restricted)
		}
	})
}

// TestTombstone_OfAnInvisibleSurvivor_LeadsNowhere: that a record was merged is
// known to those who saw it, into which one only to those who see that.
func TestTombstone_OfAnInvisibleSurvivor_LeadsNowhere(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		body := founding(t)
		body["sensitivity"], body["title"] = "restricted", "The survivor"
		var survivor object
		d.author.log(body, "survivor-key").want(201).json(&survivor)
		d.as(d.reviewer, http.MethodPost, "/merge", object{"into": survivor["ref"], "reason": "The same."}).want(200)
		var p struct {
			Tombstone struct {
				MergedInto *string `json:"merged_into"`
			}
		}
		r := d.analyst.get(d.path("")).want(410)
		if r.json(&p); p.Tombstone.MergedInto != nil || strings.Contains(string(r.Body), survivor["ref"].(string)) {
			t.Errorf("the analyst learns %s", r.Body)
		}
		d.reviewer.get(d.path("")).want(410).json(&p)
		if p.Tombstone.MergedInto == nil || *p.Tombstone.MergedInto != survivor["ref"] {
			t.Errorf("the reviewer is not led on: %v", p.Tombstone.MergedInto)
		}
	})
}
