package models

import (
	"slices"
	"time"
)

// Role is what a membership allows; one person may hold several.
type Role string

// The six roles of SECURITY.md.
const (
	RoleAdvocate      Role = "advocate"
	RoleAnalyst       Role = "analyst"
	RoleCaseworker    Role = "caseworker"
	RoleReviewer      Role = "reviewer"
	RoleOrgAdmin      Role = "org_admin"
	RoleInstanceAdmin Role = "instance_admin"
)

// Roles in the order screens show them.
func Roles() []Role {
	return []Role{RoleAdvocate, RoleAnalyst, RoleCaseworker, RoleReviewer, RoleOrgAdmin, RoleInstanceAdmin}
}

// ValidRole tells whether r is one of the six.
func ValidRole(r Role) bool { return slices.Contains(Roles(), r) }

// Principal is who asks. It is read from the database on every request (S16)
// and is inside every store.View, so no query can be typed without one.
type Principal struct {
	UserID           string // UUID
	UserName         string
	OrganisationID   int64
	Organisation     string // code
	OrganisationName string
	// InitialSensitivity is what the organisation gives a new record that says none.
	InitialSensitivity string
	// FourEyesOff is the setting of a one-person organisation: its reviewers
	// decide about their own work, which marks the record (S32).
	FourEyesOff     bool
	Roles           []Role
	SessionID       string
	Factor          FactorKind // that opened the session; FactorNone: the password alone
	AuthenticatedAt time.Time  // when the person last proved to be the one
	// Instance is what the instance let people do when the principal was read; ""
	// if nobody asked.
	Instance InstanceMode
	// TokenID and TokenScopes are of the token by which a program asks in the
	// person's place; "" for a session.
	TokenID     string
	TokenScopes []TokenScope
}

// SteppedUp tells whether the person proved to be the one so lately that
// dangerous operations may pass (S19).
func (p Principal) SteppedUp(now time.Time) bool {
	return now.Sub(p.AuthenticatedAt) <= StepUpLife
}

// Has tells whether the principal holds the role.
func (p Principal) Has(r Role) bool { return slices.Contains(p.Roles, r) }

// HasAny tells whether the principal holds one of the roles.
func (p Principal) HasAny(roles ...Role) bool { return slices.ContainsFunc(roles, p.Has) }
