package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// dueBatch bounds one round of the clock.
const dueBatch = 100

// PublishDue publishes the embargoed records whose day has come and which
// still pass the gate, each in its own transaction, and tells how many. One
// that does not pass stays embargoed for a reviewer to see.
func (s *System) PublishDue(ctx context.Context, vocab *models.Vocabulary) (int, error) {
	var due []struct {
		Ref            string
		OrganisationID int64
		Name           string
	}
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw(`SELECT i.ref, i.organisation_id, o.name FROM incidents i JOIN organisations o ON o.id = i.organisation_id
			WHERE i.workflow_status = 'embargoed' AND i.embargo_until <= ? AND i.sensitivity = 'open' ORDER BY i.embargo_until, i.ref LIMIT ?`,
			string(models.DayOf(s.s.clock())), dueBatch).Scan(&due).Error
	})
	if err != nil {
		return 0, fmt.Errorf("find due records: %w", err)
	}
	published := 0
	for _, d := range due {
		v := &View{s: s.s, program: true, p: models.Principal{OrganisationID: d.OrganisationID, OrganisationName: d.Name}}
		done, err := v.publishDue(ctx, d.Ref, vocab)
		if err != nil {
			return published, err
		}
		if done {
			published++
		}
	}
	return published, nil
}

func (v *View) publishDue(ctx context.Context, ref string, vocab *models.Vocabulary) (bool, error) {
	err := v.s.write(ctx, func(tx *gorm.DB) error {
		rec, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		old, err := v.lockWhole(tx, ref, rec.Version)
		if err != nil {
			return err
		}
		if old.WorkflowStatus != models.StatusEmbargoed || len(models.PublicationGaps(old.Incident, v.today(), vocab)) > 0 {
			return errNotDue
		}
		_, err = v.save(ctx, tx, old, v.transition(old, models.Transition{To: models.StatusPublished}, vocab))
		return err
	})
	if errors.Is(err, errNotDue) || models.KindOf(err) == models.KindStale {
		return false, nil
	}
	return err == nil, err
}

var errNotDue = errors.New("not due")

// keepHistory gives records from before there was history their first
// revision.
func (s *Store) keepHistory(ctx context.Context) error {
	for more := true; more; {
		err := s.write(ctx, func(tx *gorm.DB) error {
			var due []struct {
				ID             int64
				OrganisationID int64
			}
			err := tx.Raw(`SELECT i.id, i.organisation_id FROM incidents i
				WHERE NOT EXISTS (SELECT 1 FROM incident_revisions r WHERE r.incident_id = i.id) ORDER BY i.id LIMIT ?`, seedBatch).Scan(&due).Error
			if err != nil {
				return fmt.Errorf("find records without history: %w", err)
			}
			more = len(due) > 0
			byOrganisation := map[int64][]int64{}
			for _, d := range due {
				byOrganisation[d.OrganisationID] = append(byOrganisation[d.OrganisationID], d.ID)
			}
			for organisation, ids := range byOrganisation {
				v := &View{s: s, program: true, links: true, p: models.Principal{OrganisationID: organisation}}
				if err := v.beginHistory(tx, ids); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *View) beginHistory(tx *gorm.DB, ids []int64) error {
	w := v.visible()
	w.and("i.id IN ?", ids)
	records, found, err := v.loadIncidents(tx, w, "", 0)
	if err != nil {
		return err
	}
	var rows []incidentRow
	if err := tx.Where("id IN ?", found).Find(&rows).Error; err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	byID := map[int64]incidentRow{}
	for _, r := range rows {
		byID[r.ID] = r
	}
	out := make([]revisionRow, len(records))
	for i, rec := range records {
		if out[i], err = v.s.firstRevision(byID[found[i]], rec.IncidentInput); err != nil {
			return err
		}
	}
	return insertRows(tx, out)
}
