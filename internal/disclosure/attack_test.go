package disclosure

import (
	"fmt"
	"slices"
	"testing"

	"farwatch/models"
)

// eight releases, with so many records coming and going in between.
func eight(w *world, g *Guard, changes int) {
	for range 8 {
		w.release(g)
		w.change(changes)
	}
}

// TestAttack_EightReleases_FindsNothing lets the auditor attack every release
// ever, while records come, go and are published; with the protections off the
// same attack finds many, so that it can fail.
func TestAttack_EightReleases_FindsNothing(t *testing.T) {
	t.Parallel()
	targets := 0
	for seed := range sets(t, 2) {
		for _, changes := range []int{1, 3, 20} {
			w, g := newWorld(uint64(seed), 250+seed*61%500), guard(t)
			eight(w, g, changes)
			v := w.audit(g)
			targets += v.Targets
			if len(v.Pinned) > 0 || len(v.Unsolved) > 0 {
				t.Errorf("set %d, %d changes: pinned %v, unsolved %v", seed, changes, v.Pinned, v.Unsolved)
			}
		}
	}
	t.Logf("%d counts attacked", targets)
}

func TestAttack_ProtectionsOff_FindsMany(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range 2 {
		w, g := newWorld(uint64(seed), 200), bare(t)
		g.solve = func(problem) ([]float64, error) { return nil, errUnsolved } // what bounds alone pin will do
		eight(w, g, 3)
		found += len(w.audit(g).Pinned)
	}
	t.Logf("%d small counts found", found)
	if found < 40 {
		t.Errorf("%d small counts found without protection, want 40 or more: the attack is too weak", found)
	}
}

// outsider attacks with the published tables alone, by plain subtraction: what
// is shown now less what was shown before, and a margin less its parts.
func outsider(releases []models.ReleaseState, truth func(p place, release int) int) (found, tried int) {
	var shown []map[place]Cell
	for _, r := range releases {
		cells := map[place]Cell{}
		for _, t := range PublicTables(r.Cells) {
			for _, c := range t.Cells {
				cells[place{t.Name, c.Year, c.Row, c.Column}] = c
			}
		}
		shown = append(shown, cells)
	}
	guess := func(n, real int) {
		tried++
		if n == real && n != 0 && n > -10 && n < 10 {
			found++
		}
	}
	for i, cells := range shown {
		for p, c := range cells {
			if c.Persons == nil {
				continue
			}
			if i > 0 {
				if before := shown[i-1][p].Persons; before != nil && *before != *c.Persons {
					guess(*c.Persons-*before, truth(p, i)-truth(p, i-1))
				}
			}
			if p.table != tableOrigin {
				continue
			}
			parts, hidden, of := 0, 0, 0
			for q, part := range cells {
				if q.table != tableOriginHost || q.year != p.year || q.row != p.row {
					continue
				}
				if part.Persons == nil {
					hidden, of = hidden+1, truth(q, i)
					continue
				}
				parts += *part.Persons
			}
			if hidden == 1 {
				guess(*c.Persons-parts, of)
			}
		}
	}
	return found, tried
}

// TestAttack_Subtraction_TellsNothing: an outsider without any solver, and the
// negative twin without protection.
func TestAttack_Subtraction_TellsNothing(t *testing.T) {
	t.Parallel()
	run := func(g *Guard) (found, tried int) {
		for seed := range sets(t, 3) {
			for _, changes := range []int{1, 3, 20} {
				w := newWorld(uint64(seed)+100, 400)
				eight(w, g, changes)
				states := make([]*state, len(w.earlier))
				for n, s := range w.earlier {
					states[n] = newState(s)
				}
				f, n := outsider(w.earlier, func(p place, release int) int { return sumOf(states[release].within(p)).persons })
				found, tried = found+f, tried+n
			}
		}
		return found, tried
	}
	found, tried := run(guard(t))
	without, triedWithout := run(bare(t))
	t.Logf("protected: %d of %d guesses right; unprotected: %d of %d", found, tried, without, triedWithout)
	if without < 100 || without*10 < triedWithout*9 {
		t.Errorf("without protection %d of %d guesses were right: the attack is too weak", without, triedWithout)
	}
	// Chance alone hits now and then: noise of two numbers is equal in 13 % of cases.
	if found*4 > tried {
		t.Errorf("%d of %d guesses were right", found, tried)
	}
}

// TestAttack_PlantedRecord_InsiderLearnsNothing: somebody who knows every other
// record plants one, or does not, and looks whether the next release tells.
func TestAttack_PlantedRecord_InsiderLearnsNothing(t *testing.T) {
	t.Parallel()
	run := func(g *Guard) (told int) {
		for n := range 50 {
			w := newWorld(uint64(n), 200)
			w.release(g)
			with, without := *w, *w
			with.records = append(slices.Clone(w.records), models.Cleared{
				Ref: fmt.Sprintf("PLANT%d", n), OrganisationID: 1, Year: 2020, Day: "2020-05-05", Persons: []int{1}, Origin: "AAA", Host: "XXX",
				Families: familyCodes[:1], Communities: []string{"uyghur"}, Police: "no",
			})
			if !slices.Equal(publicValues(g.Build(with.basis(), 2021).Cells), publicValues(g.Build(without.basis(), 2021).Cells)) {
				told++
			}
		}
		return told
	}
	if told := run(guard(t)); told > 0 {
		t.Errorf("%d of 50 planted records changed the next release", told)
	}
	if told := run(bare(t)); told < 45 {
		t.Errorf("without protection %d of 50 planted records showed: the attack is too weak", told)
	}
}

func publicValues(cells []models.ReleaseCell) []string {
	var out []string
	for _, t := range PublicTables(cells) {
		out = append(out, string(t.csv()))
	}
	return out
}

// TestAudit_PinnedBySubtraction_IsFound: two hosts, one hidden, an exact margin.
func TestAudit_PinnedBySubtraction_IsFound(t *testing.T) {
	t.Parallel()
	g := bare(t)
	w := newWorld(1, 0)
	add := func(n int, host string) {
		for range n {
			r := w.enter()
			r.Year, r.Persons, r.Linked, r.Origin, r.Host, r.Families = 2020, []int{1}, nil, "AAA", host, familyCodes[:1]
			w.records[len(w.records)-1] = r
		}
	}
	add(40, "XXX")
	add(4, "YYY")
	w.release(g)
	v := w.audit(g)
	if !slices.Contains(v.Pinned, "release 1: host 2020 rest ") {
		t.Errorf("4 persons beside 40 under a margin of 44: pinned %v", v.Pinned)
	}
	protected := newWorld(1, 0)
	protected.records = w.records
	protected.release(guard(t))
	if v := protected.audit(guard(t)); !v.Passed() {
		t.Errorf("protected: pinned %v, unsolved %v", v.Pinned, v.Unsolved)
	}
}
