package storetest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// circles are one record of each sensitivity, as draft and as approved.
type circles map[string]models.Incident

var sensitivities = []string{"open", "partner", "restricted", "sealed"}

// logCircles stores them as the person; an approved one is what an advocate
// may see.
func logCircles(t *testing.T, w storetest.World, p models.Principal) circles {
	t.Helper()
	out := circles{}
	for _, s := range sensitivities {
		out[s] = w.Log(t, p, storetest.ACall().Titled("Draft, "+s).Sensitivity(s))
		b := storetest.ACall().Titled("Approved, " + s).Sensitivity(s)
		w.Seed(t, p, seedOf(w, b, "approved"))
		out["approved "+s] = titled(t, w, p, b.Input.Title)
	}
	return out
}

func seedOf(w storetest.World, b storetest.Incident, workflow string) store.SeedIncident {
	return store.SeedIncident{
		Input: b.Input, Derived: models.Derive(b.Input, w.Vocabulary), WorkflowStatus: workflow, VerificationStatus: "single_source", CreatedAt: storetest.Start,
	}
}

// titled reads the one record of a title.
func titled(t *testing.T, w storetest.World, p models.Principal, title string) models.Incident {
	t.Helper()
	for _, item := range list(t, w, p, models.IncidentFilter{}) {
		if item.Title == title {
			rec, err := w.For(p).Incident(t.Context(), item.Ref)
			if err != nil {
				t.Fatal(err)
			}
			return rec
		}
	}
	t.Fatalf("no record %q", title)
	return models.Incident{}
}

// list is the first 200 records that match.
func list(t *testing.T, w storetest.World, p models.Principal, f models.IncidentFilter) []models.IncidentSummary {
	t.Helper()
	items, total, _, err := w.For(p).Incidents(t.Context(), f, models.Page{Sort: models.Sort{Column: "title"}, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	if total < 200 && total != len(items) {
		t.Fatalf("total %d, but %d rows", total, len(items))
	}
	return items
}

// everywhere asks every read for what the person sees, and fails unless all
// give the same number.
func everywhere(t *testing.T, w storetest.World, p models.Principal, f models.IncidentFilter) []string {
	t.Helper()
	var refs []string
	for _, item := range list(t, w, p, f) {
		refs = append(refs, item.Ref)
	}
	stats, err := w.For(p).Stats(t.Context(), f, true)
	if err != nil {
		t.Fatal(err)
	}
	var exported []string
	omitted, err := w.For(p).EachIncident(t.Context(), f, store.ExportScope{}, func(rec models.Incident) error {
		exported = append(exported, rec.Ref)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if stats.Incidents != len(refs) || omitted != 0 {
		t.Errorf("list %d, stats %d, omitted %d", len(refs), stats.Incidents, omitted)
	}
	slices.Sort(refs)
	if !slices.Equal(refs, exported) {
		t.Errorf("list %v, export %v", refs, exported)
	}
	return refs
}

func TestScope_WhoSeesWhat(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		records := logCircles(t, w, author)
		const (
			everything = "open partner restricted sealed approved-open approved-partner approved-restricted approved-sealed"
			unsealed   = "open partner restricted approved-open approved-partner approved-restricted"
			plain      = "open partner approved-open approved-partner"
			shown      = "approved-open approved-partner"
		)
		person := func(name string, roles ...models.Role) models.Principal { return w.Person(t, "alpha", name, roles...) }
		closed := person("closed", models.RoleReviewer)
		if err := w.System().DisableUser(t.Context(), "closed"); err != nil {
			t.Fatal(err)
		}
		impostor := author
		impostor.OrganisationID = w.Person(t, "beta", "beta-owner", models.RoleReviewer).OrganisationID
		for name, c := range map[string]struct {
			p    models.Principal
			want string
		}{
			"author":                                {author, everything},
			"caseworker of another team":            {person("colleague", models.RoleCaseworker), plain},
			"reviewer":                              {person("reviewer", models.RoleReviewer), unsealed},
			"analyst":                               {person("analyst", models.RoleAnalyst), plain},
			"advocate":                              {person("advocate", models.RoleAdvocate), shown},
			"advocate who is also analyst":          {person("both", models.RoleAdvocate, models.RoleAnalyst), plain},
			"org admin alone":                       {person("admin", models.RoleOrgAdmin), ""},
			"instance admin alone":                  {person("instance", models.RoleInstanceAdmin), ""},
			"org admin who is also reviewer":        {person("boss", models.RoleOrgAdmin, models.RoleReviewer), unsealed},
			"reviewer of another organisation":      {w.Person(t, "beta", "stranger", models.RoleReviewer), ""},
			"signed out":                            {models.Principal{}, ""},
			"account closed since the request":      {closed, ""},
			"author who names another organisation": {impostor, ""},
		} {
			var want []string
			for _, key := range strings.Fields(c.want) {
				want = append(want, records[strings.Replace(key, "-", " ", 1)].Ref)
			}
			slices.Sort(want)
			if got := everywhere(t, w, c.p, models.IncidentFilter{}); !slices.Equal(got, want) {
				t.Errorf("%s: sees %d records, want %d", name, len(got), len(want))
			}
			for key, rec := range records {
				if got := sees(t, w, c.p, rec.Ref); got != slices.Contains(want, rec.Ref) {
					t.Errorf("%s: reads %q: %v", name, key, got)
				}
			}
		}
	})
}

func TestScope_Invisible_AnswersAsAbsent(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		hidden := w.Log(t, author, storetest.ACall())
		stranger := w.Person(t, "beta", "stranger", models.RoleReviewer)
		_, invisible := w.For(stranger).Incident(t.Context(), hidden.Ref)
		_, absent := w.For(stranger).Incident(t.Context(), "FW-4F7K-Q2ME")
		a, b := wantCode(t, invisible, models.KindNotFound, "incident.not_found"), wantCode(t, absent, models.KindNotFound, "incident.not_found")
		if fmt.Sprintf("%+v", *a) != fmt.Sprintf("%+v", *b) {
			t.Errorf("invisible %+v, absent %+v", *a, *b)
		}
		_, err := w.For(stranger).UpdateIncident(t.Context(), w.Update(hidden, storetest.ACall()))
		wantCode(t, err, models.KindNotFound, "incident.not_found")
	})
}

func TestExport_Scope_OmitsAndCounts(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		logCircles(t, w, author)
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		w.Log(t, w.Person(t, "alpha", "colleague", models.RoleCaseworker), storetest.AnArrest())
		for name, c := range map[string]struct {
			p             models.Principal
			scope         store.ExportScope
			rows, omitted int
		}{
			"everything of the author":         {author, store.ExportScope{}, 9, 0},
			"author's team only":               {author, store.ExportScope{TeamOnly: true}, 8, 1},
			"author, open only":                {author, store.ExportScope{OpenOnly: true}, 5, 4},
			"author, both":                     {author, store.ExportScope{TeamOnly: true, OpenOnly: true}, 4, 5},
			"reviewer sees no sealed to omit":  {reviewer, store.ExportScope{OpenOnly: true}, 5, 2},
			"reviewer is on no team":           {reviewer, store.ExportScope{TeamOnly: true}, 0, 7},
			"signed out has nothing to leave":  {models.Principal{}, store.ExportScope{OpenOnly: true}, 0, 0},
			"another organisation has nothing": {w.Person(t, "beta", "stranger", models.RoleReviewer), store.ExportScope{}, 0, 0},
		} {
			rows := 0
			omitted, err := w.For(c.p).EachIncident(t.Context(), models.IncidentFilter{}, c.scope, func(models.Incident) error { rows++; return nil })
			if err != nil || rows != c.rows || omitted != c.omitted {
				t.Errorf("%s: %d rows, %d omitted, %v; want %d and %d", name, rows, omitted, err, c.rows, c.omitted)
			}
		}
	})
}
