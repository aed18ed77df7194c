package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"farwatch/internal/backup"
)

// TestWarnings: the administration page says in red what the doctor finds.
func TestWarnings_NameWhatIsMissing(t *testing.T) {
	t.Parallel()
	p, backups := healthy(t)
	i := p.opened()
	defer func() { _ = i.store.Close() }()
	said := func(what string, want ...string) {
		t.Helper()
		if got := i.warnings(t.Context()); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	said("healthy", []string{}...)
	whole := i.config
	i.config.BackupRecipients = ""
	said("nobody to encrypt to", "backups.no_recipient")
	i.config = whole
	i.config.BackupDir = ""
	said("no folder", "backups.none")
	i.config = whole
	i.config.AuditHeads, i.config.SecondFactor = "", "optional"
	said("two settings", "audit_heads.none", "second_factor.optional")
	i.config.Demo = true
	said("the demo", []string{}...)
	i.config = whole
	if err := writeState(p.dataDir(), backupState{At: time.Now(), Code: "backup.disk_full"}); err != nil {
		t.Fatal(err)
	}
	said("a failed backup", "backups.failed")
	if err := writeState(p.dataDir(), backupState{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	made, err := backup.List(backups)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(backups, backup.Name(made[0])), filepath.Join(backups, backup.Name(time.Now().Add(-3*time.Hour)))); err != nil {
		t.Fatal(err)
	}
	said("an old backup", "backups.old")
}
