// Package demo invents records for demonstrations and measurements. All of
// them say that they are invented; the same arguments give the same records.
package demo

import (
	"iter"
	"math/rand/v2"
	"time"

	"farwatch/models"
)

// Refs of the two campaigns, the marker that keeps the two sets apart.
const (
	physicalCampaign = "FW-DEM0-PHYM"
	everydayCampaign = "FW-DEM0-EVDY"
)

// recordsSeed fixes the set of Records.
const recordsSeed = 1219

// Record is one invented record with what a review would have made of it.
type Record struct {
	Input              models.IncidentInput // normalised and valid
	WorkflowStatus     string
	VerificationStatus string
	CreatedAt          time.Time
}

// Campaigns are the two groups that Records belong to. They must exist before
// the records are stored.
func Campaigns() []models.Campaign {
	return []models.Campaign{
		{
			Ref: physicalCampaign, Title: "Demo: physical incidents",
			Summary: ptr("Invented records whose totals repeat published totals of direct, physical incidents, 2014 to 2025."),
		},
		{
			Ref: everydayCampaign, Title: "Demo: everyday repression",
			Summary: ptr("Invented records of calls, offers, threats to relatives, watching and digital attacks."),
		},
	}
}

// Records are the demo set: 1,219 physical incidents with the published totals
// (plan.go) and 400 everyday ones. Nothing in them lies after now, which must
// lie after 2015.
func Records(v *models.Vocabulary, now time.Time) []Record {
	w := newWriter(recordsSeed, v, now)
	physical := physicalPlans(w.dice)
	everyday := everydayPlans(w.dice)
	out := make([]Record, 0, len(physical)+len(everyday))
	for _, p := range physical {
		out = append(out, w.physical(p))
	}
	for _, p := range everyday {
		out = append(out, w.everyday(p))
	}
	w.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// Generate yields n varied records, three physical ones for each everyday one
// on average, without holding them. It is for measurements: no total is fixed,
// and the records belong to no campaign.
func Generate(seed uint64, n int, v *models.Vocabulary, now time.Time) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		w := newWriter(seed, v, now)
		physical := physicalPlans(w.dice)
		everyday := everydayPlans(w.dice)
		for range n {
			var r Record
			if w.chance(75) {
				r = w.physical(pick(w.dice, physical...))
			} else {
				r = w.everyday(pick(w.dice, everyday...))
			}
			r.Input.Campaigns = []string{}
			if !yield(r) {
				return
			}
		}
	}
}

// dice draws everything that is left to chance.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, 0x0fa2))} //nolint:gosec // G404: invented data must repeat
}

// chance is true in percent of all cases.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// between is a number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

// some are n distinct members, or all if there are fewer, in random order.
func some(d dice, n int, from ...string) []string {
	order := d.Perm(len(from))
	out := make([]string, 0, n)
	for _, i := range order[:min(n, len(from))] {
		out = append(out, from[i])
	}
	return out
}

// share is a code with its number or weight.
type share struct {
	code string
	n    int
}

// weighted draws a code as often as its weight says.
func weighted(d dice, shares ...share) string {
	total := 0
	for _, s := range shares {
		total += s.n
	}
	at := d.IntN(total)
	for _, s := range shares {
		if at < s.n {
			return s.code
		}
		at -= s.n
	}
	return shares[0].code
}

// deal writes each code as often as its number says, and shuffles.
func deal(d dice, shares []share) []string {
	var out []string
	for _, s := range shares {
		for range s.n {
			out = append(out, s.code)
		}
	}
	d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func ptr[T any](v T) *T { return &v }
