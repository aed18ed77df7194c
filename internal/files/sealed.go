package files

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// ErrAltered says that stored bytes are not those that were written.
var ErrAltered = errors.New("the stored file was altered")

// NewKey makes the key of one file, as text. It is kept sealed in the database:
// with it gone, the file is noise.
func NewKey() (string, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return "", fmt.Errorf("make file key: %w", err)
	}
	return identity.String(), nil
}

// NewName is a random name that says nothing about the file.
func NewName() (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("draw file name: %w", err)
	}
	return hex.EncodeToString(raw), nil
}

// Seal encrypts bytes to a key.
func Seal(key string, plain []byte) ([]byte, error) {
	identity, err := age.ParseX25519Identity(key)
	if err != nil {
		return nil, fmt.Errorf("read file key: %w", err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, identity.Recipient())
	if err != nil {
		return nil, fmt.Errorf("seal file: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("seal file: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal file: %w", err)
	}
	return out.Bytes(), nil
}

// Open gives the plain bytes of a sealed file, in any order. Errors:
// ErrAltered, also when a part is read later.
func Open(key string, sealed io.ReaderAt, size int64) (io.ReadSeeker, error) {
	identity, err := age.ParseX25519Identity(key)
	if err != nil {
		return nil, fmt.Errorf("read file key: %w", err)
	}
	plain, length, err := age.DecryptReaderAt(sealed, size, identity)
	if err != nil {
		return nil, errors.Join(ErrAltered, err)
	}
	return io.NewSectionReader(altered{plain}, 0, length), nil
}

// altered names what age reports of a part that does not open.
type altered struct{ io.ReaderAt }

func (a altered) ReadAt(p []byte, at int64) (int, error) {
	n, err := a.ReaderAt.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errors.Join(ErrAltered, err)
	}
	return n, err
}
