package backup

import (
	"archive/tar"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"filippo.io/age"
)

// largestManifest is far above what a million evidence files need.
const largestManifest = 512 << 20

func byteReader(b []byte) io.Reader { return bytes.NewReader(b) }

// Extract opens a backup into dir, an empty folder, and checks every byte of
// it: the seal, the signature (unless key is nil) and the hash of each member.
// What is in dir is of use only when there is no error. Errors: ErrIdentity,
// ErrAltered, ErrSignature.
func Extract(from io.Reader, identities []age.Identity, key ed25519.PublicKey, dir string) (Manifest, error) {
	plain, err := age.Decrypt(from, identities...)
	var no *age.NoIdentityMatchError
	if errors.As(err, &no) {
		return Manifest{}, ErrIdentity
	}
	if err != nil {
		return Manifest{}, errors.Join(ErrAltered, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Manifest{}, fmt.Errorf("open folder: %w", err)
	}
	defer func() { _ = root.Close() }() // a handle, nothing is written through it any more
	x := extraction{root: root, archive: tar.NewReader(plain)}
	if err := x.run(); err != nil {
		return Manifest{}, err
	}
	// The last piece of the seal comes after the last member: a backup that was
	// cut there would look whole.
	if _, err := io.Copy(io.Discard, plain); err != nil {
		return Manifest{}, errors.Join(ErrAltered, err)
	}
	m, err := readManifest(x.manifest, x.signature, key)
	if err != nil {
		return Manifest{}, err
	}
	if !m.holds(x.members) {
		return Manifest{}, ErrAltered
	}
	return m, nil
}

type extraction struct {
	root                *os.Root
	archive             *tar.Reader
	members             []Member
	manifest, signature []byte
}

// run reads every member. A fault of the disk is told as such; any other means
// that the backup is not what was written.
func (x *extraction) run() error {
	for {
		h, err := x.archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.Join(ErrAltered, err)
		}
		switch {
		case h.Name == manifestName:
			x.manifest, err = x.small()
		case h.Name == signatureName:
			x.signature, err = x.small()
		case goodMember.MatchString(h.Name) && h.Typeflag == tar.TypeReg:
			err = x.member(h.Name)
		default:
			err = ErrAltered
		}
		if err != nil {
			return err
		}
	}
}

func (x *extraction) small() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(x.archive, largestManifest))
	if err != nil {
		return nil, errors.Join(ErrAltered, err)
	}
	return data, nil
}

// fromArchive marks errors of reading, to tell them from those of writing.
type fromArchive struct{ io.Reader }

func (r fromArchive) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errors.Join(ErrAltered, err)
	}
	return n, err
}

func (x *extraction) member(name string) error {
	if folder := path.Dir(name); folder != "." {
		if err := x.root.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("extract: %w", err)
		}
	}
	f, err := x.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return ErrAltered // a member twice
	}
	if err != nil {
		return fmt.Errorf("extract %s: %w", name, err)
	}
	h := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, h), fromArchive{x.archive})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("extract %s: %w", name, err)
	}
	x.members = append(x.members, Member{Name: name, Size: size, SHA256: hex.EncodeToString(h.Sum(nil))})
	return nil
}
