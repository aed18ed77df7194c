package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// openFile opens a SQLite store whose file the test knows.
func openFile(t testing.TB) (s *store.Store, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data", "farwatch.db")
	s, err := store.Open(t.Context(), store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s, path
}

// raw reaches the file past the store, as somebody with the disk would.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func exec(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// column reads the first column of a query.
func column(t testing.TB, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	must(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		must(t, rows.Scan(&s))
		out = append(out, s)
	}
	must(t, rows.Err())
	return out
}

// person makes an account and gives its principal.
func person(t testing.TB, s *store.Store, organisation, name string, roles ...models.Role) models.Principal {
	t.Helper()
	ctx := context.Background()
	err := s.System().CreateOrganisation(ctx, organisation, "Example "+organisation)
	if models.KindOf(err) != models.KindConflict {
		must(t, err)
	}
	must(t, s.System().CreateUser(ctx, organisation, name, "no-hash", roles))
	user, err := s.System().UserByName(ctx, name)
	must(t, err)
	session, err := s.System().StartSession(ctx, user.ID, "Test / Linux", models.FactorTOTP)
	must(t, err)
	p, _, err := s.System().Principal(ctx, session.ID)
	must(t, err)
	return p
}

func vocabulary(t testing.TB) *models.Vocabulary {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "internal", "vocab", "vocabulary.json"))
	must(t, err)
	v, err := models.ParseVocabulary(data, func(string) bool { return true })
	must(t, err)
	return v
}

// input is a small record with one act of a method.
func input(title, method string) models.IncidentInput {
	in := models.IncidentInput{
		Title: title, Summary: "Somebody was called.", OriginCountry: "CHN", HostCountry: "GBR", AttributionBasis: []string{},
		HostPlace: models.HostPlace{GeoPrecision: "country", PublicGeoPrecision: "country"}, Occurred: models.Occurred{Precision: "unknown"},
		PoliceReported: "unknown", DiscoveryRoute: "unknown", Sensitivity: "open",
		ScopeTest: models.ScopeTest{StateLink: "yes", CrossBorder: "yes", Reason: "yes", Aim: "yes", Act: "yes"},
		Targets: []models.Target{{
			ID: "T1", CountingUnit: "person", CountMin: 1, Communities: []string{}, Roles: []string{}, Gender: "unknown", AgeBand: "unknown", Response: "unknown",
		}},
		Acts: []models.Act{{ID: "A1", Method: method, Target: "T1", Channels: []string{}}},
	}
	in.Normalize()
	return in
}

// create logs a record under a key and gives its ref.
func create(t testing.TB, s *store.Store, p models.Principal, v *models.Vocabulary, in models.IncidentInput, key string) models.Incident {
	t.Helper()
	rec, _, err := s.For(p).CreateIncident(t.Context(), store.CreateIncident{
		Input: in, Derived: models.Derive(in, v), VocabularyVersion: v.Version, IdempotencyKey: key, BodyHash: key,
	})
	must(t, err)
	return rec
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return string(data)
}
