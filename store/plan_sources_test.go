package store_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store"
)

// sourceScan is a plan that reads all sources, incidents or source records in
// no order of an index.
var sourceScan = regexp.MustCompile(`^SCAN (s|i|sources|incidents)\b`)

func TestPlan_Sources_ReadNoWholeTable(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	s, path, p := seeded(t, v, func(i int, in *models.IncidentInput) {
		address := fmt.Sprintf("https://paper.example/%d", i/2)
		in.Sources = []models.Source{{ID: "S1", Kind: "primary_publisher", URL: &address}}
	})
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
