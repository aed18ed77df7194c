package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// maxMembers bounds the list of people.
const maxMembers = 10_000

// Members lists the people of the principal's organisation by user name.
func (v *View) Members(ctx context.Context) ([]models.Member, error) {
	var out []models.Member
	err := v.read(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = v.members(tx, "")
		return err
	})
	return out, err
}

// Member reads one. Errors: member.not_found.
func (v *View) Member(ctx context.Context, user string) (models.Member, error) {
	var out []models.Member
	err := v.read(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = v.members(tx, user)
		return err
	})
	if err == nil && len(out) == 0 {
		err = models.NotFound("member")
	}
	if err != nil {
		return models.Member{}, err
	}
	return out[0], nil
}

// members reads the one of this id, or all when it is "".
func (v *View) members(tx *gorm.DB, user string) ([]models.Member, error) {
	of, args := "m.organisation_id = ?", []any{v.p.OrganisationID}
	if user != "" {
		of, args = of+" AND m.user_id = ?", append(args, user)
	}
	var accounts []account
	err := tx.Raw(`SELECT u.id, u.user_name, u.status, u.created_at, m.organisation_id, o.code AS organisation_code,
		(SELECT s.last_seen_at FROM sessions s WHERE s.user_id = u.id ORDER BY s.last_seen_at DESC LIMIT 1) AS last_seen_at
		FROM memberships m JOIN users u ON u.id = m.user_id JOIN organisations o ON o.id = m.organisation_id
		WHERE `+of+" ORDER BY u.user_name LIMIT ?", append(args, maxMembers)...).Scan(&accounts).Error
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	var roles []struct {
		UserID string
		Role   models.Role
	}
	err = tx.Raw(`SELECT r.user_id, r.role FROM memberships m JOIN membership_roles r ON r.user_id = m.user_id AND r.organisation_id = m.organisation_id
		WHERE `+of, args...).Scan(&roles).Error
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	byUser := map[string][]models.Role{}
	for _, r := range roles {
		byUser[r.UserID] = append(byUser[r.UserID], r.Role)
	}
	var resets []struct {
		Row       passwordResetRow `gorm:"embedded"`
		MakerName string
	}
	err = tx.Raw(`SELECT p.*, c.user_name AS maker_name FROM memberships m JOIN password_resets p ON p.user_id = m.user_id JOIN users c ON c.id = p.created_by
		WHERE `+of+" AND p.used_at IS NULL AND p.expires_at > ?", append(args, v.s.now())...).Scan(&resets).Error
	if err != nil {
		return nil, fmt.Errorf("list reset links: %w", err)
	}
	open := map[string]*models.PasswordReset{}
	for _, r := range resets {
		open[r.Row.UserID] = &models.PasswordReset{
			CreatedBy: r.MakerName, ExpiresAt: models.UTC(r.Row.ExpiresAt), Confirmed: r.Row.confirmed(byUser[r.Row.UserID]),
		}
	}
	out := make([]models.Member, len(accounts))
	for i, a := range accounts {
		out[i] = models.Member{User: a.user(inOrder(byUser[a.Row.ID])), Reset: open[a.Row.ID]}
	}
	return out, nil
}
