package models

import "time"

// Dismissal is what somebody said of a pair of records: they do not tell the
// same. It holds for the organisation until it is taken back.
type Dismissal struct {
	By   string // user name
	At   time.Time
	Note *string // protected
}
