package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/internal/facts"
	"farwatch/models"
)

// Facets counts, for each field, how many matching records have each of its
// codes. A field is counted without its own flat parameter, so that the counts
// say what choosing another value would find.
func (v *View) Facets(ctx context.Context, f models.IncidentFilter, fields []models.FilterField) ([]models.FacetCounts, error) {
	var out []models.FacetCounts
	err := v.readHeld(ctx, f, func(tx *gorm.DB, h held) error {
		out = make([]models.FacetCounts, 0, len(fields))
		if h.x != nil {
			return h.read(func(r facts.Reader) {
				for _, d := range fields {
					out = append(out, models.FacetCounts{Field: d.Name, Items: heldCounts(r, v.heldMatching(r, d.Without(f), h.active), d, f.ExplicitOnly)})
				}
			})
		}
		for _, d := range fields {
			items, err := codeCounts(tx, v.matching(d.Without(f)), d, f.ExplicitOnly)
			if err != nil {
				return err
			}
			out = append(out, models.FacetCounts{Field: d.Name, Items: items})
		}
		return nil
	})
	return out, err
}

func codeCounts(tx *gorm.DB, w where, d models.FilterField, explicitOnly bool) ([]models.Count, error) {
	query, args := columnCounts(w, d.Name), w.args
	if facet := d.In(explicitOnly); facet != "" {
		// The + keeps SQLite on the primary key, as in countFacets.
		query = "WITH m AS MATERIALIZED (SELECT i.id FROM incidents i WHERE " + w.sql() + `)
			SELECT f.code, COUNT(*) AS count FROM incident_facets f
			WHERE f.facet = ? AND +f.incident_id IN (SELECT id FROM m) GROUP BY f.code`
		args = append(args, string(facet))
	}
	var items []models.Count
	if err := tx.Raw(query+" ORDER BY count DESC, code LIMIT ?", append(args, models.MaxFacetItems)...).Scan(&items).Error; err != nil {
		return nil, fmt.Errorf("count codes of %s: %w", d.Name, err)
	}
	return items, nil
}

// columnCounts counts by one column of the records, taken out first as in
// grouped.
func columnCounts(w where, column string) string {
	return "WITH m AS MATERIALIZED (SELECT i." + column + " AS code FROM incidents i WHERE " + w.sql() + `)
		SELECT CAST(code AS TEXT) AS code, COUNT(*) AS count FROM m WHERE code IS NOT NULL GROUP BY m.code`
}
