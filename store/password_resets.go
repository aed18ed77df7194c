package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

type passwordResetRow struct {
	TokenHash   string
	UserID      string
	CreatedBy   string
	ConfirmedBy *string
	CreatedAt   time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt   time.Time
	UsedAt      *time.Time
}

func (passwordResetRow) TableName() string { return "password_resets" }

// confirmed tells whether the link works for a person with these roles: an
// administrator's needs a second administrator (S12), also when the person
// became one after the link was made.
func (r passwordResetRow) confirmed(roles []models.Role) bool {
	return r.ConfirmedBy != nil && (!models.Administers(roles) || *r.ConfirmedBy != r.CreatedBy)
}

func dropResets(tx *gorm.DB, user string) error {
	if err := tx.Exec("DELETE FROM password_resets WHERE user_id = ? AND used_at IS NULL", user).Error; err != nil {
		return fmt.Errorf("drop reset links: %w", err)
	}
	return nil
}

// CreateReset keeps the hash of a one-time link to a new password of a
// colleague; an earlier link becomes useless. Errors: those of onMember,
// member.disabled.
func (v *View) CreateReset(ctx context.Context, user, tokenHash string) (models.PasswordReset, error) {
	var out models.PasswordReset
	err := v.onMember(ctx, user, func(tx *gorm.DB, m models.User) error {
		if m.Status != models.UserActive {
			return models.Fail(models.KindConflict, "member.disabled", "This account is disabled. Enable it first.")
		}
		if err := dropResets(tx, m.ID); err != nil {
			return err
		}
		now := v.s.now()
		row := passwordResetRow{TokenHash: tokenHash, UserID: m.ID, CreatedBy: v.p.UserID, ConfirmedBy: &v.p.UserID, CreatedAt: now, ExpiresAt: now.Add(models.ResetLife)}
		if models.Administers(m.Roles) {
			row.ConfirmedBy = nil
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert reset link: %w", err)
		}
		out = models.PasswordReset{CreatedBy: v.p.UserName, ExpiresAt: row.ExpiresAt, Confirmed: row.confirmed(m.Roles)}
		return v.audit(ctx, tx, "reset.create", m.ID, nil)
	})
	return out, err
}

// openReset reads the link that a colleague may still use. Errors:
// reset.not_found.
func (v *View) openReset(tx *gorm.DB, user string) (passwordResetRow, error) {
	var rows []passwordResetRow
	if err := tx.Where("user_id = ? AND used_at IS NULL AND expires_at > ?", user, v.s.now()).Limit(1).Find(&rows).Error; err != nil {
		return passwordResetRow{}, fmt.Errorf("read reset link: %w", err)
	}
	if len(rows) == 0 {
		return passwordResetRow{}, models.NotFound("reset")
	}
	return rows[0], nil
}

// ConfirmReset lets another administrator's link for an administrator work.
// Errors: those of onMember, reset.not_found, reset.own.
func (v *View) ConfirmReset(ctx context.Context, user string) error {
	return v.onMember(ctx, user, func(tx *gorm.DB, m models.User) error {
		row, err := v.openReset(tx, m.ID)
		if err != nil || row.confirmed(m.Roles) {
			return err
		}
		if row.CreatedBy == v.p.UserID {
			return models.Fail(models.KindForbidden, "reset.own", "You made this link. Another administrator has to confirm it.")
		}
		if err := tx.Exec("UPDATE password_resets SET confirmed_by = ? WHERE token_hash = ?", v.p.UserID, row.TokenHash).Error; err != nil {
			return fmt.Errorf("confirm reset link: %w", err)
		}
		return v.audit(ctx, tx, "reset.confirm", m.ID, nil)
	})
}

// RevokeReset makes an open link useless. Errors: those of onMember,
// reset.not_found.
func (v *View) RevokeReset(ctx context.Context, user string) error {
	return v.onMember(ctx, user, func(tx *gorm.DB, m models.User) error {
		if _, err := v.openReset(tx, m.ID); err != nil {
			return err
		}
		if err := dropResets(tx, m.ID); err != nil {
			return err
		}
		return v.audit(ctx, tx, "reset.revoke", m.ID, nil)
	})
}

// ResetFor is whose password a link sets. Errors: reset.link_invalid,
// reset.not_confirmed.
func (s *System) ResetFor(ctx context.Context, tokenHash string) (userName string, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		_, a, err := s.usableReset(tx, tokenHash)
		userName = a.Row.UserName
		return err
	})
	return userName, err
}

func (s *System) usableReset(tx *gorm.DB, tokenHash string) (passwordResetRow, account, error) {
	invalid := models.Fail(models.KindGone, "reset.link_invalid", "This link was used, revoked or is too old. Ask an administrator for a new one.")
	var row passwordResetRow
	if err := tx.Raw("SELECT * FROM password_resets WHERE token_hash = ?", tokenHash).Scan(&row).Error; err != nil {
		return row, account{}, fmt.Errorf("read reset link: %w", err)
	}
	if row.TokenHash == "" || row.UsedAt != nil || !s.s.now().Before(row.ExpiresAt) {
		return row, account{}, invalid
	}
	a, roles, err := findAccount(tx, "WHERE u.id = ? AND u.status = 'active'", row.UserID)
	if models.KindOf(err) == models.KindNotFound {
		return row, a, invalid
	}
	if err == nil && !row.confirmed(roles) {
		err = models.Fail(models.KindConflict, "reset.not_confirmed", "A second administrator has to confirm this link before it works.")
	}
	return row, a, err
}

// UseReset sets a new password by a link, which is used up in the same step,
// and ends every session of the person. Errors: reset.link_invalid,
// reset.not_confirmed.
func (s *System) UseReset(ctx context.Context, tokenHash, passwordHash string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("SELECT token_hash FROM password_resets WHERE token_hash = ?"+s.s.lock(), tokenHash).Error; err != nil {
			return fmt.Errorf("lock reset link: %w", err)
		}
		row, a, err := s.usableReset(tx, tokenHash)
		if err != nil {
			return err
		}
		now := s.s.now()
		if err := tx.Exec("UPDATE password_resets SET used_at = ? WHERE token_hash = ?", now, row.TokenHash).Error; err != nil {
			return fmt.Errorf("use reset link: %w", err)
		}
		if err := setPassword(tx, row.UserID, passwordHash); err != nil {
			return err
		}
		if err := errors.Join(endSessions(tx, now, "user_id = ?", row.UserID), endTokens(tx, now, row.UserID)); err != nil {
			return err
		}
		return s.s.appendAudit(ctx, tx, auditRow{Actor: row.UserID, OrganisationID: &a.OrganisationID, Action: "reset.use", Object: row.UserID})
	})
}
