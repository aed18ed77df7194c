package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"farwatch/internal/config"
	"farwatch/internal/files"
	"farwatch/store"
)

// openFiles opens where evidence files are kept.
func openFiles(c config.Config) (files.Storage, error) {
	s, err := files.OpenStorage(c.FilesURL, filepath.Join(c.DataDir, "files"))
	if err != nil {
		return nil, fmt.Errorf("FARWATCH_FILES_URL: %w", err)
	}
	return s, nil
}

// evidenceCommand is `farwatch evidence verify`: it reads every file that is
// held and compares it with what arrived. What differs is named by file and
// record, never by its own name.
func evidenceCommand(ctx context.Context, p program) (err error) {
	if len(p.args) != 1 || p.args[0] != "verify" {
		return fmt.Errorf("%w: farwatch evidence verify", errUsage)
	}
	p.args = nil
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	good, bad := 0, 0
	err = i.store.System().EachFile(ctx, func(f store.HeldFile) error {
		fault := i.verifyFile(ctx, f)
		if fault == "" {
			good++
			return nil
		}
		bad++
		_, err := fmt.Fprintf(p.stdout, "%s: file %s of %s\n", fault, f.ID, f.Incident)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%d files are as they arrived, %d are not\n", good, bad)
	if bad > 0 {
		return fmt.Errorf("%d evidence files are altered or missing; restore them from a backup", bad)
	}
	return nil
}

// verifyFile tells what is wrong with a file, "" if nothing is.
func (i *instance) verifyFile(ctx context.Context, f store.HeldFile) string {
	sum, fault := i.hashOf(ctx, f.Key, f.Blob)
	switch {
	case fault != "":
		return fault
	case sum != f.SHA256:
		return "altered"
	case f.View == "":
		return ""
	}
	if _, fault = i.hashOf(ctx, f.Key, f.View); fault != "" {
		return fault + " view"
	}
	return ""
}

func (i *instance) hashOf(ctx context.Context, key, name string) (sum, fault string) {
	blob, size, err := i.files.Open(ctx, name)
	if errors.Is(err, files.ErrMissing) {
		return "", "missing"
	}
	if err != nil {
		return "", "unreadable"
	}
	defer func() { _ = blob.Close() }() // read only
	body, err := files.Open(key, blob, size)
	if err != nil {
		return "", "altered"
	}
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return "", "altered"
	}
	return hex.EncodeToString(h.Sum(nil)), ""
}
