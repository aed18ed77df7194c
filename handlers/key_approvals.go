package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/internal/auth"
)

// ApproveKeys answers a one-time code; only its hash is kept.
func (h *Handlers) ApproveKeys(ctx context.Context, r spec.ApproveKeysRequestObject) (spec.ApproveKeysResponseObject, error) {
	action := string(r.Body.Action)
	code, hash, err := auth.NewKeyCode(action)
	if err != nil {
		return nil, err
	}
	made, err := h.view(ctx).ApproveKeys(ctx, action, hash)
	if err != nil {
		return nil, err
	}
	return spec.ApproveKeys201JSONResponse{Action: spec.KeyApprovalAction(made.Action), Code: code, ExpiresAt: made.ExpiresAt}, nil
}
