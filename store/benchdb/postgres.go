package benchdb

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
)

// Analyze tells PostgreSQL's planner what it holds, as its own daemon would in a
// while.
func Analyze(ctx context.Context, address string) error {
	return with(ctx, address, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "VACUUM ANALYZE")
		return err //nolint:wrapcheck // with does
	})
}

// CopyOut lets PostgreSQL write the answer of a query as CSV and returns the
// number of rows.
func CopyOut(ctx context.Context, address, query string, w io.Writer) (rows int64, err error) {
	err = with(ctx, address, func(conn *pgx.Conn) error {
		// As the program itself, and without compiling for longer than it runs.
		if _, err := conn.Exec(ctx, "SELECT set_config('farwatch.system', 'on', false), set_config('jit', 'off', false)"); err != nil {
			return err //nolint:wrapcheck // with does
		}
		tag, err := conn.PgConn().CopyTo(ctx, w, "COPY ("+query+") TO STDOUT (FORMAT csv)")
		rows = tag.RowsAffected()
		return err //nolint:wrapcheck // with does
	})
	return rows, err
}

func with(ctx context.Context, address string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("reach PostgreSQL: %w", err)
	}
	if err := errors.Join(do(conn), conn.Close(ctx)); err != nil {
		return fmt.Errorf("ask PostgreSQL: %w", err)
	}
	return nil
}
