package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/facts"
	"farwatch/internal/search"
	"farwatch/models"
)

// mostCandidates is how many records a page is chosen from by their ids: more of
// them share one instant only where they came in together.
const mostCandidates = 1000

// rowsFrom reads the rows of one page and counts all that match. c is where the
// page before ended, nil on the first.
func (v *View) rowsFrom(tx *gorm.DB, h held, f models.IncidentFilter, sort models.Sort, c *cursor, limit int) (rows []incidentRow, total int, err error) {
	var behind where
	if c != nil {
		if err := after(&behind, sort, *c); err != nil {
			return nil, 0, err
		}
	}
	if h.x != nil && sort.Column == factUpdated {
		ids, total, err := v.heldPage(tx, h, f, sort, c, limit)
		if err != nil {
			return nil, 0, err
		}
		if len(ids) <= mostCandidates {
			rows, err := v.rowsAmong(tx, ids, sort, behind, limit)
			return rows, total, err
		}
	}
	if f.Text != nil {
		if v.s.dialect == dialectSQLite {
			return v.hitsOf(tx, f, sort, behind, limit)
		}
		h = held{} // it knows no words
	}
	return v.rowsOf(tx, h, f, sort, behind, limit)
}

// heldPage finds the records of one page in the column index, without those that
// the cursor leaves out among equals, and counts all that match.
func (v *View) heldPage(tx *gorm.DB, h held, f models.IncidentFilter, sort models.Sort, c *cursor, limit int) (ids []uint32, total int, err error) {
	words := facts.None()
	if f.Text != nil {
		found, err := v.s.speakingIDs(tx, *f.Text)
		if err != nil {
			return nil, 0, err
		}
		words = facts.SetOf(found)
	}
	from := uint64(0)
	if c != nil {
		at, err := time.Parse(time.RFC3339Nano, *c.Value)
		if err != nil {
			return nil, 0, fmt.Errorf("read cursor: %w", err)
		}
		from = uint64(max(0, models.UTC(at).UnixMilli()))
	}
	err = h.read(func(r facts.Reader) {
		set := v.heldMatching(r, f, h.active)
		if f.Text != nil {
			set = set.And(words)
		}
		total = set.Count()
		if c != nil {
			until, since := r.AtMost, r.AtLeast
			if !sort.Descending {
				until, since = since, until
			}
			set = until(factUpdated, set, from)
			limit += since(factUpdated, set, from).Count() // of these, some stood on the page before
		}
		ids = r.First(factUpdated, set, limit, sort.Descending).IDs()
	})
	return ids, total, err
}

// rowsAmong reads one page of rows that are known already, through the
// principal's own eyes all the same.
func (v *View) rowsAmong(tx *gorm.DB, ids []uint32, sort models.Sort, behind where, limit int) (rows []incidentRow, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w := v.visible()
	w.and("i.id IN ?", ids)
	w.parts, w.args = append(w.parts, behind.parts...), append(w.args, behind.args...)
	if err := tx.Raw("SELECT "+listColumns+" FROM incidents i WHERE "+w.sql()+orderBy(sort)+" LIMIT ?", append(w.args, limit)...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	return rows, nil
}

// speakingIDs are the records whose texts answer a question, of every
// organisation: for the column index, which knows who may see which.
func (s *Store) speakingIDs(tx *gorm.DB, q models.TextQuery) ([]uint32, error) {
	query, question := "SELECT COALESCE(group_concat(x.rowid, ','), '') FROM incident_search x WHERE x.terms MATCH ?", search.FTS5Query(q)
	if s.dialect == dialectPostgres {
		query, question = "SELECT COALESCE(string_agg(x.incident_id::text, ','), '') FROM incident_search x WHERE x.terms @@ ?::tsquery", search.TSQuery(q)
	}
	var text string
	if err := tx.Raw(query, question).Row().Scan(&text); err != nil {
		return nil, fmt.Errorf("search incidents: %w", err)
	}
	return idsOf(text)
}
