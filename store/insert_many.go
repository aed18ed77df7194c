package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

// newRecord is a record on its way in.
type newRecord struct {
	row     incidentRow
	input   models.IncidentInput
	derived models.Derived
}

// insertRecords writes many records with everything in them, each with its first
// revision and its maker on the team. It sets the ids of the rows, and the refs
// of those that have none.
func (v *View) insertRecords(tx *gorm.DB, records []newRecord, vocabularyVersion string) error {
	refs, err := v.s.freeRefs(tx, len(records))
	if err != nil {
		return err
	}
	rows := make([]incidentRow, len(records))
	keys := make([]*vault.Key, len(records))
	for i := range records {
		if keys[i], err = v.s.vault.NewKey(records[i].row.OrganisationID); err != nil {
			return err
		}
		if err := v.s.fill(keys[i], &records[i].row, records[i].input, records[i].derived.Computed, vocabularyVersion); err != nil {
			return err
		}
		if records[i].row.Ref == "" {
			records[i].row.Ref = refs[i]
		}
		rows[i] = records[i].row
	}
	if err := tx.CreateInBatches(rows, insertBatch).Error; err != nil {
		return fmt.Errorf("insert incidents: %w", err)
	}
	for i := range rows {
		keys[i].Incident = rows[i].ID
	}
	if err := v.s.insertKeys(tx, keys); err != nil {
		return err
	}
	var e entries
	team := make([]memberRow, len(rows))
	history := make([]revisionRow, len(rows))
	for i, r := range records {
		records[i].row.ID = rows[i].ID
		related, campaigns, err := v.resolve(tx, r.input, nil)
		if err != nil {
			return err
		}
		if err := e.collect(v.s, keys[i], rows[i].ID, r.input, r.derived, related, campaigns); err != nil {
			return err
		}
		if history[i], err = v.s.firstRevision(keys[i], rows[i], r.input); err != nil {
			return err
		}
		team[i] = memberRow{IncidentID: rows[i].ID, UserID: r.row.CreatedBy, Named: r.input.Sensitivity == sealed}
	}
	if err := insertRows(tx, team); err != nil {
		return err
	}
	if err := insertRows(tx, history); err != nil {
		return err
	}
	if err := e.insert(tx); err != nil {
		return err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return v.s.vouchNew(tx, ids)
}

// freeRefs draws refs that no record has.
func (s *Store) freeRefs(tx *gorm.DB, n int) ([]string, error) {
	out := make([]string, 0, n)
	drawn := map[string]bool{}
	for range refTries {
		var fresh []string
		for len(out)+len(fresh) < n {
			ref, err := models.NewRef(s.random)
			if err != nil {
				return nil, err
			}
			if !drawn[ref] {
				drawn[ref] = true
				fresh = append(fresh, ref)
			}
		}
		var taken []string
		err := s.asSystem(tx, func() error {
			return tx.Raw("SELECT ref FROM incidents WHERE ref IN @fresh UNION ALL SELECT ref FROM erasures WHERE ref IN @fresh", map[string]any{"fresh": fresh}).Scan(&taken).Error
		})
		if err != nil {
			return nil, fmt.Errorf("look for refs: %w", err)
		}
		for _, ref := range fresh {
			if !slices.Contains(taken, ref) {
				out = append(out, ref)
			}
		}
		if len(out) == n {
			return out, nil
		}
	}
	return nil, fmt.Errorf("no free refs in %d tries", refTries)
}
