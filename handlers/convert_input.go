package handlers

import (
	"farwatch/api/spec"
	"farwatch/models"
)

// incidentInput turns the request body into the record model. It is the only
// place where submitted fields are chosen.
func incidentInput(b spec.IncidentInput) models.IncidentInput {
	in := models.IncidentInput{
		Title: b.Title, Summary: b.Summary, InternalNote: b.InternalNote,
		OriginCountry: b.OriginCountry, OriginEntity: b.OriginEntity, AttributionBasis: b.AttributionBasis,
		HostCountry: b.HostCountry, ProxyCountry: b.ProxyCountry,
		Occurred: occurredInput(b.Occurred), FirstReported: dayInput(b.FirstReported),
		PoliceReported: b.PoliceReported, DiscoveryRoute: b.DiscoveryRoute, Sensitivity: b.Sensitivity,
		ScopeTest: models.ScopeTest{
			StateLink: string(b.ScopeTest.StateLink), CrossBorder: string(b.ScopeTest.CrossBorder),
			Reason: string(b.ScopeTest.Reason), Aim: string(b.ScopeTest.Aim), Act: string(b.ScopeTest.Act),
		},
		Targets:      each(b.Targets, targetInput),
		Perpetrators: each(b.Perpetrators, perpetratorInput),
		Acts:         each(b.Acts, actInput),
		Inducements:  each(b.Inducements, inducementInput),
		Demands:      each(b.Demands, demandInput),
		Sources:      each(b.Sources, sourceInput),
		Citations:    each(b.Citations, citationInput),
		Evidence:     each(b.Evidence, evidenceInput),
		Responses:    each(b.Responses, responseInput),
		Harms:        each(b.Harms, harmInput),
		Relations:    each(b.Relations, relationInput),
		Consents:     each(b.Consents, consentInput),
		Campaigns:    b.Campaigns,
	}
	if p := b.HostPlace; p != nil {
		in.HostPlace = models.HostPlace{
			GeoPrecision: p.GeoPrecision, PublicGeoPrecision: p.PublicGeoPrecision,
			Admin1: p.Admin1, Locality: p.Locality, Site: p.Site,
		}
	}
	in.Normalize()
	return in
}

func each[A, B any](list []A, convert func(A) B) []B {
	out := make([]B, len(list))
	for i, x := range list {
		out[i] = convert(x)
	}
	return out
}

// dayInput keeps the text as it came: Validate says what is wrong with it.
func dayInput(s *string) *models.Day {
	if s == nil {
		return nil
	}
	day := models.Day(*s)
	return &day
}

func occurredInput(o spec.Occurred) models.Occurred {
	return models.Occurred{
		Earliest: dayInput(o.Earliest), Latest: dayInput(o.Latest), Precision: o.Precision,
		Approximate: o.Approximate, Uncertain: o.Uncertain, Ongoing: o.Ongoing, Repeated: o.Repeated,
	}
}

func targetInput(t spec.Target) models.Target {
	out := models.Target{
		ID: t.Id, CountingUnit: t.CountingUnit, CountMin: 1, CountMax: t.CountMax,
		Communities: t.Communities, Roles: t.Roles, RolesRestricted: t.RolesRestricted,
		Gender: t.Gender, AgeBand: t.AgeBand, Response: t.Response, ResponseRestricted: t.ResponseRestricted,
	}
	if t.CountMin != nil {
		out.CountMin = *t.CountMin
	}
	if i := t.Identity; i != nil {
		out.Identity = &models.Identity{
			Names: nonNil(i.Names), Aliases: nonNil(i.Aliases), Contacts: nonNil(i.Contacts),
			BirthDate: dayInput(i.BirthDate), Address: i.Address, Relatives: i.Relatives, Note: i.Note,
		}
	}
	return out
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func perpetratorInput(p spec.Perpetrator) models.Perpetrator {
	return models.Perpetrator{ID: p.Id, Type: p.Type, Body: p.Body, PersonName: p.PersonName, Note: p.Note}
}

func actInput(a spec.Act) models.Act {
	out := models.Act{
		ID: a.Id, Method: a.Method, Target: a.Target, Explicitness: a.Explicitness, Channels: a.Channels, Note: a.Note,
		Perpetrators: each(a.Perpetrators, func(p spec.ActPerpetrator) models.ActPerpetrator {
			return models.ActPerpetrator{Perpetrator: p.Perpetrator, Involvement: p.Involvement}
		}),
	}
	if a.Occurred != nil {
		o := occurredInput(*a.Occurred)
		out.Occurred = &o
	}
	return out
}

func inducementInput(i spec.Inducement) models.Inducement {
	return models.Inducement{
		ID: i.Id, Kind: i.Kind, Target: i.Target, Explicitness: i.Explicitness, Condition: i.Condition, Note: i.Note,
		Amounts: each(i.Amounts, func(m spec.Amount) models.Amount {
			return models.Amount{
				ID: m.Id, AmountMin: m.AmountMin, AmountMax: m.AmountMax, AmountText: m.AmountText,
				CurrencyAsStated: m.CurrencyAsStated, CurrencyAssumed: m.CurrencyAssumed, Period: m.Period, Standing: m.Standing,
			}
		}),
	}
}

func demandInput(d spec.Demand) models.Demand {
	return models.Demand{ID: d.Id, Kind: d.Kind, Target: d.Target, Explicitness: d.Explicitness, Note: d.Note}
}

func sourceInput(s spec.Source) models.Source {
	return models.Source{
		ID: s.Id, Kind: s.Kind, Publisher: s.Publisher, Title: s.Title, URL: s.Url, ArchiveURL: s.ArchiveUrl,
		Author: s.Author, Language: s.Language, Published: dayInput(s.Published), Accessed: dayInput(s.Accessed),
		DerivedFrom: s.DerivedFrom, Reliability: s.Reliability, Scale: s.Scale, Text: s.Text,
		TextSHA256: s.TextSha256, SubmittedBy: s.SubmittedBy,
	}
}

func citationInput(c spec.Citation) models.Citation {
	return models.Citation{
		ID: c.Id, Entity: c.Entity, Field: c.Field, Source: c.Source, Quote: c.Quote, Start: c.Start, End: c.End,
		Credibility: c.Credibility, Standing: c.Standing, Note: c.Note,
	}
}

func evidenceInput(e spec.Evidence) models.Evidence {
	return models.Evidence{
		ID: e.Id, Kind: e.Kind, Access: e.Access, Source: e.Source, SHA256: e.Sha256,
		CapturedAt: e.CapturedAt, Tool: e.Tool, Note: e.Note,
	}
}

func responseInput(r spec.Response) models.Response {
	return models.Response{ID: r.Id, Party: r.Party, Kind: r.Kind, Body: r.Body, Date: dayInput(r.Date), Source: r.Source, Note: r.Note}
}

func harmInput(h spec.Harm) models.Harm {
	return models.Harm{ID: h.Id, Kind: h.Kind, Target: h.Target, Note: h.Note}
}

func relationInput(l spec.Relation) models.Relation {
	return models.Relation{ID: l.Id, Kind: l.Kind, To: l.To, Sensitivity: l.Sensitivity, Note: l.Note}
}

func consentInput(c spec.Consent) models.Consent {
	return models.Consent{
		ID: c.Id, Target: c.Target, Level: c.Level, GivenBy: c.GivenBy, Date: dayInput(c.Date), Language: c.Language,
		ExplainedBy: c.ExplainedBy, ReviewOn: dayInput(c.ReviewOn), Note: c.Note,
	}
}
