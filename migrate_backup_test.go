package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/internal/backup"
	"farwatch/store/storetest"
)

// older is a place whose database an older program wrote, with one person in it.
func older(t *testing.T, kind string) (p place, schema func() string) {
	t.Helper()
	if kind == "postgres" {
		address := storetest.EmptyPostgres(t)
		past := storetest.PastPostgres(t, address)
		past.Older(t, kind, 17)
		return newPlace(t, "FARWATCH_DATABASE_URL="+address), func() string {
			return past.Column("SELECT MAX(version_id) FROM goose_db_version")[0]
		}
	}
	p = newPlace(t)
	if err := os.MkdirAll(p.dataDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.dataDir(), databaseName)
	past := storetest.PastSQLite(t, path)
	past.Older(t, kind, 17)
	past.Close()
	return p, func() string {
		past := storetest.PastSQLite(t, path)
		defer past.Close()
		return past.Column("SELECT MAX(version_id) FROM goose_db_version")[0]
	}
}

func TestMigrate_OlderDatabase_OnlyAfterABackupOrByWord(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if kind == "postgres" && os.Getenv("FARWATCH_TEST_POSTGRES") == "" {
				t.Skip("FARWATCH_TEST_POSTGRES names no cluster: not tested on PostgreSQL")
			}
			t.Run("no way chosen", func(t *testing.T) {
				p, schema := older(t, kind)
				for _, way := range []string{"FARWATCH_BACKUP_DIR and FARWATCH_BACKUP_RECIPIENTS", "-migrate-without-backup on", "schema 17"} {
					p.want(1, way, "", "migrate")
				}
				if got := schema(); got != "17" {
					t.Errorf("schema %s after the refusal", got)
				}
			})
			t.Run("a backup that fails", func(t *testing.T) {
				p, schema := older(t, kind)
				p.sealing()
				p.environ = append(p.environ, "FARWATCH_BACKUP_DIR=/dev/null/nowhere")
				p.want(1, "that backup failed", "", "migrate")
				if got := schema(); got != "17" {
					t.Errorf("schema %s after the refusal", got)
				}
			})
			t.Run("backup first", func(t *testing.T) {
				p, schema := older(t, kind)
				identity := p.sealing()
				dir := filepath.Join(t.TempDir(), "backups")
				p.environ = append(p.environ, "FARWATCH_BACKUP_DIR="+dir)
				p.want(0, "has this program's schema", "", "migrate")
				if got := schema(); got == "17" {
					t.Error("nothing was changed")
				}
				made, err := backup.List(dir)
				if err != nil || len(made) != 1 {
					t.Fatalf("%d backups, %v", len(made), err)
				}
				p.want(0, "schema 17", "", "backup", "verify", "-identity", identity, filepath.Join(dir, backup.Name(made[0])))
				p.want(0, "has this program's schema", "", "migrate") // and nothing to do any more
				if made, err = backup.List(dir); err != nil || len(made) != 1 {
					t.Errorf("%d backups, %v", len(made), err)
				}
			})
			t.Run("by word", func(t *testing.T) {
				p, schema := older(t, kind)
				if status, _, said := p.farwatch("", "migrate", "-migrate-without-backup", "on"); status != 0 || !strings.Contains(said, "migrate.without_backup") || schema() == "17" {
					t.Errorf("status %d, schema %s: %s", status, schema(), said)
				}
			})
		})
	}
}
