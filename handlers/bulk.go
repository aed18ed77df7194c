package handlers

import (
	"context"
	"errors"

	"farwatch/api/spec"
	"farwatch/models"
	"farwatch/store"
)

// bulkNeeds are the members that an action must be given.
var bulkNeeds = map[string][]string{
	"return": {"reason"}, "verify": {"verification_status", "reason"}, "raise_sensitivity": {"sensitivity", "reason"},
	"assign": {"user_id"}, "ask_review": {"user_id"},
}

// ChangeIncidents takes one step with many records, each in a transaction of
// its own and by the rules of the single step. One that fails stops no other.
func (h *Handlers) ChangeIncidents(ctx context.Context, r spec.ChangeIncidentsRequestObject) (spec.ChangeIncidentsResponseObject, error) {
	given := map[string]bool{
		"reason": reasonInput(r.Body.Reason) != nil, "verification_status": value(r.Body.VerificationStatus) != "",
		"sensitivity": value(r.Body.Sensitivity) != "", "user_id": value(r.Body.UserId) != "",
	}
	var missing []models.FieldError
	for _, name := range bulkNeeds[r.Body.Action] {
		if !given[name] {
			missing = append(missing, models.FieldError{Pointer: "#/" + name, Code: "required"})
		}
	}
	if len(missing) > 0 {
		return nil, models.Invalid(missing)
	}
	out := spec.ChangeIncidents200JSONResponse{Items: []spec.BulkResult{}}
	for _, item := range r.Body.Items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec, err := h.bulkStep(ctx, *r.Body, item.Ref, item.Version)
		result := bulkResult(item.Ref, rec, err)
		// Undo takes back the record's last action; a team has none.
		result.Undoable = result.Ok && r.Body.Action != "assign" && r.Body.Action != "ask_review" && PrincipalOf(ctx).MayUndo(rec, h.Clock()) == nil
		out.Items = append(out.Items, result)
	}
	return out, nil
}

func (h *Handlers) bulkStep(ctx context.Context, b spec.BulkInput, text string, version int) (models.Incident, error) {
	ref, err := models.ParseRef(text)
	if err != nil {
		return models.Incident{}, err
	}
	view, reason := h.view(ctx), reasonInput(b.Reason)
	move := func(to string) (models.Incident, error) {
		return view.MoveIncident(ctx, ref, version, models.Transition{To: to, Reason: reason}, h.Vocab)
	}
	switch b.Action {
	case "submit":
		return move(models.StatusInReview)
	case "return":
		return move(models.StatusDraft)
	case "approve":
		return move(models.StatusApproved)
	case "verify":
		return view.VerifyIncident(ctx, ref, version, models.Judgement{Status: *b.VerificationStatus, Reason: *reason}, h.Vocab)
	case "assign":
		_, err = view.Assign(ctx, ref, *b.UserId)
	case "ask_review":
		_, err = view.AskReview(ctx, ref, *b.UserId)
	case "undo":
		return view.UndoIncident(ctx, ref, version, h.Vocab)
	default:
		return h.raiseSensitivity(ctx, view, ref, version, *b.Sensitivity, reason)
	}
	if err != nil {
		return models.Incident{}, err
	}
	return view.Incident(ctx, ref)
}

// raiseSensitivity is an edit of that one member. Lowering it is a decision
// about a single record.
func (h *Handlers) raiseSensitivity(ctx context.Context, view *store.View, ref string, version int, sensitivity string, reason *string) (models.Incident, error) {
	rec, err := view.PendingContent(ctx, ref)
	if err != nil {
		return rec, err
	}
	if rec.Sensitivity == sensitivity || models.LowersSensitivity(rec.Sensitivity, sensitivity) {
		return rec, models.Fail(models.KindConflict, "bulk.not_higher", "This record is protected as much already, or more.")
	}
	in := rec.IncidentInput
	in.Sensitivity = sensitivity
	if err := in.Validate(h.Clock(), h.Vocab); err != nil {
		return rec, err
	}
	return view.UpdateIncident(ctx, store.UpdateIncident{Ref: ref, Version: version, Input: in, Reason: reason, Vocab: h.Vocab})
}

func bulkResult(ref string, rec models.Incident, err error) spec.BulkResult {
	out := spec.BulkResult{Ref: ref, Ok: err == nil, Errors: []spec.FieldProblem{}}
	if err == nil {
		out.Version = &rec.Version
		return out
	}
	code := "internal"
	var known *models.Error
	if errors.As(err, &known) {
		code = known.Code
		for _, f := range known.Fields {
			out.Errors = append(out.Errors, spec.FieldProblem{Pointer: f.Pointer, Parameter: f.Parameter, Code: f.Code, Params: f.Params})
		}
	}
	out.Code = &code
	return out
}
