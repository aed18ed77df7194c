package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// through is what a view reads of another organisation: the scope of one grant.
type through struct {
	reader   models.Principal // at home
	grant    string
	incident *int64                 // the record, or
	filter   *models.IncidentFilter // what finds the records
}

// grantRead is the action of the audit that somebody of another organisation
// read.
const grantRead = "grant.read"

// errReadOnlyGrant: nothing is ever written by way of a grant.
var errReadOnlyGrant = errors.New("a grant lets nobody write")

// Through is the view of what a grant shares with the principal's organisation.
// It notes in the audit of the one that shares who looks, and at what: the ref
// of a record, or an operation on many. Errors: grant.not_found.
func (v *View) Through(ctx context.Context, grant, ref, operation string) (*View, error) {
	var out *View
	err := v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.grantInForce(tx, grant)
		if err != nil {
			return err
		}
		return v.s.within(tx, row.OrganisationID, func() error {
			if out, err = v.lend(tx, row); err != nil {
				return err
			}
			return v.s.appendAudit(ctx, tx, auditRow{
				Actor: v.p.UserID, OrganisationID: &row.OrganisationID, Action: grantRead, Object: cmp.Or(ref, row.ID), Fields: codeList{operation},
			})
		})
	})
	return out, err
}

// grantInForce reads a grant to the principal's organisation, which must be in
// force by the store's clock, and the principal still let in.
func (v *View) grantInForce(tx *gorm.DB, id string) (row grantRow, err error) {
	if !v.reads() {
		return row, models.GrantMissing()
	}
	err = tx.Raw("SELECT g.* FROM grants g WHERE g.id = ? AND g.receiver_id = ? AND g.status = 'active' AND g.expires_at > ? AND "+activeMember,
		id, v.p.OrganisationID, v.s.now(), v.p.UserID, v.p.OrganisationID).Scan(&row).Error
	if err != nil {
		return row, fmt.Errorf("read grant: %w", err)
	}
	if row.ID == "" {
		return row, models.GrantMissing()
	}
	return row, nil
}

// lend makes the view of a grant; the transaction stands behind the wall of the
// organisation that shares.
func (v *View) lend(tx *gorm.DB, row grantRow) (*View, error) {
	hidden, err := v.s.openGrant(tx, row)
	if err != nil {
		return nil, err
	}
	t := &through{reader: v.p, grant: row.ID, incident: row.IncidentID}
	if row.Kind == models.GrantSavedSearch {
		t.incident, t.filter = nil, hidden.Filter
	}
	return &View{s: v.s, p: v.p.Lent(row.OrganisationID), through: t}, nil
}

// Principal is who reads: at home oneself, through a grant a reader of plain
// fields.
func (v *View) Principal() models.Principal { return v.p }

// Lent tells whether the view is one through a grant.
func (v *View) Lent() bool { return v.through != nil }

// lent is what a grant lets read: never restricted or sealed, withdrawn or
// merged records, whatever its filter finds, and for a mere advocate only the
// shown ones.
func (v *View) lent() where {
	var w where
	w.and("i.organisation_id = ?", v.p.OrganisationID)
	w.and("i.sensitivity IN ('open', 'partner')")
	w.and("i.workflow_status NOT IN ('withdrawn', 'merged')")
	w.and(notDeleted)
	if !v.p.Has(models.RoleAnalyst) {
		w.and("i.workflow_status IN ?", models.ShownWorkflow())
	}
	switch t := v.through; {
	case t.incident != nil:
		w.and("i.id = ?", *t.incident)
	case t.filter != nil:
		v.filtered(&w, *t.filter)
	default:
		w.and("1 = 0")
	}
	return w
}

// readThrough is a snapshot in which the grant is in force: it is read at home,
// then the records behind the wall of the organisation that shares them.
func (v *View) readThrough(ctx context.Context, fn func(tx *gorm.DB) error) error {
	home := View{s: v.s, p: v.through.reader}
	return v.s.readBehind(ctx, wall{organisation: home.p.OrganisationID}, func(tx *gorm.DB) error {
		row, err := home.grantInForce(tx, v.through.grant)
		if err != nil {
			return err
		}
		return v.s.within(tx, row.OrganisationID, func() error { return fn(tx) })
	})
}

// within lets a part of a principal's transaction work behind the wall of
// another organisation, and nowhere else.
func (s *Store) within(tx *gorm.DB, organisation int64, part func() error) error {
	w, ok := tx.Statement.Context.Value(wallKey{}).(wall)
	if s.dialect != dialectPostgres || !ok {
		return part()
	}
	if err := (wall{organisation: organisation}).raise(tx); err != nil {
		return err
	}
	if err := part(); err != nil {
		return err // the transaction ends with it
	}
	return w.raise(tx)
}
