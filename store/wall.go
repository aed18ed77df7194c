package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"gorm.io/gorm"
)

// wall is what PostgreSQL's policies let a transaction touch: the rows of one
// organisation, or, for the program itself, all. It stands behind the scope
// that every query carries, for the query that forgets it.
type wall struct {
	organisation int64 // 0: none, so no row at all
	system       bool
}

type wallKey struct{}

// kept lets asSystem find the wall of its transaction again.
func (w wall) kept(ctx context.Context) context.Context { return context.WithValue(ctx, wallKey{}, w) }

// behind names the wall to the database before anything else is asked. Both
// settings end with the transaction, so that a connection out of the pool has
// neither.
func (s *Store) behind(w wall, fn func(tx *gorm.DB) error) func(tx *gorm.DB) error {
	if s.dialect != dialectPostgres {
		return fn
	}
	return func(tx *gorm.DB) error {
		if err := w.raise(tx); err != nil {
			return err
		}
		return fn(tx)
	}
}

func (w wall) raise(tx *gorm.DB) error {
	organisation, system := "", "off"
	if w.organisation != 0 {
		organisation = strconv.FormatInt(w.organisation, 10)
	}
	if w.system {
		system = "on"
	}
	err := tx.Exec("SELECT set_config('farwatch.organisation', ?, true), set_config('farwatch.system', ?, true)", organisation, system).Error
	if err != nil {
		return fmt.Errorf("name the organisation: %w", err)
	}
	return nil
}

// asSystem lets one look of a principal's transaction reach every organisation:
// a ref must be free in all of them.
func (s *Store) asSystem(tx *gorm.DB, look func() error) error {
	w, ok := tx.Statement.Context.Value(wallKey{}).(wall)
	if s.dialect != dialectPostgres || !ok || w.system {
		return look()
	}
	if err := (wall{organisation: w.organisation, system: true}).raise(tx); err != nil {
		return err
	}
	return errors.Join(look(), w.raise(tx))
}

// PassesRowSecurity tells whether the role that the program signs in as passes
// PostgreSQL's policies, as superusers and roles with BYPASSRLS do. SQLite has
// none to pass.
func (s *System) PassesRowSecurity(ctx context.Context) (passes bool, err error) {
	if s.s.dialect != dialectPostgres {
		return false, nil
	}
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT NOT row_security_active('incidents')").Scan(&passes).Error
	})
	if err != nil {
		return false, fmt.Errorf("read row security: %w", err)
	}
	return passes, nil
}
