package store

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/models"
)

// TestCheckPragmas plants each wrong setting: a pragma that did not take must
// stop the program, not lose records later (S52).
func TestCheckPragmas_OneDiffers_RefusesAndNamesIt(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]string{
		"busy_timeout": "1", "synchronous": "NORMAL", "foreign_keys": "OFF", "journal_size_limit": "-1", "secure_delete": "OFF",
		"temp_store": "FILE", "trusted_schema": "ON", "cell_size_check": "OFF", "query_only": "ON",
	} {
		db, err := openSQLitePool(sqliteDSN(filepath.Join(t.TempDir(), "a.db"), true), 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Exec("PRAGMA " + name + " = " + wrong).Error; err != nil { // on the one connection
			t.Fatal(err)
		}
		if err := checkPragmas(t.Context(), db, "0"); err == nil || !strings.Contains(err.Error(), "pragma "+name+" is") {
			t.Errorf("%s(%s): %v", name, wrong, err)
		}
		closePool(t, db.DB)
	}
}

func TestCheckPragmas_AsOpened_Passes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	for queryOnly, writer := range map[string]bool{"0": true, "1": false} {
		db, err := openSQLitePool(sqliteDSN(path, writer), 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkPragmas(t.Context(), db, queryOnly); err != nil {
			t.Error(err)
		}
		closePool(t, db.DB)
	}
}

func closePool(t *testing.T, pool func() (*sql.DB, error)) {
	t.Helper()
	db, err := pool()
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Error(err)
	}
}

func TestFreeRef_Taken_IsDrawnAnew(t *testing.T) {
	t.Parallel()
	// Seven bytes make a ref: the second draw repeats the first, the third not.
	s, err := Open(t.Context(), Options{SQLitePath: filepath.Join(t.TempDir(), "a.db"), AuditKey: []byte("key"), VaultKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.System().SetUpRequired(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.random = strings.NewReader("aaaaaaa" + "aaaaaaa" + "bbbbbbb")
	first, err := s.freeRef(s.writer)
	if err != nil {
		t.Fatal(err)
	}
	setUp := []string{
		"INSERT INTO organisations (id, code, name, created_at) VALUES (1, 'alpha', 'Alpha', '2026-01-15 09:00:00+00:00')",
		"INSERT INTO users (id, user_name, password_hash, status, created_at) VALUES ('u', 'user', '', 'active', '2026-01-15 09:00:00+00:00')",
	}
	for _, statement := range setUp {
		if err := s.writer.Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	row := incidentRow{
		OrganisationID: 1, Ref: first, RowKey: "k", Version: 1, Sensitivity: "open", WorkflowStatus: "draft", CreatedBy: "u",
		OccurredColumns: occurredColumns(models.Occurred{Precision: "unknown"}),
	}
	if err := s.writer.Create(&row).Error; err != nil {
		t.Fatal(err)
	}
	second, err := s.freeRef(s.writer)
	if err != nil || second == first {
		t.Errorf("first %s, second %s: %v", first, second, err)
	}
	s.random = strings.NewReader(strings.Repeat("aaaaaaa", refTries))
	if ref, err := s.freeRef(s.writer); err == nil {
		t.Errorf("a taken ref %s was given out again", ref)
	}
}
