package storetest_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// from gives the record one source of an address.
func from(b storetest.Incident, kind, url, title string) storetest.Incident {
	return b.With(func(in *models.IncidentInput) {
		in.Sources = []models.Source{{ID: "S1", Kind: kind, URL: &url, Title: &title}}
	})
}

// known is the source record that the person finds for an address, nil for
// none.
func known(t testing.TB, w storetest.World, p models.Principal, canonical string) *models.SourceRecord {
	t.Helper()
	r, err := w.For(p).LookUpSource(t.Context(), canonical, "")
	if models.KindOf(err) == models.KindNotFound {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

const (
	page  = "paper.example/story"
	page1 = "https://www.paper.example/story/?utm_source=x"
	page2 = "https://web.archive.org/web/20250101/http://paper.example/story"
)

func TestSourceRecord_TwoIncidents_OnePage(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "First title"))
		second := w.Log(t, author, from(storetest.ACall(), "primary_publisher", page2, "Second title"))
		r := known(t, w, author, page)
		if r == nil || r.Incidents != 2 || *r.Described.Title != "Second title" || r.CanonicalURL != page {
			t.Fatalf("record %+v", r)
		}
		d, err := w.For(author).SourceDetail(t.Context(), r.Ref)
		if err != nil || len(d.Uses) != 2 || d.Uses[0].Incident.Ref != second.Ref || d.Uses[0].LocalIDs[0] != "S1" {
			t.Fatalf("detail %+v: %v", d.Uses, err)
		}
		variants := d.Variants()
		if len(variants) != 1 || *variants[0].Described.Title != "First title" || len(variants[0].Incidents) != 1 {
			t.Errorf("variants %+v", variants)
		}
		one, err := w.For(author).LookUpSource(t.Context(), page, second.Ref)
		if err != nil || one.Incidents != 1 || *one.Described.Title != "First title" {
			t.Errorf("without the second: %+v, %v", one, err)
		}
	})
}

// TestSourceRecord_OtherEyes is the negative twin: who may not see an incident
// learns nothing of its sources, nor how many there are.
func TestSourceRecord_OtherEyes_SeeOnlyTheirIncidents(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		advocate := w.Person(t, "alpha", "advocate", models.RoleAdvocate)
		stranger := w.Person(t, "beta", "stranger", models.RoleReviewer)
		w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "A draft"))
		own := known(t, w, author, page)
		for name, p := range map[string]models.Principal{"advocate": advocate, "stranger": stranger, "signed out": {}} {
			if r := known(t, w, p, page); r != nil {
				t.Errorf("%s finds %+v", name, r)
			}
			items, _, err := w.For(p).SourceRecords(t.Context(), store.SourceQuery{Limit: 50})
			if err != nil || len(items) != 0 {
				t.Errorf("%s lists %d: %v", name, len(items), err)
			}
			_, err = w.For(p).SourceDetail(t.Context(), own.Ref)
			wantCode(t, err, models.KindNotFound, "source.not_found")
			_, _, err = w.For(p).SourceIncidents(t.Context(), own.Ref)
			wantCode(t, err, models.KindNotFound, "source.not_found")
		}
		input := from(storetest.ACall(), "primary_publisher", page2, "Shown").Publishable().Input
		w.Seed(t, author, store.SeedIncident{
			Input: input, Derived: models.Derive(input, w.Vocabulary), WorkflowStatus: "approved", VerificationStatus: "single_source", CreatedAt: storetest.Start,
		})
		if r := known(t, w, advocate, page); r == nil || r.Incidents != 1 || *r.Described.Title != "Shown" {
			t.Errorf("the advocate finds %+v", r)
		}
		if r := known(t, w, author, page); r.Incidents != 2 {
			t.Errorf("the author counts %d", r.Incidents)
		}
		w.Log(t, stranger2(t, w), from(storetest.ACall(), "primary_publisher", page1, "Of beta"))
		if r := known(t, w, stranger, page); r == nil || r.Incidents != 1 || r.Ref == own.Ref {
			t.Errorf("beta has %+v", r)
		}
	})
}

func stranger2(t testing.TB, w storetest.World) models.Principal {
	t.Helper()
	return w.Person(t, "beta", "colleague", models.RoleCaseworker)
}

func TestSourceRecord_SecretSources_AreNeverTied(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker, models.RoleReviewer)
		w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "x").Sensitivity("restricted"))
		w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "x").Sensitivity("sealed"))
		for _, kind := range []string{"tip", "direct_interview", "partner_submission"} {
			w.Log(t, author, from(storetest.ACall(), kind, page1, "x"))
		}
		w.Log(t, author, from(storetest.ACall(), "primary_publisher", "https://localhost/a", "x"))
		if r := known(t, w, author, page); r != nil {
			t.Errorf("tied: %+v", r)
		}
		items, _, err := w.For(author).SourceRecords(t.Context(), store.SourceQuery{Limit: 50})
		if err != nil || len(items) != 0 {
			t.Errorf("%d records: %v", len(items), err)
		}
	})
}

func TestSourceRecord_Edits_TieAndUntie(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker, models.RoleReviewer)
		call := from(storetest.ACall(), "primary_publisher", page1, "x")
		first := w.Log(t, author, call)
		second := w.Log(t, author, call)
		ref := known(t, w, author, page).Ref
		change := func(rec models.Incident, b storetest.Incident) models.Incident {
			t.Helper()
			rec, err := w.For(author).UpdateIncident(t.Context(), w.Update(rec, b))
			if err != nil {
				t.Fatal(err)
			}
			return rec
		}
		first = change(first, call.Titled("Other"))
		if r := known(t, w, author, page); r.Incidents != 2 || r.Ref != ref {
			t.Errorf("after an edit: %+v", r)
		}
		change(first, call.Sensitivity("sealed"))
		if r := known(t, w, author, page); r.Incidents != 1 || r.Ref != ref {
			t.Errorf("after one was sealed: %+v", r)
		}
		second = change(second, call.Sensitivity("restricted"))
		if r := known(t, w, author, page); r != nil {
			t.Errorf("after both are secret: %+v", r)
		}
		change(second, from(storetest.ACall(), "primary_publisher", "https://paper.example/other", "x").Sensitivity("restricted"))
		w.Log(t, author, call)
		if r := known(t, w, author, page); r.Incidents != 1 || r.Ref == ref {
			t.Errorf("the orphaned record came back: %+v", r)
		}
	})
}

func TestSourceRecords_TextAndPages(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		var last models.Incident
		for i := range 5 {
			last = w.Log(t, author, from(storetest.ACall(), "primary_publisher", fmt.Sprintf("https://paper.example/%d", i), fmt.Sprintf("Story 100%% No_%d", i)))
		}
		for text, want := range map[string]int{
			"": 5, "STORY": 5, "no_3": 1, "100% n": 5, "100_": 0, "paper.example/4": 1, "https://m.paper.example/2/amp": 1, "absent": 0, `\`: 0,
		} {
			items, next, err := w.For(author).SourceRecords(t.Context(), store.SourceQuery{Text: text, Limit: 50})
			if err != nil || len(items) != want || next != "" {
				t.Errorf("%q finds %d, want %d: %v", text, len(items), want, err)
			}
		}
		seen, cursor := []string{}, ""
		for range 3 {
			items, next, err := w.For(author).SourceRecords(t.Context(), store.SourceQuery{Limit: 2, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range items {
				seen = append(seen, r.CanonicalURL)
			}
			cursor = next
		}
		if len(seen) != 5 || seen[0] != "paper.example/4" || seen[4] != "paper.example/0" || cursor != "" {
			t.Errorf("pages %v, then %q", seen, cursor)
		}
		items, _, err := w.For(author).SourceRecords(t.Context(), store.SourceQuery{Incident: last.Ref, Limit: 50})
		if err != nil || len(items) != 1 || len(items[0].LocalIDs) != 1 || items[0].LocalIDs[0] != "S1" {
			t.Errorf("of one incident %+v: %v", items, err)
		}
		for _, cursor := range []string{"x", "!", "LTU", "MA"} {
			_, _, err := w.For(author).SourceRecords(t.Context(), store.SourceQuery{Limit: 2, Cursor: cursor})
			wantCode(t, err, models.KindMalformed, "cursor.invalid")
		}
	})
}

func TestSourceRecord_WrittenByManyAtOnce_IsOne(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		call := from(storetest.ACall(), "primary_publisher", page1, "x")
		hidden := w.Log(t, author, call)
		var mu sync.Mutex
		together(16, func(i int) {
			var err error
			if i == 0 { // orphans the record while others tie to it
				_, err = w.For(author).UpdateIncident(t.Context(), w.Update(hidden, call.Sensitivity("restricted")))
			} else {
				_, _, err = w.For(author).CreateIncident(t.Context(), w.Creation(call))
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
		})
		if r := known(t, w, author, page); r == nil || r.Incidents != 15 {
			t.Errorf("record %+v", r)
		}
	})
}

func TestOpen_OlderSources_AreTied(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "farwatch.db")
	options := store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey}
	s, err := store.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	w := storetest.World{Store: s, Vocabulary: vocabulary(t)}
	author := w.Person(t, "alpha", "author", models.RoleCaseworker)
	for range 3 {
		w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "x"))
	}
	w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "x").Sensitivity("restricted"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	untie(t, path)
	if w.Store, err = store.Open(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if r := known(t, w, author, page); r == nil || r.Incidents != 3 {
		t.Errorf("record %+v", r)
	}
}
