package storetest_test

import (
	"database/sql"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// untie brings a database to the state in which a program without source
// records left it.
func untie(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"UPDATE sources SET source_record_id = NULL", "DELETE FROM source_records", "UPDATE source_backfill SET incident_id = 0, finished = FALSE",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
