package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// notDeleted holds for records i that no reviewer has deleted (S58).
const notDeleted = "i.id NOT IN (SELECT x.incident_id FROM deletions x)"

type deletionRow struct {
	IncidentID     int64
	OrganisationID int64
	DeletedAt      time.Time
	DeletedBy      *string
	RowKey         string
	Protected      []byte
}

func (deletionRow) TableName() string { return "deletions" }

type protectedDeletion struct {
	Reason string
}

// hide puts a record among the deleted ones.
func (s *Store) hide(tx *gorm.DB, record incidentRow, by *string, at time.Time, reason string) error {
	row := deletionRow{IncidentID: record.ID, OrganisationID: record.OrganisationID, DeletedAt: at, DeletedBy: by}
	var err error
	if row.RowKey, err = s.rowKey(); err != nil {
		return err
	}
	if row.Protected, err = s.sealIn(tx, ofRecord(record.ID), "deletions", row.RowKey, protectedDeletion{Reason: reason}); err != nil {
		return err
	}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("insert deletion: %w", err)
	}
	return nil
}

// DeleteIncident hides a record from everybody; the clock erases it 30 days
// later. Errors: incident.not_found, incident.stale, hold.in_force, and those of
// Principal.MayDelete.
func (v *View) DeleteIncident(ctx context.Context, ref string, version int, reason string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		old, err := v.lockVersion(tx, ref, version)
		if err != nil {
			return err
		}
		if err := v.p.MayDelete(old.Incident); err != nil {
			return err
		}
		if err := refuseUnderHold(tx, old.id); err != nil {
			return err
		}
		record := incidentRow{ID: old.id, OrganisationID: v.p.OrganisationID}
		if err := v.s.hide(tx, record, &v.p.UserID, v.s.now(), reason); err != nil {
			return err
		}
		return v.audit(ctx, tx, "incident.delete", ref, nil)
	})
}

// reviewed finds a record in a reviewer's circle, deleted or not, and locks it.
// Errors: incident.not_found.
func (v *View) reviewed(tx *gorm.DB, ref, lock string) (row incidentRow, err error) {
	if !v.p.Has(models.RoleReviewer) || v.p.Machine() || v.through != nil {
		return row, models.NotFound("incident")
	}
	w := v.circle()
	w.and("i.ref = ?", ref)
	if err := tx.Raw("SELECT i.id, i.organisation_id, i.ref FROM incidents i WHERE "+w.sql()+lock, w.args...).Scan(&row).Error; err != nil {
		return row, fmt.Errorf("find record: %w", err)
	}
	if row.ID == 0 {
		return row, models.NotFound("incident")
	}
	return row, nil
}

// UndeleteIncident brings a deleted record back as it was. Errors:
// incident.not_found, deletion.none.
func (v *View) UndeleteIncident(ctx context.Context, ref string) (rec models.Incident, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.reviewed(tx, ref, v.s.lock())
		if err != nil {
			return err
		}
		done := tx.Exec("DELETE FROM deletions WHERE incident_id = ?", row.ID)
		if done.Error != nil {
			return fmt.Errorf("undo deletion: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.Fail(models.KindConflict, "deletion.none", "This record is not deleted.")
		}
		if rec, err = v.incident(tx, ref); err != nil {
			return err
		}
		return v.audit(ctx, tx, "incident.undelete", ref, nil)
	})
	return rec, err
}

// Deleted lists the records that can be brought back, the last deleted first.
func (v *View) Deleted(ctx context.Context) ([]models.DeletedRecord, error) {
	out := []models.DeletedRecord{}
	if !v.p.Has(models.RoleReviewer) || v.p.Machine() || v.through != nil {
		return out, nil
	}
	err := v.read(ctx, func(tx *gorm.DB) error {
		w := v.circle()
		var rows []struct {
			Record     incidentRow `gorm:"embedded"`
			DeletedAt  time.Time
			DeletedBy  *string
			DRowKey    string
			DProtected []byte
			Hold       bool
		}
		query := "SELECT " + linkedColumns + `, d.deleted_at, u.user_name AS deleted_by, d.row_key AS d_row_key, d.protected AS d_protected,
			EXISTS (` + openHolds + ` AND h.incident_id = i.id) AS hold
			FROM deletions d JOIN incidents i ON i.id = d.incident_id LEFT JOIN users u ON u.id = d.deleted_by
			WHERE ` + w.sql() + " ORDER BY d.deleted_at DESC, i.id DESC LIMIT ?"
		if err := tx.Raw(query, append(w.args, models.MaxDeleted)...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("list deleted records: %w", err)
		}
		records := make([]incidentRow, len(rows))
		for i, r := range rows {
			records[i] = r.Record
		}
		if err := v.s.uncover(tx, records); err != nil {
			return err
		}
		for i, r := range rows {
			var hidden protectedDeletion
			if err := v.s.openIn(tx, ofRecord(r.Record.ID), "deletions", r.DRowKey, r.DProtected, &hidden); err != nil {
				return err
			}
			out = append(out, models.DeletedRecord{
				Record: records[i].linked(), DeletedAt: models.UTC(r.DeletedAt), DeletedBy: r.DeletedBy, Reason: hidden.Reason, Hold: r.Hold,
			})
		}
		return nil
	})
	return out, err
}

// EraseDue erases the deleted records whose time is over and which no hold
// keeps, each in its own transaction, and tells how many.
func (s *System) EraseDue(ctx context.Context) (int, error) {
	due := "d.deleted_at <= ? AND NOT EXISTS (" + openHolds + " AND h.incident_id = d.incident_id)"
	before := s.s.now().Add(-models.DeletionDelay)
	var refs []string
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT i.ref FROM deletions d JOIN incidents i ON i.id = d.incident_id WHERE "+due+" ORDER BY d.deleted_at, i.ref LIMIT ?", before, dueBatch).Scan(&refs).Error
	})
	if err != nil {
		return 0, fmt.Errorf("find deleted records: %w", err)
	}
	erased := 0
	for _, ref := range refs {
		err := s.s.write(ctx, func(tx *gorm.DB) error {
			record, err := s.s.erasable(tx, ref)
			if err != nil || record.ID == 0 {
				return err
			}
			var rows []deletionRow
			if err := tx.Raw("SELECT d.* FROM deletions d WHERE d.incident_id = ? AND "+due, record.ID, before).Scan(&rows).Error; err != nil {
				return fmt.Errorf("read deletion: %w", err)
			}
			if len(rows) == 0 {
				return nil // somebody was faster
			}
			var hidden protectedDeletion
			if err := s.s.openIn(tx, ofRecord(record.ID), "deletions", rows[0].RowKey, rows[0].Protected, &hidden); err != nil {
				return err
			}
			by := ""
			if rows[0].DeletedBy != nil {
				by = *rows[0].DeletedBy
			}
			erased++
			return s.s.eraseForGood(ctx, tx, record, models.ErasedRecord, hidden.Reason, by)
		})
		if err != nil {
			return erased, fmt.Errorf("erase %s: %w", ref, err)
		}
	}
	return erased, nil
}
