package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// acting is a transaction of somebody who holds a role now: their roles are
// read again inside it, behind a lock, so that two administrators who act on
// each other take turns and the second meets what the first did. Errors:
// permission.denied, session.expired.
func (v *View) acting(ctx context.Context, role models.Role, fn func(tx *gorm.DB, p models.Principal) error) error {
	in := v.transact
	if role == models.RoleInstanceAdmin { // who works on every organisation
		in = v.s.write
	}
	return in(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("SELECT id FROM organisations WHERE id = ?"+v.s.lock(), v.p.OrganisationID).Error; err != nil {
			return fmt.Errorf("lock organisation: %w", err)
		}
		var active bool
		if err := tx.Raw("SELECT "+activeMember, v.p.UserID, v.p.OrganisationID).Scan(&active).Error; err != nil {
			return fmt.Errorf("check membership: %w", err)
		}
		if !active {
			return models.SessionExpired()
		}
		p := v.p
		var err error
		if p.Roles, err = rolesOf(tx, p.UserID, p.OrganisationID); err != nil {
			return err
		}
		if !p.Has(role) {
			return models.Fail(models.KindForbidden, "permission.denied", "Your roles do not allow this any more.")
		}
		return fn(tx, p)
	})
}

func rolesOf(tx *gorm.DB, user string, organisation int64) ([]models.Role, error) {
	var roles []models.Role
	err := tx.Raw("SELECT role FROM membership_roles WHERE user_id = ? AND organisation_id = ? ORDER BY role", user, organisation).Scan(&roles).Error
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return inOrder(roles), nil
}

// onMember changes the account of another person of the organisation. Errors:
// member.not_found, member.own_account, member.operator, permission.denied.
func (v *View) onMember(ctx context.Context, user string, fn func(tx *gorm.DB, m models.User) error) error {
	return v.acting(ctx, models.RoleOrgAdmin, func(tx *gorm.DB, p models.Principal) error {
		m, err := v.member(tx, user)
		if err != nil {
			return err
		}
		if err := p.MayManage(m.ID, m.Roles); err != nil {
			return err
		}
		return fn(tx, m)
	})
}

// member reads somebody of the principal's organisation. Errors:
// member.not_found.
func (v *View) member(tx *gorm.DB, user string) (models.User, error) {
	var row userRow
	err := tx.Raw(`SELECT u.id, u.user_name, u.status, u.created_at FROM users u JOIN memberships m ON m.user_id = u.id
		WHERE u.id = ? AND m.organisation_id = ?`, user, v.p.OrganisationID).Scan(&row).Error
	if err != nil {
		return models.User{}, fmt.Errorf("read member: %w", err)
	}
	if row.ID == "" {
		return models.User{}, models.NotFound("member")
	}
	roles, err := rolesOf(tx, user, v.p.OrganisationID)
	return models.User{ID: row.ID, UserName: row.UserName, Status: models.UserStatus(row.Status), CreatedAt: models.UTC(row.CreatedAt), Roles: roles}, err
}

// ChangeRoles gives a colleague these roles in place of the old ones; they bind
// with the next request. Errors: those of onMember.
func (v *View) ChangeRoles(ctx context.Context, user string, given []models.Role) error {
	return v.onMember(ctx, user, func(tx *gorm.DB, m models.User) error {
		roles, err := models.RolesAfter(m.Roles, given)
		if err != nil {
			return err
		}
		changes := models.RoleChanges(m.Roles, roles)
		if len(changes) == 0 {
			return nil
		}
		if err := replaceRoles(tx, v.s.now(), v.p.OrganisationID, m.ID, roles); err != nil {
			return err
		}
		return v.audit(ctx, tx, "user.roles", m.ID, changes)
	})
}

// replaceRoles ends the person's tokens where it takes a role away.
func replaceRoles(tx *gorm.DB, now time.Time, organisation int64, user string, roles []models.Role) error {
	held, err := rolesOf(tx, user, organisation)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(held, func(r models.Role) bool { return !slices.Contains(roles, r) }) {
		if err := endTokens(tx, now, user); err != nil {
			return err
		}
	}
	if err := tx.Exec("DELETE FROM membership_roles WHERE user_id = ? AND organisation_id = ?", user, organisation).Error; err != nil {
		return fmt.Errorf("take roles: %w", err)
	}
	return giveRoles(tx, organisation, user, roles)
}

func giveRoles(tx *gorm.DB, organisation int64, user string, roles []models.Role) error {
	for _, r := range inOrder(roles) {
		if err := tx.Exec("INSERT INTO membership_roles (organisation_id, user_id, role) VALUES (?, ?, ?)", organisation, user, string(r)).Error; err != nil {
			return fmt.Errorf("insert role: %w", err)
		}
	}
	return nil
}

// DisableMember closes a colleague's account and ends their sessions at once.
// Errors: those of onMember.
func (v *View) DisableMember(ctx context.Context, user string) error {
	return v.onMember(ctx, user, func(tx *gorm.DB, m models.User) error {
		if m.Status == models.UserDisabled {
			return nil
		}
		if err := setStatus(tx, m.ID, models.UserDisabled); err != nil {
			return err
		}
		if err := dropResets(tx, m.ID); err != nil {
			return err
		}
		if err := errors.Join(endSessions(tx, v.s.now(), "user_id = ?", m.ID), endTokens(tx, v.s.now(), m.ID)); err != nil {
			return err
		}
		return v.audit(ctx, tx, "user.disable", m.ID, nil)
	})
}

// EnableMember opens a colleague's account again, with the password it had.
// Errors: those of onMember.
func (v *View) EnableMember(ctx context.Context, user string) error {
	return v.onMember(ctx, user, func(tx *gorm.DB, m models.User) error {
		if m.Status == models.UserActive {
			return nil
		}
		if err := setStatus(tx, m.ID, models.UserActive); err != nil {
			return err
		}
		return v.audit(ctx, tx, "user.enable", m.ID, nil)
	})
}

func setStatus(tx *gorm.DB, user string, status models.UserStatus) error {
	if err := tx.Exec("UPDATE users SET status = ? WHERE id = ?", string(status), user).Error; err != nil {
		return fmt.Errorf("set status: %w", err)
	}
	return nil
}
