package api

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"farwatch/handlers"
	"farwatch/internal/auth"
	"farwatch/internal/country"
	"farwatch/internal/disclosure"
	"farwatch/internal/files"
	"farwatch/internal/intake"
	"farwatch/internal/mapping"
	"farwatch/internal/search"
	"farwatch/internal/vocab"
	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// app is the whole engine on a fresh database.
type app struct {
	t        testing.TB
	handler  http.Handler
	deps     Deps               // what handler was made from
	handlers *handlers.Handlers // what handler serves; to change a setting before the first request
	store    *store.Store
	tokens   *auth.Tokens
	hasher   *auth.Hasher
	vocab    *models.Vocabulary
	contract *contract
	clock    *storetest.Clock
	log      *bytes.Buffer
	full     *atomic.Bool // the disk has no room
}

// What every engine reads and none changes is made once.
var (
	sharedVocabulary = sync.OnceValues(func() (*models.Vocabulary, error) { return vocab.Load(country.Known) })
	sharedArticles   = sync.OnceValue(func() *intake.Reader { v, _ := sharedVocabulary(); return intake.NewReader(v) })
	sharedWords      = sync.OnceValue(func() *mapping.Words { v, _ := sharedVocabulary(); return mapping.NewWords(v, tableCountries()) })
)

const testHost = "localhost:8080"

// eachApp runs the test on SQLite and on PostgreSQL.
func eachApp(t *testing.T, test func(t *testing.T, a *app)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		test(t, newApp(t, s, clock))
	})
}

func newApp(t testing.TB, s *store.Store, clock *storetest.Clock) *app {
	t.Helper()
	dir := t.TempDir()
	keys, err := auth.LoadOrCreateKeys(filepath.Join(dir, "keys", "test.key"), filepath.Join(dir, "data"), false)
	must(t, err)
	v, err := sharedVocabulary()
	must(t, err)
	base, err := url.Parse("http://" + testHost)
	must(t, err)
	c, err := loadContract()
	must(t, err)
	a := &app{t: t, full: &atomic.Bool{}, store: s, vocab: v, contract: c, clock: clock, log: &bytes.Buffer{}}
	a.tokens = auth.NewTokens(keys, base.String())
	a.hasher = auth.NewHasher(auth.TestParams, []byte("pepper"))
	evidence, err := files.OpenStorage("", filepath.Join(dir, "files"))
	must(t, err)
	guard, err := disclosure.New([]byte("a secret of the tests of the API"))
	must(t, err)
	h := &handlers.Handlers{
		Store: s, Vocab: v, Variants: search.NewVariants(v), Articles: sharedArticles(), Words: sharedWords(),
		Waiting: make(chan struct{}, 1), Hasher: a.hasher, Tokens: a.tokens, Refresh: auth.NewRefreshCodec(keys), Devices: auth.NewDeviceCodec(keys),
		Throttle: auth.NewThrottle(keys, clock.Now, false), Passkeys: auth.NewPasskeys(base, models.ChallengeLife),
		Factors: auth.NewFactorThrottle(clock.Now, false), Clock: clock.Now, BaseURL: base, Version: "test",
		Files: evidence, Judging: make(chan struct{}, handlers.JudgedAtOnce), SpoolDir: dir, ExportCap: 100_000, Exports: handlers.NewExportDesk(), Numbers: handlers.NewAnswers(), ETagKey: keys.Derive("etag"),
		Disclosure: guard, ReleaseKey: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)),
	}
	a.handlers = h
	a.deps = Deps{
		Handlers: h, Store: s, Tokens: a.tokens, Clock: clock.Now, BaseURL: base, Full: a.full.Load,
		Log:   slog.New(slog.NewJSONHandler(a.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Files: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "assets/app-1.js": {Data: []byte("1")}},
	}
	a.handler, err = New(a.deps)
	must(t, err)
	// As in the running program; what SQL alone answers is tested in the store.
	must(t, s.System().LoadFacts(t.Context()))
	return a
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person signs requests with a live session.
type person struct {
	*app
	id    string
	name  string
	token string
}

// organisation makes one once.
func (a *app) organisation(code string) {
	a.t.Helper()
	err := a.store.System().CreateOrganisation(context.Background(), code, "Example "+code)
	if err != nil && models.KindOf(err) != models.KindConflict {
		a.t.Fatal(err)
	}
}

// person makes an account with roles and a session that a second factor
// opened.
func (a *app) person(organisation, name string, roles ...models.Role) *person {
	a.t.Helper()
	return a.personWith(models.FactorPasskey, organisation, name, roles...)
}

// personWith is person with another factor; FactorNone is the password alone.
func (a *app) personWith(factor models.FactorKind, organisation, name string, roles ...models.Role) *person {
	a.t.Helper()
	a.organisation(organisation)
	ctx := context.Background()
	must(a.t, a.store.System().CreateUser(ctx, organisation, name, "no-hash", roles))
	user, err := a.store.System().UserByName(ctx, name)
	must(a.t, err)
	session, err := a.store.System().StartSession(ctx, user.ID, "Test / Linux", factor)
	must(a.t, err)
	token, _, err := a.tokens.Issue(a.clock.Now(), user.ID, session.ID)
	must(a.t, err)
	return &person{app: a, id: user.ID, name: name, token: token}
}

// again signs the same person in anew, after the clock has moved.
func (a *app) again(u *person) *person {
	a.t.Helper()
	session, err := a.store.System().StartSession(context.Background(), u.id, "Test / Linux", models.FactorPasskey)
	must(a.t, err)
	token, _, err := a.tokens.Issue(a.clock.Now(), u.id, session.ID)
	must(a.t, err)
	return &person{app: a, id: u.id, name: u.name, token: token}
}

// anyone is signed out.
func (a *app) anyone() *person { return &person{app: a} }

// reply is an answer that was checked against the contract.
type reply struct {
	t      testing.TB
	Status int
	Header http.Header
	Body   []byte
}

func (r *reply) json(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("%v in %s", err, r.Body)
	}
}

// want fails unless the status is this one.
func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	return r
}

// problem is a failure as a client reads it.
type problem struct {
	Code           string
	Status         int
	Detail         string
	CurrentVersion int `json:"current_version"`
	Errors         []struct{ Pointer, Parameter, Code string }
}

// wantProblem fails unless the answer is this failure; each field is
// "pointer code" or "parameter code".
func (r *reply) wantProblem(status int, code string, fields ...string) problem {
	r.t.Helper()
	r.want(status)
	var p problem
	r.json(&p)
	if p.Code != code || p.Status != status {
		r.t.Fatalf("problem %s (%d), want %s: %s", p.Code, p.Status, code, r.Body)
	}
	for _, want := range fields {
		found := false
		for _, f := range p.Errors {
			found = found || f.Pointer+f.Parameter+" "+f.Code == want
		}
		if !found {
			r.t.Fatalf("no field %q in %s", want, r.Body)
		}
	}
	return p
}

// do sends a request and checks the answer against the contract; headers come
// in pairs.
func (u *person) do(method, path string, body any, headers ...string) *reply {
	u.t.Helper()
	r, w := u.send(method, path, body, headers...)
	u.checkAgainstContract(r, w)
	return &reply{t: u.t, Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
}

// send is do without the check, for tests that count on many requests.
func (u *person) send(method, path string, body any, headers ...string) (*http.Request, *httptest.ResponseRecorder) {
	u.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case []byte:
		reader = bytes.NewReader(b)
	default:
		data, err := json.Marshal(b)
		must(u.t, err)
		reader = bytes.NewReader(data)
	}
	r := httptest.NewRequest(method, path, reader)
	r.Host = testHost
	r.RemoteAddr = "127.0.0.1:40000"
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if u.token != "" {
		r.Header.Set("Authorization", "Bearer "+u.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	u.handler.ServeHTTP(w, r)
	return r, w
}

func (u *person) get(path string) *reply { u.t.Helper(); return u.do(http.MethodGet, path, nil) }

// log creates an incident under a key of its own.
func (u *person) log(body any, key string) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/incidents", body, "Idempotency-Key", key)
}

// checkAgainstContract fails the test when an answer is not what the contract
// says, or a 5xx left the program.
func (u *person) checkAgainstContract(r *http.Request, w *httptest.ResponseRecorder) {
	u.t.Helper()
	if w.Code >= 500 && w.Code != http.StatusServiceUnavailable && w.Code != http.StatusInsufficientStorage {
		u.t.Fatalf("%s %s answered %d: %s\n%s", r.Method, r.URL.Path, w.Code, w.Body, u.app.log)
	}
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		return
	}
	want := contentSecurityPolicy
	if w.Code < 300 && (strings.HasSuffix(r.URL.Path, "/original") || strings.HasSuffix(r.URL.Path, "/view")) {
		want = "sandbox; default-src 'none'" // S49
	}
	if got := w.Header().Get("Content-Security-Policy"); got != want {
		u.t.Fatalf("%s %s has no policy header", r.Method, r.URL.Path)
	}
	if r.URL.Path == "/api/v1/incidents" && r.URL.Query().Has("fields") {
		return // records with some members only, which the contract says in words
	}
	op, ok := u.contract.match(r.Method, r.URL.Path)
	if !ok {
		return
	}
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r,
			Route:   &routers.Route{Spec: u.contract.doc, Path: op.path, PathItem: op.item, Method: r.Method, Operation: op.op},
		},
		Status: w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: w.Header().Get("Content-Type") != "application/json" && w.Code < 400},
	})
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		u.t.Fatalf("%s %s: answer breaks the contract: %s", r.Method, r.URL.Path, first)
	}
}

// match finds the operation of a concrete path.
func (c *contract) match(method, path string) (operation, bool) {
	parts := strings.Split(path, "/")
	var found operation
	best := -1
	for key, op := range c.operations {
		pattern := strings.Split(strings.TrimPrefix(key, method+" "), "/")
		if !strings.HasPrefix(key, method+" ") || len(pattern) != len(parts) {
			continue
		}
		literal, fits := 0, true
		for i, p := range pattern {
			if p == parts[i] {
				literal++
			} else if !strings.HasPrefix(p, ":") {
				fits = false
			}
		}
		if fits && literal > best {
			best, found = literal, op
		}
	}
	return found, best >= 0
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	return data
}

// doHost asks under another host name.
func (u *person) doHost(host, path string) *reply {
	u.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	u.handler.ServeHTTP(w, r)
	return &reply{t: u.t, Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
}
