// Package store holds everything that must be atomic. A View carries its
// principal, so a query without one cannot be written by accident; System is
// for the command line and for sessions, before there is a principal.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

// Options of Open. Exactly one of SQLitePath and PostgresURL is set.
type Options struct {
	SQLitePath  string
	PostgresURL string
	Clock       func() time.Time // default time.Now
	Random      io.Reader        // default crypto/rand
	AuditKey    []byte           // chains the audit
	VaultKey    []byte           // 32 bytes; opens what the first version sealed
	// Broken hears that the disk failed under a write: what was acknowledged is
	// safe, what comes after would not be.
	Broken func(error)
	// Migrating is asked before the schema of a database changes that somebody
	// works with: nothing changes unless it answers nil. The store can be copied
	// meanwhile, and nothing else.
	Migrating func(ctx context.Context, s *Store, from, to int64) error
	// Roots wrap the keys of records, the one in use first; without any, one is
	// made of VaultKey.
	Roots []models.RootKey

	cipher vault.Cipher // GCM; tests show that they find what it hides
}

// Store is the database.
type Store struct {
	writer   *gorm.DB
	reader   *gorm.DB
	turns    chan struct{} // as many as SQLite has readers; nil with PostgreSQL
	together *together     // how SQLite is written; nil with PostgreSQL
	dialect  string
	path     string // of the file of SQLite
	clock    func() time.Time
	random   io.Reader
	auditKey []byte
	vault    *vault.Vault
	// verifying holds while somebody walks the audit chain.
	verifying sync.Mutex
	held      heldKeys
	facts     heldFacts
	keys      keyWatch
	migrating func(ctx context.Context, s *Store, from, to int64) error
	vouching  func() (vouchQueries, error)
	broken    func(error)
	failed    atomic.Bool // the disk failed: nothing is written any more
	published publicIndex
}

// Dialects.
const (
	dialectSQLite   = "sqlite"
	dialectPostgres = "postgres"
)

// Open migrates the database, opens its pools and reads back every setting
// that durability hangs on; a difference is an error.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{clock: o.Clock, random: o.Random, auditKey: o.AuditKey, path: o.SQLitePath, broken: o.Broken, migrating: o.Migrating}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if len(o.AuditKey) == 0 {
		return nil, errors.New("open store: no audit key: anybody could write a chain that fits")
	}
	var err error
	if s.vault, err = o.vault(); err != nil {
		return nil, err
	}
	if o.PostgresURL != "" {
		s.dialect = dialectPostgres
		err = s.openPostgres(ctx, o.PostgresURL)
	} else {
		s.dialect = dialectSQLite
		err = s.openSQLite(ctx, o.SQLitePath)
	}
	s.vouching = sync.OnceValues(s.vouchQueries)
	if err == nil {
		err = s.openKeys(ctx)
	}
	if err == nil {
		err = s.tieOlder(ctx)
	}
	if err == nil {
		err = s.keepHistory(ctx)
	}
	if err == nil {
		err = s.keepIndex(ctx)
	}
	if err == nil {
		err = s.vouchOlder(ctx)
	}
	if err != nil {
		if isCorrupt(err) {
			err = errors.Join(ErrUnsound, err)
		}
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// vault makes the vault of the options.
func (o Options) vault() (*vault.Vault, error) {
	c, roots := o.cipher, o.Roots
	if c == nil {
		c = vault.GCM
	}
	if len(roots) == 0 {
		root := models.RootKey{ID: "root"}
		copy(root.Key[:], o.VaultKey)
		roots = []models.RootKey{root}
	}
	return vault.New(o.VaultKey, roots, c)
}

// Close ends both pools.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*gorm.DB{s.reader, s.writer} {
		if db == nil {
			continue
		}
		pool, err := db.DB()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, pool.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Ping answers whether the database can be reached.
func (s *Store) Ping(ctx context.Context) error {
	pool, err := s.reader.DB()
	if err == nil {
		err = pool.PingContext(ctx)
	}
	if err != nil {
		return models.Fail(models.KindUnavailable, "database.unavailable", "The database cannot be reached. Try again in a moment.").Because(err)
	}
	return nil
}

// Dialect is sqlite or postgres.
func (s *Store) Dialect() string { return s.dialect }

// now is the clock in what both databases keep.
func (s *Store) now() time.Time { return models.UTC(s.clock()) }

// View is the store as one principal sees it.
type View struct {
	s *Store
	p models.Principal
	// program: the program itself, in the principal's organisation, which keeps
	// history and clocks and is asked by nobody.
	program bool
	// links: relations are read even to records that the principal may not see,
	// so that a save keeps them.
	links bool
	// through: the records are what another organisation shares, and v.p is who
	// reads them there.
	through *through
}

// For gives the view of a principal. The zero principal sees nothing.
func (s *Store) For(p models.Principal) *View { return &View{s: s, p: p} }

// System acts for the program itself. The linter keeps it to main, sign-in and
// session look-up.
type System struct{ s *Store }

// System gives access without a principal.
func (s *Store) System() *System { return &System{s: s} }

type requestIDKey struct{}

// WithRequestID lets audit rows name the request that caused them.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
