package handlers

import (
	"context"
	"encoding/json"
	"fmt"

	"farwatch/api/spec"
	"farwatch/models"
)

// SaveWorkingCopy keeps an unfinished form as it stands; nothing in it is
// checked yet.
func (h *Handlers) SaveWorkingCopy(ctx context.Context, r spec.SaveWorkingCopyRequestObject) (spec.SaveWorkingCopyResponseObject, error) {
	form, err := json.Marshal(r.Body.Form)
	if err != nil {
		return nil, fmt.Errorf("encode form: %w", err)
	}
	saved, err := h.view(ctx).SaveWorkingCopy(ctx, models.WorkingCopy{
		ID: r.WorkingCopyId, Title: r.Body.Title, IncidentRef: r.Body.IncidentRef, BaseVersion: r.Body.BaseVersion, Form: form,
	})
	if err != nil {
		return nil, err
	}
	return spec.SaveWorkingCopy200JSONResponse(workingCopyItem(saved)), nil
}

// ReadWorkingCopy answers one of the principal's own unfinished forms.
func (h *Handlers) ReadWorkingCopy(ctx context.Context, r spec.ReadWorkingCopyRequestObject) (spec.ReadWorkingCopyResponseObject, error) {
	w, err := h.view(ctx).WorkingCopy(ctx, r.WorkingCopyId)
	if err != nil {
		return nil, err
	}
	out := spec.WorkingCopy{
		WorkingCopyId: w.ID, Title: w.Title, IncidentRef: w.IncidentRef, BaseVersion: w.BaseVersion, UpdatedAt: w.UpdatedAt,
	}
	if err := json.Unmarshal(w.Form, &out.Form); err != nil {
		return nil, fmt.Errorf("decode form: %w", err)
	}
	return spec.ReadWorkingCopy200JSONResponse(out), nil
}

// ListWorkingCopies answers the principal's own unfinished forms.
func (h *Handlers) ListWorkingCopies(ctx context.Context, _ spec.ListWorkingCopiesRequestObject) (spec.ListWorkingCopiesResponseObject, error) {
	list, err := h.view(ctx).WorkingCopies(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListWorkingCopies200JSONResponse{Items: each(list, workingCopyItem)}, nil
}

// DiscardWorkingCopy throws one away.
func (h *Handlers) DiscardWorkingCopy(ctx context.Context, r spec.DiscardWorkingCopyRequestObject) (spec.DiscardWorkingCopyResponseObject, error) {
	if err := h.view(ctx).DiscardWorkingCopy(ctx, r.WorkingCopyId); err != nil {
		return nil, err
	}
	return spec.DiscardWorkingCopy204Response{}, nil
}

func workingCopyItem(w models.WorkingCopy) spec.WorkingCopyItem {
	return spec.WorkingCopyItem{
		WorkingCopyId: w.ID, Title: w.Title, IncidentRef: w.IncidentRef, BaseVersion: w.BaseVersion, UpdatedAt: w.UpdatedAt,
	}
}
