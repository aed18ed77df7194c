package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type keyApprovalRow struct {
	ID        string
	Action    string
	CodeHash  *string
	MadeAt    time.Time
	MadeBy    *string // nil: used alone
	ExpiresAt time.Time
	Tries     int
	UsedAt    *time.Time
	UsedBy    *string
}

func (keyApprovalRow) TableName() string { return "key_approvals" }

func (r keyApprovalRow) approval() models.KeyApproval {
	return models.KeyApproval{
		ID: r.ID, Action: r.Action, MadeAt: models.UTC(r.MadeAt), MadeBy: value(r.MadeBy), ExpiresAt: models.UTC(r.ExpiresAt),
		Tries: r.Tries, UsedAt: optionalUTC(r.UsedAt),
	}
}

// ApproveKeys keeps the hash of a code with which another administrator of the
// server may do action once; an earlier one of the same maker for it ends.
// Errors: permission.denied.
func (v *View) ApproveKeys(ctx context.Context, action, codeHash string) (models.KeyApproval, error) {
	now := v.s.now()
	row := keyApprovalRow{ID: uuid.NewString(), Action: action, CodeHash: &codeHash, MadeAt: now, MadeBy: &v.p.UserID, ExpiresAt: now.Add(models.KeyApprovalLife)}
	err := v.acting(ctx, models.RoleInstanceAdmin, func(tx *gorm.DB, _ models.Principal) error {
		if err := tx.Exec("DELETE FROM key_approvals WHERE action = ? AND made_by = ? AND used_at IS NULL", action, v.p.UserID).Error; err != nil {
			return fmt.Errorf("drop earlier codes for the keys: %w", err)
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert code for the keys: %w", err)
		}
		return v.audit(ctx, tx, "keys.approve", action, nil)
	})
	return row.approval(), err
}

// UseKeyApproval uses a code up for a person who runs the command. A wrong one
// counts, and is told in the audit as well. Errors: permission.denied and those
// of KeyApproval.UsableBy.
func (s *System) UseKeyApproval(ctx context.Context, action, codeHash, userName string) error {
	var refusal error
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		refusal = nil
		user, err := keysPerson(tx, "u.user_name = ?", userName)
		if err != nil {
			return err
		}
		var row keyApprovalRow
		if err := tx.Raw("SELECT * FROM key_approvals WHERE code_hash = ?"+s.s.lock(), codeHash).Scan(&row).Error; err != nil {
			return fmt.Errorf("read code for the keys: %w", err)
		}
		now := s.s.now()
		if refusal = row.approval().UsableBy(user.ID, action, now); refusal == nil {
			if _, err := keysPerson(tx, "u.id = ?", *row.MadeBy); err != nil {
				refusal = models.Fail(models.KindGone, "keys.maker_gone", "Whoever made this code administers the server no more. Ask another administrator of the server for a new one.")
			}
		}
		if refusal != nil {
			return s.s.keysRefused(ctx, tx, action, user)
		}
		if err := tx.Exec("UPDATE key_approvals SET used_at = ?, used_by = ? WHERE id = ?", now, user.ID, row.ID).Error; err != nil {
			return fmt.Errorf("use code for the keys: %w", err)
		}
		return s.s.appendAudit(ctx, tx, auditRow{Actor: user.ID, OrganisationID: &user.OrganisationID, Action: "keys.approved", Object: action})
	})
	if err == nil {
		err = refusal
	}
	return err
}

// RefuseKeys counts a wrong password of somebody who runs the command: it ends
// open codes as wrong codes do.
func (s *System) RefuseKeys(ctx context.Context, action string, user models.User) error {
	return s.s.write(ctx, func(tx *gorm.DB) error { return s.s.keysRefused(ctx, tx, action, user) })
}

func (s *Store) keysRefused(ctx context.Context, tx *gorm.DB, action string, user models.User) error {
	if err := tx.Exec("UPDATE key_approvals SET tries = tries + 1 WHERE action = ? AND used_at IS NULL", action).Error; err != nil {
		return fmt.Errorf("count wrong code for the keys: %w", err)
	}
	return s.appendAudit(ctx, tx, auditRow{Actor: user.ID, OrganisationID: &user.OrganisationID, Action: "keys.refused", Object: action})
}

// AloneWithKeys lets the only administrator of the server do action without a
// second person, or the command line where nobody administers the server. It
// is audited, and seen for 30 days. Errors: keys.not_alone, permission.denied.
func (s *System) AloneWithKeys(ctx context.Context, action, userName string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		others, err := keysPeople(tx, userName)
		if err != nil {
			return err
		}
		if others > 0 {
			return models.Fail(models.KindForbidden, "keys.not_alone", "There is another administrator of the server. Ask them for a code (Administration, Keys); if they are gone, disable their account first. If it is you, say so with -as.")
		}
		now := s.s.now()
		row := keyApprovalRow{ID: uuid.NewString(), Action: action, MadeAt: now, ExpiresAt: now, UsedAt: &now}
		by := auditRow{Action: "keys.alone", Object: action}
		if userName != "" {
			user, err := keysPerson(tx, "u.user_name = ?", userName)
			if err != nil {
				return err
			}
			row.UsedBy, by.Actor, by.OrganisationID = &user.ID, user.ID, &user.OrganisationID
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("note use of the keys: %w", err)
		}
		return s.s.appendAudit(ctx, tx, by)
	})
}

// AloneWithKeysSince is when somebody last replaced or printed the keys alone,
// within the last 30 days; nil: nobody did.
func (s *System) AloneWithKeysSince(ctx context.Context) (at *time.Time, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		var rows []keyApprovalRow
		err := tx.Where("made_by IS NULL AND used_at > ?", s.s.now().Add(-models.AloneShown)).Order("used_at DESC").Limit(1).Find(&rows).Error
		if err != nil {
			return fmt.Errorf("read use of the keys: %w", err)
		}
		for _, r := range rows {
			at = optionalUTC(r.UsedAt)
		}
		return nil
	})
	return at, err
}

// KeysPerson is somebody who may make and use codes now. Errors:
// permission.denied.
func (s *System) KeysPerson(ctx context.Context, userName string) (user models.User, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		user, err = keysPerson(tx, "u.user_name = ?", userName)
		return err
	})
	return user, err
}

func keysPerson(tx *gorm.DB, condition, who string) (models.User, error) {
	a, roles, err := findAccount(tx, "WHERE "+condition, who)
	user := a.user(roles)
	if models.KindOf(err) == models.KindNotFound || err == nil && !user.ApprovesKeys() {
		return user, models.Fail(models.KindForbidden, "permission.denied", "There is no active administrator of the server with this name.")
	}
	return user, err
}

// keysPeople counts active administrators of the server but one.
func keysPeople(tx *gorm.DB, but string) (n int, err error) {
	err = tx.Raw(`SELECT COUNT(DISTINCT u.id) FROM users u JOIN memberships m ON m.user_id = u.id JOIN membership_roles r ON r.user_id = u.id AND r.organisation_id = m.organisation_id
		WHERE m.status = 'active' AND u.status = 'active' AND r.role = ? AND u.user_name <> ?`, string(models.RoleInstanceAdmin), but).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count administrators of the server: %w", err)
	}
	return n, nil
}
