package backup_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"farwatch/internal/backup"
)

var (
	at    = time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)
	ours  = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))
	other = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))
)

func public(k ed25519.PrivateKey) ed25519.PublicKey {
	p, ok := k.Public().(ed25519.PublicKey)
	if !ok {
		panic("no Ed25519 key")
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const blob = "files/0123456789abcdef0123456789abcdef"

// sealed makes a small backup.
func sealed(t *testing.T, key ed25519.PrivateKey, to age.Recipient) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out, []age.Recipient{to}, at)
	must(t, err)
	must(t, w.Add(backup.Database, 8, strings.NewReader("the rows")))
	must(t, w.Add(blob, 5, strings.NewReader("proof")))
	_, err = w.Finish(backup.Manifest{Program: "test", Dialect: "sqlite", Schema: 12, At: at, Audit: backup.Head{Seq: 9, MAC: "ab"}}, key)
	must(t, err)
	return out.Bytes()
}

func TestBackup_Sealed_ComesBackAsItWas(t *testing.T) {
	t.Parallel()
	pq, err := age.GenerateHybridIdentity()
	must(t, err)
	classic, err := age.GenerateX25519Identity()
	must(t, err)
	for name, c := range map[string]struct {
		id age.Identity
		to age.Recipient
	}{"post-quantum": {pq, pq.Recipient()}, "classic": {classic, classic.Recipient()}} {
		dir := t.TempDir()
		data := sealed(t, ours, c.to)
		if bytes.Contains(data, []byte("the rows")) || bytes.Contains(data, []byte("manifest")) {
			t.Errorf("%s: something is in the clear", name)
		}
		m, err := backup.Extract(bytes.NewReader(data), []age.Identity{c.id}, public(ours), dir)
		must(t, err)
		rows, err := os.ReadFile(filepath.Join(dir, backup.Database))
		must(t, err)
		proof, err := os.ReadFile(filepath.Join(dir, blob))
		must(t, err)
		if string(rows) != "the rows" || string(proof) != "proof" {
			t.Errorf("%s: %q %q", name, rows, proof)
		}
		if m.Program != "test" || m.Schema != 12 || m.Audit.Seq != 9 || !m.At.Equal(at) || len(m.Members) != 2 {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestExtract_WrongKeys_Refused(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	must(t, err)
	stranger, err := age.GenerateX25519Identity()
	must(t, err)
	data := sealed(t, ours, id.Recipient())
	_, err = backup.Extract(bytes.NewReader(data), []age.Identity{stranger}, public(ours), t.TempDir())
	if !errors.Is(err, backup.ErrIdentity) {
		t.Errorf("another identity: %v", err)
	}
	_, err = backup.Extract(bytes.NewReader(data), []age.Identity{id}, public(other), t.TempDir())
	if !errors.Is(err, backup.ErrSignature) {
		t.Errorf("another signature: %v", err)
	}
	if _, err = backup.Extract(bytes.NewReader(data), []age.Identity{id}, nil, t.TempDir()); err != nil {
		t.Errorf("no signature asked for: %v", err)
	}
}

func TestExtract_AnyByteFlippedOrCut_Refused(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	must(t, err)
	data := sealed(t, ours, id.Recipient())
	try := func(what string, n int, changed []byte) {
		t.Helper()
		if _, err := backup.Extract(bytes.NewReader(changed), []age.Identity{id}, public(ours), t.TempDir()); err == nil {
			t.Errorf("%s at %d of %d was taken", what, n, len(data))
		}
	}
	for range 400 {
		n := rand.IntN(len(data))
		changed := bytes.Clone(data)
		changed[n] ^= 1 << rand.IntN(8)
		try("flip", n, changed)
	}
	for range 100 {
		n := rand.IntN(len(data))
		try("cut", n, data[:n])
	}
	try("cut", 1, data[:len(data)-1])
	try("longer", 1, append(bytes.Clone(data), 0))
}

func TestNewWriter_NoRecipient_WritesNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := backup.NewWriter(&out, nil, at); !errors.Is(err, backup.ErrNoRecipient) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

func TestParseRecipients_ListFileAndFaults(t *testing.T) {
	t.Parallel()
	a, err := age.GenerateX25519Identity()
	must(t, err)
	b, err := age.GenerateX25519Identity()
	must(t, err)
	pq, err := age.GenerateHybridIdentity()
	must(t, err)
	file := filepath.Join(t.TempDir(), "recipients")
	must(t, os.WriteFile(file, []byte("# office\n"+a.Recipient().String()+"\n"), 0o600))
	for setting, want := range map[string]int{
		a.Recipient().String() + "," + b.Recipient().String(): 2, pq.Recipient().String(): 1, file: 1,
	} {
		got, err := backup.ParseRecipients(setting)
		if err != nil || len(got) != want {
			t.Errorf("%.20s…: %d, %v", setting, len(got), err)
		}
	}
	if _, err := backup.ParseRecipients(" "); !errors.Is(err, backup.ErrNoRecipient) {
		t.Errorf("none: %v", err)
	}
	for _, setting := range []string{"age1nonsense", filepath.Join(t.TempDir(), "gone"), a.String()} {
		if _, err := backup.ParseRecipients(setting); err == nil {
			t.Errorf("%.12s…: taken", setting)
		}
	}
}

func TestPlace_FailureOnTheWay_LeavesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "backups")
	full := errors.New("disk full")
	_, err := backup.Place(dir, at, func(w io.Writer) error {
		_, _ = w.Write([]byte("half"))
		return full
	})
	entries, readErr := os.ReadDir(dir)
	if !errors.Is(err, full) || readErr != nil || len(entries) != 0 {
		t.Errorf("%v, %d files, %v", err, len(entries), readErr)
	}
	f, err := backup.Place(dir, at, func(w io.Writer) error { _, err := w.Write([]byte("whole")); return err })
	if err != nil || f.Size != 5 || filepath.Base(f.Path) != "farwatch-20260115T093000.000Z.tar.age" {
		t.Errorf("%+v, %v", f, err)
	}
}
