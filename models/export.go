package models

import (
	"fmt"
	"io"
	"regexp"
	"time"
)

// States of an export. One of level full waits for a second person first.
const (
	ExportSent      = "sent" // at once, without being kept
	ExportWaiting   = "waiting"
	ExportRefused   = "refused"
	ExportQueued    = "queued"
	ExportRunning   = "running"
	ExportDone      = "done"
	ExportFailed    = "failed"
	ExportCancelled = "cancelled"
	ExportExpired   = "expired"
	ExportDeleted   = "deleted" // its maker took it off the list
)

// Levels: which columns a file has and whose records.
const (
	LevelPublic       = "public"
	LevelDeIdentified = "de_identified"
	LevelFull         = "full"
)

// Formats of a file.
const (
	FormatCSV     = "csv"
	FormatXLSX    = "xlsx"
	FormatJSONL   = "jsonl"
	FormatGeoJSON = "geojson"
	FormatParquet = "parquet"
	FormatACLED   = "acled"
	FormatPackage = "package"
)

// Limits of exports (S25, S46).
const (
	ExportLife      = 24 * time.Hour // of a finished file
	FullExportsADay = 5
	MaxExportsKept  = 50 // that wait, run or can be downloaded, of one person
	PreviewRows     = 20
)

// ExportRequest is what somebody wants in a file. Query is a filter as the
// address of the list has it; what it asks for can name a person.
type ExportRequest struct {
	Query    string   `json:"query"`
	Format   string   `json:"format"`
	Level    string   `json:"level"`
	Shape    string   `json:"shape"`   // wide or long
	Columns  []string `json:"columns"` // of the wide row; empty: all of the level
	Values   string   `json:"values"`  // codes, labels or both
	Language string   `json:"language"`
	BOM      bool     `json:"bom"`
	HXL      bool     `json:"hxl"`
	Snapshot string   `json:"snapshot,omitempty"` // id: the records of that, at their versions
}

// Export is a file that somebody asked for.
type Export struct {
	ID       string
	Request  ExportRequest // protected
	State    string
	UserID   string
	UserName string
	Rows     int // records behind
	Total    int // records, 0 while nobody has counted
	Omitted  int // matching records that the level leaves out
	// SelfReviewed are those of the omitted that level full leaves out for their mark.
	SelfReviewed int
	Cut          int // texts longer than a cell
	Bytes        int64
	SHA256       string
	Failure      string // code
	DecidedBy    string // user name
	CreatedAt    time.Time
	FinishedAt   *time.Time
}

// ExpiresAt is when a finished file goes.
func (e Export) ExpiresAt() *time.Time {
	if e.State != ExportDone || e.FinishedAt == nil {
		return nil
	}
	at := e.FinishedAt.Add(ExportLife)
	return &at
}

// MayExport is the row "export level" of the role table; of level full it is
// about asking for one. Errors: permission.denied.
func (p Principal) MayExport(level string) error {
	allowed := false
	switch level {
	case LevelPublic:
		allowed = p.May("exports:create")
	case LevelDeIdentified:
		allowed = p.HasAny(RoleAnalyst, RoleCaseworker, RoleReviewer)
	case LevelFull:
		allowed = p.Has(RoleCaseworker)
	}
	if !allowed {
		return Fail(KindForbidden, "permission.denied", "Your roles do not allow this level of export.")
	}
	return nil
}

// ExportsTeamOnly tells whether only records that the principal is on the team
// of leave at this level.
func (p Principal) ExportsTeamOnly(level string) bool {
	return level == LevelFull || (level == LevelDeIdentified && !p.HasAny(RoleAnalyst, RoleReviewer))
}

// MayDecideExport tells whether the principal may say yes or no to an export. Errors:
// permission.denied, export.own_request.
func (p Principal) MayDecideExport(e Export) error {
	switch {
	case !p.Has(RoleReviewer):
		return Fail(KindForbidden, "permission.denied", "Only a reviewer decides about an export of level full.")
	case p.UserID == e.UserID:
		return Fail(KindForbidden, "export.own_request", "A second person decides about your export: ask another reviewer.")
	}
	return nil
}

// DataSnapshot is a data package that can be cited and made again. SHA256 is
// empty until it was made once.
type DataSnapshot struct {
	ID         string
	Title      string // protected
	Query      string // protected
	Source     string // name of the organisation then; protected
	UserName   string
	Mine       bool
	CreatedAt  time.Time
	Rows       int
	Omitted    int
	Bytes      int64
	SHA256     string
	Vocabulary string
	Program    string
}

// SnapshotID is how a snapshot is cited: FWD, the year, eight signs.
var SnapshotID = regexp.MustCompile(`^FWD-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{8}$`)

// NewSnapshotID draws one.
func NewSnapshotID(random io.Reader, year int) (string, error) {
	const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	drawn := make([]byte, 8)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return "", fmt.Errorf("draw snapshot id: %w", err)
	}
	for i, b := range drawn {
		drawn[i] = signs[b%32]
	}
	return fmt.Sprintf("FWD-%04d-%s", year, drawn), nil
}
