package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// KnownArticles are visible records that have a text, by its SHA-256, or a page,
// by its canonical address, among their sources; those changed last first.
// Sources of restricted and sealed records are encrypted and not found.
func (v *View) KnownArticles(ctx context.Context, sha256, canonical string) (out []models.KnownArticle, err error) {
	w := v.visible()
	w.and("i.workflow_status NOT IN ('withdrawn', 'merged')")
	w.and(`i.id IN (SELECT s.incident_id FROM sources s WHERE s.text_sha256 = ?)
		OR i.id IN (SELECT s.incident_id FROM sources s JOIN source_records r ON r.id = s.source_record_id WHERE r.organisation_id = ? AND r.canonical_url = ?)`,
		sha256, v.p.OrganisationID, canonical)
	err = v.read(ctx, func(tx *gorm.DB) error {
		records, _, err := v.loadIncidents(tx, w, " ORDER BY i.updated_at DESC, i.id DESC", models.MaxKnownArticles)
		if err != nil {
			return err
		}
		for _, rec := range records {
			out = append(out, models.KnownArticleOf(rec, sha256))
		}
		return nil
	})
	return out, err
}

// AuditFetch logs that the server got a page for somebody: the host, never the
// whole address.
func (v *View) AuditFetch(ctx context.Context, host string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		if err := v.audit(ctx, tx, "intake.fetch", host, nil); err != nil {
			return fmt.Errorf("log fetch: %w", err)
		}
		return nil
	})
}
