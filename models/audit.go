package models

import "time"

// AuditFilter picks rows of the audit; zero members pick all.
type AuditFilter struct {
	Ref      string // of a record
	UserName string // of who did it
	Action   string
	From, To *time.Time // To is exclusive
}

// AuditCursor is where a page begins: after the Shown rows of the moment At,
// newest first. It tells nothing of how many rows other organisations have.
type AuditCursor struct {
	At    time.Time
	Shown int
}

// AuditEntry is a row of the audit as a person may see it.
type AuditEntry struct {
	At           time.Time
	Action       string
	Organisation string // code; "" for the program itself
	UserName     string // of who did it; "" for the program, or somebody of another organisation
	Object       string // ref or id; "" where it is not the reader's to know
	ObjectName   string // of a person
	Ref          string // of a record, if the object is one
	RefVisible   bool   // the reader may open it
	Fields       []string
}

// AuditVerdict says whether the chain is whole.
type AuditVerdict struct {
	Checked  int64      // rows of the reader's organisation, or of all for an operator
	Whole    bool       // as far as Checked
	Complete bool       // false: time ran out first
	BrokenAt *time.Time // of the last row that is whole, where the chain breaks
	Broken   int64      // number of the first row that does not fit; for an operator only
}
