package handlers

import (
	"context"
	"encoding/json"
	"strings"

	"farwatch/api/spec"
	"farwatch/models"
)

// MoveIncident makes a transition of the workflow.
func (h *Handlers) MoveIncident(ctx context.Context, r spec.MoveIncidentRequestObject) (spec.MoveIncidentResponseObject, error) {
	rec, err := h.changed(ctx, r.Ref, r.Params.IfMatch, func(ref string, version int) (models.Incident, error) {
		t := models.Transition{
			To: r.Body.To, Reason: reasonInput(r.Body.Reason), ClosingReason: r.Body.ClosingReason, WithdrawalReason: r.Body.WithdrawalReason,
			EmbargoUntil: dayInput(r.Body.EmbargoUntil),
		}
		return h.view(ctx).MoveIncident(ctx, ref, version, t, h.Vocab)
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.MoveIncident200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.MoveIncident200ResponseHeaders{ETag: &etag}}, nil
}

// VerifyIncident changes how sure we are.
func (h *Handlers) VerifyIncident(ctx context.Context, r spec.VerifyIncidentRequestObject) (spec.VerifyIncidentResponseObject, error) {
	rec, err := h.changed(ctx, r.Ref, r.Params.IfMatch, func(ref string, version int) (models.Incident, error) {
		reason := reasonInput(&r.Body.Reason)
		if reason == nil {
			return models.Incident{}, models.Invalid([]models.FieldError{{Pointer: "#/reason", Code: "required"}})
		}
		return h.view(ctx).VerifyIncident(ctx, ref, version, models.Judgement{Status: r.Body.VerificationStatus, Reason: *reason}, h.Vocab)
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.VerifyIncident200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.VerifyIncident200ResponseHeaders{ETag: &etag}}, nil
}

// DecidePending ends a pending revision.
func (h *Handlers) DecidePending(ctx context.Context, r spec.DecidePendingRequestObject) (spec.DecidePendingResponseObject, error) {
	rec, err := h.changed(ctx, r.Ref, r.Params.IfMatch, func(ref string, version int) (models.Incident, error) {
		return h.view(ctx).DecidePending(ctx, ref, version, string(r.Body.Decision), reasonInput(r.Body.Reason), h.Vocab)
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.DecidePending200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.DecidePending200ResponseHeaders{ETag: &etag}}, nil
}

// RestoreIncident makes an earlier content the new one.
func (h *Handlers) RestoreIncident(ctx context.Context, r spec.RestoreIncidentRequestObject) (spec.RestoreIncidentResponseObject, error) {
	rec, err := h.changed(ctx, r.Ref, r.Params.IfMatch, func(ref string, version int) (models.Incident, error) {
		return h.view(ctx).RestoreIncident(ctx, ref, version, r.Body.Version, reasonInput(r.Body.Reason), h.Vocab)
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.RestoreIncident200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.RestoreIncident200ResponseHeaders{ETag: &etag}}, nil
}

// UndoIncident takes back my own last action.
func (h *Handlers) UndoIncident(ctx context.Context, r spec.UndoIncidentRequestObject) (spec.UndoIncidentResponseObject, error) {
	rec, err := h.changed(ctx, r.Ref, r.Params.IfMatch, func(ref string, version int) (models.Incident, error) {
		return h.view(ctx).UndoIncident(ctx, ref, version, h.Vocab)
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.UndoIncident200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.UndoIncident200ResponseHeaders{ETag: &etag}}, nil
}

// MergeIncident merges a record into another one and answers the survivor.
func (h *Handlers) MergeIncident(ctx context.Context, r spec.MergeIncidentRequestObject) (spec.MergeIncidentResponseObject, error) {
	rec, err := h.changed(ctx, r.Ref, r.Params.IfMatch, func(ref string, version int) (models.Incident, error) {
		into, err := models.ParseRef(r.Body.Into)
		if err != nil {
			return models.Incident{}, models.Invalid([]models.FieldError{{Pointer: "#/into", Code: "bad_ref"}})
		}
		return h.view(ctx).MergeIncident(ctx, ref, version, into, reasonInput(r.Body.Reason), h.Vocab)
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.MergeIncident200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.MergeIncident200ResponseHeaders{ETag: &etag}}, nil
}

// UnmergeIncident brings a merged record back.
func (h *Handlers) UnmergeIncident(ctx context.Context, r spec.UnmergeIncidentRequestObject) (spec.UnmergeIncidentResponseObject, error) {
	rec, err := h.changed(ctx, r.Ref, r.Params.IfMatch, func(ref string, version int) (models.Incident, error) {
		return h.view(ctx).UnmergeIncident(ctx, ref, version, reasonInput(r.Body.Reason), h.Vocab)
	})
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.UnmergeIncident200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.UnmergeIncident200ResponseHeaders{ETag: &etag}}, nil
}

// changed runs one change of a record against the version that If-Match names
// (S57).
func (h *Handlers) changed(ctx context.Context, given string, match *string, change func(ref string, version int) (models.Incident, error)) (models.Incident, error) {
	ref, err := models.ParseRef(given)
	if err != nil {
		return models.Incident{}, err
	}
	version, err := h.matched(ctx, ref, match)
	if err != nil {
		return models.Incident{}, err
	}
	return change(ref, version)
}

// matched is the current version, if If-Match names it. Errors:
// incident.match_required, incident.not_found, incident.stale.
func (h *Handlers) matched(ctx context.Context, ref string, match *string) (int, error) {
	if match == nil {
		return 0, matchRequired()
	}
	version, err := h.view(ctx).Version(ctx, ref)
	if err != nil {
		return 0, err
	}
	if *match != h.etagOf(ref, version) {
		return 0, models.Stale(version)
	}
	return version, nil
}

func matchRequired() *models.Error {
	return models.Fail(models.KindNeedsMatch, "incident.match_required", "Send If-Match with the ETag of the version that you saw.")
}

// gone answers for a withdrawn or merged record: the tombstone, and to whoever
// may still move it, how. Any other error passes.
func (h *Handlers) gone(ctx context.Context, ref string, rec models.Incident, err error) error {
	switch {
	case err != nil && models.KindOf(err) != models.KindNotFound:
		return err
	case err == nil && rec.WorkflowStatus != models.StatusWithdrawn && rec.WorkflowStatus != models.StatusMerged:
		return nil
	}
	t, absent := h.view(ctx).Tombstone(ctx, ref)
	if absent != nil {
		return absent
	}
	if err == nil {
		t.ETag, t.Moves = h.etag(rec), PrincipalOf(ctx).Moves(rec, h.today(), h.Vocab)
	}
	return models.Gone(t)
}

func (h *Handlers) today() models.Day { return models.DayOf(h.Clock()) }

// reasonInput is a reason as it is kept; blank is none.
func reasonInput(s *string) *string {
	if s == nil {
		return nil
	}
	text := strings.TrimSpace(models.NormalizeText(*s))
	if text == "" {
		return nil
	}
	return &text
}

func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}

// Tombstone is what a 410 shows.
func Tombstone(t models.Tombstone) *spec.Tombstone {
	return &spec.Tombstone{
		Ref: t.Ref, Version: t.Version, WithdrawnAt: t.WithdrawnAt, Reason: t.Reason, MergedInto: t.MergedInto, Etag: t.ETag,
		Moves: each(t.Moves, move),
	}
}

func move(m models.Move) spec.Move {
	out := spec.Move{To: m.To, Allowed: m.Refusal == nil, Needs: nonNil(m.Needs), Gaps: each(m.Gaps, fieldProblem)}
	if m.Refusal != nil {
		out.Refusal = &m.Refusal.Code
	}
	return out
}

func fieldProblem(f models.FieldError) spec.FieldProblem {
	return spec.FieldProblem{Pointer: f.Pointer, Parameter: f.Parameter, Code: f.Code, Params: f.Params}
}

func pending(p models.Principal, rec models.Incident) *spec.PendingRevision {
	if rec.Pending == nil {
		return nil
	}
	reason := ""
	return &spec.PendingRevision{
		Version: rec.Pending.Version, BaseVersion: rec.Pending.BaseVersion, Author: rec.Pending.Author, At: rec.Pending.At,
		MayDecide: p.MayDecide(rec, "reject", &reason) == nil, MayDiscard: p.MayDecide(rec, "discard", nil) == nil,
	}
}
