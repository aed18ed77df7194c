package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"farwatch/models"
)

// extent is how much of a record is read. The zero value is all of it.
type extent struct {
	wide bool // only what stands in the wide row
	// bare leaves what is sealed unread, for open and partner records that are
	// redacted for nobody in particular (models.Principal.Redact) before anybody
	// sees them. Who wrote them, and for whom they are read, is left out too.
	bare bool
}

// Marks of columns that not every extent has.
const (
	notWide = "+"
	notBare = "!"
)

// selection is what a query selects: columns in the order in which they are
// taken, and which of them are there.
type selection struct {
	sql     string
	present []bool
}

// and adds columns that are always there.
func (s selection) and(columns ...string) selection {
	for _, c := range columns {
		s.sql += ", " + c
		s.present = append(s.present, true)
	}
	return s
}

// columns are those of an extent, of the table behind a prefix.
func (e extent) columns(prefix string, all ...string) selection {
	names, present := make([]string, 0, len(all)), make([]bool, len(all))
	for i, name := range all {
		plain := strings.TrimLeft(name, notWide+notBare)
		marks := name[:len(name)-len(plain)]
		if e.wide && strings.Contains(marks, notWide) || e.bare && strings.Contains(marks, notBare) {
			continue
		}
		names, present[i] = append(names, prefix+plain), true
	}
	return selection{sql: strings.Join(names, ", "), present: present}
}

// reading is some records being read, table after table.
type reading struct {
	extent
	v   *View
	s   *Store
	tx  *gorm.DB
	ids []int64
	at  map[int64]*models.Incident
}

// mostGaps is how many rows of other records may be skipped for one that is
// wanted: a range is read in the order of the file.
const mostGaps = 2

// of is the condition that a column names one of some records; rows of others
// may come along.
func of(column string, ids []int64) (sql string, args []any) {
	first, last := slices.Min(ids), slices.Max(ids)
	if last-first < int64(mostGaps*len(ids)) {
		return column + " BETWEEN ? AND ?", []any{first, last}
	}
	return column + " IN ?", []any{ids}
}

// each reads the rows of a table of entries that belong to the records.
func (r *reading) each(table string, columns []string, use func(id int64, c *cells) error) error {
	condition, args := of("t.incident_id", r.ids)
	selected := r.columns("t.", append([]string{"incident_id"}, columns...)...)
	return r.query(table, selected, " FROM "+table+" t WHERE "+condition, args, use)
}

// query does so for rows that begin with the id of a record. Where something may
// be sealed it reads all rows first: opening may have to ask for a key, and a
// connection answers one question at a time.
func (r *reading) query(what string, selected selection, from string, args []any, use func(id int64, c *cells) error) error {
	var kept []any
	err := eachRow(r.tx, what, selected, from, args, func(c *cells) error {
		id := c.id()
		switch {
		case r.at[id] == nil:
			return nil
		case r.bare:
			return use(id, c)
		}
		kept = append(kept, c.values...)
		return nil
	})
	if err != nil {
		return err
	}
	var c cells
	for row := range slices.Chunk(kept, len(selected.present)) {
		c.values, c.next = row, 0
		if err := use(c.id(), &c); err != nil {
			return err
		}
		if c.err != nil {
			return fmt.Errorf("load %s: %w", what, c.err)
		}
	}
	return nil
}

// eachRow hands over the rows of a query; what is what they are.
func eachRow(tx *gorm.DB, what string, selected selection, from string, args []any, use func(c *cells) error) error {
	rows, err := tx.Raw("SELECT "+selected.sql+from, args...).Rows()
	if err != nil {
		return fmt.Errorf("load %s: %w", what, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells of faults
	c := newCells(selected)
	for rows.Next() {
		if err := c.scan(rows); err != nil {
			return fmt.Errorf("load %s: %w", what, err)
		}
		if err := use(c); err != nil {
			return err
		}
		if c.err != nil {
			return fmt.Errorf("load %s: %w", what, c.err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("load %s: %w", what, err)
	}
	return nil
}

// place is where an entry belongs.
type place struct {
	incident int64
	within   string // the entry that it is part of; "" where that is the record
	position int
}

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.incident, other.incident), cmp.Compare(p.within, other.within), cmp.Compare(p.position, other.position))
}

// placed are entries on their way to their places. Rows come in no order:
// sorting the few that need it here is cheaper than having the database sort all.
type placed[T any] struct {
	places  []place
	entries []T
}

func (p *placed[T]) add(at place) *T {
	var empty T
	p.places, p.entries = append(p.places, at), append(p.entries, empty)
	return &p.entries[len(p.entries)-1]
}

// drop takes the last one back.
func (p *placed[T]) drop() {
	p.places, p.entries = p.places[:len(p.places)-1], p.entries[:len(p.entries)-1]
}

// each gives use the entries of one record, or of one entry, in their order.
func (p *placed[T]) each(use func(at place, list []T)) {
	if !slices.IsSortedFunc(p.places, place.compare) {
		p.sort()
	}
	begin := 0
	for i, at := range p.places {
		if i+1 == len(p.places) || p.places[i+1].incident != at.incident || p.places[i+1].within != at.within {
			use(at, p.entries[begin:i+1:i+1])
			begin = i + 1
		}
	}
}

func (p *placed[T]) sort() {
	order := make([]int, len(p.places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.places[a].compare(p.places[b]) })
	sorted := placed[T]{make([]place, len(order)), make([]T, len(order))}
	for i, from := range order {
		sorted.places[i], sorted.entries[i] = p.places[from], p.entries[from]
	}
	*p = sorted
}

// fillLists reads a table of entries into the lists of the records. A row that
// convert refuses is left out.
func fillLists[T any](r *reading, table string, columns []string, into func(*models.Incident) *[]T, convert func(id int64, c *cells, value *T) (keep bool, err error)) error {
	found := placed[T]{make([]place, 0, len(r.ids)), make([]T, 0, len(r.ids))}
	err := r.each(table, append([]string{"position"}, columns...), func(id int64, c *cells) error {
		keep, err := convert(id, c, found.add(place{incident: id, position: c.whole()}))
		if !keep {
			found.drop()
		}
		return err
	})
	if err != nil {
		return err
	}
	found.each(func(at place, list []T) { *into(r.at[at.incident]) = list })
	return nil
}

// open reads a protected column into v, which it leaves alone where nothing is
// sealed, or not read.
func (r *reading) open(id int64, table string, c *cells, v any) error {
	key, protected := c.text(), c.bytes()
	if len(protected) == 0 {
		return nil
	}
	return r.s.openIn(r.tx, ofRecord(id), table, key, protected, v)
}
