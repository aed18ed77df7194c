package store

import (
	"context"
	"database/sql"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// retries of a PostgreSQL transaction that lost a race.
const retries = 3

// read runs fn over one consistent snapshot that cannot write.
func (s *Store) read(ctx context.Context, fn func(tx *gorm.DB) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if s.dialect == dialectPostgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	if s.turns != nil {
		// The pool wakes whoever waits at random, so that one of many waits long
		// for nothing; a channel keeps the order of arrival.
		select {
		case s.turns <- struct{}{}:
			defer func() { <-s.turns }()
		case <-ctx.Done():
			return failure(ctx.Err())
		}
	}
	return failure(s.reader.WithContext(ctx).Transaction(fn, options))
}

// write runs fn in one transaction: all of it is kept, or nothing.
func (s *Store) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	var err error
	for range 1 + retries {
		err = s.writer.WithContext(ctx).Transaction(fn)
		if !raced(err) {
			break
		}
	}
	return failure(err)
}

// write is a transaction of the principal. Nobody who is signed out, or whose
// account was closed since the request began, changes anything. Errors:
// session.expired.
func (v *View) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return v.s.write(ctx, func(tx *gorm.DB) error {
		var active bool
		if err := tx.Raw("SELECT "+activeMember, v.p.UserID, v.p.OrganisationID).Scan(&active).Error; err != nil {
			return fmt.Errorf("check membership: %w", err)
		}
		if !active {
			return models.SessionExpired()
		}
		return fn(tx)
	})
}

// lockOf is lock for the rows of one of several joined tables.
func (s *Store) lockOf(alias string) string {
	if s.dialect == dialectPostgres {
		return " FOR UPDATE OF " + alias
	}
	return ""
}

// lock holds rows until the transaction ends. SQLite has one writer and needs
// no locks.
func (s *Store) lock() string {
	if s.dialect == dialectPostgres {
		return " FOR UPDATE"
	}
	return ""
}
