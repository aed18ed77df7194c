package main

import (
	"context"
	"time"

	"farwatch/internal/backup"
	"farwatch/internal/config"
)

// warnings are what the administration page says in red: settings without which
// something will be lost, and what fails. The demo has none.
func (i *instance) warnings(ctx context.Context) []string {
	c := i.config
	out := []string{}
	if c.Demo {
		return out
	}
	switch made, err := backup.List(c.BackupDir); {
	case c.BackupRecipients == "":
		out = append(out, "backups.no_recipient")
	case c.BackupDir == "":
		out = append(out, "backups.none")
	case i.backupFailed():
		out = append(out, "backups.failed")
	case err != nil || len(made) == 0 || backupOverdue(c, made):
		out = append(out, "backups.old")
	}
	if c.AuditHeads == "" {
		out = append(out, "audit_heads.none")
	}
	if c.SecondFactor == "optional" {
		out = append(out, "second_factor.optional")
	}
	if c.SecondFactor == "app" {
		out = append(out, "second_factor.app")
	}
	if at, err := i.store.System().AloneWithKeysSince(ctx); err == nil && at != nil {
		out = append(out, "keys.alone")
	}
	return out
}

// backupOverdue tells whether the newest of some backups is too old: the server
// missed its turn twice.
func backupOverdue(c config.Config, made []time.Time) bool {
	return time.Since(made[len(made)-1]) > 2*c.BackupEvery
}

// backupFailed tells whether the server's last try came to nothing.
func (i *instance) backupFailed() bool {
	state, err := readState(i.config.DataDir)
	return err == nil && state.Code != ""
}
