package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// Stats answers the dashboard's numbers over the same filter as the list.
func (h *Handlers) Stats(ctx context.Context, r spec.StatsRequestObject) (spec.StatsResponseObject, error) {
	match := r.Params.IfNoneMatch
	r.Params.IfNoneMatch = nil
	return h.answered(ctx, "stats", r.Params, r.Params.Grant, match, func() (any, error) { return h.stats(ctx, r) })
}

func (h *Handlers) stats(ctx context.Context, r spec.StatsRequestObject) (any, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	implied := value(r.Params.IncludeImplied)
	view, err := h.reading(ctx, r.Params.Grant, "stats")
	if err != nil {
		return nil, err
	}
	s, err := view.Stats(ctx, filter, implied)
	if err != nil {
		return nil, err
	}
	var panels *spec.StatsPanels
	if value(r.Params.Panels) {
		p, err := view.StatsPanels(ctx, filter, implied, h.Vocab)
		if err != nil {
			return nil, err
		}
		panels = statsPanels(p, s.AsOf)
	}
	b := func(name string) spec.Breakdown { return breakdown(s.Breakdowns[name]) }
	return spec.Stats{
		Panels: panels, AsOf: s.AsOf, Incidents: s.Incidents, IncludeImplied: implied, Undated: s.Undated,
		Persons:   persons(s),
		EventYear: years(s.EventYear), ReportYear: years(s.ReportYear),
		Matrix: spec.Matrix{Denominator: s.Incidents, Cells: each(s.Matrix, func(c models.MatrixCell) spec.MatrixCell {
			return spec.MatrixCell{OriginCountry: c.OriginCountry, HostCountry: c.HostCountry, Count: c.Count}
		})},
		OriginCountry: b("origin_country"), HostCountry: b("host_country"), Methods: b("methods"), Families: b("families"),
		Communities: b("communities"), TargetRoles: b("target_roles"), Channels: b("channels"), Inducements: b("inducements"),
		Demands: b("demands"), PoliceReported: b("police_reported"), HostResponses: b("host_responses"),
		OriginResponses: b("origin_responses"), Harms: b("harms"), VerificationStatus: b("verification_status"),
		IndependentOrigins: b("independent_origins"), Stage: b("stage"), InFhScope: b("in_fh_scope"), InUkScope: b("in_uk_scope"),
		InOhchrScope: b("in_ohchr_scope"), WorkflowStatus: b("workflow_status"), PerpetratorTypes: b("perpetrator_types"),
	}, nil
}

// persons has no upper bound when no record of the selection has one.
func persons(s models.Stats) spec.Persons {
	out := spec.Persons{Min: s.PersonsMin, WithoutMax: s.PersonsWithoutMax}
	if s.PersonsWithoutMax < s.Incidents || s.Incidents == 0 {
		out.Max = &s.PersonsMax
	}
	return out
}

func breakdown(b models.Breakdown) spec.Breakdown {
	return spec.Breakdown{
		Unit: "incidents", Denominator: b.Denominator, MultiValued: b.MultiValued, Unknown: b.Unknown,
		Items: each(b.Items, func(c models.Count) spec.Count { return spec.Count{Code: c.Code, Count: c.Count} }),
	}
}

func years(y models.Years) spec.Years {
	return spec.Years{Denominator: y.Denominator, Undated: y.Undated, Items: each(y.Items, func(c models.YearCount) spec.YearCount {
		return spec.YearCount{Year: c.Year, Count: c.Count}
	})}
}
