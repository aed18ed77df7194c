// Package auth holds the leaves of signing in: password hashes, access tokens,
// refresh cookies, one-time links, keys and the throttle. It knows no database.
package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
)

// Params of Argon2id (RFC 9106).
type Params struct {
	MemoryKiB uint32
	Time      uint32
	Threads   uint8
}

// DefaultParams are rule S10: 200 to 300 ms on a small machine.
var DefaultParams = Params{MemoryKiB: 64 << 10, Time: 3, Threads: 1}

// TestParams are weak and fast.
var TestParams = Params{MemoryKiB: 64, Time: 1, Threads: 1}

const (
	saltBytes = 16
	hashBytes = 32
	// At most this many hashes run at once, and this many more wait (S10).
	hashesAtOnce = 2
	hashesQueued = 64
	hashWait     = 5 * time.Second
)

// ErrBusy says that too many people sign in at once.
var ErrBusy = errors.New("password hasher is busy")

// errMalformed hides what is wrong with a stored hash: there is nothing a
// client could do about it.
var errMalformed = errors.New("stored password hash is malformed")

// Hasher makes and checks password hashes, few at a time.
type Hasher struct {
	params  Params
	pepper  []byte
	queue   chan struct{}
	running chan struct{}
	decoy   string
}

// NewHasher peppers every hash: a stolen database alone cannot be attacked.
func NewHasher(params Params, pepper []byte) *Hasher {
	h := &Hasher{
		params: params, pepper: pepper,
		queue: make(chan struct{}, hashesAtOnce+hashesQueued), running: make(chan struct{}, hashesAtOnce),
	}
	h.decoy = h.encode(make([]byte, saltBytes), make([]byte, hashBytes))
	return h
}

// Hash answers a PHC string. Errors: ErrBusy.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("draw salt: %w", err)
	}
	sum, err := h.sum(ctx, password, salt, h.params)
	if err != nil {
		return "", err
	}
	return h.encode(salt, sum), nil
}

// Verify compares a password with a stored hash; rehash asks for a new one
// because the parameters moved on. Errors: ErrBusy, or a malformed hash.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
	params, salt, want, err := decode(phc)
	if err != nil {
		return false, false, err
	}
	got, err := h.sum(ctx, password, salt, params)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, want) == 1
	return ok, ok && params != h.params, nil
}

// VerifyUnknown does the work of Verify for a user who does not exist, so that
// time tells nothing (S24).
func (h *Hasher) VerifyUnknown(ctx context.Context, password string) error {
	_, _, err := h.Verify(ctx, h.decoy, password)
	return err
}

// sum waits for its turn, then hashes.
func (h *Hasher) sum(ctx context.Context, password string, salt []byte, p Params) ([]byte, error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	defer func() { <-h.queue }()
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case h.running <- struct{}{}:
	case <-ctx.Done():
		return nil, ErrBusy
	}
	defer func() { <-h.running }()
	raw := argon2.IDKey([]byte(password), salt, p.Time, p.MemoryKiB, p.Threads, hashBytes)
	mac := hmac.New(sha256.New, h.pepper)
	mac.Write(raw)
	return mac.Sum(nil), nil
}

var b64 = base64.RawStdEncoding

// encode writes the PHC string format.
func (h *Hasher) encode(salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.params.MemoryKiB, h.params.Time, h.params.Threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

func decode(phc string) (p Params, salt, sum []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errMalformed
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Time, &p.Threads); err != nil {
		return p, nil, nil, errMalformed
	}
	salt, errSalt := b64.Strict().DecodeString(parts[4])
	sum, errSum := b64.Strict().DecodeString(parts[5])
	sane := p.MemoryKiB >= 8 && p.MemoryKiB <= 1<<20 && p.Time >= 1 && p.Time <= 64 && p.Threads >= 1
	if errSalt != nil || errSum != nil || len(salt) < 8 || len(sum) != hashBytes || !sane {
		return p, nil, nil, errMalformed
	}
	return p, salt, sum, nil
}
