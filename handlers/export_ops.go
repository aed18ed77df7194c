package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/internal/tabular"
	"farwatch/models"
	"farwatch/store"
)

// exportRequest reads what somebody wants in a file. Errors: permission.denied,
// validation.failed.
func (h *Handlers) exportRequest(p models.Principal, in spec.ExportInput) (models.ExportRequest, error) {
	r := models.ExportRequest{
		Query: value(in.Query), Format: string(in.Format), Level: string(in.Level), Shape: "wide", Values: "codes", Language: "en",
		BOM: value(in.Bom), HXL: value(in.Hxl), Snapshot: value(in.Snapshot),
	}
	if in.Shape != nil {
		r.Shape = string(*in.Shape)
	}
	if in.Values != nil {
		r.Values = string(*in.Values)
	}
	if in.Columns != nil {
		r.Columns = *in.Columns
	}
	if err := p.MayExport(r.Level); err != nil {
		return r, err
	}
	if faults := requestFaults(r); len(faults) > 0 {
		return r, models.Invalid(faults)
	}
	if len(r.Columns) > 0 {
		r.Columns = orderedColumns(r.Level, r.Columns)
	}
	var err error
	_, r.Query, err = h.filterFromQuery(r.Query)
	return r, err
}

// ofSnapshot refuses a wish for records of a snapshot that asks for anything but
// its package. Errors: validation.failed, snapshot.not_found.
func (h *Handlers) ofSnapshot(ctx context.Context, r models.ExportRequest) error {
	if r.Snapshot == "" {
		return nil
	}
	if r.Format != models.FormatPackage || r.Query != "" {
		return models.Invalid([]models.FieldError{{Pointer: "#/snapshot", Code: "not_with_format"}})
	}
	_, err := h.view(ctx).Snapshot(ctx, r.Snapshot)
	return err
}

// CreateExport keeps what somebody wants and has it made.
func (h *Handlers) CreateExport(ctx context.Context, r spec.CreateExportRequestObject) (spec.CreateExportResponseObject, error) {
	p := PrincipalOf(ctx)
	request, err := h.exportRequest(p, *r.Body)
	if err == nil {
		err = h.ofSnapshot(ctx, request)
	}
	if err != nil {
		return nil, err
	}
	hash, err := h.onceOnly(r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	e, err := h.view(ctx).RequestExport(ctx, request, *r.Params.IdempotencyKey, hash)
	if err != nil {
		return nil, err
	}
	h.Exports.kick()
	return spec.CreateExport202JSONResponse(h.exportItem(p, e)), nil
}

// ListExports answers one's own exports and, of a reviewer, what waits for them.
func (h *Handlers) ListExports(ctx context.Context, _ spec.ListExportsRequestObject) (spec.ListExportsResponseObject, error) {
	p := PrincipalOf(ctx)
	list, err := h.view(ctx).Exports(ctx)
	if err != nil {
		return nil, err
	}
	out := spec.ListExports200JSONResponse{Items: each(list, func(e models.Export) spec.Export { return h.exportItem(p, e) }), Columns: []spec.ExportColumn{}}
	for _, level := range []string{models.LevelFull, models.LevelDeIdentified, models.LevelPublic} {
		if p.MayExport(level) == nil {
			out.Columns = each(wideOut(level), func(c outColumn) spec.ExportColumn {
				return spec.ExportColumn{Name: c.name, Type: spec.ExportColumnType(c.kind), Level: c.level, Meaning: c.meaning, Codes: c.list != "", Asked: c.asked}
			})
			break
		}
	}
	return out, nil
}

// exportItem shows an export to a principal.
func (h *Handlers) exportItem(p models.Principal, e models.Export) spec.Export {
	if done, total, ok := h.Exports.progress(e.ID); ok {
		e.Rows, e.Total = done, total
	}
	r := e.Request
	return spec.Export{
		ExportId: e.ID, State: spec.ExportState(e.State), Query: r.Query, Format: r.Format, Level: r.Level, Shape: r.Shape, Columns: nonNil(r.Columns),
		Values: r.Values, Language: r.Language, Snapshot: filled(r.Snapshot), Bom: r.BOM, Hxl: r.HXL, RowsDone: e.Rows, RowsTotal: e.Total, Omitted: e.Omitted, SelfReviewed: e.SelfReviewed, Cut: e.Cut,
		Bytes: e.Bytes, Sha256: e.SHA256, Name: exportName(e), Failure: filled(e.Failure), RequestedBy: e.UserName, Mine: e.UserID == p.UserID,
		MayDecide: e.State == models.ExportWaiting && p.MayDecideExport(e) == nil, DecidedBy: filled(e.DecidedBy),
		CreatedAt: e.CreatedAt, FinishedAt: e.FinishedAt, ExpiresAt: e.ExpiresAt(),
	}
}

// endings of file names, by format.
var endings = map[string]string{
	models.FormatCSV: ".csv", models.FormatXLSX: ".xlsx", models.FormatJSONL: ".jsonl", models.FormatGeoJSON: ".geojson", models.FormatParquet: ".parquet",
	models.FormatACLED: "-acled.csv", models.FormatPackage: "-package.zip",
}

func exportName(e models.Export) string {
	if e.Request.Snapshot != "" {
		return e.Request.Snapshot + ".zip"
	}
	ending := endings[e.Request.Format]
	if e.Request.Format == models.FormatCSV && e.Request.Shape == shapeLong {
		ending = "-tables.zip"
	}
	return fileBase(e.Request, models.DayOf(e.CreatedAt)) + ending
}

// PreviewExport answers the first rows, made by the code that makes the file.
func (h *Handlers) PreviewExport(ctx context.Context, r spec.PreviewExportRequestObject) (spec.PreviewExportResponseObject, error) {
	request, err := h.exportRequest(PrincipalOf(ctx), *r.Body)
	if err == nil && request.Snapshot != "" {
		err = models.Invalid([]models.FieldError{{Pointer: "#/snapshot", Code: "not_with_format"}})
	}
	if err != nil {
		return nil, err
	}
	m := making{h: h, request: request, limit: models.PreviewRows}
	tables := h.tables(request, "")
	rows := make([][][]string, len(tables))
	var cells []tabular.Cell
	err = m.each(ctx, func(rec *models.Incident) error {
		for i, t := range tables {
			if request.Level == models.LevelFull {
				continue // shown to nobody before a second person said yes
			}
			err := t.rows(rec, func(source []tabular.Cell) error {
				cells = h.shape(t.columns, source, cells)
				if len(rows[i]) < models.PreviewRows {
					rows[i] = append(rows[i], each(cells, tabular.Cell.Plain))
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := spec.PreviewExport200JSONResponse{Records: m.made.Total, Omitted: m.made.Omitted, SelfReviewed: m.made.SelfReviewed}
	for i, t := range tables {
		table := struct {
			Columns []string   `json:"columns"`
			Name    string     `json:"name"`
			Rows    [][]string `json:"rows"`
		}{Name: t.name, Columns: each(t.columns, func(c outColumn) string { return c.name }), Rows: nonNil(rows[i])}
		out.Tables = append(out.Tables, table)
	}
	return out, nil
}

// ReadExport answers one export.
func (h *Handlers) ReadExport(ctx context.Context, r spec.ReadExportRequestObject) (spec.ReadExportResponseObject, error) {
	e, err := h.view(ctx).Export(ctx, r.ExportId)
	if err != nil {
		return nil, err
	}
	return spec.ReadExport200JSONResponse(h.exportItem(PrincipalOf(ctx), e)), nil
}

// DeleteExport stops an export, or destroys its file.
func (h *Handlers) DeleteExport(ctx context.Context, r spec.DeleteExportRequestObject) (spec.DeleteExportResponseObject, error) {
	view := h.view(ctx)
	e, err := view.Export(ctx, r.ExportId)
	if err != nil {
		return nil, err
	}
	change := store.ExportChange{
		From: []string{models.ExportRefused, models.ExportDone, models.ExportFailed, models.ExportCancelled, models.ExportExpired},
		To:   models.ExportDeleted, Action: "export.delete",
	}
	switch e.State {
	case models.ExportWaiting, models.ExportQueued, models.ExportRunning:
		change = store.ExportChange{From: []string{models.ExportWaiting, models.ExportQueued, models.ExportRunning}, To: models.ExportCancelled, Action: "export.cancel"}
	}
	if _, err := view.ChangeExport(ctx, r.ExportId, change); err != nil {
		return nil, err
	}
	return spec.DeleteExport204Response{}, h.Exports.drop(r.ExportId)
}

// DecideExport says yes or no to a colleague's export.
func (h *Handlers) DecideExport(ctx context.Context, r spec.DecideExportRequestObject) (spec.DecideExportResponseObject, error) {
	change := store.ExportChange{From: []string{models.ExportWaiting}, To: models.ExportRefused, Action: "export.refuse", Decided: true}
	if r.Body.Approve {
		change.To, change.Action = models.ExportQueued, "export.approve"
	}
	e, err := h.view(ctx).ChangeExport(ctx, r.ExportId, change)
	if err != nil {
		return nil, err
	}
	h.Exports.kick()
	return spec.DecideExport200JSONResponse(h.exportItem(PrincipalOf(ctx), e)), nil
}
