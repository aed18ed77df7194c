package storetest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"farwatch/models"
	"farwatch/store/storetest"
)

// written is a breakdown as one line: denominator, unknown, codes.
func written(b models.Breakdown) string {
	out := fmt.Sprintf("of %d, unknown %d:", b.Denominator, b.Unknown)
	for _, c := range b.Items {
		out += fmt.Sprintf(" %s %d", c.Code, c.Count)
	}
	return out
}

func TestStats_SmallSet_Literal(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		offer := func(kind, explicitness string) models.Inducement {
			return models.Inducement{ID: "I1", Kind: kind, Target: "T1", Explicitness: explicitness}
		}
		w.Log(t, author, storetest.ACall().Between("2023-02-01", "2023-02-28").Reported("2024-01-01").With(func(in *models.IncidentInput) {
			in.Inducements = []models.Inducement{offer("money_recurring", "explicit")}
			in.Acts[0].Channels = []string{"wechat", "phone_call"}
		}))
		w.Log(t, author, storetest.ACall().Between("2022-12-31", "2023-01-01").With(func(in *models.IncidentInput) {
			in.Inducements = []models.Inducement{offer("money_recurring", "implied")}
			in.Acts[0].Channels = []string{"unknown"}
			in.Targets[0].Communities = []string{"uyghur", "kazakh_xinjiang"}
			in.PoliceReported = "yes"
		}))
		w.Log(t, author, storetest.ACall().With(func(in *models.IncidentInput) {
			in.Acts[0].Explicitness = storetest.Ptr("implied")
			in.Targets[0].CountMax = nil
			in.Targets[0].Communities = []string{}
			in.Acts[0].Channels = []string{"wechat", "unknown"}
		}))
		w.Log(t, author, storetest.AnArrest().With(func(in *models.IncidentInput) {
			in.Inducements = []models.Inducement{offer("job_or_business", "explicit")}
		}))

		stated, err := w.For(author).Stats(t.Context(), models.IncidentFilter{}, false)
		if err != nil {
			t.Fatal(err)
		}
		implied, err := w.For(author).Stats(t.Context(), models.IncidentFilter{}, true)
		if err != nil {
			t.Fatal(err)
		}
		if stated.Incidents != 4 || stated.PersonsMin != 4 || stated.PersonsMax != 3 || stated.PersonsWithoutMax != 1 || stated.Undated != 2 || !stated.AsOf.Equal(storetest.Start) {
			t.Errorf("headline %+v", stated)
		}
		if y := stated.EventYear; y.Denominator != 4 || y.Undated != 3 || !slices.Equal(y.Items, []models.YearCount{{Year: 2023, Count: 1}}) {
			t.Errorf("event year %+v", y)
		}
		if y := stated.ReportYear; y.Denominator != 4 || y.Undated != 3 || !slices.Equal(y.Items, []models.YearCount{{Year: 2024, Count: 1}}) {
			t.Errorf("report year %+v", y)
		}
		if want := []models.MatrixCell{{OriginCountry: "CHN", HostCountry: "GBR", Count: 3}, {OriginCountry: "TUR", HostCountry: "DEU", Count: 1}}; !slices.Equal(stated.Matrix, want) {
			t.Errorf("matrix %v", stated.Matrix)
		}
		for name, want := range map[string][2]string{
			"methods":         {"of 4, unknown 1: informant_recruitment 2 detention_abroad 1", "of 4, unknown 0: informant_recruitment 3 detention_abroad 1"},
			"inducements":     {"of 2, unknown 1: money_recurring 1", "of 3, unknown 1: money_recurring 2"},
			"demands":         {"of 2, unknown 2:", "of 3, unknown 3:"},
			"channels":        {"of 4, unknown 2: wechat 2 phone_call 1", "of 4, unknown 2: wechat 2 phone_call 1"},
			"communities":     {"of 4, unknown 1: turkic_muslim_xinjiang 3 uyghur 3 kazakh_xinjiang 1", "of 4, unknown 1: turkic_muslim_xinjiang 3 uyghur 3 kazakh_xinjiang 1"},
			"police_reported": {"of 4, unknown 3: yes 1", "of 4, unknown 3: yes 1"},
			"origin_country":  {"of 4, unknown 0: CHN 3 TUR 1", "of 4, unknown 0: CHN 3 TUR 1"},
			"stage":           {"of 4, unknown 0: 1 3 2 1", "of 4, unknown 0: 1 3 2 1"},
		} {
			for i, s := range []models.Stats{stated, implied} {
				b, ok := s.Breakdowns[name]
				if got := written(b); !ok || got != want[i] {
					t.Errorf("%s, implied %v: %s, want %s", name, i == 1, got, want[i])
				}
			}
		}
		if !stated.Breakdowns["methods"].MultiValued || stated.Breakdowns["stage"].MultiValued {
			t.Error("methods have many values, a stage is one")
		}

		stranger := w.Person(t, "beta", "stranger", models.RoleReviewer)
		none, err := w.For(stranger).Stats(t.Context(), models.IncidentFilter{}, true)
		if err != nil || none.Incidents != 0 || len(none.Matrix) != 0 || written(none.Breakdowns["methods"]) != "of 0, unknown 0:" {
			t.Errorf("another organisation counts %+v: %v", none, err)
		}
	})
}

// counts is a breakdown in plain Go.
func counts(records []record, codes func(record) []string, multi bool) models.Breakdown {
	b := models.Breakdown{Denominator: len(records), MultiValued: multi}
	sums := map[string]int{}
	for _, r := range records {
		known := false
		for _, c := range codes(r) {
			if c != "unknown" && c != "not_stated" {
				sums[c]++
				known = true
			}
		}
		if !known {
			b.Unknown++
		}
	}
	for code, n := range sums {
		b.Items = append(b.Items, models.Count{Code: code, Count: n})
	}
	slices.SortFunc(b.Items, func(x, y models.Count) int {
		if x.Count != y.Count {
			return y.Count - x.Count
		}
		if x.Code < y.Code {
			return -1
		}
		return 1
	})
	return b
}

func TestStats_RandomFilters_AgreeWithPlainGo(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		dice := rand.New(rand.NewPCG(20260115, 2))
		one := w.Person(t, "alpha", "one", models.RoleCaseworker)
		two := w.Person(t, "alpha", "two", models.RoleCaseworker)
		records := fill(t, w, dice, one, two)
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		facet := func(f models.Facet) func(record) []string {
			return func(r record) []string { return r.derived.Facets[f] }
		}
		single := func(of func(record) string) func(record) []string {
			return func(r record) []string { return []string{of(r)} }
		}
		for range 60 {
			p, f, implied := pick(dice, one, two, reviewer), randomFilter(dice), dice.IntN(2) == 0
			family, method, offer, demand := models.FacetFamilyStated, models.FacetMethodStated, models.FacetInducementStated, models.FacetDemandStated
			if implied {
				family, method, offer, demand = models.FacetFamily, models.FacetMethod, models.FacetInducement, models.FacetDemand
			}
			var all, recruitment []record
			for _, r := range records {
				if r.visible(p) && r.matches(p, f) {
					all = append(all, r)
					if slices.Contains(r.derived.Facets[family], "recruitment") {
						recruitment = append(recruitment, r)
					}
				}
			}
			got, err := w.For(p).Stats(t.Context(), f, implied)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]models.Breakdown{
				"methods": counts(all, facet(method), true), "families": counts(all, facet(family), true),
				"communities": counts(all, facet(models.FacetCommunity), true), "target_roles": counts(all, facet(models.FacetTargetRole), true),
				"channels": counts(all, facet(models.FacetChannel), true), "harms": counts(all, facet(models.FacetHarm), true),
				"inducements": counts(recruitment, facet(offer), true), "demands": counts(recruitment, facet(demand), true),
				"origin_country":      counts(all, single(func(r record) string { return r.in.OriginCountry }), false),
				"host_country":        counts(all, single(func(r record) string { return r.in.HostCountry }), false),
				"police_reported":     counts(all, single(func(r record) string { return r.in.PoliceReported }), false),
				"verification_status": counts(all, single(func(r record) string { return r.seed.VerificationStatus }), false),
				"workflow_status":     counts(all, single(func(r record) string { return r.seed.WorkflowStatus }), false),
				"in_fh_scope":         counts(all, single(func(r record) string { return r.derived.Computed.InFHScope }), false),
				"in_uk_scope":         counts(all, single(func(r record) string { return r.derived.Computed.InUKScope }), false),
				"in_ohchr_scope":      counts(all, single(func(r record) string { return r.derived.Computed.InOHCHRScope }), false),
				"stage": counts(all, func(r record) []string {
					if s := r.derived.Computed.Stage; s != nil {
						return []string{strconv.Itoa(*s)}
					}
					return nil
				}, false),
			} {
				if g := got.Breakdowns[name]; written(g) != written(want) || g.MultiValued != want.MultiValued {
					t.Errorf("%s: %s, want %s", name, written(g), written(want))
				}
			}
			low, high, without := 0, 0, 0
			for _, r := range all {
				low += r.derived.Computed.PersonsMin
				if most := r.derived.Computed.PersonsMax; most != nil {
					high += *most
				} else {
					without++
				}
			}
			if got.Incidents != len(all) || got.PersonsMin != low || got.PersonsMax != high || got.PersonsWithoutMax != without {
				t.Errorf("%d incidents, %d–%d persons, %d without; want %d, %d–%d, %d", got.Incidents, got.PersonsMin, got.PersonsMax, got.PersonsWithoutMax, len(all), low, high, without)
			}
			for name, y := range map[string]models.Years{"event": got.EventYear, "report": got.ReportYear} {
				sum := y.Undated
				for _, item := range y.Items {
					sum += item.Count
				}
				if sum != len(all) || y.Denominator != len(all) {
					t.Errorf("years of %s: %d of %d, want %d", name, sum, y.Denominator, len(all))
				}
			}
		}
	})
}
