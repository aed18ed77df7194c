package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// linkedRow is a relation with the record at one of its ends.
type linkedRow struct {
	Relation relationRow `gorm:"embedded;embeddedPrefix:r_"`
	Record   incidentRow `gorm:"embedded"`
	OnTeam   bool        // of the record that has the relation
}

// linkedColumns are the columns of a record that a link names.
const linkedColumns = `i.id, i.ref, i.title, i.summary, i.workflow_status, i.verification_status, i.sensitivity, i.occurred_earliest, i.occurred_latest,
	i.occurred_precision, i.occurred_approximate, i.occurred_uncertain, i.occurred_ongoing, i.occurred_repeated, ` + coverColumns

func (r incidentRow) linked() models.LinkedRecord {
	return models.LinkedRecord{
		Ref: r.Ref, Title: r.Title, Summary: r.Summary, WorkflowStatus: r.WorkflowStatus, VerificationStatus: r.VerificationStatus,
		Sensitivity: r.Sensitivity, Occurred: r.occurred(),
	}
}

// Links reads the relations of a record and those of others to it, as far as
// both records and the relation may be seen, and its campaigns. Errors:
// incident.not_found.
func (v *View) Links(ctx context.Context, ref string) (out models.Links, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		base, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		seen, _ := v.p.Redact(base.seen())
		if out.Outgoing, err = v.outgoing(tx, seen.Relations); err != nil {
			return err
		}
		if out.Incoming, err = v.incoming(tx, base.id); err != nil {
			return err
		}
		out.Campaigns, err = v.campaigns(tx, seen.Campaigns)
		return err
	})
	return out, err
}

// outgoing adds to the relations the records that they name.
func (v *View) outgoing(tx *gorm.DB, relations []models.Relation) ([]models.Link, error) {
	refs := make([]string, len(relations))
	for i, l := range relations {
		refs[i] = l.To
	}
	w := v.visible()
	w.and("i.ref IN ?", orNone(refs))
	var rows []incidentRow
	if err := tx.Raw("SELECT "+linkedColumns+" FROM incidents i WHERE "+w.sql(), w.args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read related records: %w", err)
	}
	if err := v.s.uncover(tx, rows); err != nil {
		return nil, err
	}
	at := map[string]models.LinkedRecord{}
	for _, r := range rows {
		at[r.Ref] = r.linked()
	}
	out := []models.Link{}
	for _, l := range relations {
		if rec, ok := at[l.To]; ok {
			out = append(out, models.Link{Relation: l, Record: rec})
		}
	}
	return out, nil
}

// incoming are the relations of other visible records to this one.
func (v *View) incoming(tx *gorm.DB, id int64) ([]models.Link, error) {
	w := v.visible()
	w.and("r.to_incident_id = ?", id)
	args := append([]any{v.p.UserID}, w.args...)
	var rows []linkedRow
	err := tx.Raw("SELECT "+linkedColumns+", r.incident_id AS r_incident_id, r.local_id AS r_local_id, r.kind AS r_kind, r.sensitivity AS r_sensitivity, r.row_key AS r_row_key, r.protected AS r_protected, "+
		onTeam+" AS on_team FROM relations r JOIN incidents i ON i.id = r.incident_id WHERE "+w.sql()+
		" ORDER BY i.updated_at DESC, i.id DESC, r.position LIMIT ?", append(args, models.MaxLinks)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read relations of others: %w", err)
	}
	out := []models.Link{}
	records := make([]incidentRow, len(rows))
	for i, r := range rows {
		records[i] = r.Record
	}
	if err := v.s.uncover(tx, records); err != nil {
		return nil, err
	}
	for i, r := range rows {
		var hidden protectedRelation
		if err := v.s.openIn(tx, ofRecord(r.Relation.IncidentID), "relations", r.Relation.RowKey, r.Relation.Protected, &hidden); err != nil {
			return nil, err
		}
		relation := models.Relation{ID: r.Relation.LocalID, Kind: r.Relation.Kind, Sensitivity: r.Relation.Sensitivity, Note: hidden.Note}
		if seen, ok := relation.SeenThrough(v.p, r.OnTeam); ok {
			out = append(out, models.Link{Relation: seen, Record: records[i].linked()})
		}
	}
	return out, nil
}
