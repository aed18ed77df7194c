// Package storetest opens fresh databases for tests: SQLite in a temporary
// directory, and PostgreSQL where FARWATCH_TEST_POSTGRES names a cluster.
package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"farwatch/store"
)

// Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Start is when every test begins.
var Start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Keys of every test store.
var (
	AuditKey = []byte("a key for tests only")
	VaultKey = []byte("32 bytes that are for tests only")
)

// Each runs the test on both databases. Without a cluster the PostgreSQL half
// is skipped, and says so; `make test` always brings one.
func Each(t *testing.T, test func(t *testing.T, s *store.Store, clock *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s, clock := SQLite(t)
		test(t, s, clock)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		clock := &Clock{now: Start}
		test(t, open(t, store.Options{PostgresURL: AsOwner(t, Postgres(t)), Clock: clock.Now, AuditKey: AuditKey, VaultKey: VaultKey}), clock)
	})
}

// EachCluster runs the test on both databases, with several programs at one
// database.
func EachCluster(t *testing.T, nodes int, test func(t *testing.T, nodes []*store.Store, clock *Clock)) {
	t.Helper()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			clock := &Clock{now: Start}
			o := store.Options{Clock: clock.Now, AuditKey: AuditKey, VaultKey: VaultKey}
			if dialect == "postgres" {
				o.PostgresURL = AsOwner(t, Postgres(t))
			} else {
				o.SQLitePath = filepath.Join(t.TempDir(), "data", "farwatch.db")
			}
			var all []*store.Store
			for range nodes {
				all = append(all, open(t, o))
			}
			test(t, all, clock)
		})
	}
}

// SQLite opens a fresh database of that kind.
func SQLite(t testing.TB) (*store.Store, *Clock) {
	t.Helper()
	clock := &Clock{now: Start}
	return open(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "data", "farwatch.db"), Clock: clock.Now, AuditKey: AuditKey, VaultKey: VaultKey}), clock
}

func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		vouched(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// vouched asks at the end of every test for a record that some write of the
// program did not vouch for: such a write would be taken for tampering.
func vouched(t testing.TB, s *store.Store) {
	t.Helper()
	_, err := s.System().VerifyRecords(context.Background(), func(a store.AlteredRecord) {
		t.Errorf("record %s (number %d) does not fit its sum: %s", a.Ref, a.ID, a.What)
	}, func(int, int) {})
	if err != nil && !t.Failed() {
		t.Logf("records were not compared: %v", err)
	}
}

// template is migrated once per process; each test copies it, which is far
// faster than migrating.
var template = sync.OnceValues(func() (string, error) {
	name := fmt.Sprintf("farwatch_template_%d_%d", os.Getpid(), rand.Uint32())
	address, err := create(name, "")
	if err != nil {
		return "", err
	}
	if address, err = asOwner(address); err != nil {
		return "", err
	}
	s, err := store.Open(context.Background(), store.Options{PostgresURL: address, AuditKey: AuditKey, VaultKey: VaultKey})
	if err != nil {
		return "", err
	}
	return name, s.Close()
})

// owner is the role that databases of tests belong to: plain, as an operator's
// should be. Superusers pass every policy on rows.
const owner = "farwatch_test_owner"

const makeOwner = `DO $$ BEGIN
	IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '` + owner + `') THEN
		CREATE ROLE ` + owner + ` LOGIN;
	END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
	NULL; -- another process was faster
END $$`

// AsOwner is the address of a test database for the plain role that owns it.
func AsOwner(t testing.TB, address string) string {
	t.Helper()
	out, err := asOwner(address)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func asOwner(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("read test address: %w", err)
	}
	u.User = url.User(owner)
	return u.String(), nil
}

// Postgres makes an empty, migrated database and drops it after the test. Its
// address is that of a superuser, whom no policy on rows stops. It skips the
// test where there is no cluster.
func Postgres(t testing.TB) string {
	t.Helper()
	if os.Getenv("FARWATCH_TEST_POSTGRES") == "" {
		t.Skip("FARWATCH_TEST_POSTGRES names no cluster: not tested on PostgreSQL")
	}
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	return fresh(t, from)
}

// EmptyPostgres makes a database without any table and drops it after the test.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	if os.Getenv("FARWATCH_TEST_POSTGRES") == "" {
		t.Skip("FARWATCH_TEST_POSTGRES names no cluster: not tested on PostgreSQL")
	}
	return fresh(t, "")
}

func fresh(t testing.TB, from string) string {
	t.Helper()
	name := fmt.Sprintf("farwatch_test_%d_%d", os.Getpid(), rand.Uint64())
	address, err := create(name, from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run(`DROP DATABASE IF EXISTS "` + name + `" WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	return address
}

// creating is one at a time: PostgreSQL refuses to copy a template in use.
var creating sync.Mutex

func create(name, from string) (string, error) {
	creating.Lock()
	defer creating.Unlock()
	if err := run(makeOwner); err != nil {
		return "", err
	}
	statement := `CREATE DATABASE "` + name + `" OWNER ` + owner
	if from != "" {
		statement += ` TEMPLATE "` + from + `"`
	}
	if err := run(statement); err != nil {
		return "", err
	}
	u, err := url.Parse(os.Getenv("FARWATCH_TEST_POSTGRES"))
	if err != nil {
		return "", fmt.Errorf("read FARWATCH_TEST_POSTGRES: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

func run(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, os.Getenv("FARWATCH_TEST_POSTGRES"))
	if err != nil {
		return fmt.Errorf("reach test cluster: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	if closeErr := conn.Close(ctx); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("prepare test database: %w", err)
	}
	return nil
}
