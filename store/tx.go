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

// read runs fn as the program itself over one consistent snapshot that cannot
// write.
func (s *Store) read(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.readBehind(ctx, wall{system: true}, fn)
}

func (s *Store) readBehind(ctx context.Context, w wall, fn func(tx *gorm.DB) error) error {
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
	return failure(s.reader.WithContext(w.kept(ctx)).Transaction(s.behind(w, fn), options))
}

// write runs fn as the program itself in one transaction: all of it is kept, or
// nothing.
func (s *Store) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.writeBehind(ctx, wall{system: true}, fn)
}

func (s *Store) writeBehind(ctx context.Context, w wall, fn func(tx *gorm.DB) error) error {
	var err error
	for range 1 + retries {
		if s.failed.Load() {
			return diskFailed()
		}
		if s.together != nil {
			err = s.together.write(w.kept(ctx), s.writer, fn)
		} else {
			err = s.writer.WithContext(w.kept(ctx)).Transaction(s.behind(w, fn))
		}
		if !raced(err) {
			break
		}
	}
	switch {
	case isBroken(err):
		s.failed.Store(true)
		if s.broken != nil {
			s.broken(err)
		}
	case err == nil && s.failed.Load():
		// Another transaction met the failure while this one was being kept: the
		// system may have dropped what this one wrote, and said nothing.
		return diskFailed()
	}
	return failure(err)
}

// read is a snapshot of the principal's organisation.
func (v *View) read(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if v.through != nil {
		return v.readThrough(ctx, fn)
	}
	return v.s.readBehind(ctx, wall{organisation: v.p.OrganisationID}, fn)
}

// transact is a transaction in the principal's organisation, for what somebody
// without a membership may do too, and for the program.
func (v *View) transact(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if v.through != nil {
		return errReadOnlyGrant
	}
	return v.s.writeBehind(ctx, wall{organisation: v.p.OrganisationID}, fn)
}

// diskFailed is the answer from the first failure of the disk to the end of the
// program (S53).
func diskFailed() *models.Error {
	return models.Fail(models.KindUnavailable, "database.unavailable", "The disk of the server failed. This was not saved for certain; look again later.")
}

// write is a transaction of the principal. Nobody who is signed out, or whose
// account was closed since the request began, changes anything. Errors:
// session.expired.
func (v *View) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return v.transact(ctx, func(tx *gorm.DB) error {
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
