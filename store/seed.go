package store

import (
	"context"
	"fmt"
	"iter"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// SeedIncident is an invented record with the state it is to have.
type SeedIncident struct {
	Input              models.IncidentInput
	Derived            models.Derived
	WorkflowStatus     string
	VerificationStatus string
	CreatedAt          time.Time
}

// seedBatch records are written in one transaction.
const seedBatch = 200

// Seed fills an organisation with invented records, all written by one user,
// fast and without an audit row each. For demo data and measurements only.
// progress hears how many are written.
func (s *System) Seed(ctx context.Context, organisation, userName string, vocab *models.Vocabulary, records iter.Seq[SeedIncident], progress func(int)) error {
	var owner account
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		var err error
		owner, _, err = findAccount(tx, "WHERE u.user_name = ? AND o.code = ?", userName, organisation)
		return err
	})
	if err != nil {
		return err
	}
	written := 0
	flush := func(batch []SeedIncident) error {
		err := s.s.write(ctx, func(tx *gorm.DB) error { return s.s.seed(tx, owner, vocab, batch) })
		written += len(batch)
		progress(written)
		return err
	}
	batch := make([]SeedIncident, 0, seedBatch)
	for r := range records {
		if batch = append(batch, r); len(batch) == seedBatch {
			if err := flush(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) > 0 {
		if err := flush(batch); err != nil {
			return err
		}
	}
	// So many new rows at once make the planner's picture of the tables wrong.
	return s.s.write(ctx, func(tx *gorm.DB) error { return tx.Exec("ANALYZE").Error })
}

func (s *Store) seed(tx *gorm.DB, owner account, vocab *models.Vocabulary, batch []SeedIncident) error {
	v := &View{s: s, p: owner.principal([]models.Role{models.RoleReviewer}, "")}
	records := make([]newRecord, len(batch))
	for i, r := range batch {
		at := models.UTC(r.CreatedAt)
		row := incidentRow{
			OrganisationID: owner.OrganisationID, Version: 1, WorkflowStatus: r.WorkflowStatus, VerificationStatus: r.VerificationStatus,
			CreatedBy: owner.Row.ID, CreatedAt: at, UpdatedAt: at,
		}
		switch r.WorkflowStatus {
		case models.StatusPublished:
			row.PublishedAt = &at
		case models.StatusWithdrawn:
			reason := "not_stated"
			row.WithdrawnAt, row.WithdrawalReason = &at, &reason
		}
		records[i] = newRecord{row: row, input: r.Input, derived: r.Derived}
	}
	if err := v.insertRecords(tx, records, vocab.Version); err != nil {
		return err
	}
	return v.publishSeeds(tx, records, vocab)
}

// publishSeeds writes the read model of those that pass the gate.
func (v *View) publishSeeds(tx *gorm.DB, records []newRecord, vocab *models.Vocabulary) error {
	var ids []int64
	for _, r := range records {
		if r.row.WorkflowStatus == models.StatusPublished {
			ids = append(ids, r.row.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	w := where{}
	w.and("i.id IN ?", ids)
	published, _, err := v.loadIncidents(tx, w, "", 0)
	if err != nil {
		return err
	}
	for _, rec := range published {
		if len(models.PublicationGaps(rec, v.today(), vocab)) > 0 {
			continue
		}
		if err := v.publish(tx, whole{Incident: rec}, save{vocab: vocab}); err != nil {
			return err
		}
	}
	return nil
}

// CreateCampaign makes a campaign in an organisation.
func (s *System) CreateCampaign(ctx context.Context, organisation string, c models.Campaign) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		id, err := organisationID(tx, organisation)
		if err != nil {
			return err
		}
		if err := tx.Create(&campaignRow{OrganisationID: id, Ref: c.Ref, Title: c.Title, Summary: c.Summary, Version: 1}).Error; err != nil {
			return fmt.Errorf("insert campaign: %w", err)
		}
		return nil
	})
}

// Wipe deletes every record of an organisation that Seed or an import made and
// that nobody has touched since. For tests and measurements only.
func (s *System) Wipe(ctx context.Context, organisation string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		id, err := organisationID(tx, organisation)
		if err != nil {
			return err
		}
		var records []int64
		if err := tx.Raw("SELECT id FROM incidents WHERE organisation_id = ? ORDER BY id", id).Scan(&records).Error; err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		v := &View{s: s.s, p: models.Principal{OrganisationID: id}}
		for _, record := range records {
			if err := v.remove(tx, record); err != nil {
				return err
			}
		}
		return nil
	})
}
