package store

import (
	"encoding/json"
	"slices"

	"farwatch/models"
)

// side is one field of a table: where a record, an act or a target has its
// codes, and how the text found there becomes codes.
type side struct {
	column string // of the record
	facet  string // in the index of codes
	unit   string // column of the act or target that is counted
	expand func(raw string) []string
}

// side finds the codes of a field. An act or a target is asked for its own
// where the field is one of its fields, else its record is.
func (t tabulation) side(d models.FilterField) side {
	if t.q.Measure == models.MeasureActs {
		switch models.Facet(d.Name) {
		case models.FacetMethod:
			return side{unit: "method", expand: itself}
		case models.FacetFamily:
			return side{unit: "method", expand: func(raw string) []string { return known([]string{t.vocab.FamilyOf(raw)}) }}
		case models.FacetChannel:
			return side{unit: "channels", expand: listed}
		}
	}
	if t.q.Measure == models.MeasurePersons {
		switch models.Facet(d.Name) {
		case models.FacetCommunity:
			return side{unit: "communities", expand: t.andAbove}
		case models.FacetTargetRole:
			return side{unit: "roles", expand: listed}
		case models.FacetTargetResponse:
			return side{unit: "response", expand: itself}
		case fieldGender:
			return side{unit: "gender", expand: itself}
		}
	}
	if d.Facet == "" {
		return side{column: d.Name, expand: itself}
	}
	return side{facet: string(d.In(!t.q.IncludeImplied)), expand: itself}
}

func itself(raw string) []string { return known([]string{raw}) }

// listed reads a list of codes as rows keep it.
func listed(raw string) []string {
	var codes []string
	if json.Unmarshal([]byte(raw), &codes) != nil {
		return []string{models.CodeUnknown}
	}
	return known(codes)
}

func (t tabulation) andAbove(raw string) []string {
	var out []string
	for _, code := range listed(raw) {
		out = append(out, t.vocab.AndAbove(code)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// known leaves the unknown codes out; what has no other has CodeUnknown.
func known(codes []string) []string {
	kept := slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c == "" || slices.Contains(unknownCodes, c) })
	if len(kept) == 0 {
		return []string{models.CodeUnknown}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// fieldGender is no field of the filter; one panel counts by it.
const fieldGender models.Facet = "gender"
