package store_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
)

// sourceScan is a plan that reads all sources, incidents or source records in
// no order of an index.
var sourceScan = regexp.MustCompile(`^SCAN (s|i|sources|incidents)\b`)

func TestPlan_Sources_ReadNoWholeTable(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	records := func(yield func(store.SeedIncident) bool) {
		for i := range 600 {
			in := input(fmt.Sprint("Record ", i), "surveillance_digital")
			address := fmt.Sprintf("https://paper.example/%d", i/2)
			in.Sources = []models.Source{{ID: "S1", Kind: "primary_publisher", URL: &address}}
			r := store.SeedIncident{
				Input: in, Derived: models.Derive(in, v), WorkflowStatus: "approved", VerificationStatus: "single_source",
				CreatedAt: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC),
			}
			if !yield(r) {
				return
			}
		}
	}
	must(t, s.System().Seed(t.Context(), "example_ngo", "amina", v, records, func(int) {}))
	db := raw(t, path)
	taken, err := s.Record()
	must(t, err)
	found, err := s.For(p).LookUpSource(t.Context(), "paper.example/7", "")
	must(t, err)
	if found.Incidents != 2 {
		t.Fatalf("found %+v", found)
	}
	list, err := listed(t, s, p, store.SourceQuery{Limit: 50})
	must(t, err)
	if len(list) != 50 {
		t.Fatalf("%d listed", len(list))
	}
	_, err = listed(t, s, p, store.SourceQuery{Limit: 50, Text: "paper"})
	must(t, err)
	_, err = s.For(p).SourceDetail(t.Context(), found.Ref)
	must(t, err)
	_, _, err = s.For(p).SourceIncidents(t.Context(), found.Ref)
	must(t, err)
	looked := 0
	ordered := 0
	for _, statement := range taken() {
		if !strings.Contains(statement.SQL, "source_record") {
			continue
		}
		looked++
		if strings.Contains(statement.SQL, "ORDER BY r.id") {
			ordered++
			if steps := strings.Join(plan(t, db, statement), "\n"); strings.Contains(steps, "TEMP B-TREE") {
				t.Errorf("the list is sorted in memory:\n%s", steps)
			}
		}
		if steps := plan(t, db, statement); slices.ContainsFunc(steps, sourceScan.MatchString) {
			t.Errorf("%s\n%s", statement.SQL, strings.Join(steps, "\n"))
		}
	}
	if looked < 8 || ordered != 2 {
		t.Errorf("%d statements seen, %d lists", looked, ordered)
	}
}

func listed(t *testing.T, s *store.Store, p models.Principal, q store.SourceQuery) ([]models.SourceRecord, error) {
	t.Helper()
	items, _, err := s.For(p).SourceRecords(t.Context(), q)
	return items, err
}
