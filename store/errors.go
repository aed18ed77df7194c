package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"

	"farwatch/models"
)

// SQLite result codes (sqlite.org/rescode.html).
const (
	sqliteBusy             = 5
	sqliteIOError          = 10
	sqliteCorrupt          = 11
	sqliteCorruptIndex     = 267
	sqliteFull             = 13
	sqliteNoDatabase       = 26
	sqliteUnique           = 2067
	sqlitePrimaryKey       = 1555
	sqlitePrimaryCodeBits  = 0xff
	postgresUnique         = "23505"
	postgresSerialization  = "40001"
	postgresDeadlock       = "40P01"
	postgresDiskFull       = "53100"
	postgresIOError        = "58030"
	postgresQueryCancelled = "57014"
	postgresBadText        = "22021" // a NUL or bad UTF-8, which SQLite would simply not find
)

// failure gives every database error its kind; the cause stays inside for the
// log. What is a models.Error already passes through.
func failure(err error) error {
	if err == nil {
		return nil
	}
	var known *models.Error
	if errors.As(err, &known) {
		return err
	}
	switch {
	case isUnique(err):
		return models.Fail(models.KindConflict, "record.exists", "Such an entry exists already.").Because(err)
	case postgresCode(err) == postgresBadText:
		return models.Fail(models.KindMalformed, "request.malformed", "A text holds characters that cannot be kept.").Because(err)
	case isFull(err):
		return models.Fail(models.KindFull, "database.full", "The disk is full. Nothing was saved; tell the administrator.").Because(err)
	case isUnavailable(err):
		return models.Fail(models.KindUnavailable, "database.unavailable", "The database cannot be reached. Nothing was saved; try again in a moment.").Because(err)
	}
	return err
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func postgresCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func isUnique(err error) bool {
	code := sqliteCode(err)
	return code == sqliteUnique || code == sqlitePrimaryKey || postgresCode(err) == postgresUnique
}

// violates tells whether err breaks the named unique constraint. PostgreSQL
// reports its name, SQLite the table and columns.
func violates(err error, constraint, sqliteColumns string) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == postgresUnique && pg.ConstraintName == constraint
	}
	return isUnique(err) && strings.Contains(err.Error(), sqliteColumns)
}

func isFull(err error) bool {
	return sqliteCode(err)&sqlitePrimaryCodeBits == sqliteFull || postgresCode(err) == postgresDiskFull
}

// isCorrupt tells whether the database file holds what SQLite never wrote.
func isCorrupt(err error) bool {
	code := sqliteCode(err) & sqlitePrimaryCodeBits
	return code == sqliteCorrupt || code == sqliteNoDatabase
}

// isBroken tells whether the disk failed: what a transaction left behind is not
// known then, and going on would build on it.
func isBroken(err error) bool {
	if sqliteCode(err) == sqliteCorruptIndex {
		return false // of the full-text search: it can be built again
	}
	return sqliteCode(err)&sqlitePrimaryCodeBits == sqliteIOError || postgresCode(err) == postgresIOError || isCorrupt(err)
}

func isUnavailable(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.As(err, &connect) || errors.As(err, &network) ||
		sqliteCode(err)&sqlitePrimaryCodeBits == sqliteBusy || postgresCode(err) == postgresQueryCancelled ||
		errors.Is(err, context.DeadlineExceeded)
}

// raced tells whether a transaction lost a race and may be tried again.
func raced(err error) bool {
	code := postgresCode(err)
	return code == postgresSerialization || code == postgresDeadlock
}

func absent(err error) bool { return errors.Is(err, gorm.ErrRecordNotFound) }
