package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// setUpToken waits for the link that is printed under the greeting.
func (s *server) setUpToken() string {
	s.t.Helper()
	link := regexp.MustCompile(`(?m)^    ` + regexp.QuoteMeta(s.base) + `/setup#([A-Za-z0-9_-]{22})\n`)
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if found := link.FindStringSubmatch(s.out.String()); found != nil {
			return found[1]
		}
	}
	s.t.Fatalf("no set-up link in %s", s.out)
	return ""
}

func TestServe_SetUpLink_WorksOnce(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	s := p.start("serve")
	token := s.setUpToken()
	setUp := func(token, name string) map[string]any {
		return map[string]any{
			"token": token, "organisation_code": "example_ngo", "organisation_name": "Example NGO", "user_name": name,
			"password": goodPassword, "work_roles": []string{"caseworker"},
		}
	}
	s.must(410, http.MethodPost, "/api/v1/setup", setUp(strings.Repeat("A", 22), "amina"), nil)
	s.must(422, http.MethodPost, "/api/v1/setup", setUp(token, "A"), nil)
	s.must(201, http.MethodPost, "/api/v1/setup", setUp(token, "amina"), nil)
	s.must(410, http.MethodPost, "/api/v1/setup", setUp(token, "boris"), nil)
	s.signIn("amina", goodPassword)
	s.must(201, http.MethodPost, "/api/v1/incidents", smallest("First"), nil, "Idempotency-Key", "first-incident")
	if strings.Contains(s.errs.String(), token) || strings.Contains(s.errs.String(), s.token) {
		t.Error("a token stands in the log")
	}
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d after SIGTERM, want 0\n%s", status, s.errs)
	}
	again := p.start("serve")
	if strings.Contains(again.out.String(), "/setup#") {
		t.Errorf("a set-up link although there is a user: %s", again.out)
	}
	again.signIn("amina", goodPassword)
	var page struct{ Total int }
	again.must(200, http.MethodGet, "/api/v1/incidents", nil, &page)
	if page.Total != 1 {
		t.Errorf("%d records after the restart, want 1", page.Total)
	}
	again.stop(sigterm)
}

func TestServe_Restarted_EarlierLinkIsDead(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	first := p.start("serve")
	old := first.setUpToken()
	first.stop(sigterm)
	second := p.start("serve")
	body := map[string]any{
		"token": old, "organisation_code": "example_ngo", "organisation_name": "Example NGO", "user_name": "amina",
		"password": goodPassword, "work_roles": []string{"caseworker"},
	}
	second.must(410, http.MethodPost, "/api/v1/setup", body, nil)
	body["token"] = second.setUpToken()
	second.must(201, http.MethodPost, "/api/v1/setup", body, nil)
	second.stop(sigterm)
}

func TestServe_DisabledByCommand_IsOutAtOnce(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "analyst")
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	s.must(200, http.MethodGet, "/api/v1/me", nil, nil)
	p.want(0, "", "", "user", "disable", "-name", "amina")
	s.must(401, http.MethodGet, "/api/v1/me", nil, nil)
	p.want(0, `"status":"ok"`, "", "health", "-addr", strings.Replace(s.base, "http://localhost", "127.0.0.1", 1))
	s.stop(sigterm)
}

func TestServe_PortTaken_SaysSo(t *testing.T) {
	t.Parallel()
	needSignals(t)
	s := newPlace(t).start("serve")
	newPlace(t).want(1, "set FARWATCH_ADDR", "", "serve", "-addr", strings.Replace(s.base, "http://localhost", "127.0.0.1", 1))
	s.stop(sigterm)
}

// onWrite is called before every write.
type onWrite func()

func (f onWrite) Write(p []byte) (int, error) { f(); return len(p), nil }

func TestServe_StoppedWhileItStarts_EndsInOrder(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ctx, stop := context.WithCancel(t.Context())
	var errs bytes.Buffer
	status := run(ctx, program{
		args: []string{"serve", "-addr", "127.0.0.1:0"}, environ: p.environ, stdin: strings.NewReader(""), stdout: onWrite(stop), stderr: &errs,
	})
	if status != 0 || ctx.Err() == nil {
		t.Errorf("status %d: %s", status, &errs)
	}
}

func TestDemo_Ended_LeavesNothing(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	dir := t.TempDir()
	s := p.start("demo", "TMPDIR="+dir)
	login := regexp.MustCompile(`(?m)^    amina  ([a-z2-7-]{19})   `).FindStringSubmatch(s.out.String())
	if login == nil {
		t.Fatalf("no login for amina in %s", s.out)
	}
	s.signIn("amina", login[1])
	var page struct{ Total int }
	s.must(200, http.MethodGet, "/api/v1/incidents", nil, &page)
	if page.Total < 100 {
		t.Errorf("%d invented records", page.Total)
	}
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d after SIGTERM, want 0\n%s", status, s.errs)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	_, err = os.Stat(strings.TrimPrefix(p.environ[0], "FARWATCH_DATA_DIR="))
	if !os.IsNotExist(err) {
		t.Error("the demo touched the real data directory")
	}
}
