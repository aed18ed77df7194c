// Package vault seals protected fields on their way to the database
// (SECURITY.md S33 to S37): AES-256-GCM under a key of the record, itself
// wrapped by a root key, and bound to the place where the value lies.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"sync"

	"farwatch/models"
)

// Versions lead every sealed value. The first has one key for everything.
const (
	version1 = 1
	version2 = 2
)

const (
	idSize  = 16
	keySize = 32
)

var (
	// ErrOpen says that a sealed value was altered, moved to another place, or
	// sealed under another key. Which one cannot be told.
	ErrOpen = errors.New("sealed value does not open")
	// ErrLocked says that the root keys were dropped.
	ErrLocked = errors.New("the keys are locked")
	// ErrRoot says that a key was wrapped by a root that is not here.
	ErrRoot = errors.New("the root key of a data key is not in the key file")
)

// aead is an AEAD that draws its own nonces.
type aead = cipher.AEAD

// Cipher makes the AEAD of a key of 32 bytes.
type Cipher func(key []byte) (cipher.AEAD, error)

// Vault holds the root keys, and the key of the installation once it is read.
type Vault struct {
	mu       sync.RWMutex
	cipher   Cipher
	first    aead // of the first version
	roots    map[string]aead
	active   string
	instance map[string]*Key
	current  *Key // of instance, the one that seals
}

// Place names where a sealed value lies. RowKey is random and set before the
// row is inserted, so that a value cannot be moved to another row.
type Place struct{ Table, Column, RowKey string }

// first is what binds values of the first version.
func (p Place) first() []byte {
	return []byte("farwatch|v1|" + p.Table + "|" + p.Column + "|" + p.RowKey)
}

// GCM is the cipher of every vault that serves people.
func GCM(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("vault key has %d bytes and needs %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	return a, nil
}

// New takes the key of the first version, 32 bytes, and the root keys, the one
// in use first. c is GCM outside of tests.
func New(first []byte, roots []models.RootKey, c Cipher) (*Vault, error) {
	v := &Vault{cipher: c, instance: map[string]*Key{}}
	if len(roots) == 0 {
		return nil, errors.New("make vault: no root key")
	}
	if len(first) != keySize {
		return nil, fmt.Errorf("vault key has %d bytes and needs %d", len(first), keySize)
	}
	var err error
	if v.first, err = c(first); err != nil {
		return nil, err
	}
	return v, v.Unlock(roots)
}

// Unlock takes root keys, the one in use first, in place of those that are
// held.
func (v *Vault) Unlock(roots []models.RootKey) error {
	held := map[string]aead{}
	for _, r := range roots {
		a, err := v.cipher(r.Key[:])
		if err != nil {
			return err
		}
		held[r.ID] = a
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.roots, v.active = held, roots[0].ID
	return nil
}

// Lock drops every key.
func (v *Vault) Lock() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.roots, v.active, v.instance, v.current = nil, "", map[string]*Key{}, nil
}

// Locked tells that no key is held.
func (v *Vault) Locked() bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.roots) == 0
}

// Active is the id of the root key in use, "" while locked.
func (v *Vault) Active() string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.active
}

// Holds tells whether a root key is held.
func (v *Vault) Holds(root string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.roots[root] != nil
}

// Serve takes a key of the installation; the current one seals from now on.
func (v *Vault) Serve(k *Key, current bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.instance[k.ID] = k
	if current {
		v.current = k
	}
}

// Seal seals what belongs to no organisation, under the key of the
// installation. Errors: ErrLocked.
func (v *Vault) Seal(p Place, plain []byte) ([]byte, error) {
	v.mu.RLock()
	k := v.current
	v.mu.RUnlock()
	if k == nil {
		return nil, ErrLocked
	}
	return k.Seal(p, plain)
}

// Open opens a value of the installation, or one of the first version wherever
// it stands. Errors: ErrLocked, ErrOpen.
func (v *Vault) Open(p Place, sealed []byte) ([]byte, error) {
	id, err := KeyID(sealed)
	if err != nil {
		return nil, err
	}
	v.mu.RLock()
	k, locked := v.instance[id], len(v.roots) == 0
	v.mu.RUnlock()
	switch {
	case locked:
		return nil, ErrLocked
	case id == "":
		plain, err := v.first.Open(nil, nil, sealed[1:], p.first())
		if err != nil {
			return nil, ErrOpen
		}
		return plain, nil
	case k == nil:
		return nil, ErrOpen
	}
	return k.Open(p, sealed)
}
