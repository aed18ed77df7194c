package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// Campaigns lists those of the principal's organisation by title, for whoever
// reads records.
func (v *View) Campaigns(ctx context.Context) ([]models.Campaign, error) {
	if !v.reads() {
		return []models.Campaign{}, nil
	}
	var rows []campaignRow
	err := v.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Where("organisation_id = ? AND "+activeMember, v.p.OrganisationID, v.p.UserID, v.p.OrganisationID).Order("title, ref").Limit(10_000).Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	out := make([]models.Campaign, len(rows))
	for i, r := range rows {
		out[i] = models.Campaign{Ref: r.Ref, Title: r.Title, Summary: r.Summary}
	}
	return out, nil
}
