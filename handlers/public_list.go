package handlers

import (
	"context"
	"strings"

	"farwatch/api/spec"
	"farwatch/models"
)

// publicCache is what caches may do with published answers.
var publicCache = "public, max-age=300"

// publicPage is how many records a page of the public list has by default.
const publicPage = 50

// publicETag changes with everything that is published, with the program and
// the vocabulary, and with nothing else.
func (h *Handlers) publicETag(ctx context.Context) (string, error) {
	state, err := h.Store.Public().State(ctx)
	return `W/"` + state + "-" + h.Vocab.Version + "-" + h.Version + `"`, err
}

// PublicStats counts what is published, exactly.
func (h *Handlers) PublicStats(ctx context.Context, r spec.PublicStatsRequestObject) (spec.PublicStatsResponseObject, error) {
	filter, err := h.publicFilter(r.Params)
	if err != nil {
		return nil, err
	}
	etag, err := h.publicETag(ctx)
	if err != nil {
		return nil, err
	}
	if holds(r.Params.IfNoneMatch, etag) {
		return spec.PublicStats304Response{Headers: spec.PublicStats304ResponseHeaders{CacheControl: &publicCache, ETag: &etag}}, nil
	}
	implied := value(r.Params.IncludeImplied)
	s, err := h.Store.Public().Stats(ctx, h.Vocab, filter, implied)
	if err != nil {
		return nil, err
	}
	return spec.PublicStats200JSONResponse{
		Body:    publicStats(s, implied),
		Headers: spec.PublicStats200ResponseHeaders{CacheControl: &publicCache, ETag: &etag},
	}, nil
}

func publicStats(s models.Stats, implied bool) spec.PublicStats {
	b := func(name string) spec.Breakdown { return breakdown(s.Breakdowns[name]) }
	return spec.PublicStats{
		AsOf: s.AsOf, Incidents: s.Incidents, IncludeImplied: implied, Undated: s.Undated, Persons: persons(s),
		EventYear: years(s.EventYear), ReportYear: years(s.ReportYear),
		Matrix: spec.Matrix{Denominator: s.Incidents, Cells: each(s.Matrix, func(c models.MatrixCell) spec.MatrixCell {
			return spec.MatrixCell{OriginCountry: c.OriginCountry, HostCountry: c.HostCountry, Count: c.Count}
		})},
		OriginCountry: b("origin_country"), HostCountry: b("host_country"), Methods: b("methods"), Families: b("families"),
		Communities: b("communities"), TargetRoles: b("target_roles"), Channels: b("channels"), Inducements: b("inducements"),
		Demands: b("demands"), PoliceReported: b("police_reported"), HostResponses: b("host_responses"),
		OriginResponses: b("origin_responses"), Harms: b("harms"), VerificationStatus: b("verification_status"),
		IndependentOrigins: b("independent_origins"), Stage: b("stage"), InFhScope: b("in_fh_scope"), InUkScope: b("in_uk_scope"),
		InOhchrScope: b("in_ohchr_scope"), PerpetratorTypes: b("perpetrator_types"),
	}
}

// ListPublicIncidents answers a page of what is published.
func (h *Handlers) ListPublicIncidents(ctx context.Context, r spec.ListPublicIncidentsRequestObject) (spec.ListPublicIncidentsResponseObject, error) {
	filter, err := h.publicFilter(r.Params)
	if err != nil {
		return nil, err
	}
	etag, err := h.publicETag(ctx)
	if err != nil {
		return nil, err
	}
	if holds(r.Params.IfNoneMatch, etag) {
		return spec.ListPublicIncidents304Response{Headers: spec.ListPublicIncidents304ResponseHeaders{CacheControl: &publicCache, ETag: &etag}}, nil
	}
	limit := publicPage
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	items, total, next, err := h.Store.Public().Incidents(ctx, h.Vocab, filter, value(r.Params.Cursor), limit)
	if err != nil {
		return nil, err
	}
	out := spec.PublicIncidentPage{Items: each(items, h.publicItem), Total: total, Last: next == ""}
	if next != "" {
		out.NextCursor = &next
	}
	return spec.ListPublicIncidents200JSONResponse{
		Body:    out,
		Headers: spec.ListPublicIncidents200ResponseHeaders{CacheControl: &publicCache, ETag: &etag},
	}, nil
}

func (h *Handlers) publicItem(i models.PublicItem) spec.PublicIncidentItem {
	return spec.PublicIncidentItem{
		Ref: i.Ref, Version: i.Version, Organisation: i.Organisation, Title: i.Title, OriginCountry: i.OriginCountry, HostCountry: i.HostCountry,
		Occurred: occurred(i.Occurred), Edtf: i.EDTF, FirstReported: (*string)(i.FirstReported), Communities: nonNil(i.Communities),
		Methods: nonNil(i.Methods), Families: nonNil(i.Families), VerificationStatus: i.VerificationStatus, PersonsMin: i.PersonsMin,
		PersonsMax: i.PersonsMax, Url: h.publicAddress("/public/incidents/" + i.Ref), PublishedAt: i.PublishedAt, UpdatedAt: i.UpdatedAt,
	}
}

// publicFilter is the filter of a question by everybody: only what counts,
// unless it is asked for otherwise.
func (h *Handlers) publicFilter(params any) (models.IncidentFilter, error) {
	f, err := h.incidentFilter(params)
	if err == nil && f.Counted == nil {
		counted := true
		f.Counted = &counted
	}
	return f, err
}

// publicAddress is a path on the public side.
func (h *Handlers) publicAddress(path string) string {
	base := h.BaseURL
	if h.PublicURL != nil {
		base = h.PublicURL
	}
	return strings.TrimSuffix(base.String(), "/") + path
}
