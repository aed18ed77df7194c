package models

import "time"

// States of an import. It waits for its file, then for a person's map; then it
// is checked, which writes no record, and run.
const (
	ImportUploading = "uploading"
	ImportMapping   = "mapping"
	ImportChecking  = "checking"
	ImportChecked   = "checked"
	ImportRunning   = "running"
	ImportDone      = "done"
	ImportCancelled = "cancelled"
	ImportUndoing   = "undoing"
	ImportUndone    = "undone"
	ImportFailed    = "failed"
)

// Outcomes of a row.
const (
	RowCreated   = "created"
	RowUpdated   = "updated"
	RowUnchanged = "unchanged"
	RowRefused   = "refused"
	RowKept      = "kept" // not taken back by an undo: edited since
)

// Limits of imports.
const (
	MaxImport      = 200 << 20
	MaxImports     = 50 // of one person, finished ones too
	ImportChunk    = 500
	MaxComparisons = 300 // rows that are compared with records before an import
)

// Import is a table on its way into records.
type Import struct {
	ID       string
	UserName string
	Name     string // protected
	State    string
	Bytes    int64
	Received int64
	Done     int // rows behind
	Total    int // rows, 0 while nobody has counted
	Created  int
	Updated  int
	// Unchanged rows say what their record says already.
	Unchanged int
	Refused   int
	Warned    int
	At        time.Time
	ChangedAt time.Time
	// Plan is the format and the map, encoded by whoever reads the file.
	// Protected.
	Plan []byte
	// Found is what reading the file showed. Protected.
	Found []byte
	// Failure is the code of what ended it.
	Failure string
}

// ImportRow is what became of a row.
type ImportRow struct {
	Number  int
	Outcome string
	Ref     string // of the record, "" for none
	// Detail is faults, warnings and likely duplicates, encoded. Protected.
	Detail []byte
}

// ImportedRow is a row ready to be written.
type ImportedRow struct {
	Number  int
	Input   IncidentInput
	Derived Derived
	Key     string // by what it finds its record; "" with Ref
	Ref     string
	// Restore: a ref that no record has becomes a record under it.
	Restore bool
	Content string // hash of what the row says
	Refused bool
	Detail  []byte
	Warned  bool
	// Merge puts what the row says over a record.
	Merge func(old IncidentInput) IncidentInput
}

// ImportMap is a map with a name that the organisation shares.
type ImportMap struct {
	ID       string
	Name     string
	UserName string
	At       time.Time
	Plan     []byte
}
