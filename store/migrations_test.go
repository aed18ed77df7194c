package store_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"farwatch/store"
	"farwatch/store/storetest"
)

// frozen reads migrations.sum: the SHA-256 of each released migration.
func frozen(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("migrations", "migrations.sum"))
	must(t, err)
	sums := map[string]string{}
	for line := range strings.Lines(string(data)) {
		sum, name, found := strings.Cut(strings.TrimSpace(line), "  ")
		if _, twice := sums[name]; !found || twice || len(sum) != 64 {
			t.Fatalf("migrations.sum: %q is no new line of sum and name", line)
		}
		sums[name] = sum
	}
	return sums
}

// TestMigrations_Released stand in databases already. A change would leave
// those with the old schema under the new number.
func TestMigrations_Released_NeverChange(t *testing.T) {
	t.Parallel()
	sums := frozen(t)
	files, err := filepath.Glob(filepath.Join("migrations", "*", "*.sql"))
	must(t, err)
	if len(files) == 0 {
		t.Fatal("no migrations found")
	}
	for _, file := range files {
		name := filepath.ToSlash(strings.TrimPrefix(file, "migrations"+string(filepath.Separator)))
		data, err := os.ReadFile(file)
		must(t, err)
		sum := sha256.Sum256(data)
		switch want, known := sums[name]; {
		case !known:
			t.Errorf("%s has no line; in store/migrations run: sha256sum %s >>migrations.sum", name, name)
		case want != hex.EncodeToString(sum[:]):
			t.Errorf("%s was released and has changed; put it back and write a new migration", name)
		}
		delete(sums, name)
	}
	for name := range sums {
		t.Errorf("%s was released and is gone", name)
	}
}

func TestMigrations_BothDatabases_HaveTheSameNames(t *testing.T) {
	t.Parallel()
	names := func(dialect string) []string {
		files, err := filepath.Glob(filepath.Join("migrations", dialect, "*.sql"))
		must(t, err)
		for i := range files {
			files[i] = filepath.Base(files[i])
		}
		return files
	}
	if sqlite, postgres := names("sqlite"), names("postgres"); !slices.Equal(sqlite, postgres) {
		t.Errorf("sqlite %v, postgres %v", sqlite, postgres)
	}
}

const newerSchema = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, %)"

func TestOpen_NewerSchema_RefusedAndUntouched(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "farwatch.db")
		options := store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey}
		refusesNewer(t, options, raw(t, path), "1")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		address := storetest.Postgres(t)
		db, err := sql.Open("pgx", address)
		must(t, err)
		defer db.Close()
		refusesNewer(t, store.Options{PostgresURL: address, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey}, db, "true")
	})
}

func refusesNewer(t *testing.T, options store.Options, db *sql.DB, yes string) {
	t.Helper()
	const versions = "SELECT CAST(version_id AS TEXT) FROM goose_db_version ORDER BY id"
	s, err := store.Open(t.Context(), options)
	must(t, err)
	must(t, s.Close())
	s, err = store.Open(t.Context(), options)
	must(t, err) // the same program opens it again
	must(t, s.Close())
	exec(t, db, strings.Replace(newerSchema, "%", yes, 1))
	before := column(t, db, versions)
	_, err = store.Open(t.Context(), options)
	if err == nil || !strings.Contains(err.Error(), "written by a newer Farwatch") {
		t.Errorf("error %v", err)
	}
	if after := column(t, db, versions); !slices.Equal(before, after) {
		t.Errorf("versions %v became %v", before, after)
	}
}
