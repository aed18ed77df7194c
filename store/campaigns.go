package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

func (r campaignRow) campaign() models.Campaign {
	return models.Campaign{Ref: r.Ref, Title: r.Title, Summary: r.Summary, Version: r.Version}
}

// maxCampaigns is how many campaigns of an organisation are listed.
const maxCampaigns = 10_000

// Campaigns lists those of the principal's organisation by title, for whoever
// reads records, with how many records of each the principal may see.
func (v *View) Campaigns(ctx context.Context) (out []models.Campaign, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		out, err = v.campaigns(tx, nil)
		return err
	})
	return out, err
}

// Campaign reads one. Errors: campaign.not_found.
func (v *View) Campaign(ctx context.Context, ref string) (out models.Campaign, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		list, err := v.campaigns(tx, []string{ref})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return models.NotFound("campaign")
		}
		out = list[0]
		return nil
	})
	return out, err
}

// campaigns reads those with the refs, all if nil, with their counts.
func (v *View) campaigns(tx *gorm.DB, refs []string) ([]models.Campaign, error) {
	out := []models.Campaign{}
	if !v.reads() || (refs != nil && len(refs) == 0) {
		return out, nil
	}
	var own where
	own.and("c.organisation_id = ?", v.p.OrganisationID)
	own.and(activeMember, v.p.UserID, v.p.OrganisationID)
	records := v.visible()
	records.and("f.facet = ?", string(models.FacetCampaign))
	if refs != nil {
		own.and("c.ref IN ?", refs)
		records.and("f.code IN ?", refs)
	}
	var rows []campaignRow
	if err := tx.Raw("SELECT c.* FROM campaigns c WHERE "+own.sql()+" ORDER BY c.title, c.ref LIMIT ?", append(own.args, maxCampaigns)...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	var counts []struct {
		Code      string
		Incidents int
	}
	if err := tx.Raw("SELECT f.code, COUNT(*) AS incidents FROM incident_facets f JOIN incidents i ON i.id = f.incident_id WHERE "+records.sql()+" GROUP BY f.code", records.args...).Scan(&counts).Error; err != nil {
		return nil, fmt.Errorf("count campaigns: %w", err)
	}
	found := map[string]int{}
	for _, c := range counts {
		found[c.Code] = c.Incidents
	}
	for _, r := range rows {
		c := r.campaign()
		c.Incidents = found[c.Ref]
		out = append(out, c)
	}
	return out, nil
}

// lockCampaign reads one to change it. Errors: campaign.not_found.
func (v *View) lockCampaign(tx *gorm.DB, ref string) (campaignRow, error) {
	var rows []campaignRow
	if v.reads() {
		err := tx.Raw("SELECT c.* FROM campaigns c WHERE c.organisation_id = ? AND c.ref = ? AND "+activeMember+v.s.lock(),
			v.p.OrganisationID, ref, v.p.UserID, v.p.OrganisationID).Scan(&rows).Error
		if err != nil {
			return campaignRow{}, fmt.Errorf("read campaign: %w", err)
		}
	}
	if len(rows) == 0 {
		return campaignRow{}, models.NotFound("campaign")
	}
	return rows[0], nil
}

const createCampaignOperation = "createCampaign"

// CreateCampaign makes one, once for an idempotency key. Errors:
// idempotency.key_reused.
func (v *View) CreateCampaign(ctx context.Context, c models.Campaign, key, bodyHash string) (out models.Campaign, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		earlier, err := v.claimKey(tx, createCampaignOperation, key, bodyHash)
		if err != nil {
			return err
		}
		if earlier != "" {
			list, err := v.campaigns(tx, []string{earlier})
			if err == nil && len(list) > 0 {
				out = list[0]
			}
			return err
		}
		row := campaignRow{OrganisationID: v.p.OrganisationID, Title: c.Title, Summary: c.Summary, Version: 1}
		if row.Ref, err = v.s.freeCampaignRef(tx); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert campaign: %w", err)
		}
		if err := v.fulfilKey(tx, createCampaignOperation, key, row.Ref); err != nil {
			return err
		}
		out = row.campaign()
		return v.audit(ctx, tx, "campaign.create", row.Ref, nil)
	})
	return out, err
}

// UpdateCampaign replaces the texts of the version that was seen. Errors:
// campaign.not_found, incident.stale.
func (v *View) UpdateCampaign(ctx context.Context, c models.Campaign) (out models.Campaign, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.lockCampaign(tx, c.Ref)
		if err != nil {
			return err
		}
		if row.Version != c.Version {
			return models.Stale(row.Version)
		}
		err = tx.Model(&campaignRow{}).Where("id = ?", row.ID).
			Updates(map[string]any{"title": c.Title, "summary": c.Summary, "version": row.Version + 1}).Error
		if err != nil {
			return fmt.Errorf("update campaign: %w", err)
		}
		if err := v.audit(ctx, tx, "campaign.update", row.Ref, []string{"title", "summary"}); err != nil {
			return err
		}
		list, err := v.campaigns(tx, []string{row.Ref})
		if err == nil && len(list) > 0 {
			out = list[0]
		}
		return err
	})
	return out, err
}

// freeCampaignRef draws a ref that no campaign has.
func (s *Store) freeCampaignRef(tx *gorm.DB) (string, error) {
	for range refTries {
		ref, err := models.NewRef(s.random)
		if err != nil {
			return "", err
		}
		var taken int64
		err = s.asSystem(tx, func() error {
			return tx.Raw("SELECT COUNT(*) FROM campaigns WHERE ref = ?", ref).Scan(&taken).Error
		})
		if err != nil {
			return "", fmt.Errorf("look for campaign ref: %w", err)
		}
		if taken == 0 {
			return ref, nil
		}
	}
	return "", fmt.Errorf("no free campaign ref in %d tries", refTries)
}
