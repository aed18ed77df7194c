package store

import (
	"database/sql"
	"errors"
	"sync"

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
