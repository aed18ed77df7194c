package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"farwatch/models"
)

// maxWorkingCopies a person may keep, each of at most maxWorkingCopy bytes of
// JSON (S3).
const (
	maxWorkingCopies = 50
	maxWorkingCopy   = 256 << 10
)

// workingCopyRow keeps form and title sealed: they hold what records protect.
type workingCopyRow struct {
	UserID      string
	ID          string
	IncidentRef *string
	BaseVersion *int
	RowKey      string
	UpdatedAt   time.Time `gorm:"autoUpdateTime:false"`
	Protected   []byte
}

func (workingCopyRow) TableName() string { return "working_copies" }

// copyShown leaves out forms of records that are deleted (S58).
const copyShown = "(incident_ref IS NULL OR incident_ref NOT IN (SELECT i.ref FROM deletions x JOIN incidents i ON i.id = x.incident_id))"

func (v *View) workingCopy(tx *gorm.DB, r workingCopyRow) (models.WorkingCopy, error) {
	var hidden protectedWorkingCopy
	if err := v.s.openIn(tx, owner{organisation: anyOrganisation}, "working_copies", r.RowKey, r.Protected, &hidden); err != nil {
		return models.WorkingCopy{}, err
	}
	return models.WorkingCopy{
		ID: r.ID, Title: hidden.Title, IncidentRef: r.IncidentRef, BaseVersion: r.BaseVersion, Form: hidden.Form, UpdatedAt: models.UTC(r.UpdatedAt),
	}, nil
}

// SaveWorkingCopy makes or replaces one of the principal's own forms. Errors:
// working_copy.too_many, request.too_large.
func (v *View) SaveWorkingCopy(ctx context.Context, w models.WorkingCopy) (models.WorkingCopy, error) {
	if len(w.Form) > maxWorkingCopy {
		return w, models.Fail(models.KindTooLarge, "request.too_large", "An unfinished form holds at most 256 KiB.")
	}
	key, err := v.s.rowKey()
	if err != nil {
		return w, err
	}
	w.UpdatedAt = v.s.now()
	row := workingCopyRow{
		UserID: v.p.UserID, ID: w.ID, IncidentRef: w.IncidentRef, BaseVersion: w.BaseVersion, RowKey: key, UpdatedAt: w.UpdatedAt,
	}
	err = v.write(ctx, func(tx *gorm.DB) error {
		var err error
		row.Protected, err = v.s.sealIn(tx, ofOrganisation(v.p.OrganisationID), "working_copies", key, protectedWorkingCopy{Title: w.Title, Form: w.Form})
		if err != nil {
			return err
		}
		var others int64
		if err := tx.Raw("SELECT COUNT(*) FROM working_copies WHERE user_id = ? AND id <> ?", v.p.UserID, w.ID).Scan(&others).Error; err != nil {
			return fmt.Errorf("count working copies: %w", err)
		}
		if others >= maxWorkingCopies {
			return models.Fail(models.KindConflict, "working_copy.too_many", "You keep 50 unfinished forms. Finish or discard one first.")
		}
		upsert := clause.OnConflict{
			Columns:   []clause.Column{{Name: "user_id"}, {Name: "id"}},
			DoUpdates: clause.AssignmentColumns([]string{"incident_ref", "base_version", "row_key", "updated_at", "protected"}),
		}
		if err := tx.Clauses(upsert).Create(&row).Error; err != nil {
			return fmt.Errorf("save working copy: %w", err)
		}
		return nil
	})
	return w, err
}

// WorkingCopy reads one of the principal's own. Errors: working_copy.not_found.
func (v *View) WorkingCopy(ctx context.Context, id string) (models.WorkingCopy, error) {
	var out models.WorkingCopy
	err := v.read(ctx, func(tx *gorm.DB) error {
		var row workingCopyRow
		err := tx.Where("user_id = ? AND id = ?", v.p.UserID, id).Where(copyShown).Take(&row).Error
		if absent(err) {
			return models.NotFound("working_copy")
		}
		if err != nil {
			return fmt.Errorf("read working copy: %w", err)
		}
		out, err = v.workingCopy(tx, row)
		return err
	})
	return out, err
}

// WorkingCopies lists the principal's own, newest first.
func (v *View) WorkingCopies(ctx context.Context) ([]models.WorkingCopy, error) {
	var out []models.WorkingCopy
	err := v.read(ctx, func(tx *gorm.DB) error {
		var rows []workingCopyRow
		if err := tx.Where("user_id = ?", v.p.UserID).Where(copyShown).Order("updated_at DESC, id").Limit(maxWorkingCopies).Find(&rows).Error; err != nil {
			return fmt.Errorf("list working copies: %w", err)
		}
		for _, r := range rows {
			w, err := v.workingCopy(tx, r)
			if err != nil {
				return err
			}
			out = append(out, w)
		}
		return nil
	})
	return out, err
}

// DiscardWorkingCopy throws one of the principal's own away; one that is gone
// already is fine.
func (v *View) DiscardWorkingCopy(ctx context.Context, id string) error {
	return v.write(ctx, func(tx *gorm.DB) error { return v.dropWorkingCopy(tx, id) })
}

func (v *View) dropWorkingCopy(tx *gorm.DB, id string) error {
	if id == "" {
		return nil
	}
	if err := tx.Exec("DELETE FROM working_copies WHERE user_id = ? AND id = ?", v.p.UserID, id).Error; err != nil {
		return fmt.Errorf("delete working copy: %w", err)
	}
	return nil
}
