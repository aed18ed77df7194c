// Package vault seals protected fields on their way to the database
// (SECURITY.md S33 to S35): AES-256-GCM, bound to the place where they lie.
package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// version leads every sealed value, so that a later scheme can tell its own.
const version = 1

// padTo hides lengths: a sealed value is a multiple of this many bytes. What
// is sealed is JSON, which takes white space at its end.
const padTo = 64

// ErrOpen says that a sealed value was altered, moved to another place, or
// sealed under another key. Which one cannot be told.
var ErrOpen = errors.New("sealed value does not open")

// Vault holds the key.
type Vault struct{ aead cipher.AEAD }

// Place names where a sealed value lies. RowKey is random and set before the
// row is inserted, so that a value cannot be moved to another row.
type Place struct{ Table, Column, RowKey string }

func (p Place) bytes() []byte {
	return []byte("farwatch|v1|" + p.Table + "|" + p.Column + "|" + p.RowKey)
}

// New takes a key of 32 bytes.
func New(key []byte) (*Vault, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("vault key has %d bytes and needs 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	return &Vault{aead: aead}, nil
}

// Seal makes what is stored of a JSON text.
func (v *Vault) Seal(p Place, plain []byte) ([]byte, error) {
	if p.RowKey == "" {
		return nil, fmt.Errorf("seal %s.%s: no row key", p.Table, p.Column)
	}
	padded := append(bytes.Clone(plain), bytes.Repeat([]byte(" "), (padTo-len(plain)%padTo)%padTo)...)
	//nolint:gosec // G407 takes the version byte for a nonce; this mode draws its own nonce
	return v.aead.Seal([]byte{version}, nil, padded, p.bytes()), nil
}

// Open gives back the JSON text that was sealed in the same place, with the
// padding's white space at its end. Errors: ErrOpen.
func (v *Vault) Open(p Place, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != version {
		return nil, ErrOpen
	}
	plain, err := v.aead.Open(nil, nil, sealed[1:], p.bytes())
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}
