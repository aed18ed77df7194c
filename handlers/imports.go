package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"farwatch/api/spec"
	"farwatch/internal/mapping"
	"farwatch/internal/sheet"
	"farwatch/models"
	"farwatch/store"
)

// reshape turns a value into another of the same members.
func reshape[T any](v any) (out T, err error) {
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		return out, fmt.Errorf("reshape: %w", err)
	}
	return out, nil
}

// ListImports answers one's own imports and what columns may be.
func (h *Handlers) ListImports(ctx context.Context, _ spec.ListImportsRequestObject) (spec.ListImportsResponseObject, error) {
	items, err := h.view(ctx).Imports(ctx)
	if err != nil {
		return nil, err
	}
	out := spec.ListImports200JSONResponse{Items: []spec.Import{}}
	for _, i := range items {
		i.Plan, i.Found = nil, nil // of one at a time: they may be long
		item, err := importItem(i)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, item)
	}
	out.Fields = each(mapping.Fields(), func(f mapping.Field) spec.ImportField {
		return spec.ImportField{Name: f.Name, List: filled(f.List), Many: f.Many, Shape: spec.ImportFieldShape(f.Shape())}
	})
	return out, nil
}

func importItem(i models.Import) (spec.Import, error) {
	out := spec.Import{
		ImportId: i.ID, Name: i.Name, State: spec.ImportState(i.State), Bytes: i.Bytes, Received: i.Received, RowsDone: i.Done, RowsTotal: i.Total,
		Created: i.Created, Updated: i.Updated, Unchanged: i.Unchanged, Refused: i.Refused, Warned: i.Warned, At: i.At, ChangedAt: i.ChangedAt,
		Failure: filled(i.Failure), Sheets: []string{}, Columns: []spec.ColumnFound{},
	}
	if i.Plan != nil {
		var plan spec.ImportPlan
		if err := json.Unmarshal(i.Plan, &plan); err != nil {
			return out, fmt.Errorf("decode plan: %w", err)
		}
		out.Format, out.Map = &plan.Format, plan.Map
	}
	if i.Found == nil {
		return out, nil
	}
	var found importFound
	if err := json.Unmarshal(i.Found, &found); err != nil {
		return out, fmt.Errorf("decode what was found: %w", err)
	}
	out.Make, out.Sheets = found.Make, nonNil(found.Sheets)
	out.Columns = each(found.Columns, func(c columnFound) spec.ColumnFound {
		return spec.ColumnFound{
			Name: c.Name, Tag: c.Tag, Samples: nonNil(c.Samples), Filled: c.Filled, NeedsOrder: c.NeedsOrder,
			Unknown: each(c.Unknown, func(u mapping.Unknown) spec.UnknownValue { return spec.UnknownValue{Value: u.Value, Count: u.Count} }),
		}
	})
	return out, nil
}

// BeginImport makes room for a table.
func (h *Handlers) BeginImport(ctx context.Context, r spec.BeginImportRequestObject) (spec.BeginImportResponseObject, error) {
	if r.Body.Bytes > models.MaxImport {
		return nil, models.Fail(models.KindTooLarge, "import.too_large", "A table may have 200 MiB. Cut it into parts.")
	}
	name := models.NormalizeText(r.Body.Name)
	if fault := models.TextFault(name); fault != "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/name", Code: fault}})
	}
	hash, err := h.onceOnly(r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	i, err := h.view(ctx).BeginImport(ctx, name, r.Body.Bytes, *r.Params.IdempotencyKey, hash)
	if err != nil {
		return nil, err
	}
	out, err := importItem(i)
	return spec.BeginImport201JSONResponse(out), err
}

// ReadImport answers one's own import.
func (h *Handlers) ReadImport(ctx context.Context, r spec.ReadImportRequestObject) (spec.ReadImportResponseObject, error) {
	i, err := h.view(ctx).Import(ctx, r.ImportId)
	if err != nil {
		return nil, err
	}
	out, err := importItem(i)
	return spec.ReadImport200JSONResponse(out), err
}

// ForgetImport deletes the file and what became of its rows.
func (h *Handlers) ForgetImport(ctx context.Context, r spec.ForgetImportRequestObject) (spec.ForgetImportResponseObject, error) {
	return spec.ForgetImport204Response{}, h.view(ctx).ForgetImport(ctx, r.ImportId)
}

// SendImportPart takes a part; with the last one the table is read.
func (h *Handlers) SendImportPart(ctx context.Context, r spec.SendImportPartRequestObject) (spec.SendImportPartResponseObject, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read part: %w", err)
	}
	i, err := h.view(ctx).AddImportPart(ctx, r.ImportId, r.Params.Offset, data)
	if err != nil {
		return nil, err
	}
	if i.State == models.ImportUploading && i.Received == i.Bytes {
		if i, err = h.readImport(ctx, i.ID, nil, nil); err != nil {
			return nil, err
		}
	}
	out, err := importItem(i)
	return spec.SendImportPart200JSONResponse(out), err
}

// PlanImport reads the table again as a person corrected it.
func (h *Handlers) PlanImport(ctx context.Context, r spec.PlanImportRequestObject) (spec.PlanImportResponseObject, error) {
	plan, err := reshape[importPlan](r.Body)
	if err != nil {
		return nil, err
	}
	var chosen *mapping.Map
	if r.Body.Map != nil {
		chosen = &plan.Map
	}
	if faults := h.planFaults(plan, chosen != nil); len(faults) > 0 {
		return nil, models.Invalid(faults)
	}
	i, err := h.readImport(ctx, r.ImportId, &plan.Format, chosen)
	if err != nil {
		return nil, err
	}
	out, err := importItem(i)
	return spec.PlanImport200JSONResponse(out), err
}

// planFaults names what of a plan cannot be meant.
func (h *Handlers) planFaults(p importPlan, mapped bool) (faults []models.FieldError) {
	fail := func(pointer, code string) { faults = append(faults, models.FieldError{Pointer: pointer, Code: code}) }
	if p.Format.Kind != sheet.KindXLSX && !sheet.Known(p.Format.Encoding) {
		fail("#/format/encoding", "unknown_encoding")
	}
	if d := p.Format.Delimiter; p.Format.Kind == sheet.KindDelimited && (d == "" || d == `"` || d == "\n" || d == "\r" || d == "\ufffd") {
		fail("#/format/delimiter", "bad_delimiter")
	}
	if !mapped {
		return faults
	}
	for i, c := range p.Map.Columns {
		pointer := "#/map/columns/" + strconv.Itoa(i)
		if c.Field != "" && !mapping.KnownField(c.Field) {
			fail(pointer+"/field", "unknown_field")
			continue
		}
		for value, code := range c.Values {
			if code != "" && !h.Words.KnownCode(c.Field, code) {
				fail(pointer+"/values/"+value, "unknown_code")
			}
		}
	}
	for field := range p.Map.Constants {
		if !mapping.KnownField(field) {
			fail("#/map/constants/"+field, "unknown_field")
		}
	}
	if p.Map.Key != mapping.KeyContent && !slices.ContainsFunc(p.Map.Columns, func(c mapping.Column) bool { return c.Field == mapping.KeyField(p.Map.Key) }) {
		fail("#/map/key", "key_without_column")
	}
	return faults
}

// StepImport moves an import on. What it asks for may be under way already: a
// request that was sent twice does nothing twice.
func (h *Handlers) StepImport(ctx context.Context, r spec.StepImportRequestObject) (spec.StepImportResponseObject, error) {
	view := h.view(ctx)
	i, err := view.Import(ctx, r.ImportId)
	if err != nil {
		return nil, err
	}
	change, already := importStep(r.Body.Step)
	if !slices.Contains(already, i.State) {
		if r.Body.Step == spec.ImportStepStepCheck {
			if err := unanswered(i); err != nil {
				return nil, err
			}
		}
		if i, err = view.ChangeImport(ctx, r.ImportId, change); err != nil {
			return nil, err
		}
		h.kick()
	}
	out, err := importItem(i)
	return spec.StepImport202JSONResponse(out), err
}

func importStep(step spec.ImportStepStep) (change store.ImportChange, already []string) {
	switch step {
	case spec.ImportStepStepCheck:
		return store.ImportChange{From: []string{models.ImportMapping, models.ImportChecked, models.ImportCancelled}, To: models.ImportChecking}, []string{models.ImportChecking}
	case spec.ImportStepStepImport:
		return store.ImportChange{From: []string{models.ImportChecked}, To: models.ImportRunning, Fresh: true}, []string{models.ImportRunning, models.ImportDone}
	case spec.ImportStepStepUndo:
		return store.ImportChange{From: []string{models.ImportDone, models.ImportCancelled, models.ImportFailed}, To: models.ImportUndoing, Rewind: true}, []string{models.ImportUndoing, models.ImportUndone}
	}
	return store.ImportChange{From: []string{models.ImportChecking, models.ImportRunning, models.ImportUploading, models.ImportMapping, models.ImportChecked}, To: models.ImportCancelled}, []string{models.ImportCancelled}
}

// unanswered refuses a check while dates may be read two ways: nobody but a
// person can say which.
func unanswered(i models.Import) error {
	if len(i.Found) == 0 {
		return nil // nothing was read yet: no state to check in
	}
	var found importFound
	if err := json.Unmarshal(i.Found, &found); err != nil {
		return fmt.Errorf("decode what was found: %w", err)
	}
	var faults []models.FieldError
	for n, c := range found.Columns {
		if c.NeedsOrder {
			faults = append(faults, models.FieldError{Pointer: "#/map/columns/" + strconv.Itoa(n) + "/date_order", Code: "date_order_needed"})
		}
	}
	if len(faults) > 0 {
		return models.Invalid(faults)
	}
	return nil
}

// kick wakes whoever works imports; one that is awake looks again by itself.
func (h *Handlers) kick() {
	select {
	case h.Waiting <- struct{}{}:
	default:
	}
}

// ListImportRows answers what became of rows.
func (h *Handlers) ListImportRows(ctx context.Context, r spec.ListImportRowsRequestObject) (spec.ListImportRowsResponseObject, error) {
	limit := 50
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	var outcomes []string
	if r.Params.Outcome != nil {
		outcomes = each(*r.Params.Outcome, func(o spec.ListImportRowsParamsOutcome) string { return string(o) })
	}
	rows, err := h.view(ctx).ImportRows(ctx, r.ImportId, outcomes, value(r.Params.After), limit+1)
	if err != nil {
		return nil, err
	}
	out := spec.ListImportRows200JSONResponse{Items: []spec.ImportRow{}, More: len(rows) > limit}
	for _, row := range rows[:min(len(rows), limit)] {
		detail, err := detailOf(row)
		if err != nil {
			return nil, err
		}
		fault := func(f mapping.Fault) spec.ImportFault {
			return spec.ImportFault{Column: f.Column, Field: f.Field, Value: f.Value, Code: f.Code}
		}
		out.Items = append(out.Items, spec.ImportRow{
			Number: row.Number, Outcome: row.Outcome, Ref: filled(row.Ref), Faults: each(detail.Faults, fault), Warnings: each(detail.Warnings, fault),
			Duplicates: nonNil(detail.Duplicates),
		})
	}
	return out, nil
}

func detailOf(row models.ImportRow) (d rowDetail, err error) {
	if row.Detail == nil {
		return d, nil
	}
	if err := json.Unmarshal(row.Detail, &d); err != nil {
		return d, fmt.Errorf("decode detail: %w", err)
	}
	return d, nil
}

// ListImportMaps answers the maps of the organisation.
func (h *Handlers) ListImportMaps(ctx context.Context, _ spec.ListImportMapsRequestObject) (spec.ListImportMapsResponseObject, error) {
	maps, err := h.view(ctx).ImportMaps(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListImportMaps200JSONResponse{Items: each(maps, importMapItem)}, nil
}

func importMapItem(m models.ImportMap) spec.ImportMapItem {
	out := spec.ImportMapItem{ImportMapId: m.ID, Name: m.Name, By: m.UserName, At: m.At, Columns: []string{}}
	var plan importPlan
	if json.Unmarshal(m.Plan, &plan) == nil {
		out.Columns = each(plan.Map.Columns, func(c mapping.Column) string { return c.Name })
	}
	return out
}

// SaveImportMap keeps the map of an import.
func (h *Handlers) SaveImportMap(ctx context.Context, r spec.SaveImportMapRequestObject) (spec.SaveImportMapResponseObject, error) {
	name := models.NormalizeText(r.Body.Name)
	if fault := models.TextFault(name); fault != "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/name", Code: fault}})
	}
	view := h.view(ctx)
	i, err := view.Import(ctx, r.Body.ImportId)
	if err != nil {
		return nil, err
	}
	if i.Plan == nil {
		return nil, models.Fail(models.KindConflict, "import.no_map", "This import has no map yet.")
	}
	m, err := view.SaveImportMap(ctx, name, i.Plan)
	return spec.SaveImportMap201JSONResponse(importMapItem(m)), err
}

// DeleteImportMap deletes a map.
func (h *Handlers) DeleteImportMap(ctx context.Context, r spec.DeleteImportMapRequestObject) (spec.DeleteImportMapResponseObject, error) {
	return spec.DeleteImportMap204Response{}, h.view(ctx).DropImportMap(ctx, r.ImportMapId)
}
