package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
)

func TestProtected_Factors_SealedInTheFile(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	secret, state := []byte("CANARY-seed-of-an-app"), []byte(`{"x":"CANARY-state"}`)
	app, err := s.For(p).BeginTOTP(t.Context(), "CANARY-name", secret)
	must(t, err)
	_, err = s.For(p).ConfirmTOTP(t.Context(), app.ID, 1, []string{"hash"})
	must(t, err)
	_, _, err = s.For(p).AddPasskey(t.Context(), "CANARY-key", []byte(`{"id":"CANARY-credential"}`), "credential-hash", nil)
	must(t, err)
	c := models.Challenge{Hash: "h", Purpose: models.ChallengeEnrol, UserID: p.UserID, BoundTo: p.SessionID, State: state}
	must(t, s.System().KeepChallenge(t.Context(), c))

	files, err := filepath.Glob(path + "*")
	must(t, err)
	size := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		must(t, err)
		size += len(data)
		if bytes.Contains(data, []byte("CANARY")) || bytes.Contains(data, []byte("Q0FOQVJZ")) { // the same in base64
			t.Errorf("%s holds a factor in the clear", filepath.Base(file))
		}
	}
	if size < 100_000 {
		t.Fatalf("only %d bytes read: this test shows nothing", size)
	}
	got, err := s.For(p).Factors(t.Context())
	must(t, err)
	// Both are of one millisecond, in any order.
	slices.SortFunc(got.List, func(a, b models.Factor) int { return strings.Compare(b.Name, a.Name) })
	if len(got.List) != 2 || got.List[0].Name != "CANARY-name" || !bytes.Equal(got.List[0].Secret, secret) || got.List[1].Name != "CANARY-key" {
		t.Errorf("read back %+v", got)
	}
}
