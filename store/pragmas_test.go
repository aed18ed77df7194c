package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// durable is what SQLite must say of every connection (S52).
var durable = map[string]string{
	"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "secure_delete": "1",
	"temp_store": "2", "trusted_schema": "0", "cell_size_check": "1", "mmap_size": "0", "journal_size_limit": "67108864",
}

// connections takes n of a pool at once, so that none is looked at twice.
func connections(t *testing.T, pool *sql.DB, n int) []*sql.Conn {
	t.Helper()
	var out []*sql.Conn
	for range n {
		c, err := pool.Conn(t.Context())
		must(t, err)
		t.Cleanup(func() { must(t, c.Close()) })
		out = append(out, c)
	}
	return out
}

func pragma(t *testing.T, c *sql.Conn, name string) string {
	t.Helper()
	var got string
	must(t, c.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got))
	return got
}

func TestSQLite_EveryConnection_KeepsAcknowledgedWrites(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	writer, readers, err := s.Pools()
	must(t, err)
	if n := writer.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d writers, want 1", n)
	}
	for what, list := range map[string][]*sql.Conn{
		"writer": connections(t, writer, 1), "reader": connections(t, readers, readers.Stats().MaxOpenConnections),
	} {
		for i, c := range list {
			for name, want := range durable {
				if got := pragma(t, c, name); got != want {
					t.Errorf("%s %d: %s is %s, want %s", what, i, name, got, want)
				}
			}
			want := map[string]string{"writer": "0", "reader": "1"}[what]
			if got := pragma(t, c, "query_only"); got != want {
				t.Errorf("%s %d: query_only is %s, want %s", what, i, got, want)
			}
		}
	}
}

func TestSQLite_Reader_CannotWrite(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	writer, readers, err := s.Pools()
	must(t, err)
	const change = "UPDATE audit_head SET seq = 0 WHERE id = 1"
	if _, err := readers.ExecContext(t.Context(), change); err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("a reader wrote: %v", err)
	}
	if _, err := writer.ExecContext(t.Context(), change); err != nil {
		t.Errorf("the writer could not: %v", err)
	}
}

func TestSQLite_Files_AreTheOwnersOnly(t *testing.T) {
	t.Parallel()
	_, path := openFile(t)
	files, err := filepath.Glob(path + "*")
	must(t, err)
	for _, file := range append(files, filepath.Dir(path)) {
		info, err := os.Stat(file)
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(file), info.Mode())
		}
	}
}

// TestSQLite_DoubleQuotes: a misspelt column in double quotes must be
// an error, not a text.
func TestSQLite_DoubleQuotes_AreNoText(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	_, readers, err := s.Pools()
	must(t, err)
	var got string
	if err := readers.QueryRowContext(t.Context(), `SELECT "titel" FROM incidents UNION SELECT "titel"`).Scan(&got); err == nil {
		t.Errorf("answered %q", got)
	}
}
