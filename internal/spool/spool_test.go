package spool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestFile_ComesBackWholeAndIsNoiseOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Repeat([]byte("CANARY-8c1f "), 50_000)
	if _, err := f.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := f.Finish(); err != nil {
		t.Fatal(err)
	}
	disk, err := os.ReadFile(f.disk.Name())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(disk, []byte("CANARY")) {
		t.Error("plain text on the disk")
	}
	r, err := f.Reader()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%d bytes back, %v", len(got), err)
	}
	if _, err := r.Seek(-12, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if tail, _ := io.ReadAll(r); string(tail) != "CANARY-8c1f " {
		t.Errorf("tail %q", tail)
	}
	sum := sha256.Sum256(plain)
	if f.Sum() != hex.EncodeToString(sum[:]) || f.Size() != int64(len(plain)) {
		t.Error("hash or size differ")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFile_OnlyOwnerMayRead(t *testing.T) {
	t.Parallel()
	f, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.disk.Stat()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestClean_RemovesWhatAKilledProgramLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := New(dir); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "farwatch.db")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Clean(dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 || left[0] != other {
		t.Errorf("left %v, %v", left, err)
	}
}
