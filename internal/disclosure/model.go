package disclosure

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"farwatch/models"
)

// model is what the adversary knows of one year, as linear constraints on the
// counts that nobody published: one variable for each smallest part of the
// tables in each release ever built. truth is what they really were.
type model struct {
	g       *Guard
	year    int
	states  []*state
	known   map[string]bool
	leaves  map[leaf]int
	codes   map[string][]string // of the open dimensions: every code that ever had a row, then the rest
	truth   []float64
	floor   []float64 // persons whom the adversary knows to be in it
	rows    []constraint
	touches [][]int     // rows of each variable
	weights [][]float64 // and its coefficient there
	leafOf  []leaf
	ranges  []bounds
	at      []float64 // each row's sum in truth
}

// leaf is a smallest part: an origin and a host, an origin and a family, a
// community, or an answer about the police.
type leaf struct {
	state int
	table string
	a, b  string
}

type constraint struct {
	terms  []term
	lo, hi float64
}

type term struct {
	v int
	c float64
}

// target is a count that must not be found out: terms minus known.
type target struct {
	name  string
	terms []term
	known float64
	value float64
}

func newModel(g *Guard, year int, states []*state, known []string) *model {
	m := &model{g: g, year: year, states: states, known: map[string]bool{}, leaves: map[leaf]int{}, codes: map[string][]string{}}
	for _, k := range known {
		m.known[k] = true
	}
	for _, d := range []string{tableOrigin, tableHost, tableCommunity} {
		all := map[string]bool{}
		for _, s := range states {
			for _, c := range s.listed(d, year) {
				all[c] = true
			}
		}
		m.codes[d] = slices.Sorted(maps.Keys(all))
		if partition(d) {
			m.codes[d] = append(m.codes[d], models.ReleaseRest)
		}
	}
	m.codes[tableFamily], m.codes[tablePolice] = familyCodes, policeCodes
	for i, s := range states {
		m.count(i, s)
	}
	m.touches, m.weights = make([][]int, len(m.truth)), make([][]float64, len(m.truth))
	for i, s := range states {
		m.structure(i)
		m.display(i, s)
	}
	for _, r := range m.rows {
		m.at = append(m.at, valueOf(r.terms, m.truth))
	}
	return m
}

// count adds the variables of a release and what they really are.
func (m *model) count(i int, s *state) {
	for _, o := range m.codes[tableOrigin] {
		for _, h := range m.codes[tableHost] {
			m.variable(leaf{i, tableOriginHost, o, h})
		}
		for _, f := range familyCodes {
			m.variable(leaf{i, tableOriginFamily, o, f})
		}
	}
	for _, d := range []string{tableCommunity, tablePolice} {
		for _, c := range m.codes[d] {
			m.variable(leaf{i, d, c, ""})
		}
	}
	for _, member := range s.byYear[m.year] {
		o, h := m.coarse(tableOrigin, member.Origin), m.coarse(tableHost, member.Host)
		m.put(leaf{i, tableOriginHost, o, h}, member)
		for _, f := range member.Families {
			m.put(leaf{i, tableOriginFamily, o, f}, member)
		}
		for _, c := range member.Communities {
			m.put(leaf{i, tableCommunity, c, ""}, member)
		}
		m.put(leaf{i, tablePolice, member.Police, ""}, member)
	}
}

func (m *model) variable(l leaf) {
	m.leaves[l] = len(m.truth)
	m.leafOf = append(m.leafOf, l)
	m.truth = append(m.truth, 0)
	m.floor = append(m.floor, 0)
}

func (m *model) put(l leaf, member models.ReleaseMember) {
	v, ok := m.leaves[l]
	if !ok {
		return // a community without a row
	}
	m.truth[v] += float64(member.Persons)
	if m.isKnown(member) {
		m.floor[v] += float64(member.Persons)
	}
}

// isKnown: the adversary knows whoever a record was published about, and may
// know that the person was in an earlier release.
func (m *model) isKnown(member models.ReleaseMember) bool {
	return slices.ContainsFunc(member.Records, func(r string) bool { return m.known[r] })
}

func (m *model) coarse(dimension, code string) string {
	if slices.Contains(m.codes[dimension], code) {
		return code
	}
	return models.ReleaseRest
}

func (m *model) rule(lo, hi float64, terms []term) {
	if len(terms) == 0 || (math.IsInf(lo, -1) && math.IsInf(hi, 1)) {
		return
	}
	for _, t := range terms {
		m.touches[t.v] = append(m.touches[t.v], len(m.rows))
		m.weights[t.v] = append(m.weights[t.v], t.c)
	}
	m.rows = append(m.rows, constraint{terms, lo, hi})
}

// sum of the leaves of a table whose codes fit; "" fits every code.
func (m *model) sum(i int, table, a, b string, c float64) []term {
	var out []term
	row, column := dimensions(table)
	for _, x := range m.fitting(i, row, a) {
		if column == "" {
			out = append(out, term{m.leaves[leaf{i, table, x, ""}], c})
			continue
		}
		for _, y := range m.fitting(i, column, b) {
			out = append(out, term{m.leaves[leaf{i, table, x, y}], c})
		}
	}
	return out
}

// fitting are the codes of the model that a code of a release stands for: its
// rest holds every code that had no row then.
func (m *model) fitting(i int, dimension, code string) []string {
	switch {
	case code == "":
		return m.codes[dimension]
	case code != models.ReleaseRest:
		if slices.Contains(m.codes[dimension], code) {
			return []string{code}
		}
		return nil
	}
	listed := m.states[i].listed(dimension, m.year)
	return slices.DeleteFunc(slices.Clone(m.codes[dimension]), func(c string) bool { return slices.Contains(listed, c) })
}

// cell is a cell of a release in terms of its leaves.
func (m *model) cell(i int, p place) []term {
	switch p.table {
	case tableTotal:
		return m.sum(i, tableOriginHost, "", "", 1)
	case tableOrigin:
		return m.sum(i, tableOriginHost, p.row, "", 1)
	case tableHost:
		return m.sum(i, tableOriginHost, "", p.row, 1)
	case tableFamily:
		return m.sum(i, tableOriginFamily, "", p.row, 1)
	}
	return m.sum(i, p.table, p.row, p.column, 1)
}

// structure is what holds of any data: a person counts once under an origin and
// a host and an answer, and at least once under the families.
func (m *model) structure(i int) {
	inf := math.Inf(1)
	total := m.sum(i, tableOriginHost, "", "", -1)
	m.rule(0, 0, append(slices.Clone(total), m.sum(i, tablePolice, "", "", 1)...))
	for _, c := range m.codes[tableCommunity] {
		m.rule(-inf, 0, append(slices.Clone(total), m.sum(i, tableCommunity, c, "", 1)...))
	}
	for _, o := range m.codes[tableOrigin] {
		inOrigin := m.sum(i, tableOriginHost, o, "", -1)
		m.rule(0, inf, append(slices.Clone(inOrigin), m.sum(i, tableOriginFamily, o, "", 1)...))
		for _, f := range familyCodes {
			m.rule(-inf, 0, append(slices.Clone(inOrigin), m.sum(i, tableOriginFamily, o, f, 1)...))
		}
	}
}

// display is what a release shows, and what its rules give away.
func (m *model) display(i int, s *state) {
	k, cut, inf := float64(m.g.k), float64(m.g.cut), math.Inf(1)
	for _, c := range s.Cells {
		p := placeOf(c)
		if c.Year != m.year {
			continue
		}
		if c.Build != s.Build {
			m.unchanged(i, s, c)
			continue
		}
		terms := m.cell(i, p)
		switch c.Shown {
		case models.ShownNumber:
			v := float64(c.Number)
			m.rule(max(k, v-cut), v+cut, terms)
		case models.ShownBelow:
			m.rule(0, k-1+cut, terms)
		case models.ShownWithheld:
			m.rule(k, inf, terms)
		}
	}
}

// unchanged: fewer than K persons entered or left since the release that the
// number was counted from, those among them whom everybody knows included.
func (m *model) unchanged(i int, s *state, c models.ReleaseCell) {
	j := slices.IndexFunc(m.states, func(e *state) bool { return e.Build == c.Build })
	if j < 0 {
		return
	}
	p := placeOf(c)
	now, then := s.within(p), m.states[j].within(p)
	knownNow, knownThen := m.knownOf(now), m.knownOf(then)
	left := float64(moved(knownNow, knownThen))
	slack := float64(m.g.k) - 1 - left
	shift := float64(sumOf(knownNow).persons - sumOf(knownThen).persons)
	terms := m.cell(i, p)
	for _, t := range m.cell(j, p) {
		terms = append(terms, term{t.v, -1})
	}
	m.rule(shift-slack, shift+slack, terms)
}

func (m *model) knownOf(members []models.ReleaseMember) []models.ReleaseMember {
	return slices.DeleteFunc(slices.Clone(members), func(x models.ReleaseMember) bool { return !m.isKnown(x) })
}

// targets are every count of every release, those that were never shown too,
// less the persons whom the adversary knows; and how each of them changed from
// one release to the next.
func (m *model) targets() []target {
	var out []target
	for i, s := range m.states {
		for _, p := range m.places() {
			out = append(out, m.target(fmt.Sprintf("release %d: %s %d %s %s", s.Build, p.table, p.year, p.row, p.column), m.cell(i, p), nil))
			if i > 0 {
				before := m.cell(i-1, p)
				out = append(out, m.target(fmt.Sprintf("releases %d and %d: %s %d %s %s", m.states[i-1].Build, s.Build, p.table, p.year, p.row, p.column), m.cell(i, p), before))
			}
		}
	}
	return out
}

func (m *model) target(name string, plus, minus []term) target {
	t := target{name: name}
	t.terms = append(t.terms, plus...)
	for _, x := range minus {
		t.terms = append(t.terms, term{x.v, -x.c})
	}
	for _, x := range t.terms {
		t.value += x.c * m.truth[x.v]
		t.known += x.c * m.floor[x.v]
	}
	t.value -= t.known
	if t.value < 0 { // how many fewer is as telling as how many more
		t.value, t.known = -t.value, -t.known
		for n := range t.terms {
			t.terms[n].c = -t.terms[n].c
		}
	}
	return t
}

// places are all cells that a release has or could have had, with a row for
// every code that ever had one.
func (m *model) places() []place {
	all := map[place]bool{{tableTotal, m.year, "", ""}: true}
	for _, table := range Tables()[1:] {
		row, column := dimensions(table)
		for _, r := range m.codes[row] {
			if column == "" {
				all[place{table, m.year, r, ""}] = true
				continue
			}
			for _, c := range m.codes[column] {
				all[place{table, m.year, r, c}] = true
			}
		}
	}
	out := slices.Collect(maps.Keys(all))
	slices.SortFunc(out, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	return out
}
