package disclosure

import (
	"cmp"
	"slices"
)

// profile is how one more person, or one fewer, would be recorded.
type profile struct {
	origin, host, family, police, community string
	// alone: persons who are counted already have one code more, or fewer.
	alone bool
	leaf  leaf
}

// maxTries bounds the search for a simple witness; linear programming goes on
// where it ends.
const maxTries = 4000

// person tries whether everything published also fits with a few persons of one
// kind more, or fewer, such that the target is out of 1..K-1: in one release, in
// all, or from one release on. It is cheap, and nearly always enough.
func (m *model) person(t target) bool {
	tries := 0
	for _, x := range t.terms {
		l := m.leafOf[x.v]
		for _, by := range []float64{float64(m.g.k) - t.value, -t.value} {
			for _, states := range m.spans(l.state) {
				for p := range m.profiles(l) {
					if tries++; tries > maxTries {
						return false
					}
					if m.fitsWith(t, p, states, by*x.c) {
						return true
					}
				}
			}
		}
	}
	return false
}

// spans are the releases in which a person may be: one, all, from it on, up to it.
func (m *model) spans(i int) [][2]int {
	last := len(m.states) - 1
	out := [][2]int{{i, i}, {0, last}, {i, last}, {0, i}}
	slices.SortFunc(out, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	return slices.Compact(out)
}

// profiles of persons who are counted in a leaf.
func (m *model) profiles(l leaf) func(func(profile) bool) {
	of := func(fixed, table, code string) []string {
		switch {
		case fixed != "":
			return []string{fixed}
		case l.table == table:
			return []string{l.a}
		case code == "":
			return m.codes[table]
		}
		return []string{code}
	}
	origin, host, family := "", "", ""
	switch l.table {
	case tableOriginHost:
		origin, host = l.a, l.b
	case tableOriginFamily:
		origin, family = l.a, l.b
	}
	communities := append([]string{""}, m.codes[tableCommunity]...)
	alone := profile{alone: true, leaf: leaf{table: l.table, a: l.a, b: l.b}}
	if l.table == tableCommunity {
		communities = []string{l.a}
	}
	return func(yield func(profile) bool) {
		if !yield(alone) {
			return
		}
		for _, p := range of("", tablePolice, "") {
			for _, o := range of(origin, tableOrigin, "") {
				for _, h := range of(host, tableHost, "") {
					for _, f := range of(family, tableFamily, "") {
						for _, c := range communities {
							if !yield(profile{origin: o, host: h, family: f, police: p, community: c}) {
								return
							}
						}
					}
				}
			}
		}
	}
}

// leaves of a release in which the persons are counted.
func (p profile) leaves(i int) []leaf {
	if p.alone {
		return []leaf{{i, p.leaf.table, p.leaf.a, p.leaf.b}}
	}
	out := []leaf{{i, tableOriginHost, p.origin, p.host}, {i, tableOriginFamily, p.origin, p.family}, {i, tablePolice, p.police, ""}}
	if p.community != "" {
		out = append(out, leaf{i, tableCommunity, p.community, ""})
	}
	return out
}

// fitsWith tells whether everything published fits with some more persons (or
// fewer) of a profile, and the target is out of reach then.
func (m *model) fitsWith(t target, p profile, states [2]int, by float64) bool {
	changed := map[int]float64{}
	for i := states[0]; i <= states[1]; i++ {
		for _, l := range p.leaves(i) {
			v := m.leaves[l]
			if m.truth[v]+by < m.floor[v] {
				return false
			}
			changed[v] = by
		}
	}
	value := t.value
	for _, x := range t.terms {
		value += x.c * changed[x.v]
	}
	if value > near && value < float64(m.g.k)-near {
		return false
	}
	rows := map[int]float64{}
	for v := range changed {
		for n, i := range m.touches[v] {
			rows[i] += m.weights[v][n] * by
		}
	}
	for i, d := range rows {
		if at := m.at[i] + d; at < m.rows[i].lo-near || at > m.rows[i].hi+near {
			return false
		}
	}
	return true
}
