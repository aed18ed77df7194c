package storetest_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"farwatch/models"
	"farwatch/store/storetest"
)

// choosing is the filter with one value of a field instead of what it had.
func choosing(d models.FilterField, f models.IncidentFilter, code string) models.IncidentFilter {
	f = d.Without(f)
	term := models.Where{Field: d.Name, Values: []string{code}}
	if f.Where != nil {
		term = models.Where{Op: models.WhereAnd, Parts: []models.Where{*f.Where, term}}
	}
	f.Where = &term
	return f
}

func TestFacets_EveryCount_IsWhatChoosingItFinds(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		dice := rand.New(rand.NewPCG(20260121, 3))
		one := w.Person(t, "alpha", "one", models.RoleCaseworker)
		beta := w.Person(t, "beta", "three", models.RoleCaseworker)
		fill(t, w, dice, one, beta)
		advocate := w.Person(t, "alpha", "advocate", models.RoleAdvocate)
		seen := 0
		for range 25 {
			p, f := pick(dice, one, beta, advocate), randomFilter(dice)
			if dice.IntN(2) == 0 {
				condition, err := models.ParseWhere(randomWhere(dice, 2))
				if err != nil {
					t.Fatal(err)
				}
				f = models.IncidentFilter{Where: &condition, OriginCountry: []string{"CHN", "TUR"}, ExplicitOnly: dice.IntN(2) == 0}
			}
			counts, err := w.For(p).Facets(t.Context(), f, models.FilterFields())
			if err != nil {
				t.Fatal(err)
			}
			for i, d := range models.FilterFields() {
				if counts[i].Field != d.Name {
					t.Fatalf("answer %d is of %s", i, counts[i].Field)
				}
				for _, c := range counts[i].Items[:min(len(counts[i].Items), 2)] {
					_, total, _, err := w.For(p).Incidents(t.Context(), choosing(d, f, c.Code), models.Page{Sort: models.Sort{Column: "title"}, Limit: 1})
					if err != nil {
						t.Fatal(err)
					}
					if total != c.Count {
						t.Errorf("%s %s: counted %d, found %d", d.Name, c.Code, c.Count, total)
					}
					seen++
				}
			}
		}
		if seen < 300 {
			t.Errorf("only %d counts compared", seen)
		}
	})
}

func TestFacets_HiddenRecords_CountNowhere(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "one", models.RoleCaseworker)
		fill(t, w, rand.New(rand.NewPCG(5, 5)), author)
		for name, p := range map[string]models.Principal{
			"other organisation": w.Person(t, "beta", "stranger", models.RoleReviewer),
			"administrator":      w.Person(t, "alpha", "admin", models.RoleOrgAdmin),
			"signed out":         {},
		} {
			counts, err := w.For(p).Facets(t.Context(), models.IncidentFilter{}, models.FilterFields())
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(counts, func(c models.FacetCounts) bool { return len(c.Items) > 0 }) {
				t.Errorf("%s: %+v", name, counts)
			}
		}
		analyst := w.Person(t, "alpha", "analyst", models.RoleAnalyst)
		sensitivity, _ := models.FilterFieldNamed("sensitivity")
		counts, err := w.For(analyst).Facets(t.Context(), models.IncidentFilter{}, []models.FilterField{sensitivity})
		if err != nil || len(counts) != 1 || len(counts[0].Items) != 2 {
			t.Errorf("an analyst counts %+v: %v", counts, err)
		}
	})
}

func TestNews_CountsChangesAfterATime_AndStopsAt100(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "one", models.RoleCaseworker)
		records := fill(t, w, rand.New(rand.NewPCG(6, 6)), p)
		times := []int64{}
		for _, r := range records {
			times = append(times, r.updated.Unix())
		}
		slices.Sort(times)
		for after, want := range map[int]int{299: 0, 289: 10, 0: 100} {
			since := storetest.Start
			for _, r := range records {
				if r.updated.Unix() == times[after] {
					since = r.updated
				}
			}
			exact := 0
			for _, r := range records {
				if r.updated.After(since) {
					exact++
				}
			}
			if want < 100 {
				want = exact // several records may share an hour
			}
			got, err := w.For(p).News(t.Context(), news(since))
			if err != nil || got[0] != want {
				t.Errorf("after record %s: %v, want %d: %v", strconv.Itoa(after), got, want, err)
			}
		}
	})
}
