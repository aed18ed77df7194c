package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"farwatch/api/spec"
	"farwatch/internal/files"
	"farwatch/models"
)

// JudgedAtOnce is how many files may be in memory whole.
const JudgedAtOnce = 2

// ListFiles answers the evidence files of a record.
func (h *Handlers) ListFiles(ctx context.Context, r spec.ListFilesRequestObject) (spec.ListFilesResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	list, uploads, err := h.view(ctx).Files(ctx, ref)
	if err != nil {
		return nil, err
	}
	rec, err := h.view(ctx).Incident(ctx, ref)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 { // their names are protected
		if err := h.noteRead(ctx, ref); err != nil {
			return nil, err
		}
	}
	return spec.ListFiles200JSONResponse{Items: each(list, file), Uploads: each(uploads, upload), MayEdit: PrincipalOf(ctx).MayEdit(rec) == nil}, nil
}

// BeginUpload makes room for a file, if its name and size can be taken.
func (h *Handlers) BeginUpload(ctx context.Context, r spec.BeginUploadRequestObject) (spec.BeginUploadResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	name := files.CleanName(r.Body.Name)
	if err := files.CheckName(name); err != nil {
		return nil, err
	}
	if r.Body.Bytes > models.MaxFileBytes {
		return nil, models.Fail(models.KindTooLarge, "file.too_large", "A file may have 50 MiB. Cut a film into parts, or make a picture smaller.")
	}
	u, err := h.view(ctx).BeginUpload(ctx, models.Upload{Incident: ref, Name: name, Bytes: r.Body.Bytes, Graphic: r.Body.Graphic})
	if err != nil {
		return nil, err
	}
	return spec.BeginUpload201JSONResponse(upload(u)), nil
}

// ReadUpload answers how much has arrived.
func (h *Handlers) ReadUpload(ctx context.Context, r spec.ReadUploadRequestObject) (spec.ReadUploadResponseObject, error) {
	u, err := h.view(ctx).Upload(ctx, r.UploadId)
	if err != nil {
		return nil, err
	}
	return spec.ReadUpload200JSONResponse(upload(u)), nil
}

// SendPart keeps the next part.
func (h *Handlers) SendPart(ctx context.Context, r spec.SendPartRequestObject) (spec.SendPartResponseObject, error) {
	data, err := io.ReadAll(r.Body) // capped and read before by ring 1
	if err != nil {
		return nil, fmt.Errorf("read part: %w", err)
	}
	u, err := h.view(ctx).AddPart(ctx, r.UploadId, r.Params.Offset, data)
	if err != nil {
		return nil, err
	}
	return spec.SendPart200JSONResponse(upload(u)), nil
}

// CancelUpload forgets a file on its way.
func (h *Handlers) CancelUpload(ctx context.Context, r spec.CancelUploadRequestObject) (spec.CancelUploadResponseObject, error) {
	if err := h.view(ctx).CancelUpload(ctx, r.UploadId); err != nil {
		return nil, err
	}
	return spec.CancelUpload204Response{}, nil
}

// CompleteUpload judges what arrived. What is refused is forgotten: no second
// try would make it better.
func (h *Handlers) CompleteUpload(ctx context.Context, r spec.CompleteUploadRequestObject) (spec.CompleteUploadResponseObject, error) {
	select {
	case h.Judging <- struct{}{}:
		defer func() { <-h.Judging }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	u, data, err := h.view(ctx).UploadedBytes(ctx, r.UploadId)
	if err != nil {
		return nil, err
	}
	made, err := h.hold(ctx, u, data, r.Body.Sha256)
	if models.KindOf(err) == models.KindUnsupported {
		if forgotten := h.view(ctx).CancelUpload(ctx, u.ID); forgotten != nil {
			return nil, forgotten
		}
	}
	if err != nil {
		return nil, err
	}
	return spec.CompleteUpload201JSONResponse(file(made)), nil
}

// hold stores the original untouched, and a picture of it made anew, each
// sealed under the file's own key.
func (h *Handlers) hold(ctx context.Context, u models.Upload, data []byte, announced *string) (models.File, error) {
	sum := sha256.Sum256(data)
	f := models.File{Name: u.Name, SHA256: hex.EncodeToString(sum[:]), Bytes: u.Bytes, Graphic: u.Graphic}
	if announced != nil && *announced != f.SHA256 {
		return f, models.Fail(models.KindConflict, "upload.hash_differs", "What arrived is not what was sent. Begin the upload anew.")
	}
	var err error
	if f.MediaType, err = files.Inspect(u.Name, data); err != nil {
		return f, err
	}
	view, viewType, err := files.View(f.MediaType, data)
	if err != nil {
		return f, err
	}
	if f.Key, err = files.NewKey(); err != nil {
		return f, err
	}
	if f.Blob, err = files.NewName(); err != nil {
		return f, err
	}
	parts := map[string][]byte{f.Blob: data}
	if view != nil {
		if f.View, err = files.NewName(); err != nil {
			return f, err
		}
		f.ViewType, parts[f.View] = viewType, view
	}
	if err := h.view(ctx).ReserveBlobs(ctx, f.Blob, f.View); err != nil {
		return f, err
	}
	for name, plain := range parts {
		sealed, err := files.Seal(f.Key, plain)
		if err != nil {
			return f, err
		}
		if err := h.Files.Put(ctx, name, sealed); err != nil {
			return f, models.Fail(models.KindUnavailable, "file.storage_failed", "The file could not be stored. Nothing was lost; try again in a moment.").Because(err)
		}
	}
	return h.view(ctx).AddFile(ctx, u.ID, f)
}

// MarkFile says whether a file is hard to look at.
func (h *Handlers) MarkFile(ctx context.Context, r spec.MarkFileRequestObject) (spec.MarkFileResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	f, err := h.view(ctx).MarkFile(ctx, ref, r.FileId, r.Body.Graphic)
	if err != nil {
		return nil, err
	}
	return spec.MarkFile200JSONResponse(file(f)), nil
}

// DeleteFile deletes a file for good.
func (h *Handlers) DeleteFile(ctx context.Context, r spec.DeleteFileRequestObject) (spec.DeleteFileResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	reason := reasonInput(&r.Body.Reason)
	if reason == nil {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/reason", Code: "required"}})
	}
	f, err := h.view(ctx).DeleteFile(ctx, ref, r.FileId, *reason)
	if err != nil {
		return nil, err
	}
	return spec.DeleteFile200JSONResponse(file(f)), nil
}

// ListCustody answers who did what with a file.
func (h *Handlers) ListCustody(ctx context.Context, r spec.ListCustodyRequestObject) (spec.ListCustodyResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	list, err := h.view(ctx).Custody(ctx, ref, r.FileId)
	if err != nil {
		return nil, err
	}
	return spec.ListCustody200JSONResponse{Items: each(list, func(c models.Custody) spec.CustodyEntry {
		return spec.CustodyEntry{Position: c.Position, UserName: c.User, Action: c.Action, At: c.At}
	})}, nil
}

func file(f models.File) spec.File {
	return spec.File{
		FileId: f.ID, Name: f.Name, Sha256: f.SHA256, MediaType: f.MediaType, Bytes: f.Bytes, Graphic: f.Graphic, HasView: f.HasView,
		AddedBy: f.AddedBy, At: f.At, DeletedAt: f.DeletedAt, Reason: f.Reason,
	}
}

func upload(u models.Upload) spec.Upload {
	return spec.Upload{UploadId: u.ID, Name: u.Name, Bytes: u.Bytes, Offset: u.Received}
}
