package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/internal/search"
	"farwatch/models"
)

// searchable is what the index holds of one record.
type searchable struct {
	id    int64
	terms []string
}

// searchableOf reads a content for the index; false if it must not stand there.
func searchableOf(id int64, in models.IncidentInput) (searchable, bool) {
	if !models.Searched(in.Sensitivity) {
		return searchable{}, false
	}
	var texts []string
	for _, t := range models.SearchTexts(in) {
		texts = append(texts, t.Text)
	}
	return searchable{id, search.Terms(texts)}, true
}

// index writes records that are not in the index.
func (s *Store) index(tx *gorm.DB, records []searchable) error {
	for _, r := range records {
		var err error
		if s.dialect == dialectPostgres {
			err = tx.Exec("INSERT INTO incident_search (incident_id, terms) VALUES (?, ?::tsvector)", r.id, search.TSVector(r.terms)).Error
		} else {
			err = tx.Exec("INSERT INTO incident_search (rowid, terms) VALUES (?, ?)", r.id, search.FTS5Text(r.terms)).Error
		}
		if err != nil {
			return fmt.Errorf("index texts: %w", err)
		}
	}
	return nil
}

// unindex takes a record out of the index.
func (s *Store) unindex(tx *gorm.DB, incident int64) error {
	if err := tx.Exec("DELETE FROM incident_search WHERE "+s.indexKey()+" = ?", incident).Error; err != nil {
		return fmt.Errorf("take texts out of the index: %w", err)
	}
	return nil
}

// indexKey is the column of the index that holds the record's internal id.
func (s *Store) indexKey() string {
	if s.dialect == dialectPostgres {
		return "incident_id"
	}
	return "rowid"
}

// speaking keeps records whose texts answer the question.
func (s *Store) speaking(w *where, q models.TextQuery) {
	if s.dialect == dialectPostgres {
		w.and("i.id IN (SELECT x.incident_id FROM incident_search x WHERE x.terms @@ ?::tsquery)", search.TSQuery(q))
		return
	}
	w.and("i.id IN (SELECT x.rowid FROM incident_search x WHERE x.terms MATCH ?)", search.FTS5Query(q))
}

// hitsOf is rowsOf for a search in SQLite. SQLite does not know how many
// records a word finds, and would read all of them in the order of the list: it
// is made to begin at the word, to look at each record in an index that is
// small enough to stay in memory, and to go through the hits once.
func (v *View) hitsOf(tx *gorm.DB, f models.IncidentFilter, sort models.Sort, behind where, limit int) (rows []incidentRow, total int, err error) {
	q := *f.Text
	f.Text = nil
	w := v.matching(f)
	w.and("x.terms MATCH ?", search.FTS5Query(q))
	hits := "WITH hits AS MATERIALIZED (SELECT i.id, i.ref, i." + sort.Column +
		" FROM incident_search x CROSS JOIN incidents i INDEXED BY idx_incidents_id_circle ON i.id = x.rowid WHERE " + w.sql() + ") "
	behind.and("1 = 1")
	var found []struct {
		ID    int64
		Total int
	}
	query := hits + "SELECT i.id, (SELECT COUNT(*) FROM hits) AS total FROM hits i WHERE " + behind.sql() + orderBy(sort) + " LIMIT ?"
	if err := tx.Raw(query, append(append(w.args, behind.args...), limit)...).Scan(&found).Error; err != nil {
		return nil, 0, fmt.Errorf("search incidents: %w", err)
	}
	if len(found) == 0 { // nothing, or nothing behind this page
		err := tx.Raw(hits+"SELECT COUNT(*) FROM hits", w.args...).Scan(&total).Error
		if err != nil {
			err = fmt.Errorf("count hits: %w", err)
		}
		return nil, total, err
	}
	ids := make([]int64, len(found))
	for i, h := range found {
		ids[i] = h.ID
	}
	if err := tx.Raw("SELECT "+listColumns+" FROM incidents i WHERE i.id IN ?"+orderBy(sort), ids).Scan(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("read hits: %w", err)
	}
	return rows, found[0].Total, nil
}

// keepIndex puts records from before there was an index into it, from the
// oldest on. Nothing is served meanwhile, so once the newest one stands there,
// all do.
func (s *Store) keepIndex(ctx context.Context) error {
	open := "i.sensitivity IN ('open', 'partner')"
	absent := "NOT EXISTS (SELECT 1 FROM incident_search x WHERE x." + s.indexKey() + " = i.id)"
	var missing bool
	err := s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT COUNT(*) > 0 FROM incidents i WHERE i.id = (SELECT MAX(i.id) FROM incidents i WHERE " + open + ") AND " + absent).Scan(&missing).Error
	})
	if err != nil {
		return fmt.Errorf("look for records without index: %w", err)
	}
	for after := int64(0); missing; {
		err := s.write(ctx, func(tx *gorm.DB) error {
			var rows []incidentRow
			query := "SELECT i.id, i.organisation_id FROM incidents i WHERE i.id > ? AND " + open + " AND " + absent + " ORDER BY i.id LIMIT ?"
			if err := tx.Raw(query, after, seedBatch).Scan(&rows).Error; err != nil {
				return fmt.Errorf("find records without index: %w", err)
			}
			missing = len(rows) > 0
			for organisation, ids := range byOrganisation(rows) {
				after = max(after, ids[len(ids)-1])
				if err := s.indexOlder(tx, organisation, ids); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) indexOlder(tx *gorm.DB, organisation int64, ids []int64) error {
	v := s.program(organisation)
	w := v.visible()
	w.and("i.id IN ?", ids)
	records, found, err := v.loadIncidents(tx, w, "", 0)
	if err != nil {
		return err
	}
	var out []searchable
	for i, rec := range records {
		if r, ok := searchableOf(found[i], rec.IncidentInput); ok {
			out = append(out, r)
		}
	}
	return s.index(tx, out)
}

// Speaking reads visible records whose texts answer the question, those that
// changed last first; of these refs only, unless nil.
func (v *View) Speaking(ctx context.Context, q models.TextQuery, refs []string, limit int) ([]models.Incident, error) {
	w := v.matching(models.IncidentFilter{Text: &q})
	if refs != nil {
		w.and("i.ref IN ?", orNone(refs))
	}
	var out []models.Incident
	err := v.read(ctx, func(tx *gorm.DB) error {
		records, _, err := v.loadIncidents(tx, w, " ORDER BY i.updated_at DESC, i.ref DESC", limit)
		for _, rec := range records {
			seen, _ := v.p.Redact(rec)
			out = append(out, seen)
		}
		return err
	})
	return out, err
}
