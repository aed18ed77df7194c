package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// Bounds of the statements that a connection keeps. A save takes about sixty;
// longer ones are those of many rows, whose number changes each time.
const (
	maxStatements     = 300
	maxStatementBytes = 24 << 10
)

// parsedOnce makes connections of SQLite that keep what they have parsed: half
// of the time of a save went into reading the same statements anew.
type parsedOnce struct{ driver.Connector }

// Connect opens a connection.
func (p parsedOnce) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	inner, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("connect: the driver lacks a method"), opened.Close())
	}
	return &parsingConn{sqliteConn: inner, parsed: map[string]*parsed{}}, nil
}

// sqliteConn is everything that database/sql asks of a connection.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// parsingConn is used by one goroutine at a time, as database/sql promises.
type parsingConn struct {
	sqliteConn
	parsed map[string]*parsed
}

// parsed is a statement ready to run. While rows of it are open it cannot run a
// second time.
type parsed struct {
	driver.Stmt
	open bool
}

// Unwrap gives the driver's own connection.
func (c *parsingConn) Unwrap() driver.Conn { return c.sqliteConn }

// Close forgets all statements, since SQLite wants them ended before it closes.
func (c *parsingConn) Close() error {
	var errs []error
	for _, p := range c.parsed {
		errs = append(errs, p.Close())
	}
	c.parsed = nil
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// find gives the statement of a text, nil if it is better run without: whatever
// is no plain reading or writing of rows, or has rows open.
func (c *parsingConn) find(ctx context.Context, query string) (*parsed, error) {
	if p := c.parsed[query]; p != nil {
		if p.open {
			return nil, nil
		}
		return p, nil
	}
	if len(query) > maxStatementBytes || !plain(query) {
		return nil, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err //nolint:wrapcheck // as the driver says it, so that its codes are read
	}
	if len(c.parsed) >= maxStatements {
		c.forgetOne()
	}
	p := &parsed{Stmt: s}
	c.parsed[query] = p
	return p, nil
}

// forgetOne drops any statement: those that are asked all the time come back.
func (c *parsingConn) forgetOne() {
	for query, p := range c.parsed {
		if !p.open {
			_ = p.Close() // tells again how it ended when it last ran
			delete(c.parsed, query)
			return
		}
	}
}

func plain(query string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(query, " \t\n("), " ")
	switch strings.ToUpper(word) {
	case "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return true
	}
	return false
}

// ExecContext runs a statement.
func (c *parsingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	p, err := c.find(ctx, query)
	if err != nil {
		return nil, err
	}
	if run, ok := stmtOf[driver.StmtExecContext](p); ok {
		return run.ExecContext(ctx, args) //nolint:wrapcheck // see find
	}
	return c.sqliteConn.ExecContext(ctx, query, args) //nolint:wrapcheck // see find
}

// QueryContext runs a question.
func (c *parsingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	p, err := c.find(ctx, query)
	if err != nil {
		return nil, err
	}
	run, ok := stmtOf[driver.StmtQueryContext](p)
	if !ok {
		return c.sqliteConn.QueryContext(ctx, query, args) //nolint:wrapcheck // see find
	}
	rows, err := run.QueryContext(ctx, args)
	if err != nil {
		return nil, err //nolint:wrapcheck // see find
	}
	typed, ok := rows.(sqliteRows)
	if !ok {
		return nil, errors.Join(errors.New("query: the driver's rows lack a method"), rows.Close())
	}
	p.open = true
	return &parsedRows{sqliteRows: typed, of: p}, nil
}

func stmtOf[S any](p *parsed) (s S, ok bool) {
	if p != nil {
		s, ok = p.Stmt.(S)
	}
	return s, ok
}

// sqliteRows is everything that database/sql asks of rows.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// parsedRows give their statement back when they are closed.
type parsedRows struct {
	sqliteRows
	of *parsed
}

// Close ends the rows.
func (r *parsedRows) Close() error {
	r.of.open = false
	return r.sqliteRows.Close() //nolint:wrapcheck // see find
}
