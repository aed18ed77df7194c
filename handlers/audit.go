package handlers

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"farwatch/api/spec"
	"farwatch/models"
)

// auditPageSize is a page of the audit that says no size.
const auditPageSize = 50

// auditVerifyTime is how long one request walks the chain.
const auditVerifyTime = 20 * time.Second

// auditQuestion is a filter with its page.
type auditQuestion struct {
	filter models.AuditFilter
	from   *models.AuditCursor
	limit  int
}

func readAuditQuestion(record, userName, action *string, from, to *time.Time, cursor *string, limit *int) (auditQuestion, error) {
	q := auditQuestion{filter: models.AuditFilter{UserName: value(userName), Action: value(action), From: from, To: to}, limit: auditPageSize}
	if limit != nil {
		q.limit = *limit
	}
	if text := strings.TrimSpace(value(record)); text != "" {
		ref, err := models.ParseRef(text)
		if err != nil {
			return q, invalidParameter("record")
		}
		q.filter.Ref = ref
	}
	if cursor == nil {
		return q, nil
	}
	at, shown, _ := strings.Cut(*cursor, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return q, invalidParameter("cursor")
	}
	n, err := strconv.Atoi(shown)
	if err != nil {
		return q, invalidParameter("cursor")
	}
	q.from = &models.AuditCursor{At: time.UnixMilli(ms).UTC(), Shown: n}
	return q, nil
}

func invalidParameter(name string) error {
	return models.Invalid([]models.FieldError{{Parameter: name, Code: "bad_format"}})
}

// ListAudit answers what was done in the organisation.
func (h *Handlers) ListAudit(ctx context.Context, r spec.ListAuditRequestObject) (spec.ListAuditResponseObject, error) {
	p := r.Params
	q, err := readAuditQuestion(p.Record, p.UserName, p.Action, p.From, p.To, p.Cursor, p.Limit)
	if err != nil {
		return nil, err
	}
	page, next, err := h.view(ctx).OrganisationAudit(ctx, q.filter, q.from, q.limit)
	if err != nil {
		return nil, err
	}
	return spec.ListAudit200JSONResponse(auditPage(page, next)), nil
}

// ListOwnAudit answers what the principal did.
func (h *Handlers) ListOwnAudit(ctx context.Context, r spec.ListOwnAuditRequestObject) (spec.ListOwnAuditResponseObject, error) {
	p := r.Params
	q, err := readAuditQuestion(p.Record, nil, p.Action, p.From, p.To, p.Cursor, p.Limit)
	if err != nil {
		return nil, err
	}
	page, next, err := h.view(ctx).OwnAudit(ctx, q.filter, q.from, q.limit)
	if err != nil {
		return nil, err
	}
	return spec.ListOwnAudit200JSONResponse(auditPage(page, next)), nil
}

// ListInstanceAudit answers when what was done anywhere.
func (h *Handlers) ListInstanceAudit(ctx context.Context, r spec.ListInstanceAuditRequestObject) (spec.ListInstanceAuditResponseObject, error) {
	p := r.Params
	q, err := readAuditQuestion(nil, nil, p.Action, p.From, p.To, p.Cursor, p.Limit)
	if err != nil {
		return nil, err
	}
	page, next, err := h.view(ctx).InstanceAudit(ctx, q.filter, q.from, q.limit)
	if err != nil {
		return nil, err
	}
	return spec.ListInstanceAudit200JSONResponse(auditPage(page, next)), nil
}

// VerifyAudit walks the chain and answers whether it is whole.
func (h *Handlers) VerifyAudit(ctx context.Context, _ spec.VerifyAuditRequestObject) (spec.VerifyAuditResponseObject, error) {
	v, err := h.view(ctx).VerifyAudit(ctx, auditVerifyTime)
	if err != nil {
		return nil, err
	}
	out := spec.VerifyAudit200JSONResponse{Whole: v.Whole, Complete: v.Complete, Checked: v.Checked, BrokenAfter: v.BrokenAt}
	if v.Broken > 0 {
		out.BrokenRow = &v.Broken
	}
	return out, nil
}

func auditPage(page []models.AuditEntry, next *models.AuditCursor) spec.AuditPage {
	out := spec.AuditPage{Items: each(page, func(e models.AuditEntry) spec.AuditEntry {
		return spec.AuditEntry{
			At: e.At, Action: e.Action, Organisation: e.Organisation, UserName: e.UserName, Object: e.Object, ObjectName: e.ObjectName,
			Record: e.Ref, RecordVisible: e.RefVisible, Fields: nonNil(e.Fields),
		}
	})}
	if next != nil {
		text := fmt.Sprintf("%d.%d", next.At.UnixMilli(), next.Shown)
		out.Next = &text
	}
	return out
}
