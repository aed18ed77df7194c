package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// ReadPublicIncident answers what is published of a record, to everybody.
func (h *Handlers) ReadPublicIncident(ctx context.Context, r spec.ReadPublicIncidentRequestObject) (spec.ReadPublicIncidentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	rec, err := h.Store.Public().Incident(ctx, ref)
	if err != nil {
		return nil, err
	}
	return spec.ReadPublicIncident200JSONResponse{Body: publicIncident(rec), Headers: spec.ReadPublicIncident200ResponseHeaders{CacheControl: &publicCache}}, nil
}

// publicIncident chooses every field by hand: what is not named here does not
// leave.
func publicIncident(p models.PublicIncident) spec.PublicIncident {
	r, c := p.Record, p.Record.Computed
	return spec.PublicIncident{
		Ref: r.Ref, Version: r.Version, Organisation: p.Organisation, Title: r.Title, Summary: r.Summary,
		OriginCountry: r.OriginCountry, OriginEntity: r.OriginEntity, AttributionBasis: nonNil(r.AttributionBasis),
		HostCountry: r.HostCountry, ProxyCountry: r.ProxyCountry,
		HostPlace: spec.PublicPlace{GeoPrecision: r.HostPlace.PublicGeoPrecision, Admin1: r.HostPlace.Admin1, Locality: r.HostPlace.Locality},
		Occurred:  occurred(r.Occurred), Edtf: c.EDTF, FirstReported: (*string)(r.FirstReported), PoliceReported: r.PoliceReported,
		VerificationStatus: r.VerificationStatus, SelfReviewed: r.SelfReviewed, Scope: c.Scope, Families: nonNil(c.Families), Stage: c.Stage,
		InFhScope: c.InFHScope, InUkScope: c.InUKScope, InOhchrScope: c.InOHCHRScope, IndependentOrigins: c.IndependentOrigins,
		PersonsMin: c.PersonsMin, PersonsMax: c.PersonsMax,
		Targets: each(r.Targets, publicTarget),
		Perpetrators: each(r.Perpetrators, func(p models.Perpetrator) spec.PublicPerpetrator {
			return spec.PublicPerpetrator{Id: p.ID, Type: p.Type, Body: p.Body, Note: p.Note}
		}),
		Acts: each(r.Acts, act), Inducements: each(r.Inducements, inducement), Demands: each(r.Demands, demand),
		Sources: each(r.Sources, publicSource), Citations: each(r.Citations, citation),
		Evidence: each(r.Evidence, func(e models.Evidence) spec.PublicEvidence {
			return spec.PublicEvidence{Id: e.ID, Kind: e.Kind, Access: e.Access, Source: e.Source, Note: e.Note}
		}),
		Responses: each(r.Responses, response), Harms: each(r.Harms, harm),
		Relations: each(r.Relations, func(l models.Relation) spec.PublicRelation { return spec.PublicRelation{Kind: l.Kind, To: l.To} }),
		Campaigns: nonNil(p.Campaigns), VocabularyVersion: r.VocabularyVersion, PublishedAt: value(r.PublishedAt), UpdatedAt: r.UpdatedAt,
	}
}

func publicTarget(t models.Target) spec.PublicTarget {
	out := spec.PublicTarget{
		Id: t.ID, CountingUnit: t.CountingUnit, CountMin: t.CountMin, CountMax: t.CountMax,
		Communities: nonNil(t.Communities), Roles: nonNil(t.Roles), Response: t.Response, Names: []string{},
	}
	if t.Identity != nil {
		out.Names = nonNil(t.Identity.Names)
	}
	return out
}

func publicSource(s models.Source) spec.PublicSource {
	return spec.PublicSource{
		Id: s.ID, Kind: s.Kind, Publisher: s.Publisher, Title: s.Title, Url: s.URL, ArchiveUrl: s.ArchiveURL, Language: s.Language,
		Published: (*string)(s.Published), DerivedFrom: s.DerivedFrom, Reliability: s.Reliability,
	}
}
