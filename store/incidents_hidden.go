package store

import (
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"
)

// keepHidden carries over what an editor could not see, the relations to
// invisible records and the citations of them, since an edit replaces all
// entries. A local id that the new content took meanwhile is changed for a
// free one.
func (v *View) keepHidden(tx *gorm.DB, incident int64, e *entries) error {
	seen := v.visible()
	var relations []relationRow
	err := tx.Raw("SELECT r.* FROM relations r WHERE r.incident_id = ? AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = r.to_incident_id AND "+
		seen.sql()+") ORDER BY r.position", append([]any{incident}, seen.args...)...).Scan(&relations).Error
	if err != nil {
		return fmt.Errorf("read hidden relations: %w", err)
	}
	for _, r := range relations {
		var citations []citationRow
		if err := tx.Where("incident_id = ? AND entity = ?", incident, r.LocalID).Order("position").Find(&citations).Error; err != nil {
			return fmt.Errorf("read hidden citations: %w", err)
		}
		r.LocalID, r.Position = freeID("L", r.LocalID, e.relations), len(e.relations)
		e.relations = append(e.relations, r)
		for _, c := range citations {
			if !slices.ContainsFunc(e.sources, func(s sourceRow) bool { return s.LocalID == c.Source }) {
				continue // a citation goes with its source
			}
			c.EntityID, c.LocalID, c.Position = r.LocalID, freeID("C", c.LocalID, e.citations), len(e.citations)
			e.citations = append(e.citations, c)
		}
	}
	return nil
}

// freeID is the wanted local id, or the next one that no row has.
func freeID[R any, P interface {
	*R
	entryRow
}](letter, wanted string, rows []R) string {
	taken := func(id string) bool {
		for i := range rows {
			if P(&rows[i]).entry().LocalID == id {
				return true
			}
		}
		return false
	}
	for n := len(rows) + 1; taken(wanted); n++ {
		wanted = letter + strconv.Itoa(n)
	}
	return wanted
}
