package models

import (
	"slices"
	"time"
)

// What an approval of the keys is for.
const (
	KeysRotate   = "rotate"   // new keys in place of the old ones
	KeysRecovery = "recovery" // the keys as two shares, to print
)

const (
	// KeyApprovalLife is how long a code works: the two people speak to each other
	// while it is used.
	KeyApprovalLife = 15 * time.Minute
	// KeyApprovalTries is how often a wrong code or password may be given before
	// every open code for that action ends.
	KeyApprovalTries = 5
	// AloneShown is how long one sees that somebody did it alone.
	AloneShown = 30 * 24 * time.Hour
)

// KeyApproval lets another person than its maker replace or print the keys
// once.
type KeyApproval struct {
	ID        string
	Action    string
	MadeAt    time.Time
	MadeBy    string // user id
	ExpiresAt time.Time
	Tries     int // wrong codes and passwords since it was made
	UsedAt    *time.Time
}

// UsableBy tells why a person may not use the code now, or nil. Errors:
// keys.code_used, keys.code_expired, keys.code_closed, keys.own_code,
// keys.code_wrong.
func (a KeyApproval) UsableBy(user, action string, now time.Time) error {
	switch {
	case a.Action != action:
		return KeyCodeWrong()
	case a.UsedAt != nil:
		return Fail(KindGone, "keys.code_used", "This code was used already. Ask another administrator of the server for a new one (Administration, Keys).")
	case !now.Before(a.ExpiresAt):
		return Fail(KindGone, "keys.code_expired", "This code is older than 15 minutes. Ask another administrator of the server for a new one (Administration, Keys).")
	case a.Tries >= KeyApprovalTries:
		return Fail(KindGone, "keys.code_closed", "Too many wrong codes or passwords were given, so this code ended. Ask another administrator of the server for a new one (Administration, Keys).")
	case a.MadeBy == user:
		return Fail(KindForbidden, "keys.own_code", "You made this code yourself. Another administrator of the server has to make it, or run the command.")
	}
	return nil
}

// KeyCodeWrong is the answer to a code that nobody made for this.
func KeyCodeWrong() *Error {
	return Fail(KindForbidden, "keys.code_wrong", "This is no code for this command. Look whether it was copied whole and made for the same action; after 5 wrong tries open codes end.")
}

// ApprovesKeys tells whether a person may make or use a code now.
func (u User) ApprovesKeys() bool {
	return u.Status == UserActive && slices.Contains(u.Roles, RoleInstanceAdmin)
}
