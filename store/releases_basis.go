package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// ReleaseBasis reads what a release is built from, in one snapshot over every
// organisation: the records that are cleared for counting, without a word of
// text, the refs that everybody knows, and all releases ever built. No number of
// it may be shown before the guard has been over it (R1).
func (v *View) ReleaseBasis(ctx context.Context, vocab *models.Vocabulary) (out models.ReleaseBasis, err error) {
	if err := v.releaseAllowed("releases:read"); err != nil {
		return out, err
	}
	err = v.s.read(ctx, func(tx *gorm.DB) error {
		if err := tx.Raw("SELECT COUNT(*) FROM organisations").Scan(&out.Organisations).Error; err != nil {
			return fmt.Errorf("count organisations: %w", err)
		}
		err := tx.Raw(`SELECT ref FROM incidents WHERE published_at IS NOT NULL UNION SELECT ref FROM public_incidents ORDER BY 1`).Scan(&out.Published).Error
		if err != nil {
			return fmt.Errorf("read published refs: %w", err)
		}
		var rows []releaseRow
		if err := tx.Raw("SELECT * FROM releases ORDER BY id").Scan(&rows).Error; err != nil {
			return fmt.Errorf("read releases: %w", err)
		}
		for _, row := range rows {
			state, err := v.s.openRelease(row)
			if err != nil {
				return err
			}
			out.Earlier = append(out.Earlier, state)
		}
		out.Cleared, err = v.s.cleared(tx, vocab)
		return err
	})
	return out, err
}

// ReleaseBasis is the same for the command line.
func (s *System) ReleaseBasis(ctx context.Context, vocab *models.Vocabulary) (models.ReleaseBasis, error) {
	return (&View{s: s.s, program: true}).ReleaseBasis(ctx, vocab)
}

// cleared reads the records of letter C of the table of consent and sensitivity
// (DOMAIN.md section 8): approved by another person than those who wrote it,
// counted, not published and under no embargo.
func (s *Store) cleared(tx *gorm.DB, vocab *models.Vocabulary) ([]models.Cleared, error) {
	var w where
	w.and("i.workflow_status = ?", models.StatusApproved)
	w.and("i.self_reviewed IS NULL")
	w.and("i.published_at IS NULL")
	w.and(notDeleted)
	w.and("i.scope = ?", models.ScopeIn)
	w.and("i.verification_status IN ?", models.CountedVerification())
	w.and("i.verification_status <> 'unreviewed'")
	w.and("i.sensitivity IN ?", vocab.CountingSensitivities())
	w.and("i.effective_consent IN ?", vocab.CountingLevels())
	w.and("i.event_year IS NOT NULL AND i.event_year <= ?", models.LastReleaseYear(s.clock()))
	w.and("i.embargo_until IS NULL OR i.embargo_until <= ?", string(models.DayOf(s.clock())))
	var rows []struct {
		ID             int64
		Ref            string
		OrganisationID int64
		EventYear      int
		Day            string
		OriginCountry  string
		HostCountry    string
		PoliceReported string
	}
	err := tx.Raw(`SELECT i.id, i.ref, i.organisation_id, i.event_year, COALESCE(i.occurred_earliest, '') AS day, i.origin_country, i.host_country,
		i.police_reported FROM incidents i WHERE `+w.sql()+" ORDER BY i.ref", w.args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read cleared records: %w", err)
	}
	out := make([]models.Cleared, len(rows))
	at := make(map[int64]*models.Cleared, len(rows))
	for n, r := range rows {
		out[n] = models.Cleared{
			Ref: r.Ref, OrganisationID: r.OrganisationID, Year: r.EventYear, Day: r.Day, Origin: r.OriginCountry, Host: r.HostCountry, Police: r.PoliceReported,
		}
		at[r.ID] = &out[n]
	}
	within := " IN (SELECT i.id FROM incidents i WHERE " + w.sql() + ")"
	for _, part := range []func(*gorm.DB, map[int64]*models.Cleared, string, []any, *models.Vocabulary) error{clearedTargets, clearedCodes, clearedLinks} {
		if err := part(tx, at, within, w.args, vocab); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func clearedTargets(tx *gorm.DB, at map[int64]*models.Cleared, within string, args []any, vocab *models.Vocabulary) error {
	var rows []struct {
		IncidentID   int64
		CountingUnit string
		CountMin     int
	}
	err := tx.Raw("SELECT t.incident_id, t.counting_unit, t.count_min FROM targets t WHERE t.incident_id"+within+" ORDER BY t.incident_id, t.position", args...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read cleared targets: %w", err)
	}
	for _, r := range rows {
		if term, _ := vocab.Term("counting_unit", r.CountingUnit); term.CountsPersons && r.CountMin > 0 {
			at[r.IncidentID].Persons = append(at[r.IncidentID].Persons, r.CountMin)
		}
	}
	return nil
}

// clearedCodes are of the index of codes, into which no restricted code comes.
func clearedCodes(tx *gorm.DB, at map[int64]*models.Cleared, within string, args []any, _ *models.Vocabulary) error {
	var rows []struct {
		IncidentID  int64
		Facet, Code string
	}
	err := tx.Raw("SELECT f.incident_id, f.facet, f.code FROM incident_facets f WHERE f.facet IN ? AND f.incident_id"+within+" ORDER BY f.incident_id, f.code",
		append([]any{[]models.Facet{models.FacetFamily, models.FacetCommunity}}, args...)...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read cleared codes: %w", err)
	}
	for _, r := range rows {
		rec := at[r.IncidentID]
		if models.Facet(r.Facet) == models.FacetFamily {
			rec.Families = append(rec.Families, r.Code)
			continue
		}
		rec.Communities = append(rec.Communities, r.Code)
	}
	return nil
}

// clearedLinks tie records about the same target, also where that is only
// thought possible: a person must not count twice.
func clearedLinks(tx *gorm.DB, at map[int64]*models.Cleared, within string, args []any, _ *models.Vocabulary) error {
	const same = "l.kind IN ('same_target', 'same_incident', 'possible_duplicate')"
	var rows []struct {
		ID  int64
		Ref string
	}
	err := tx.Raw("SELECT l.incident_id AS id, o.ref FROM relations l JOIN incidents o ON o.id = l.to_incident_id WHERE "+same+" AND l.incident_id"+within+
		" UNION SELECT l.to_incident_id, o.ref FROM relations l JOIN incidents o ON o.id = l.incident_id WHERE "+same+" AND l.to_incident_id"+within+" ORDER BY 1, 2",
		append(append([]any{}, args...), args...)...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read cleared links: %w", err)
	}
	for _, r := range rows {
		at[r.ID].Linked = append(at[r.ID].Linked, r.Ref)
	}
	return nil
}
