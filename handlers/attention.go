package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// ReadQueue answers what waits for the person.
func (h *Handlers) ReadQueue(ctx context.Context, _ spec.ReadQueueRequestObject) (spec.ReadQueueResponseObject, error) {
	list, err := h.view(ctx).Queue(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ReadQueue200JSONResponse{Items: each(list, func(w models.Waiting) spec.Waiting {
		return spec.Waiting{Reason: w.Reason, Total: w.Total, Items: each(w.Items, func(i models.WaitingRecord) spec.WaitingRecord {
			return spec.WaitingRecord{Record: linked(i.Record), Since: i.Since}
		})}
	})}, nil
}

// ReadAttention answers how much there is to look at.
func (h *Handlers) ReadAttention(ctx context.Context, _ spec.ReadAttentionRequestObject) (spec.ReadAttentionResponseObject, error) {
	a, err := h.view(ctx).Attention(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ReadAttention200JSONResponse{Unread: a.Unread, Waiting: a.Waiting}, nil
}

// ListNotifications answers what happened to one's records.
func (h *Handlers) ListNotifications(ctx context.Context, _ spec.ListNotificationsRequestObject) (spec.ListNotificationsResponseObject, error) {
	list, err := h.view(ctx).Notifications(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListNotifications200JSONResponse{Items: each(list, func(n models.Notification) spec.Notification {
		return spec.Notification{NotificationId: n.ID, Kind: n.Kind, Actor: n.Actor, At: n.At, ReadAt: n.ReadAt, Record: linked(n.Record)}
	})}, nil
}

// ReadNotifications marks some, or all, as read.
func (h *Handlers) ReadNotifications(ctx context.Context, r spec.ReadNotificationsRequestObject) (spec.ReadNotificationsResponseObject, error) {
	var ids []string
	if r.Body.Ids != nil {
		ids = nonNil(*r.Body.Ids)
	}
	if err := h.view(ctx).ReadNotifications(ctx, ids); err != nil {
		return nil, err
	}
	return spec.ReadNotifications204Response{}, nil
}
