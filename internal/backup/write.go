package backup

import (
	"archive/tar"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
)

// Writer seals an archive while it is written: at no time is it in the clear.
type Writer struct {
	sealed  io.WriteCloser
	archive *tar.Writer
	at      time.Time
	members []Member
}

// NewWriter begins an archive. Errors: ErrNoRecipient.
func NewWriter(dst io.Writer, recipients []age.Recipient, at time.Time) (*Writer, error) {
	if len(recipients) == 0 {
		return nil, ErrNoRecipient
	}
	sealed, err := age.Encrypt(dst, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal backup: %w; recipients are all post-quantum (age1pq1…) or none", err)
	}
	return &Writer{sealed: sealed, archive: tar.NewWriter(sealed), at: at.UTC().Truncate(time.Second)}, nil
}

// Add puts size bytes into the archive.
func (w *Writer) Add(name string, size int64, from io.Reader) error {
	h := sha256.New()
	if err := w.put(name, size, io.TeeReader(from, h)); err != nil {
		return err
	}
	w.members = append(w.members, Member{Name: name, Size: size, SHA256: hex.EncodeToString(h.Sum(nil))})
	return nil
}

func (w *Writer) put(name string, size int64, from io.Reader) error {
	err := w.archive.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.at, Format: tar.FormatPAX})
	if err == nil {
		_, err = io.CopyN(w.archive, from, size)
	}
	if err != nil {
		return fmt.Errorf("write %s to the backup: %w", name, err)
	}
	return nil
}

// Finish adds the signed list and ends the archive.
func (w *Writer) Finish(m Manifest, key ed25519.PrivateKey) (Manifest, error) {
	m.Format, m.Members = format, w.members
	data, signature, err := m.sign(key)
	if err != nil {
		return m, err
	}
	for _, part := range []struct {
		name string
		data []byte
	}{{manifestName, data}, {signatureName, signature}} {
		if err := w.put(part.name, int64(len(part.data)), byteReader(part.data)); err != nil {
			return m, err
		}
	}
	if err := errors.Join(w.archive.Close(), w.sealed.Close()); err != nil {
		return m, fmt.Errorf("finish backup: %w", err)
	}
	return m, nil
}

// File is a finished backup.
type File struct {
	Path   string
	Size   int64
	SHA256 string // of the sealed bytes
}

// Place writes a file under another name, syncs it, gives it its name and reads
// it once more: what is answered is what lies on the disk.
func Place(dir string, at time.Time, write func(io.Writer) error) (File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return File{}, fmt.Errorf("make backup directory: %w", err)
	}
	path := filepath.Join(dir, Name(at))
	part := path + partSuffix
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return File{}, fmt.Errorf("make backup file: %w", err)
	}
	h := sha256.New()
	err = write(io.MultiWriter(f, h))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return File{}, errors.Join(err, os.Remove(part))
	}
	if err := SyncFolder(dir); err != nil {
		return File{}, err
	}
	written := hex.EncodeToString(h.Sum(nil))
	size, read, err := sumOf(path)
	if err != nil {
		return File{}, err
	}
	if read != written {
		return File{}, fmt.Errorf("the backup %s reads back other than it was written: the disk is failing", path)
	}
	return File{Path: path, Size: size, SHA256: read}, nil
}

func sumOf(path string) (size int64, sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", fmt.Errorf("read backup: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return 0, "", fmt.Errorf("read backup: %w", err)
	}
	return size, hex.EncodeToString(h.Sum(nil)), nil
}

// SyncFolder makes new names outlive a power cut.
func SyncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
