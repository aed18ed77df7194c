package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"farwatch/internal/backup"
	"farwatch/internal/config"
	"farwatch/internal/disk"
	"farwatch/models"
	"farwatch/store"
)

// errRestoreUsage is how `farwatch restore` is called.
var errRestoreUsage = fmt.Errorf(`%w: farwatch restore -identity FILE [-erasures FILE] [-unsigned] [-data-dir DIR] BACKUP
       farwatch restore -confirm`, errUsage)

// restore brings a backup back into an empty place.
func restore(ctx context.Context, p program) error {
	own, settings, words := ownFlags(p.args, []string{"identity", "erasures"}, []string{"unsigned", "confirm"})
	if own["confirm"] != "" {
		if len(words) > 0 || len(own) > 1 {
			return errRestoreUsage
		}
		return confirmRestore(ctx, p, settings)
	}
	if len(words) != 1 || own["identity"] == "" {
		return errRestoreUsage
	}
	c, err := config.Load(settings, p.environ)
	if err != nil {
		return err
	}
	u, err := bringBack(ctx, c, own, words[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Restored: %s.\n%s\n", told(u.Manifest), u.doubts())
	if u.keys == nil {
		fmt.Fprintf(p.stdout, "Put the key file at %s before the server starts: without it protected fields are lost. ", c.KeyFile)
		fmt.Fprintln(p.stdout, "The server then signs everybody out and starts read-only.")
		return nil
	}
	i, err := openKeyed(ctx, c, u.keys, p.stderr)
	if err != nil {
		return err
	}
	if err := errors.Join(i.finishRestore(ctx), i.store.Close()); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "Everybody is signed out. The instance is read-only: look whether this is the right backup, then open it with `farwatch restore -confirm`.")
	return nil
}

// confirmRestore ends the quarantine.
func confirmRestore(ctx context.Context, p program, settings []string) (err error) {
	p.args = settings
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	mode, err := i.store.System().InstanceMode(ctx)
	if err != nil {
		return err
	}
	if mode != models.ModeQuarantine {
		return fmt.Errorf("the instance is not in quarantine after a restore, but %s", mode)
	}
	if err := i.store.System().SetInstanceMode(ctx, models.ModeOpen, "", ""); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "The instance is open.")
	return nil
}

const (
	databaseName   = "farwatch.db"
	filesName      = "files"
	lockName       = "farwatch.lock"
	restorePattern = "restore-"
)

// bringBack opens the backup beside its place, checks all of it, and only then
// moves it there.
func bringBack(ctx context.Context, c config.Config, own map[string]string, name string) (u unpacked, err error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return u, fmt.Errorf("make data directory: %w", err)
	}
	held, err := holdData(c.DataDir)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	if err := emptyPlace(ctx, c); err != nil {
		return u, err
	}
	work, err := os.MkdirTemp(c.DataDir, restorePattern)
	if err != nil {
		return u, fmt.Errorf("make folder for the restore: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if u, err = unpack(c, own, name, work); err != nil {
		return u, err
	}
	if err := u.fits(c); err != nil {
		return u, err
	}
	if err := u.check(ctx); err != nil {
		return u, err
	}
	if err := takeLedger(u.keys, own["erasures"], name, c.DataDir); err != nil {
		return u, err
	}
	return u, u.place(ctx, c)
}

// holdData keeps every other server and restore out of a data directory (S53).
func holdData(dir string) (*disk.Lock, error) {
	held, err := disk.Hold(filepath.Join(dir, lockName))
	if errors.Is(err, disk.ErrHeld) {
		return nil, fmt.Errorf("another Farwatch uses the data directory %s: stop it first, or set another FARWATCH_DATA_DIR", dir)
	}
	return held, err
}

// emptyPlace refuses to write over anything. What an interrupted restore left
// is no use to anybody and goes.
func emptyPlace(ctx context.Context, c config.Config) error {
	entries, err := os.ReadDir(c.DataDir)
	if err != nil {
		return fmt.Errorf("read data directory: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(c.DataDir, e.Name())
		switch {
		case e.Name() == lockName:
		case e.IsDir() && strings.HasPrefix(e.Name(), restorePattern):
			if err := os.RemoveAll(path); err != nil {
				return fmt.Errorf("remove what a restore left: %w", err)
			}
		default:
			if inside, err := os.ReadDir(path); err == nil && len(inside) == 0 {
				continue // an empty folder
			}
			return fmt.Errorf("the data directory %s is not empty (%s): restore into an empty one, with -data-dir DIR or after moving the old one away", c.DataDir, e.Name())
		}
	}
	if c.DatabaseURL == "" {
		return nil
	}
	empty, err := store.EmptyPostgres(ctx, c.DatabaseURL)
	if err == nil && !empty {
		err = errors.New("the database of FARWATCH_DATABASE_URL is not empty: make a new one with createdb, and name it there")
	}
	return err
}

// fits refuses a backup of the other kind of database.
func (u unpacked) fits(c config.Config) error {
	if u.Dialect == "sqlite" && c.DatabaseURL != "" {
		return errors.New("this is a backup of SQLite: leave FARWATCH_DATABASE_URL out")
	}
	if u.Dialect == "postgres" && c.DatabaseURL == "" {
		return errors.New("this is a backup of PostgreSQL: name an empty database in FARWATCH_DATABASE_URL")
	}
	return nil
}

// place moves what was checked to where it belongs. The mark is written first,
// so that nothing of it is ever served before the rest is done.
func (u unpacked) place(ctx context.Context, c config.Config) error {
	if err := writeMark(c.DataDir, restoreMark{At: u.At, Seq: u.Audit.Seq}); err != nil {
		return err
	}
	if err := u.placeFiles(filepath.Join(c.DataDir, filesName)); err != nil {
		return err
	}
	if u.Dialect == "postgres" {
		if err := backup.Undump(ctx, c.DatabaseURL, u.database()); err != nil {
			return err
		}
	} else if err := os.Rename(u.database(), filepath.Join(c.DataDir, databaseName)); err != nil {
		return fmt.Errorf("move database: %w", err)
	}
	if err := backup.SyncFolder(c.DataDir); err != nil {
		return err
	}
	if u.Dialect != "postgres" || u.keys == nil {
		return nil
	}
	return u.checkRestored(ctx, c)
}

func (u unpacked) placeFiles(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make folder of files: %w", err)
	}
	for _, m := range u.Members {
		name, isFile := strings.CutPrefix(m.Name, backup.FilesFolder)
		if !isFile {
			continue
		}
		if err := os.Rename(filepath.Join(u.dir, m.Name), filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("move file: %w", err)
		}
	}
	return backup.SyncFolder(folder)
}

// checkRestored counts what pg_restore brought, before the program changes any
// of it.
func (u unpacked) checkRestored(ctx context.Context, c config.Config) (err error) {
	auditKey := u.keys.Derive("audit")
	s, err := store.OpenAsIs(ctx, c.DatabaseURL, auditKey[:])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := u.compare(ctx, s); err != nil {
		return err
	}
	return intact(ctx, s)
}
