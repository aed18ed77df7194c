package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// InstanceMode is what the instance lets people do now. It is read from the
// database each time, so that several programs on one database agree at once.
func (s *System) InstanceMode(ctx context.Context) (models.InstanceMode, error) {
	state, err := s.s.instanceState(ctx)
	return state.Mode, err
}

// InstanceState is the mode with its reason.
func (v *View) InstanceState(ctx context.Context) (models.InstanceState, error) {
	return v.s.instanceState(ctx)
}

func (s *Store) instanceState(ctx context.Context) (models.InstanceState, error) {
	var state models.InstanceState
	err := s.read(ctx, func(tx *gorm.DB) error {
		var err error
		state, err = readInstanceState(tx)
		return err
	})
	return state, err
}

func readInstanceState(tx *gorm.DB) (models.InstanceState, error) {
	var row struct {
		Mode, Reason, ChangedBy string
		ChangedAt               *time.Time
	}
	if err := tx.Raw("SELECT mode, reason, changed_at, changed_by FROM instance_state WHERE id = 1").Scan(&row).Error; err != nil {
		return models.InstanceState{}, fmt.Errorf("read instance mode: %w", err)
	}
	return models.InstanceState{
		Mode: models.InstanceMode(row.Mode), Reason: row.Reason, ChangedAt: optionalUTC(row.ChangedAt), ChangedBy: row.ChangedBy,
	}, nil
}

// SetInstanceMode changes what the instance lets people do; closing ends every
// session in the same step. actor is a user id, or "" for the program itself.
func (s *System) SetInstanceMode(ctx context.Context, mode models.InstanceMode, reason, actor string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		return s.s.setInstanceMode(ctx, tx, mode, reason, auditRow{Actor: actor})
	})
}

// SetInstanceMode is the same in a person's name.
func (v *View) SetInstanceMode(ctx context.Context, mode models.InstanceMode, reason string) (models.InstanceState, error) {
	var state models.InstanceState
	err := v.write(ctx, func(tx *gorm.DB) error {
		organisation := v.p.OrganisationID
		if err := v.s.setInstanceMode(ctx, tx, mode, reason, auditRow{Actor: v.p.UserID, OrganisationID: &organisation}); err != nil {
			return err
		}
		var err error
		state, err = readInstanceState(tx)
		return err
	})
	return state, err
}

func (s *Store) setInstanceMode(ctx context.Context, tx *gorm.DB, mode models.InstanceMode, reason string, by auditRow) error {
	if !models.ValidInstanceMode(mode) {
		return models.Invalid([]models.FieldError{{Pointer: "#/mode", Code: "unknown_code"}})
	}
	now := s.now()
	err := tx.Exec("UPDATE instance_state SET mode = ?, reason = ?, changed_at = ?, changed_by = ? WHERE id = 1", string(mode), reason, now, by.Actor).Error
	if err != nil {
		return fmt.Errorf("set instance mode: %w", err)
	}
	if mode == models.ModeClosed {
		if err := endSessions(tx, now, "1 = 1"); err != nil {
			return err
		}
	}
	by.Action, by.Object = "instance.mode", string(mode)
	return s.appendAudit(ctx, tx, by)
}

// admits refuses a session while the instance is closed to the person.
func (s *Store) admits(tx *gorm.DB, roles []models.Role) error {
	state, err := readInstanceState(tx)
	if err != nil {
		return err
	}
	if state.Mode == models.ModeClosed && !isAdmin(roles) {
		return models.InstanceClosed()
	}
	return nil
}
