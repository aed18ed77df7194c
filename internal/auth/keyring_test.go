package auth

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func newKeyFile(t *testing.T) (k *Keys, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "k")
	k, err := LoadOrCreateKeys(path, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func reload(t *testing.T, path, passphrase string) (*Keys, error) {
	t.Helper()
	return OpenKeys(KeyOptions{Path: path, DataDir: t.TempDir(), Passphrase: func() (string, error) { return passphrase, nil }})
}

func TestKeys_Rotated_KeepsWhatIsDerivedAndOldRoots(t *testing.T) {
	t.Parallel()
	k, path := newKeyFile(t)
	first, audit := k.Roots()[0], k.Derive("audit")
	if err := k.AddRoot(); err != nil {
		t.Fatal(err)
	}
	again, err := reload(t, path, "")
	if err != nil {
		t.Fatal(err)
	}
	roots := again.Roots()
	if len(roots) != 2 || roots[1] != first || roots[0].ID == first.ID || again.Derive("audit") != audit {
		t.Errorf("%d roots", len(roots))
	}
	if n, err := again.DropRoots(func(id string) bool { return id == first.ID }); err != nil || n != 0 {
		t.Errorf("dropped %d that are needed, %v", n, err)
	}
	if n, err := again.DropRoots(func(string) bool { return false }); err != nil || n != 1 || again.Roots()[0] != roots[0] {
		t.Errorf("dropped %d, %v", n, err)
	}
	if last, err := reload(t, path, ""); err != nil || len(last.Roots()) != 1 || last.Roots()[0] != roots[0] {
		t.Errorf("after dropping: %v", err)
	}
}

func TestKeys_ChangedByTwo_SecondIsRefused(t *testing.T) {
	t.Parallel()
	one, path := newKeyFile(t)
	two, err := reload(t, path, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := one.AddRoot(); err != nil {
		t.Fatal(err)
	}
	if err := two.AddRoot(); !errors.Is(err, errOtherWriter) {
		t.Errorf("the second change: %v", err)
	}
	if len(two.Roots()) != 1 {
		t.Error("a root key that is not on the disk is in use")
	}
}

func TestKeys_Sealed_OpenWithThePassphraseOnly(t *testing.T) {
	t.Parallel()
	k, path := newKeyFile(t)
	audit := k.Derive("audit")
	plain, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.SetPassphrase("correct horse battery"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, plain[20:40]) {
		t.Fatalf("the sealed file holds the keys, %v", err)
	}
	if _, err := LoadOrCreateKeys(path, t.TempDir(), false); err == nil || !strings.Contains(err.Error(), "FARWATCH_KEY_PASSPHRASE_FILE") {
		t.Errorf("without a passphrase: %v", err)
	}
	if _, err := reload(t, path, "wrong"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("with another passphrase: %v", err)
	}
	again, err := reload(t, path, "correct horse battery")
	if err != nil || again.Derive("audit") != audit || !again.Sealed() {
		t.Fatalf("with the passphrase: %v", err)
	}
	if err := again.SetPassphrase(""); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, plain) {
		t.Errorf("unsealed, the file is not what it was, %v", err)
	}
}

func TestShares_TogetherAreTheKeys_AloneAreNoise(t *testing.T) {
	t.Parallel()
	k, _ := newKeyFile(t)
	if err := k.AddRoot(); err != nil {
		t.Fatal(err)
	}
	one, two, err := k.Shares()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "again")
	if err := RecoverKeys(path, strings.ToLower(two), one); err != nil {
		t.Fatal(err)
	}
	again, err := reload(t, path, "")
	if err != nil || again.Derive("audit") != k.Derive("audit") || again.Roots()[1] != k.Roots()[1] {
		t.Errorf("recovered other keys, %v", err)
	}
	if err := RecoverKeys(path, one, two); err == nil {
		t.Error("a key file was overwritten")
	}
	free := filepath.Join(t.TempDir(), "free")
	if err := RecoverKeys(free, one, one); err == nil {
		t.Error("one share twice was taken")
	}
	other, _, err := k.Shares()
	if err != nil {
		t.Fatal(err)
	}
	if err := RecoverKeys(free, other, two); err == nil {
		t.Error("shares of two sets were taken")
	}
}

func TestShares_EverySlip_NamesItsLine(t *testing.T) {
	t.Parallel()
	k, _ := newKeyFile(t)
	one, two, err := k.Shares()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(one), "\n")
	free := filepath.Join(t.TempDir(), "free")
	for n := 1; n < len(lines); n++ {
		slip := append([]string(nil), lines...)
		at := 5 + n%4
		sign := byte('A')
		if slip[n][at] == 'A' {
			sign = 'B'
		}
		slip[n] = slip[n][:at] + string(sign) + slip[n][at+1:]
		err := RecoverKeys(free, strings.Join(slip, "\n"), two)
		if err == nil || !regexp.MustCompile(`^line \d+ of share`).MatchString(err.Error()) {
			t.Errorf("a slip in line %d: %v", n, err)
		}
	}
	if err := RecoverKeys(free, strings.Join(lines[:len(lines)-1], "\n"), two); err == nil {
		t.Error("a share without its last line was taken")
	}
}
