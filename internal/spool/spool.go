// Package spool keeps the file of an export between writing and sending. It is
// encrypted to a key that lives in memory only (SECURITY.md S46): what is left
// on the disk after a crash is noise.
package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
)

const pattern = "farwatch-spool-*.age"

// File is written once, finished, then read from the start.
type File struct {
	disk     *os.File
	identity *age.X25519Identity
	sealed   io.WriteCloser
	sum      hash.Hash
	size     int64
}

// New makes an empty spool file in dir, readable by the owner only.
func New(dir string) (*File, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make spool key: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make spool directory: %w", err)
	}
	disk, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, fmt.Errorf("make spool file: %w", err)
	}
	sealed, err := age.Encrypt(disk, identity.Recipient())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("seal spool file: %w", err), disk.Close(), os.Remove(disk.Name()))
	}
	return &File{disk: disk, identity: identity, sealed: sealed, sum: sha256.New()}, nil
}

// Write takes plain bytes; they are hashed, counted and encrypted.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.sealed.Write(p)
	f.sum.Write(p[:n])
	f.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("write spool file: %w", err)
	}
	return n, nil
}

// Finish ends the writing; without it the file cannot be read.
func (f *File) Finish() error {
	if err := f.sealed.Close(); err != nil {
		return fmt.Errorf("finish spool file: %w", err)
	}
	return nil
}

// Sum is the SHA-256 of the plain bytes, in hex.
func (f *File) Sum() string { return hex.EncodeToString(f.sum.Sum(nil)) }

// Size counts the plain bytes.
func (f *File) Size() int64 { return f.size }

// Reader gives the plain bytes from the start, in any order: it serves Range
// requests too.
func (f *File) Reader() (io.ReadSeeker, error) {
	info, err := f.disk.Stat()
	if err != nil {
		return nil, fmt.Errorf("size of spool file: %w", err)
	}
	plain, size, err := age.DecryptReaderAt(f.disk, info.Size(), f.identity)
	if err != nil {
		return nil, fmt.Errorf("open spool file: %w", err)
	}
	return io.NewSectionReader(plain, 0, size), nil
}

// Close removes the file.
func (f *File) Close() error {
	return errors.Join(f.disk.Close(), os.Remove(f.disk.Name()))
}

// Clean removes what a killed program left in dir.
func Clean(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return fmt.Errorf("find spool files: %w", err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove spool file: %w", err)
		}
	}
	return nil
}
