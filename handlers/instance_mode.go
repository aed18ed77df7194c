package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// ReadInstanceMode answers the mode with its reason.
func (h *Handlers) ReadInstanceMode(ctx context.Context, _ spec.ReadInstanceModeRequestObject) (spec.ReadInstanceModeResponseObject, error) {
	state, err := h.view(ctx).InstanceState(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ReadInstanceMode200JSONResponse(h.instanceState(ctx, state)), nil
}

// SetInstanceMode locks the instance, or opens it again.
func (h *Handlers) SetInstanceMode(ctx context.Context, r spec.SetInstanceModeRequestObject) (spec.SetInstanceModeResponseObject, error) {
	reason := value(r.Body.Reason)
	if fault := models.TextFault(reason); fault != "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/reason", Code: fault}})
	}
	state, err := h.view(ctx).SetInstanceMode(ctx, models.InstanceMode(r.Body.Mode), reason)
	if err != nil {
		return nil, err
	}
	return spec.SetInstanceMode200JSONResponse(h.instanceState(ctx, state)), nil
}

func (h *Handlers) instanceState(ctx context.Context, s models.InstanceState) spec.InstanceState {
	out := spec.InstanceState{Mode: spec.InstanceStateMode(s.Mode), Reason: s.Reason, ChangedAt: s.ChangedAt, Warnings: []spec.InstanceStateWarnings{}}
	if h.Warnings != nil {
		out.Warnings = each(h.Warnings(ctx), func(w string) spec.InstanceStateWarnings { return spec.InstanceStateWarnings(w) })
	}
	return out
}
