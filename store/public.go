package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// publicRow is what the public reads of a record: the published content, or
// after withdrawal the tombstone.
type publicRow struct {
	Ref         string `gorm:"primaryKey"`
	Version     int
	Body        *string
	PublishedAt time.Time
	WithdrawnAt *time.Time
	Reason      *string
	MergedInto  *string
}

func (publicRow) TableName() string { return "public_incidents" }

// writePublic keeps the read model equal to what is published (S9), in the
// transaction that changes it.
func (v *View) writePublic(tx *gorm.DB, old, after whole, s save) error {
	switch {
	case after.WorkflowStatus == models.StatusPublished && !s.waits && !hides(after.Sensitivity):
		return v.publish(tx, after, s)
	case after.WithdrawnAt != nil && old.WithdrawnAt == nil:
		return v.bury(tx, after, s)
	case hides(after.Sensitivity) && !hides(old.Sensitivity):
		gone := tx.Exec("DELETE FROM public_incidents WHERE ref = ? AND body IS NOT NULL", old.Ref)
		if gone.Error != nil {
			return fmt.Errorf("take back public record: %w", gone.Error)
		}
		return publicRemoved(tx, gone.RowsAffected)
	}
	return nil
}

func (v *View) publish(tx *gorm.DB, rec whole, s save) error {
	public := models.PublicIncident{Record: rec.Public(s.vocab), Organisation: v.p.OrganisationName, Campaigns: []string{}}
	if len(rec.Campaigns) > 0 {
		if err := tx.Raw("SELECT title FROM campaigns WHERE organisation_id = ? AND ref IN ? ORDER BY title", v.p.OrganisationID, rec.Campaigns).Scan(&public.Campaigns).Error; err != nil {
			return fmt.Errorf("read campaign titles: %w", err)
		}
	}
	data, err := json.Marshal(public)
	if err != nil {
		return fmt.Errorf("encode public record: %w", err)
	}
	facts, err := json.Marshal(public.Facts(s.vocab))
	if err != nil {
		return fmt.Errorf("encode public facts: %w", err)
	}
	err = tx.Exec(`INSERT INTO public_incidents (ref, version, body, facts, published_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (ref) DO UPDATE SET version = excluded.version, body = excluded.body, facts = excluded.facts, published_at = excluded.published_at,
		withdrawn_at = NULL, reason = NULL, merged_into = NULL`, rec.Ref, rec.Version, string(data), string(facts), *rec.PublishedAt).Error
	if err != nil {
		return fmt.Errorf("write public record: %w", err)
	}
	return publicChanged(tx, rec.Ref)
}

// bury leaves of a published record the tombstone only.
func (v *View) bury(tx *gorm.DB, rec whole, s save) error {
	reason := "duplicate"
	if rec.WithdrawalReason != nil {
		reason = models.PublicReason(*rec.WithdrawalReason, s.vocab)
	}
	done := tx.Exec("UPDATE public_incidents SET version = ?, body = NULL, facts = NULL, withdrawn_at = ?, reason = ?, merged_into = ? WHERE ref = ?",
		rec.Version, *rec.WithdrawnAt, reason, rec.MergedInto, rec.Ref)
	if done.Error != nil {
		return fmt.Errorf("withdraw public record: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return nil // it was never published: nothing of it is to show
	}
	return publicChanged(tx, rec.Ref)
}

// Incident reads a published record. Errors: incident.not_found, and
// incident.withdrawn or incident.merged with the tombstone.
func (p *Public) Incident(ctx context.Context, ref string) (models.PublicIncident, error) {
	var out models.PublicIncident
	err := p.s.read(ctx, func(tx *gorm.DB) error {
		var rows []publicRow
		if err := tx.Where("ref = ?", ref).Find(&rows).Error; err != nil {
			return fmt.Errorf("read public record: %w", err)
		}
		if len(rows) == 0 {
			return models.NotFound("incident")
		}
		if rows[0].Body == nil {
			return models.Gone(*rows[0].tombstone())
		}
		if err := json.Unmarshal([]byte(*rows[0].Body), &out); err != nil {
			return fmt.Errorf("decode public record: %w", err)
		}
		return publicRelations(tx, &out.Record)
	})
	return out, err
}

// publicRelations leaves those whose other end is published as well.
func publicRelations(tx *gorm.DB, rec *models.Incident) error {
	refs := make([]string, len(rec.Relations))
	for i, l := range rec.Relations {
		refs[i] = l.To
	}
	if len(refs) == 0 {
		return nil
	}
	var published []string
	if err := tx.Raw("SELECT ref FROM public_incidents WHERE ref IN ? AND body IS NOT NULL", refs).Scan(&published).Error; err != nil {
		return fmt.Errorf("read public relations: %w", err)
	}
	rec.Relations = slices.DeleteFunc(rec.Relations, func(l models.Relation) bool { return !slices.Contains(published, l.To) })
	return nil
}

// Tombstone is what is left of a withdrawn or merged record for those who
// would see it otherwise. Errors: incident.not_found.
func (v *View) Tombstone(ctx context.Context, ref string) (models.Tombstone, error) {
	var row incidentRow
	err := v.read(ctx, func(tx *gorm.DB) error {
		w := v.permitted()
		w.and("i.ref = ?", ref)
		w.and("i.workflow_status IN ('withdrawn', 'merged')")
		if v.reads() && v.onlyShown() {
			w.and("i.published_at IS NOT NULL") // an advocate never saw it otherwise
		}
		var rows []incidentRow
		if err := tx.Raw("SELECT i.* FROM incidents i WHERE "+w.sql(), w.args...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("read tombstone: %w", err)
		}
		if len(rows) == 0 {
			return models.NotFound("incident")
		}
		row = rows[0]
		return v.hideForward(tx, &row)
	})
	if err != nil {
		return models.Tombstone{}, err
	}
	out := models.Tombstone{Ref: row.Ref, Version: row.Version, WithdrawnAt: models.UTC(*row.WithdrawnAt), Reason: "duplicate", MergedInto: row.MergedInto}
	if row.WithdrawalReason != nil {
		out.Reason = *row.WithdrawalReason
	}
	return out, nil
}

// hideForward drops the way to a surviving record that the principal may not
// see.
func (v *View) hideForward(tx *gorm.DB, row *incidentRow) error {
	if row.MergedInto == nil {
		return nil
	}
	w := v.visible()
	w.and("i.ref = ?", *row.MergedInto)
	var seen int
	if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+w.sql(), w.args...).Scan(&seen).Error; err != nil {
		return fmt.Errorf("read surviving record: %w", err)
	}
	if seen == 0 {
		row.MergedInto = nil
	}
	return nil
}
