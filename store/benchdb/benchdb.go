// Package benchdb is the yardstick of `farwatch bench`: the same questions in
// plain database/sql, on the same file. Besides the store it is the only
// package that speaks SQL; nothing but the measurement may import it.
package benchdb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// DB is one connection to a file that the store has made and filled. It skips
// every right that a principal has or lacks.
type DB struct {
	pool *sql.DB
	made int // rows that Insert wrote, for their refs
}

// Open connects with the pragmas that decide speed set as the store sets them
// (S52).
func Open(path string) (*DB, error) {
	q := url.Values{
		"_time_format": {"sqlite"}, "_timezone": {"UTC"}, "_txlock": {"immediate"},
		"_pragma": {
			"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "secure_delete(ON)",
			"temp_store(MEMORY)", "cell_size_check(ON)", "mmap_size(0)",
		},
	}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxOpenConns(1)
	return &DB{pool: pool}, nil
}

// OpenReaders connects as often as the store's readers do, to read only.
func OpenReaders(path string) (*DB, error) {
	d, err := Open(path)
	if err == nil {
		d.pool.SetMaxOpenConns(max(2, runtime.NumCPU()))
		d.pool.SetMaxIdleConns(max(2, runtime.NumCPU()))
	}
	return d, err
}

// Search counts the records with the words and reads the internal ids of the
// newest ones.
func (d *DB) Search(ctx context.Context, question string) (int, error) {
	var total int
	if err := d.pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM incident_search WHERE incident_search MATCH ?", question).Scan(&total); err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	_, err := d.scan(ctx, "SELECT rowid FROM incident_search WHERE incident_search MATCH ? ORDER BY rowid DESC LIMIT ?", question, PageSize)
	return total, err
}

// Close ends the connection.
func (d *DB) Close() error {
	if err := d.pool.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Checkpoint moves the write-ahead log into the file, so that no measurement
// pays for what came before it.
func (d *DB) Checkpoint(ctx context.Context) error {
	if _, err := d.pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// PageSize is how many rows Page and FilteredPage read.
const PageSize = 50

// Page reads the rows of the list's first page, newest change first, and
// returns their number.
func (d *DB) Page(ctx context.Context, organisation int64) (int, error) {
	return d.scan(ctx, `
		SELECT i.* FROM incidents i
		WHERE i.organisation_id = ?
		ORDER BY i.updated_at DESC, i.ref DESC LIMIT ?`, organisation, PageSize)
}

// FilteredPage is Page for one accused state and one method.
func (d *DB) FilteredPage(ctx context.Context, organisation int64, origin, method string) (int, error) {
	return d.scan(ctx, `
		SELECT i.* FROM incidents i
		WHERE i.organisation_id = ? AND i.origin_country = ?
		AND EXISTS (SELECT 1 FROM incident_facets f WHERE f.incident_id = i.id AND f.facet = 'methods' AND f.code = ?)
		ORDER BY i.updated_at DESC, i.ref DESC LIMIT ?`, organisation, origin, method, PageSize)
}

// counted is the condition of the dashboard (DOMAIN.md section 10).
const counted = `i.organisation_id = ? AND i.scope = 'in_scope'
	AND i.verification_status NOT IN ('debunked', 'retracted_by_source')
	AND i.workflow_status NOT IN ('closed', 'withdrawn', 'merged')`

// panels are the questions of the dashboard's main panels.
var panels = []string{
	"SELECT COUNT(*), SUM(i.persons_min), SUM(i.persons_max) FROM incidents i WHERE " + counted,
	"SELECT i.origin_country, COUNT(*) FROM incidents i WHERE " + counted + " GROUP BY 1",
	"SELECT i.host_country, COUNT(*) FROM incidents i WHERE " + counted + " GROUP BY 1",
	"SELECT i.origin_country, i.host_country, COUNT(*) FROM incidents i WHERE " + counted + " GROUP BY 1, 2",
	"SELECT i.event_year, COUNT(*) FROM incidents i WHERE " + counted + " GROUP BY 1",
	"SELECT i.report_year, COUNT(*) FROM incidents i WHERE " + counted + " GROUP BY 1",
	`SELECT f.code, COUNT(*) FROM incident_facets f JOIN incidents i ON i.id = f.incident_id
		WHERE f.facet = 'methods_stated' AND ` + counted + " GROUP BY 1",
}

// Dashboard answers the panels one after the other and returns how many groups
// they have.
func (d *DB) Dashboard(ctx context.Context, organisation int64) (int, error) {
	groups := 0
	for _, query := range panels {
		n, err := d.scan(ctx, query, organisation)
		if err != nil {
			return 0, err
		}
		groups += n
	}
	return groups, nil
}

// Rows reads every column of every incident's row, not their entries, and
// returns the number of rows.
func (d *DB) Rows(ctx context.Context, organisation int64) (int, error) {
	return d.scan(ctx, "SELECT i.* FROM incidents i WHERE i.organisation_id = ? ORDER BY i.ref", organisation)
}

// scan reads every column of an answer and counts its rows.
func (d *DB) scan(ctx context.Context, query string, args ...any) (n int, err error) {
	rows, err := d.pool.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("query: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err below tells what went wrong
	columns, err := rows.Columns()
	if err != nil {
		return 0, fmt.Errorf("read columns: %w", err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return 0, fmt.Errorf("scan row: %w", err)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("read rows: %w", err)
	}
	return n, nil
}

// refPrefix marks the rows that Insert made; no real ref starts so.
const refPrefix = "BENCH-"

// Insert writes n rows into incidents, without entries, index of codes or
// audit, each with its own commit.
func (d *DB) Insert(ctx context.Context, n int) error {
	columns, row, err := d.template(ctx)
	if err != nil {
		return err
	}
	query := fmt.Sprintf("INSERT INTO incidents (%s) VALUES (%s)", //nolint:gosec // G201: names come from the schema
		strings.Join(columns, ", "), strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", "))
	insert, err := d.pool.PrepareContext(ctx, query)
	if err != nil {
		return fmt.Errorf("prepare insert: %w", err)
	}
	defer func() { _ = insert.Close() }() // nothing is left to write
	at := 0
	for i, c := range columns {
		if c == "ref" {
			at = i
		}
	}
	for range n {
		d.made++
		row[at] = refPrefix + strconv.Itoa(d.made)
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return fmt.Errorf("insert row: %w", err)
		}
	}
	return nil
}

// Forget deletes what Insert wrote.
func (d *DB) Forget(ctx context.Context) error {
	if _, err := d.pool.ExecContext(ctx, "DELETE FROM incidents WHERE ref LIKE ?", refPrefix+"%"); err != nil {
		return fmt.Errorf("delete rows: %w", err)
	}
	return nil
}

// template is one stored row without its id.
func (d *DB) template(ctx context.Context) (columns []string, row []any, err error) {
	rows, err := d.pool.QueryContext(ctx, "SELECT * FROM incidents ORDER BY id LIMIT 1")
	if err != nil {
		return nil, nil, fmt.Errorf("read template: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err below tells what went wrong
	all, err := rows.Columns()
	if err != nil {
		return nil, nil, fmt.Errorf("read columns: %w", err)
	}
	values, into := make([]any, len(all)), make([]any, len(all))
	for i := range values {
		into[i] = &values[i]
	}
	if !rows.Next() {
		return nil, nil, fmt.Errorf("no row to copy: %w", rows.Err())
	}
	if err := rows.Scan(into...); err != nil {
		return nil, nil, fmt.Errorf("scan template: %w", err)
	}
	for i, c := range all {
		if c != "id" {
			columns, row = append(columns, c), append(row, values[i])
		}
	}
	return columns, row, rows.Err()
}

// PageWithRelations is the list's first page under three filters with the
// communities and methods of its records, as a bare handler would read them.
func (d *DB) PageWithRelations(ctx context.Context, organisation int64, origin string, hosts []string, method string) ([]map[string]any, error) {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(hosts)), ", ")
	args := []any{organisation, origin}
	for _, h := range hosts {
		args = append(args, h)
	}
	//nolint:gosec // G202: marks of parameters
	page, err := d.maps(ctx, `SELECT i.id, i.ref, i.version, i.title, i.origin_country, i.host_country, i.first_reported, i.families, i.stage,
		i.persons_min, i.persons_max, i.scope, i.verification_status, i.workflow_status, i.sensitivity, i.created_at, i.updated_at
		FROM incidents i WHERE i.organisation_id = ? AND i.origin_country IN (?) AND i.host_country IN (`+marks+`)
		AND i.id IN (SELECT f.incident_id FROM incident_facets f WHERE f.facet = 'methods' AND f.code IN (?))
		ORDER BY i.updated_at DESC, i.ref DESC LIMIT ?`, append(args, method, PageSize)...)
	if err != nil || len(page) == 0 {
		return page, err
	}
	ids := make([]any, len(page))
	for i, r := range page {
		ids[i] = r["id"]
	}
	marks = strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")
	for _, query := range []string{"SELECT incident_id, communities FROM targets WHERE incident_id IN (", "SELECT incident_id, method FROM acts WHERE incident_id IN ("} {
		rows, err := d.maps(ctx, query+marks+") ORDER BY incident_id, position", ids...)
		if err != nil {
			return nil, err
		}
		page = append(page, rows...)
	}
	return page, nil
}

// maps reads an answer row by row.
func (d *DB) maps(ctx context.Context, query string, args ...any) (out []map[string]any, err error) {
	rows, err := d.pool.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err below tells what went wrong
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("scan row: %w", err)
		}
		row := make(map[string]any, len(columns))
		for i, c := range columns {
			row[c] = values[i]
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
