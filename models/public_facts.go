package models

import (
	"cmp"
	"slices"
	"time"
)

// PublicFacts are the codes by which the public finds and counts a published
// record. They come from what is published and from nothing else, so that no
// filter and no count can tell more than the record's page does.
type PublicFacts struct {
	Ref           string             `json:"-"`
	PublishedAt   time.Time          `json:"-"`
	Vocabulary    string             `json:"vocabulary"` // version that the facets were made under
	UpdatedAt     time.Time          `json:"updated_at"`
	OriginCountry string             `json:"origin_country"`
	HostCountry   string             `json:"host_country"`
	ProxyCountry  string             `json:"proxy_country,omitempty"`
	Police        string             `json:"police_reported"`
	Verification  string             `json:"verification_status"`
	Scope         string             `json:"scope"`
	InFHScope     string             `json:"in_fh_scope"`
	InUKScope     string             `json:"in_uk_scope"`
	InOHCHRScope  string             `json:"in_ohchr_scope"`
	Stage         *int               `json:"stage,omitempty"`
	Origins       int                `json:"independent_origins"`
	PersonsMin    int                `json:"persons_min"`
	PersonsMax    *int               `json:"persons_max,omitempty"`
	EventYear     *int               `json:"event_year,omitempty"`
	ReportYear    *int               `json:"report_year,omitempty"`
	Earliest      *Day               `json:"earliest,omitempty"`
	Latest        *Day               `json:"latest,omitempty"`
	FirstReported *Day               `json:"first_reported,omitempty"`
	Facets        map[Facet][]string `json:"facets"`
}

// Facts are the codes of what is published of the record.
func (p PublicIncident) Facts(v *Vocabulary) PublicFacts {
	r := p.Record
	out := PublicFacts{
		Ref: r.Ref, Vocabulary: v.Version, UpdatedAt: r.UpdatedAt, OriginCountry: r.OriginCountry, HostCountry: r.HostCountry,
		Police: r.PoliceReported, Verification: r.VerificationStatus, Scope: r.Computed.Scope, InFHScope: r.Computed.InFHScope,
		InUKScope: r.Computed.InUKScope, InOHCHRScope: r.Computed.InOHCHRScope, Stage: r.Computed.Stage,
		Origins: r.Computed.IndependentOrigins, PersonsMin: r.Computed.PersonsMin, PersonsMax: r.Computed.PersonsMax,
		EventYear: r.Computed.EventYear, Earliest: r.Occurred.Earliest, Latest: r.Occurred.Latest, FirstReported: r.FirstReported,
		Facets: facetsOf(r.IncidentInput, v),
	}
	if r.ProxyCountry != nil {
		out.ProxyCountry = *r.ProxyCountry
	}
	if r.FirstReported != nil {
		year := r.FirstReported.Year()
		out.ReportYear = &year
	}
	if r.PublishedAt != nil {
		out.PublishedAt = *r.PublishedAt
	}
	return out
}

// Counted tells whether the record enters totals (DOMAIN.md section 10).
func (p *PublicFacts) Counted() bool {
	return p.Scope == ScopeIn && slices.Contains(CountedVerification(), p.Verification)
}

func (p *PublicFacts) column(name string) string {
	switch name {
	case "origin_country":
		return p.OriginCountry
	case "host_country":
		return p.HostCountry
	case "proxy_country":
		return p.ProxyCountry
	case "police_reported":
		return p.Police
	case "verification_status":
		return p.Verification
	case "scope":
		return p.Scope
	case "in_fh_scope":
		return p.InFHScope
	case "in_uk_scope":
		return p.InUKScope
	case "in_ohchr_scope":
		return p.InOHCHRScope
	}
	return "" // not published: nothing has it
}

func (p *PublicFacts) number(name string) *int {
	switch name {
	case "stage":
		return p.Stage
	case "event_year":
		return p.EventYear
	case "report_year":
		return p.ReportYear
	}
	return nil
}

// PublicMatch is the filter as a question about one published record, with the
// same meaning as the filter of the staff's list. Whatever is not published
// cannot be asked for: such members match nothing. Text and combined conditions
// are not part of it.
func (f IncidentFilter) PublicMatch() func(*PublicFacts) bool {
	var tests []func(*PublicFacts) bool
	for _, d := range FilterFields() {
		if codes := d.Codes(&f); len(codes) > 0 {
			tests = append(tests, publicCodes(d, codes, f.ExplicitOnly))
		}
		if d.Ints == nil {
			continue
		}
		if numbers := *d.Ints(&f); len(numbers) > 0 {
			tests = append(tests, func(p *PublicFacts) bool {
				n := p.number(d.Name)
				return n != nil && slices.Contains(numbers, *n)
			})
		}
	}
	tests = append(tests, f.publicDates()...)
	if f.Counted != nil {
		tests = append(tests, func(p *PublicFacts) bool { return p.Counted() == *f.Counted })
	}
	if f.UpdatedSince != nil {
		tests = append(tests, func(p *PublicFacts) bool { return !p.UpdatedAt.Before(UTC(*f.UpdatedSince)) })
	}
	return func(p *PublicFacts) bool {
		for _, test := range tests {
			if !test(p) {
				return false
			}
		}
		return true
	}
}

func publicCodes(d FilterField, codes []string, explicitOnly bool) func(*PublicFacts) bool {
	if d.Facet == "" {
		return func(p *PublicFacts) bool {
			code := p.column(d.Name)
			return code != "" && slices.Contains(codes, code)
		}
	}
	facet := d.In(explicitOnly)
	return func(p *PublicFacts) bool { return overlaps(p.Facets[facet], codes) }
}

// publicDates match by overlap, null counting as open; a record without any
// bound is left out of a date filter.
func (f IncidentFilter) publicDates() []func(*PublicFacts) bool {
	var tests []func(*PublicFacts) bool
	dated := func(p *PublicFacts) bool { return p.Earliest != nil || p.Latest != nil }
	if f.Undated != nil {
		tests = append(tests, func(p *PublicFacts) bool { return dated(p) != *f.Undated })
	}
	if f.DateFrom != nil || f.DateTo != nil {
		tests = append(tests, func(p *PublicFacts) bool { return dated(p) && f.spans(p.Earliest, p.Latest) })
	}
	if f.ReportedFrom != nil {
		tests = append(tests, func(p *PublicFacts) bool { return p.FirstReported != nil && *p.FirstReported >= *f.ReportedFrom })
	}
	if f.ReportedTo != nil {
		tests = append(tests, func(p *PublicFacts) bool { return p.FirstReported != nil && *p.FirstReported <= *f.ReportedTo })
	}
	return tests
}

func (f IncidentFilter) spans(earliest, latest *Day) bool {
	if f.DateWithin {
		return earliest != nil && latest != nil && (f.DateFrom == nil || *earliest >= *f.DateFrom) && (f.DateTo == nil || *latest <= *f.DateTo)
	}
	return (f.DateFrom == nil || latest == nil || *latest >= *f.DateFrom) && (f.DateTo == nil || earliest == nil || *earliest <= *f.DateTo)
}

// PublicItem is one row of the public list.
type PublicItem struct {
	Ref                string
	Version            int
	Organisation       string
	Title              string
	OriginCountry      string
	HostCountry        string
	Occurred           Occurred
	EDTF               string
	FirstReported      *Day
	Communities        []string
	Methods            []string
	Families           []string
	VerificationStatus string
	PersonsMin         int
	PersonsMax         *int
	PublishedAt        time.Time
	UpdatedAt          time.Time
}

// Item is the record's row in the list.
func (p PublicIncident) Item() PublicItem {
	r := p.Record
	out := PublicItem{
		Ref: r.Ref, Version: r.Version, Organisation: p.Organisation, Title: r.Title, OriginCountry: r.OriginCountry, HostCountry: r.HostCountry,
		Occurred: r.Occurred, EDTF: r.Computed.EDTF, FirstReported: r.FirstReported, Families: r.Computed.Families,
		VerificationStatus: r.VerificationStatus, PersonsMin: r.Computed.PersonsMin, PersonsMax: r.Computed.PersonsMax, UpdatedAt: r.UpdatedAt,
	}
	for _, t := range r.Targets {
		out.Communities = addNew(out.Communities, t.Communities...)
	}
	for _, a := range r.Acts {
		out.Methods = addNew(out.Methods, a.Method)
	}
	if r.PublishedAt != nil {
		out.PublishedAt = *r.PublishedAt
	}
	return out
}

func addNew(list []string, codes ...string) []string {
	for _, c := range codes {
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// PublicChange is one line of the feed: a published or corrected record, or
// the tombstone of one.
type PublicChange struct {
	Item      *PublicItem // nil: Tombstone
	Summary   string
	Tombstone *Tombstone
}

// At is when the change happened.
func (c PublicChange) At() time.Time {
	if c.Item != nil {
		return c.Item.UpdatedAt
	}
	return c.Tombstone.WithdrawnAt
}

// ByPublication puts the newest publication first; the ref breaks ties.
func ByPublication(a, b *PublicFacts) int {
	return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(b.Ref, a.Ref))
}
