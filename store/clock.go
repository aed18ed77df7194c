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
			WHERE i.workflow_status = 'embargoed' AND i.embargo_until <= ? AND i.sensitivity = 'open' AND `+notDeleted+` ORDER BY i.embargo_until, i.ref LIMIT ?`,
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
	err := v.transact(ctx, func(tx *gorm.DB) error {
		old, err := v.lockWhole(tx, ref)
		if err != nil {
			return err
		}
		if old.WorkflowStatus != models.StatusEmbargoed || len(models.PublicationGaps(old.Incident, v.today(), vocab)) > 0 {
			return errNotDue
		}
		_, err = v.save(ctx, tx, old, v.transition(old, models.Transition{To: models.StatusPublished}, vocab))
		return err
	})
	if errors.Is(err, errNotDue) {
		return false, nil
	}
	return err == nil, err
}

var errNotDue = errors.New("not due")
