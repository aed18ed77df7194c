package handlers

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"farwatch/api/spec"
	"farwatch/models"
)

// DownloadExport sends the file of an export.
func (h *Handlers) DownloadExport(ctx context.Context, r spec.DownloadExportRequestObject) (spec.DownloadExportResponseObject, error) {
	return h.exportFile(ctx, http.MethodGet, r.ExportId, r.Params)
}

// HeadExport tells what there is to send.
func (h *Handlers) HeadExport(ctx context.Context, r spec.HeadExportRequestObject) (spec.HeadExportResponseObject, error) {
	return h.exportFile(ctx, http.MethodHead, r.ExportId, spec.DownloadExportParams(r.Params))
}

// exportFile opens the file, if the person may have its level still. A download
// that begins goes into the audit; what goes on with one does not again.
func (h *Handlers) exportFile(ctx context.Context, method, id string, params spec.DownloadExportParams) (exportBytes, error) {
	p, view := PrincipalOf(ctx), h.view(ctx)
	e, err := view.Export(ctx, id)
	if err != nil {
		return exportBytes{}, err
	}
	if e.UserID != p.UserID {
		return exportBytes{}, models.NotFound("export")
	}
	if err := p.MayExport(e.Request.Level); err != nil {
		return exportBytes{}, err
	}
	if e.Request.Level == models.LevelFull && !p.SteppedUp(h.Clock()) {
		return exportBytes{}, models.Fail(models.KindForbidden, "session.step_up_required", "This needs a fresh proof that it is you. Renew the session with a code or passkey and send it again.")
	}
	file := h.Exports.file(id)
	switch {
	case e.State == models.ExportExpired, e.State == models.ExportDone && file == nil:
		return exportBytes{}, models.Fail(models.KindGone, "export.expired", "The file is not kept any longer. Run the export again.")
	case e.State != models.ExportDone:
		return exportBytes{}, &models.Error{
			Kind: models.KindConflict, Code: "export.wrong_state", Params: map[string]any{"state": e.State}, Detail: "There is no file yet: the export is " + e.State + ".",
		}
	}
	body, err := file.Reader()
	if err != nil {
		return exportBytes{}, models.Fail(models.KindGone, "export.expired", "The file is not kept any longer. Run the export again.").Because(err)
	}
	begins := params.Range == nil || strings.HasPrefix(*params.Range, "bytes=0-")
	if method == http.MethodGet && begins {
		if err := view.NoteExport(ctx, e); err != nil {
			return exportBytes{}, err
		}
	}
	return exportBytes{export: e, method: method, params: params, body: body}, nil
}

// exportBytes is the answer.
type exportBytes struct {
	export models.Export
	method string
	params spec.DownloadExportParams
	body   io.ReadSeeker
}

// mediaTypes of files, by format.
var mediaTypes = map[string]string{
	models.FormatCSV: "text/csv; charset=utf-8; header=present", models.FormatACLED: "text/csv; charset=utf-8; header=present",
	models.FormatXLSX:  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	models.FormatJSONL: "application/jsonl", models.FormatGeoJSON: "application/geo+json", models.FormatParquet: "application/vnd.apache.parquet",
	models.FormatPackage: "application/zip",
}

// VisitDownloadExportResponse sends the file or the part of it that was asked for.
func (f exportBytes) VisitDownloadExportResponse(w http.ResponseWriter) error { return f.send(w) }

// VisitHeadExportResponse sends what is said before the file.
func (f exportBytes) VisitHeadExportResponse(w http.ResponseWriter) error { return f.send(w) }

func (f exportBytes) send(w http.ResponseWriter) error {
	name, head := exportName(f.export), w.Header()
	media := mediaTypes[f.export.Request.Format]
	if strings.HasSuffix(name, ".zip") {
		media = mediaTypes[models.FormatPackage]
	}
	head.Set("Content-Type", media)
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	head.Set("ETag", `"`+f.export.SHA256+`"`)
	head.Set("X-Farwatch-Rows", fmt.Sprint(f.export.Rows))
	head.Set("X-Farwatch-Omitted", fmt.Sprint(f.export.Omitted))
	r := &http.Request{Method: f.method, Header: http.Header{}}
	for name, given := range map[string]*string{"Range": f.params.Range, "If-Range": f.params.IfRange, "If-None-Match": f.params.IfNoneMatch} {
		if given != nil {
			r.Header.Set(name, *given)
		}
	}
	out := &patient{ResponseWriter: w}
	http.ServeContent(out, r, "", time.Time{}, f.body)
	return out.failed
}
