package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

// grantRow keeps sealed why something is shared and what a search asks for.
type grantRow struct {
	ID             string
	OrganisationID int64 // that shares
	ReceiverID     int64
	Kind           string
	IncidentID     *int64
	Status         string
	RequestedBy    string
	DecidedBy      *string
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	DecidedAt      *time.Time
	ExpiresAt      time.Time
	RevokedAt      *time.Time
	RowKey         string
	Protected      []byte
}

func (grantRow) TableName() string { return "grants" }

// protectedGrant holds the filter as it was when the sharing was asked for: a
// search that is changed later shares no more than before.
type protectedGrant struct {
	Reason string
	Name   string                 `json:",omitempty"`
	Query  string                 `json:",omitempty"`
	Filter *models.IncidentFilter `json:",omitempty"`
}

func (s *Store) openGrant(tx *gorm.DB, row grantRow) (hidden protectedGrant, err error) {
	err = s.openIn(tx, ofOrganisation(row.OrganisationID), "grants", row.RowKey, row.Protected, &hidden)
	return hidden, err
}

// FrozenSearch is a saved search as a grant keeps it.
type FrozenSearch struct {
	Name   string
	Query  string
	Filter models.IncidentFilter
}

const createGrantOperation = "createGrant"

// CreateGrant asks for something to be shared, once for an idempotency key; a
// reviewer decides. Errors: idempotency.key_reused, incident.not_found,
// permission.denied, grant.not_grantable, validation.failed.
func (v *View) CreateGrant(ctx context.Context, in models.GrantInput, search *FrozenSearch, key, bodyHash string) (out models.Grant, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		earlier, err := v.claimKey(tx, createGrantOperation, key, bodyHash)
		if err != nil {
			return err
		}
		if earlier != "" {
			out, err = v.givenGrant(tx, earlier)
			return err
		}
		row := grantRow{
			ID: uuid.NewString(), OrganisationID: v.p.OrganisationID, Kind: in.Kind, Status: models.GrantRequested,
			RequestedBy: v.p.UserID, CreatedAt: v.s.now(), ExpiresAt: models.UTC(in.ExpiresAt),
		}
		if row.ReceiverID, err = v.receiver(tx, in.Receiver); err != nil {
			return err
		}
		hidden := protectedGrant{Reason: in.Reason}
		if in.Kind == models.GrantIncident {
			row.IncidentID, err = v.lendable(tx, in.Ref)
		} else {
			hidden.Name, hidden.Query, hidden.Filter = search.Name, search.Query, &search.Filter
		}
		if err != nil {
			return err
		}
		if row.RowKey, err = v.s.rowKey(); err != nil {
			return err
		}
		if row.Protected, err = v.s.sealIn(tx, ofOrganisation(v.p.OrganisationID), "grants", row.RowKey, hidden); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert grant: %w", err)
		}
		if err := v.fulfilKey(tx, createGrantOperation, key, row.ID); err != nil {
			return err
		}
		if out, err = v.givenGrant(tx, row.ID); err != nil {
			return err
		}
		return v.audit(ctx, tx, "grant.request", cmp.Or(value(out.Ref), row.ID), nil)
	})
	return out, err
}

// receiver finds another organisation that has people.
func (v *View) receiver(tx *gorm.DB, code string) (id int64, err error) {
	err = v.s.asSystem(tx, func() error {
		return tx.Raw("SELECT o.id FROM organisations o WHERE o.code = ? AND o.id <> ? AND "+peopled, code, v.p.OrganisationID).Scan(&id).Error
	})
	if err != nil {
		return 0, fmt.Errorf("find receiver: %w", err)
	}
	if id == 0 {
		return 0, models.Invalid([]models.FieldError{{Pointer: "#/receiver", Code: "unknown_organisation"}})
	}
	return id, nil
}

// peopled holds for an organisation o in which somebody works.
const peopled = `EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organisation_id = o.id AND m.status = 'active' AND u.status = 'active')`

// Receivers lists the other organisations that something can be shared with.
func (v *View) Receivers(ctx context.Context) ([]models.OrganisationName, error) {
	if !v.p.HasAny(models.RoleCaseworker, models.RoleReviewer) {
		return nil, nil
	}
	var out []models.OrganisationName
	err := v.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT o.code, o.name FROM organisations o WHERE o.id <> ? AND "+peopled+" ORDER BY o.name, o.code LIMIT ?", v.p.OrganisationID, models.MaxOrganisations).Scan(&out).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list receivers: %w", err)
	}
	return out, nil
}

// lendable finds a record that the principal may ask to share.
func (v *View) lendable(tx *gorm.DB, ref string) (*int64, error) {
	w := v.visible()
	w.and("i.ref = ?", ref)
	var found struct {
		ID                          int64
		Sensitivity, WorkflowStatus string
		OnTeam                      bool
	}
	query := "SELECT i.id, i.sensitivity, i.workflow_status, " + onTeam + " AS on_team FROM incidents i WHERE " + w.sql()
	if err := tx.Raw(query, append([]any{v.p.UserID}, w.args...)...).Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("find record to share: %w", err)
	}
	switch {
	case found.ID == 0:
		return nil, models.NotFound("incident")
	case !v.p.CanEdit(found.OnTeam):
		return nil, models.Fail(models.KindForbidden, "permission.denied", "Only the record's team and reviewers may ask to share it.")
	case !models.Lendable(found.Sensitivity, found.WorkflowStatus):
		return nil, notGrantable()
	}
	return &found.ID, nil
}

func notGrantable() *models.Error {
	return models.Fail(models.KindConflict, "grant.not_grantable", "Only open and partner records that are not withdrawn or merged can be shared.")
}

// DecideGrant approves or declines what somebody else asked for, or ends it.
// Errors: grant.not_found, grant.own_request, grant.not_possible,
// grant.not_grantable, permission.denied.
func (v *View) DecideGrant(ctx context.Context, id, decision string) (out models.Grant, err error) {
	err = v.acting(ctx, models.RoleReviewer, func(tx *gorm.DB, _ models.Principal) error {
		old, err := v.givenGrant(tx, id)
		if err != nil {
			return err
		}
		set, err := v.decided(tx, old, decision)
		if err != nil {
			return err
		}
		if err := tx.Model(&grantRow{}).Where("id = ? AND organisation_id = ?", id, v.p.OrganisationID).Updates(set).Error; err != nil {
			return fmt.Errorf("decide grant: %w", err)
		}
		if out, err = v.givenGrant(tx, id); err != nil {
			return err
		}
		return v.audit(ctx, tx, "grant."+decision, cmp.Or(value(out.Ref), id), nil)
	})
	return out, err
}

// WithdrawGrant takes back what the principal asked for, while nobody has
// decided. Errors: grant.not_found, grant.not_yours, grant.not_possible.
func (v *View) WithdrawGrant(ctx context.Context, id string) (out models.Grant, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		old, err := v.givenGrant(tx, id)
		if err != nil {
			return err
		}
		if value(old.RequestedBy) != v.p.UserName {
			return models.Fail(models.KindForbidden, "grant.not_yours", "Somebody else asked for this. They can take it back, or a reviewer declines it.")
		}
		done := tx.Exec("UPDATE grants SET status = ?, decided_by = ?, decided_at = ? WHERE id = ? AND requested_by = ? AND status = ? AND expires_at > ?",
			models.GrantDeclined, v.p.UserID, v.s.now(), id, v.p.UserID, models.GrantRequested, v.s.now())
		if done.Error != nil {
			return fmt.Errorf("withdraw grant: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return grantNotPossible()
		}
		if out, err = v.givenGrant(tx, id); err != nil {
			return err
		}
		return v.audit(ctx, tx, "grant.withdraw", cmp.Or(value(out.Ref), id), nil)
	})
	return out, err
}

func grantNotPossible() *models.Error {
	return models.Fail(models.KindConflict, "grant.not_possible", "This was decided already, or its time is over. Look again.")
}

// decided are the columns that a decision sets.
func (v *View) decided(tx *gorm.DB, old models.Grant, decision string) (map[string]any, error) {
	now := v.s.now()
	switch {
	case decision == models.GrantRevoke && old.Status == models.GrantActive:
		return map[string]any{"status": models.GrantRevoked, "decided_by": v.p.UserID, "revoked_at": now}, nil
	case decision == models.GrantDecline && old.Status == models.GrantRequested:
		return map[string]any{"status": models.GrantDeclined, "decided_by": v.p.UserID, "decided_at": now}, nil
	case decision != models.GrantApprove || old.Status != models.GrantRequested:
		return nil, grantNotPossible()
	case value(old.RequestedBy) == v.p.UserName:
		return nil, models.Fail(models.KindForbidden, "grant.own_request", "You asked for this yourself: another reviewer has to approve it.")
	case old.Ref != nil:
		if _, err := v.lendable(tx, *old.Ref); err != nil {
			return nil, err
		}
	}
	return map[string]any{"status": models.GrantActive, "decided_by": v.p.UserID, "decided_at": now}, nil
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
