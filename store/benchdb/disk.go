package benchdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Disk is the disk's own limit: rows of a bare table beside the database, some
// of them in one durable commit.
type Disk struct{ db *DB }

// OpenDisk makes the table in a directory.
func OpenDisk(ctx context.Context, dir string) (*Disk, error) {
	db, err := Open(filepath.Join(dir, "disk.db"))
	if err != nil {
		return nil, err
	}
	if _, err := db.pool.ExecContext(ctx, "CREATE TABLE bare (note TEXT)"); err != nil {
		return nil, errors.Join(fmt.Errorf("make bare table: %w", err), db.Close())
	}
	return &Disk{db}, nil
}

// Close ends the connection.
func (d *Disk) Close() error { return d.db.Close() }

// Commit keeps some rows together.
func (d *Disk) Commit(ctx context.Context, rows int) error {
	tx, err := d.db.pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to do after the commit
	for range rows {
		if _, err := tx.ExecContext(ctx, "INSERT INTO bare (note) VALUES ('a row of some words, as short as they come')"); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
