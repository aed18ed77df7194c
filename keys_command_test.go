package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"farwatch/internal/config"
	"farwatch/internal/demo"
	"farwatch/models"
	"farwatch/store"
)

// setting is the value of a variable of the place.
func (p place) setting(name string) string {
	for _, entry := range p.environ {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// seeded gives the place a person and invented records.
func (p place) seeded(n int) {
	p.t.Helper()
	p.want(0, "", goodPassword, "user", "create", "-name", "amina",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker,reviewer,analyst")
	p.within(func(i *instance) error {
		records := seedIncidents(demo.Generate(1, n, i.vocab, time.Now()), i.vocab)
		return i.store.System().Seed(p.t.Context(), "example_ngo", "amina", i.vocab, records, func(int) {})
	})
}

// within opens the place's database for a moment.
func (p place) within(use func(*instance) error) {
	p.t.Helper()
	c, err := config.Load(nil, p.environ)
	if err != nil {
		p.t.Fatal(err)
	}
	i, err := openWith(p.t.Context(), c, &bytes.Buffer{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer i.store.Close()
	if err := use(i); err != nil {
		p.t.Fatal(err)
	}
}

// readable counts the records that open.
func (p place) readable() (n int) {
	p.t.Helper()
	p.within(func(i *instance) error {
		who, err := i.store.System().ActAs(p.t.Context(), "amina")
		if err != nil {
			return err
		}
		_, err = i.store.For(who).EachIncident(p.t.Context(), models.IncidentFilter{}, store.ExportScope{}, func(models.Incident) error {
			n++
			return nil
		})
		return err
	})
	return n
}

// T-21: whenever a rotation is killed, every record opens, and the next one
// ends what it began.
func TestKeys_RotateKilledAnywhere_LosesNothing(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	const records = 300
	p.seeded(records)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	kills := 12
	if testing.Short() {
		kills = 3
	}
	killed := 0
	for n := range kills {
		rotation := exec.Command(path, "keys", "rotate", "-alone")
		rotation.Env = p.environ
		out := &output{}
		rotation.Stdout, rotation.Stderr = out, out
		if err := rotation.Start(); err != nil {
			t.Fatal(err)
		}
		// The first line of progress says that it is at work; then a little more.
		for deadline := time.Now().Add(startTime); !strings.Contains(out.String(), " anew") && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		}
		time.Sleep(time.Duration(n*7) * time.Millisecond)
		_ = rotation.Process.Kill()
		if err := rotation.Wait(); err != nil {
			killed++
		}
		if got := p.readable(); got != records {
			t.Fatalf("kill %d: %d of %d records open\n%s", n, got, records, out)
		}
	}
	p.want(0, "Every record and organisation has a new key.", "", "keys", "rotate", "-alone")
	if got := p.readable(); got != records {
		t.Errorf("at the end %d of %d records open", got, records)
	}
	_, status, _ := p.farwatch("", "keys", "status")
	if strings.Count(status, "Root key ") != 1 || strings.Contains(status, "interrupted") {
		t.Errorf("at the end:\n%s", status)
	}
	t.Logf("%d of %d rotations killed", killed, kills)
	if killed == 0 {
		t.Error("no rotation was killed: this test shows nothing")
	}
}

func TestKeys_LockAndUnlock_RunningServer(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker")
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	ref, status, err := s.log("a-key-of-one")
	if err != nil || status != http.StatusCreated {
		t.Fatalf("status %d, %v", status, err)
	}
	record := "/api/v1/incidents/" + ref
	becomes := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(startTime); ; time.Sleep(50 * time.Millisecond) {
			got, err := s.ask(http.MethodGet, record, nil, nil)
			if err == nil && got == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("status %d, want %d, %v", got, want, err)
			}
		}
	}
	becomes(http.StatusOK)
	p.want(0, "drops its keys", "", "keys", "lock")
	becomes(http.StatusLocked)
	s.must(http.StatusOK, http.MethodGet, "/api/v1/health", nil, nil)
	s.must(http.StatusNotFound, http.MethodGet, "/api/v1/public/incidents/"+ref, nil, nil)
	p.want(0, "are locked", "", "keys", "status")
	p.want(0, "has its keys again", "", "keys", "unlock")
	becomes(http.StatusOK)
	// Another root key reaches the running server before it is needed.
	p.want(0, "older copies open this database no more", "", "keys", "rotate", "-alone")
	becomes(http.StatusOK)
	if _, status, err := s.log("a-key-of-two"); err != nil || status != http.StatusCreated {
		t.Errorf("after rotation: status %d, %v", status, err)
	}
	s.stop(sigterm)
	p.want(1, "no running server", "", "keys", "unlock")
}

func TestKeys_SealedFile_OpensWithThePassphraseOnly(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.seeded(3)
	passphrase := filepath.Join(t.TempDir(), "passphrase")
	write := func(words string) {
		t.Helper()
		if err := os.WriteFile(passphrase, []byte(words+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.environ = append(p.environ, "FARWATCH_KEY_PASSPHRASE_FILE="+passphrase)
	write("short")
	p.want(1, "the passphrase is refused", "", "keys", "seal")
	write("seven grey geese fly west")
	p.want(0, "The key file is sealed.", "", "keys", "seal")
	if got := p.readable(); got != 3 {
		t.Errorf("%d records open", got)
	}
	p.want(0, "Mode sealed", "", "keys", "status")
	write("seven grey geese fly east")
	p.want(1, "not the passphrase", "", "keys", "status")
	write("seven grey geese fly west")
	p.want(0, "old root keys removed: 1", "", "keys", "rotate", "-root", "-alone")
	p.want(0, "The key file is open", "", "keys", "unseal")
	if got := p.readable(); got != 3 {
		t.Errorf("%d records open", got)
	}
}

func TestKeys_RecoveryShares_BringTheFileBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.seeded(3)
	_, printed, _ := p.farwatch("", "keys", "recovery", "-alone")
	shares := regexp.MustCompile(`(?s)share [A-Z0-9]+-.*?(\n\n|$)`).FindAllString(strings.ReplaceAll(printed, "\f", ""), -1)
	if len(shares) != 2 {
		t.Fatalf("%d shares:\n%s", len(shares), printed)
	}
	var files []string
	for n, share := range shares {
		files = append(files, filepath.Join(t.TempDir(), fmt.Sprint(n)))
		if err := os.WriteFile(files[n], []byte(share), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.want(1, "move the one that is there out of the way", "", "keys", "recover", files[0], files[1])
	if err := os.Remove(p.setting("FARWATCH_KEY_FILE")); err != nil {
		t.Fatal(err)
	}
	p.want(0, "is there again", "", "keys", "recover", files[1], files[0])
	if got := p.readable(); got != 3 {
		t.Errorf("%d records open", got)
	}
}

func TestKeys_NotUnderstood_Status2(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"keys"}, {"keys", "turn"}, {"keys", "lock", "now"}, {"keys", "rotate", "-all"}, {"keys", "recover", "one"}, {"erase"}, {"erase", "-record", "FW-4F7K-Q2ME"}, {"erase", "-record", "a", "-list", "b", "-reason", "c"}} {
		newPlace(t).want(2, "usage: farwatch "+args[0], "", args...)
	}
}

func TestErase_FromTheCommandLine_TakesRecordAndFiles(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker,reviewer")
	ref, _ := p.holdPicture()
	stored := func() int {
		names, err := filepath.Glob(filepath.Join(p.setting("FARWATCH_DATA_DIR"), "files", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	if stored() == 0 {
		t.Fatal("no file is stored: this test shows nothing")
	}
	p.want(1, "no user nobody", "", "erase", "-record", ref, "-reason", "asked by the family", "-by", "nobody")
	p.want(0, "1 records are erased", "", "erase", "-record", ref, "-reason", "asked by the family", "-by", "amina")
	if n := stored(); n != 0 {
		t.Errorf("%d files are left", n)
	}
	p.want(1, ref, "", "erase", "-record", ref, "-reason", "asked by the family")
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte(ref+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.want(0, "0 records are erased", "", "erase", "-list", list, "-reason", "again")
	p.want(0, "The audit chain is intact", "", "audit", "verify")
}
