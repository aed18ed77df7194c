package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"farwatch/models"
)

// sourceRecordRow is the table source_records: a page that sources of several
// incidents stand for.
type sourceRecordRow struct {
	ID             int64 `gorm:"primaryKey"`
	OrganisationID int64
	Ref            string
	CanonicalURL   string `gorm:"column:canonical_url"`
	CreatedAt      time.Time
}

func (sourceRecordRow) TableName() string { return "source_records" }

// shareable are the sensitivities of incidents whose sources are tied: of the
// others even the address is a secret (S33).
var shareable = []string{"open", "partner"}

// sharedName is the page that a source is tied by, "" for none.
func sharedName(sensitivity string, x models.Source) string {
	if x.URL == nil || models.NonPublicSource(x.Kind) || !slices.Contains(shareable, sensitivity) {
		return ""
	}
	return models.CanonicalURL(*x.URL)
}

// tieSources gives each source with a shared name the record of that page in
// its incident's organisation, made if there is none.
func (s *Store) tieSources(tx *gorm.DB, rows []sourceRow) error {
	var incidents []int64
	for _, r := range rows {
		if r.Shared != "" {
			incidents = append(incidents, r.IncidentID)
		}
	}
	if len(incidents) == 0 {
		return nil
	}
	organisations, err := organisationsOf(tx, incidents)
	if err != nil {
		return err
	}
	names := map[int64][]string{}
	for _, r := range rows {
		if r.Shared != "" {
			org := organisations[r.IncidentID]
			names[org] = append(names[org], r.Shared)
		}
	}
	records := map[int64]map[string]int64{}
	for _, org := range slices.Sorted(maps.Keys(names)) {
		if records[org], err = s.sourceRecords(tx, org, names[org]); err != nil {
			return err
		}
	}
	for i, r := range rows {
		if r.Shared != "" {
			id := records[organisations[r.IncidentID]][r.Shared]
			rows[i].SourceRecordID = &id
		}
	}
	return nil
}

func organisationsOf(tx *gorm.DB, incidents []int64) (map[int64]int64, error) {
	slices.Sort(incidents)
	out := map[int64]int64{}
	for ids := range slices.Chunk(slices.Compact(incidents), insertBatch) {
		var rows []struct{ ID, OrganisationID int64 }
		if err := tx.Raw("SELECT id, organisation_id FROM incidents WHERE id IN ?", ids).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read organisations: %w", err)
		}
		for _, r := range rows {
			out[r.ID] = r.OrganisationID
		}
	}
	return out, nil
}

// tieTries is how often a record that somebody removed meanwhile, or whose ref
// was taken, is made anew.
const tieTries = 5

// sourceRecords finds or makes the records of pages. What it found stays until
// the transaction ends, also against whoever would remove it as orphaned.
func (s *Store) sourceRecords(tx *gorm.DB, organisation int64, names []string) (map[string]int64, error) {
	slices.Sort(names) // one order for all writers, so that none waits in a circle
	names = slices.Compact(names)
	out := map[string]int64{}
	for range tieTries {
		missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return out[name] != 0 })
		if len(missing) == 0 {
			return out, nil
		}
		for part := range slices.Chunk(missing, insertBatch) {
			if err := s.findRecords(tx, organisation, part, out); err != nil {
				return nil, err
			}
			absent := slices.DeleteFunc(slices.Clone(part), func(name string) bool { return out[name] != 0 })
			if err := s.makeRecords(tx, organisation, absent); err != nil {
				return nil, err
			}
			if err := s.findRecords(tx, organisation, absent, out); err != nil {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("tie sources: no record in %d tries", tieTries)
}

func (s *Store) findRecords(tx *gorm.DB, organisation int64, names []string, into map[string]int64) error {
	if len(names) == 0 {
		return nil
	}
	lock := ""
	if s.dialect == dialectPostgres {
		lock = " ORDER BY canonical_url FOR KEY SHARE"
	}
	var found []sourceRecordRow
	err := tx.Raw("SELECT id, canonical_url FROM source_records WHERE organisation_id = ? AND canonical_url IN ?"+lock, organisation, names).Scan(&found).Error
	if err != nil {
		return fmt.Errorf("find source records: %w", err)
	}
	for _, r := range found {
		into[r.CanonicalURL] = r.ID
	}
	return nil
}

func (s *Store) makeRecords(tx *gorm.DB, organisation int64, names []string) error {
	if len(names) == 0 {
		return nil
	}
	rows := make([]sourceRecordRow, len(names))
	for i, name := range names {
		ref, err := models.NewRef(s.random)
		if err != nil {
			return err
		}
		rows[i] = sourceRecordRow{OrganisationID: organisation, Ref: ref, CanonicalURL: name, CreatedAt: s.now()}
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("insert source records: %w", err)
	}
	return nil
}

// replace writes new entries in place of those that an incident has.
func (e *entries) replace(tx *gorm.DB, incident int64) error {
	var tied []int64
	err := tx.Raw("SELECT DISTINCT source_record_id FROM sources WHERE incident_id = ? AND source_record_id IS NOT NULL ORDER BY source_record_id",
		incident).Scan(&tied).Error
	if err != nil {
		return fmt.Errorf("read tied sources: %w", err)
	}
	if err := deleteEntries(tx, incident); err != nil {
		return err
	}
	if err := e.s.unindex(tx, incident); err != nil {
		return err
	}
	if err := e.insert(tx); err != nil {
		return err
	}
	return e.s.dropOrphans(tx, tied)
}

// dropOrphans removes the records among these that no source is tied to any
// more: the address of a page must not outlive the last record that may name it.
func (s *Store) dropOrphans(tx *gorm.DB, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	// Whoever ties a source to one of them meanwhile is waited for, and then seen.
	if err := tx.Exec("SELECT id FROM source_records WHERE id IN ? ORDER BY id"+s.lock(), ids).Error; err != nil {
		return fmt.Errorf("lock source records: %w", err)
	}
	err := tx.Exec("DELETE FROM source_records WHERE id IN ? AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.source_record_id = source_records.id)", ids).Error
	if err != nil {
		return fmt.Errorf("remove orphaned source records: %w", err)
	}
	return nil
}

// backfillBatch incidents are tied in one transaction.
const backfillBatch = 200

// tieOlder ties the sources of incidents that were written before there were
// source records. It goes on where it was interrupted.
func (s *Store) tieOlder(ctx context.Context) error {
	for {
		finished := false
		err := s.write(ctx, func(tx *gorm.DB) error {
			var err error
			finished, err = s.tieNext(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("tie older sources: %w", err)
		}
		if finished {
			return nil
		}
	}
}

func (s *Store) tieNext(tx *gorm.DB) (finished bool, err error) {
	var state struct {
		IncidentID int64
		Finished   bool
	}
	if err := tx.Raw("SELECT incident_id, finished FROM source_backfill WHERE one = 1" + s.lock()).Scan(&state).Error; err != nil {
		return false, fmt.Errorf("read state: %w", err)
	}
	if state.Finished {
		return true, nil
	}
	var incidents []struct {
		ID          int64
		Sensitivity string
	}
	err = tx.Raw("SELECT id, sensitivity FROM incidents WHERE id > ? ORDER BY id LIMIT ?"+s.lock(), state.IncidentID, backfillBatch).Scan(&incidents).Error
	if err != nil {
		return false, fmt.Errorf("read incidents: %w", err)
	}
	sensitivity := map[int64]string{}
	last := state.IncidentID
	for _, i := range incidents {
		sensitivity[i.ID], last = i.Sensitivity, i.ID
	}
	if err := s.tieStored(tx, sensitivity); err != nil {
		return false, err
	}
	finished = len(incidents) < backfillBatch
	err = tx.Exec("UPDATE source_backfill SET incident_id = ?, finished = ? WHERE one = 1", last, finished).Error
	if err != nil {
		return false, fmt.Errorf("keep state: %w", err)
	}
	return finished, nil
}

func (s *Store) tieStored(tx *gorm.DB, sensitivity map[int64]string) error {
	if len(sensitivity) == 0 {
		return nil
	}
	var rows []sourceRow
	err := tx.Select("incident_id", "local_id", "kind", "url").
		Where("incident_id IN ? AND url IS NOT NULL AND source_record_id IS NULL", slices.Collect(maps.Keys(sensitivity))).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	for i, r := range rows {
		rows[i].Shared = sharedName(sensitivity[r.IncidentID], models.Source{Kind: r.Kind, URL: r.URL})
	}
	slices.SortFunc(rows, func(a, b sourceRow) int { return cmp.Compare(a.IncidentID, b.IncidentID) })
	if err := s.tieSources(tx, rows); err != nil {
		return err
	}
	for _, r := range rows {
		if r.SourceRecordID == nil {
			continue
		}
		err := tx.Exec("UPDATE sources SET source_record_id = ? WHERE incident_id = ? AND local_id = ?", *r.SourceRecordID, r.IncidentID, r.LocalID).Error
		if err != nil {
			return fmt.Errorf("tie source: %w", err)
		}
	}
	return nil
}
