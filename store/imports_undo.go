package store

import (
	"context"
	"fmt"
	"maps"

	"gorm.io/gorm"

	"farwatch/models"
)

// undoBatch rows are taken back in one transaction.
const undoBatch = 100

// UndoImported takes the next rows of an import back, the last first: records
// that it made go, records that it changed are what they were. Whatever somebody
// has touched since stays, and is marked. left is false at the end. Errors:
// import.not_found, import.wrong_state.
func (v *View) UndoImported(ctx context.Context, id string, vocab *models.Vocabulary) (left bool, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.ownImport(tx, id, v.s.lock())
		if err != nil {
			return err
		}
		if row.State != models.ImportUndoing {
			return models.Fail(models.KindConflict, "import.wrong_state", "The import is not being taken back any more.")
		}
		var rows []importLedgerRow
		err = tx.Raw("SELECT * FROM import_rows WHERE import_id = ? AND outcome IN ? ORDER BY number DESC LIMIT ?",
			id, []string{models.RowCreated, models.RowUpdated}, undoBatch).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		for _, r := range rows {
			kept, err := v.takeBack(tx, r, vocab)
			if err != nil {
				return err
			}
			outcome, incident := "undone", (*int64)(nil)
			if kept {
				outcome, incident = models.RowKept, r.IncidentID
			}
			err = tx.Model(&importLedgerRow{}).Where("import_id = ? AND number = ?", id, r.Number).Updates(map[string]any{"outcome": outcome, "incident_id": incident}).Error
			if err != nil {
				return fmt.Errorf("mark row: %w", err)
			}
		}
		if err := tx.Exec("UPDATE imports SET rows_done = rows_done + ?, changed_at = ? WHERE id = ?", len(rows), v.s.now(), id).Error; err != nil {
			return fmt.Errorf("update import: %w", err)
		}
		left = len(rows) == undoBatch
		if len(rows) == 0 {
			return nil
		}
		return v.audit(ctx, tx, "import.undo", id, nil)
	})
	return left, err
}

// takeBack undoes one row; kept tells that somebody touched the record since.
func (v *View) takeBack(tx *gorm.DB, r importLedgerRow, vocab *models.Vocabulary) (kept bool, err error) {
	if r.IncidentID == nil || r.Version == nil {
		return false, nil
	}
	var record incidentRow
	if err := tx.Raw("SELECT * FROM incidents WHERE id = ? AND organisation_id = ?"+v.s.lock(), *r.IncidentID, v.p.OrganisationID).Scan(&record).Error; err != nil {
		return false, fmt.Errorf("read record: %w", err)
	}
	if record.ID == 0 {
		return false, nil
	}
	if record.Version != *r.Version {
		return true, nil
	}
	// What is held stays whole, and what was deleted is erased in its own time.
	var stays bool
	err = tx.Raw("SELECT EXISTS ("+openHolds+" AND h.incident_id = @id) OR EXISTS (SELECT 1 FROM deletions WHERE incident_id = @id)", map[string]any{"id": record.ID}).Scan(&stays).Error
	if err != nil {
		return false, fmt.Errorf("look for a hold: %w", err)
	}
	if stays {
		return true, nil
	}
	if r.Outcome == models.RowCreated {
		if touched, err := v.touched(tx, record.ID); touched || err != nil {
			return true, err
		}
		return false, v.remove(tx, record.ID)
	}
	err = v.s.vouch(tx, []int64{record.ID}, 0, func() error {
		kept, err = v.restorePrior(tx, record, r, vocab)
		return err
	})
	return kept, err
}

// touched tells that people have added to a record without a new version.
func (v *View) touched(tx *gorm.DB, id int64) (touched bool, err error) {
	err = tx.Raw(`SELECT EXISTS (SELECT 1 FROM comments WHERE incident_id = @id) OR EXISTS (SELECT 1 FROM files WHERE incident_id = @id)
		OR EXISTS (SELECT 1 FROM uploads WHERE incident_id = @id) OR EXISTS (SELECT 1 FROM review_requests WHERE incident_id = @id)
		OR EXISTS (SELECT 1 FROM relations WHERE to_incident_id = @id) OR EXISTS (SELECT 1 FROM duplicate_dismissals WHERE incident_id = @id OR other_id = @id)
		OR (SELECT COUNT(*) FROM incident_members WHERE incident_id = @id) > 1`, map[string]any{"id": id}).Scan(&touched).Error
	if err != nil {
		return false, fmt.Errorf("look for traces: %w", err)
	}
	return touched, nil
}

// remove deletes a record that nobody has touched since it came in.
func (v *View) remove(tx *gorm.DB, id int64) error {
	var none entries
	none.s = v.s
	if err := none.replace(tx, id); err != nil {
		return err
	}
	for _, table := range []string{"notifications", "import_keys", "incident_revisions", "incident_members", "record_macs", "legal_holds"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE incident_id = ?", id).Error; err != nil {
			return fmt.Errorf("delete %s: %w", table, err)
		}
	}
	if err := tx.Exec("DELETE FROM data_keys WHERE COALESCE(incident_id, 0) = ? AND retired_at IS NULL", id).Error; err != nil {
		return fmt.Errorf("delete key: %w", err)
	}
	if err := tx.Exec("DELETE FROM incidents WHERE id = ?", id).Error; err != nil {
		return fmt.Errorf("delete incident: %w", err)
	}
	return nil
}

// restorePrior makes a record what it was before an import changed it, with its
// version and its history.
func (v *View) restorePrior(tx *gorm.DB, record incidentRow, r importLedgerRow, vocab *models.Vocabulary) (kept bool, err error) {
	var hidden protectedImportRow
	if err := v.s.openIn(tx, ofOrganisation(v.p.OrganisationID), "import_rows", r.RowKey, r.Protected, &hidden); err != nil {
		return false, err
	}
	prior := hidden.Prior
	if prior == nil {
		return true, nil
	}
	revision, err := revisionOf(tx, record.ID, prior.Version)
	if err != nil {
		return false, err
	}
	snapshot, err := v.s.snapshotOf(tx, revision)
	if err != nil {
		return false, err
	}
	k, err := v.s.currentKey(tx, ofRecord(record.ID))
	if err != nil {
		return false, err
	}
	columns, err := v.contentColumns(k, snapshot.Input, vocab)
	if err != nil {
		return false, err
	}
	maps.Copy(columns, map[string]any{
		"version": prior.Version, "updated_at": prior.UpdatedAt, "verification_status": prior.VerificationStatus, "vocabulary_version": snapshot.VocabularyVersion,
	})
	if err := tx.Model(&incidentRow{}).Where("id = ?", record.ID).Updates(columns).Error; err != nil {
		return false, fmt.Errorf("restore record: %w", err)
	}
	if err := v.writeEntries(tx, k, whole{Incident: models.Incident{IncidentInput: snapshot.Input}, id: record.ID}, snapshot.Input, vocab); err != nil {
		return false, err
	}
	if err := tx.Exec("DELETE FROM incident_revisions WHERE incident_id = ? AND version > ?", record.ID, prior.Version).Error; err != nil {
		return false, fmt.Errorf("forget revision: %w", err)
	}
	if prior.Content == "" {
		return false, nil
	}
	err = tx.Exec("UPDATE import_keys SET content_hash = ? WHERE incident_id = ? AND organisation_id = ?", prior.Content, record.ID, v.p.OrganisationID).Error
	if err != nil {
		return false, fmt.Errorf("restore key: %w", err)
	}
	return false, nil
}
