package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"farwatch/internal/mapping"
	"farwatch/internal/sheet"
	"farwatch/models"
	"farwatch/store"
)

// rowDetail is what a row has to say: why it was refused, what a person should
// look at, which records tell of the same.
type rowDetail struct {
	Faults     []mapping.Fault `json:"faults,omitempty"`
	Warnings   []mapping.Fault `json:"warnings,omitempty"`
	Duplicates []string        `json:"duplicates,omitempty"`
	Cells      []string        `json:"cells,omitempty"` // of a refused row
}

// WorkImport checks, runs or takes back an import to its end, as the person
// whose it is. What a killed program left undone it goes on with.
func (h *Handlers) WorkImport(ctx context.Context, id, state string, p models.Principal) error {
	ctx = WithPrincipal(ctx, p)
	var err error
	switch state {
	case models.ImportChecking:
		err = h.checkImport(ctx, id)
	case models.ImportRunning:
		err = h.runImport(ctx, id)
	case models.ImportUndoing:
		err = h.undoImport(ctx, id)
	}
	var fault *models.Error
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &fault) && fault.Code == "import.wrong_state":
		return nil // cancelled meanwhile
	case errors.As(err, &fault) && fault.Code == "instance.read_only":
		return nil // locked meanwhile: it goes on where it stands
	}
	code := "internal"
	if fault != nil {
		code = fault.Code
	}
	// What has been written stays and can be taken back.
	_, failed := h.view(ctx).ChangeImport(ctx, id, store.ImportChange{From: []string{state}, To: models.ImportFailed, Failure: &code})
	return errors.Join(err, failed)
}

// unlocked stops long work between two steps. Errors: instance.read_only.
func (h *Handlers) unlocked(ctx context.Context) error {
	state, err := h.view(ctx).InstanceState(ctx)
	if err != nil || state.Mode == models.ModeOpen {
		return err
	}
	return models.InstanceReadOnly()
}

// importChunks reads an import in chunks of converted rows, those behind a number.
func (h *Handlers) importChunks(ctx context.Context, id string, after int, use func([]models.ImportedRow) error) error {
	view := h.view(ctx)
	item, err := view.Import(ctx, id)
	if err != nil {
		return err
	}
	var plan importPlan
	if err := json.Unmarshal(item.Plan, &plan); err != nil {
		return fmt.Errorf("decode plan: %w", err)
	}
	file, err := openImport(ctx, view, id)
	if err != nil {
		return err
	}
	table, err := sheet.Open(file, plan.Format)
	if err != nil {
		return tableFault(err)
	}
	converter := mapping.NewConverter(h.Words, plan.Map, table.Columns, h.Clock())
	chunk := make([]models.ImportedRow, 0, models.ImportChunk)
	work := func(rows []models.ImportedRow) error {
		if err := h.unlocked(ctx); err != nil {
			return err
		}
		return use(rows)
	}
	initial := PrincipalOf(ctx).InitialSensitivity
	for row, err := range table.Rows() {
		if err != nil {
			return tableFault(err)
		}
		if row.Number <= after {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk = append(chunk, h.importedRow(plan.Map, table.Columns, converter, row, initial))
		if len(chunk) == models.ImportChunk {
			if err := work(chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	if len(chunk) == 0 {
		return nil
	}
	return work(chunk)
}

func (h *Handlers) importedRow(m mapping.Map, table []string, converter *mapping.Converter, row sheet.Row, initial string) models.ImportedRow {
	result, whole := h.wholeRecord(m, row)
	if row.Entries != nil {
		result, whole = h.packagedRecord(converter.Convert(row.Cells), row), true
	}
	if !whole {
		if row.Damaged() {
			result = mapping.Result{Faults: []mapping.Fault{{Code: "damaged_line"}}}
		} else {
			result = converter.Convert(row.Cells)
		}
	}
	out := models.ImportedRow{
		Number: row.Number, Input: result.Input, Ref: result.Ref, Refused: len(result.Faults) > 0, Warned: len(result.Warnings) > 0,
	}
	out.Restore = m.Key == mapping.KeyOwnRef && out.Ref != ""
	content := contentOf(result)
	out.Content = content
	if !whole && !result.Fields["sensitivity"] && initial != "" {
		out.Input.Sensitivity = initial
	}
	switch m.Key {
	case mapping.KeyExternal:
		out.Key = "external\x00" + m.System + "\x00" + result.Key
	case mapping.KeyContent:
		out.Key = "content\x00" + content
	}
	detail := rowDetail{Faults: result.Faults, Warnings: result.Warnings}
	if out.Refused {
		detail.Cells = row.Cells
	} else {
		out.Derived = models.Derive(result.Input, h.Vocab)
	}
	if len(detail.Faults)+len(detail.Warnings) > 0 {
		out.Detail = encodeDetail(detail)
	}
	out.Merge = func(old models.IncidentInput) models.IncidentInput {
		if whole {
			return unseen(old, result.Input, row.Entries != nil)
		}
		return mapping.Overlay(old, result.Input, h.news(m, table, row.Cells, old, result.Fields))
	}
	return out
}

// news are the fields of a row of our own file that say something else than the
// record: what a file cannot carry, such as which of two targets a community
// belongs to, is not lost by bringing it back.
func (h *Handlers) news(m mapping.Map, table, cells []string, old models.IncidentInput, said map[string]bool) map[string]bool {
	if !m.Guarded {
		return said
	}
	rec := models.Incident{IncidentInput: old, Computed: models.Derive(old, h.Vocab).Computed}
	wide := wideRow{rec: &rec}
	out := maps.Clone(said)
	for _, c := range wideColumns(levelDeIdentified) {
		i := slices.Index(table, c.name)
		if said[c.name] && i >= 0 && i < len(cells) && c.cell(&wide).String() == cells[i] {
			delete(out, c.name)
		}
	}
	return out
}

func encodeDetail(d rowDetail) []byte {
	data, err := json.Marshal(d)
	if err != nil {
		return nil // strings only: cannot be
	}
	return data
}

// contentOf is the hash of what a row says.
func contentOf(r mapping.Result) string {
	said := slices.Sorted(maps.Keys(r.Fields))
	data, err := json.Marshal([]any{r.Input, said})
	if err != nil {
		return "" // as above
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// checkImport goes through the whole file and writes no record.
func (h *Handlers) checkImport(ctx context.Context, id string) error {
	view := h.view(ctx)
	from := []string{models.ImportChecking}
	if _, err := view.ChangeImport(ctx, id, store.ImportChange{From: from, Fresh: true}); err != nil {
		return err
	}
	before := map[string]string{} // key → content, of chunks before
	compared := 0
	err := h.importChunks(ctx, id, 0, func(rows []models.ImportedRow) error {
		outcomes, err := view.Foresee(ctx, rows)
		if err != nil {
			return err
		}
		for i := range rows {
			if outcomes[i] == models.RowCreated {
				if content, ok := before[rows[i].Key]; ok && rows[i].Key != "" {
					if outcomes[i] = models.RowUpdated; content == rows[i].Content {
						outcomes[i] = models.RowUnchanged
					}
				}
				before[rows[i].Key] = rows[i].Content
			}
			switch outcomes[i] {
			case "unknown_key", "not_yours", "not_draft":
				rows[i].Detail = encodeDetail(rowDetail{Faults: []mapping.Fault{{Field: "ref", Value: rows[i].Ref, Code: outcomes[i]}}})
				outcomes[i] = models.RowRefused
			case models.RowCreated:
				if compared++; compared <= models.MaxComparisons {
					if err := h.addDuplicates(ctx, &rows[i]); err != nil {
						return err
					}
				}
			}
		}
		return view.NoteChecked(ctx, id, rows, outcomes)
	})
	if err != nil {
		return err
	}
	_, err = view.ChangeImport(ctx, id, store.ImportChange{From: from, To: models.ImportChecked})
	return err
}

// askFrom is how alike a record must be to be shown beside a row.
const askFrom = 0.8

func (h *Handlers) addDuplicates(ctx context.Context, row *models.ImportedRow) error {
	found, err := h.view(ctx).DuplicatesOfDraft(ctx, row.Input, h.Vocab)
	if err != nil {
		return err
	}
	var detail rowDetail
	if row.Detail != nil {
		if err := json.Unmarshal(row.Detail, &detail); err != nil {
			return fmt.Errorf("decode detail: %w", err)
		}
	}
	for _, d := range found {
		if d.Match.Score >= askFrom && len(detail.Duplicates) < 3 {
			detail.Duplicates = append(detail.Duplicates, d.Record.Ref)
		}
	}
	if len(detail.Duplicates) > 0 {
		row.Detail, row.Warned = encodeDetail(detail), true
	}
	return nil
}

// runImport writes what is not written yet.
func (h *Handlers) runImport(ctx context.Context, id string) error {
	view := h.view(ctx)
	last, err := view.ImportedUpTo(ctx, id)
	if err != nil {
		return err
	}
	err = h.importChunks(ctx, id, last, func(rows []models.ImportedRow) error {
		_, err := view.WriteImported(ctx, id, rows, h.Vocab)
		return err
	})
	if err != nil {
		return err
	}
	_, err = view.ChangeImport(ctx, id, store.ImportChange{From: []string{models.ImportRunning}, To: models.ImportDone})
	return err
}

func (h *Handlers) undoImport(ctx context.Context, id string) error {
	view := h.view(ctx)
	for left := true; left; {
		err := h.unlocked(ctx)
		if err != nil {
			return err
		}
		if left, err = view.UndoImported(ctx, id, h.Vocab); err != nil {
			return err
		}
	}
	_, err := view.ChangeImport(ctx, id, store.ImportChange{From: []string{models.ImportUndoing}, To: models.ImportUndone})
	return err
}
