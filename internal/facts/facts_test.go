package facts

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// rows is a small index: records 1 to 4 in two colours, with prices.
func rows(t *testing.T) *Index {
	t.Helper()
	x := New()
	var b Batch
	for id, price := range map[uint32]uint64{1: 0, 2: 7, 3: 8, 70_000: 1 << 40} {
		b.Record(id)
		b.Number("price", id, price)
	}
	b.Record(4) // has no price
	b.Value("place", "here", 2)
	b.Value("place", "there", 3)
	b.Value("place", "there", 4)
	b.Value("place", "here", 1)
	b.Value("place", "far", 70_000)
	b.Codes("colour", "red", 1, 2, 4)
	b.Codes("colour", "blue", 2, 3, 70_000)
	x.Apply(5, nil, &b)
	return x
}

func TestRead_Sets_HoldWhatTheySay(t *testing.T) {
	t.Parallel()
	x := rows(t)
	x.Pack()
	x.Read(func(r Reader) {
		red, blue := r.Any("colour", "red"), r.Any("colour", "blue")
		for name, c := range map[string]struct {
			got  Set
			want []uint32
		}{
			"all": {r.All(), []uint32{1, 2, 3, 4, 70_000}}, "either": {r.Any("colour", "red", "blue", "green"), []uint32{1, 2, 3, 4, 70_000}},
			"both": {red.And(blue), []uint32{2}}, "not": {r.All().Without(red), []uint32{3, 70_000}}, "unknown": {r.Any("shape", "round"), nil},
			"at least 0": {r.AtLeast("price", r.All(), 0), []uint32{1, 2, 3, 70_000}}, "at least 8": {r.AtLeast("price", r.All(), 8), []uint32{3, 70_000}},
			"at most 7": {r.AtMost("price", r.All(), 7), []uint32{1, 2}}, "at least 2^50": {r.AtLeast("price", r.All(), 1<<50), nil}, "dearest two": {r.First("price", r.All(), 2, true), []uint32{3, 70_000}}, "cheapest red two": {r.First("price", red, 2, false), []uint32{1, 2}},
			"more than there are": {r.First("price", r.All(), 9, true), []uint32{1, 2, 3, 70_000}}, "none": {r.First("price", r.All(), 0, true), nil},
			"priced": {r.Having("price"), []uint32{1, 2, 3, 70_000}},
		} {
			if got := c.got.IDs(); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		if got := r.Sum("price", r.All()); got != 1<<40+15 {
			t.Errorf("sum %d", got)
		}
		if got := r.Sum("price", red); got != 7 {
			t.Errorf("sum of the red ones %d, want 7", got)
		}
		if got := r.Counts("colour", blue); !maps.Equal(got, map[string]int{"red": 1, "blue": 3}) {
			t.Errorf("counts %v", got)
		}
		if got := r.Counts("place", blue.Or(red)); !maps.Equal(got, map[string]int{"here": 2, "there": 2, "far": 1}) {
			t.Errorf("places %v", got)
		}
		if r.Seq != 5 {
			t.Errorf("at change %d, want 5", r.Seq)
		}
	})
}

func TestApply_ReplacedRecords_LeaveNothingBehind(t *testing.T) {
	t.Parallel()
	x := rows(t)
	var b Batch
	b.Record(2)
	b.Code("colour", "green", 2)
	b.Value("place", "there", 2)
	x.Apply(6, []uint32{2, 3, 99}, &b) // 3 is gone, 99 never was
	x.Read(func(r Reader) {
		if got := r.Counts("colour", r.All()); !maps.Equal(got, map[string]int{"red": 2, "blue": 1, "green": 1}) {
			t.Errorf("counts %v", got)
		}
		if got := r.Counts("place", r.All()); !maps.Equal(got, map[string]int{"here": 1, "there": 2, "far": 1}) {
			t.Errorf("places %v", got)
		}
		if got := r.Sum("price", r.All()); got != 1<<40 {
			t.Errorf("sum %d", got)
		}
		if got := r.All().IDs(); !slices.Equal(got, []uint32{1, 2, 4, 70_000}) {
			t.Errorf("records %v", got)
		}
	})
}

func TestAtLeast_RandomNumbers_AsComparedOneByOne(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	x, values := New(), map[uint32]uint64{}
	var b Batch
	for id := range uint32(3000) {
		values[id] = dice.Uint64N(1 << dice.UintN(40))
		b.Record(id)
		b.Number("n", id, values[id])
	}
	x.Apply(1, nil, &b)
	for range 100 {
		bound := dice.Uint64N(1 << dice.UintN(40))
		least, most := 0, 0
		for _, n := range values {
			if n >= bound {
				least++
			}
			if n <= bound {
				most++
			}
		}
		x.Read(func(r Reader) {
			if a, b := r.AtLeast("n", r.All(), bound).Count(), r.AtMost("n", r.All(), bound).Count(); a != least || b != most {
				t.Fatalf("bound %d: %d and %d, want %d and %d", bound, a, b, least, most)
			}
		})
	}
}

func TestFirst_RandomNumbers_AsSorted(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(3, 4))
	x := New()
	var b Batch
	var values []uint64
	for id := range uint32(2000) {
		values = append(values, dice.Uint64N(300)) // many share one
		b.Record(id)
		b.Number("n", id, values[id])
	}
	x.Apply(1, nil, &b)
	sorted := slices.Sorted(slices.Values(values))
	for range 50 {
		k := 1 + dice.IntN(100)
		x.Read(func(r Reader) {
			low, high := sorted[k-1], sorted[len(sorted)-k]
			for _, c := range []struct {
				got, want Set
			}{{r.First("n", r.All(), k, false), r.AtMost("n", r.All(), low)}, {r.First("n", r.All(), k, true), r.AtLeast("n", r.All(), high)}} {
				if !slices.Equal(c.got.IDs(), c.want.IDs()) {
					t.Fatalf("the first %d: %d records, want %d", k, c.got.Count(), c.want.Count())
				}
			}
		})
	}
}
