package store

import (
	"context"
	"fmt"
	"reflect"

	"gorm.io/gorm"

	"farwatch/models"
)

// NoteChecked keeps what a check found of rows; no record is written. Errors:
// import.not_found, import.wrong_state when it was cancelled meanwhile.
func (v *View) NoteChecked(ctx context.Context, id string, rows []models.ImportedRow, outcomes []string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.ownImport(tx, id, v.s.lock())
		if err != nil {
			return err
		}
		if row.State != models.ImportChecking {
			return models.Fail(models.KindConflict, "import.wrong_state", "The check was stopped.")
		}
		c := &chunk{v: v, tx: tx, count: map[string]int{}}
		warned := 0
		for i, r := range rows {
			if r.Warned {
				warned++
			}
			if r.Detail == nil { // of nothing to say, only the count
				c.count[outcomes[i]]++
				continue
			}
			if err := c.note(r, outcomes[i], nil, nil); err != nil {
				return err
			}
		}
		for i := range c.ledger {
			c.ledger[i].ImportID = id
			c.ledger[i].Version = nil
		}
		if err := insertRows(tx, c.ledger); err != nil {
			return err
		}
		err = tx.Exec(`UPDATE imports SET rows_done = rows_done + ?, created = created + ?, updated = updated + ?, unchanged = unchanged + ?, refused = refused + ?,
			warned = warned + ?, changed_at = ? WHERE id = ?`, len(rows), c.count[models.RowCreated], c.count[models.RowUpdated],
			c.count[models.RowUnchanged], c.count[models.RowRefused], warned, v.s.now(), id).Error
		if err != nil {
			return fmt.Errorf("update import: %w", err)
		}
		return nil
	})
}

// Foresee tells what would become of rows: created, updated, unchanged, or
// refused. Nothing is written.
func (v *View) Foresee(ctx context.Context, rows []models.ImportedRow) (outcomes []string, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		c := &chunk{v: v, tx: tx}
		if err := c.findKnown(rows); err != nil {
			return err
		}
		outcomes = make([]string, len(rows))
		for i, r := range rows {
			if outcomes[i], err = c.foresee(r); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

func (c *chunk) foresee(r models.ImportedRow) (string, error) {
	if r.Refused {
		return models.RowRefused, nil
	}
	ref := r.Ref
	if r.Restore {
		if gone, err := c.gone(ref); err != nil || gone {
			return models.RowCreated, err
		}
	}
	if ref == "" {
		hash := c.v.importHash("key", r.Key)
		known, ok := c.known[hash]
		content := c.v.importHash("content", r.Content)
		if !ok {
			c.known[hash] = importKeyRow{RowHash: hash, ContentHash: content}
			return models.RowCreated, nil
		}
		if known.ContentHash == content {
			return models.RowUnchanged, nil
		}
		if ref = known.Ref; ref == "" { // of a row before it in the file
			return models.RowUpdated, nil
		}
	}
	old, err := c.v.whole(c.tx, ref)
	switch {
	case models.KindOf(err) == models.KindNotFound:
		return "unknown_key", nil
	case err != nil:
		return "", err
	case c.v.p.MayEdit(old.Incident) != nil:
		return "not_yours", nil
	case old.WorkflowStatus != models.StatusDraft:
		return "not_draft", nil
	}
	in := r.Merge(old.IncidentInput)
	in.Normalize()
	if reflect.DeepEqual(in, old.IncidentInput) {
		return models.RowUnchanged, nil
	}
	return models.RowUpdated, nil
}
