package storetest_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store/storetest"
)

// holds is a combined condition in plain Go, apart from the store's.
func (r record) holds(w models.Where, explicitOnly bool) bool {
	switch w.Op {
	case models.WhereNot:
		return !r.holds(w.Parts[0], explicitOnly)
	case models.WhereAnd:
		return !slices.ContainsFunc(w.Parts, func(p models.Where) bool { return !r.holds(p, explicitOnly) })
	case models.WhereOr:
		return slices.ContainsFunc(w.Parts, func(p models.Where) bool { return r.holds(p, explicitOnly) })
	case models.WhereTerm:
	}
	return slices.ContainsFunc(r.values(w.Field, explicitOnly), func(v string) bool { return slices.Contains(w.Values, v) })
}

// values a record has in a field.
func (r record) values(field string, explicitOnly bool) []string {
	c := r.derived.Computed
	number := func(n *int) []string {
		if n == nil {
			return nil
		}
		return []string{strconv.Itoa(*n)}
	}
	switch field {
	case "origin_country":
		return []string{r.in.OriginCountry}
	case "host_country":
		return []string{r.in.HostCountry}
	case "proxy_country":
		if r.in.ProxyCountry == nil {
			return nil
		}
		return []string{*r.in.ProxyCountry}
	case "police_reported":
		return []string{r.in.PoliceReported}
	case "workflow_status":
		return []string{r.seed.WorkflowStatus}
	case "sensitivity":
		return []string{r.in.Sensitivity}
	case "scope":
		return []string{c.Scope}
	case "stage":
		return number(c.Stage)
	case "event_year":
		return number(c.EventYear)
	}
	if explicitOnly && slices.Contains([]string{"methods", "families", "inducements", "demands"}, field) {
		field += "_stated"
	}
	return r.derived.Facets[models.Facet(field)]
}

var whereValues = map[string][]string{
	"origin_country": origins, "host_country": hosts, "proxy_country": origins, "police_reported": police, "workflow_status": workflows,
	"sensitivity": sensitivities, "scope": {"in_scope", "out_of_scope", "unclear"}, "stage": {"1", "2", "3"}, "event_year": {"2019", "2020", "2021"},
	"methods": methods, "families": {"recruitment", "coercion_by_proxy"}, "communities": communities, "channels": channels,
	"inducements": inducements, "demands": demands, "target_roles": roles, "harms": {"psychological", "death"},
}

func randomWhere(dice *rand.Rand, depth int) string {
	if depth > 0 {
		switch dice.IntN(4) {
		case 0:
			return "not (" + randomWhere(dice, depth-1) + ")"
		case 1, 2:
			parts := make([]string, 2+dice.IntN(2))
			for i := range parts {
				parts[i] = "(" + randomWhere(dice, depth-1) + ")"
			}
			return strings.Join(parts, pick(dice, " and ", " or "))
		}
	}
	fields := make([]string, 0, len(whereValues))
	for name := range whereValues {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	name := pick(dice, fields...)
	values := append(some(dice, whereValues[name]...), pick(dice, whereValues[name]...))
	return name + ":" + strings.Join(values, ",")
}

func TestWhere_RandomConditions_AgreeWithPlainGo(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		dice := rand.New(rand.NewPCG(20260120, 2))
		one := w.Person(t, "alpha", "one", models.RoleCaseworker)
		beta := w.Person(t, "beta", "three", models.RoleCaseworker)
		records := fill(t, w, dice, one, beta)
		people := []models.Principal{one, beta, w.Person(t, "alpha", "analyst", models.RoleAnalyst), w.Person(t, "alpha", "advocate", models.RoleAdvocate), {}}
		found := 0
		for i := range 200 {
			p := pick(dice, people...)
			text := randomWhere(dice, 3)
			condition, err := models.ParseWhere(text)
			if err != nil {
				t.Fatal(err)
			}
			f := models.IncidentFilter{Where: &condition, ExplicitOnly: dice.IntN(3) == 0}
			if i%4 == 0 {
				f.OriginCountry = []string{pick(dice, origins...)}
			}
			found += agrees(t, w, records, p, f)
		}
		if found < 3000 {
			t.Errorf("only %d records found by 200 conditions: this test shows little", found)
		}
	})
}

func TestWhere_Not_FindsRecordsWithoutAnyValue(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "one", models.RoleCaseworker)
		records := fill(t, w, rand.New(rand.NewPCG(1, 1)), p)
		for _, name := range []string{"proxy_country:CHN", "stage:2", "event_year:2020", "communities:uyghur"} {
			total := 0
			for _, text := range []string{name, "not " + name} {
				condition, err := models.ParseWhere(text)
				if err != nil {
					t.Fatal(err)
				}
				_, n, _, err := w.For(p).Incidents(t.Context(), models.IncidentFilter{Where: &condition}, models.Page{Sort: models.Sort{Column: "title"}, Limit: 1})
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					t.Errorf("%s finds nothing", text)
				}
				total += n
			}
			if total != len(records) {
				t.Errorf("%s and its opposite find %d of %d records", name, total, len(records))
			}
		}
	})
}
