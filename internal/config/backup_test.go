package config

import (
	"strings"
	"testing"
	"time"
)

func TestLoad_BackupSettings_DefaultsAndValues(t *testing.T) {
	t.Parallel()
	c, err := Load(nil, nil)
	if err != nil || c.BackupDir != "" || c.BackupRecipients != "" || c.BackupEvery != time.Hour || c.AuditHeads != "" || c.LeastFree != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = Load([]string{"-backup-every", "90m"}, []string{
		"FARWATCH_BACKUP_DIR=/backups", "FARWATCH_BACKUP_RECIPIENTS=age1x", "FARWATCH_AUDIT_HEADS=/heads", "FARWATCH_LEAST_FREE=1024",
	})
	if err != nil || c.BackupDir != "/backups" || c.BackupRecipients != "age1x" || c.BackupEvery != 90*time.Minute || c.AuditHeads != "/heads" || c.LeastFree != 1024 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestLoad_BackupSettings_BadValuesAreNamed(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"FARWATCH_BACKUP_EVERY=often", "FARWATCH_BACKUP_EVERY=1s", "FARWATCH_BACKUP_EVERY=-1h", "FARWATCH_LEAST_FREE=-1", "FARWATCH_LEAST_FREE=much",
	} {
		name, _, _ := strings.Cut(entry, "=")
		if _, err := Load(nil, []string{entry}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", entry, err)
		}
	}
}
