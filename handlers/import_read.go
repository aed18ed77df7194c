package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"farwatch/internal/mapping"
	"farwatch/internal/sheet"
	"farwatch/models"
	"farwatch/store"
)

// importPlan is how a file is read and what becomes of its columns.
type importPlan struct {
	Format sheet.Format `json:"format"`
	Map    mapping.Map  `json:"map"`
}

// importFound is what the file showed.
type importFound struct {
	Make    string        `json:"make"`
	Sheets  []string      `json:"sheets"`
	Columns []columnFound `json:"columns"`
	// Looked is how many rows were looked at closely.
	Looked int `json:"looked"`
}

type columnFound struct {
	Name       string            `json:"name"`
	Tag        string            `json:"tag"`
	Samples    []string          `json:"samples"`
	Filled     int               `json:"filled"`
	NeedsOrder bool              `json:"needs_order"`
	Unknown    []mapping.Unknown `json:"unknown"`
}

// looked rows show what columns hold; the rest is only counted.
const looked = 5000

// readImport reads a file that has arrived, or reads it again after a person
// corrected the plan: format nil is detected, chosen nil is guessed.
func (h *Handlers) readImport(ctx context.Context, id string, format *sheet.Format, chosen *mapping.Map) (models.Import, error) {
	view := h.view(ctx)
	counted, err := rowsCounted(ctx, view, id, format)
	if err != nil {
		return models.Import{}, err
	}
	// A workbook is in memory whole: only some at a time.
	select {
	case h.Judging <- struct{}{}:
		defer func() { <-h.Judging }()
	case <-ctx.Done():
		return models.Import{}, ctx.Err()
	}
	plan, found, total, err := h.lookAt(ctx, view, id, format, chosen, counted)
	states := []string{models.ImportUploading, models.ImportMapping, models.ImportChecked, models.ImportFailed, models.ImportCancelled}
	var fault *models.Error
	if errors.As(err, &fault) && fault.Kind != models.KindNotFound && format == nil {
		return view.ChangeImport(ctx, id, store.ImportChange{From: states, To: models.ImportFailed, Failure: &fault.Code})
	}
	if err != nil {
		return models.Import{}, err
	}
	planned, err := json.Marshal(plan)
	if err != nil {
		return models.Import{}, fmt.Errorf("encode plan: %w", err)
	}
	shown, err := json.Marshal(found)
	if err != nil {
		return models.Import{}, fmt.Errorf("encode what was found: %w", err)
	}
	fine := ""
	return view.ChangeImport(ctx, id, store.ImportChange{From: states, To: models.ImportMapping, Plan: planned, Found: shown, Total: &total, Fresh: true, Failure: &fine})
}

// rowsCounted is how many rows the file has, if they were counted under the same
// format; 0 if not.
func rowsCounted(ctx context.Context, view *store.View, id string, format *sheet.Format) (int, error) {
	item, err := view.Import(ctx, id)
	if err != nil || format == nil || item.Plan == nil {
		return 0, err
	}
	var before importPlan
	if err := json.Unmarshal(item.Plan, &before); err != nil {
		return 0, fmt.Errorf("decode plan: %w", err)
	}
	if before.Format != *format {
		return 0, nil
	}
	return item.Total, nil
}

func (h *Handlers) lookAt(ctx context.Context, view *store.View, id string, format *sheet.Format, chosen *mapping.Map, counted int) (plan importPlan, found importFound, total int, err error) {
	file, err := openImport(ctx, view, id)
	if err != nil {
		return plan, found, 0, err
	}
	if format == nil {
		detected, err := sheet.Detect(file)
		if err != nil {
			return plan, found, 0, tableFault(err)
		}
		format = &detected
	}
	plan.Format = *format
	if format.Kind == sheet.KindXLSX {
		if found.Sheets, err = sheet.Sheets(file); err != nil {
			return plan, found, 0, tableFault(err)
		}
	}
	table, err := sheet.Open(file, *format)
	if err != nil {
		return plan, found, 0, tableFault(err)
	}
	seen := make([]mapping.Seen, len(table.Columns))
	now := h.Clock()
	for row, err := range table.Rows() {
		if err != nil {
			return plan, found, 0, tableFault(err)
		}
		if total++; total > looked {
			if counted > 0 { // nothing new further down
				total = counted
				break
			}
			continue
		}
		for i, cell := range row.Cells {
			if i < len(seen) {
				h.Words.Look(&seen[i], cell, now)
			}
		}
	}
	if total == 0 {
		return plan, found, 0, tableFault(sheet.ErrNoRows)
	}
	found.Looked = min(total, looked)
	guessed, made := h.Words.Guess(table.Columns, table.HXL, seen, h.savedMaps(ctx, view))
	found.Make, plan.Map = made, guessed
	if chosen != nil {
		plan.Map = *chosen
	}
	for i, name := range table.Columns {
		c := columnFound{Name: name, Samples: seen[i].Samples, Filled: seen[i].Filled}
		if i < len(table.HXL) {
			c.Tag = table.HXL[i]
		}
		for _, m := range plan.Map.Columns {
			if m.Name == name {
				c.NeedsOrder, c.Unknown = mapping.NeedsOrder(m, seen[i]), h.Words.Unknowns(m, seen[i])
			}
		}
		found.Columns = append(found.Columns, c)
	}
	return plan, found, total, nil
}

// savedMaps are the maps of the organisation; a damaged one is passed over.
func (h *Handlers) savedMaps(ctx context.Context, view *store.View) (out []mapping.Map) {
	saved, err := view.ImportMaps(ctx)
	if err != nil {
		return nil
	}
	for _, s := range saved {
		var plan importPlan
		if json.Unmarshal(s.Plan, &plan) == nil {
			out = append(out, plan.Map)
		}
	}
	return out
}

func tableFault(err error) error {
	for _, f := range []struct {
		err          error
		code, detail string
	}{
		{sheet.ErrNoTable, "import.no_table", "CSV, TSV, XLSX and JSON Lines are read. Save the table as one of them; an old .xls as .xlsx."},
		{sheet.ErrNoRows, "import.no_rows", "The file holds no rows below a header."},
		{sheet.ErrDamaged, "import.damaged", "The file is damaged and cannot be read to its end. Save it again."},
		{sheet.ErrTooLarge, "import.workbook_too_large", "A workbook may have 40 MiB. Save the sheet as CSV, which may have 200 MiB."},
		{sheet.ErrTooWide, "import.too_wide", "The table has more than 500 columns."},
		{sheet.ErrLongField, "import.long_line", "A line is longer than 4 MiB."},
	} {
		if errors.Is(err, f.err) {
			return models.Fail(models.KindConflict, f.code, f.detail).Because(err)
		}
	}
	return err
}
