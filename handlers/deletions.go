package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// DeleteIncident hides a record, which the clock erases later.
func (h *Handlers) DeleteIncident(ctx context.Context, r spec.DeleteIncidentRequestObject) (spec.DeleteIncidentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	version, err := h.matched(ctx, ref, r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	reason, err := givenReason(r.Body.Reason)
	if err != nil {
		return nil, err
	}
	if err := h.view(ctx).DeleteIncident(ctx, ref, version, reason); err != nil {
		return nil, err
	}
	return spec.DeleteIncident204Response{}, nil
}

// UndeleteIncident brings a deleted record back.
func (h *Handlers) UndeleteIncident(ctx context.Context, r spec.UndeleteIncidentRequestObject) (spec.UndeleteIncidentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	rec, err := h.view(ctx).UndeleteIncident(ctx, ref)
	if err != nil {
		return nil, err
	}
	etag := h.etag(rec)
	return spec.UndeleteIncident200JSONResponse{Body: h.incident(PrincipalOf(ctx), rec), Headers: spec.UndeleteIncident200ResponseHeaders{ETag: &etag}}, nil
}

// ListDeleted answers the records that can be brought back.
func (h *Handlers) ListDeleted(ctx context.Context, _ spec.ListDeletedRequestObject) (spec.ListDeletedResponseObject, error) {
	list, err := h.view(ctx).Deleted(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListDeleted200JSONResponse{Items: each(list, func(d models.DeletedRecord) spec.DeletedRecord {
		return spec.DeletedRecord{
			Record: linked(d.Record), DeletedAt: d.DeletedAt, DeletedBy: d.DeletedBy, Reason: d.Reason, EraseAt: d.EraseAt(), Hold: d.Hold,
		}
	})}, nil
}

// ReadHold answers the legal hold of a record.
func (h *Handlers) ReadHold(ctx context.Context, r spec.ReadHoldRequestObject) (spec.ReadHoldResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	held, err := h.view(ctx).Hold(ctx, ref)
	if err != nil {
		return nil, err
	}
	return spec.ReadHold200JSONResponse(holdState(ctx, held)), nil
}

// PlaceHold keeps a record from being deleted.
func (h *Handlers) PlaceHold(ctx context.Context, r spec.PlaceHoldRequestObject) (spec.PlaceHoldResponseObject, error) {
	ref, reason, err := refAndReason(r.Ref, r.Body.Reason)
	if err != nil {
		return nil, err
	}
	held, err := h.view(ctx).PlaceHold(ctx, ref, reason)
	if err != nil {
		return nil, err
	}
	return spec.PlaceHold200JSONResponse(holdState(ctx, held)), nil
}

// AskRelease asks for the end of a hold.
func (h *Handlers) AskRelease(ctx context.Context, r spec.AskReleaseRequestObject) (spec.AskReleaseResponseObject, error) {
	ref, reason, err := refAndReason(r.Ref, r.Body.Reason)
	if err != nil {
		return nil, err
	}
	held, err := h.view(ctx).AskRelease(ctx, ref, reason)
	if err != nil {
		return nil, err
	}
	return spec.AskRelease200JSONResponse(holdState(ctx, held)), nil
}

// DecideRelease ends a hold, or keeps it.
func (h *Handlers) DecideRelease(ctx context.Context, r spec.DecideReleaseRequestObject) (spec.DecideReleaseResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	var held *models.Hold
	if string(r.Body.Decision) == "keep" {
		held, err = h.view(ctx).KeepHold(ctx, ref)
	} else {
		err = h.view(ctx).ReleaseHold(ctx, ref, h.Vocab)
	}
	if err != nil {
		return nil, err
	}
	return spec.DecideRelease200JSONResponse(holdState(ctx, held)), nil
}

func refAndReason(given, text string) (ref, reason string, err error) {
	if ref, err = models.ParseRef(given); err != nil {
		return "", "", err
	}
	reason, err = givenReason(text)
	return ref, reason, err
}

// givenReason is a reason that must be there.
func givenReason(text string) (string, error) {
	if reason := reasonInput(&text); reason != nil {
		return *reason, nil
	}
	return "", models.Invalid([]models.FieldError{{Pointer: "#/reason", Code: "required"}})
}

func holdState(ctx context.Context, held *models.Hold) spec.HoldState {
	if held == nil {
		return spec.HoldState{}
	}
	return spec.HoldState{Hold: &spec.Hold{
		PlacedBy: held.PlacedBy, PlacedAt: held.PlacedAt, Reason: held.Reason, AskedBy: held.AskedBy, AskedAt: held.AskedAt,
		ReleaseReason: held.ReleaseReason, MayRelease: PrincipalOf(ctx).MayRelease(*held) == nil,
	}}
}
