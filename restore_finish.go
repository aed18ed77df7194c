package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"farwatch/internal/backup"
	"farwatch/models"
)

// markName is the file that says that a restored database was not yet made
// safe: people are still signed in there, and nobody has looked at it.
const markName = "restored.json"

// restoreMark says which backup it was.
type restoreMark struct {
	At  time.Time `json:"at"`
	Seq int64     `json:"audit_seq"`
}

func writeMark(dir string, m restoreMark) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode mark: %w", err)
	}
	return backup.Replace(filepath.Join(dir, markName), data)
}

// finishRestore makes a restored database safe: everybody is signed out and
// nothing can be changed until somebody confirms. Each step can be done again,
// so that a server which finds the mark at its start goes on with it.
func (i *instance) finishRestore(ctx context.Context) error {
	path := filepath.Join(i.config.DataDir, markName)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var mark restoreMark
	if err == nil {
		err = json.Unmarshal(data, &mark)
	}
	if err != nil {
		return fmt.Errorf("read mark of the restore: %w", err)
	}
	reason := "Restored from the backup of " + mark.At.UTC().Format(time.RFC3339)
	system := i.store.System()
	if err := system.SetInstanceMode(ctx, models.ModeQuarantine, reason, ""); err != nil {
		return err
	}
	if err := system.EndAllSessions(ctx, "backup.restore", mark.At.UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	if err := i.replay(ctx); err != nil {
		return err
	}
	if err := i.signHead(ctx, &mark.Seq); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove mark of the restore: %w", err)
	}
	return backup.SyncFolder(i.config.DataDir)
}
