package handlers

import (
	"context"
	"strings"

	"farwatch/api/spec"
	"farwatch/models"
)

// ListComments answers what was said about a record.
func (h *Handlers) ListComments(ctx context.Context, r spec.ListCommentsRequestObject) (spec.ListCommentsResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	list, people, err := h.view(ctx).Comments(ctx, ref)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		if err := h.noteRead(ctx, ref); err != nil {
			return nil, err
		}
	}
	return spec.ListComments200JSONResponse{
		Items:  each(list, func(c models.Comment) spec.Comment { return h.comment(ctx, c) }),
		People: each(people, func(p models.Teammate) string { return p.UserName }),
	}, nil
}

// CreateComment says something about a record.
func (h *Handlers) CreateComment(ctx context.Context, r spec.CreateCommentRequestObject) (spec.CreateCommentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	body, err := commentText(r.Body.Body)
	if err != nil {
		return nil, err
	}
	hash, err := h.onceOnly(r.Params.IdempotencyKey, []string{ref, body})
	if err != nil {
		return nil, err
	}
	c, err := h.view(ctx).Comment(ctx, ref, body, *r.Params.IdempotencyKey, hash)
	if err != nil {
		return nil, err
	}
	return spec.CreateComment201JSONResponse(h.comment(ctx, c)), nil
}

// ChangeComment changes the text of one's own, or resolves any.
func (h *Handlers) ChangeComment(ctx context.Context, r spec.ChangeCommentRequestObject) (spec.ChangeCommentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	if (r.Body.Body == nil) == (r.Body.Resolved == nil) {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/body", Code: "text_or_resolved"}})
	}
	var c models.Comment
	if r.Body.Resolved != nil {
		c, err = h.view(ctx).ResolveComment(ctx, ref, r.CommentId, *r.Body.Resolved)
	} else {
		var body string
		if body, err = commentText(*r.Body.Body); err == nil {
			c, err = h.view(ctx).EditComment(ctx, ref, r.CommentId, body)
		}
	}
	if err != nil {
		return nil, err
	}
	return spec.ChangeComment200JSONResponse(h.comment(ctx, c)), nil
}

// DeleteComment takes away the text of one's own.
func (h *Handlers) DeleteComment(ctx context.Context, r spec.DeleteCommentRequestObject) (spec.DeleteCommentResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	if err := h.view(ctx).DeleteComment(ctx, ref, r.CommentId); err != nil {
		return nil, err
	}
	return spec.DeleteComment204Response{}, nil
}

func commentText(text string) (string, error) {
	text = strings.TrimSpace(models.NormalizeText(text))
	fault := models.TextFault(text)
	if text == "" {
		fault = "required"
	}
	if fault != "" {
		return "", models.Invalid([]models.FieldError{{Pointer: "#/body", Code: fault}})
	}
	return text, nil
}

func (h *Handlers) comment(ctx context.Context, c models.Comment) spec.Comment {
	return spec.Comment{
		CommentId: c.ID, Author: c.Author, Body: c.Body, At: c.At, EditedAt: c.EditedAt, DeletedAt: c.DeletedAt,
		ResolvedAt: c.ResolvedAt, ResolvedBy: c.ResolvedBy, Mentions: nonNil(c.Mentions),
		MayChange: PrincipalOf(ctx).MayChangeComment(c, h.Clock()) == nil,
	}
}
