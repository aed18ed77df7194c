package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// IncidentFacets counts the codes of some fields over the one filter.
func (h *Handlers) IncidentFacets(ctx context.Context, r spec.IncidentFacetsRequestObject) (spec.IncidentFacetsResponseObject, error) {
	match := r.Params.IfNoneMatch
	r.Params.IfNoneMatch = nil
	return h.answered(ctx, "facets", r.Params, r.Params.Grant, match, func() (any, error) { return h.facets(ctx, r) })
}

func (h *Handlers) facets(ctx context.Context, r spec.IncidentFacetsRequestObject) (any, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	var fields []models.FilterField
	for _, name := range r.Params.Fields {
		if d, ok := models.FilterFieldNamed(string(name)); ok { // ring 1 knows the names
			fields = append(fields, d)
		}
	}
	view, err := h.reading(ctx, r.Params.Grant, "facets")
	if err != nil {
		return nil, err
	}
	counts, err := view.Facets(ctx, filter, fields)
	if err != nil {
		return nil, err
	}
	return spec.FacetList{Fields: each(counts, func(c models.FacetCounts) spec.FacetCounts {
		return spec.FacetCounts{
			Field: c.Field,
			Items: each(c.Items, func(n models.Count) spec.Count { return spec.Count{Code: n.Code, Count: n.Count} }),
		}
	})}, nil
}
