package store_test

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store"
)

// tableHashes are a hash of every table but those of imports, the keys of
// requests, the log and the order of changes, over all that is not sealed anew each time it is written.
func tableHashes(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		if strings.HasPrefix(table, "import") || strings.HasPrefix(table, "audit") || strings.HasPrefix(table, "change") || strings.HasPrefix(table, "feed") || table == "idempotency_keys" || table == "record_macs" || strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "incident_search") {
			continue
		}
		var names []string
		for _, name := range column(t, db, "SELECT name FROM pragma_table_info(?) ORDER BY cid", table) {
			if name != "row_key" && name != "protected" {
				names = append(names, "quote("+name+")")
			}
		}
		rows := column(t, db, "SELECT "+strings.Join(names, " || '|' || ")+" FROM "+table) //nolint:gosec // names of the schema
		slices.Sort(rows)
		sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
		out[table] = hex.EncodeToString(sum[:])
	}
	words := column(t, db, "SELECT rowid FROM incident_search ORDER BY rowid")
	out["incident_search"] = strings.Join(words, ",")
	return out
}

// importedRow is a row that is found by a key.
func importedRow(number int, key, title string, v *models.Vocabulary) models.ImportedRow {
	in := input(title, "stalking")
	address := fmt.Sprintf("https://news.example/%d", number)
	in.Targets[0].Response = "undisclosed" // what an update checks
	in.Sources = []models.Source{{ID: "S1", Kind: "primary_publisher", URL: &address}}
	in.Normalize()
	return models.ImportedRow{
		Number: number, Input: in, Derived: models.Derive(in, v), Key: key, Content: title,
		Merge: func(old models.IncidentInput) models.IncidentInput { old.Title = title; return old },
	}
}

// TestUndoImported_LeavesEqualTables: an import that makes records and changes
// others, taken back, leaves every table as it was.
func TestUndoImported_LeavesEqualTables(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	v := vocabulary(t)
	view := s.For(person(t, s, "example_ngo", "amina", models.RoleCaseworker))
	db := raw(t, path)
	begin := func() string {
		i, err := view.BeginImport(t.Context(), "x.csv", 1, rand.Text(), "")
		must(t, err)
		_, err = view.ChangeImport(t.Context(), i.ID, store.ImportChange{From: []string{models.ImportUploading}, To: models.ImportRunning})
		must(t, err)
		return i.ID
	}
	write := func(id string, first, last int, version string) models.Import {
		var rows []models.ImportedRow
		for n := first; n <= last; n++ {
			rows = append(rows, importedRow(n, fmt.Sprint("key ", n), fmt.Sprintf("Record %d %s", n, version), v))
		}
		i, err := view.WriteImported(t.Context(), id, rows, v)
		must(t, err)
		return i
	}
	write(begin(), 1, 20, "first")
	before := tableHashes(t, db)
	id := begin()
	if i := write(id, 11, 40, "second"); i.Updated != 10 || i.Created != 20 {
		t.Fatalf("%d updated, %d created", i.Updated, i.Created)
	}
	if after := tableHashes(t, db); maps.Equal(before, after) {
		t.Fatal("the import changed nothing: this test shows nothing")
	}
	_, err := view.ChangeImport(t.Context(), id, store.ImportChange{From: []string{models.ImportRunning}, To: models.ImportUndoing})
	must(t, err)
	for left := true; left; {
		left, err = view.UndoImported(t.Context(), id, v)
		must(t, err)
	}
	after := tableHashes(t, db)
	for table, hash := range before {
		if after[table] != hash {
			t.Errorf("%s differs", table)
		}
	}
	// The same rows come in again as they did before.
	again := begin()
	if i := write(again, 11, 40, "first"); i.Unchanged != 10 || i.Created != 20 {
		t.Errorf("again: %d unchanged, %d created, %d updated", i.Unchanged, i.Created, i.Updated)
	}
}
