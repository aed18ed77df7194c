package store_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
)

// fullScan is a plan that reads the whole index of codes, under any name that
// a statement gives it.
var fullScan = regexp.MustCompile(`^SCAN (f|r|incident_facets)\b`)

// plan is how SQLite will find the rows of a statement.
func plan(t *testing.T, db *sql.DB, s store.Statement) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.SQL, s.Args...)
	if err != nil {
		t.Fatalf("%s: %v", s.SQL, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		out = append(out, detail)
	}
	must(t, rows.Err())
	return out
}

// seeded fills a store with records of several methods, as large as the
// planner needs to tell them apart.
func seeded(t *testing.T, v *models.Vocabulary, change func(i int, in *models.IncidentInput)) (*store.Store, string, models.Principal) {
	t.Helper()
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker, models.RoleAnalyst)
	methods := v.Codes(models.ListMethods)
	records := func(yield func(store.SeedIncident) bool) {
		for i := range 600 {
			in := input(fmt.Sprint("Record ", i), methods[i%len(methods)])
			if change != nil {
				change(i, &in)
			}
			r := store.SeedIncident{
				Input: in, Derived: models.Derive(in, v), WorkflowStatus: "approved", VerificationStatus: "confirmed",
				CreatedAt: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC),
			}
			if !yield(r) {
				return
			}
		}
	}
	must(t, s.System().Seed(t.Context(), "example_ngo", "amina", v, records, func(int) {}))
	return s, path, p
}

func TestPlan_FilteredByMethod_NeverReadsAllCodes(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	s, path, p := seeded(t, v, nil)
	db := raw(t, path)
	taken, err := s.Record()
	must(t, err)
	byMethod := models.IncidentFilter{Methods: []string{v.Codes(models.ListMethods)[0]}}
	condition, err := models.ParseWhere("methods:" + byMethod.Methods[0] + " and not (communities:uyghur or families:recruitment)")
	must(t, err)
	byMethodField, _ := models.FilterFieldNamed("methods")
	channels, _ := models.FilterFieldNamed("channels")
	for what, read := range map[string]func() error{
		"combined condition": func() error {
			_, _, _, err := s.For(p).Incidents(t.Context(), models.IncidentFilter{Where: &condition}, models.Page{Sort: models.Sort{Column: "updated_at", Descending: true}, Limit: 50})
			return err
		},
		"facets": func() error {
			_, err := s.For(p).Facets(t.Context(), byMethod, []models.FilterField{byMethodField, channels})
			return err
		},
		"list": func() error {
			_, total, _, err := s.For(p).Incidents(t.Context(), byMethod, models.Page{Sort: models.Sort{Column: "updated_at", Descending: true}, Limit: 50})
			if total == 0 || total == 600 {
				t.Errorf("%d records match: the filter shows nothing", total)
			}
			return err
		},
		"stats": func() error {
			_, err := s.For(p).Stats(t.Context(), byMethod, false)
			return err
		},
		"stats with implied": func() error {
			_, err := s.For(p).Stats(t.Context(), byMethod, true)
			return err
		},
	} {
		taken()
		must(t, read())
		looked := 0
		for _, statement := range taken() {
			if !strings.Contains(statement.SQL, "incident_facets") {
				continue
			}
			looked++
			steps := plan(t, db, statement)
			if slices.ContainsFunc(steps, fullScan.MatchString) {
				t.Errorf("%s reads every code:\n%s\n%s", what, statement.SQL, strings.Join(steps, "\n"))
			}
		}
		if looked < 2 {
			t.Errorf("%s: only %d statements seen", what, looked)
		}
	}
}

// TestPlan_FullScan is the negative twin: the pattern does find one.
func TestPlan_FullScan_IsRecognised(t *testing.T) {
	t.Parallel()
	_, path := openFile(t)
	for statement, want := range map[string]bool{
		"SELECT COUNT(*) FROM incident_facets f":                                           true,
		"SELECT * FROM incident_facets WHERE code || '' = 'assault'":                       true,
		"SELECT incident_id FROM incident_facets f WHERE f.facet = 'methods' AND code='a'": false,
	} {
		steps := plan(t, raw(t, path), store.Statement{SQL: statement})
		if got := slices.ContainsFunc(steps, fullScan.MatchString); got != want {
			t.Errorf("%s: %v, want %v: %q", statement, got, want, steps)
		}
	}
}

func TestPlan_FirstPage_ReadsAnIndexInItsOrder(t *testing.T) {
	t.Parallel()
	s, path, p := seeded(t, vocabulary(t), nil)
	db := raw(t, path)
	taken, err := s.Record()
	must(t, err)
	for _, column := range []string{"updated_at", "created_at", "title", "origin_country", "host_country"} {
		for _, descending := range []bool{false, true} {
			taken()
			page := models.Page{Sort: models.Sort{Column: column, Descending: descending}, Limit: 50}
			_, _, _, err := s.For(p).Incidents(t.Context(), models.IncidentFilter{}, page)
			must(t, err)
			for _, statement := range taken() {
				if !strings.Contains(statement.SQL, "ORDER BY i.") {
					continue
				}
				if steps := strings.Join(plan(t, db, statement), "\n"); strings.Contains(steps, "TEMP B-TREE") {
					t.Errorf("%s (descending %v) is sorted in memory:\n%s", column, descending, steps)
				}
			}
		}
	}
}
