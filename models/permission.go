package models

import (
	"slices"
	"strings"
)

// Permission is what an operation needs, as noun:verb; "public" needs nothing
// and "session" any live session.
type Permission string

// Permissions without a role.
const (
	PermissionPublic  Permission = "public"
	PermissionSession Permission = "session"
)

// policy is the role table of SECURITY.md for whole operations; which records
// a holder reaches is decided by the scope of the store, not here.
var policy = map[Permission][]Role{
	"audit:instance":       {RoleInstanceAdmin},
	"audit:read":           {RoleOrgAdmin},
	"audit:verify":         {RoleOrgAdmin, RoleInstanceAdmin},
	"campaigns:write":      {RoleCaseworker, RoleReviewer},
	"comments:write":       {RoleCaseworker, RoleReviewer},
	"files:write":          {RoleCaseworker, RoleReviewer},
	"incidents:read":       {RoleAdvocate, RoleAnalyst, RoleCaseworker, RoleReviewer},
	"incidents:create":     {RoleCaseworker},
	"incidents:edit":       {RoleCaseworker, RoleReviewer},
	"incidents:review":     {RoleReviewer},
	"grants:request":       {RoleCaseworker, RoleReviewer},
	"grants:decide":        {RoleReviewer},
	"incidents:history":    {RoleAnalyst, RoleCaseworker, RoleReviewer},
	"instance:lock":        {RoleOrgAdmin, RoleInstanceAdmin},
	"keys:approve":         {RoleInstanceAdmin},
	"organisation:write":   {RoleOrgAdmin},
	"organisations:write":  {RoleInstanceAdmin},
	"stats:read":           {RoleAdvocate, RoleAnalyst, RoleCaseworker, RoleReviewer},
	"exports:create":       {RoleAdvocate, RoleAnalyst, RoleCaseworker, RoleReviewer},
	"exports:decide":       {RoleReviewer},
	"exports:package":      {RoleAnalyst, RoleCaseworker, RoleReviewer},
	"releases:approve":     {RoleReviewer},
	"releases:propose":     {RoleAnalyst},
	"releases:publish":     {RoleInstanceAdmin},
	"releases:read":        {RoleAnalyst, RoleReviewer, RoleInstanceAdmin},
	"saved_searches:write": {RoleAdvocate, RoleAnalyst, RoleCaseworker, RoleReviewer},
	"working_copies:write": {RoleCaseworker, RoleReviewer},
	"members:read":         {RoleOrgAdmin},
	"members:write":        {RoleOrgAdmin},
	"tokens:create":        {RoleAdvocate, RoleAnalyst, RoleCaseworker, RoleReviewer},
}

// KnownPermission tells whether the table has a row for it; an operation that
// names any other is refused at start.
func KnownPermission(p Permission) bool {
	_, ok := policy[p]
	return ok || p == PermissionPublic || p == PermissionSession
}

// May tells whether the principal's roles hold the permission. Unknown
// permissions are held by nobody.
func (p Principal) May(permission Permission) bool {
	if permission == PermissionPublic {
		return true
	}
	if permission == PermissionSession {
		return p.UserID != ""
	}
	return p.HasAny(policy[permission]...)
}

// NeedsFactor tells whether the principal's roles ask for a second factor: they
// export, reveal protected fields, review or administer. Today each of the six
// does one of these; a role that does none would be let off.
func (p Principal) NeedsFactor() bool {
	return p.May("exports:create") || p.May("incidents:review") || p.May("members:write") ||
		p.SeesProtected(true) || p.Has(RoleInstanceAdmin)
}

// NeedsPasskey tells whether only a passkey will do as second factor: whoever
// reviews, takes out protected fields or administers is worth phishing, and a
// passkey cannot be phished (S21).
func (p Principal) NeedsPasskey() bool {
	return p.HasAny(RoleReviewer, RoleOrgAdmin, RoleInstanceAdmin)
}

// Permissions lists what the principal may do, sorted.
func (p Principal) Permissions() []string {
	var out []string
	for permission := range policy {
		if p.May(permission) {
			out = append(out, string(permission))
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
