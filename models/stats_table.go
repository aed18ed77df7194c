package models

import "time"

// Measure is what a table counts.
type Measure string

// The measures. Persons are a lower and an upper bound; the three never share
// an axis.
const (
	MeasureIncidents Measure = "incidents"
	MeasureActs      Measure = "acts"
	MeasurePersons   Measure = "persons"
)

// CodeUnknown heads the row or column of what has no known value.
const CodeUnknown = "unknown"

// TableQuery asks for one table over a filter. Columns may be nil.
type TableQuery struct {
	Rows, Columns         *FilterField
	Measure               Measure
	IncludeImplied        bool
	MostRows, MostColumns int  // beyond them the least frequent are left out
	RecruitmentOnly       bool // only records with family recruitment
}

// Amounted is one figure of a table. Max and WithoutMax belong to persons: the
// upper bound over the targets that have one, and how many have none.
type Amounted struct {
	Count      int
	Max        *int
	WithoutMax int
}

// TableCode is the figure of one row or column. With several values to a
// record it is not the sum of its cells.
type TableCode struct {
	Code string
	Amounted
}

// TableCell is the figure where a row and a column meet; empty ones are left out.
type TableCell struct {
	Row, Column string
	Amounted
}

// StatsTable is a table of figures by one or two fields. CodeUnknown is a code
// like others, and stands last.
type StatsTable struct {
	AsOf                        time.Time
	Key                         string // of a panel of the dashboard
	Query                       TableQuery
	Incidents                   int
	Total                       Amounted
	Rows, Columns               []TableCode // most first, then by code
	Cells                       []TableCell
	OmittedRows, OmittedColumns int
}

// PersonsBy counts persons by one code of their targets.
type PersonsBy struct {
	Total, Unknown Amounted
	Items          []TableCode
}

// StatedAmount is money as somebody stated it, never converted, and how many
// incidents it was stated in.
type StatedAmount struct {
	Currency, Period string
	Min, Max         *float64
	Text             string
	Count            int
}

// Coverage is what one community in one host country rests on.
type Coverage struct {
	Community, HostCountry string
	Count                  int
	Partner                int   // incidents that came through a partner
	OwnLanguage            *bool // a source in a language of the community; nil: its languages are not in the vocabulary
}

// StatsPanels are the parts of the dashboard that cross two fields or look
// into the entries of a record.
type StatsPanels struct {
	Tables          []StatsTable
	FamilyLever     Breakdown
	EvidenceKinds   Breakdown
	AccusedAsked    Breakdown
	PersonsByRole   PersonsBy
	PersonsByGender PersonsBy
	Amounts         []StatedAmount // by currency, period, amount
	AmountsHidden   int            // figures of restricted and sealed records, which stay closed here
	AmountsCut      bool           // there are more than the answer holds
	Coverage        []Coverage     // most first
	CoverageOmitted int
}

// FamilyInducements are the offers that turn on the target's family.
func FamilyInducements() []string {
	return []string{"family_contact", "family_reunion", "family_release", "family_safety"}
}
