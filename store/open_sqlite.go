package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	modernc "modernc.org/sqlite" // without cgo
)

type pragma struct{ name, value, reads string }

// pragmas are S52 and the size of the cache, as the DSN sets them and as they read back.
var pragmas = []pragma{
	{"busy_timeout", "5000", "5000"},
	{"journal_mode", "WAL", "wal"},
	synchronous,
	{"foreign_keys", "ON", "1"},
	{"journal_size_limit", "67108864", "67108864"},
	{"secure_delete", "ON", "1"},
	{"temp_store", "MEMORY", "2"},
	{"trusted_schema", "OFF", "0"},
	{"cell_size_check", "ON", "1"},
	{"mmap_size", "0", "0"},
	{"cache_size", "-16000", "-16000"}, // 16 MB a connection: the small indexes stay in memory
}

// idleConnection is how long a connection that nobody uses keeps its cache and
// its statements: up to 16 MB of memory, while opening another takes milliseconds.
const idleConnection = time.Minute

func sqliteDSN(path string, writer bool) string {
	q := url.Values{"_dqs": {"0"}, "_defensive": {"1"}, "_time_format": {"sqlite"}, "_timezone": {"UTC"}}
	for _, p := range pragmas {
		q.Add("_pragma", p.name+"("+p.value+")")
	}
	if writer {
		q.Set("_txlock", "immediate") // deferred, concurrent read-then-write transactions fail as locked
	} else {
		q.Add("_pragma", "query_only(ON)")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func (s *Store) openSQLite(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	var err error
	if s.writer, err = openSQLitePool(sqliteDSN(path, true), 1); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("protect database file: %w", err)
	}
	pool, err := s.writer.DB()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := s.migrate(ctx, pool); err != nil {
		return err
	}
	s.together = &together{pool: pool}
	readers := max(2, runtime.NumCPU())
	if s.reader, err = openSQLitePool(sqliteDSN(path, false), readers); err != nil {
		return err
	}
	s.turns = make(chan struct{}, readers)
	// Fresh statistics for tables that have grown much (sqlite.org/lang_analyze.html).
	if err := s.writer.WithContext(ctx).Exec("PRAGMA optimize = 0x10002").Error; err != nil {
		return fmt.Errorf("optimise: %w", err)
	}
	if err := checkPragmas(ctx, s.writer, "0"); err != nil {
		return err
	}
	return checkPragmas(ctx, s.reader, "1")
}

func openSQLitePool(dsn string, connections int) (*gorm.DB, error) {
	connector, err := modernc.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool := sql.OpenDB(parsedOnce{connector})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(idleConnection)
	if err := pool.Ping(); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), pool.Close())
	}
	db, err := gorm.Open(sqlite.Dialector{DriverName: "sqlite", Conn: pool}, gormConfig())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), pool.Close())
	}
	return db, nil
}

// gormConfig keeps gorm from writing values into logs and from opening
// transactions of its own.
func gormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		Logger:                 logger.New(nil, logger.Config{LogLevel: logger.Silent, ParameterizedQueries: true}),
	}
}

// checkPragmas reads every setting back: a pragma that did not take silently
// loses what a user was told is saved. queryOnly is what keeps the two pools
// apart.
func checkPragmas(ctx context.Context, db *gorm.DB, queryOnly string) error {
	for _, p := range append(slices.Clone(pragmas), pragma{"query_only", queryOnly, queryOnly}) {
		var got string
		if err := db.WithContext(ctx).Raw("PRAGMA " + p.name).Scan(&got).Error; err != nil {
			return fmt.Errorf("read pragma %s: %w", p.name, err)
		}
		if !strings.EqualFold(got, p.reads) {
			return fmt.Errorf("pragma %s is %q and must be %q: the database file lies on a file system that cannot keep it safe", p.name, got, p.reads)
		}
	}
	return nil
}
