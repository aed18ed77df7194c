package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"farwatch/internal/backup"
	"farwatch/internal/config"
	"farwatch/internal/disk"
)

// ready makes sure that this is the only server on the data directory and that
// it can write there. The lock ends with the program, however it ends.
func ready(c config.Config) (*disk.Lock, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, unwritable(c.DataDir, err)
	}
	probe, err := os.CreateTemp(c.DataDir, "probe-*")
	if err != nil {
		return nil, unwritable(c.DataDir, err)
	}
	_, err = probe.WriteString("farwatch")
	if err := errors.Join(err, probe.Close(), os.Remove(probe.Name())); err != nil {
		return nil, unwritable(c.DataDir, err)
	}
	if err := onThisMachine(c); err != nil {
		return nil, err
	}
	return holdData(c.DataDir)
}

// onThisMachine refuses SQLite on a disk of another machine (S53).
func onThisMachine(c config.Config) error {
	if c.DatabaseURL != "" {
		return nil
	}
	kind, err := disk.Network(c.DataDir)
	if err == nil && kind != "" {
		err = fmt.Errorf("the data directory %s is on a network file system (%s), which cannot keep a database safe: move it to a disk of this machine, or use PostgreSQL", c.DataDir, kind)
	}
	return err
}

func unwritable(dir string, err error) error {
	return fmt.Errorf("the data directory %s cannot be written: %w; if its disk went read-only, look for disk errors (dmesg), then mount it for writing; "+
		"otherwise give the directory to the user that runs Farwatch (chown)", dir, err)
}

// halfRestored refuses to make a new database where a restore did not get to
// its end.
func halfRestored(c config.Config) error {
	if _, err := os.Stat(filepath.Join(c.DataDir, markName)); err != nil || c.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, databaseName)); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("a restore into %s did not get to its end: empty the directory and restore again", c.DataDir)
	}
	return nil
}

// clockSlack is how far the clock may be behind the audit (S53).
const clockSlack = 5 * time.Minute

// clockFault refuses a clock that is behind what was already written: new rows
// would seem older than they are, and sessions and embargoes would live on.
func (i *instance) clockFault(ctx context.Context) error {
	last, err := i.store.System().LastAudit(ctx)
	if err != nil {
		return err
	}
	if behind := time.Until(last); behind > clockSlack {
		return fmt.Errorf("the clock of this machine is %s behind the last row of the audit chain (%s): set it (timedatectl set-ntp true); "+
			"if it is right now and was ahead then, say `farwatch audit accept-clock`", behind.Round(time.Second), last.Format(time.RFC3339))
	}
	return nil
}

// prepare is what a server does between opening the database and answering.
func (i *instance) prepare(ctx context.Context) error {
	if err := i.clockFault(ctx); err != nil {
		return err
	}
	if err := backup.Clean(i.spoolDir()); err != nil {
		return err
	}
	return i.finishRestore(ctx)
}

// diskBroke ends the server at once: what was acknowledged is safe, and nothing
// more may be acknowledged on a disk that failed.
func (i *instance) diskBroke(err error) error {
	i.log.Error("disk", slog.String("err_code", "database.broken"))
	return fmt.Errorf("the disk failed while something was being saved (%w): the server ended so that nothing is acknowledged that may be lost. "+
		"Look for disk errors (dmesg), run `farwatch doctor`, then start again", err)
}
