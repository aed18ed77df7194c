package models

import (
	"slices"
	"strconv"
	"time"
)

// TokenScope is one thing that a token lets a program do. There is none for
// protected fields, for administration or for changing anything.
type TokenScope string

// The scopes.
const (
	ScopeRecords      TokenScope = "records:read"
	ScopeStats        TokenScope = "stats:read"
	ScopePublic       TokenScope = "exports:public"
	ScopeDeIdentified TokenScope = "exports:de_identified"
)

// tokenScopes says which permission of the person each scope passes on.
var tokenScopes = map[TokenScope]Permission{
	ScopeRecords:      "incidents:read",
	ScopeStats:        "stats:read",
	ScopePublic:       "exports:create",
	ScopeDeIdentified: "exports:package",
}

// Bounds of tokens.
const (
	MaxTokens    = 10 // live ones of one person
	MaxTokenDays = 365
)

// KnownTokenScope tells whether s is one of the four.
func KnownTokenScope(s TokenScope) bool {
	_, known := tokenScopes[s]
	return known
}

// AccessToken lets a program read in a person's place. The secret itself is
// shown once and kept nowhere.
type AccessToken struct {
	ID         string // UUID
	Name       string
	Scopes     []TokenScope
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedOn *Day // nothing else of its use is kept
}

// MemberToken is one with whose it is, for who administers the organisation.
type MemberToken struct {
	AccessToken
	UserID, UserName string
}

// TokenFaults names the scopes that the person cannot pass on or names twice.
func (p Principal) TokenFaults(scopes []TokenScope) (out []FieldError) {
	for i, scope := range scopes {
		pointer := "#/scopes/" + strconv.Itoa(i)
		if slices.Contains(scopes[:i], scope) {
			out = append(out, FieldError{Pointer: pointer, Code: "duplicate"})
		} else if !p.May(tokenScopes[scope]) {
			out = append(out, FieldError{Pointer: pointer, Code: "scope_beyond_roles"})
		}
	}
	return out
}

// Machine tells whether a program asks, by a token: it sees no protected field,
// no restricted or sealed record and no tombstone's content, whatever the
// person's roles are.
func (p Principal) Machine() bool { return p.TokenID != "" }

// Granted tells whether the token has one of the scopes that let it into an
// operation; a session needs none.
func (p Principal) Granted(scopes ...TokenScope) bool {
	return !p.Machine() || slices.ContainsFunc(scopes, func(s TokenScope) bool { return slices.Contains(p.TokenScopes, s) })
}

// TokenInvalid is the one answer to a token that is unknown, expired or
// revoked.
func TokenInvalid() *Error {
	return Fail(KindUnauthenticated, "token.invalid", "This token is unknown, has expired or was revoked. Make a new one on the page of your account.")
}

// ScopeMissing is the answer to a token that was made for something else.
func ScopeMissing() *Error {
	return Fail(KindForbidden, "token.scope_missing", "This token was not made for that. Make one with the scope that the operation names.")
}

// TokenNotAccepted is the answer where no token is let in.
func TokenNotAccepted() *Error {
	return Fail(KindForbidden, "token.not_accepted", "No token may do this: sign in yourself.")
}
