package disclosure

import (
	"cmp"
	"maps"
	"slices"

	"farwatch/models"
)

// The fixed tables (R3). Each counts distinct persons by year and at most two
// dimensions; nothing is finer than a country, no restricted code comes in.
const (
	tableTotal        = "total"
	tableOrigin       = "origin"
	tableHost         = "host"
	tableFamily       = "family"
	tableCommunity    = "community"
	tablePolice       = "police"
	tableOriginHost   = "origin_host"
	tableOriginFamily = "origin_family"
)

// Tables in the order of the files.
func Tables() []string {
	return []string{tableTotal, tableOrigin, tableHost, tableFamily, tableCommunity, tablePolice, tableOriginHost, tableOriginFamily}
}

// The codes that a fixed dimension always shows, whatever is in it.
var (
	policeCodes = []string{"no", "unknown", "yes"}
	familyCodes = []string{
		"coercion_by_proxy", "community_pressure", "digital_attack", "direct_threat", "host_state_cooption", "legal_economic",
		"mobility_control", "physical_violence", "recruitment", "surveillance",
	}
)

// codesOf tells which codes of a dimension a contributor has.
func codesOf(m models.ReleaseMember, dimension string) []string {
	switch dimension {
	case tableOrigin:
		return []string{m.Origin}
	case tableHost:
		return []string{m.Host}
	case tableFamily:
		return m.Families
	case tableCommunity:
		return m.Communities
	case tablePolice:
		return []string{m.Police}
	}
	return nil
}

// dimensions of a table.
func dimensions(table string) (row, column string) {
	switch table {
	case tableOriginHost:
		return tableOrigin, tableHost
	case tableOriginFamily:
		return tableOrigin, tableFamily
	case tableTotal:
		return "", ""
	}
	return table, ""
}

// open dimensions give a row to codes with a number only, so that a row tells
// nothing else; the rest of a partition stands in one row.
func open(dimension string) bool {
	return dimension == tableOrigin || dimension == tableHost || dimension == tableCommunity
}

func partition(dimension string) bool { return dimension == tableOrigin || dimension == tableHost }

// state is a release with its cells at hand.
type state struct {
	models.ReleaseState
	cells  map[place]models.ReleaseCell
	byYear map[int][]models.ReleaseMember
}

// place is where a cell stands.
type place struct {
	table       string
	year        int
	row, column string
}

func placeOf(c models.ReleaseCell) place { return place{c.Table, c.Year, c.Row, c.Column} }

func newState(s models.ReleaseState) *state {
	out := &state{ReleaseState: s, cells: map[place]models.ReleaseCell{}, byYear: map[int][]models.ReleaseMember{}}
	for _, m := range s.Members {
		out.byYear[m.Year] = append(out.byYear[m.Year], m)
	}
	for _, c := range s.Cells {
		out.cells[placeOf(c)] = c
	}
	return out
}

func (s *state) add(c models.ReleaseCell) {
	s.Cells = append(s.Cells, c)
	s.cells[placeOf(c)] = c
}

// listed are the codes of an open dimension that have a row of their own.
func (s *state) listed(dimension string, year int) []string {
	var out []string
	for p, c := range s.cells {
		if p.table == dimension && p.year == year && p.row != models.ReleaseRest && c.Shown == models.ShownNumber {
			out = append(out, p.row)
		}
	}
	slices.Sort(out)
	return out
}

// within are the contributors of a cell as this release defines it.
func (s *state) within(p place) []models.ReleaseMember {
	row, column := dimensions(p.table)
	var out []models.ReleaseMember
	for _, m := range s.byYear[p.year] {
		if s.in(m, row, p.row) && s.in(m, column, p.column) {
			out = append(out, m)
		}
	}
	return out
}

func (s *state) in(m models.ReleaseMember, dimension, code string) bool {
	if dimension == "" {
		return true
	}
	codes := codesOf(m, dimension)
	if code != models.ReleaseRest {
		return slices.Contains(codes, code)
	}
	return !slices.ContainsFunc(codes, func(c string) bool {
		return s.cells[place{dimension, m.Year, c, ""}].Shown == models.ShownNumber
	})
}

// Build counts a release. Of two equal cells the noise is equal; a number stays
// as it last was until K persons entered or left (R8).
func (g *Guard) Build(basis models.ReleaseBasis, lastYear int) models.ReleaseState {
	s := newState(models.ReleaseState{Build: 1, Members: g.members(basis.Cleared, basis.Published, lastYear), Known: g.known(basis)})
	b := builder{g: g, s: s, several: basis.Organisations > 1}
	for _, e := range basis.Earlier {
		b.earlier = append(b.earlier, newState(e))
		s.Build = max(s.Build, e.Build+1)
	}
	years := maps.Clone(s.byYear)
	for _, e := range b.earlier {
		maps.Copy(years, e.byYear)
	}
	for _, year := range slices.Sorted(maps.Keys(years)) {
		if year <= lastYear {
			b.year(year)
		}
	}
	return s.ReleaseState
}

// known are all refs that were ever published: what the adversary knows now and
// knew before.
func (g *Guard) known(basis models.ReleaseBasis) []string {
	all := map[string]bool{}
	for _, e := range basis.Earlier {
		for _, k := range e.Known {
			all[k] = true
		}
	}
	for _, ref := range basis.Published {
		all[g.record(ref)] = true
	}
	return slices.Sorted(maps.Keys(all))
}

type builder struct {
	g       *Guard
	s       *state
	earlier []*state
	several bool // organisations
}

// year adds the tables of one year, each only where its cells hold K persons in
// the mean; else it is left out and its margins remain.
func (b builder) year(year int) {
	total := b.decide(place{tableTotal, year, "", ""})
	if total.Shown != models.ShownNumber {
		total.Shown = models.ShownUnlisted
		b.s.add(total)
		return
	}
	b.s.add(total)
	for _, dimension := range []string{tableOrigin, tableHost, tableFamily, tableCommunity, tablePolice} {
		b.single(dimension, year)
	}
	b.double(tableOriginHost, year)
	b.double(tableOriginFamily, year)
}

func (b builder) single(dimension string, year int) {
	if !open(dimension) {
		codes := familyCodes
		if dimension == tablePolice {
			codes = policeCodes
		}
		b.keep(dimension, year, codes, []string{""})
		return
	}
	before := len(b.s.Cells)
	numbers := 0
	for _, code := range b.codes(dimension, year) {
		c := b.decide(place{dimension, year, code, ""})
		if c.Shown != models.ShownNumber {
			c.Shown = models.ShownUnlisted
		} else {
			numbers++
		}
		b.s.add(c)
	}
	if numbers > 0 && partition(dimension) {
		b.s.add(b.decide(place{dimension, year, models.ReleaseRest, ""}))
		numbers++
	}
	persons := sumOf(b.s.byYear[year]).persons
	if numbers > 0 && persons < numbers*b.g.k && partition(dimension) {
		for _, c := range b.s.Cells[before:] {
			delete(b.s.cells, placeOf(c))
		}
		b.s.Cells = b.s.Cells[:before]
	}
}

// codes that the year has, now or in an earlier release.
func (b builder) codes(dimension string, year int) []string {
	all := map[string]bool{}
	for _, s := range append(slices.Clone(b.earlier), b.s) {
		for _, m := range s.byYear[year] {
			for _, c := range codesOf(m, dimension) {
				all[c] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (b builder) double(table string, year int) {
	row, column := dimensions(table)
	rows := b.s.listed(row, year)
	columns := familyCodes
	if open(column) {
		if columns = b.s.listed(column, year); len(columns) > 0 {
			columns = append(columns, models.ReleaseRest)
		}
	}
	if len(rows) == 0 || len(columns) == 0 {
		return
	}
	b.keep(table, year, append(rows, models.ReleaseRest), columns)
}

// keep adds a whole table, if its cells hold K persons in the mean (R3).
func (b builder) keep(table string, year int, rows, columns []string) {
	persons := 0
	var cells []models.ReleaseCell
	for _, r := range rows {
		for _, c := range columns {
			p := place{table, year, r, c}
			cells = append(cells, b.decide(p))
			persons += sumOf(b.s.within(p)).persons
		}
	}
	if persons < b.g.k*len(cells) {
		return
	}
	for _, c := range cells {
		b.s.add(c)
	}
}

// decide what a cell shows.
func (b builder) decide(p place) models.ReleaseCell {
	members := b.s.within(p)
	if b.g.still {
		if old, then := b.last(p); then != nil && moved(b.basis(old).within(p), members) < b.g.k {
			old.Reason = reasonUnchanged(old.Reason)
			return old
		}
	}
	c := models.ReleaseCell{Table: p.table, Year: p.year, Row: p.row, Column: p.column, Build: b.s.Build}
	s := sumOf(members)
	number := s.persons + b.g.noise(s.key)
	switch {
	case s.persons < b.g.k:
		c.Shown, c.Reason = models.ShownBelow, "threshold"
	case b.several && len(s.orgs) < 2:
		c.Shown, c.Reason = models.ShownWithheld, "organisations"
	case s.largest*b.g.k > s.persons:
		c.Shown, c.Reason = models.ShownWithheld, "share"
	case number < b.g.k:
		// Were it shown, it would tell that there are K or more.
		c.Shown, c.Reason = models.ShownBelow, "noise"
	default:
		c.Shown, c.Number = models.ShownNumber, number
	}
	return c
}

func reasonUnchanged(reason string) string { return cmp.Or(reason, "unchanged") }

// last finds the cell in the latest release that has it.
func (b builder) last(p place) (models.ReleaseCell, *state) {
	for _, s := range slices.Backward(b.earlier) {
		if c, ok := s.cells[p]; ok {
			return c, s
		}
	}
	return models.ReleaseCell{}, nil
}

// basis is the release whose contributors a cell was counted from.
func (b builder) basis(c models.ReleaseCell) *state {
	for _, s := range b.earlier {
		if s.Build == c.Build {
			return s
		}
	}
	return b.s
}
