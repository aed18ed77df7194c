package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"

	"farwatch/internal/auth"
	"farwatch/internal/backup"
	"farwatch/internal/config"
	"farwatch/store"
)

// keysIfThere loads the root secret and never makes one: a new one would open
// nothing that is old. It is nil where there is no key file.
func keysIfThere(c config.Config) (*auth.Keys, error) {
	if _, err := os.Stat(c.KeyFile); errors.Is(err, os.ErrNotExist) {
		return nil, nil //nolint:nilnil // no key file is an answer of its own, which every caller treats
	}
	return openKeys(c)
}

// unpacked is a backup that was opened and found whole.
type unpacked struct {
	backup.Manifest
	dir    string
	keys   *auth.Keys // nil without the key file
	signed bool       // the signature was checked
}

// unpack opens a backup into dir. Without the key file nothing tells who wrote
// it, so that unsigned must be asked for.
func unpack(c config.Config, own map[string]string, name, dir string) (u unpacked, err error) {
	u = unpacked{dir: dir}
	if u.keys, err = keysIfThere(c); err != nil {
		return u, err
	}
	u.signed = own["unsigned"] == ""
	if u.keys == nil && u.signed {
		return u, fmt.Errorf("the key file %s is not there, so that nothing tells who wrote this backup, and protected fields stay closed: "+
			"put its copy there first, or say -unsigned", c.KeyFile)
	}
	identities, err := backup.ReadIdentities(own["identity"])
	if err != nil {
		return u, err
	}
	f, err := os.Open(name)
	if err != nil {
		return u, fmt.Errorf("read backup: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	key := []byte(nil)
	if u.signed {
		key = checker(u.keys, labelBackup)
	}
	if u.Manifest, err = backup.Extract(f, identities, key, dir); err != nil {
		return u, fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	newest, err := store.NewestSchema(u.Dialect)
	if err != nil {
		return u, err
	}
	if u.Schema > newest {
		return u, fmt.Errorf("the backup has schema %d and this program knows %d: it was written by a newer Farwatch; use that one", u.Schema, newest)
	}
	return u, nil
}

func (u unpacked) database() string { return filepath.Join(u.dir, backup.Database) }

// check reads the database that came out of the backup and compares it with
// the list. A dump of PostgreSQL shows its content only once it is restored.
func (u unpacked) check(ctx context.Context) (err error) {
	if u.Dialect == "postgres" {
		return backup.CheckDump(ctx, u.database())
	}
	var auditKey [32]byte
	if u.keys != nil {
		auditKey = u.keys.Derive("audit")
	}
	s, err := store.OpenCopy(ctx, u.database(), auditKey[:])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.System().Sound(ctx); err != nil {
		return err
	}
	if err := u.compare(ctx, s); err != nil || u.keys == nil {
		return err
	}
	return intact(ctx, s)
}

// compare counts the rows.
func (u unpacked) compare(ctx context.Context, s *store.Store) error {
	has, err := s.System().Contents(ctx)
	if err != nil {
		return err
	}
	head := backup.Head{Seq: has.AuditSeq, MAC: has.AuditMAC}
	if has.Schema != u.Schema || !maps.Equal(has.Tables, u.Tables) || head != u.Audit {
		return fmt.Errorf("the database is not the one that the backup lists: %w", backup.ErrAltered)
	}
	return nil
}

func intact(ctx context.Context, s *store.Store) error {
	rows, broken, err := s.System().VerifyAudit(ctx)
	if err == nil && broken > 0 {
		err = fmt.Errorf("the audit chain is broken at row %d: %d rows before it are intact", broken, rows)
	}
	return err
}

// verifyBackup checks a backup in full and leaves nothing behind.
func verifyBackup(ctx context.Context, p program) (err error) {
	own, settings, words := ownFlags(p.args, []string{"identity"}, []string{"unsigned"})
	if len(words) != 1 || own["identity"] == "" {
		return errBackupUsage
	}
	c, err := config.Load(settings, p.environ)
	if err != nil {
		return err
	}
	work, err := backup.Workplace(os.TempDir())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	u, err := unpack(c, own, words[0], work)
	if err != nil {
		return err
	}
	if err := u.check(ctx); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The backup is whole: %s.\n%s\n", told(u.Manifest), u.doubts())
	return nil
}

// doubts says what was not looked at.
func (u unpacked) doubts() string {
	text := "Seal, " + strconv.Itoa(len(u.Members)) + " hashes"
	if u.signed {
		text += ", signature"
	}
	if u.Dialect == "sqlite" {
		text += ", every page, every reference, every count"
		if u.keys != nil {
			text += ", audit chain"
		}
	}
	text += ": checked."
	if !u.signed {
		text += " Nothing tells who wrote it."
	}
	if u.Dialect == "postgres" {
		text += " Counts and audit chain of a PostgreSQL backup are checked when it is restored."
	}
	return text
}
