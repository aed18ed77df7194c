package models

import (
	"regexp"
	"time"
)

// UserStatus of an account.
type UserStatus string

// The statuses.
const (
	UserActive   UserStatus = "active"
	UserDisabled UserStatus = "disabled"
)

// User is an account and its membership in one organisation. PasswordHash is
// a PHC string.
type User struct {
	ID             string // UUID
	UserName       string
	PasswordHash   string
	Status         UserStatus
	OrganisationID int64
	Organisation   string // code
	Roles          []Role
	CreatedAt      time.Time
	LastSeenAt     *time.Time
}

// Invitation is a one-time link to an account; only the token's hash is kept.
type Invitation struct {
	ID        string
	Roles     []Role
	Note      *string
	CreatedBy string // user name
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Lifetimes of one-time links (S12).
const (
	InvitationLife = 24 * time.Hour
	SetUpLinkLife  = 30 * time.Minute
)

var (
	userNamePattern         = regexp.MustCompile(`^[a-z0-9._-]{3,32}$`)
	organisationCodePattern = regexp.MustCompile(`^[a-z0-9_]{2,32}$`)
)

// ValidUserName is rule S13.
func ValidUserName(s string) bool { return userNamePattern.MatchString(s) }

// ValidOrganisationCode tells whether s can stand in files as an organisation.
func ValidOrganisationCode(s string) bool { return organisationCodePattern.MatchString(s) }

// WorkingCopy is an unfinished form, private to its author; Form is the JSON
// object the screen keeps, unchecked, at most 256 KiB.
type WorkingCopy struct {
	ID          string
	Title       *string
	IncidentRef *string
	BaseVersion *int
	Form        []byte
	UpdatedAt   time.Time
}
