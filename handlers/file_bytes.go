package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"farwatch/api/spec"
	"farwatch/internal/files"
	"farwatch/models"
)

// ViewFile sends the picture that was made anew.
func (h *Handlers) ViewFile(ctx context.Context, r spec.ViewFileRequestObject) (spec.ViewFileResponseObject, error) {
	return h.sendFile(ctx, r.Ref, r.FileId, models.CustodyViewed, r.Params.Range)
}

// DownloadFile sends the untouched original.
func (h *Handlers) DownloadFile(ctx context.Context, r spec.DownloadFileRequestObject) (spec.DownloadFileResponseObject, error) {
	return h.sendFile(ctx, r.Ref, r.FileId, models.CustodyDownloaded, r.Params.Range)
}

// sendFile opens the stored bytes. The custody log is written first: what leaves
// is on record.
func (h *Handlers) sendFile(ctx context.Context, text, id, action string, part *string) (fileBytes, error) {
	ref, err := models.ParseRef(text)
	if err != nil {
		return fileBytes{}, err
	}
	f, err := h.view(ctx).UseFile(ctx, ref, id, action)
	if err != nil {
		return fileBytes{}, err
	}
	name, mediaType := f.Blob, "application/octet-stream"
	if action == models.CustodyViewed {
		name, mediaType = f.View, f.ViewType
	}
	blob, size, err := h.Files.Open(ctx, name)
	if err != nil {
		return fileBytes{}, models.Fail(models.KindUnavailable, "file.storage_failed", "The stored file cannot be read. Tell the administrator: farwatch evidence verify names it.").Because(err)
	}
	body, err := files.Open(f.Key, blob, size)
	if err != nil {
		return fileBytes{}, errors.Join(models.Fail(models.KindUnavailable, "file.altered", "The stored file was altered. Tell the administrator: farwatch evidence verify names it.").Because(err), blob.Close())
	}
	return fileBytes{file: f, mediaType: mediaType, body: body, blob: blob, part: value(part)}, nil
}

// fileBytes is the answer: bytes to keep or to show, never to run.
type fileBytes struct {
	file      models.File
	mediaType string
	body      io.ReadSeeker
	blob      files.Blob
	part      string
}

// VisitViewFileResponse sends the picture.
func (f fileBytes) VisitViewFileResponse(w http.ResponseWriter) error { return f.send(w, "inline") }

// VisitDownloadFileResponse sends the original.
func (f fileBytes) VisitDownloadFileResponse(w http.ResponseWriter) error {
	return f.send(w, "attachment")
}

// send is S49: an own name for the file, no script whatever a browser takes it
// for, and one part of it if that was asked for.
func (f fileBytes) send(w http.ResponseWriter, disposition string) error {
	defer func() { _ = f.blob.Close() }() // read only
	head := w.Header()
	head.Set("Content-Type", f.mediaType)
	head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	head.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.file.Name}))
	r := &http.Request{Method: http.MethodGet, Header: http.Header{}}
	if f.part != "" {
		r.Header.Set("Range", f.part)
	}
	out := &patient{ResponseWriter: w}
	http.ServeContent(out, r, "", time.Time{}, f.body)
	return out.failed
}

// patient moves the write deadline on with every piece (S2).
type patient struct {
	http.ResponseWriter
	failed error
}

func (p *patient) Write(data []byte) (int, error) {
	err := http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(sendTime))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		p.failed = fmt.Errorf("extend deadline: %w", err)
		return 0, p.failed
	}
	n, err := p.ResponseWriter.Write(data)
	if err != nil {
		p.failed = fmt.Errorf("send file: %w", err)
	}
	return n, err
}
