package models

// FacetCounts is how many records have each code of one field.
type FacetCounts struct {
	Field string
	Items []Count // most first, then by code
}

// Bounds of one question for counts.
const (
	MaxFacetFields = 12
	MaxFacetItems  = 1000
)
