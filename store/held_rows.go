package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/facts"
	"farwatch/models"
)

// Dimensions and columns of the index beside the fields of the filter and the
// facets, which are called as they are.
const (
	factOrganisation = "organisation_id"
	factCreator      = "created_by"
	factMember       = "member"
	factNamed        = "named"
	factDeleted      = "deleted"
	factPlace        = "place" // origin and host, with a space between
	factOrigins      = "independent_origins"
	factKnown        = "known" // facets of which a record has a code that is no unknown one

	factEarliest   = "occurred_earliest"
	factLatest     = "occurred_latest"
	factReported   = "first_reported"
	factUpdated    = "updated_at"
	factPersonsMin = "persons_min"
	factPersonsMax = "persons_max"
)

// factRow takes one row of factColumns.
type factRow struct {
	id, organisation, origins  int64
	creator                    string
	updated                    time.Time
	earliest, latest, reported sql.NullString
	personsMin                 int64
	personsMax                 sql.NullInt64
	codes                      []sql.NullString // of columnFields
	into                       []any
	originAt, hostAt           int
	fields                     []models.FilterField
}

// columnFields are the fields of the filter that are columns of the record.
func columnFields() []models.FilterField {
	return slices.DeleteFunc(slices.Clone(models.FilterFields()), func(d models.FilterField) bool { return d.Facet != "" })
}

func newFactRow() *factRow {
	r := &factRow{fields: columnFields()}
	r.codes = make([]sql.NullString, len(r.fields))
	r.into = []any{
		&r.id, &r.organisation, &r.creator, &r.updated, &r.earliest, &r.latest, &r.reported, &r.personsMin, &r.personsMax, &r.origins,
	}
	for i, d := range r.fields {
		r.into = append(r.into, &r.codes[i])
		switch d.Name {
		case "origin_country":
			r.originAt = i
		case "host_country":
			r.hostAt = i
		}
	}
	return r
}

func factColumns() string {
	columns := "i.id, i.organisation_id, i.created_by, i.updated_at, i.occurred_earliest, i.occurred_latest, i.first_reported, i.persons_min, i.persons_max, i.independent_origins"
	for _, d := range columnFields() {
		columns += ", i." + d.Name
	}
	return columns
}

// collect puts the row into a batch.
func (r *factRow) collect(b *facts.Batch) error {
	id, err := factID(r.id)
	if err != nil {
		return err
	}
	b.Record(id)
	b.Code(factOrganisation, strconv.FormatInt(r.organisation, 10), id)
	b.Code(factCreator, r.creator, id)
	b.Code(factOrigins, originsCode(int(r.origins)), id)
	for i, d := range r.fields {
		if r.codes[i].Valid {
			b.Code(d.Name, r.codes[i].String, id)
		}
	}
	b.Value(factPlace, r.codes[r.originAt].String+" "+r.codes[r.hostAt].String, id)
	for _, day := range []struct {
		column string
		value  sql.NullString
	}{{factEarliest, r.earliest}, {factLatest, r.latest}, {factReported, r.reported}} {
		if !day.value.Valid {
			continue
		}
		n, ok := dayNumber(day.value.String)
		if !ok {
			return fmt.Errorf("record %d: %s is no day", r.id, day.column)
		}
		b.Number(day.column, id, n)
	}
	updated := r.updated.UnixMilli()
	if r.personsMin < 0 || r.personsMax.Int64 < 0 || updated < 0 {
		return fmt.Errorf("record %d has a number below zero", r.id)
	}
	b.Number(factUpdated, id, uint64(updated))
	b.Number(factPersonsMin, id, uint64(r.personsMin))
	if r.personsMax.Valid {
		b.Number(factPersonsMax, id, uint64(r.personsMax.Int64))
	}
	return nil
}

// dayNumber keeps the order of days; false for what is no day.
func dayNumber(day string) (uint64, bool) {
	if len(day) != len("2006-01-02") || day[4] != '-' || day[7] != '-' {
		return 0, false
	}
	var n uint64
	for _, part := range []string{day[:4], day[5:7], day[8:]} {
		p, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return 0, false
		}
		n = n<<7 | p // 99 is the most of month and day, as text has it
	}
	return n, true
}

// each reads every row of a query into the fields behind into.
func each(tx *gorm.DB, into []any, do func() error, query string, args ...any) (err error) {
	rows, err := tx.Raw(query, args...).Rows()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := do(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// factsChunk is how many records are asked for at once.
const factsChunk = 500

// factsOf reads what the index holds of some records.
func factsOf(tx *gorm.DB, ids []uint32, b *facts.Batch) error {
	for part := range slices.Chunk(ids, factsChunk) {
		r := newFactRow()
		err := each(tx, r.into, func() error { return r.collect(b) }, "SELECT "+factColumns()+" FROM incidents i WHERE i.id IN ?", part)
		if err != nil {
			return fmt.Errorf("read changed records: %w", err)
		}
		var id int64
		var facet, code string
		known := map[string]map[uint32]bool{}
		err = each(tx, []any{&id, &facet, &code}, func() error {
			b.Code(facet, code, uint32(id))
			if !slices.Contains(unknownCodes, code) {
				if known[facet] == nil {
					known[facet] = map[uint32]bool{}
				}
				known[facet][uint32(id)] = true
			}
			return nil
		}, "SELECT f.incident_id, f.facet, f.code FROM incident_facets f WHERE f.incident_id IN ?", part)
		if err != nil {
			return fmt.Errorf("read changed codes: %w", err)
		}
		for facet, records := range known {
			for id := range records {
				b.Code(factKnown, facet, id)
			}
		}
		if err := teamFacts(tx, b, "m.incident_id IN ?", part); err != nil {
			return err
		}
		if err := deletedFacts(tx, b, "x.incident_id IN ?", part); err != nil {
			return err
		}
	}
	return nil
}

func teamFacts(tx *gorm.DB, b *facts.Batch, condition string, args ...any) error {
	var id int64
	var user string
	var named bool
	err := each(tx, []any{&id, &user, &named}, func() error {
		b.Code(factMember, user, uint32(id))
		if named {
			b.Code(factNamed, user, uint32(id))
		}
		return nil
	}, "SELECT m.incident_id, m.user_id, m.named FROM incident_members m WHERE "+condition, args...)
	if err != nil {
		return fmt.Errorf("read teams: %w", err)
	}
	return nil
}

func deletedFacts(tx *gorm.DB, b *facts.Batch, condition string, args ...any) error {
	var id int64
	err := each(tx, []any{&id}, func() error {
		b.Code(factDeleted, "yes", uint32(id))
		return nil
	}, "SELECT x.incident_id FROM deletions x WHERE "+condition, args...)
	if err != nil {
		return fmt.Errorf("read deletions: %w", err)
	}
	return nil
}

// loadBatch is how many rows one transaction of the loading reads.
const loadBatch = 5000

// loadFacts reads all of the index, in short transactions: what changes
// meanwhile is read once more at the end.
func (s *Store) loadFacts(ctx context.Context) error {
	var begun int64
	err := s.read(ctx, func(tx *gorm.DB) (err error) {
		begun, err = changeHead(tx)
		return err
	})
	if err != nil {
		return err
	}
	x := facts.New()
	for _, load := range []func(context.Context, *facts.Index) error{s.loadRows, s.loadTeams, s.loadDeleted, s.loadCodes} {
		if err := load(ctx, x); err != nil {
			return err
		}
	}
	x.Apply(begun, nil, &facts.Batch{})
	err = s.read(ctx, func(tx *gorm.DB) error {
		head, err := changeHead(tx)
		for err == nil && x.Seq() < head {
			var ids []uint32
			var last int64
			if ids, last, err = changedSince(tx, x.Seq(), mostBehind); err != nil {
				break
			}
			if last == x.Seq() {
				return errors.New("load the column index: too much changed meanwhile")
			}
			var b facts.Batch
			if err = factsOf(tx, ids, &b); err == nil {
				x.Apply(last, ids, &b)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	x.Pack()
	s.facts.catching.Lock()
	defer s.facts.catching.Unlock()
	s.facts.index.Store(x)
	return nil
}

// keyset reads rows in order of an id, a batch a transaction. part reads the
// rows behind an id and tells the last one and how many there were.
func (s *Store) keyset(ctx context.Context, x *facts.Index, part func(tx *gorm.DB, b *facts.Batch, after int64) (last int64, n int, err error)) error {
	for after, full := int64(-1), true; full; {
		var b facts.Batch
		err := s.read(ctx, func(tx *gorm.DB) error {
			last, n, err := part(tx, &b, after)
			after, full = last, n >= loadBatch
			return err
		})
		if err != nil {
			return err
		}
		x.Apply(0, nil, &b)
	}
	return nil
}

func (s *Store) loadRows(ctx context.Context, x *facts.Index) error {
	query := "SELECT " + factColumns() + " FROM incidents i WHERE i.id > ? ORDER BY i.id LIMIT ?"
	return s.keyset(ctx, x, func(tx *gorm.DB, b *facts.Batch, after int64) (int64, int, error) {
		r, n := newFactRow(), 0
		err := each(tx, r.into, func() error { n++; return r.collect(b) }, query, after, loadBatch)
		if err != nil {
			return 0, 0, fmt.Errorf("read records: %w", err)
		}
		return r.id, n, nil
	})
}

func (s *Store) loadTeams(ctx context.Context, x *facts.Index) error {
	return s.keyset(ctx, x, func(tx *gorm.DB, b *facts.Batch, after int64) (int64, int, error) {
		var last, n int64
		of := "SELECT m.incident_id FROM incident_members m WHERE m.incident_id > ? ORDER BY m.incident_id LIMIT ?"
		err := tx.Raw("SELECT COALESCE(MAX(x.incident_id), 0), COUNT(*) FROM ("+of+") x", after, loadBatch).Row().Scan(&last, &n)
		if err != nil {
			return 0, 0, fmt.Errorf("read teams: %w", err)
		}
		return last, int(n), teamFacts(tx, b, "m.incident_id > ? AND m.incident_id <= ?", after, last)
	})
}

// loadDeleted reads them at once: there are few.
func (s *Store) loadDeleted(ctx context.Context, x *facts.Index) error {
	var b facts.Batch
	err := s.read(ctx, func(tx *gorm.DB) error { return deletedFacts(tx, &b, "1 = 1") })
	if err == nil {
		x.Apply(0, nil, &b)
	}
	return err
}

// loadCodes walks the index of codes in its own order, code by code: the ids of
// each come as one text, many times faster than as rows.
func (s *Store) loadCodes(ctx context.Context, x *facts.Index) error {
	list := "group_concat(t.incident_id, ',')"
	if s.dialect == dialectPostgres {
		list = "string_agg(t.incident_id::text, ',')"
	}
	next := "SELECT f.facet, f.code FROM incident_facets f WHERE (f.facet, f.code) > (?, ?) ORDER BY f.facet, f.code LIMIT 1"
	query := "SELECT COALESCE(MAX(t.incident_id), 0), COUNT(*), COALESCE(" + list + ", '') FROM (SELECT f.incident_id FROM incident_facets f " +
		"WHERE f.facet = ? AND f.code = ? AND f.incident_id > ? ORDER BY f.incident_id LIMIT ?) t"
	var facet, code string
	for {
		var found []facetRow
		err := s.read(ctx, func(tx *gorm.DB) error { return tx.Raw(next, facet, code).Scan(&found).Error })
		if err != nil {
			return fmt.Errorf("find next code: %w", err)
		}
		if len(found) == 0 {
			return nil
		}
		facet, code = found[0].Facet, found[0].Code
		err = s.keyset(ctx, x, func(tx *gorm.DB, b *facts.Batch, after int64) (last int64, n int, err error) {
			var text string
			if err := tx.Raw(query, facet, code, after, loadBatch).Row().Scan(&last, &n, &text); err != nil {
				return 0, 0, fmt.Errorf("read codes: %w", err)
			}
			ids, err := idsOf(text)
			if err != nil || len(ids) == 0 {
				return last, n, err
			}
			b.Codes(facet, code, ids...)
			if !slices.Contains(unknownCodes, code) {
				b.Codes(factKnown, facet, ids...)
			}
			return last, n, nil
		})
		if err != nil {
			return err
		}
	}
}

// idsOf reads a list of ids with commas between.
func idsOf(text string) ([]uint32, error) {
	if text == "" {
		return nil, nil
	}
	var out []uint32
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read ids: %w", err)
		}
		out = append(out, uint32(n))
	}
	return out, nil
}
