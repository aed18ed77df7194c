package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// ExportScope narrows what leaves in a file.
type ExportScope struct {
	TeamOnly bool // only records the principal is assigned to
	OpenOnly bool // neither restricted nor sealed records
	Unsealed bool // no sealed records
	Reviewed bool // no self-reviewed records
	Limit    int  // the first so many records, for a preview; 0: all
	// Wide reads what stands in the wide row and nothing else.
	Wide bool
	// Bare opens nothing that is sealed: whoever gets the records redacts them for
	// nobody in particular. It holds with OpenOnly alone.
	Bare bool
	// Counted hears how many records come before the first one does.
	Counted func(total int)
	// SelfReviewed hears how many records Reviewed leaves out.
	SelfReviewed func(left int)
}

func (scope ExportScope) narrow(w *where, v *View) {
	if scope.OpenOnly {
		w.and("i.sensitivity IN ('open', 'partner')")
	}
	if scope.Unsealed {
		w.and("i.sensitivity <> 'sealed'")
	}
	if scope.Reviewed {
		w.and("i.self_reviewed IS NULL")
	}
	if scope.TeamOnly {
		w.and("EXISTS (SELECT 1 FROM incident_members m WHERE m.incident_id = i.id AND m.user_id = ?)", v.p.UserID)
	}
}

// tellSelfReviewed counts the records that would leave but for their mark.
func (scope ExportScope) tellSelfReviewed(tx *gorm.DB, v *View, all where) error {
	w := all.clone()
	scope.Reviewed = false
	scope.narrow(&w, v)
	w.and("i.self_reviewed IS NOT NULL")
	n, err := countIncidents(tx, w)
	if err == nil {
		scope.SelfReviewed(n)
	}
	return err
}

func countIncidents(tx *gorm.DB, w where) (n int, err error) {
	if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+w.sql(), w.args...).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count incidents: %w", err)
	}
	return n, nil
}

func (scope ExportScope) extent() extent {
	return extent{wide: scope.Wide, bare: scope.Bare && scope.OpenOnly}
}

// exportBatch is how many records are read at once; as many more are in use
// meanwhile.
const exportBatch = 250

// EachIncident hands over every matching record, from one snapshot and in
// constant memory: those that were logged one after the other together, by ref
// among each other, since the file is read fastest in its own order and a
// record's place in what leaves must not tell when it was logged. omitted counts
// visible matches that the scope leaves out. An error of fn ends it.
func (v *View) EachIncident(ctx context.Context, f models.IncidentFilter, scope ExportScope, fn func(models.Incident) error) (omitted int, err error) {
	all := v.matching(f)
	kept := all.clone()
	scope.narrow(&kept, v)
	err = v.read(ctx, func(tx *gorm.DB) error {
		total, err := countIncidents(tx, all)
		if err != nil {
			return err
		}
		if scope.SelfReviewed != nil {
			if err := scope.tellSelfReviewed(tx, v, all); err != nil {
				return err
			}
		}
		leaving, err := matchingIDs(tx, kept)
		if err != nil {
			return err
		}
		omitted = total - leaving.count
		if scope.Counted != nil {
			scope.Counted(leaving.count)
		}
		return v.eachOf(tx, leaving, scope, fn)
	})
	return omitted, err
}

// matchingIDs reads which records a condition allows.
func matchingIDs(tx *gorm.DB, w where) (*idSet, error) {
	var out idSet
	return &out, eachRow(tx, "ids", extent{}.columns("i.", "id"), " FROM incidents i WHERE "+w.sql(), w.args, func(c *cells) error {
		out.add(c.id())
		return nil
	})
}

// eachOf reads records ahead while fn uses those before them.
func (v *View) eachOf(tx *gorm.DB, ids *idSet, scope ExportScope, fn func(models.Incident) error) error {
	allowed := v.visible()
	scope.narrow(&allowed, v)
	last, sent := int64(0), 0
	return ahead(func() ([]*models.Incident, bool, error) {
		batch := ids.behind(last, exportBatch)
		if len(batch) == 0 {
			return nil, false, nil
		}
		last = batch[len(batch)-1]
		w := allowed.clone()
		within, args := of("i.id", batch)
		w.and(within, args...)
		records, _, err := v.loadExtent(tx, scope.extent(), ids, w, "", 0)
		out := make([]*models.Incident, len(records))
		for i := range records {
			out[i] = &records[i]
		}
		slices.SortFunc(out, func(a, b *models.Incident) int { return strings.Compare(a.Ref, b.Ref) })
		return out, true, err
	}, func(records []*models.Incident) (more bool, err error) {
		for _, rec := range records {
			if scope.Limit > 0 && sent == scope.Limit {
				return false, nil
			}
			if err := fn(*rec); err != nil {
				return false, err
			}
			sent++
		}
		return true, nil
	})
}

// Export is what is kept of a file: enough to know it again.
type Export struct {
	ID      string // UUID
	Level   string
	Format  string
	Rows    int
	Omitted int
	Bytes   int64
	SHA256  string
	Filter  string // JSON of the request's parameters
}

type exportRow struct {
	ID             string
	OrganisationID int64
	UserID         string
	Level          string
	RowCount       int
	Omitted        int
	Bytes          int64
	SHA256         string `gorm:"column:sha256"`
	Filter         string // of older rows; since then it is sealed
	CreatedAt      time.Time
	RowKey         string
	Protected      []byte
	State          string
	Format         string
	RowsTotal      int
	Cut            int
	Failure        *string
	DecidedBy      *string
	FinishedAt     *time.Time
	SnapshotID     *string
	SelfReviewed   int // of the omitted: left out for the mark
}

func (exportRow) TableName() string { return "exports" }

// protectedExport: what somebody filtered by can name a person.
type protectedExport struct {
	Filter json.RawMessage
}

// sealFilter moves the filter of an export into its sealed column.
func (s *Store) sealFilter(tx *gorm.DB, row *exportRow) (err error) {
	if row.RowKey, err = s.rowKey(); err != nil {
		return err
	}
	hidden := protectedExport{Filter: json.RawMessage(row.Filter)}
	row.Filter = "{}"
	row.Protected, err = s.sealIn(tx, ofOrganisation(row.OrganisationID), "exports", row.RowKey, hidden)
	return err
}

// sealOlderFilters does so for exports of before.
func (s *Store) sealOlderFilters(ctx context.Context) error {
	for left := true; left; {
		err := s.write(ctx, func(tx *gorm.DB) error {
			var rows []exportRow
			if err := tx.Raw("SELECT * FROM exports WHERE protected IS NULL ORDER BY id LIMIT ?", rekeyRows).Scan(&rows).Error; err != nil {
				return fmt.Errorf("read exports: %w", err)
			}
			left = len(rows) == rekeyRows
			for _, r := range rows {
				if err := s.sealFilter(tx, &r); err != nil {
					return err
				}
				set := map[string]any{"filter": r.Filter, "row_key": r.RowKey, "protected": r.Protected}
				if err := tx.Model(&exportRow{}).Where("id = ?", r.ID).Updates(set).Error; err != nil {
					return fmt.Errorf("seal filter: %w", err)
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

// RecordExport keeps the file's description and its audit row, before the
// first byte is sent.
func (v *View) RecordExport(ctx context.Context, e Export) error {
	if !json.Valid([]byte(e.Filter)) {
		return fmt.Errorf("export filter is no JSON")
	}
	return v.write(ctx, func(tx *gorm.DB) error {
		row := exportRow{
			ID: e.ID, OrganisationID: v.p.OrganisationID, UserID: v.p.UserID, Level: e.Level, RowCount: e.Rows, Omitted: e.Omitted,
			Bytes: e.Bytes, SHA256: e.SHA256, Filter: e.Filter, CreatedAt: v.s.now(), State: models.ExportSent, Format: e.Format, RowsTotal: e.Rows,
		}
		if err := v.s.sealFilter(tx, &row); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert export: %w", err)
		}
		return v.audit(ctx, tx, "export.create", e.ID, []string{e.Level})
	})
}
