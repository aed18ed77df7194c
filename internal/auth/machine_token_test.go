package auth

import (
	"path/filepath"
	"strings"
	"testing"
)

func machineTokens(t *testing.T) *Tokens {
	t.Helper()
	dir := t.TempDir()
	keys, err := LoadOrCreateKeys(filepath.Join(dir, "keys", "test.key"), filepath.Join(dir, "data"), false)
	if err != nil {
		t.Fatal(err)
	}
	return NewTokens(keys, "http://localhost")
}

func TestMachineToken_IsKnownAgain_AndFoundByScanners(t *testing.T) {
	t.Parallel()
	tokens := machineTokens(t)
	seen := map[string]bool{}
	for range 1000 {
		secret, hash, err := tokens.NewMachineToken()
		if err != nil || len(secret) != 40 || !strings.HasPrefix(secret, "fwp_") || strings.ContainsAny(secret[4:], ".-_") {
			t.Fatalf("%q: %v", secret, err)
		}
		again, ok := tokens.MachineHash(secret)
		if !ok || again != hash || len(hash) != 64 || strings.Contains(hash, secret[4:10]) {
			t.Fatalf("%q: %v %q %q", secret, ok, again, hash)
		}
		if seen[secret] {
			t.Fatal("drawn twice")
		}
		seen[secret] = true
	}
}

// CRC-32 of "fwp_" and thirty zeros, worked out with another program.
func TestMachineToken_Checksum_IsCRC32InBase62(t *testing.T) {
	t.Parallel()
	if got := machineChecksum("fwp_" + strings.Repeat("0", 30)); got != "16eMHV" {
		t.Errorf("%s", got)
	}
}

func TestMachineToken_OneCharacterOff_NeedsNoDatabase(t *testing.T) {
	t.Parallel()
	tokens := machineTokens(t)
	secret, hash, err := tokens.NewMachineToken()
	if err != nil {
		t.Fatal(err)
	}
	for i := range secret {
		for _, c := range []string{"0", "a", "Z", " ", "é"} {
			if other := secret[:i] + c + secret[i+1:]; other != secret {
				if _, ok := tokens.MachineHash(other); ok {
					t.Errorf("%q is taken for %q", other, secret)
				}
			}
		}
	}
	for _, other := range []string{"", "fwp_", secret + "0", secret[:39], strings.ToUpper(secret)} {
		if _, ok := tokens.MachineHash(other); ok {
			t.Errorf("%q is taken", other)
		}
	}
	// The same secret under other keys is nothing.
	if other, ok := machineTokens(t).MachineHash(secret); !ok || other == hash {
		t.Errorf("the hash %s has no key: %v", hash, ok)
	}
}
