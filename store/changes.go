package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// Changes answers what became of the records that match the filter after the
// cursor (nil: from the beginning), how far that goes, and whether that is all
// so far. It is the same to a session as to a token: what a copy may hold is
// neither restricted nor sealed.
//
// Why a copy that follows comes to hold exactly what matches: each record stands
// once in the order, at its last change. Numbers are given in the order of
// commits (00022), so that none can appear below one that was seen. What changes
// while a copy reads moves behind what it has read, and is told again.
func (v *View) Changes(ctx context.Context, f models.IncidentFilter, from *models.ChangeCursor, limit int) (out []models.RecordChange, next models.ChangeCursor, complete bool, err error) {
	through := &View{s: v.s, p: v.p.AsMachine()}
	err = through.read(ctx, func(tx *gorm.DB) error {
		next, err = through.follow(tx, from)
		if err != nil {
			return err
		}
		var rows []feedRow
		query := "SELECT ref, " + through.order() + " AS seq FROM feed_entries WHERE organisation_id = ? AND " + through.order() + " > ? ORDER BY " + through.order() + " LIMIT ?"
		if err := tx.Raw(query, v.p.OrganisationID, next.After, limit+1).Scan(&rows).Error; err != nil {
			return fmt.Errorf("read feed: %w", err)
		}
		complete = len(rows) <= limit
		rows = rows[:min(len(rows), limit)]
		if len(rows) == 0 {
			return nil
		}
		out, err = through.changes(tx, f, rows, next.Begun)
		next.After = rows[len(rows)-1].Seq
		return err
	})
	return out, next, complete, err
}

type feedRow struct {
	Ref string
	Seq int64
}

// order is the column whose order the principal follows.
func (v *View) order() string {
	if v.onlyShown() {
		return "shown_seq"
	}
	return "open_seq"
}

// follow is where to go on, or for an empty copy where the order ends now.
func (v *View) follow(tx *gorm.DB, from *models.ChangeCursor) (models.ChangeCursor, error) {
	if from != nil {
		return *from, nil
	}
	var begun models.ChangeCursor
	query := "SELECT COALESCE(MAX(" + v.order() + "), 0) FROM feed_entries WHERE organisation_id = ?"
	if err := tx.Raw(query, v.p.OrganisationID).Scan(&begun.Begun).Error; err != nil {
		return begun, fmt.Errorf("find end of feed: %w", err)
	}
	return begun, nil
}

// changes tells of each row what became of its record.
func (v *View) changes(tx *gorm.DB, f models.IncidentFilter, rows []feedRow, begun int64) ([]models.RecordChange, error) {
	refs := make([]string, len(rows))
	for i, r := range rows {
		refs[i] = r.Ref
	}
	w := v.matching(f)
	w.and("i.ref IN ?", refs)
	records, _, err := v.loadIncidents(tx, w, "", 0)
	if err != nil {
		return nil, err
	}
	here := map[string]*models.Incident{}
	for i := range records {
		here[records[i].Ref] = &records[i]
	}
	gone, err := v.whyGone(tx, refs)
	if err != nil {
		return nil, err
	}
	out := make([]models.RecordChange, 0, len(rows))
	for _, r := range rows {
		switch change := gone[r.Ref]; {
		case here[r.Ref] != nil:
			out = append(out, models.RecordChange{Ref: r.Ref, State: models.ChangeHere, Record: here[r.Ref]})
		case r.Seq > begun:
			change.Ref = r.Ref
			out = append(out, change)
		}
	}
	return out, nil
}

// whyGone is what may be said of records that do not match.
func (v *View) whyGone(tx *gorm.DB, refs []string) (map[string]models.RecordChange, error) {
	out := map[string]models.RecordChange{}
	for _, ref := range refs {
		out[ref] = models.RecordChange{State: models.ChangeErased}
	}
	mark := func(w where, state func(incidentRow) string) error {
		w.and("i.ref IN ?", refs)
		var rows []incidentRow
		if err := tx.Raw("SELECT i.ref, i.workflow_status, i.merged_into FROM incidents i WHERE "+w.sql(), w.args...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("find what is gone: %w", err)
		}
		for _, r := range rows {
			change := models.RecordChange{State: state(r)}
			if change.State == models.StatusMerged {
				if err := v.hideForward(tx, &r); err != nil {
					return err
				}
				change.MergedInto = r.MergedInto
			}
			out[r.Ref] = change
		}
		return nil
	}
	var any where
	any.and("i.organisation_id = ?", v.p.OrganisationID)
	if err := mark(any, func(incidentRow) string { return models.ChangeNotVisible }); err != nil {
		return nil, err
	}
	over := v.permitted()
	over.and("i.workflow_status IN ('withdrawn', 'merged')")
	if err := mark(over, func(r incidentRow) string { return r.WorkflowStatus }); err != nil {
		return nil, err
	}
	return out, mark(v.visible(), func(incidentRow) string { return models.ChangeNotMatching })
}
