package models

import (
	"slices"
	"time"
)

// PublicIncident is what the public reads of a published record. Record holds
// public members only; all others are empty.
type PublicIncident struct {
	Record       Incident
	Organisation string   // name
	Campaigns    []string // titles
}

// Tombstone is all that is left to see of a withdrawn or merged record.
type Tombstone struct {
	Ref         string
	Version     int
	WithdrawnAt time.Time
	Reason      string // code of withdrawal_reason; to the public its public_as
	MergedInto  *string
	ETag        string // for whoever may move the record on
	Moves       []Move
}

// Gone is the answer to a ref whose record was withdrawn or merged.
func Gone(t Tombstone) *Error {
	code, detail := "incident.withdrawn", "This record was withdrawn."
	if t.MergedInto != nil {
		code, detail = "incident.merged", "This record was merged into another one."
	}
	e := Fail(KindGone, code, detail)
	e.Params = map[string]any{"tombstone": t}
	return e
}

// PublicReason is what the public is told of a withdrawal.
func PublicReason(reason string, v *Vocabulary) string {
	term, ok := v.Term("withdrawal_reason", reason)
	if !ok {
		return "not_stated"
	}
	return term.PublicAs
}

// Public chooses, member by member, what DOMAIN.md section 2 marks as public
// once published. What is not named here does not leave.
func (rec Incident) Public(v *Vocabulary) Incident {
	out := Incident{
		IncidentInput: IncidentInput{
			Title: rec.Title, Summary: rec.Summary, OriginCountry: rec.OriginCountry, OriginEntity: rec.OriginEntity,
			AttributionBasis: rec.AttributionBasis, HostCountry: rec.HostCountry, HostPlace: rec.HostPlace.public(),
			ProxyCountry: rec.ProxyCountry, Occurred: rec.Occurred, FirstReported: rec.FirstReported, PoliceReported: rec.PoliceReported,
			Inducements: rec.Inducements, Demands: rec.Demands, Responses: rec.Responses, Harms: rec.Harms,
		},
		Ref: rec.Ref, Version: rec.Version, VerificationStatus: rec.VerificationStatus, SelfReviewed: rec.SelfReviewed, WorkflowStatus: StatusPublished,
		VocabularyVersion: rec.VocabularyVersion, UpdatedAt: rec.UpdatedAt, PublishedAt: rec.PublishedAt, Computed: rec.Computed,
	}
	out.Computed.EffectiveConsent = nil
	out.Targets = mapped(rec.Targets, func(t Target) Target { return rec.publicTarget(t, v) })
	out.Perpetrators = mapped(rec.Perpetrators, func(p Perpetrator) Perpetrator {
		return Perpetrator{ID: p.ID, Type: p.Type, Body: p.Body, Note: p.Note}
	})
	out.Acts = rec.Acts
	for _, s := range rec.Sources {
		out.Sources = append(out.Sources, publicSource(s))
	}
	for _, e := range rec.Evidence {
		if !RestrictedEvidence(e.Kind) {
			out.Evidence = append(out.Evidence, Evidence{ID: e.ID, Kind: e.Kind, Access: e.Access, Source: e.Source, Note: e.Note})
		}
	}
	for _, l := range rec.Relations {
		if (l.Sensitivity == nil && slices.Contains(openRelations, l.Kind)) || (l.Sensitivity != nil && *l.Sensitivity == "open") {
			out.Relations = append(out.Relations, Relation{ID: l.ID, Kind: l.Kind, To: l.To})
		}
	}
	out.Citations = rec.publicCitations(out)
	return out
}

// publicTarget names a person only with the consent to be named.
func (rec Incident) publicTarget(t Target, v *Vocabulary) Target {
	out := Target{
		ID: t.ID, CountingUnit: t.CountingUnit, CountMin: t.CountMin, CountMax: t.CountMax,
		Communities: t.Communities, Roles: t.Roles, Response: t.Response,
	}
	lowest := effectiveConsent(IncidentInput{Targets: []Target{t}, Consents: slices.DeleteFunc(slices.Clone(rec.Consents), func(c Consent) bool { return c.Target != t.ID })}, v)
	if t.Identity != nil && consentAllows(lowest, "name", v) {
		out.Identity = &Identity{Names: t.Identity.Names}
	}
	return out
}

func publicSource(s Source) Source {
	if NonPublicSource(s.Kind) {
		return Source{ID: s.ID, Kind: s.Kind}
	}
	return Source{
		ID: s.ID, Kind: s.Kind, Publisher: s.Publisher, Title: s.Title, URL: s.URL, ArchiveURL: s.ArchiveURL, Language: s.Language,
		Published: s.Published, DerivedFrom: s.DerivedFrom, Reliability: s.Reliability,
	}
}

// public drops what is finer than the public precision.
func (p HostPlace) public() HostPlace {
	out := HostPlace{GeoPrecision: p.PublicGeoPrecision, PublicGeoPrecision: p.PublicGeoPrecision}
	if geoRank[p.PublicGeoPrecision] >= geoRank["admin1"] {
		out.Admin1 = p.Admin1
	}
	if geoRank[p.PublicGeoPrecision] >= geoRank["locality"] {
		out.Locality = p.Locality
	}
	return out
}

// unpublishedFields are never shown, so that a citation of one would tell that
// it is filled.
var unpublishedFields = []string{
	"internal_note", "host_place.site", "host_place.geo_precision", "discovery_route", "sensitivity", "scope_test", "roles_restricted",
	"response_restricted", "identity", "gender", "age_band", "person_name", "submitted_by", "author", "accessed", "text", "sha256", "captured_at", "tool",
}

// publicCitations are those of public entries and members, without the words
// of a source that is not public.
func (rec Incident) publicCitations(shown Incident) []Citation {
	entities := map[string]bool{"incident": true}
	shown.eachID(func(_, id string) { entities[id] = true })
	for _, l := range shown.Relations {
		delete(entities, l.ID) // whether both ends are published is decided when somebody reads
	}
	confidential := map[string]bool{}
	for _, s := range shown.Sources {
		if NonPublicSource(s.Kind) {
			confidential[s.ID] = true
			delete(entities, s.ID)
		}
	}
	out := []Citation{}
	for _, c := range rec.Citations {
		if !entities[c.Entity] || (c.Field != nil && fieldWithin(*c.Field, unpublishedFields)) {
			continue
		}
		if confidential[c.Source] {
			c.Quote, c.Note = nil, nil
		}
		c.Start, c.End = nil, nil // positions in a text that is not published
		out = append(out, c)
	}
	return out
}

// fieldWithin tells whether a field, or the member that it is part of, is one
// of the list.
func fieldWithin(field string, list []string) bool {
	return slices.ContainsFunc(list, func(name string) bool {
		return field == name || (len(field) > len(name) && field[:len(name)+1] == name+".")
	})
}
