package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"farwatch/api/spec"
	"farwatch/models"
	"farwatch/store"
)

// ListSources answers one page of source records.
func (h *Handlers) ListSources(ctx context.Context, r spec.ListSourcesRequestObject) (spec.ListSourcesResponseObject, error) {
	q := store.SourceQuery{Text: value(r.Params.Q), Cursor: value(r.Params.Cursor), Limit: 50}
	if r.Params.Limit != nil {
		q.Limit = *r.Params.Limit
	}
	if r.Params.Incident != nil {
		ref, err := models.ParseRef(*r.Params.Incident)
		if err != nil {
			return nil, err
		}
		q.Incident = ref
	}
	items, next, err := h.view(ctx).SourceRecords(ctx, q)
	if err != nil {
		return nil, err
	}
	out := spec.ListSources200JSONResponse{Items: each(items, sourceRecord)}
	if next != "" {
		out.NextCursor = &next
	}
	return out, nil
}

// LookUpSource tells what is known of an address.
func (h *Handlers) LookUpSource(ctx context.Context, r spec.LookUpSourceRequestObject) (spec.LookUpSourceResponseObject, error) {
	canonical := models.CanonicalURL(r.Body.Url)
	if canonical == "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/url", Code: "not_a_web_address"}})
	}
	except := ""
	if r.Body.Except != nil {
		var err error
		if except, err = models.ParseRef(*r.Body.Except); err != nil {
			return nil, err
		}
	}
	original, archived := models.ArchiveOf(r.Body.Url)
	out := spec.LookUpSource200JSONResponse{CanonicalUrl: canonical, Archived: archived}
	if original != "" {
		address := models.WebAddress(original)
		out.Original = &address
	}
	found, err := h.view(ctx).LookUpSource(ctx, canonical, except)
	if models.KindOf(err) == models.KindNotFound {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	record := sourceRecord(found)
	out.Source = &record
	return out, nil
}

// ReadSource answers one source record.
func (h *Handlers) ReadSource(ctx context.Context, r spec.ReadSourceRequestObject) (spec.ReadSourceResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	d, err := h.view(ctx).SourceDetail(ctx, ref)
	if err != nil {
		return nil, err
	}
	p := PrincipalOf(ctx)
	return spec.ReadSource200JSONResponse{
		Ref: d.Ref, CanonicalUrl: d.CanonicalURL, Incidents: d.Incidents, Described: sourceDescription(d.Described), CreatedAt: d.CreatedAt,
		Variants: each(d.Variants(), func(v models.SourceVariant) spec.SourceVariant {
			return spec.SourceVariant{Described: sourceDescription(v.Described), Incidents: v.Incidents}
		}),
		Uses: each(d.Uses, func(u models.SourceUse) spec.SourceUse { return sourceUse(p, u, d.Refs[u.Incident.Ref]) }),
	}, nil
}

func sourceRecord(r models.SourceRecord) spec.SourceRecord {
	return spec.SourceRecord{
		Ref: r.Ref, CanonicalUrl: r.CanonicalURL, Incidents: r.Incidents, Described: sourceDescription(r.Described),
		CreatedAt: r.CreatedAt, LocalIds: nonNil(r.LocalIDs),
	}
}

func sourceDescription(s models.Source) spec.SourceDescription {
	return spec.SourceDescription{
		Kind: s.Kind, Publisher: s.Publisher, Title: s.Title, Url: s.URL, ArchiveUrl: s.ArchiveURL, Author: s.Author,
		Language: s.Language, Published: (*string)(s.Published),
	}
}

// sourceUse shows the entries of one incident, redacted like the incident.
func sourceUse(p models.Principal, u models.SourceUse, refs map[string]string) spec.SourceUse {
	rec, _ := p.Redact(u.Incident)
	out := spec.SourceUse{
		Ref: rec.Ref, Title: rec.Title, WorkflowStatus: rec.WorkflowStatus, VerificationStatus: rec.VerificationStatus,
		Sensitivity: rec.Sensitivity, UpdatedAt: rec.UpdatedAt, MayEdit: p.MayEdit(rec) == nil, Entries: []spec.SourceEntry{},
	}
	for _, s := range rec.Sources {
		if !slices.Contains(u.LocalIDs, s.ID) {
			continue
		}
		cited := slices.DeleteFunc(slices.Clone(rec.Citations), func(c models.Citation) bool { return c.Source != s.ID })
		out.Entries = append(out.Entries, spec.SourceEntry{
			Id: s.ID, Url: s.URL, Reliability: s.Reliability, Accessed: (*string)(s.Accessed), Citations: each(cited, citation),
			DerivedFrom: each(models.DerivedChain(rec.Sources, s.ID), func(o models.Source) spec.SourceOrigin {
				origin := spec.SourceOrigin{Id: o.ID, Kind: o.Kind, Publisher: o.Publisher, Title: o.Title, Url: o.URL}
				if ref := refs[o.ID]; ref != "" {
					origin.SourceRef = &ref
				}
				return origin
			}),
		})
	}
	return out
}

// CorrectSource writes a correction into every incident that has the page, one
// after the other: what is done stays done, and each tells what became of it.
func (h *Handlers) CorrectSource(ctx context.Context, r spec.CorrectSourceRequestObject) (spec.CorrectSourceResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	correction, reason, err := sourceCorrection(*r.Body)
	if err != nil {
		return nil, err
	}
	if err := correction.Validate(h.Clock()); err != nil {
		return nil, err
	}
	canonical, incidents, err := h.view(ctx).SourceIncidents(ctx, ref)
	if err != nil {
		return nil, err
	}
	out := spec.CorrectSource200JSONResponse{Items: []spec.SourceCorrectedItem{}}
	for _, incident := range incidents {
		item := spec.SourceCorrectedItem{Ref: incident}
		item.Status, err = h.correctIn(ctx, incident, canonical, correction, reason)
		var refused *models.Error
		switch {
		case errors.As(err, &refused) && refused.Kind != models.KindInternal && refused.Kind != models.KindUnavailable:
			item.Status, item.Code = spec.SourceCorrectedItemStatusRefused, &refused.Code
		case err != nil:
			return nil, err
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// correctIn writes the correction into one incident.
func (h *Handlers) correctIn(ctx context.Context, ref, canonical string, c models.SourceCorrection, reason *string) (spec.SourceCorrectedItemStatus, error) {
	view := h.view(ctx)
	rec, err := view.PendingContent(ctx, ref)
	if err != nil {
		return "", err
	}
	if err := PrincipalOf(ctx).MayEdit(rec); err != nil {
		return "", err
	}
	in := rec.IncidentInput
	changed := false
	if in.Sources, changed = c.Apply(in.Sources, canonical); !changed {
		return spec.SourceCorrectedItemStatusUnchanged, nil
	}
	if err := in.Validate(h.Clock(), h.Vocab); err != nil {
		return "", err
	}
	after, err := view.UpdateIncident(ctx, store.UpdateIncident{Ref: ref, Version: rec.Version, Input: in, Reason: reason, Vocab: h.Vocab})
	if err != nil {
		return "", err
	}
	if after.Pending != nil {
		return spec.SourceCorrectedItemStatusWaits, nil
	}
	return spec.SourceCorrectedItemStatusChanged, nil
}

// sourceCorrection reads the members that were sent; the body passed ring 1.
func sourceCorrection(body json.RawMessage) (out models.SourceCorrection, reason *string, err error) {
	var members map[string]*string
	if err := json.Unmarshal(body, &members); err != nil {
		return out, nil, fmt.Errorf("decode correction: %w", err)
	}
	if reason = reasonInput(members["reason"]); reason == nil {
		return out, nil, models.Invalid([]models.FieldError{{Pointer: "#/reason", Code: "required"}})
	}
	for name, member := range map[string]*models.Replacement[string]{
		"publisher": &out.Publisher, "title": &out.Title, "author": &out.Author, "language": &out.Language, "archive_url": &out.ArchiveURL,
	} {
		v, ok := members[name]
		*member = models.Replacement[string]{Set: ok, Value: v}
	}
	published, ok := members["published"]
	out.Published = models.Replacement[models.Day]{Set: ok, Value: (*models.Day)(published)}
	return out, reason, nil
}
