package models

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Kind groups failures by what the caller can do about them; api/problem.go
// maps each to one HTTP status.
type Kind int

// The kinds of ARCHITECTURE.md section 4.
const (
	KindInternal Kind = iota
	KindMalformed
	KindUnauthenticated
	KindForbidden
	KindNotFound
	KindGone
	KindConflict
	KindStale
	KindNeedsMatch
	KindTooLarge
	KindUnsupported
	KindInvalid
	KindLocked
	KindTooMany
	KindUnavailable
	KindFull
	KindMisdirected
)

// FieldError names one bad value: Pointer for a body (RFC 6901 with a leading
// '#'), Parameter for a query or header. Code is a catalogue key; Params never
// carry the submitted value.
type FieldError struct {
	Pointer   string
	Parameter string
	Code      string
	Params    map[string]any
}

// Error is the one error value that crosses packages. Err goes to the log
// only; everything else may be shown.
type Error struct {
	Kind   Kind
	Code   string
	Detail string // a safe English sentence with the fix
	Params map[string]any
	Fields []FieldError
	Err    error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.Err)
	}
	return e.Code
}

func (e *Error) Unwrap() error { return e.Err }

// Fail makes an Error with a safe detail sentence.
func Fail(kind Kind, code, detail string) *Error {
	return &Error{Kind: kind, Code: code, Detail: detail}
}

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// Invalid is the answer of ring 2: one or more fields break a rule.
func Invalid(fields []FieldError) *Error {
	detail := "1 field needs attention."
	if len(fields) != 1 {
		detail = fmt.Sprintf("%d fields need attention.", len(fields))
	}
	return &Error{Kind: KindInvalid, Code: "validation.failed", Detail: detail, Fields: fields}
}

// SessionExpired is the one answer to a session that is not there any more.
func SessionExpired() *Error {
	return Fail(KindUnauthenticated, "session.expired", "Your session has ended. Sign in again.")
}

// Stale tells an editor that the record moved on to this version meanwhile.
func Stale(version int) *Error {
	return &Error{
		Kind: KindStale, Code: "incident.stale", Params: map[string]any{"current_version": version},
		Detail: fmt.Sprintf("Somebody saved version %d since you began. Load it, compare, and save again.", version),
	}
}

// NotFound is the same answer for absent and for invisible (S28).
func NotFound(noun string) *Error {
	return Fail(KindNotFound, noun+".not_found", "There is no such record, or you may not see it.")
}

// TooMany tells to wait; a client hears it in whole seconds, rounded up.
func TooMany(code, detail string, wait time.Duration) *Error {
	return &Error{Kind: KindTooMany, Code: code, Detail: detail, Params: map[string]any{"retry_after": int(math.Ceil(wait.Seconds()))}}
}

// KindOf is the kind of the Error inside err, KindInternal if there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}
