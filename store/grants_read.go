package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// listedGrant is a grant with what a join adds.
type listedGrant struct {
	Row       grantRow `gorm:"embedded"`
	Requester string
	Decider   *string
}

// Grants lists what is shared with the principal's organisation now, and what
// it shares itself; of one record, if a ref is given.
func (v *View) Grants(ctx context.Context, ref string) (received, given []models.Grant, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		if given, err = v.given(tx, "", ref); err != nil || ref != "" {
			return err
		}
		received, err = v.received(tx)
		return err
	})
	return received, given, err
}

// givenGrant reads one that the organisation gives. Errors: grant.not_found.
func (v *View) givenGrant(tx *gorm.DB, id string) (models.Grant, error) {
	list, err := v.given(tx, id, "")
	if err != nil {
		return models.Grant{}, err
	}
	if len(list) == 0 {
		return models.Grant{}, models.GrantMissing()
	}
	return list[0], nil
}

// given are the grants of the principal's organisation that they may see: of
// records that they see, and of searches to reviewers and to who asked. An id
// or a ref narrows them unless it is "".
func (v *View) given(tx *gorm.DB, id, ref string) ([]models.Grant, error) {
	if !v.p.HasAny(models.RoleCaseworker, models.RoleReviewer) {
		return nil, nil
	}
	seen := v.visible()
	var w where
	w.and("g.organisation_id = ?", v.p.OrganisationID)
	w.and(activeMember, v.p.UserID, v.p.OrganisationID)
	w.and("g.incident_id IS NULL OR EXISTS (SELECT 1 FROM incidents i WHERE i.id = g.incident_id AND "+seen.sql()+")", seen.args...)
	if !v.p.Has(models.RoleReviewer) {
		w.and("g.incident_id IS NOT NULL OR g.requested_by = ?", v.p.UserID)
	}
	if id != "" {
		w.and("g.id = ?", id)
	}
	if ref != "" {
		w.and("g.incident_id = (SELECT i.id FROM incidents i WHERE i.ref = ?)", ref)
	}
	rows, err := listGrants(tx, w)
	if err != nil {
		return nil, err
	}
	records, err := v.lentRecords(tx, rows)
	if err != nil {
		return nil, err
	}
	names, err := v.organisationNames(tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]models.Grant, 0, len(rows))
	for _, r := range rows {
		hidden, err := v.s.openGrant(tx, r.Row)
		if err != nil {
			return nil, err
		}
		g := v.grant(r.Row, hidden, names)
		g.RequestedBy, g.DecidedBy = &r.Requester, r.Decider
		if r.Row.IncidentID != nil {
			rec := records[*r.Row.IncidentID]
			g.Ref, g.Title = &rec.Ref, &rec.Title
		} else {
			g.Query = &hidden.Query
		}
		reviewer := v.p.Has(models.RoleReviewer)
		mine := r.Row.RequestedBy == v.p.UserID
		g.MayWithdraw = mine && g.Status == models.GrantRequested
		g.MayDecline = reviewer && !mine && g.Status == models.GrantRequested
		g.MayApprove = g.MayDecline
		g.MayRevoke = reviewer && g.Status == models.GrantActive
		out = append(out, g)
	}
	return out, nil
}

func listGrants(tx *gorm.DB, w where) (rows []listedGrant, err error) {
	query := `SELECT g.*, u.user_name AS requester, d.user_name AS decider FROM grants g JOIN users u ON u.id = g.requested_by
		LEFT JOIN users d ON d.id = g.decided_by WHERE ` + w.sql() + " ORDER BY g.created_at DESC, g.id LIMIT ?"
	if err := tx.Raw(query, append(w.args, models.MaxListedGrants)...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list grants: %w", err)
	}
	return rows, nil
}

// received are the grants to the principal's organisation that are in force and
// still lead somewhere.
func (v *View) received(tx *gorm.DB) ([]models.Grant, error) {
	if !v.reads() {
		return nil, nil
	}
	var w where
	w.and("g.receiver_id = ? AND g.status = 'active' AND g.expires_at > ?", v.p.OrganisationID, v.s.now())
	w.and(activeMember, v.p.UserID, v.p.OrganisationID)
	rows, err := listGrants(tx, w)
	if err != nil {
		return nil, err
	}
	names, err := v.organisationNames(tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]models.Grant, 0, len(rows))
	for _, r := range rows {
		err := v.s.within(tx, r.Row.OrganisationID, func() error {
			lent, err := v.lend(tx, r.Row)
			if err != nil {
				return err
			}
			hidden, err := v.s.openGrant(tx, r.Row)
			if err != nil {
				return err
			}
			g := v.grant(r.Row, hidden, names)
			if r.Row.Kind == models.GrantIncident {
				scope := lent.visible()
				var ref string
				if err := tx.Raw("SELECT i.ref FROM incidents i WHERE "+scope.sql(), scope.args...).Scan(&ref).Error; err != nil {
					return fmt.Errorf("find shared record: %w", err)
				}
				if ref == "" {
					return nil
				}
				g.Ref = &ref
			}
			out = append(out, g)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// grant is what both organisations may know of one.
func (v *View) grant(r grantRow, hidden protectedGrant, names map[int64]models.OrganisationName) models.Grant {
	g := models.Grant{
		ID: r.ID, Kind: r.Kind, Status: r.Status, Granter: names[r.OrganisationID], Receiver: names[r.ReceiverID], Reason: hidden.Reason,
		CreatedAt: models.UTC(r.CreatedAt), DecidedAt: utc(r.DecidedAt), ExpiresAt: models.UTC(r.ExpiresAt), RevokedAt: utc(r.RevokedAt),
	}
	open := r.Status == models.GrantRequested || r.Status == models.GrantActive
	if open && !g.ExpiresAt.After(v.s.now()) {
		g.Status = models.GrantExpired
	}
	if r.Status == models.GrantDeclined && value(r.DecidedBy) == r.RequestedBy {
		g.Status = models.GrantWithdrawn
	}
	if r.Kind == models.GrantSavedSearch {
		g.SearchName = &hidden.Name
	}
	return g
}

// lentRecords are the records of grants that the principal's organisation gives.
func (v *View) lentRecords(tx *gorm.DB, grants []listedGrant) (map[int64]models.LinkedRecord, error) {
	ids := []int64{0}
	for _, g := range grants {
		if g.Row.IncidentID != nil {
			ids = append(ids, *g.Row.IncidentID)
		}
	}
	w := v.visible()
	w.and("i.id IN ?", ids)
	var rows []incidentRow
	if err := tx.Raw("SELECT "+linkedColumns+" FROM incidents i WHERE "+w.sql(), w.args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read shared records: %w", err)
	}
	if err := v.s.uncover(tx, rows); err != nil {
		return nil, err
	}
	out := map[int64]models.LinkedRecord{}
	for _, r := range rows {
		out[r.ID] = r.linked()
	}
	return out, nil
}

// organisationNames are those on both ends of some grants.
func (v *View) organisationNames(tx *gorm.DB, grants []listedGrant) (map[int64]models.OrganisationName, error) {
	ids := []int64{0}
	for _, g := range grants {
		ids = append(ids, g.Row.OrganisationID, g.Row.ReceiverID)
	}
	var rows []organisationRow
	err := v.s.asSystem(tx, func() error {
		return tx.Raw("SELECT id, code, name FROM organisations WHERE id IN ?", ids).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read names of organisations: %w", err)
	}
	out := map[int64]models.OrganisationName{}
	for _, r := range rows {
		out[r.ID] = models.OrganisationName{Code: r.Code, Name: r.Name}
	}
	return out, nil
}
