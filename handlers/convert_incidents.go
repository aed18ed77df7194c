package handlers

import (
	"farwatch/api/spec"
	"farwatch/models"
)

// incident shows a record to a principal: redacted first, then every field
// chosen by hand.
func (h *Handlers) incident(p models.Principal, rec models.Incident) spec.Incident {
	rec, hidden := p.Redact(rec)
	out := incidentFields(rec.IncidentInput)
	out.Ref = rec.Ref
	out.Version = rec.Version
	out.RecordUrl = h.RecordURL(rec.Ref)
	out.Organisation = rec.Organisation
	out.WorkflowStatus = rec.WorkflowStatus
	out.EmbargoUntil = (*string)(rec.EmbargoUntil)
	out.ClosingReason = rec.ClosingReason
	out.VerificationStatus = rec.VerificationStatus
	out.SelfReviewed = rec.SelfReviewed
	out.VocabularyVersion = rec.VocabularyVersion
	out.CreatedAt = rec.CreatedAt
	out.UpdatedAt = rec.UpdatedAt
	out.PublishedAt = rec.PublishedAt
	out.ProtectedHidden = hidden
	out.Computed = computed(rec.Computed)
	if p.Machine() {
		// What the desk needs is no part of a copy: it depends on people and days.
		out.Moves, out.PublicationGaps = []spec.Move{}, []spec.FieldProblem{}
		return out
	}
	out.CreatedBy = rec.CreatedBy
	out.MayEdit = p.MayEdit(rec) == nil
	out.Moves = each(p.Moves(rec, h.today(), h.Vocab), move)
	out.PublicationGaps = each(models.PublicationGaps(rec, h.today(), h.Vocab), fieldProblem)
	out.Pending = pending(p, rec)
	out.Undoable = p.MayUndo(rec, h.Clock()) == nil
	return out
}

// incidentFields is what a client sends, coming back equal.
func incidentFields(in models.IncidentInput) spec.Incident {
	return spec.Incident{
		Title: in.Title, Summary: in.Summary, InternalNote: in.InternalNote,
		OriginCountry: in.OriginCountry, OriginEntity: in.OriginEntity, AttributionBasis: nonNil(in.AttributionBasis),
		HostCountry: in.HostCountry, ProxyCountry: in.ProxyCountry,
		HostPlace: spec.HostPlace{
			GeoPrecision: in.HostPlace.GeoPrecision, PublicGeoPrecision: in.HostPlace.PublicGeoPrecision,
			Admin1: in.HostPlace.Admin1, Locality: in.HostPlace.Locality, Site: in.HostPlace.Site,
		},
		Occurred: occurred(in.Occurred), FirstReported: (*string)(in.FirstReported),
		PoliceReported: in.PoliceReported, DiscoveryRoute: in.DiscoveryRoute, Sensitivity: in.Sensitivity,
		ScopeTest: spec.ScopeTest{
			StateLink: spec.ScopeTestStateLink(in.ScopeTest.StateLink), CrossBorder: spec.ScopeTestCrossBorder(in.ScopeTest.CrossBorder),
			Reason: spec.ScopeTestReason(in.ScopeTest.Reason), Aim: spec.ScopeTestAim(in.ScopeTest.Aim), Act: spec.ScopeTestAct(in.ScopeTest.Act),
		},
		Targets:      each(in.Targets, target),
		Perpetrators: each(in.Perpetrators, perpetrator),
		Acts:         each(in.Acts, act),
		Inducements:  each(in.Inducements, inducement),
		Demands:      each(in.Demands, demand),
		Sources:      each(in.Sources, source),
		Citations:    each(in.Citations, citation),
		Evidence:     each(in.Evidence, evidence),
		Responses:    each(in.Responses, response),
		Harms:        each(in.Harms, harm),
		Relations:    each(in.Relations, relation),
		Consents:     each(in.Consents, consent),
		Campaigns:    nonNil(in.Campaigns),
	}
}

func computed(c models.Computed) spec.Computed {
	return spec.Computed{
		Scope: c.Scope, Families: nonNil(c.Families), Stage: c.Stage, InFhScope: c.InFHScope, InUkScope: c.InUKScope,
		InOhchrScope: c.InOHCHRScope, IndependentOrigins: c.IndependentOrigins, Edtf: c.EDTF, EventYear: c.EventYear,
		PersonsMin: c.PersonsMin, PersonsMax: c.PersonsMax, EffectiveConsent: c.EffectiveConsent,
	}
}

func summary(s models.IncidentSummary) spec.IncidentSummary {
	return spec.IncidentSummary{
		Ref: s.Ref, Version: s.Version, Title: s.Title, OriginCountry: s.OriginCountry, HostCountry: s.HostCountry,
		Occurred: occurred(s.Occurred), FirstReported: (*string)(s.FirstReported), Communities: nonNil(s.Communities),
		Methods: nonNil(s.Methods), Families: nonNil(s.Families), Stage: s.Stage, PersonsMin: s.PersonsMin, PersonsMax: s.PersonsMax,
		Scope: s.Scope, VerificationStatus: s.VerificationStatus, WorkflowStatus: s.WorkflowStatus, SelfReviewed: s.SelfReviewed, Sensitivity: s.Sensitivity,
		CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
}

func occurred(o models.Occurred) spec.Occurred {
	return spec.Occurred{
		Earliest: (*string)(o.Earliest), Latest: (*string)(o.Latest), Precision: o.Precision,
		Approximate: o.Approximate, Uncertain: o.Uncertain, Ongoing: o.Ongoing, Repeated: o.Repeated,
	}
}

func target(t models.Target) spec.Target {
	out := spec.Target{
		Id: t.ID, CountingUnit: t.CountingUnit, CountMin: &t.CountMin, CountMax: t.CountMax,
		Communities: nonNil(t.Communities), Roles: nonNil(t.Roles), RolesRestricted: nonNil(t.RolesRestricted),
		Gender: t.Gender, AgeBand: t.AgeBand, Response: t.Response, ResponseRestricted: t.ResponseRestricted,
	}
	if i := t.Identity; i != nil {
		out.Identity = &spec.Identity{
			Names: nonNil(i.Names), Aliases: nonNil(i.Aliases), Contacts: nonNil(i.Contacts),
			BirthDate: (*string)(i.BirthDate), Address: i.Address, Relatives: i.Relatives, Note: i.Note,
		}
	}
	return out
}

func perpetrator(p models.Perpetrator) spec.Perpetrator {
	return spec.Perpetrator{Id: p.ID, Type: p.Type, Body: p.Body, PersonName: p.PersonName, Note: p.Note}
}

func act(a models.Act) spec.Act {
	out := spec.Act{
		Id: a.ID, Method: a.Method, Target: a.Target, Explicitness: a.Explicitness, Channels: nonNil(a.Channels), Note: a.Note,
		Perpetrators: each(a.Perpetrators, func(p models.ActPerpetrator) spec.ActPerpetrator {
			return spec.ActPerpetrator{Perpetrator: p.Perpetrator, Involvement: p.Involvement}
		}),
	}
	if a.Occurred != nil {
		o := occurred(*a.Occurred)
		out.Occurred = &o
	}
	return out
}

func inducement(i models.Inducement) spec.Inducement {
	return spec.Inducement{
		Id: i.ID, Kind: i.Kind, Target: i.Target, Explicitness: i.Explicitness, Condition: i.Condition, Note: i.Note,
		Amounts: each(i.Amounts, func(m models.Amount) spec.Amount {
			return spec.Amount{
				Id: m.ID, AmountMin: m.AmountMin, AmountMax: m.AmountMax, AmountText: m.AmountText,
				CurrencyAsStated: m.CurrencyAsStated, CurrencyAssumed: m.CurrencyAssumed, Period: m.Period, Standing: m.Standing,
			}
		}),
	}
}

func demand(d models.Demand) spec.Demand {
	return spec.Demand{Id: d.ID, Kind: d.Kind, Target: d.Target, Explicitness: d.Explicitness, Note: d.Note}
}

func source(s models.Source) spec.Source {
	return spec.Source{
		Id: s.ID, Kind: s.Kind, Publisher: s.Publisher, Title: s.Title, Url: s.URL, ArchiveUrl: s.ArchiveURL,
		Author: s.Author, Language: s.Language, Published: (*string)(s.Published), Accessed: (*string)(s.Accessed),
		DerivedFrom: s.DerivedFrom, Reliability: s.Reliability, Scale: s.Scale, Text: s.Text,
		TextSha256: s.TextSHA256, SubmittedBy: s.SubmittedBy,
	}
}

func citation(c models.Citation) spec.Citation {
	return spec.Citation{
		Id: c.ID, Entity: c.Entity, Field: c.Field, Source: c.Source, Quote: c.Quote, Start: c.Start, End: c.End,
		Credibility: c.Credibility, Standing: c.Standing, Note: c.Note,
	}
}

func evidence(e models.Evidence) spec.Evidence {
	return spec.Evidence{
		Id: e.ID, Kind: e.Kind, Access: e.Access, Source: e.Source, Sha256: e.SHA256,
		CapturedAt: e.CapturedAt, Tool: e.Tool, Note: e.Note,
	}
}

func response(r models.Response) spec.Response {
	return spec.Response{Id: r.ID, Party: r.Party, Kind: r.Kind, Body: r.Body, Date: (*string)(r.Date), Source: r.Source, Note: r.Note}
}

func harm(h models.Harm) spec.Harm {
	return spec.Harm{Id: h.ID, Kind: h.Kind, Target: h.Target, Note: h.Note}
}

func relation(l models.Relation) spec.Relation {
	return spec.Relation{Id: l.ID, Kind: l.Kind, To: l.To, Sensitivity: l.Sensitivity, Note: l.Note}
}

func consent(c models.Consent) spec.Consent {
	return spec.Consent{
		Id: c.ID, Target: c.Target, Level: c.Level, GivenBy: c.GivenBy, Date: (*string)(c.Date), Language: c.Language,
		ExplainedBy: c.ExplainedBy, ReviewOn: (*string)(c.ReviewOn), Note: c.Note,
	}
}
