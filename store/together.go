package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Bounds of what shares a commit, so that whoever came first soon has an answer.
const (
	maxTogether     = 64
	maxTogetherTime = 50 * time.Millisecond
)

// together is how SQLite is written. One writes at a time, in the order of
// arrival. Whoever has the turn runs in a savepoint, and if somebody waits,
// hands the open transaction on; the last one commits for all. Waiting for the
// disk is what a small write costs most, and this way many wait once.
//
// Nobody is answered before that commit, not even with a refusal: it may rest
// on what a neighbour wrote. Who fails takes back only what they wrote
// themselves. If the transaction itself is lost, all are told so.
type together struct {
	pool *sql.DB // of one connection

	mu    sync.Mutex
	taken bool
	queue []chan struct{} // each is closed when it is their turn

	open *shared // of whoever has the turn; nil: nothing is written yet
}

// shared is a transaction of several writers.
type shared struct {
	conn  *sql.Conn
	tx    *sql.Tx
	begun time.Time
	ran   int
	kept  int   // of those that ran
	lost  error // why it cannot be kept
	done  chan struct{}
}

// write runs fn and answers after the commit. db says how gorm is set up.
func (t *together) write(ctx context.Context, db *gorm.DB, fn func(tx *gorm.DB) error) error {
	if err := t.take(ctx); err != nil {
		return err
	}
	s, err := t.run(ctx, db, fn)
	if s == nil {
		return err
	}
	<-s.done
	if s.lost != nil {
		return s.lost
	}
	return err
}

// run is one turn; it passes the turn on even when fn panics.
func (t *together) run(ctx context.Context, db *gorm.DB, fn func(tx *gorm.DB) error) (*shared, error) {
	defer t.pass()
	if t.open == nil {
		var err error
		if t.open, err = t.begin(ctx); err != nil {
			return nil, err
		}
	}
	s := t.open
	return s, s.run(ctx, db, fn)
}

// take waits for the turn.
func (t *together) take(ctx context.Context) error {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	t.queue = append(t.queue, turn)
	t.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(t.queue, turn)
	if i < 0 {
		return nil // the turn came at the same moment, and must be passed on
	}
	t.queue = slices.Delete(t.queue, i, i+1)
	return ctx.Err()
}

// pass ends the transaction if nobody can join it, and gives the turn to the
// next.
func (t *together) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.open; s != nil && (len(t.queue) == 0 || s.full()) {
		t.open = nil
		t.mu.Unlock() // others line up while the disk works
		s.end()
		t.mu.Lock()
	}
	if t.taken = len(t.queue) > 0; t.taken {
		close(t.queue[0])
		t.queue = t.queue[1:]
	}
}

// begin opens a transaction that outlives whoever opens it.
func (t *together) begin(ctx context.Context) (*shared, error) {
	conn, err := t.pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin: %w", err), conn.Close())
	}
	return &shared{conn: conn, tx: tx, begun: time.Now(), done: make(chan struct{})}, nil
}

func (s *shared) full() bool {
	return s.lost != nil || s.ran >= maxTogether || time.Since(s.begun) > maxTogetherTime
}

// run does one writer's work, all of it or nothing.
func (s *shared) run(ctx context.Context, db *gorm.DB, fn func(tx *gorm.DB) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.ran++
	if s.do("SAVEPOINT one"); s.lost != nil {
		return s.lost
	}
	whole := false
	defer func() {
		if !whole {
			s.do("ROLLBACK TO one")
		} else {
			s.kept++
		}
		s.do("RELEASE one")
	}()
	tx := db.Session(&gorm.Session{NewDB: true, Context: ctx})
	tx.Statement.ConnPool = untilGone{s.tx, ctx}
	if err = fn(tx); err == nil {
		err = ctx.Err()
	}
	whole = err == nil
	return err
}

// do moves between savepoints. SQLite forgets them all when it had to give up a
// transaction by itself, and then nothing of it may be kept.
func (s *shared) do(statement string) {
	if s.lost != nil {
		return
	}
	if _, err := s.tx.ExecContext(context.Background(), statement); err != nil {
		s.lost = fmt.Errorf("write together: %w", err)
	}
}

// end keeps what was written, and lets everybody know.
func (s *shared) end() {
	defer close(s.done)
	if s.lost != nil || s.kept == 0 {
		if err := s.tx.Rollback(); s.lost != nil {
			s.lost = errors.Join(s.lost, err)
		}
	} else if err := s.tx.Commit(); err != nil {
		s.lost = fmt.Errorf("commit: %w", err)
	}
	_ = s.conn.Close() // gives it back to the pool
}

// untilGone is the transaction as one writer sees it. It runs nothing more once
// they are gone, but breaks no statement off: SQLite would roll back everybody.
type untilGone struct {
	*sql.Tx
	ctx context.Context //nolint:containedctx // of the writer, as long as the transaction is theirs
}

// ExecContext runs a statement.
func (u untilGone) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := u.ctx.Err(); err != nil {
		return nil, err
	}
	return u.Tx.ExecContext(context.WithoutCancel(ctx), query, args...) //nolint:wrapcheck // gorm's caller says what it was doing
}

// QueryContext runs a question.
func (u untilGone) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := u.ctx.Err(); err != nil {
		return nil, err
	}
	return u.Tx.QueryContext(context.WithoutCancel(ctx), query, args...) //nolint:wrapcheck,sqlclosecheck,rowserrcheck // as above; gorm closes them
}

// QueryRowContext runs a question with one answer.
func (u untilGone) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return u.Tx.QueryRowContext(context.WithoutCancel(ctx), query, args...)
}
