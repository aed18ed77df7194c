package storetest

import (
	"context"
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// Past reaches a database past the store, as somebody with the disk or the
// server would: the file of SQLite, or the address of PostgreSQL.
type Past struct {
	t  testing.TB
	db *sql.DB
}

// PastSQLite opens a file.
func PastSQLite(t testing.TB, path string) Past {
	t.Helper()
	return past(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
}

// PastPostgres opens an address.
func PastPostgres(t testing.TB, address string) Past {
	t.Helper()
	return past(t, "pgx", address)
}

func past(t testing.TB, driver, name string) Past {
	t.Helper()
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return Past{t, db}
}

// Exec runs a statement and gives the number of rows it touched.
func (p Past) Exec(statement string, args ...any) int64 {
	p.t.Helper()
	done, err := p.db.ExecContext(context.Background(), statement, args...)
	if err != nil {
		p.t.Fatalf("%s: %v", statement, err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// Try is Exec for what may fail.
func (p Past) Try(statement string, args ...any) error {
	_, err := p.db.ExecContext(context.Background(), statement, args...)
	return err
}

// Column reads the first column of a query.
func (p Past) Column(query string, args ...any) []string {
	p.t.Helper()
	rows, err := p.db.QueryContext(context.Background(), query, args...)
	if err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			p.t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		p.t.Fatal(err)
	}
	return out
}

// Close lets the file go before the test ends.
func (p Past) Close() {
	p.t.Helper()
	if err := p.db.Close(); err != nil {
		p.t.Fatal(err)
	}
}
