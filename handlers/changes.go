package handlers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"farwatch/api/spec"
	"farwatch/models"
)

// ListChanges answers what became of the records that match the filter.
func (h *Handlers) ListChanges(ctx context.Context, r spec.ListChangesRequestObject) (spec.ListChangesResponseObject, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	p := PrincipalOf(ctx).AsMachine()
	from, err := h.openChangeCursor(p, filter, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := 100
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	changes, next, complete, err := h.view(ctx).Changes(ctx, filter, from, limit)
	if err != nil {
		return nil, err
	}
	cursor, err := h.changeCursor(p, filter, next)
	if err != nil {
		return nil, err
	}
	link := nextLink(ctx, cursor)
	return spec.ListChanges200JSONResponse{
		Headers: spec.ListChanges200ResponseHeaders{Link: &link},
		Body: spec.RecordChangePage{Complete: complete, NextCursor: cursor, Items: each(changes, func(c models.RecordChange) spec.RecordChange {
			out := spec.RecordChange{Ref: c.Ref, State: spec.RecordChangeState(c.State), MergedInto: c.MergedInto}
			if c.Record != nil {
				record := h.incident(p, *c.Record)
				out.Record = &record
			}
			return out
		})},
	}, nil
}

// changeCursor is the position with a MAC over it and what it is a position
// in: a smaller Begun would ask for refs that were gone before the copy began.
func (h *Handlers) changeCursor(p models.Principal, f models.IncidentFilter, c models.ChangeCursor) (string, error) {
	data := binary.BigEndian.AppendUint64(nil, uint64(c.After))
	data = binary.BigEndian.AppendUint64(data, uint64(c.Begun))
	described, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("encode filter: %w", err)
	}
	mac := hmac.New(sha256.New, h.ETagKey[:])
	_, _ = fmt.Fprintf(mac, "changes|%d|%s|%t|%s|", p.OrganisationID, p.UserID, p.HasAny(models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer), described)
	mac.Write(data)
	return base64.RawURLEncoding.EncodeToString(append(data, mac.Sum(nil)[:16]...)), nil
}

func (h *Handlers) openChangeCursor(p models.Principal, f models.IncidentFilter, cursor *string) (*models.ChangeCursor, error) {
	if value(cursor) == "" {
		return nil, nil
	}
	bad := models.Fail(models.KindMalformed, "cursor.invalid", "This cursor belongs to another list. Start again without a cursor.")
	data, err := base64.RawURLEncoding.DecodeString(*cursor)
	if err != nil || len(data) != 32 {
		return nil, bad
	}
	c := models.ChangeCursor{After: int64(binary.BigEndian.Uint64(data)), Begun: int64(binary.BigEndian.Uint64(data[8:]))}
	made, err := h.changeCursor(p, f, c)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal([]byte(made), []byte(*cursor)) {
		return nil, bad
	}
	return &c, nil
}
