package store

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// one is a pool of one connection, and that connection.
func one(t *testing.T) (*sql.DB, *parsingConn) {
	t.Helper()
	db, err := openSQLitePool(sqliteDSN(filepath.Join(t.TempDir(), "a.db"), true), 1)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closePool(t, db.DB) })
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var c *parsingConn
	err = conn.Raw(func(driver any) error { c, _ = driver.(*parsingConn); return nil })
	if err := errors.Join(err, conn.Close()); err != nil || c == nil {
		t.Fatalf("connection %v: %v", c, err)
	}
	return pool, c
}

func run(t *testing.T, pool *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestStatements_SameTextWhileItsRowsAreOpen_BothAnswer(t *testing.T) {
	t.Parallel()
	pool, _ := one(t)
	run(t, pool, "CREATE TABLE a (n INTEGER)")
	for n := range 3 {
		run(t, pool, "INSERT INTO a VALUES (?)", n)
	}
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	const query = "SELECT n FROM a WHERE n >= ? ORDER BY n"
	outer, err := tx.QueryContext(t.Context(), query, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = outer.Close() }()
	got := ""
	for outer.Next() {
		var n, inner int
		if err := outer.Scan(&n); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRowContext(t.Context(), query, n-1).Scan(&inner); err != nil {
			t.Fatal(err)
		}
		got += fmt.Sprintf("%d %d;", n, inner)
	}
	if got != "1 0;2 1;" || outer.Err() != nil {
		t.Errorf("read %q: %v", got, outer.Err())
	}
}

func TestStatements_SchemaChanges_IsSeen(t *testing.T) {
	t.Parallel()
	pool, _ := one(t)
	run(t, pool, "CREATE TABLE a (n INTEGER)")
	run(t, pool, "INSERT INTO a VALUES (1)")
	columns := func() int {
		rows, err := pool.QueryContext(t.Context(), "SELECT * FROM a")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		names, err := rows.Columns()
		if err := errors.Join(err, rows.Err()); err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	before := columns()
	run(t, pool, "ALTER TABLE a ADD COLUMN m INTEGER")
	if after := columns(); before != 1 || after != 2 {
		t.Errorf("%d columns before and %d after, want 1 and 2", before, after)
	}
}

func TestStatements_ManyTexts_SomeAreForgotten(t *testing.T) {
	t.Parallel()
	pool, c := one(t)
	run(t, pool, "CREATE TABLE a (n INTEGER)")
	for n := range 2 * maxStatements {
		run(t, pool, fmt.Sprintf("INSERT INTO a VALUES (%d)", n))
	}
	var n int
	if err := pool.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM a").Scan(&n); err != nil || n != 600 || len(c.parsed) > 300 {
		t.Errorf("%d rows, %d statements kept: %v", n, len(c.parsed), err)
	}
	if _, err := pool.ExecContext(t.Context(), "INSERT INTO b VALUES (1)"); sqliteCode(err) == 0 {
		t.Errorf("a statement that cannot be parsed says %v", err)
	}
}
