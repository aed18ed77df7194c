package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"farwatch/store"
)

// beforeMigration takes the backup that is the only way back from a change of
// the schema, or refuses the change (S54).
func (i *instance) beforeMigration(ctx context.Context, s *store.Store, from, to int64) error {
	if i.config.MigrateUnsaved {
		i.log.Warn("migrate", slog.String("err_code", "migrate.without_backup"))
		return nil
	}
	if _, err := os.Stat(filepath.Join(i.config.DataDir, markName)); err == nil {
		return nil // just restored: the backup is there
	}
	older := fmt.Sprintf("the database has schema %d and this program changes it to %d, with no way back but a backup from before", from, to)
	const ways = "either set FARWATCH_BACKUP_DIR and FARWATCH_BACKUP_RECIPIENTS, so that one is taken first, " +
		"or say FARWATCH_MIGRATE_WITHOUT_BACKUP=on (-migrate-without-backup on) to go without. Nothing was changed"
	if i.config.BackupDir == "" || i.config.BackupRecipients == "" {
		return errors.New(older + ": " + ways)
	}
	before := *i
	before.store, before.unmigrated = s, true
	f, _, err := before.backup(ctx, i.config.BackupDir)
	if err != nil {
		return fmt.Errorf("%s, and that backup failed (%w): mend it, or %s", older, err, ways)
	}
	i.log.Info("backup before the schema changes", slog.Int64("bytes", f.Size))
	return nil
}
