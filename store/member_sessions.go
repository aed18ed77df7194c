package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// maxMemberSessions bounds the list.
const maxMemberSessions = 2000

const ofOneOrganisation = "user_id IN (SELECT m.user_id FROM memberships m WHERE m.organisation_id = ?)"

// MemberSessions lists the live sessions of everybody of the organisation, the
// last used first.
func (v *View) MemberSessions(ctx context.Context) ([]models.MemberSession, error) {
	out := []models.MemberSession{}
	err := v.read(ctx, func(tx *gorm.DB) error {
		var rows []struct {
			Row      sessionRow `gorm:"embedded"`
			UserName string
			Admin    bool
		}
		now := v.s.now()
		err := tx.Raw(`SELECT s.*, u.user_name, EXISTS (SELECT 1 FROM membership_roles r WHERE r.user_id = s.user_id AND r.organisation_id = m.organisation_id
			AND r.role IN ?) AS admin FROM memberships m JOIN users u ON u.id = m.user_id JOIN sessions s ON s.user_id = m.user_id
			WHERE m.organisation_id = ? AND m.status = 'active' AND u.status = 'active' AND s.ended_at IS NULL AND s.last_seen_at > ? AND s.created_at > ?
			ORDER BY s.last_seen_at DESC, s.id LIMIT ?`, []models.Role{models.RoleOrgAdmin, models.RoleInstanceAdmin},
			v.p.OrganisationID, now.Add(-models.SessionIdle), now.Add(-models.SessionAge), maxMemberSessions).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("list sessions: %w", err)
		}
		for _, r := range rows {
			if session := r.Row.session(r.Admin); session.Live(now) {
				out = append(out, models.MemberSession{Session: session, UserName: r.UserName})
			}
		}
		return nil
	})
	return out, err
}

// EndMemberSession ends one session of somebody of the organisation. Errors:
// session.not_found, permission.denied.
func (v *View) EndMemberSession(ctx context.Context, id string) error {
	return v.acting(ctx, models.RoleOrgAdmin, func(tx *gorm.DB, _ models.Principal) error {
		done := tx.Exec("UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL AND id = ? AND "+ofOneOrganisation, v.s.now(), id, v.p.OrganisationID)
		if done.Error != nil {
			return fmt.Errorf("end session: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.NotFound("session")
		}
		return v.audit(ctx, tx, "session.end", id, nil)
	})
}

// SignOutMember ends every session of one person of the organisation. Errors:
// member.not_found, permission.denied.
func (v *View) SignOutMember(ctx context.Context, user string) error {
	return v.acting(ctx, models.RoleOrgAdmin, func(tx *gorm.DB, _ models.Principal) error {
		m, err := v.member(tx, user)
		if err != nil {
			return err
		}
		if err := endSessions(tx, v.s.now(), "user_id = ?", m.ID); err != nil {
			return err
		}
		return v.audit(ctx, tx, "user.sign_out", m.ID, nil)
	})
}

// SignOutOrganisation ends every session of the organisation, the one that asks
// only if mineToo. Errors: permission.denied.
func (v *View) SignOutOrganisation(ctx context.Context, mineToo bool) error {
	kept := v.p.SessionID
	if mineToo {
		kept = ""
	}
	return v.acting(ctx, models.RoleOrgAdmin, func(tx *gorm.DB, _ models.Principal) error {
		if err := endSessions(tx, v.s.now(), "id <> ? AND "+ofOneOrganisation, kept, v.p.OrganisationID); err != nil {
			return err
		}
		return v.audit(ctx, tx, "organisation.sign_out", v.p.Organisation, nil)
	})
}
