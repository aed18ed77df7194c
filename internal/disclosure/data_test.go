package disclosure

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"farwatch/models"
)

// world invents cleared records that change from release to release.
type world struct {
	rnd       *rand.Rand
	next      int
	records   []models.Cleared
	published []string
	earlier   []models.ReleaseState
	orgs      int
	origins   []string
	hosts     []string
}

func newWorld(seed uint64, records int) *world {
	w := &world{rnd: rand.New(rand.NewPCG(seed, 1)), orgs: 2, origins: []string{"AAA", "BBB", "CCC", "DDD"}, hosts: []string{"XXX", "YYY", "ZZZ"}}
	for range records {
		w.enter()
	}
	return w
}

// enter adds a record, most often of the first origins and hosts.
func (w *world) enter() models.Cleared {
	w.next++
	few := func(n int) int { return min(w.rnd.IntN(n), w.rnd.IntN(n)) }
	r := models.Cleared{
		Ref: fmt.Sprintf("R%05d", w.next), OrganisationID: int64(1 + w.rnd.IntN(w.orgs)), Year: 2020 + few(2), Day: "2020-01-01", Persons: []int{1},
		Origin: w.origins[few(len(w.origins))], Host: w.hosts[few(len(w.hosts))], Families: []string{familyCodes[few(4)]}, Police: policeCodes[few(3)],
		Communities: []string{[]string{"uyghur", "tibetan", "iranian_dissident"}[few(3)]},
	}
	switch w.rnd.IntN(20) {
	case 0:
		r.Persons = []int{2 + w.rnd.IntN(4)}
	case 1:
		r.Families = append(r.Families, familyCodes[4+w.rnd.IntN(6)])
	case 2:
		if len(w.records) > 0 {
			r.Linked = []string{w.records[w.rnd.IntN(len(w.records))].Ref}
		}
	}
	w.records = append(w.records, r)
	return r
}

// leave takes a record out; published tells whether the world now reads it.
func (w *world) leave(published bool) {
	if len(w.records) == 0 {
		return
	}
	n := w.rnd.IntN(len(w.records))
	if published {
		w.published = append(w.published, w.records[n].Ref)
	}
	w.records = append(w.records[:n:n], w.records[n+1:]...)
}

// change lets n records come or go.
func (w *world) change(n int) {
	for range n {
		switch w.rnd.IntN(3) {
		case 0:
			w.leave(w.rnd.IntN(2) == 0)
		default:
			w.enter()
		}
	}
}

func (w *world) basis() models.ReleaseBasis {
	return models.ReleaseBasis{Cleared: w.records, Published: w.published, Organisations: w.orgs, Earlier: w.earlier}
}

// release builds and keeps one.
func (w *world) release(g *Guard) models.ReleaseState {
	s := g.Build(w.basis(), 2021)
	w.earlier = append(w.earlier, s)
	return s
}

func guard(t testing.TB) *Guard {
	t.Helper()
	g, err := New([]byte("a secret of tests, long enough"))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// bare is a guard with its protections off: thresholds alone, as most
// statistics do it.
func bare(t testing.TB) *Guard {
	g := guard(t)
	g.cut, g.still = 0, false
	return g
}

func (w *world) audit(g *Guard) Verdict {
	return g.Audit(context.Background(), w.earlier, w.published, nil)
}
