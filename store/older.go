package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// keepHistory gives records from before there was history their first
// revision, from the oldest on. Nothing is served meanwhile, so once the newest
// record has history, all have.
func (s *Store) keepHistory(ctx context.Context) error {
	var missing bool
	err := s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw(`SELECT COUNT(*) > 0 FROM incidents i WHERE i.id = (SELECT MAX(id) FROM incidents)
			AND NOT EXISTS (SELECT 1 FROM incident_revisions r WHERE r.incident_id = i.id)`).Scan(&missing).Error
	})
	if err != nil {
		return fmt.Errorf("look for records without history: %w", err)
	}
	for after := int64(0); missing; {
		err := s.write(ctx, func(tx *gorm.DB) error {
			last, err := s.beginHistory(tx, after)
			missing, after = last > 0, last
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// beginHistory goes on after an internal id; it answers the last one, 0 at the
// end.
func (s *Store) beginHistory(tx *gorm.DB, after int64) (last int64, err error) {
	var rows []incidentRow
	err = tx.Raw(`SELECT i.* FROM incidents i WHERE i.id > ? AND NOT EXISTS (SELECT 1 FROM incident_revisions r WHERE r.incident_id = i.id)
		ORDER BY i.id LIMIT ?`, after, seedBatch).Scan(&rows).Error
	if err != nil {
		return 0, fmt.Errorf("find records without history: %w", err)
	}
	byID := map[int64]incidentRow{}
	for _, r := range rows {
		byID[r.ID], last = r, r.ID
	}
	for organisation, ids := range byOrganisation(rows) {
		v := s.program(organisation)
		w := v.visible()
		w.and("i.id IN ?", ids)
		records, found, err := v.loadIncidents(tx, w, "", 0)
		if err != nil {
			return 0, err
		}
		history := make([]revisionRow, len(records))
		for i, rec := range records {
			if history[i], err = s.olderRevision(tx, byID[found[i]], rec.IncidentInput); err != nil {
				return 0, err
			}
		}
		if err := insertRows(tx, history); err != nil {
			return 0, err
		}
	}
	return last, nil
}

func (s *Store) olderRevision(tx *gorm.DB, row incidentRow, in models.IncidentInput) (revisionRow, error) {
	k, err := s.currentKey(tx, ofRecord(row.ID))
	if err != nil {
		return revisionRow{}, err
	}
	return s.firstRevision(k, row, in)
}

// program is the view of the program itself on the records of an organisation.
func (s *Store) program(organisation int64) *View {
	return &View{s: s, program: true, links: true, p: models.Principal{OrganisationID: organisation}}
}

// byOrganisation are the internal ids of records in their order.
func byOrganisation(rows []incidentRow) map[int64][]int64 {
	out := map[int64][]int64{}
	for _, r := range rows {
		out[r.OrganisationID] = append(out[r.OrganisationID], r.ID)
	}
	return out
}
