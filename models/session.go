package models

import "time"

// Lifetimes of S17: a session idles out and ages out, sooner for admins.
const (
	SessionIdle      = 30 * time.Minute
	SessionAge       = 12 * time.Hour
	AdminSessionIdle = 15 * time.Minute
	AdminSessionAge  = 4 * time.Hour
	MaxSessions      = 5

	resendWindow = 10 * time.Second
	maxResends   = 3
)

// Session is one signed-in browser: a family of refresh cookies of which only
// the newest counter is good.
type Session struct {
	ID         string // UUID, also the family in the refresh cookie
	UserID     string
	Counter    int64
	RotatedAt  time.Time
	Resends    int
	CreatedAt  time.Time
	LastSeenAt time.Time
	UserAgent  string
	EndedAt    *time.Time
	Admin      bool // the user held an admin role when it was read

	Factor          FactorKind // that opened or last renewed it
	AuthenticatedAt time.Time
}

// RefreshOutcome is the row of S17's table that a presented cookie meets.
type RefreshOutcome int

// The outcomes.
const (
	RefreshRotate RefreshOutcome = iota // n: move to n+1
	RefreshResend                       // n−1, the answer was lost: send n again
	RefreshReuse                        // older: somebody else has the cookie
	RefreshEnded                        // expired or revoked
)

// ExpiresAt is when the session ends if nothing happens before.
func (s Session) ExpiresAt() time.Time {
	idle, age := SessionIdle, SessionAge
	if s.Admin {
		idle, age = AdminSessionIdle, AdminSessionAge
	}
	byIdle, byAge := s.LastSeenAt.Add(idle), s.CreatedAt.Add(age)
	if byIdle.Before(byAge) {
		return byIdle
	}
	return byAge
}

// Live tells whether requests may still be made in the session.
func (s Session) Live(now time.Time) bool {
	return s.EndedAt == nil && now.Before(s.ExpiresAt())
}

// Present decides what a refresh cookie with this counter does at this time.
// A counter above the current one cannot have been issued and is reuse too.
func (s Session) Present(counter int64, now time.Time) RefreshOutcome {
	if !s.Live(now) {
		return RefreshEnded
	}
	if counter == s.Counter {
		return RefreshRotate
	}
	lost := counter == s.Counter-1 && !now.After(s.RotatedAt.Add(resendWindow)) && s.Resends < maxResends
	if lost {
		return RefreshResend
	}
	return RefreshReuse
}

// ReadQuota is how many records with protected words one person may open
// (S25). A session in the wrong hands gives away that many and no more.
type ReadQuota struct{ Hour, Day int }

// DefaultReadQuota is what a caseworker of a busy desk does not meet.
var DefaultReadQuota = ReadQuota{Hour: 120, Day: 600}

// Times multiplies the quota, for the demo.
func (q ReadQuota) Times(n int) ReadQuota { return ReadQuota{Hour: q.Hour * n, Day: q.Day * n} }
