package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type organisationRow struct {
	ID                 int64
	Code               string
	Name               string
	InitialSensitivity string
	FourEyes           bool
	CreatedAt          time.Time `gorm:"autoCreateTime:false"`
}

func (r organisationRow) organisation() models.Organisation {
	return models.Organisation{Code: r.Code, Name: r.Name, InitialSensitivity: r.InitialSensitivity, FourEyes: r.FourEyes, CreatedAt: models.UTC(r.CreatedAt)}
}

func organisationByCode(tx *gorm.DB, code string) (organisationRow, error) {
	var row organisationRow
	if err := tx.Raw("SELECT * FROM organisations WHERE code = ?", code).Scan(&row).Error; err != nil {
		return row, fmt.Errorf("read organisation: %w", err)
	}
	if row.ID == 0 {
		return row, models.NotFound("organisation")
	}
	return row, nil
}

// Organisation is the principal's own.
func (v *View) Organisation(ctx context.Context) (models.Organisation, error) {
	var row organisationRow
	err := v.read(ctx, func(tx *gorm.DB) error {
		var err error
		row, err = organisationByCode(tx, v.p.Organisation)
		return err
	})
	return row.organisation(), err
}

// ChangeOrganisation sets name and settings of the principal's own; fourEyes nil
// stays as it is. Errors: permission.denied.
func (v *View) ChangeOrganisation(ctx context.Context, name, initialSensitivity string, fourEyes *bool) (models.Organisation, error) {
	var row organisationRow
	err := v.acting(ctx, models.RoleOrgAdmin, func(tx *gorm.DB, _ models.Principal) error {
		var err error
		if row, err = organisationByCode(tx, v.p.Organisation); err != nil {
			return err
		}
		var changed []string
		if row.Name != name {
			changed = append(changed, "name")
		}
		if row.InitialSensitivity != initialSensitivity {
			changed = append(changed, "initial_sensitivity")
		}
		if fourEyes != nil && row.FourEyes != *fourEyes {
			changed, row.FourEyes = append(changed, "four_eyes"), *fourEyes
		}
		if len(changed) == 0 {
			return nil
		}
		row.Name, row.InitialSensitivity = name, initialSensitivity
		err = tx.Exec("UPDATE organisations SET name = ?, initial_sensitivity = ?, four_eyes = ? WHERE id = ?", name, initialSensitivity, row.FourEyes, row.ID).Error
		if err != nil {
			return fmt.Errorf("change organisation: %w", err)
		}
		return v.audit(ctx, tx, "organisation.change", row.Code, changed)
	})
	return row.organisation(), err
}

// Organisations lists every organisation of the instance by code, for its
// administrators.
func (v *View) Organisations(ctx context.Context) ([]models.OrganisationEntry, error) {
	var rows []struct {
		Row            organisationRow `gorm:"embedded"`
		People         int
		Administrators int
	}
	if !v.p.Has(models.RoleInstanceAdmin) {
		return nil, nil
	}
	err := v.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw(`SELECT o.*, (SELECT COUNT(*) FROM memberships m WHERE m.organisation_id = o.id) AS people,
			(`+administrators+`) AS administrators FROM organisations o ORDER BY o.code LIMIT ?`, models.MaxOrganisations).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list organisations: %w", err)
	}
	out := make([]models.OrganisationEntry, len(rows))
	for i, r := range rows {
		out[i] = models.OrganisationEntry{Organisation: r.Row.organisation(), People: r.People, Administrators: r.Administrators}
	}
	return out, nil
}

// WithoutFourEyes are the codes of organisations whose reviewers decide about
// their own work.
func (s *System) WithoutFourEyes(ctx context.Context) (codes []string, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT code FROM organisations WHERE NOT four_eyes ORDER BY code").Scan(&codes).Error
	})
	return codes, err
}

// administrators counts the active ones of organisation o.
const administrators = `SELECT COUNT(*) FROM memberships m JOIN users u ON u.id = m.user_id
	JOIN membership_roles r ON r.user_id = m.user_id AND r.organisation_id = m.organisation_id
	WHERE m.organisation_id = o.id AND m.status = 'active' AND u.status = 'active' AND r.role = 'org_admin'`

// AddOrganisation makes an organisation without people. Errors:
// organisation.exists, permission.denied.
func (v *View) AddOrganisation(ctx context.Context, code, name string) (models.OrganisationEntry, error) {
	var out models.OrganisationEntry
	err := v.acting(ctx, models.RoleInstanceAdmin, func(tx *gorm.DB, _ models.Principal) error {
		id, err := v.s.insertOrganisation(tx, code, name)
		if err != nil {
			return err
		}
		row, err := organisationByCode(tx, code)
		if err != nil {
			return err
		}
		out.Organisation = row.organisation()
		return v.s.appendAudit(ctx, tx, auditRow{Actor: v.p.UserID, OrganisationID: &id, Action: "organisation.create", Object: code})
	})
	return out, err
}

// RenameOrganisation changes how any organisation is called. Errors:
// organisation.not_found, permission.denied.
func (v *View) RenameOrganisation(ctx context.Context, code, name string) error {
	return v.acting(ctx, models.RoleInstanceAdmin, func(tx *gorm.DB, _ models.Principal) error {
		row, err := organisationByCode(tx, code)
		if err != nil || row.Name == name {
			return err
		}
		if err := tx.Exec("UPDATE organisations SET name = ? WHERE id = ?", name, row.ID).Error; err != nil {
			return fmt.Errorf("rename organisation: %w", err)
		}
		return v.s.appendAudit(ctx, tx, auditRow{Actor: v.p.UserID, OrganisationID: &row.ID, Action: "organisation.change", Object: code, Fields: codeList{"name"}})
	})
}

// InviteFirstAdmin keeps the hash of a one-time link to the account of an
// administrator of an organisation that has none; where there is one, inviting
// is theirs. Errors: organisation.not_found, organisation.has_admin,
// permission.denied.
func (v *View) InviteFirstAdmin(ctx context.Context, code, tokenHash string, note *string) (models.Invitation, error) {
	now := v.s.now()
	row := invitationRow{
		ID: uuid.NewString(), TokenHash: tokenHash, Roles: codeList{string(models.RoleOrgAdmin)}, Note: note,
		CreatedBy: v.p.UserID, CreatedAt: now, ExpiresAt: now.Add(models.InvitationLife),
	}
	err := v.acting(ctx, models.RoleInstanceAdmin, func(tx *gorm.DB, _ models.Principal) error {
		organisation, err := organisationByCode(tx, code)
		if err != nil {
			return err
		}
		row.OrganisationID = organisation.ID
		var there int
		if err := tx.Raw("SELECT COUNT(*) FROM organisations o WHERE o.id = ? AND ("+administrators+") > 0", organisation.ID).Scan(&there).Error; err != nil {
			return fmt.Errorf("count administrators: %w", err)
		}
		if there > 0 {
			return models.Fail(models.KindConflict, "organisation.has_admin", "This organisation has an administrator, who invites its people.")
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert invitation: %w", err)
		}
		return v.s.appendAudit(ctx, tx, auditRow{Actor: v.p.UserID, OrganisationID: &organisation.ID, Action: "invitation.create", Object: row.ID, Fields: row.Roles})
	})
	return row.invitation(v.p.UserName), err
}
