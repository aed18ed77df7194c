package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"farwatch/internal/auth"
	"farwatch/store"
	"farwatch/store/storetest"
)

// problem asks and gives the status and what the answer says.
func (s *server) problem(method, path string, body any, headers ...string) (status int, says string) {
	s.t.Helper()
	status, said, err := s.askRaw(method, path, body, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	return status, string(said)
}

// holds checks that the records are all there.
func (s *server) holds(refs map[string]string) {
	s.t.Helper()
	for key, ref := range refs {
		var rec struct{ Title string }
		s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents/"+ref, nil, &rec)
		if rec.Title != "Record of "+key {
			s.t.Errorf("%s: title %q", ref, rec.Title)
		}
	}
}

func TestServe_DiskNearlyFull_WritesAre507AndReadsGoOn(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	p.withAmina()
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	ref, _, err := s.log("before-it-was-full")
	if err != nil {
		t.Fatal(err)
	}
	s.stop(sigterm)

	s = p.start("serve", "FARWATCH_LEAST_FREE=4611686018427387904")
	s.signIn("amina", goodPassword)
	begin := time.Now()
	status, code := s.problem(http.MethodPost, "/api/v1/incidents", smallest("x"), "Idempotency-Key", "while-it-is-full")
	if took := time.Since(begin); status != http.StatusInsufficientStorage || !strings.Contains(code, "storage.full") || took > time.Second {
		t.Errorf("status %d, %s after %v", status, code, took)
	}
	s.holds(map[string]string{"before-it-was-full": ref})
	s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents", nil, nil)
	s.stop(sigterm)

	s = p.start("serve")
	s.signIn("amina", goodPassword)
	if _, status, err := s.log("after-it-was-full"); err != nil || status != http.StatusCreated {
		t.Errorf("with room again: %d, %v", status, err)
	}
	s.stop(sigterm)
}

// TestServe_DiskFull_NothingFalseIsAcknowledged fills a small disk for real.
func TestServe_DiskFull_NothingFalseIsAcknowledged(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	if err := os.MkdirAll(p.dataDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "none", p.dataDir()).CombinedOutput(); err != nil {
		t.Skipf("no small disk may be mounted here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", p.dataDir()).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	p.withAmina()
	s := p.start("serve", "FARWATCH_LEAST_FREE=1")
	s.signIn("amina", goodPassword)
	ballast := filepath.Join(p.dataDir(), "ballast")
	if err := os.WriteFile(ballast, make([]byte, 5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	told, full := map[string]string{}, 0
	// Long, so that the disk is full before one person has written too often.
	summary := strings.Repeat("A stranger called again. ", 390)
	for n := 0; full < 5 && n < 2000; n++ {
		key := fmt.Sprint("record-number-", n)
		body := smallest("Record of " + key)
		body["summary"] = summary
		var made struct{ Ref string }
		status, err := s.ask(http.MethodPost, "/api/v1/incidents", body, &made, "Idempotency-Key", key)
		switch {
		case err != nil:
			t.Fatalf("%v\n%s", err, s.errs)
		case status == http.StatusCreated:
			told[key] = made.Ref
		case status == http.StatusInsufficientStorage:
			full++
		default:
			t.Fatalf("status %d\n%s", status, s.errs)
		}
	}
	if full < 5 || len(told) < 10 {
		t.Fatalf("%d records, %d refused: this test shows nothing", len(told), full)
	}
	s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents", nil, nil)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // within a second the server sees that there is room
	if _, status, err := s.log("with-room-again"); err != nil || status != http.StatusCreated {
		t.Errorf("with room again: %d, %v\n%s", status, err, s.errs)
	}
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d\n%s", status, s.errs)
	}
	s = p.start("serve", "FARWATCH_LEAST_FREE=1")
	s.signIn("amina", goodPassword)
	s.holds(told)
	s.stop(sigterm)
	p.want(0, "The audit chain is intact", "", "audit", "verify")
	t.Logf("%d records were acknowledged before the disk was full", len(told))
}

// TestServe_SyncFails lets the system report a failing disk at the nth sync.
func TestServe_SyncFails_EndsAndNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	strace := needStrace(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p.withAmina()
	s := p.startAs([]string{
		strace, "--seccomp-bpf", "-f", "-D", "-e", "signal=none", "-e", "trace=fsync,fdatasync",
		"-e", "inject=fsync,fdatasync:error=EIO:when=25+", "-o", os.DevNull, path, "serve",
	})
	s.signIn("amina", goodPassword)
	told := map[string]string{}
	for n := 0; ; n++ {
		key := fmt.Sprint("record-number-", n)
		ref, status, err := s.log(key)
		if err != nil || status != http.StatusCreated {
			break
		}
		told[key] = ref
		if n > 1000 {
			t.Fatal("no sync failed")
		}
	}
	select {
	case <-s.ended:
	case <-time.After(startTime):
		t.Fatal("the server goes on")
	}
	if status := s.cmd.ProcessState.ExitCode(); status != 1 || !strings.Contains(s.errs.String(), "the disk failed while something was being saved") {
		t.Errorf("status %d\n%s", status, s.errs)
	}
	if len(told) == 0 {
		t.Error("nothing was acknowledged before: this test shows nothing")
	}
	s = p.start("serve")
	s.signIn("amina", goodPassword)
	s.holds(told)
	s.stop(sigterm)
	p.want(0, "The audit chain is intact", "", "audit", "verify")
	t.Logf("%d records were acknowledged before the disk failed", len(told))
}

func TestServe_CorruptedPage_DoctorAndBackupSaySo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	identity := p.sealing()
	p.withAmina()
	dir := t.TempDir()
	good := p.backUp(dir)
	path := filepath.Join(p.dataDir(), databaseName)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	past := storetest.PastSQLite(t, path)
	page := past.Column("SELECT rootpage FROM sqlite_schema WHERE name = 'users'")
	past.Close()
	at := 4096 * (number(t, page[0]) - 1)
	if err := os.WriteFile(path, append(append(bytes.Clone(data[:at]), bytes.Repeat([]byte{0xA5}, 4096)...), data[at+4096:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	said := p.examined(1)
	if said["database"].State != wrong || !strings.Contains(said["database"].Says, "the database is damaged") {
		t.Errorf("%+v", said["database"])
	}
	if status, _, stderr := p.farwatch("", "backup", "-dir", dir); status != 1 || !strings.Contains(stderr, "malformed") && !strings.Contains(stderr, "damaged") {
		t.Errorf("a damaged database was backed up: %d, %s", status, stderr)
	}
	q := p.elsewhere()
	q.want(0, "Restored: ", "", "restore", "-identity", identity, good)
	if _, err := q.user("amina"); err != nil {
		t.Error(err)
	}
}

func TestServe_NotADatabase_SaysSo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", "", "migrate")
	if err := os.WriteFile(filepath.Join(p.dataDir(), databaseName), bytes.Repeat([]byte("noise"), 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	p.want(1, "the database is damaged; put back the newest backup", "", "serve")
}

// TestServe_ClockBehind writes an hour ahead of the machine's clock.
func TestServe_ClockBehindTheAudit_RefusesUntilAccepted(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	p.withAmina()
	keys, err := auth.LoadOrCreateKeys(strings.TrimPrefix(p.environ[1], "FARWATCH_KEY_FILE="), p.dataDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	auditKey, vaultKey := keys.Derive("audit"), keys.Derive("vault")
	ahead, err := store.Open(t.Context(), store.Options{
		SQLitePath: filepath.Join(p.dataDir(), databaseName), AuditKey: auditKey[:], VaultKey: vaultKey[:],
		Clock: func() time.Time { return time.Now().Add(time.Hour) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := ahead.System().Note(t.Context(), "test.ahead", ""); err != nil {
		t.Fatal(err)
	}
	if err := ahead.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve"}, {"user", "disable", "-name", "amina"}} {
		p.want(1, "behind the last row of the audit chain", "", args...)
		p.want(1, "timedatectl", "", args...)
	}
	if said := p.examined(1)["clock"]; said.State != wrong {
		t.Errorf("doctor: %+v", said)
	}
	p.want(0, "counts from now on", "", "audit", "accept-clock")
	s := p.start("serve")
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d: %s", status, s.errs)
	}
	p.want(0, "The audit chain is intact", "", "audit", "verify")
}

func TestServe_Twice_SecondRefuses(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	p.withAmina()
	s := p.start("serve")
	p.want(1, "another Farwatch uses the data directory", "", "serve")
	s.signIn("amina", goodPassword)
	if _, status, err := s.log("still-there"); err != nil || status != http.StatusCreated {
		t.Errorf("the first: %d, %v", status, err)
	}
	s.stop(sigkill)
	s = p.start("serve") // the lock ended with the killed one
	s.stop(sigterm)
}

func TestServe_NewerSchema_RefusedUntouched(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", "", "migrate")
	path := filepath.Join(p.dataDir(), databaseName)
	past := storetest.PastSQLite(t, path)
	past.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	past.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p.want(1, "it was written by a newer Farwatch; use that one", "", "serve")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was touched: %v", err)
	}
}
