package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"time"

	"farwatch/internal/backup"
	"farwatch/internal/disk"
)

// dataDir looks at who may read the data, and whether we may write it.
func (d *doctor) dataDir() {
	dir := d.config.DataDir
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		d.wrong("data directory", "set FARWATCH_DATA_DIR; `farwatch migrate` makes a new one", "%s is not there", dir)
		return
	}
	if info.Mode().Perm()&0o077 != 0 {
		d.wrong("data permission", "chmod 700 "+dir, "%s has mode %04o: other users of this machine may look inside", dir, info.Mode().Perm())
	}
	probe, err := os.CreateTemp(dir, "probe-*")
	if err != nil {
		d.wrong("data directory", "look for disk errors (dmesg) and mount it for writing, or chown it", "%s cannot be written: %v", dir, err)
		return
	}
	_, _ = probe.Close(), os.Remove(probe.Name()) // made a moment ago, empty
	d.fine("data directory", "%s can be written", dir)
	if err := onThisMachine(d.config); err != nil {
		d.wrong("file system", "move the data directory to a disk of this machine, or use PostgreSQL", "%v", err)
	}
	d.openFiles(dir)
	if _, err := os.Stat(filepath.Join(dir, markName)); err == nil {
		d.warn("restore", "start the server: it finishes the restore and stays read-only", "a restore is not finished")
	}
	if held, err := holdData(dir); err == nil {
		_ = held.Release() // nothing was written through it
		d.fine("server", "none is running on this data directory")
	} else {
		d.fine("server", "one is running on this data directory")
	}
}

// openFiles names files that others may read.
func (d *doctor) openFiles(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		d.wrong("data permission", "chown -R to the user that runs Farwatch", "%v", err)
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
			d.wrong("data permission", "chmod 600 "+filepath.Join(dir, e.Name()), "%s has mode %04o", e.Name(), info.Mode().Perm())
		}
	}
}

func megabytes(n uint64) uint64 { return n >> 20 }

// room is S53.
func (d *doctor) room() {
	free, least, full, err := disk.NewGauge(d.config.DataDir, d.config.LeastFree).Measure()
	if err != nil {
		d.warn("disk", "look at the free room yourself", "how much room is free cannot be told: %v", err)
		return
	}
	if full {
		d.wrong("disk", "make room, or move the data directory to a larger disk", "%d MB are free and %d MB are needed: nothing can be saved", megabytes(free), megabytes(least))
		return
	}
	if free < 2*least {
		d.warn("disk", "make room soon", "%d MB are free; below %d MB nothing can be saved", megabytes(free), megabytes(least))
		return
	}
	d.fine("disk", "%d MB are free; below %d MB nothing can be saved", megabytes(free), megabytes(least))
}

// memory is S40: what was in memory must not lie on the disk in the clear.
func (d *doctor) memory() {
	if swaps, err := os.ReadFile("/proc/swaps"); err == nil {
		if open := openSwaps(swaps); len(open) > 0 {
			d.warn("swap", "swapoff -a, or encrypt it", "keys and names in memory may be written to %s", strings.Join(open, ", "))
		} else {
			d.fine("swap", "none in the clear")
		}
	}
	if pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern"); err == nil {
		d.coreDumps(strings.TrimSpace(string(pattern)))
	}
}

// openSwaps lists swap space that is neither in memory nor encrypted.
func openSwaps(table []byte) (open []string) {
	lines := bufio.NewScanner(bytes.NewReader(table))
	for first := true; lines.Scan(); first = false {
		fields := strings.Fields(lines.Text())
		if first || len(fields) == 0 || strings.HasPrefix(fields[0], "/dev/zram") || strings.HasPrefix(fields[0], "/dev/dm-") || strings.HasPrefix(fields[0], "/dev/mapper/") {
			continue
		}
		open = append(open, fields[0])
	}
	return open
}

func (d *doctor) coreDumps(pattern string) {
	if coreLimit() == 0 && !strings.HasPrefix(pattern, "|") || pattern == "" || pattern == "|/bin/false" {
		d.fine("core dumps", "none are written")
		return
	}
	d.warn("core dumps", "ulimit -c 0, or LimitCORE=0 in the unit of systemd", "a crash of the program may write its memory to the disk")
}

// backups looks at whom they are for, and at the newest.
func (d *doctor) backups() {
	c := d.config
	recipients, err := backup.ParseRecipients(c.BackupRecipients)
	if err != nil {
		d.wrong("backup keys", "set FARWATCH_BACKUP_RECIPIENTS", "%v", err)
	} else {
		d.fine("backup keys", "backups are encrypted to %d keys", len(recipients))
	}
	if c.BackupDir == "" {
		d.wrong("backups", "set FARWATCH_BACKUP_DIR to a folder on another disk, or run `farwatch backup -dir DIR` by yourself and keep the copies elsewhere", "the server makes none")
		return
	}
	if state, err := readState(c.DataDir); err == nil && state.Code != "" {
		d.wrong("backup run", backupFix(state.Code), "the try at %s failed: %s", state.At.Format(time.RFC3339), state.Code)
	}
	made, err := backup.List(c.BackupDir)
	switch {
	case err != nil:
		d.wrong("backups", "let the user that runs Farwatch read the folder", "%v", err)
	case len(made) == 0:
		d.wrong("backups", "start the server, or run `farwatch backup`", "there is none in %s", c.BackupDir)
	case backupOverdue(c, made):
		d.wrong("backups", "look at the server's log for err_code=backup.…", "the newest is of %s", made[len(made)-1].Format(time.RFC3339))
	default:
		d.fine("backups", "%d, the newest of %s; try `farwatch backup verify` now and then", len(made), made[len(made)-1].Format(time.RFC3339))
	}
}

// backupFix is what to do about a code.
func backupFix(code string) string {
	switch code {
	case "backup.no_recipient":
		return "set FARWATCH_BACKUP_RECIPIENTS"
	case "backup.no_tool":
		return "install the PostgreSQL client programs of the server's version (Debian: postgresql-client)"
	case "backup.database_damaged":
		return "put back the newest backup that `farwatch backup verify` finds whole"
	case "backup.disk_full":
		return "make room on the disk of the backups, and in the data directory for a copy of the database"
	case "backup.no_permission":
		return "let the user that runs Farwatch write to the folder of backups"
	}
	return "run `farwatch backup` by hand: it says what is wrong"
}
