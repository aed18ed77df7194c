package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

// Key seals the values of one record, of one organisation, or of the whole
// installation. It is random and kept wrapped by a root key.
type Key struct {
	ID           string // 32 hex digits
	Organisation int64  // 0: the installation
	Incident     int64  // 0: not of one record
	raw          []byte
	aead         aead
}

// NewKey draws a key. Incident is set once the record has an id.
func (v *Vault) NewKey(organisation int64) (*Key, error) {
	id, raw := make([]byte, idSize), make([]byte, keySize)
	if _, err := rand.Read(id); err != nil {
		return nil, fmt.Errorf("draw key id: %w", err)
	}
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	k := &Key{ID: hex.EncodeToString(id), Organisation: organisation, raw: raw}
	var err error
	k.aead, err = v.cipher(raw)
	return k, err
}

// wrapping binds a wrapped key to its owner: it cannot stand in for another.
func (k *Key) wrapping() []byte {
	return []byte("farwatch|v1|key|" + k.ID + "|" + strconv.FormatInt(k.Organisation, 10) + "|" + strconv.FormatInt(k.Incident, 10))
}

// place binds a value to its place and its key.
func (k *Key) place(p Place) []byte {
	return []byte("farwatch|v1|" + strconv.FormatInt(k.Organisation, 10) + "|" + p.Table + "|" + p.Column + "|" + p.RowKey + "|" + k.ID)
}

// Seal makes what is stored of a value: ver|key_id|nonce|ciphertext|tag.
func (k *Key) Seal(p Place, plain []byte) ([]byte, error) {
	if p.RowKey == "" {
		return nil, fmt.Errorf("seal %s.%s: no row key", p.Table, p.Column)
	}
	id, err := hex.DecodeString(k.ID)
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", p.Table, p.Column, err)
	}
	size := padded(len(plain))
	out := make([]byte, 1+idSize, 1+idSize+size+k.aead.Overhead())
	out[0] = version2
	copy(out[1:], id)
	buffer := make([]byte, size)
	copy(buffer, plain)
	for i := len(plain); i < size; i++ {
		buffer[i] = ' '
	}
	//nolint:gosec // G407 takes the missing nonce for a fixed one; this mode draws its own
	return k.aead.Seal(out, nil, buffer, k.place(p)), nil
}

// Open gives back what Seal sealed in the same place, with the padding's white
// space at its end. Errors: ErrOpen.
func (k *Key) Open(p Place, sealed []byte) ([]byte, error) {
	id, err := KeyID(sealed)
	if err != nil || id != k.ID {
		return nil, ErrOpen
	}
	plain, err := k.aead.Open(nil, nil, sealed[1+idSize:], k.place(p))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// KeyID names the key of a sealed value, "" for a value of the first version.
// Errors: ErrOpen.
func KeyID(sealed []byte) (string, error) {
	switch {
	case len(sealed) > 1 && sealed[0] == version1:
		return "", nil
	case len(sealed) > 1+idSize && sealed[0] == version2:
		return hex.EncodeToString(sealed[1 : 1+idSize]), nil
	}
	return "", ErrOpen
}

// Wrap seals a data key under the root key in use, and names that.
func (v *Vault) Wrap(k *Key) (wrapped []byte, root string, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	a, ok := v.roots[v.active]
	if !ok {
		return nil, "", ErrLocked
	}
	//nolint:gosec // G407 takes the missing nonce for a fixed one; this mode draws its own
	return a.Seal(nil, nil, k.raw, k.wrapping()), v.active, nil
}

// Unwrap opens a data key. Its ID and owner are what the database says of it:
// if that was altered, it does not open. Errors: ErrLocked, ErrOpen, ErrRoot.
func (v *Vault) Unwrap(k Key, root string, wrapped []byte) (*Key, error) {
	v.mu.RLock()
	a, ok := v.roots[root]
	locked := len(v.roots) == 0
	v.mu.RUnlock()
	switch {
	case locked:
		return nil, ErrLocked
	case !ok:
		return nil, ErrRoot
	}
	raw, err := a.Open(nil, nil, wrapped, k.wrapping())
	if err != nil {
		return nil, ErrOpen
	}
	k.raw = bytes.Clone(raw)
	if k.aead, err = v.cipher(k.raw); err != nil {
		return nil, errors.Join(ErrOpen, err)
	}
	return &k, nil
}

// padded is the length that hides a length: names take 64 bytes or a little
// more, texts a multiple of 256, long ones of 4 KiB (S34).
func padded(n int) int {
	step := 64
	switch {
	case n > 16<<10:
		step = 4 << 10
	case n > 256:
		step = 256
	}
	return (n + step - 1) / step * step
}
