package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// scrubTries and scrubPause are how often, and how far apart, the write-ahead
// log is tried to be emptied while somebody reads.
const (
	scrubTries = 20
	scrubPause = 100 * time.Millisecond
)

// scrubbed are the tables of which PostgreSQL clears away what was deleted.
var scrubbed = []string{"incident_search", "public_incidents", "source_records", "data_keys", "incident_facets", "file_custody", "notifications"}

// Scrub clears away what deleted and replaced rows leave behind, if anything
// is: SQLite overwrites it when it happens, but its write-ahead log keeps the
// old pages until it is emptied; PostgreSQL keeps old rows until VACUUM. A log
// that somebody is still reading stays due.
func (s *System) Scrub(ctx context.Context) error {
	due := false
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		state, err := s.s.keyState(tx, s.s.lock())
		if err != nil || !state.ScrubDue {
			return err
		}
		due = true
		return setKeyState(tx, map[string]any{"scrub_due": false})
	})
	if err != nil || !due {
		return err
	}
	clean := s.s.vacuum
	if s.s.dialect == dialectSQLite {
		clean = s.s.clearSQLite
	}
	if err := clean(ctx); err != nil {
		again := s.s.write(context.WithoutCancel(ctx), func(tx *gorm.DB) error { return setKeyState(tx, map[string]any{"scrub_due": true}) })
		if errors.Is(err, errLogInUse) {
			return again
		}
		return errors.Join(err, again)
	}
	return nil
}

// errLogInUse: a reader needs the write-ahead log.
var errLogInUse = errors.New("the write-ahead log is in use")

// sampled are the indexes over texts, hashes and days: SQLite's picture of them
// holds values of single rows, also of those that are gone.
const sampled = `SELECT DISTINCT s.idx FROM sqlite_stat4 s JOIN pragma_index_info(s.idx) c
	WHERE c.name IN ('title', 'canonical_url', 'sha256', 'text_sha256', 'first_reported', 'occurred_earliest', 'occurred_latest')`

func (s *Store) clearSQLite(ctx context.Context) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		var there int
		if err := tx.Raw("SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat4'").Scan(&there).Error; err != nil || there == 0 {
			return err
		}
		var indexes []string
		if err := tx.Raw(sampled).Scan(&indexes).Error; err != nil {
			return err
		}
		for _, index := range indexes {
			if err := tx.Exec("ANALYZE \"" + index + "\"").Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("draw the picture of indexes anew: %w", err)
	}
	return s.emptyLog(ctx)
}

// emptyLog moves the write-ahead log into the database file and cuts it to
// nothing. Writers wait for a moment only.
func (s *Store) emptyLog(ctx context.Context) error {
	for range scrubTries {
		pool, err := s.writer.DB()
		if err != nil {
			return fmt.Errorf("empty log: %w", err)
		}
		conn, err := pool.Conn(ctx)
		if err != nil {
			return fmt.Errorf("empty log: %w", err)
		}
		var busy, frames, moved int
		_, err = conn.ExecContext(ctx, "PRAGMA busy_timeout = 100")
		if err == nil {
			err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
		}
		_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = 5000")
		if err := errors.Join(err, back, conn.Close()); err != nil {
			return fmt.Errorf("empty log: %w", err)
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("empty log: %w", ctx.Err())
		case <-time.After(scrubPause):
		}
	}
	return errLogInUse
}

func (s *Store) vacuum(ctx context.Context) error {
	pool, err := s.writer.DB()
	if err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	_, err = conn.ExecContext(ctx, "SET statement_timeout = 0")
	tables := append([]string(nil), scrubbed...)
	for _, t := range append(append([]sealedTable(nil), recordTables...), organisationTables...) {
		tables = append(tables, t.name)
	}
	for _, table := range tables {
		if err == nil {
			_, err = conn.ExecContext(ctx, "VACUUM "+table)
		}
	}
	_, back := conn.ExecContext(context.WithoutCancel(ctx), "SET statement_timeout = 30000")
	if err := errors.Join(err, back, conn.Close()); err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	return nil
}
