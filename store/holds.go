package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

// openHolds selects the holds h that are in force.
const openHolds = "SELECT 1 FROM legal_holds h WHERE h.released_at IS NULL"

type holdRow struct {
	ID             string
	IncidentID     int64
	OrganisationID int64
	PlacedAt       time.Time
	PlacedBy       string
	AskedAt        *time.Time
	AskedBy        *string
	ReleasedAt     *time.Time
	ReleasedBy     *string
	RowKey         string
	Protected      []byte
}

func (holdRow) TableName() string { return "legal_holds" }

type protectedHold struct {
	Reason        string
	ReleaseReason *string
}

// underHold tells whether a hold keeps the record.
func underHold(tx *gorm.DB, incident int64) (held bool, err error) {
	if err := tx.Raw("SELECT EXISTS ("+openHolds+" AND h.incident_id = ?)", incident).Scan(&held).Error; err != nil {
		return false, fmt.Errorf("look for a hold: %w", err)
	}
	return held, nil
}

// refuseUnderHold: errors: hold.in_force.
func refuseUnderHold(tx *gorm.DB, incident int64) error {
	held, err := underHold(tx, incident)
	if err == nil && held {
		return models.UnderHold()
	}
	return err
}

// openHold reads the hold of a record that is in force; nil for none.
func (s *Store) openHold(tx *gorm.DB, incident int64) (*holdRow, *models.Hold, error) {
	var rows []struct {
		Row    holdRow `gorm:"embedded"`
		Placer string
		Asker  *string
	}
	err := tx.Raw(`SELECT h.*, u.user_name AS placer, a.user_name AS asker FROM legal_holds h JOIN users u ON u.id = h.placed_by
		LEFT JOIN users a ON a.id = h.asked_by WHERE h.released_at IS NULL AND h.incident_id = ?`, incident).Scan(&rows).Error
	if err != nil {
		return nil, nil, fmt.Errorf("read hold: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil, nil
	}
	r := rows[0]
	var hidden protectedHold
	if err := s.openIn(tx, ofRecord(incident), "legal_holds", r.Row.RowKey, r.Row.Protected, &hidden); err != nil {
		return nil, nil, err
	}
	return &r.Row, &models.Hold{
		PlacedBy: r.Placer, PlacedAt: models.UTC(r.Row.PlacedAt), Reason: hidden.Reason, AskedBy: r.Asker, AskedAt: utc(r.Row.AskedAt), ReleaseReason: hidden.ReleaseReason,
	}, nil
}

// Hold reads the hold of a record; nil for none. Errors: incident.not_found.
func (v *View) Hold(ctx context.Context, ref string) (out *models.Hold, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		record, err := v.reviewed(tx, ref, "")
		if err != nil {
			return err
		}
		_, out, err = v.s.openHold(tx, record.ID)
		return err
	})
	return out, err
}

// holding locks a record, deleted or not, and lets change act on its hold.
func (v *View) holding(ctx context.Context, ref, action string, change func(tx *gorm.DB, record incidentRow, row *holdRow, h *models.Hold) error) (out *models.Hold, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		record, err := v.reviewed(tx, ref, v.s.lock())
		if err != nil {
			return err
		}
		row, h, err := v.s.openHold(tx, record.ID)
		if err != nil {
			return err
		}
		if err := change(tx, record, row, h); err != nil {
			return err
		}
		if _, out, err = v.s.openHold(tx, record.ID); err != nil {
			return err
		}
		return v.audit(ctx, tx, action, ref, nil)
	})
	return out, err
}

// PlaceHold keeps a record from being deleted and erased; a deleted one waits,
// too. Errors: incident.not_found, hold.in_force_already.
func (v *View) PlaceHold(ctx context.Context, ref, reason string) (*models.Hold, error) {
	return v.holding(ctx, ref, "hold.place", func(tx *gorm.DB, record incidentRow, row *holdRow, _ *models.Hold) error {
		if row != nil {
			return models.Fail(models.KindConflict, "hold.in_force_already", "A legal hold keeps this record already.")
		}
		made := holdRow{ID: uuid.NewString(), IncidentID: record.ID, OrganisationID: record.OrganisationID, PlacedAt: v.s.now(), PlacedBy: v.p.UserID}
		if err := v.sealHold(tx, &made, protectedHold{Reason: reason}); err != nil {
			return err
		}
		if err := tx.Create(&made).Error; err != nil {
			return fmt.Errorf("insert hold: %w", err)
		}
		return nil
	})
}

func (v *View) sealHold(tx *gorm.DB, row *holdRow, hidden protectedHold) (err error) {
	if row.RowKey, err = v.s.rowKey(); err != nil {
		return err
	}
	row.Protected, err = v.s.sealIn(tx, ofRecord(row.IncidentID), "legal_holds", row.RowKey, hidden)
	return err
}

func noHold() *models.Error {
	return models.Fail(models.KindConflict, "hold.none", "No legal hold keeps this record.")
}

// AskRelease asks for the end of a hold. Errors: incident.not_found, hold.none,
// hold.asked_already.
func (v *View) AskRelease(ctx context.Context, ref, reason string) (*models.Hold, error) {
	return v.holding(ctx, ref, "hold.ask_release", func(tx *gorm.DB, _ incidentRow, row *holdRow, h *models.Hold) error {
		switch {
		case row == nil:
			return noHold()
		case h.AskedBy != nil:
			return models.Fail(models.KindConflict, "hold.asked_already", "Somebody has asked for the release already. Another reviewer confirms it.")
		}
		if err := v.sealHold(tx, row, protectedHold{Reason: h.Reason, ReleaseReason: &reason}); err != nil {
			return err
		}
		return setHold(tx, row.ID, map[string]any{"asked_by": v.p.UserID, "asked_at": v.s.now(), "row_key": row.RowKey, "protected": row.Protected})
	})
}

// KeepHold turns a request for release down, or takes one's own back. Errors:
// incident.not_found, hold.none, hold.not_asked.
func (v *View) KeepHold(ctx context.Context, ref string) (*models.Hold, error) {
	return v.holding(ctx, ref, "hold.keep", func(tx *gorm.DB, _ incidentRow, row *holdRow, h *models.Hold) error {
		switch {
		case row == nil:
			return noHold()
		case h.AskedBy == nil:
			return (models.Principal{}).MayRelease(*h)
		}
		if err := v.sealHold(tx, row, protectedHold{Reason: h.Reason}); err != nil {
			return err
		}
		return setHold(tx, row.ID, map[string]any{"asked_by": nil, "asked_at": nil, "row_key": row.RowKey, "protected": row.Protected})
	})
}

// ReleaseHold ends a hold for which another person asked; what a withdrawn
// consent would have erased meanwhile goes now. Errors: incident.not_found,
// hold.none, and those of Principal.MayRelease.
func (v *View) ReleaseHold(ctx context.Context, ref string, vocab *models.Vocabulary) error {
	_, err := v.holding(ctx, ref, "hold.release", func(tx *gorm.DB, record incidentRow, row *holdRow, h *models.Hold) error {
		if row == nil {
			return noHold()
		}
		if err := v.p.MayRelease(*h); err != nil {
			return err
		}
		if err := setHold(tx, row.ID, map[string]any{"released_by": v.p.UserID, "released_at": v.s.now()}); err != nil {
			return err
		}
		return v.eraseWithoutConsent(ctx, tx, record, vocab)
	})
	return err
}

func setHold(tx *gorm.DB, id string, set map[string]any) error {
	if err := tx.Model(&holdRow{}).Where("id = ?", id).Updates(set).Error; err != nil {
		return fmt.Errorf("change hold: %w", err)
	}
	return nil
}

// eraseWithoutConsent does what a withdrawn consent would have done at once had
// no hold kept the record. A deleted one is erased whole by the clock.
func (v *View) eraseWithoutConsent(ctx context.Context, tx *gorm.DB, record incidentRow, vocab *models.Vocabulary) error {
	var without bool
	err := tx.Raw("SELECT COUNT(*) > 0 FROM incidents i WHERE i.id = ? AND i.effective_consent IN ('refused', 'withdrawn') AND "+notDeleted, record.ID).Scan(&without).Error
	if err != nil {
		return fmt.Errorf("read consent: %w", err)
	}
	if !without {
		return nil
	}
	old, err := v.lockWhole(tx, record.Ref)
	if err != nil {
		return err
	}
	if err := v.eraseProtected(tx, old.id); err != nil {
		return err
	}
	in := models.Erased(old.IncidentInput)
	s := save{action: models.ActionEdit, base: old.live, vocab: vocab, content: &in, set: map[string]any{}, fields: changedMembers(old.IncidentInput, in)}
	_, err = v.save(ctx, tx, old, s)
	return err
}

// eraseProtected takes away what is protected in a record's history, comments
// and files.
func (v *View) eraseProtected(tx *gorm.DB, incident int64) error {
	if err := v.s.vouch(tx, []int64{incident}, 0, func() error { return v.s.eraseHistory(tx, incident) }); err != nil {
		return err
	}
	if err := v.s.eraseComments(tx, incident); err != nil {
		return err
	}
	return v.eraseFiles(tx, incident)
}
