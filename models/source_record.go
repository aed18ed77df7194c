package models

import (
	"net/url"
	"slices"
	"time"
)

// SourceRecord is one page that sources of several incidents stand for, as far
// as the principal sees those incidents.
type SourceRecord struct {
	Ref          string
	CanonicalURL string
	CreatedAt    time.Time
	// Incidents is how many visible incidents have it among their sources.
	Incidents int
	// Described is the entry of the visible incident that changed last.
	Described Source
	// LocalIDs are its sources in the one incident that was asked for.
	LocalIDs []string
}

// SourceVariant is a description that differs from the first, and the
// incidents that give it.
type SourceVariant struct {
	Described Source
	Incidents []string // refs
}

// SourceUse is one incident that has the page among its sources.
type SourceUse struct {
	Incident Incident
	LocalIDs []string
}

// SourceDetail is a source record with all that is said of it.
type SourceDetail struct {
	SourceRecord
	Uses []SourceUse // newest first, at most MaxSourceUses
	// Refs names the source records of other sources of those incidents, by
	// ref of the incident and local id.
	Refs map[string]map[string]string
}

// MaxSourceUses is how many incidents a source's page shows.
const MaxSourceUses = 50

// MaxCorrected is how many incidents one correction may touch.
const MaxCorrected = 200

// Described is what a description says, without what belongs to one incident.
func (s Source) Described() Source {
	return Source{
		Kind: s.Kind, Publisher: s.Publisher, Title: s.Title, URL: s.URL, ArchiveURL: s.ArchiveURL, Author: s.Author,
		Language: s.Language, Published: s.Published,
	}
}

// sameDescription ignores the spelling of the address.
func sameDescription(a, b Source) bool {
	return a.Kind == b.Kind && same(a.Publisher, b.Publisher) && same(a.Title, b.Title) && same(a.ArchiveURL, b.ArchiveURL) &&
		same(a.Author, b.Author) && same(a.Language, b.Language) && same(a.Published, b.Published)
}

func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// Variants lists the descriptions that differ from the first one.
func (d SourceDetail) Variants() []SourceVariant {
	out := []SourceVariant{}
	for _, use := range d.Uses {
		for _, s := range use.Incident.Sources {
			if !slices.Contains(use.LocalIDs, s.ID) || sameDescription(s, d.Described) {
				continue
			}
			at := slices.IndexFunc(out, func(v SourceVariant) bool { return sameDescription(v.Described, s) })
			if at < 0 {
				at, out = len(out), append(out, SourceVariant{Described: s.Described()})
			}
			if !slices.Contains(out[at].Incidents, use.Incident.Ref) {
				out[at].Incidents = append(out[at].Incidents, use.Incident.Ref)
			}
		}
	}
	return out
}

// DerivedChain follows derived_from of a source within its record, from the
// nearest to the first origin.
func DerivedChain(sources []Source, id string) []Source {
	byID := map[string]Source{}
	for _, s := range sources {
		byID[s.ID] = s
	}
	out := []Source{}
	for s := byID[id]; s.DerivedFrom != nil && len(out) < len(sources); {
		s = byID[*s.DerivedFrom]
		if s.ID == "" {
			break
		}
		out = append(out, s)
	}
	return out
}

// Replacement is a new value for a member: Set tells that there is one, a nil Value
// empties the member.
type Replacement[T any] struct {
	Set   bool
	Value *T
}

// SourceCorrection is what is to stand in every incident that has the page
// among its sources.
type SourceCorrection struct {
	Publisher, Title, Author, Language, ArchiveURL Replacement[string]
	Published                                      Replacement[Day]
}

// Validate brings the texts to their form and names every value at fault.
func (c *SourceCorrection) Validate(now time.Time) error {
	check := checker{latestDay: DayOf(now).AddDays(1)}
	for _, m := range []struct {
		pointer string
		change  *Replacement[string]
	}{
		{"#/publisher", &c.Publisher}, {"#/title", &c.Title}, {"#/author", &c.Author}, {"#/archive_url", &c.ArchiveURL},
	} {
		if m.change.Value == nil {
			continue
		}
		text := NormalizeText(*m.change.Value)
		m.change.Value = &text
		if text == "" {
			m.change.Value = nil
		}
		if fault := TextFault(text); fault != "" {
			check.fail(m.pointer, fault)
		}
	}
	check.url("#/archive_url", c.ArchiveURL.Value)
	check.day("#/published", c.Published.Value)
	if !c.Publisher.Set && !c.Title.Set && !c.Author.Set && !c.Language.Set && !c.ArchiveURL.Set && !c.Published.Set {
		check.fail("#", "nothing_to_change")
	}
	if len(check.fields) > 0 {
		return Invalid(check.fields)
	}
	return nil
}

// Apply writes the correction into the sources of a record that stand for the
// page, and tells whether that changed anything.
func (c SourceCorrection) Apply(sources []Source, canonical string) (changed []Source, any bool) {
	changed = slices.Clone(sources)
	for i := range changed {
		s := &changed[i]
		if s.URL == nil || NonPublicSource(s.Kind) || CanonicalURL(*s.URL) != canonical {
			continue
		}
		before := *s
		for _, m := range []struct {
			change Replacement[string]
			member **string
		}{
			{c.Publisher, &s.Publisher}, {c.Title, &s.Title}, {c.Author, &s.Author}, {c.Language, &s.Language}, {c.ArchiveURL, &s.ArchiveURL},
		} {
			if m.change.Set {
				*m.member = m.change.Value
			}
		}
		if c.Published.Set {
			s.Published = c.Published.Value
		}
		any = any || !sameDescription(before, *s)
	}
	return changed, any
}

// IsWebAddress tells whether a text is an address that a source may have.
func IsWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}
