package benchdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// written are the tables that an import writes for a record, parents first.
var written = []string{
	"incidents", "targets", "perpetrators", "acts", "act_perpetrators", "inducements", "amounts", "demands", "sources", "citations", "evidence",
	"responses", "harms", "relations", "consents", "incident_campaigns", "incident_facets", "incident_members", "incident_revisions",
}

// mostParameters is what SQLite takes in one statement.
const mostParameters = 32_000

// batch is the rows of one table.
type batch struct {
	table   string
	columns []string
	rows    [][]any
}

// LastID is the highest internal id of a record.
func (d *DB) LastID(ctx context.Context) (id int64, err error) {
	if err := d.pool.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM incidents").Scan(&id); err != nil {
		return 0, fmt.Errorf("read last id: %w", err)
	}
	return id, nil
}

// Copy writes the rows of the records behind an id once more, under ids moved by
// shift, as plain multi-row inserts of a number of records in a transaction, and
// tells how long the inserts took; reading them is not counted.
func (d *DB) Copy(ctx context.Context, after, shift int64, records int) (took time.Duration, err error) {
	last, err := d.LastID(ctx)
	if err != nil {
		return 0, err
	}
	for from := after; from < last; from += int64(records) {
		var all []batch
		for _, table := range written {
			b, err := d.rowsOf(ctx, table, from, from+int64(records), shift)
			if err != nil {
				return 0, err
			}
			all = append(all, b)
		}
		begun := time.Now()
		if err := d.insertAll(ctx, all); err != nil {
			return 0, err
		}
		took += time.Since(begun)
	}
	return took, nil
}

// ForgetCopies deletes what Copy wrote behind an id.
func (d *DB) ForgetCopies(ctx context.Context, after int64) error {
	for _, table := range slices.Backward(written) {
		//nolint:gosec // G202: names of our own
		if _, err := d.pool.ExecContext(ctx, "DELETE FROM "+table+" WHERE "+idOf(table)+" > ?", after); err != nil {
			return fmt.Errorf("delete copies of %s: %w", table, err)
		}
	}
	return nil
}

func idOf(table string) string {
	if table == "incidents" {
		return "id"
	}
	return "incident_id"
}

func (d *DB) rowsOf(ctx context.Context, table string, after, to, shift int64) (b batch, err error) {
	key := idOf(table)
	rows, err := d.pool.QueryContext(ctx, "SELECT * FROM "+table+" WHERE "+key+" > ? AND "+key+" <= ?", after, to) //nolint:gosec // G202: names of our own
	if err != nil {
		return b, fmt.Errorf("read %s: %w", table, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	b.table = table
	if b.columns, err = rows.Columns(); err != nil {
		return b, fmt.Errorf("read columns: %w", err)
	}
	for rows.Next() {
		values, into := make([]any, len(b.columns)), make([]any, len(b.columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return b, fmt.Errorf("scan %s: %w", table, err)
		}
		for i, c := range b.columns {
			if id, ok := values[i].(int64); ok && c == key {
				values[i] = id + shift
			}
			if c == "ref" {
				values[i] = fmt.Sprintf("%s%d", refPrefix, values[slices.Index(b.columns, "id")])
			}
		}
		b.rows = append(b.rows, values)
	}
	return b, rows.Err()
}

func (d *DB) insertAll(ctx context.Context, all []batch) error {
	tx, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for _, b := range all {
		one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(b.columns)), ",") + ")"
		for part := range slices.Chunk(b.rows, max(1, mostParameters/max(1, len(b.columns)))) {
			//nolint:gosec // G202: names come from the schema
			query := "INSERT INTO " + b.table + " (" + strings.Join(b.columns, ", ") + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+",", len(part)), ",")
			args := make([]any, 0, len(part)*len(b.columns))
			for _, r := range part {
				args = append(args, r...)
			}
			if _, err := tx.ExecContext(ctx, query, args...); err != nil {
				return errors.Join(fmt.Errorf("insert %s: %w", b.table, err), tx.Rollback())
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
