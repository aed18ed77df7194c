package store_test

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"farwatch/store/storetest"
)

// schema names everything in a database, one line a thing. The text index is
// left out: each engine has its own.
type schema []string

var (
	constraintPattern = regexp.MustCompile(`CONSTRAINT (\w+) `)
	// PostgreSQL names the key of a numbered table itself; SQLite's has no name.
	unnamedKey = regexp.MustCompile(`^\w+_pkey$`)
)

func sqliteSchema(t *testing.T) schema {
	t.Helper()
	_, path := openFile(t)
	db := raw(t, path)
	var out schema
	for _, table := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'incident_search%' AND name <> 'goose_db_version'") {
		out = append(out, "table "+table)
		out = append(out, column(t, db, `SELECT 'column ' || ? || '.' || name || CASE WHEN "notnull" OR type = 'INTEGER' AND pk THEN ' NOT NULL' ELSE '' END
			FROM pragma_table_info(?)`, table, table)...)
		for _, made := range column(t, db, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table) {
			for _, m := range constraintPattern.FindAllStringSubmatch(made, -1) {
				out = append(out, "constraint "+table+" "+m[1])
			}
		}
	}
	out = append(out, column(t, db, "SELECT 'index ' || tbl_name || ' ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name <> 'goose_db_version'")...)
	slices.Sort(out)
	return out
}

func postgresSchema(t *testing.T) schema {
	t.Helper()
	db, err := sql.Open("pgx", storetest.Postgres(t))
	must(t, err)
	defer db.Close()
	out := schema(column(t, db, `SELECT 'table ' || table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT IN ('goose_db_version', 'incident_search')`))
	out = append(out, column(t, db, `SELECT 'column ' || table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ('goose_db_version', 'incident_search')`)...)
	for _, line := range column(t, db, `SELECT c.conrelid::regclass::text || ' ' || c.conname FROM pg_constraint c
		WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f', 'c') AND c.conrelid NOT IN ('goose_db_version'::regclass, 'incident_search'::regclass)`) {
		if _, name, _ := strings.Cut(line, " "); !unnamedKey.MatchString(name) {
			out = append(out, "constraint "+line)
		}
	}
	out = append(out, column(t, db, `SELECT 'index ' || tablename || ' ' || indexname FROM pg_indexes WHERE schemaname = 'public'
		AND tablename NOT IN ('goose_db_version', 'incident_search') AND indexname NOT IN (SELECT conname FROM pg_constraint)`)...)
	slices.Sort(out)
	return out
}

func TestSchema_BothDatabases_AreTheSame(t *testing.T) {
	t.Parallel()
	sqlite, postgres := sqliteSchema(t), postgresSchema(t)
	if len(sqlite) < 300 {
		t.Fatalf("only %d names read: this test shows nothing", len(sqlite))
	}
	for _, line := range sqlite {
		if !slices.Contains(postgres, line) {
			t.Errorf("SQLite only: %s", line)
		}
	}
	for _, line := range postgres {
		if !slices.Contains(sqlite, line) {
			t.Errorf("PostgreSQL only: %s", line)
		}
	}
}

// TestSchema_Names keeps what error handling and people find things by.
func TestSchema_Names_FollowTheirPattern(t *testing.T) {
	t.Parallel()
	for _, line := range sqliteSchema(t) {
		kind, rest, _ := strings.Cut(line, " ")
		table, name, _ := strings.Cut(rest, " ")
		switch kind {
		case "constraint":
			if !regexp.MustCompile(`^(pk|uq|fk|ck)_` + table + `(_|$)`).MatchString(name) {
				t.Errorf("%s of %s", name, table)
			}
		case "index":
			if !strings.HasPrefix(name, "idx_"+table+"_") {
				t.Errorf("%s of %s", name, table)
			}
		}
	}
}
