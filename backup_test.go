package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"farwatch/internal/backup"
	"farwatch/store/storetest"
)

// dataDir is where the place keeps its data.
func (p place) dataDir() string { return strings.TrimPrefix(p.environ[0], "FARWATCH_DATA_DIR=") }

// elsewhere is another place with the same key file and settings: an empty data
// directory, and an empty database where the first has one.
func (p place) elsewhere() place {
	p.t.Helper()
	q := place{t: p.t, environ: slices.Clone(p.environ)}
	q.environ[0] = "FARWATCH_DATA_DIR=" + filepath.Join(p.t.TempDir(), "data")
	for n, entry := range q.environ {
		if strings.HasPrefix(entry, "FARWATCH_DATABASE_URL=") {
			q.environ[n] = "FARWATCH_DATABASE_URL=" + storetest.EmptyPostgres(p.t)
		}
	}
	return q
}

// sealing makes a key pair on "another machine" and sets its public half; the
// file of the secret half is answered.
func (p *place) sealing() (identity string) {
	p.t.Helper()
	pair, err := age.GenerateHybridIdentity()
	if err != nil {
		p.t.Fatal(err)
	}
	identity = filepath.Join(p.t.TempDir(), "identity")
	if err := os.WriteFile(identity, []byte(pair.String()+"\n"), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.environ = append(p.environ, "FARWATCH_BACKUP_RECIPIENTS="+pair.Recipient().String())
	return identity
}

// backUp writes a backup and gives its path.
func (p place) backUp(dir string) string {
	p.t.Helper()
	status, stdout, stderr := p.farwatch("", "backup", "-dir", dir)
	if status != 0 {
		p.t.Fatalf("backup: status %d\n%s%s", status, stdout, stderr)
	}
	path, _, _ := strings.Cut(stdout, "\n")
	return path
}

func (p place) withAmina() {
	p.t.Helper()
	p.want(0, "", goodPassword, "user", "create", "-name", "amina",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker")
}

// onBoth runs a test on a place of each database.
func onBoth(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newPlace(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newPlace(t, "FARWATCH_DATABASE_URL="+storetest.EmptyPostgres(t)))
	})
}

// TestBackup_UnderWriters_RestoresEverythingAcknowledged is T-38.
func TestBackup_UnderWriters_RestoresEverythingAcknowledged(t *testing.T) {
	t.Parallel()
	needSignals(t)
	onBoth(t, func(t *testing.T, p place) {
		identity := p.sealing()
		p.withAmina()
		p.holdPicture()
		s := p.start("serve")
		s.signIn("amina", goodPassword)
		before, after, path := s.writeAround(func() string { return p.backUp(filepath.Join(t.TempDir(), "backups")) })
		if status := s.stop(sigterm); status != 0 {
			t.Fatalf("status %d\n%s", status, s.errs)
		}
		if len(before) < 16 || len(after) <= len(before) {
			t.Fatalf("%d records before and %d in all: this test shows nothing", len(before), len(after))
		}
		left, err := os.ReadDir(filepath.Join(p.dataDir(), "spool"))
		if err != nil || len(left) != 0 {
			t.Errorf("%d files are left in the spool, %v", len(left), err)
		}
		p.want(0, "The backup is whole: ", "", "backup", "verify", "-identity", identity, path)

		q := p.elsewhere()
		q.want(0, "Everybody is signed out.", "", "restore", "-identity", identity, path)
		q.want(0, "The audit chain is intact: ", "", "audit", "verify")
		q.want(0, "1 files are as they arrived, 0 are not", "", "evidence", "verify")
		r := q.start("serve")
		if status, err := r.ask(http.MethodGet, "/api/v1/me", nil, nil, "Authorization", "Bearer "+s.token); err != nil || status != http.StatusUnauthorized {
			t.Errorf("a session outlived the restore: %d, %v", status, err)
		}
		r.signIn("amina", goodPassword)
		for key, ref := range before {
			var rec struct{ Title string }
			r.must(http.StatusOK, http.MethodGet, "/api/v1/incidents/"+ref, nil, &rec)
			if rec.Title != "Record of "+key {
				t.Errorf("%s: title %q", ref, rec.Title)
			}
		}
		if _, status, err := r.log("in-quarantine"); err != nil || status != http.StatusServiceUnavailable {
			t.Errorf("quarantine took a record: %d, %v", status, err)
		}
		q.want(0, "The instance is open.", "", "restore", "-confirm")
		if _, status, err := r.log("after-confirming"); err != nil || status != http.StatusCreated {
			t.Errorf("after confirming: %d, %v", status, err)
		}
		q.want(1, "not in quarantine", "", "restore", "-confirm")
		r.stop(sigterm)
		t.Logf("%d of %d records were acknowledged before the backup began", len(before), len(after))
	})
}

// writeAround has 16 writers log records, does something, and lets them go on a
// little. before is what was acknowledged when it began.
func (s *server) writeAround(do func() string) (before, after map[string]string, path string) {
	s.t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	done := make(chan struct{})
	after = map[string]string{}
	for writer := range 16 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				key := fmt.Sprintf("writer-%d-%d", writer, n)
				ref, status, err := s.log(key)
				if err != nil || status != http.StatusCreated {
					s.t.Errorf("%s: status %d, %v", key, status, err)
					return
				}
				mu.Lock()
				after[key] = ref
				mu.Unlock()
			}
		})
	}
	for deadline := time.Now().Add(startTime); len(before) < 32 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		mu.Lock()
		before = maps.Clone(after)
		mu.Unlock()
	}
	path = do()
	close(done)
	wg.Wait()
	return before, after, path
}

func TestBackup_NoRecipient_WritesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dir := filepath.Join(t.TempDir(), "backups")
	p.want(1, "FARWATCH_BACKUP_RECIPIENTS is empty", "", "backup", "-dir", dir)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
	p.sealing()
	p.want(1, "say where to", "", "backup")
	p.want(2, "farwatch backup verify", "", "backup", "verify")
	p.want(2, "farwatch backup", "", "backup", "now")
	p.want(2, "farwatch restore", "", "restore")
}

func TestBackup_NoRoomForTheCopy_Refused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.sealing()
	p.want(0, "", "", "migrate")
	p.environ = append(p.environ, "FARWATCH_LEAST_FREE=4611686018427387904")
	dir := filepath.Join(t.TempDir(), "backups")
	p.want(1, "make room", "", "backup", "-dir", dir)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
	if code := backupCode(fmt.Errorf("wrapped: %w", errNoRoom)); code != "backup.disk_full" {
		t.Errorf("code %q", code)
	}
}

func TestRestore_Refusals_NothingIsWritten(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	identity := p.sealing()
	p.withAmina()
	good := p.backUp(t.TempDir())
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(q place, words, identity, path string, more ...string) {
		t.Helper()
		q.want(1, words, "", append([]string{"restore", "-identity", identity, path}, more...)...)
		q.want(1, words, "", append([]string{"backup", "verify", "-identity", identity, path}, more...)...)
		if entries, err := os.ReadDir(q.dataDir()); err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() != lockName }) {
			t.Errorf("%s: the data directory has %v", words, entries)
		}
	}
	for what, data := range map[string][]byte{
		"flipped": flip(whole, len(whole)/2), "last": flip(whole, len(whole)-1),
		"cut": whole[:len(whole)-1], "half": whole[:len(whole)/2],
	} {
		bad := filepath.Join(t.TempDir(), what)
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(p.elsewhere(), "altered or cut short", identity, bad)
	}
	stranger := newPlace(t)
	refused(p.elsewhere(), "the identity does not open this backup", stranger.sealing(), good)
	refused(p.elsewhere(), "read backup", identity, filepath.Join(t.TempDir(), "gone"))

	keyless := p.elsewhere()
	keyless.environ[1] = "FARWATCH_KEY_FILE=" + filepath.Join(t.TempDir(), "keys", "k")
	refused(keyless, "-unsigned", identity, good)
	stranger.want(0, "", "", "migrate") // makes another key
	other := p.elsewhere()
	other.environ[1] = stranger.environ[1]
	refused(other, "written by another instance or is forged", identity, good)

	p.want(1, "is not empty", "", "restore", "-identity", identity, good)
	p.want(0, "The audit chain is intact", "", "audit", "verify")
}

func flip(data []byte, at int) []byte {
	out := slices.Clone(data)
	out[at] ^= 0x10
	return out
}

// TestRestore_WithoutTheKeyFile: the place is filled, and whatever starts there
// first, once the key file is back, makes it safe.
func TestRestore_WithoutTheKeyFile_IsMadeSafeAtTheStart(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	identity := p.sealing()
	p.withAmina()
	path := p.backUp(t.TempDir())
	q := p.elsewhere()
	key := q.environ[1]
	q.environ[1] = "FARWATCH_KEY_FILE=" + filepath.Join(t.TempDir(), "keys", "k")
	q.want(0, "Put the key file at ", "", "restore", "-identity", identity, "-unsigned", path)
	q.environ[1] = key
	s := q.start("serve")
	s.signIn("amina", goodPassword)
	if _, status, err := s.log("in-quarantine"); err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("quarantine took a record: %d, %v", status, err)
	}
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d", status)
	}
	if _, err := os.Stat(filepath.Join(q.dataDir(), markName)); !os.IsNotExist(err) {
		t.Errorf("the mark is still there: %v", err)
	}
}

func TestRestore_CutShort_NoEmptyDatabaseIsMade(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if err := os.MkdirAll(p.dataDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeMark(p.dataDir(), restoreMark{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	p.want(1, "did not get to its end", "", "serve")
	p.want(1, "did not get to its end", "", "user", "disable", "-name", "amina")
}

func TestServe_BackupDir_BacksUpAndClearsTheSpool(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	p.sealing()
	dir := filepath.Join(t.TempDir(), "backups")
	left := filepath.Join(p.dataDir(), "spool", "farwatch-backup-123")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	s := p.start("serve", "FARWATCH_BACKUP_DIR="+dir)
	var made []time.Time
	for deadline := time.Now().Add(startTime); len(made) == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var err error
		if made, err = backup.List(dir); err != nil {
			t.Fatal(err)
		}
	}
	if status := s.stop(sigterm); status != 0 || len(made) != 1 {
		t.Errorf("status %d, %d backups\n%s", status, len(made), s.errs)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("what a killed backup left is still there: %v", err)
	}
}

func TestServe_BackupFails_IsLoggedByCodeOnly(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	s := p.start("serve", "FARWATCH_BACKUP_DIR="+filepath.Join(t.TempDir(), "backups"))
	for deadline := time.Now().Add(startTime); !strings.Contains(s.errs.String(), "err_code=backup.no_recipient") && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	s.stop(sigterm)
	if log := s.errs.String(); !strings.Contains(log, "err_code=backup.no_recipient") || strings.Contains(log, "backups") {
		t.Errorf("log: %s", log)
	}
	state, err := readState(p.dataDir())
	if err != nil || state.Code != "backup.no_recipient" {
		t.Errorf("%+v, %v", state, err)
	}
}
