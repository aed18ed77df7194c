package models

import (
	"slices"
	"time"
)

// ResetLife is how long a link to a new password works (S12).
const ResetLife = 24 * time.Hour

// Member is a person of the organisation as its administrators see them.
type Member struct {
	User
	Reset *PasswordReset // the open link to a new password
}

// PasswordReset is an open link to a new password; only the token's hash is
// kept.
type PasswordReset struct {
	CreatedBy string // user name
	ExpiresAt time.Time
	Confirmed bool // false: another administrator must confirm it first
}

// Organisation and its settings.
type Organisation struct {
	Code               string
	Name               string
	InitialSensitivity string // of a new record that says none
	FourEyes           bool   // a second person decides about what somebody wrote
	CreatedAt          time.Time
}

// OrganisationEntry is an organisation as the administrator of the server sees
// it: how many people it has, and not who.
type OrganisationEntry struct {
	Organisation
	People         int
	Administrators int // active ones
}

// MaxOrganisations bounds the list.
const MaxOrganisations = 1000

// InitialSensitivities are what an organisation may choose for new records.
func InitialSensitivities() []string { return []string{"partner", "restricted"} }

// GrantableRoles are the roles that an administrator of an organisation gives
// and takes; the operator's role comes from the command line.
func GrantableRoles() []Role {
	return []Role{RoleAdvocate, RoleAnalyst, RoleCaseworker, RoleReviewer, RoleOrgAdmin}
}

// MayManage tells whether the principal may change the account of a person with
// these roles: never their own, and an operator's only as an operator. Errors:
// member.own_account, member.operator.
func (p Principal) MayManage(userID string, roles []Role) error {
	if userID == p.UserID {
		return Fail(KindForbidden, "member.own_account", "Nobody changes their own roles or account. Ask another administrator.")
	}
	if slices.Contains(roles, RoleInstanceAdmin) && !p.Has(RoleInstanceAdmin) {
		return Fail(KindForbidden, "member.operator", "This person administers the server. Only another administrator of the server may do that.")
	}
	return nil
}

// RolesAfter are the roles of a person who is given these: an operator stays
// one. Errors: validation.failed.
func RolesAfter(held, given []Role) ([]Role, error) {
	for _, r := range given {
		if !slices.Contains(GrantableRoles(), r) {
			return nil, Invalid([]FieldError{{Pointer: "#/roles", Code: "unknown_code"}})
		}
	}
	out := slices.Clone(given)
	if slices.Contains(held, RoleInstanceAdmin) {
		out = append(out, RoleInstanceAdmin)
	}
	return out, nil
}

// RoleChanges names what a change of roles gives ("+reviewer") and takes
// ("-analyst"), for the audit.
func RoleChanges(before, after []Role) []string {
	var out []string
	for _, r := range Roles() {
		had, has := slices.Contains(before, r), slices.Contains(after, r)
		switch {
		case has && !had:
			out = append(out, "+"+string(r))
		case had && !has:
			out = append(out, "-"+string(r))
		}
	}
	return out
}

// Administers tells whether the roles hold one of the two administrators'.
func Administers(roles []Role) bool {
	return Principal{Roles: roles}.HasAny(RoleOrgAdmin, RoleInstanceAdmin)
}

// MemberSession is a live session of somebody of the organisation.
type MemberSession struct {
	Session
	UserName string
}
