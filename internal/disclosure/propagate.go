package disclosure

import (
	"math"
	"slices"
)

// bounds that certainly hold the count: whatever linear programming would find
// lies within.
type bounds struct{ lo, hi float64 }

// rounds of narrowing; each only helps what a round before has narrowed.
const rounds = 6

// propagated bounds of a target by the constraints one at a time. It cannot
// clear a count, but where it pins one no program is needed.
func (m *model) propagated(t target) bounds {
	if m.ranges == nil {
		m.ranges = m.narrow()
	}
	b := bounds{}
	b.lo, b.hi = m.span(t.terms, m.ranges, -1)
	for _, r := range m.rows {
		if sameTerms(r.terms, t.terms) {
			b.lo, b.hi = max(b.lo, r.lo), min(b.hi, r.hi)
		}
	}
	return bounds{b.lo - t.known, b.hi - t.known}
}

func sameTerms(a, b []term) bool {
	if len(a) != len(b) {
		return false
	}
	for _, t := range a {
		if !slices.Contains(b, t) {
			return false
		}
	}
	return true
}

// span is what a sum can be by the ranges of its parts, without one of them.
func (m *model) span(terms []term, ranges []bounds, without int) (lo, hi float64) {
	for _, t := range terms {
		if t.v == without {
			continue
		}
		a, b := t.c*ranges[t.v].lo, t.c*ranges[t.v].hi
		lo, hi = lo+min(a, b), hi+max(a, b)
	}
	return lo, hi
}

func (m *model) narrow() []bounds {
	ranges := make([]bounds, len(m.truth))
	for v := range ranges {
		ranges[v] = bounds{m.floor[v], math.Inf(1)}
	}
	for range rounds {
		changed := false
		for _, r := range m.rows {
			for _, t := range r.terms {
				lo, hi := m.span(r.terms, ranges, t.v)
				least, most := (r.lo-hi)/t.c, (r.hi-lo)/t.c
				if t.c < 0 {
					least, most = most, least
				}
				old := ranges[t.v]
				now := bounds{max(old.lo, least), min(old.hi, most)}
				if now.lo > old.lo+near || now.hi < old.hi-near {
					ranges[t.v], changed = now, true
				}
			}
		}
		if !changed {
			break
		}
	}
	return ranges
}
