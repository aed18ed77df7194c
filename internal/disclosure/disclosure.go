// Package disclosure turns records that are cleared for counting only into the
// numbers of a release, and plays the adversary against every release before
// the new one may leave (SECURITY.md R1 to R9, docs/releases.md). It is pure:
// the same basis and secret give the same numbers.
package disclosure

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// K is the fewest persons that a number may stand for (R4).
const K = 10

// The noise of every number (R5): two-sided geometric, cut off on both sides.
const (
	epsilon  = 0.5
	cutNoise = 12
)

// Guard builds and audits releases under one secret. The secret never changes:
// with another one every number would get other noise, and the difference
// between two releases would tell.
type Guard struct {
	secret []byte
	k      int
	cut    int  // 0: no noise; tests only
	still  bool // a number stays until K persons moved (R8); false in tests only
	// maxRows bounds a linear program; a larger one counts as unsolved.
	maxRows int
	solve   solver
}

// New makes a guard of a secret of the installation.
func New(secret []byte) (*Guard, error) {
	if len(secret) < 16 {
		return nil, fmt.Errorf("disclosure: the secret has %d bytes, want 16 or more", len(secret))
	}
	own, err := hkdf.Key(sha256.New, secret, nil, "farwatch/disclosure/v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("disclosure: %w", err)
	}
	return &Guard{secret: own, k: K, cut: cutNoise, still: true, maxRows: 1600, solve: simplex}, nil
}
