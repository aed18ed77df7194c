package models

import "time"

// Count is how many distinct records carry a code.
type Count struct {
	Code  string
	Count int
}

// Breakdown counts records by one dimension. Unit is incidents. Unknown are
// records of the denominator without a value, or with nothing but unknown
// ones; they are not in Items.
type Breakdown struct {
	Denominator int
	MultiValued bool
	Unknown     int
	Items       []Count // most first, then by code
}

// Years counts records by year; Undated are those that no single year holds.
type Years struct {
	Denominator int
	Undated     int
	Items       []YearCount // by year
}

// YearCount is one bar of Years.
type YearCount struct{ Year, Count int }

// MatrixCell counts records of one accused state in one host country.
type MatrixCell struct {
	OriginCountry string
	HostCountry   string
	Count         int
}

// Stats are the dashboard's numbers over one filter, read in one snapshot.
type Stats struct {
	AsOf              time.Time
	Incidents         int
	PersonsMin        int
	PersonsMax        int // over the records that have an upper bound
	PersonsWithoutMax int // records that have none
	Undated           int // records without any bound
	EventYear         Years
	ReportYear        Years
	Matrix            []MatrixCell // most first
	// Breakdowns by name: origin_country, host_country, methods, families,
	// communities, target_roles, channels, inducements, demands,
	// police_reported, host_responses, origin_responses, harms,
	// verification_status, independent_origins, stage, in_fh_scope,
	// in_uk_scope, in_ohchr_scope, workflow_status, perpetrator_types.
	Breakdowns map[string]Breakdown
}
