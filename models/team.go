package models

import (
	"slices"
	"time"
)

// Teammate is somebody of the organisation as one record sees them.
type Teammate struct {
	UserID   string
	UserName string
	Roles    []Role
	OnTeam   bool
	Named    bool // of a sealed record
}

// SeesRecord tells whether the person may read the record's protected fields,
// and so its comments.
func (t Teammate) SeesRecord(sensitivity string) bool {
	p := Principal{Roles: t.Roles}
	return p.SeesProtected(t.OnTeam) && (sensitivity != "sealed" || t.Named)
}

// MayJoin tells whether the person may be put on the team: caseworkers, and
// reviewers of a sealed record, who do not see it without a name.
func (t Teammate) MayJoin(sensitivity string) bool {
	return slices.Contains(t.Roles, RoleCaseworker) || sensitivity == "sealed" && slices.Contains(t.Roles, RoleReviewer)
}

// ReviewRequest says who was asked to review a record.
type ReviewRequest struct {
	UserName string
	AskedBy  string
	At       time.Time
}

// Team is who works on a record, and who could.
type Team struct {
	People    []Teammate // of the organisation, those who may join or review
	Asked     []ReviewRequest
	Authors   []string // of the version that stands: they are not its reviewers
	MayAssign bool
}

// MayReviewAsAsked tells whether the person may be asked to review the version
// that these authors wrote.
func (t Teammate) MayReviewAsAsked(sensitivity string, authors []string) bool {
	return slices.Contains(t.Roles, RoleReviewer) && t.SeesRecord(sensitivity) && !slices.Contains(authors, t.UserName)
}
