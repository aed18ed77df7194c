package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"farwatch/internal/auth"
	"farwatch/internal/backup"
	"farwatch/internal/config"
	"farwatch/internal/disk"
	"farwatch/internal/files"
	"farwatch/models"
	"farwatch/store"
)

// errBackupUsage is how `farwatch backup` is called.
var errBackupUsage = fmt.Errorf(`%w: farwatch backup [-dir DIR]
       farwatch backup verify -identity FILE [-unsigned] BACKUP`, errUsage)

// Labels of keys that sign.
const (
	labelBackup = "backup-signature"
	labelHead   = "audit-head-signature"
	// labelRelease signs releases; labelNoise blurs their numbers.
	labelRelease = "release-signature"
	labelNoise   = "release-noise"
)

func signer(keys *auth.Keys, label string) ed25519.PrivateKey {
	seed := keys.Derive(label)
	return ed25519.NewKeyFromSeed(seed[:])
}

func checker(keys *auth.Keys, label string) ed25519.PublicKey {
	return ed25519.PublicKey(signer(keys, label)[ed25519.SeedSize:])
}

// ownFlags takes out of args those that a command has for itself; the rest are
// settings, and words that are no flag.
func ownFlags(args, values, switches []string) (own map[string]string, settings, words []string) {
	own = map[string]string{}
	for i := 0; i < len(args); i++ {
		name, value, inline := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		switch {
		case !strings.HasPrefix(args[i], "-"):
			words = append(words, args[i])
		case slices.Contains(switches, name):
			own[name] = "true"
		case slices.Contains(values, name):
			if !inline && i+1 < len(args) {
				i++
				value = args[i]
			}
			own[name] = value
		default:
			settings = append(settings, args[i])
			if !inline && name != "demo" && i+1 < len(args) {
				i++
				settings = append(settings, args[i])
			}
		}
	}
	return own, settings, words
}

// backupCommand writes a backup beside the running server, or checks one.
func backupCommand(ctx context.Context, p program) (err error) {
	if len(p.args) > 0 && p.args[0] == "verify" {
		p.args = p.args[1:]
		return verifyBackup(ctx, p)
	}
	own, settings, words := ownFlags(p.args, []string{"dir"}, nil)
	if len(words) > 0 {
		return errBackupUsage
	}
	c, err := config.Load(settings, p.environ)
	if err != nil {
		return err
	}
	dir := own["dir"]
	if dir == "" {
		dir = c.BackupDir
	}
	if dir == "" {
		return errors.New("say where to: -dir DIR, or FARWATCH_BACKUP_DIR; best on another disk")
	}
	if _, err := backup.ParseRecipients(c.BackupRecipients); err != nil {
		return err
	}
	i, err := openWith(ctx, c, p.stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	f, m, err := i.backup(ctx, dir)
	if err == nil {
		err = i.keepLedger(ctx, dir)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s\n  %d bytes, SHA-256 %s\n  %s\nThe key file is not in it: keep a copy of %s apart from the backups.\n",
		f.Path, f.Size, f.SHA256, told(m), c.KeyFile)
	return nil
}

// told is a backup in one line.
func told(m backup.Manifest) string {
	text := fmt.Sprintf("%s, schema %d, %s: %d records, %d users, %d evidence files, audit chain up to row %d",
		m.Dialect, m.Schema, m.At.Format(time.RFC3339), m.Tables["incidents"], m.Tables["users"], len(m.Members)-1, m.Audit.Seq)
	if len(m.Elsewhere) > 0 {
		text += fmt.Sprintf("; %d evidence files are in other storage and not in it", len(m.Elsewhere))
	}
	if len(m.Missing) > 0 {
		text += fmt.Sprintf("; %d evidence files are missing from the storage", len(m.Missing))
	}
	return text
}

// backup copies the database, checks the copy and seals it with the evidence
// files. Nothing stays in the clear but for the time of the work, in the data
// directory, where the database is.
func (i *instance) backup(ctx context.Context, dir string) (backup.File, backup.Manifest, error) {
	recipients, err := backup.ParseRecipients(i.config.BackupRecipients)
	if err != nil {
		return backup.File{}, backup.Manifest{}, err
	}
	if err := i.roomForCopy(); err != nil {
		return backup.File{}, backup.Manifest{}, err
	}
	work, err := backup.Workplace(i.spoolDir())
	if err != nil {
		return backup.File{}, backup.Manifest{}, err
	}
	var m backup.Manifest
	at := time.Now()
	path := filepath.Join(work, backup.Database)
	copied, err := i.store.System().Copy(ctx, path, func(snapshot string) error {
		return backup.Dump(ctx, i.config.DatabaseURL, snapshot, path)
	})
	var f backup.File
	if err == nil {
		f, err = backup.Place(dir, at, func(dst io.Writer) error {
			w, err := backup.NewWriter(untilDone{dst, ctx}, recipients, at)
			if err != nil {
				return err
			}
			m = manifest(copied, at)
			if err := i.fill(ctx, w, &m, path); err != nil {
				return err
			}
			m, err = w.Finish(m, signer(i.keys, labelBackup))
			return err
		})
	}
	return f, m, errors.Join(err, os.RemoveAll(work))
}

// roomForCopy keeps a backup from filling the disk that the server works on.
func (i *instance) roomForCopy() error {
	info, err := os.Stat(filepath.Join(i.config.DataDir, databaseName))
	if errors.Is(err, os.ErrNotExist) {
		return nil // PostgreSQL: how large a dump gets is not known before
	}
	if err != nil {
		return fmt.Errorf("size of the database: %w", err)
	}
	free, least, _, err := disk.NewGauge(i.config.DataDir, i.config.LeastFree).Measure()
	if err == nil && free < least+uint64(info.Size()) {
		return fmt.Errorf("%d MB are free in the data directory, and a copy of the database needs %d MB above the %d MB that stay free: %w",
			megabytes(free), megabytes(uint64(info.Size())), megabytes(least), errNoRoom)
	}
	return nil
}

// errNoRoom refuses a backup that would fill the disk.
var errNoRoom = errors.New("make room, or move the data directory to a larger disk")

// untilDone stops a long copy when the program is to end.
type untilDone struct {
	io.Writer
	ctx context.Context
}

func (w untilDone) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}

func (i *instance) filesDir() string { return filepath.Join(i.config.DataDir, filesName) }

func (i *instance) spoolDir() string { return filepath.Join(i.config.DataDir, "spool") }

func manifest(c store.Copied, at time.Time) backup.Manifest {
	erased := c.Tables["erasures"]
	return backup.Manifest{
		Erasures: &erased, Program: version, Dialect: c.Dialect, Schema: c.Schema, At: at.UTC(), Tables: c.Tables,
		Audit: backup.Head{Seq: c.AuditSeq, MAC: c.AuditMAC},
	}
}

// fill puts the database and the evidence files into the archive.
func (i *instance) fill(ctx context.Context, w *backup.Writer, m *backup.Manifest, path string) error {
	database, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read copy: %w", err)
	}
	defer func() { _ = database.Close() }() // read only
	info, err := database.Stat()
	if err != nil {
		return fmt.Errorf("read copy: %w", err)
	}
	if err := w.Add(backup.Database, info.Size(), database); err != nil {
		return err
	}
	return i.fillFiles(ctx, w, m)
}

// fillFiles brings the sealed evidence files along, as they lie there: that
// works while the keys are locked, too. What the records name and nobody has is
// listed, and so is what lies in other storage.
func (i *instance) fillFiles(ctx context.Context, w *backup.Writer, m *backup.Manifest) error {
	lying := map[string]bool{}
	if i.config.FilesURL == "" {
		names, err := files.Names(i.filesDir())
		if err != nil {
			return err
		}
		for _, name := range names {
			if lying[name], err = i.fillFile(ctx, w, name); err != nil {
				return err
			}
		}
	}
	if i.unmigrated {
		return nil // which files the records name is read in this program's schema only
	}
	err := i.store.System().EachFile(ctx, func(f store.HeldFile) error {
		for _, name := range []string{f.Blob, f.View} {
			switch {
			case name == "" || lying[name]:
			case i.config.FilesURL != "":
				m.Elsewhere = append(m.Elsewhere, backup.Remote{Name: name, SHA256: f.SHA256})
			default:
				m.Missing = append(m.Missing, name)
			}
		}
		return nil
	})
	if models.KindOf(err) == models.KindLocked {
		return nil // which files the records name is sealed; the files are in
	}
	return err
}

// fillFile brings one along. Files never change; one that was erased a moment
// ago is no fault.
func (i *instance) fillFile(ctx context.Context, w *backup.Writer, name string) (there bool, err error) {
	blob, size, err := i.files.Open(ctx, name)
	if errors.Is(err, files.ErrMissing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = blob.Close() }() // read only
	return true, w.Add(backup.FilesFolder+name, size, io.NewSectionReader(blob, 0, size))
}
