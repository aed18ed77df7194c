package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// migrate brings the schema forward; there is no way back but the backup. A
// database of a newer program is refused untouched.
func (s *Store) migrate(ctx context.Context, pool *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations/"+s.dialect)
	if err != nil {
		return fmt.Errorf("find migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.dialect == dialectPostgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, pool, files, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	has, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; has > newest {
		return fmt.Errorf("the database has schema %d and this program knows %d: it was written by a newer Farwatch; use that one", has, newest)
	}
	if newest := sources[len(sources)-1].Version; has > 0 && has < newest && s.migrating != nil {
		if err := s.askFirst(ctx, pool, has, newest); err != nil {
			return err
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// askFirst asks before a database changes that holds somebody's work (S54): the
// only way back is a backup from before.
func (s *Store) askFirst(ctx context.Context, pool *sql.DB, from, to int64) error {
	var lived bool
	const somebody = "SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM incidents)"
	if err := pool.QueryRowContext(ctx, somebody).Scan(&lived); err != nil {
		return fmt.Errorf("look for what the database holds: %w", err)
	}
	if !lived {
		return nil
	}
	return s.migrating(ctx, s, from, to)
}
