package main_test

import (
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestDependencies_QUIC_NotTheVulnerableRelease: gin asks for a release with
// GO-2026-5676; ours must stay above it (rule S1).
func TestDependencies_QUIC_NotTheVulnerableRelease(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`quic-go/quic-go v0\.(\d+)\.(\d+)`).FindSubmatch(mod)
	if m == nil {
		t.Skip("quic-go is no dependency any more")
	}
	minor, _ := strconv.Atoi(string(m[1]))
	patch, _ := strconv.Atoi(string(m[2]))
	if minor < 59 || (minor == 59 && patch < 1) {
		t.Errorf("quic-go v0.%d.%d has GO-2026-5676; use v0.59.1 or newer", minor, patch)
	}
}
