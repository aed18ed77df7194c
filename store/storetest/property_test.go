package storetest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// record is a stored one as plain Go knows it.
type record struct {
	in      models.IncidentInput
	derived models.Derived
	seed    store.SeedIncident
	by      models.Principal
	updated time.Time
}

func pick[T any](dice *rand.Rand, list ...T) T { return list[dice.IntN(len(list))] }

// some takes a few of a list, often none.
func some(dice *rand.Rand, list ...string) []string {
	out := []string{}
	for _, s := range list {
		if dice.IntN(len(list)) == 0 {
			out = append(out, s)
		}
	}
	return out
}

var (
	origins       = []string{"CHN", "TUR", "IRN", "RUS"}
	hosts         = []string{"GBR", "DEU", "USA"}
	methods       = []string{"informant_recruitment", "threat_to_family", "spyware", "detention_abroad", "killing", "doxxing"}
	inducements   = []string{"money_recurring", "job_or_business", "family_contact"}
	demands       = []string{"report_attendees", "stop_activism", "return_to_origin"}
	channels      = []string{"wechat", "phone_call", "email", "unknown"}
	communities   = []string{"uyghur", "kazakh_xinjiang", "tibetan", "kurdish"}
	roles         = []string{"student", "journalist", "unknown"}
	police        = []string{"yes", "no", "unknown"}
	verifications = []string{"unreviewed", "single_source", "corroborated", "disputed", "debunked", "retracted_by_source"}
	workflows     = []string{"draft", "in_review", "approved", "published", "closed", "withdrawn"}
)

func randomInput(dice *rand.Rand, i int) models.IncidentInput {
	in := storetest.ACall().Titled(fmt.Sprintf("Record %03d", i)).Input
	in.OriginCountry, in.HostCountry = pick(dice, origins...), pick(dice, hosts...)
	if dice.IntN(3) == 0 {
		in.ProxyCountry = storetest.Ptr(pick(dice, origins...))
	}
	in.PoliceReported, in.Sensitivity = pick(dice, police...), pick(dice, sensitivities...)
	in.AttributionBasis = some(dice, "target_belief", "self_identified", "court_finding")
	in.ScopeTest.Aim = pick(dice, "yes", "yes", "yes", "unclear", "no")
	from := models.Day("2019-06-01").AddDays(dice.IntN(1500))
	to := from.AddDays(dice.IntN(400))
	in.Occurred = models.Occurred{Precision: "range", Earliest: &from, Latest: &to}
	switch dice.IntN(6) {
	case 0:
		in.Occurred = models.Occurred{Precision: "unknown"}
	case 1:
		in.Occurred.Earliest = nil
	case 2:
		in.Occurred.Latest = nil
	}
	if dice.IntN(4) > 0 {
		in.FirstReported = storetest.Ptr(models.Day("2020-01-01").AddDays(dice.IntN(1800)))
	}
	in.Targets[0].Communities, in.Targets[0].Roles = some(dice, communities...), some(dice, roles...)
	if dice.IntN(4) == 0 {
		in.Targets[0].CountMax = nil
	}
	in.Acts = nil
	for n := range dice.IntN(4) {
		in.Acts = append(in.Acts, models.Act{
			ID: fmt.Sprintf("A%d", n+1), Method: pick(dice, methods...), Target: "T1", Channels: some(dice, channels...),
			Explicitness: pick(dice, nil, storetest.Ptr("explicit"), storetest.Ptr("implied")),
		})
	}
	in.Inducements, in.Demands, in.Harms = nil, nil, nil
	for n := range dice.IntN(3) {
		id := fmt.Sprint(n + 1)
		in.Inducements = append(in.Inducements, models.Inducement{ID: "I" + id, Kind: pick(dice, inducements...), Target: "T1", Explicitness: pick(dice, "explicit", "implied")})
		in.Demands = append(in.Demands, models.Demand{ID: "D" + id, Kind: pick(dice, demands...), Target: "T1", Explicitness: pick(dice, "explicit", "implied")})
		in.Harms = append(in.Harms, models.Harm{ID: "H" + id, Kind: pick(dice, "psychological", "death"), Target: "T1"})
	}
	in.Normalize()
	return in
}

// fill stores 300 varied records of two organisations and two authors.
func fill(t *testing.T, w storetest.World, dice *rand.Rand, authors ...models.Principal) []record {
	t.Helper()
	var out []record
	for i := range 300 {
		in := randomInput(dice, i)
		at := storetest.Start.Add(time.Duration(dice.IntN(1000)) * time.Hour)
		out = append(out, record{
			in: in, derived: models.Derive(in, w.Vocabulary), by: pick(dice, authors...), updated: at,
			seed: store.SeedIncident{
				Input: in, Derived: models.Derive(in, w.Vocabulary), WorkflowStatus: pick(dice, workflows...), VerificationStatus: pick(dice, verifications...), CreatedAt: at,
			},
		})
	}
	for _, a := range authors {
		var theirs []store.SeedIncident
		for _, r := range out {
			if r.by.UserID == a.UserID {
				theirs = append(theirs, r.seed)
			}
		}
		w.Seed(t, a, theirs...)
	}
	return out
}

func randomFilter(dice *rand.Rand) models.IncidentFilter {
	var f models.IncidentFilter
	maybe := func(into *[]string, list ...string) {
		if dice.IntN(9) == 0 {
			*into = append(some(dice, list...), pick(dice, list...))
		}
	}
	maybe(&f.OriginCountry, origins...)
	maybe(&f.HostCountry, hosts...)
	maybe(&f.ProxyCountry, origins...)
	maybe(&f.Communities, append(communities, "turkic_muslim_xinjiang")...)
	maybe(&f.Methods, methods...)
	maybe(&f.Families, "recruitment", "coercion_by_proxy")
	maybe(&f.Inducements, inducements...)
	maybe(&f.Demands, demands...)
	maybe(&f.Channels, channels...)
	maybe(&f.TargetRoles, roles...)
	maybe(&f.Harms, "psychological", "death")
	maybe(&f.PoliceReported, police...)
	maybe(&f.VerificationStatus, verifications...)
	maybe(&f.WorkflowStatus, workflows...)
	maybe(&f.Sensitivity, sensitivities...)
	maybe(&f.Scope, "in_scope", "out_of_scope", "unclear")
	maybe(&f.InFHScope, "yes", "no", "unclear")
	maybe(&f.AttributionBasis, "target_belief", "court_finding")
	if dice.IntN(9) == 0 {
		f.Stage = []int{1 + dice.IntN(3)}
	}
	if dice.IntN(9) == 0 {
		f.EventYear = []int{2019 + dice.IntN(5), 2020}
	}
	if dice.IntN(9) == 0 {
		f.ReportYear = []int{2020 + dice.IntN(5)}
	}
	if dice.IntN(5) == 0 {
		f.DateFrom = storetest.Ptr(models.Day("2019-01-01").AddDays(dice.IntN(2000)))
	}
	if dice.IntN(5) == 0 {
		f.DateTo = storetest.Ptr(models.Day("2020-01-01").AddDays(dice.IntN(2000)))
	}
	f.DateWithin = dice.IntN(3) == 0
	flag := func(into **bool, one int) {
		if dice.IntN(one) == 0 {
			*into = storetest.Ptr(dice.IntN(2) == 0)
		}
	}
	flag(&f.Undated, 12)
	flag(&f.Counted, 4)
	flag(&f.Mine, 9)
	if dice.IntN(9) == 0 {
		f.ReportedFrom = storetest.Ptr(models.Day("2020-01-01").AddDays(dice.IntN(1800)))
	}
	if dice.IntN(9) == 0 {
		f.ReportedTo = storetest.Ptr(models.Day("2020-01-01").AddDays(dice.IntN(1800)))
	}
	if dice.IntN(9) == 0 {
		f.UpdatedSince = storetest.Ptr(storetest.Start.Add(time.Duration(dice.IntN(1000)) * time.Hour))
	}
	return f
}

// visible is the role table in plain Go, apart from the store's.
func (r record) visible(p models.Principal) bool {
	if r.by.OrganisationID != p.OrganisationID {
		return false
	}
	caseworker, reviewer, own := p.Has(models.RoleCaseworker), p.Has(models.RoleReviewer), r.by.UserID == p.UserID
	if !p.HasAny(models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer) {
		shown := r.seed.WorkflowStatus == "approved" || r.seed.WorkflowStatus == "published"
		return p.Has(models.RoleAdvocate) && shown && (r.in.Sensitivity == "open" || r.in.Sensitivity == "partner")
	}
	if s := r.seed.WorkflowStatus; (s == "withdrawn" || s == "merged") && !reviewer && (!caseworker || !own) {
		return false
	}
	switch r.in.Sensitivity {
	case "restricted":
		return reviewer || caseworker && own
	case "sealed":
		return (reviewer || caseworker) && own
	}
	return true
}

// matches is the filter in plain Go, apart from the store's.
func (r record) matches(p models.Principal, f models.IncidentFilter) bool {
	one := func(wanted []string, value string) bool { return len(wanted) == 0 || slices.Contains(wanted, value) }
	some := func(wanted []string, facet models.Facet) bool {
		return len(wanted) == 0 || slices.ContainsFunc(r.derived.Facets[facet], func(c string) bool { return slices.Contains(wanted, c) })
	}
	number := func(wanted []int, value *int) bool {
		return len(wanted) == 0 || value != nil && slices.Contains(wanted, *value)
	}
	c, o := r.derived.Computed, r.in.Occurred
	proxy := ""
	if r.in.ProxyCountry != nil {
		proxy = *r.in.ProxyCountry
	}
	var reportYear *int
	if r.in.FirstReported != nil {
		reportYear = storetest.Ptr(r.in.FirstReported.Year())
	}
	if r.in.Sensitivity == "restricted" || r.in.Sensitivity == "sealed" { // found by the month
		o = o.ToMonth()
		if r.in.FirstReported != nil {
			r.in.FirstReported = storetest.Ptr(r.in.FirstReported.MonthBegin())
		}
	}
	dated := o.Earliest != nil || o.Latest != nil
	overlap := true
	if f.DateFrom != nil || f.DateTo != nil {
		const first, last = models.Day("0000-01-01"), models.Day("9999-12-31")
		earliest, latest, from, to := first, last, first, last
		for _, b := range []struct {
			given *models.Day
			into  *models.Day
		}{{o.Earliest, &earliest}, {o.Latest, &latest}, {f.DateFrom, &from}, {f.DateTo, &to}} {
			if b.given != nil {
				*b.into = *b.given
			}
		}
		overlap = dated && earliest <= to && latest >= from
		if f.DateWithin {
			overlap = o.Earliest != nil && o.Latest != nil && earliest >= from && latest <= to
		}
	}
	counted := c.Scope == "in_scope" && r.seed.VerificationStatus != "debunked" && r.seed.VerificationStatus != "retracted_by_source" &&
		r.seed.WorkflowStatus != "closed" && r.seed.WorkflowStatus != "withdrawn" && r.seed.WorkflowStatus != "merged"
	flag := func(wanted *bool, value bool) bool { return wanted == nil || *wanted == value }
	return one(f.OriginCountry, r.in.OriginCountry) && one(f.HostCountry, r.in.HostCountry) && one(f.ProxyCountry, proxy) &&
		one(f.PoliceReported, r.in.PoliceReported) && one(f.VerificationStatus, r.seed.VerificationStatus) &&
		one(f.WorkflowStatus, r.seed.WorkflowStatus) && one(f.Sensitivity, r.in.Sensitivity) && one(f.Scope, c.Scope) && one(f.InFHScope, c.InFHScope) &&
		some(f.Communities, models.FacetCommunity) && some(f.Methods, models.FacetMethod) && some(f.Families, models.FacetFamily) &&
		some(f.Inducements, models.FacetInducement) && some(f.Demands, models.FacetDemand) && some(f.Channels, models.FacetChannel) &&
		some(f.TargetRoles, models.FacetTargetRole) && some(f.Harms, models.FacetHarm) && some(f.AttributionBasis, models.FacetAttribution) &&
		number(f.Stage, c.Stage) && number(f.EventYear, c.EventYear) && number(f.ReportYear, reportYear) &&
		overlap && flag(f.Undated, !dated) && flag(f.Counted, counted) && flag(f.Mine, r.by.UserID == p.UserID) &&
		(f.ReportedFrom == nil || r.in.FirstReported != nil && *r.in.FirstReported >= *f.ReportedFrom) &&
		(f.ReportedTo == nil || r.in.FirstReported != nil && *r.in.FirstReported <= *f.ReportedTo) &&
		(f.UpdatedSince == nil || !r.updated.Before(*f.UpdatedSince)) &&
		(f.Where == nil || r.holds(*f.Where, f.ExplicitOnly))
}

// agrees fails unless list, statistics and file hold exactly what plain Go
// finds, and tells how many records that are.
func agrees(t *testing.T, w storetest.World, records []record, p models.Principal, f models.IncidentFilter) int {
	t.Helper()
	var want []string
	for _, r := range records {
		if r.visible(p) && r.matches(p, f) {
			want = append(want, r.in.Title)
		}
	}
	var got []string
	for _, item := range list(t, w, p, f) {
		got = append(got, item.Title)
	}
	slices.Sort(want)
	slices.Sort(got) // restricted and sealed records are not sorted by title
	if !slices.Equal(got, want) {
		text, _ := json.Marshal(f)
		t.Errorf("%s %v with %s: %d records, want %d", p.UserName, p.Roles, text, len(got), len(want))
	}
	everywhere(t, w, p, f)
	return len(want)
}

func TestListStatsExport_AgreeWithPlainGo(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		dice := rand.New(rand.NewPCG(20260115, 1))
		one := w.Person(t, "alpha", "one", models.RoleCaseworker)
		two := w.Person(t, "alpha", "two", models.RoleCaseworker)
		beta := w.Person(t, "beta", "three", models.RoleCaseworker)
		records := fill(t, w, dice, one, two, beta)
		people := []models.Principal{
			one, two, beta, w.Person(t, "alpha", "reviewer", models.RoleReviewer), w.Person(t, "alpha", "analyst", models.RoleAnalyst),
			w.Person(t, "alpha", "advocate", models.RoleAdvocate), w.Person(t, "alpha", "admin", models.RoleOrgAdmin),
			{},
		}
		found := 0
		for range 200 {
			p, f := pick(dice, people...), randomFilter(dice)
			found += agrees(t, w, records, p, f)
		}
		if found < 1000 {
			t.Errorf("only %d records found by 200 filters: this test shows little", found)
		}
	})
}
