package disclosure

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"farwatch/models"
)

// Verdict is what the auditor found over all releases ever.
type Verdict struct {
	Targets  int // counts that were tried
	Programs int // linear programs that it took
	// Pinned are counts whose bounds are 1 ≤ L ≤ H < K; Unsolved those for which
	// the solver failed. Either blocks. They name places only, never counts.
	Pinned   []string
	Unsolved []string
}

// Passed tells whether the release may leave.
func (v Verdict) Passed() bool { return v.Targets > 0 && len(v.Pinned) == 0 && len(v.Unsolved) == 0 }

// Audit plays the adversary over every release ever built, the new one among
// them: somebody who has all of them, the method, and every record that was
// ever published (R9). progress hears how many of the years are done.
//
// A count whose true value is 0, or K and more, cannot be bound to 1..K-1, as
// the truth itself is allowed by everything that was published. For the others
// the auditor looks for a witness: other counts that fit all that was published
// and in which this one is 0, or K or more. It believes the solver a witness only
// after checking each constraint. Without one the count is pinned.
func (g *Guard) Audit(ctx context.Context, all []models.ReleaseState, published []string, progress func(done, total int)) Verdict {
	var states []*state
	years, known := map[int]bool{}, map[string]bool{}
	for _, s := range all {
		states = append(states, newState(s))
		for _, c := range s.Cells {
			years[c.Year] = true
		}
		for _, k := range s.Known {
			known[k] = true
		}
	}
	for _, ref := range published {
		known[g.record(ref)] = true
	}
	var v Verdict
	for n, year := range slices.Sorted(maps.Keys(years)) {
		m := newModel(g, year, states, slices.Collect(maps.Keys(known)))
		if row := m.broken(m.truth); row >= 0 {
			v.Unsolved = append(v.Unsolved, fmt.Sprintf("%d: the releases contradict what they were counted from", year))
			continue
		}
		for _, t := range m.targets() {
			v.Targets++
			m.judge(ctx, t, &v)
		}
		if progress != nil {
			progress(n+1, len(years))
		}
	}
	return v
}

// near is how close to a bound a sum of the solver counts as on it.
const near = 1e-6

// broken finds a constraint that x does not meet; -1 for none.
func (m *model) broken(x []float64) int {
	for v, n := range x {
		if n < m.floor[v]-near {
			return 0
		}
	}
	for i, r := range m.rows {
		if at := valueOf(r.terms, x); at < r.lo-near || at > r.hi+near {
			return i
		}
	}
	return -1
}

func valueOf(terms []term, x []float64) float64 {
	at := 0.0
	for _, t := range terms {
		at += t.c * x[t.v]
	}
	return at
}

// safe tells whether a value of a target is outside 1..K-1.
func (m *model) safe(t target, x []float64) bool {
	at := valueOf(t.terms, x) - t.known
	return at <= near || at >= float64(m.g.k)-near
}

func (m *model) judge(ctx context.Context, t target, v *Verdict) {
	if m.safe(t, m.truth) || m.person(t) {
		return
	}
	bounds, failed := m.propagated(t), error(nil)
	if bounds.lo > near && bounds.hi < float64(m.g.k)-near {
		v.Pinned = append(v.Pinned, t.name)
		return
	}
	for wide := range 3 {
		found, err := m.witness(ctx, t, m.around(t, wide), &v.Programs)
		if found {
			return
		}
		failed = err
	}
	if failed != nil {
		v.Unsolved = append(v.Unsolved, t.name)
		return
	}
	v.Pinned = append(v.Pinned, t.name)
}

// around collects counts that the target hangs together with: first those of
// its own releases with the same codes, then all of these releases, at last all.
func (m *model) around(t target, wide int) []int {
	states, codes := map[int]bool{}, map[string]bool{}
	for _, x := range t.terms {
		l := m.leafOf[x.v]
		states[l.state], codes[l.a], codes[l.b] = true, true, true
	}
	var vars []int
	for v, l := range m.leafOf {
		close := l.table == tablePolice || l.table == tableCommunity || codes[l.a] || codes[l.b]
		if wide == 2 || (states[l.state] && (wide == 1 || close)) {
			vars = append(vars, v)
		}
	}
	return vars
}

// witness looks for counts in which the target is K or more, or 0, by moving
// the given ones away from the truth. An error: the solver failed, so that
// nothing is known.
func (m *model) witness(ctx context.Context, t target, vars []int, programs *int) (bool, error) {
	failed := error(nil)
	for _, sign := range []float64{1, -1} {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		p, moves := m.program(t, vars, sign)
		if len(p.rows) > m.g.maxRows {
			return false, errUnsolved
		}
		*programs++
		x, err := m.g.solve(p)
		if err != nil {
			failed = err
			continue
		}
		at := slices.Clone(m.truth)
		for i, mv := range moves {
			at[mv.v] += mv.c * x[i]
		}
		if m.broken(at) >= 0 {
			failed = errUnsolved
			continue
		}
		if m.safe(t, at) {
			return true, nil
		}
	}
	return false, failed
}

// program is the linear program that moves the target up (sign 1) or down, by
// no more than it takes. A move is a count that grows, or one that shrinks.
func (m *model) program(t target, vars []int, sign float64) (problem, []term) {
	inf := math.Inf(1)
	var moves []term
	of := map[int][]int{}
	var p problem
	for _, v := range vars {
		of[v] = append(of[v], len(moves))
		moves = append(moves, term{v, 1})
		if m.truth[v] > m.floor[v] {
			of[v] = append(of[v], len(moves))
			moves = append(moves, term{v, -1})
		}
	}
	spread := func(terms []term, sign float64) []float64 {
		row := make([]float64, len(moves))
		for _, x := range terms {
			for _, i := range of[x.v] {
				row[i] += sign * x.c * moves[i].c
			}
		}
		return row
	}
	limit := func(terms []term, sign, most float64) {
		if most < inf {
			p.rows, p.limits = append(p.rows, spread(terms, sign)), append(p.limits, max(0, most))
		}
	}
	p.objective = spread(t.terms, sign)
	enough := float64(m.g.k) - t.value
	if sign < 0 {
		enough = t.value
	}
	limit(t.terms, sign, enough)
	done := map[int]bool{}
	for _, v := range vars {
		if m.truth[v] > m.floor[v] {
			limit([]term{{v, 1}}, -1, m.truth[v]-m.floor[v])
		}
		for _, i := range m.touches[v] {
			if done[i] {
				continue
			}
			done[i] = true
			r := m.rows[i]
			at := m.at[i]
			limit(r.terms, 1, r.hi-at)
			limit(r.terms, -1, at-r.lo)
		}
	}
	return p, moves
}
