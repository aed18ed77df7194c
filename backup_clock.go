package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"farwatch/internal/backup"
	"farwatch/store"
)

// backupStep is how often the server looks whether a backup is due.
const backupStep = time.Minute

// backupState is how the last try of the server's own backups went.
type backupState struct {
	At   time.Time `json:"at"`
	Code string    `json:"code"` // "" when it was written
}

const backupStateName = "backup-state.json"

// keepBackups writes a backup whenever one is due, until the context is done.
func (i *instance) keepBackups(ctx context.Context) {
	if i.config.BackupDir == "" {
		return
	}
	// Once more at the end: what was erased last must not come back either.
	defer func() { i.tryLedger(context.WithoutCancel(ctx)) }()
	ticker := time.NewTicker(backupStep)
	defer ticker.Stop()
	tried := time.Time{}
	for {
		if now := time.Now(); i.backupDue(now, tried) {
			tried = now
			i.tryBackup(ctx, now)
		}
		i.tryLedger(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// backupDue tells whether the newest backup, and the last try, are old enough.
func (i *instance) backupDue(now, tried time.Time) bool {
	made, err := backup.List(i.config.BackupDir)
	if err == nil && len(made) > 0 && made[len(made)-1].After(tried) {
		tried = made[len(made)-1]
	}
	return now.Sub(tried) >= i.config.BackupEvery || tried.After(now)
}

// tryBackup writes one, deletes outdated ones, and notes how it went.
func (i *instance) tryBackup(ctx context.Context, now time.Time) {
	f, _, err := i.backup(ctx, i.config.BackupDir)
	if err == nil {
		err = i.keepLedger(ctx, i.config.BackupDir)
	}
	if err == nil {
		_, err = backup.Prune(i.config.BackupDir, now)
	}
	if ctx.Err() != nil {
		return // the server ends: the next one tries again
	}
	state := backupState{At: now.UTC(), Code: backupCode(err)}
	if err := writeState(i.config.DataDir, state); err != nil {
		i.log.Warn("backup state", slog.String("err_code", "backup.state_unwritten"))
		i.log.Debug("backup state", slog.Any("err", err))
	}
	if err != nil {
		i.log.Error("backup", slog.String("err_code", state.Code))
		i.log.Debug("backup", slog.Any("err", err))
		return
	}
	i.log.Info("backup", slog.Int64("bytes", f.Size), slog.Int64("ms", time.Since(now).Milliseconds()))
}

// tryLedger keeps the list of erasures as new as can be, between backups too.
func (i *instance) tryLedger(ctx context.Context) {
	if err := i.keepLedger(ctx, i.config.BackupDir); err != nil && ctx.Err() == nil {
		i.log.Error("list of erasures", slog.String("err_code", "backup.ledger_unwritten"))
		i.log.Debug("list of erasures", slog.Any("err", err))
	}
}

// backupCode names a failure without a path or a value.
func backupCode(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, backup.ErrNoRecipient):
		return "backup.no_recipient"
	case errors.Is(err, backup.ErrNoTool):
		return "backup.no_tool"
	case errors.Is(err, store.ErrUnsound):
		return "backup.database_damaged"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, errNoRoom):
		return "backup.disk_full"
	case errors.Is(err, os.ErrPermission):
		return "backup.no_permission"
	}
	return "backup.failed"
}

func writeState(dir string, s backupState) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode backup state: %w", err)
	}
	return backup.Replace(filepath.Join(dir, backupStateName), data)
}

// readState gives the zero state where the server has not tried yet.
func readState(dir string) (s backupState, err error) {
	data, err := os.ReadFile(filepath.Join(dir, backupStateName))
	if errors.Is(err, os.ErrNotExist) {
		return backupState{}, nil
	}
	if err != nil {
		return backupState{}, fmt.Errorf("read backup state: %w", err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return backupState{}, fmt.Errorf("read backup state: %w", err)
	}
	return s, nil
}
