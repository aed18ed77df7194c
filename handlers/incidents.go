package handlers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"farwatch/api/spec"
	"farwatch/models"
	"farwatch/store"
)

// CreateIncident logs an incident.
func (h *Handlers) CreateIncident(ctx context.Context, r spec.CreateIncidentRequestObject) (spec.CreateIncidentResponseObject, error) {
	hash, err := h.onceOnly(r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	if r.Body.Sensitivity == "" {
		r.Body.Sensitivity = PrincipalOf(ctx).InitialSensitivity
	}
	in := incidentInput(*r.Body)
	if err := in.Validate(h.Clock(), h.Vocab); err != nil {
		return nil, err
	}
	rec, _, err := h.view(ctx).CreateIncident(ctx, store.CreateIncident{
		Input: in, Derived: models.Derive(in, h.Vocab), VocabularyVersion: h.Vocab.Version,
		IdempotencyKey: *r.Params.IdempotencyKey, BodyHash: hash, WorkingCopy: value(r.Params.WorkingCopy),
	})
	if err != nil {
		return nil, err
	}
	location, etag := "/api/v1/incidents/"+rec.Ref, h.etag(rec)
	return spec.CreateIncident201JSONResponse{
		Body:    h.incident(PrincipalOf(ctx), rec),
		Headers: spec.CreateIncident201ResponseHeaders{Location: &location, ETag: &etag},
	}, nil
}

// onceOnly tells a repeated request by its key, and by the hash of its body
// whether it asks for the same.
func (h *Handlers) onceOnly(key *string, body any) (hash string, err error) {
	if key == nil {
		return "", models.Fail(models.KindNeedsMatch, "idempotency.key_missing",
			"Send an Idempotency-Key header, so that a retry cannot do this twice.")
	}
	data, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("encode body: %w", err)
	}
	// Under a key: a plain digest of a short text could be guessed by who steals
	// the database.
	mac := hmac.New(sha256.New, h.ETagKey[:])
	mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// ReadIncident answers one record as far as the principal may see it.
func (h *Handlers) ReadIncident(ctx context.Context, r spec.ReadIncidentRequestObject) (spec.ReadIncidentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	if r.Params.Grant != nil {
		return h.readLent(ctx, ref, r.Params)
	}
	read := h.view(ctx).Incident
	if r.Params.Content != nil && *r.Params.Content == spec.Pending {
		read = h.view(ctx).PendingContent
	}
	rec, err := read(ctx, ref)
	if err := h.gone(ctx, ref, rec, err); err != nil {
		return nil, err
	}
	if err := h.revealed(ctx, ref, rec); err != nil {
		return nil, err
	}
	if p := PrincipalOf(ctx); p.Machine() {
		// Not by its version: taking an import back gives one out a second time.
		return conditionalJSON(h.incident(p, rec), r.Params.IfNoneMatch)
	}
	etag := h.etag(rec)
	return spec.ReadIncident200JSONResponse{
		Body:    h.incident(PrincipalOf(ctx), rec),
		Headers: spec.ReadIncident200ResponseHeaders{ETag: &etag},
	}, nil
}

// revealed puts into the audit that protected fields are about to be shown.
func (h *Handlers) revealed(ctx context.Context, ref string, rec models.Incident) error {
	if !PrincipalOf(ctx).SeesProtected(rec.OnTeam) || !rec.HoldsProtected() {
		return nil
	}
	return h.noteRead(ctx, ref)
}

// noteRead is for everything that shows protected words of a record. Errors:
// reads.too_many.
func (h *Handlers) noteRead(ctx context.Context, ref string) error {
	return h.view(ctx).NoteRead(ctx, ref, h.ReadQuota)
}

// UpdateIncident changes the members sent, if the version that was edited is
// still the current one.
func (h *Handlers) UpdateIncident(ctx context.Context, r spec.UpdateIncidentRequestObject) (spec.UpdateIncidentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	version, err := h.matched(ctx, ref, r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	p := PrincipalOf(ctx)
	view := h.view(ctx)
	rec, err := view.PendingContent(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := p.MayEdit(rec); err != nil {
		return nil, err
	}
	in, reason, err := patched(rec.IncidentInput, *r.Body)
	if err != nil {
		return nil, err
	}
	if err := models.StillCited(in.Validate(h.Clock(), h.Vocab), rec.IncidentInput, in); err != nil {
		return nil, err
	}
	rec, err = view.UpdateIncident(ctx, store.UpdateIncident{
		Ref: ref, Version: version, Input: in, Reason: reason, Vocab: h.Vocab, WorkingCopy: value(r.Params.WorkingCopy),
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.UpdateIncident200JSONResponse{
		Body:    h.incident(p, rec),
		Headers: spec.UpdateIncident200ResponseHeaders{ETag: &etag},
	}, nil
}

// patched is JSON Merge Patch (RFC 7396) on the members of the record: a
// member sent replaces the old one whole, null empties it. The reason for the
// change is taken out of it. The patch passed ring 1, so it holds known members
// of the right types only.
func patched(current models.IncidentInput, patch json.RawMessage) (models.IncidentInput, *string, error) {
	data, err := json.Marshal(incidentFields(current))
	if err != nil {
		return current, nil, fmt.Errorf("encode record: %w", err)
	}
	var members, changes map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return current, nil, fmt.Errorf("decode record: %w", err)
	}
	if err := json.Unmarshal(patch, &changes); err != nil {
		return current, nil, models.Fail(models.KindMalformed, "request.malformed", "The patch is no JSON object.").Because(err)
	}
	var reason *string
	if err := json.Unmarshal(orNull(changes["reason"]), &reason); err != nil {
		return current, nil, models.Fail(models.KindMalformed, "request.malformed", "The reason is no text.").Because(err)
	}
	delete(changes, "reason")
	for name, v := range changes {
		members[name] = v
	}
	merged, err := json.Marshal(members)
	if err != nil {
		return current, nil, fmt.Errorf("encode patched record: %w", err)
	}
	var body spec.IncidentInput
	if err := json.Unmarshal(merged, &body); err != nil {
		return current, nil, fmt.Errorf("decode patched record: %w", err)
	}
	return incidentInput(body), reasonInput(reason), nil
}

// ListIncidents answers one page of what matches the filter.
func (h *Handlers) ListIncidents(ctx context.Context, r spec.ListIncidentsRequestObject) (spec.ListIncidentsResponseObject, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	page := models.Page{Limit: 50, Cursor: value(r.Params.Cursor), Sort: models.Sort{Column: "updated_at", Descending: true}}
	if r.Params.Limit != nil {
		page.Limit = *r.Params.Limit
	}
	if r.Params.Sort != nil {
		page.Sort, _ = models.ParseSort(string(*r.Params.Sort)) // ring 1 knows the columns
	}
	view, err := h.reading(ctx, r.Params.Grant, "list")
	if err != nil {
		return nil, err
	}
	items, total, next, err := view.Incidents(ctx, filter, page)
	if err != nil {
		return nil, err
	}
	out := incidentPage{IncidentPage: spec.IncidentPage{Total: total, Complete: next == ""}}
	if out.Items, err = chosen(each(items, summary), r.Params.Fields); err != nil {
		return nil, err
	}
	link := ""
	if next != "" {
		address := nextAddress(ctx, next)
		out.NextCursor, out.Next, link = &next, &address, nextLink(ctx, next)
	}
	answer, err := conditionalJSON(out, r.Params.IfNoneMatch)
	answer.link = link
	return answer, err
}

// etag is S57: the version and a MAC, so that versions cannot be guessed.
func (h *Handlers) etag(rec models.Incident) string { return h.etagOf(rec.Ref, rec.Version) }

func (h *Handlers) etagOf(ref string, version int) string {
	mac := hmac.New(sha256.New, h.ETagKey[:])
	_, _ = fmt.Fprintf(mac, "%s %d", ref, version)
	return fmt.Sprintf(`"v%d-%s"`, version, strings.ToLower(hex.EncodeToString(mac.Sum(nil)[:4])))
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
