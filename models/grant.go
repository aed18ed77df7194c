package models

import (
	"slices"
	"strings"
	"time"
)

// Kinds of grant: what is shared.
const (
	GrantIncident    = "incident"     // one record
	GrantSavedSearch = "saved_search" // what a filter finds
)

// States of a grant. Two are never kept: expired is an active or requested one
// whose time is over, withdrawn is one that was declined by who asked for it.
const (
	GrantRequested = "requested"
	GrantActive    = "active"
	GrantExpired   = "expired"
	GrantRevoked   = "revoked"
	GrantDeclined  = "declined"
	GrantWithdrawn = "withdrawn"
)

// What a reviewer decides about a grant.
const (
	GrantApprove = "approve"
	GrantDecline = "decline"
	GrantRevoke  = "revoke"
)

// Bounds of grants.
const (
	MaxGrantLife    = 366 * 24 * time.Hour
	MaxListedGrants = 200 // of one direction
)

// OrganisationName is how one organisation knows another.
type OrganisationName struct{ Code, Name string }

// Grant is what one organisation lets another read, until when and why. To the
// receiver it says neither who decided nor what a record is called.
type Grant struct {
	ID          string
	Kind        string
	Status      string
	Granter     OrganisationName
	Receiver    OrganisationName
	Ref         *string // of the record
	Title       *string
	SearchName  *string
	Query       *string
	Reason      string
	RequestedBy *string // user names
	DecidedBy   *string
	CreatedAt   time.Time
	DecidedAt   *time.Time
	ExpiresAt   time.Time
	RevokedAt   *time.Time
	MayApprove  bool
	MayDecline  bool
	MayRevoke   bool
	MayWithdraw bool
}

// GrantInput is what somebody asks to share.
type GrantInput struct {
	Kind      string
	Ref       string // of the record, for the one kind
	Search    string // id of the saved search, for the other
	Receiver  string // code of the organisation
	Reason    string
	ExpiresAt time.Time
}

// Validate tells what is wrong with a wish to share.
func (in GrantInput) Validate(now time.Time) error {
	var faults []FieldError
	add := func(pointer, code string) { faults = append(faults, FieldError{Pointer: pointer, Code: code}) }
	if in.Kind == GrantIncident && in.Ref == "" {
		add("#/ref", "required")
	}
	if in.Kind == GrantSavedSearch && in.Search == "" {
		add("#/saved_search_id", "required")
	}
	if fault := TextFault(in.Reason); fault != "" {
		add("#/reason", fault)
	} else if strings.TrimSpace(in.Reason) == "" {
		add("#/reason", "required")
	}
	if !in.ExpiresAt.After(now) {
		add("#/expires_at", "in_the_past")
	}
	if in.ExpiresAt.After(now.Add(MaxGrantLife)) {
		add("#/expires_at", "too_far_ahead")
	}
	if len(faults) > 0 {
		return Invalid(faults)
	}
	return nil
}

// Freezable tells whether a filter means the same to everybody, so that it can
// be kept in a grant. Errors: validation.failed.
func (f IncidentFilter) Freezable() error {
	if f.Mine != nil {
		return Invalid([]FieldError{{Pointer: "#/saved_search_id", Code: "filter_of_a_person"}})
	}
	return nil
}

// Lendable tells whether another organisation may be let read the record.
func Lendable(sensitivity, workflow string) bool {
	return Searched(sensitivity) && !slices.Contains([]string{StatusWithdrawn, StatusMerged}, workflow)
}

// GrantMissing is for a grant that is not there, not in force or not for this
// organisation: nobody learns which.
func GrantMissing() *Error { return NotFound("grant") }

// Lent is the record as another organisation is let read it: nothing protected,
// and nothing of how the record came about and who worked on it.
func (rec Incident) Lent() Incident {
	rec, _ = Principal{}.Redact(rec)
	rec.OnTeam, rec.Named, rec.CreatedBy = false, false, ""
	rec.EmbargoUntil, rec.ClosingReason, rec.WithdrawalReason, rec.MergedInto, rec.Pending = nil, nil, nil, nil, nil
	return rec
}

// Lent is who a principal is to the organisation that shares with them: a
// reader of the plain fields, whatever they are at home.
func (p Principal) Lent(organisation int64) Principal {
	role := RoleAdvocate
	if p.HasAny(RoleAnalyst, RoleCaseworker, RoleReviewer) {
		role = RoleAnalyst
	}
	return Principal{UserID: p.UserID, OrganisationID: organisation, Roles: []Role{role}, SessionID: p.SessionID, AuthenticatedAt: p.AuthenticatedAt}
}
