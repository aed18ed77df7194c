package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"farwatch/internal/auth"
	"farwatch/internal/backup"
	"farwatch/models"
)

// labelLedger signs the list of erasures.
const labelLedger = "erasures-signature"

// restoredLedger is the list of erasures that a restored database still lacks.
const restoredLedger = "restored-erasures.json"

// keepLedger brings the list of erasures beside the backups up to date.
func (i *instance) keepLedger(ctx context.Context, dir string) error {
	var erased []models.Erasure
	for e, err := range i.store.System().Erasures(ctx) {
		if err != nil {
			return err
		}
		erased = append(erased, e)
	}
	return backup.WriteLedger(dir, erased, signer(i.keys, labelLedger))
}

// takeLedger copies the list to be replayed into the data directory: the one
// that was named, or the one beside the backup.
func takeLedger(keys *auth.Keys, named, name, dir string) error {
	path := named
	if path == "" {
		path = filepath.Join(filepath.Dir(name), backup.LedgerName)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && named == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read erasures: %w", err)
	}
	if keys != nil {
		if _, err := backup.ReadLedger(path, checker(keys, labelLedger)); err != nil {
			return fmt.Errorf("%s: %w: name the right one with -erasures FILE", path, err)
		}
	}
	return backup.Replace(filepath.Join(dir, restoredLedger), data)
}

// replay erases again what was erased since the backup.
func (i *instance) replay(ctx context.Context) error {
	path := filepath.Join(i.config.DataDir, restoredLedger)
	erased, err := backup.ReadLedger(path, checker(i.keys, labelLedger))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w: put the right one there", path, err)
	}
	if err := i.store.System().ReplayErasures(ctx, erased); err != nil {
		return err
	}
	if err := i.store.System().Scrub(ctx); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove replayed erasures: %w", err)
	}
	return nil
}
