package handlers

import (
	"context"
	"fmt"
	"slices"

	"farwatch/api/spec"
	"farwatch/models"
	"farwatch/store"
)

// ListRevisions answers every save of a record, newest first.
func (h *Handlers) ListRevisions(ctx context.Context, r spec.ListRevisionsRequestObject) (spec.ListRevisionsResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	limit := 50
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	items, total, next, err := h.view(ctx).Revisions(ctx, ref, value(r.Params.Before), limit)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(items, func(r store.RevisionItem) bool { return r.Reason != nil }) {
		if err := h.noteRead(ctx, ref); err != nil {
			return nil, err
		}
	}
	out := spec.ListRevisions200JSONResponse{Items: each(items, revision), Total: total}
	if next > 0 {
		out.NextBefore = &next
	}
	return out, nil
}

func revision(r store.RevisionItem) spec.Revision {
	return spec.Revision{
		Version: r.Version, BaseVersion: r.BaseVersion, Action: r.Action, Author: r.Author, At: r.At, Reason: r.Reason,
		WorkflowStatus: r.WorkflowStatus, VerificationStatus: r.VerificationStatus, Pending: r.Pending, Readable: r.Readable,
		Restorable: r.Restorable,
	}
}

// ReadRevision answers one version and what differs from another. Both sides
// are redacted by what the principal may see now, before they are compared.
func (h *Handlers) ReadRevision(ctx context.Context, r spec.ReadRevisionRequestObject) (spec.ReadRevisionResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	view, p := h.view(ctx), PrincipalOf(ctx)
	past, err := view.Revision(ctx, ref, r.Version)
	if err != nil {
		return nil, err
	}
	if !past.Readable {
		return nil, models.NotFound("revision")
	}
	if err := h.revealed(ctx, ref, past.Content); err != nil {
		return nil, err
	}
	out := spec.ReadRevision200JSONResponse{Revision: revision(past.RevisionItem), Changes: []spec.Change{}, Content: h.past(p, past)}
	against := past.BaseVersion
	if r.Params.Against != nil {
		against = r.Params.Against
	}
	if against == nil {
		return out, nil
	}
	other, err := view.Revision(ctx, ref, *against)
	if err != nil {
		return nil, err
	}
	if !other.Readable {
		return out, nil
	}
	if err := h.revealed(ctx, ref, other.Content); err != nil {
		return nil, err
	}
	out.Against = against
	out.Changes, err = changes(other, past)
	return out, err
}

// past is a former version, with what the rules make of it today.
func (h *Handlers) past(p models.Principal, past store.PastIncident) spec.Incident {
	rec := past.Content
	rec.Computed = models.Derive(rec.IncidentInput, h.Vocab).Computed
	return h.incident(p, rec)
}

func changes(before, after store.PastIncident) ([]spec.Change, error) {
	a, err := membersOf(before)
	if err != nil {
		return nil, err
	}
	b, err := membersOf(after)
	if err != nil {
		return nil, err
	}
	return each(models.Diff(a, b), func(c models.Change) spec.Change {
		return spec.Change{Path: c.Path, Kind: spec.ChangeKind(c.Kind), Before: c.Before, After: c.After, Added: c.Added, Removed: c.Removed}
	}), nil
}

// assignedMembers are not what a person writes of a record: what the server assigns
// or computes is no change of theirs.
var assignedMembers = []string{
	"ref", "version", "record_url", "organisation", "embargo_until", "closing_reason", "vocabulary_version", "created_at", "created_by", "updated_at",
	"published_at", "may_edit", "protected_hidden", "moves", "publication_gaps", "pending", "undoable", "computed",
}

func membersOf(past store.PastIncident) (map[string]any, error) {
	fields := incidentFields(past.Content.IncidentInput)
	fields.WorkflowStatus, fields.VerificationStatus = past.WorkflowStatus, past.VerificationStatus
	out, err := models.AsObject(fields)
	if err != nil {
		return nil, fmt.Errorf("compare versions: %w", err)
	}
	for _, name := range assignedMembers {
		delete(out, name)
	}
	return out, nil
}
