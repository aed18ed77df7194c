package models

import "time"

// RootKey wraps data keys. Roots come from the key file, the one in use first.
type RootKey struct {
	ID  string
	Key [32]byte
}

// Erasure is a line of the ledger of what was destroyed: enough to destroy it
// again in a restored backup, and nothing of what it was.
type Erasure struct {
	Ref            string
	OrganisationID int64
	At             time.Time
	Actor          string // user id; "" for the command line
	ReasonHash     string
	Kind           string // record, consent
}

// Kinds of erasure.
const (
	ErasedRecord  = "record"
	ErasedConsent = "consent"
)

// KeysLocked refuses what needs the keys while they are locked.
func KeysLocked() *Error {
	return Fail(KindLocked, "vault.sealed", "The keys are locked. Ask whoever runs this server to unlock them.")
}

// ToMonth is when something occurred, told by the month: bounds are moved to
// the begin and the end of theirs.
func (o Occurred) ToMonth() Occurred {
	if o.Earliest != nil {
		first := o.Earliest.MonthBegin()
		o.Earliest = &first
	}
	if o.Latest != nil {
		last := o.Latest.MonthEnd()
		o.Latest = &last
	}
	return o
}

// MonthBegin is the first day of a day's month.
func (d Day) MonthBegin() Day {
	if len(d) < 10 {
		return d
	}
	return d[:8] + "01"
}

// MonthEnd is the last day of a day's month; of what is no day, the same.
func (d Day) MonthEnd() Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return DayOf(t.AddDate(0, 1, -t.Day()))
}
