package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type invitationRow struct {
	ID             string
	OrganisationID int64
	TokenHash      string
	Roles          codeList
	Note           *string
	CreatedBy      string
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt      time.Time
	UsedAt         *time.Time
	RevokedAt      *time.Time
}

func (invitationRow) TableName() string { return "invitations" }

func (r invitationRow) invitation(createdBy string) models.Invitation {
	roles := make([]models.Role, len(r.Roles))
	for i, code := range r.Roles {
		roles[i] = models.Role(code)
	}
	return models.Invitation{
		ID: r.ID, Roles: inOrder(roles), Note: r.Note, CreatedBy: createdBy, CreatedAt: models.UTC(r.CreatedAt), ExpiresAt: models.UTC(r.ExpiresAt),
	}
}

// CreateInvitation keeps the hash of a one-time link to an account in the
// principal's organisation.
func (v *View) CreateInvitation(ctx context.Context, tokenHash string, roles []models.Role, note *string) (models.Invitation, error) {
	now := v.s.now()
	row := invitationRow{
		ID: uuid.NewString(), OrganisationID: v.p.OrganisationID, TokenHash: tokenHash, Roles: roleCodes(inOrder(roles)), Note: note,
		CreatedBy: v.p.UserID, CreatedAt: now, ExpiresAt: now.Add(models.InvitationLife),
	}
	err := v.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert invitation: %w", err)
		}
		return v.audit(ctx, tx, "invitation.create", row.ID, row.Roles)
	})
	return row.invitation(v.p.UserName), err
}

// Invitations lists the open ones of the principal's organisation, newest
// first.
func (v *View) Invitations(ctx context.Context) ([]models.Invitation, error) {
	var rows []struct {
		Row         invitationRow `gorm:"embedded"`
		CreatorName string
	}
	err := v.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw(`SELECT i.*, u.user_name AS creator_name FROM invitations i JOIN users u ON u.id = i.created_by
			WHERE i.organisation_id = ? AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > ?
			ORDER BY i.created_at DESC, i.id LIMIT 1000`, v.p.OrganisationID, v.s.now()).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	out := make([]models.Invitation, len(rows))
	for i, r := range rows {
		out[i] = r.Row.invitation(r.CreatorName)
	}
	return out, nil
}

// RevokeInvitation makes an open link useless. Errors: invitation.not_found.
func (v *View) RevokeInvitation(ctx context.Context, id string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		done := tx.Exec("UPDATE invitations SET revoked_at = ? WHERE id = ? AND organisation_id = ? AND used_at IS NULL AND revoked_at IS NULL",
			v.s.now(), id, v.p.OrganisationID)
		if done.Error != nil {
			return fmt.Errorf("revoke invitation: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.NotFound("invitation")
		}
		return v.audit(ctx, tx, "invitation.revoke", id, nil)
	})
}

// AcceptInvitation makes an account with a link, which is used up in the same
// step. Errors: invitation.link_invalid, user.name_taken.
func (s *System) AcceptInvitation(ctx context.Context, tokenHash, userName, passwordHash string) (models.Principal, error) {
	var p models.Principal
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		now := s.s.now()
		used := tx.Exec("UPDATE invitations SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?", now, tokenHash, now)
		if used.Error != nil {
			return fmt.Errorf("use invitation: %w", used.Error)
		}
		if used.RowsAffected == 0 {
			return models.Fail(models.KindGone, "invitation.link_invalid", "This link was used, revoked or is too old. Ask for a new one.")
		}
		var row invitationRow
		if err := tx.Where("token_hash = ?", tokenHash).Take(&row).Error; err != nil {
			return fmt.Errorf("read invitation: %w", err)
		}
		id, err := s.s.insertUser(tx, row.OrganisationID, userName, passwordHash, row.invitation("").Roles)
		if err != nil {
			return err
		}
		a, roles, err := findAccount(tx, "WHERE u.id = ?", id)
		if err != nil {
			return err
		}
		p = a.principal(roles, "")
		return s.s.appendAudit(ctx, tx, auditRow{Actor: id, OrganisationID: &row.OrganisationID, Action: "invitation.accept", Object: row.ID})
	})
	return p, err
}

// SetUpRequired tells whether there is no user yet.
func (s *System) SetUpRequired(ctx context.Context) (bool, error) {
	var users int64
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT COUNT(*) FROM users").Scan(&users).Error
	})
	return users == 0, err
}

// CreateSetUpLink keeps the hash of the one-time set-up link; earlier links
// become useless.
func (s *System) CreateSetUpLink(ctx context.Context, tokenHash string, expires time.Time) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM setup_links").Error; err != nil {
			return fmt.Errorf("drop old set-up links: %w", err)
		}
		err := tx.Exec("INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES (?, ?, ?)", tokenHash, s.s.now(), models.UTC(expires)).Error
		if err != nil {
			return fmt.Errorf("insert set-up link: %w", err)
		}
		return nil
	})
}

// SetUp makes the first organisation and its administrator with a link that is
// used up in the same step, and only while there is no user. Errors:
// setup.link_invalid.
func (s *System) SetUp(ctx context.Context, tokenHash, code, name, userName, passwordHash string, roles []models.Role) (models.Principal, error) {
	var p models.Principal
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		now := s.s.now()
		used := tx.Exec(`UPDATE setup_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?
			AND NOT EXISTS (SELECT 1 FROM users)`, now, tokenHash, now)
		if used.Error != nil {
			return fmt.Errorf("use set-up link: %w", used.Error)
		}
		if used.RowsAffected == 0 {
			return models.Fail(models.KindGone, "setup.link_invalid", "This link was used or is too old. Restart the server to get a new one.")
		}
		organisation, err := s.s.insertOrganisation(tx, code, name)
		if err != nil {
			return err
		}
		id, err := s.s.insertUser(tx, organisation, userName, passwordHash, roles)
		if err != nil {
			return err
		}
		a, held, err := findAccount(tx, "WHERE u.id = ?", id)
		if err != nil {
			return err
		}
		p = a.principal(held, "")
		return s.s.appendAudit(ctx, tx, auditRow{Actor: id, OrganisationID: &organisation, Action: "setup", Object: code, Fields: roleCodes(held)})
	})
	return p, err
}
