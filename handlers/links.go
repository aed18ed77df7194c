package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// ListLinks answers what a record is tied to.
func (h *Handlers) ListLinks(ctx context.Context, r spec.ListLinksRequestObject) (spec.ListLinksResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	links, err := h.view(ctx).Links(ctx, ref)
	if err != nil {
		return nil, err
	}
	return spec.ListLinks200JSONResponse{Outgoing: each(links.Outgoing, link), Incoming: each(links.Incoming, link), Campaigns: each(links.Campaigns, campaign)}, nil
}

// ListDuplicates answers the records that may tell the same as one.
func (h *Handlers) ListDuplicates(ctx context.Context, r spec.ListDuplicatesRequestObject) (spec.ListDuplicatesResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	list, err := h.view(ctx).DuplicatesOf(ctx, ref, h.Vocab)
	if err != nil {
		return nil, err
	}
	return spec.ListDuplicates200JSONResponse{Items: each(list, duplicate)}, nil
}

// FindDuplicates does the same for a content before it is logged.
func (h *Handlers) FindDuplicates(ctx context.Context, r spec.FindDuplicatesRequestObject) (spec.FindDuplicatesResponseObject, error) {
	in := incidentInput(*r.Body)
	if err := in.Validate(h.Clock(), h.Vocab); err != nil {
		return nil, err
	}
	list, err := h.view(ctx).DuplicatesOfDraft(ctx, in, h.Vocab)
	if err != nil {
		return nil, err
	}
	return spec.FindDuplicates200JSONResponse{Items: each(list, duplicate)}, nil
}

// DismissDuplicate remembers that two records do not tell the same.
func (h *Handlers) DismissDuplicate(ctx context.Context, r spec.DismissDuplicateRequestObject) (spec.DismissDuplicateResponseObject, error) {
	ref, other, err := refs(r.Ref, r.Other)
	if err != nil {
		return nil, err
	}
	if r.Body.Note != nil {
		if fault := models.TextFault(*r.Body.Note); fault != "" {
			return nil, models.Invalid([]models.FieldError{{Pointer: "#/note", Code: fault}})
		}
	}
	d, err := h.view(ctx).DismissDuplicate(ctx, ref, other, reasonInput(r.Body.Note))
	if err != nil {
		return nil, err
	}
	return spec.DismissDuplicate200JSONResponse(*dismissal(&d)), nil
}

// RestoreDuplicate takes that back.
func (h *Handlers) RestoreDuplicate(ctx context.Context, r spec.RestoreDuplicateRequestObject) (spec.RestoreDuplicateResponseObject, error) {
	ref, other, err := refs(r.Ref, r.Other)
	if err != nil {
		return nil, err
	}
	if err := h.view(ctx).RestoreDuplicate(ctx, ref, other); err != nil {
		return nil, err
	}
	return spec.RestoreDuplicate204Response{}, nil
}

func refs(a, b string) (one, other string, err error) {
	if one, err = models.ParseRef(a); err != nil {
		return "", "", err
	}
	other, err = models.ParseRef(b)
	return one, other, err
}

func link(l models.Link) spec.Link {
	return spec.Link{Id: l.Relation.ID, Kind: l.Relation.Kind, Sensitivity: l.Relation.Sensitivity, Note: l.Relation.Note, Record: linked(l.Record)}
}

func linked(r models.LinkedRecord) spec.LinkedRecord {
	return spec.LinkedRecord{
		Ref: r.Ref, Title: r.Title, Summary: r.Summary, WorkflowStatus: r.WorkflowStatus, VerificationStatus: r.VerificationStatus,
		Sensitivity: r.Sensitivity, Occurred: occurred(r.Occurred),
	}
}

func duplicate(d models.Duplicate) spec.Duplicate {
	return spec.Duplicate{
		Record: linked(d.Record), Score: float32(d.Match.Score), Dismissed: dismissal(d.Dismissed),
		Reasons: each(d.Match.Reasons, func(r models.DuplicateReason) spec.DuplicateReason {
			return spec.DuplicateReason{Code: r.Code, Shown: r.Shown}
		}),
	}
}

func dismissal(d *models.Dismissal) *spec.Dismissal {
	if d == nil {
		return nil
	}
	return &spec.Dismissal{By: d.By, At: d.At, Note: d.Note}
}
