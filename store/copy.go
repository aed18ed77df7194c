package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Copied is what a copy of the database holds.
type Copied struct {
	Dialect  string
	Schema   int64
	Tables   map[string]int64 // rows of each
	AuditSeq int64
	AuditMAC string
}

// Copy puts the database, as it is at one moment, into a file, while others go
// on writing. PostgreSQL is copied by dump, which gets the name of the snapshot
// to read; the file is then its affair.
func (s *System) Copy(ctx context.Context, path string, dump func(snapshot string) error) (Copied, error) {
	if s.s.dialect == dialectPostgres {
		return s.s.copyPostgres(ctx, dump)
	}
	return s.s.copySQLite(ctx, path)
}

// copySQLite reads on a connection of its own: a reader of the pool may not
// write anywhere, and the writer would keep everybody waiting.
func (s *Store) copySQLite(ctx context.Context, path string) (c Copied, err error) {
	from, err := openSQLitePool(strings.Replace(sqliteDSN(s.path, true), "_txlock=immediate", "_txlock=deferred", 1), 1)
	if err != nil {
		return Copied{}, err
	}
	err = from.WithContext(ctx).Exec("VACUUM INTO ?", path).Error
	if err := errors.Join(err, shut(from)); err != nil {
		return Copied{}, fmt.Errorf("copy database: %w", err)
	}
	copied, err := openCopy(ctx, path)
	if err != nil {
		return Copied{}, err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	if err := copied.System().Sound(ctx); err != nil {
		return Copied{}, err
	}
	return copied.contents(ctx)
}

// OpenCopy opens a copied file of SQLite for reading only; it brings no schema
// forward, and what is sealed stays so. Without an audit key the chain cannot
// be verified.
func OpenCopy(ctx context.Context, path string, auditKey []byte) (*Store, error) {
	copied, err := openCopy(ctx, path)
	if err == nil {
		copied.auditKey = auditKey
	}
	return copied, err
}

func openCopy(ctx context.Context, path string) (*Store, error) {
	name, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open copy: %w", err)
	}
	// immutable: nobody changes it, and no file may appear beside it.
	q := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_time_format": {"sqlite"}, "_timezone": {"UTC"}, "_pragma": {
		"query_only(ON)", "temp_store(MEMORY)", "trusted_schema(OFF)", "cell_size_check(ON)", "mmap_size(0)", "cache_size(-16000)",
	}}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: name}).EscapedPath(), RawQuery: q.Encode()}).String()
	pool, err := openSQLitePool(dsn, 1)
	if isCorrupt(err) {
		return nil, errors.Join(ErrUnsound, err)
	}
	if err != nil {
		return nil, err
	}
	copied := &Store{dialect: dialectSQLite, path: name, reader: pool, clock: time.Now, random: rand.Reader}
	if err := copied.Ping(ctx); err != nil {
		return nil, errors.Join(err, copied.Close())
	}
	return copied, nil
}

// copyPostgres holds one snapshot while it is dumped and counted.
func (s *Store) copyPostgres(ctx context.Context, dump func(snapshot string) error) (Copied, error) {
	var c Copied
	err := s.reader.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		// The dump may take longer than a transaction may otherwise stand idle.
		for _, setting := range []string{"idle_in_transaction_session_timeout", "statement_timeout"} {
			if err := tx.Exec("SET LOCAL " + setting + " = 0").Error; err != nil {
				return fmt.Errorf("allow the dump its time: %w", err)
			}
		}
		var snapshot string
		if err := tx.Raw("SELECT pg_export_snapshot()").Scan(&snapshot).Error; err != nil {
			return fmt.Errorf("take snapshot: %w", err)
		}
		if err := dump(snapshot); err != nil {
			return err
		}
		within := &Store{dialect: s.dialect, reader: tx, clock: s.clock, random: s.random}
		var err error
		c, err = within.contents(ctx)
		return err
	}, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	return c, failure(err)
}

// Contents tells what the database holds.
func (s *System) Contents(ctx context.Context) (Copied, error) { return s.s.contents(ctx) }

func (s *Store) contents(ctx context.Context) (Copied, error) {
	c := Copied{Dialect: s.dialect, Tables: map[string]int64{}}
	err := s.read(ctx, func(tx *gorm.DB) error {
		names, err := s.tables(tx)
		if err != nil {
			return err
		}
		for _, name := range names {
			var rows int64
			if err := tx.Raw(`SELECT count(*) FROM "` + name + `"`).Scan(&rows).Error; err != nil {
				return fmt.Errorf("count %s: %w", name, err)
			}
			c.Tables[name] = rows
		}
		if err := tx.Raw("SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&c.Schema).Error; err != nil {
			return fmt.Errorf("read schema version: %w", err)
		}
		head, err := auditHead(tx)
		c.AuditSeq, c.AuditMAC = head.Seq, head.MAC
		return err
	})
	return c, err
}

// tables lists those that hold rows of their own; the index of the full-text
// search is made of other tables' rows.
func (s *Store) tables(tx *gorm.DB) (names []string, err error) {
	query := "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if s.dialect == dialectPostgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
	}
	if err := tx.Raw(query).Scan(&names).Error; err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return names, nil
}

// OpenAsIs opens a database of PostgreSQL without bringing its schema forward,
// to look at what a restore brought; what is sealed stays so.
func OpenAsIs(ctx context.Context, address string, auditKey []byte) (*Store, error) {
	s := &Store{dialect: dialectPostgres, clock: time.Now, random: rand.Reader, auditKey: auditKey}
	if err := s.connectPostgres(ctx, address); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// EmptyPostgres tells whether a database holds no table yet.
func EmptyPostgres(ctx context.Context, address string) (empty bool, err error) {
	s := &Store{dialect: dialectPostgres}
	if err := s.connectPostgres(ctx, address); err != nil {
		return false, errors.Join(err, s.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.read(ctx, func(tx *gorm.DB) error {
		names, err := s.tables(tx)
		empty = len(names) == 0
		return err
	})
	return empty, err
}

func shut(db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}
