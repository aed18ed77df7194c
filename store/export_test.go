package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"regexp"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"
)

// Pools gives tests the connections behind a store.
func (s *Store) Pools() (writer, readers *sql.DB, err error) {
	writer, errW := s.writer.DB()
	readers, errR := s.reader.DB()
	return writer, readers, errors.Join(errW, errR)
}

// Statement is one that reached the database.
type Statement struct {
	SQL  string
	Args []any
}

// Record keeps every reading statement from now on; the result takes what was
// kept so far.
func (s *Store) Record() (taken func() []Statement, err error) {
	var mu sync.Mutex
	var kept []Statement
	keep := func(db *gorm.DB) {
		mu.Lock()
		defer mu.Unlock()
		kept = append(kept, Statement{SQL: db.Statement.SQL.String(), Args: db.Statement.Vars})
	}
	err = errors.Join(
		s.reader.Callback().Row().After("gorm:row").Register("test:record", keep),
		s.reader.Callback().Query().After("gorm:query").Register("test:record", keep),
	)
	return func() []Statement {
		mu.Lock()
		defer mu.Unlock()
		out := kept
		kept = nil
		return out
	}, err
}

// Raw gives tests a transaction of the principal's organisation, without the
// scope that the store's own queries carry.
func (v *View) Raw(ctx context.Context, fn func(tx *gorm.DB) error) error { return v.transact(ctx, fn) }

// Raw is the same as the program itself.
func (s *System) Raw(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.s.write(ctx, fn)
}

var ownOrganisation = regexp.MustCompile(`i\.organisation_id = (\$\d+)`)

// ForgetOrganisation takes the condition on the organisation out of every query
// on records, as a mistake in the scope would. It tells how many it met.
func (s *Store) ForgetOrganisation() (met func() int, err error) {
	var count atomic.Int64
	forget := func(db *gorm.DB) {
		before := db.Statement.SQL.String()
		after := ownOrganisation.ReplaceAllString(before, "$1::bigint IS NOT NULL")
		if before != after {
			count.Add(1)
			db.Statement.SQL.Reset()
			db.Statement.SQL.WriteString(after)
		}
	}
	err = errors.Join(
		s.reader.Callback().Row().Before("gorm:row").Register("test:forget", forget),
		s.reader.Callback().Query().Before("gorm:query").Register("test:forget", forget),
		s.reader.Callback().Raw().Before("gorm:raw").Register("test:forget", forget),
	)
	return func() int { return int(count.Load()) }, err
}

// clear is a cipher that hides nothing.
type clear struct{}

func (clear) NonceSize() int { return 0 }
func (clear) Overhead() int  { return 0 }

func (clear) Seal(dst, _, plain, _ []byte) []byte { return append(dst, plain...) }

func (clear) Open(dst, _, sealed, _ []byte) ([]byte, error) { return append(dst, sealed...), nil }

// OpenClear opens a store that encrypts nothing: what looks for protected
// values in files must find them there.
func OpenClear(ctx context.Context, o Options) (*Store, error) {
	o.cipher = func([]byte) (cipher.AEAD, error) { return clear{}, nil }
	return Open(ctx, o)
}

// SealedTables are the tables with sealed values that rotation knows.
func SealedTables() []string {
	var out []string
	for _, t := range recordTables {
		out = append(out, t.name)
	}
	for _, t := range organisationTables {
		out = append(out, t.name)
	}
	return out
}

// ErasedTables are those that an erasure empties.
func ErasedTables() []string {
	out := append([]string(nil), entryTables...)
	for _, t := range erasedTables {
		out = append(out, t.table)
	}
	return out
}

// DropHeldKeys makes every key be read again.
func (s *Store) DropHeldKeys() { s.held.clear() }
