package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// postgresSettings must read back so, else acknowledged writes can be lost.
var postgresSettings = []struct{ name, reads string }{
	{"fsync", "on"},
	{"full_page_writes", "on"},
	{"synchronous_commit", "on"},
	{"server_encoding", "UTF8"},
	{"TimeZone", "UTC"},
}

// oldestPostgres is the oldest server that the tests run on.
const oldestPostgres = 150000

func (s *Store) openPostgres(ctx context.Context, address string) error {
	if err := s.connectPostgres(ctx, address); err != nil {
		return err
	}
	return s.migratePostgres(ctx, address)
}

// postgresConfig is how every connection is set up.
func postgresConfig(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("read FARWATCH_DATABASE_URL: %w", err)
	}
	for name, value := range map[string]string{
		"timezone": "UTC", "statement_timeout": "30000", "lock_timeout": "10000",
		"idle_in_transaction_session_timeout": "60000", "application_name": "farwatch",
		// The policies on rows look dear to the planner, which would then compile
		// queries for longer than they run.
		"jit": "off",
	} {
		config.RuntimeParams[name] = value
	}
	return config, nil
}

func (s *Store) connectPostgres(ctx context.Context, address string) error {
	config, err := postgresConfig(address)
	if err != nil {
		return err
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	pool.SetConnMaxLifetime(30 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("reach PostgreSQL: %w", err), pool.Close())
	}
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), gormConfig())
	if err != nil {
		return errors.Join(fmt.Errorf("open PostgreSQL: %w", err), pool.Close())
	}
	s.writer, s.reader = db, db
	return checkPostgres(ctx, db)
}

// migratePostgres works on connections of its own that act for the program
// itself: a migration must reach the rows of every organisation.
func (s *Store) migratePostgres(ctx context.Context, address string) (err error) {
	config, err := postgresConfig(address)
	if err != nil {
		return err
	}
	config.RuntimeParams["farwatch.system"] = "on"
	pool := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, pool.Close()) }()
	return s.migrate(ctx, pool)
}

func checkPostgres(ctx context.Context, db *gorm.DB) error {
	var version int
	if err := db.WithContext(ctx).Raw("SELECT current_setting('server_version_num')::int").Scan(&version).Error; err != nil {
		return fmt.Errorf("read PostgreSQL version: %w", err)
	}
	if version < oldestPostgres {
		return fmt.Errorf("PostgreSQL %d is too old; use 15 or newer", version/10000)
	}
	for _, want := range postgresSettings {
		var got string
		if err := db.WithContext(ctx).Raw("SELECT current_setting(?)", want.name).Scan(&got).Error; err != nil {
			return fmt.Errorf("read setting %s: %w", want.name, err)
		}
		if got != want.reads {
			return fmt.Errorf("PostgreSQL setting %s is %q and must be %q: acknowledged records could be lost", want.name, got, want.reads)
		}
	}
	return nil
}
