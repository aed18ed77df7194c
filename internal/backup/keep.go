package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	namePrefix = "farwatch-"
	nameSuffix = ".tar.age"
	partSuffix = ".part"
	nameTime   = "20060102T150405.000Z"
)

// Name is the file name of a backup.
func Name(at time.Time) string { return namePrefix + at.UTC().Format(nameTime) + nameSuffix }

// TimeOf reads a file name.
func TimeOf(name string) (time.Time, bool) {
	middle, found := strings.CutPrefix(name, namePrefix)
	middle, ends := strings.CutSuffix(middle, nameSuffix)
	at, err := time.Parse(nameTime, middle)
	return at, found && ends && err == nil
}

// How many backups of each kind are kept (S55).
const (
	hourly = 24
	daily  = 14
	weekly = 5
)

// Outdated picks the backups to delete. Kept are the newest of each of the last
// 24 hours that have one, of each of the last 14 such days and of each of the
// last 5 such weeks, so that a server that stood still loses nothing by it.
func Outdated(made []time.Time) []time.Time {
	newestFirst := slices.SortedFunc(slices.Values(made), func(a, b time.Time) int { return b.Compare(a) })
	kept := map[time.Time]bool{}
	for _, rule := range []struct {
		count  int
		period func(time.Time) string
	}{
		{hourly, func(t time.Time) string { return t.UTC().Format("2006-01-02 15") }},
		{daily, func(t time.Time) string { return t.UTC().Format(time.DateOnly) }},
		{weekly, func(t time.Time) string { y, w := t.UTC().ISOWeek(); return fmt.Sprint(y, " ", w) }},
	} {
		seen := map[string]bool{}
		for _, at := range newestFirst {
			if p := rule.period(at); !seen[p] && len(seen) < rule.count {
				seen[p] = true
				kept[at] = true
			}
		}
	}
	return slices.DeleteFunc(newestFirst, func(at time.Time) bool { return kept[at] })
}

// List gives the backups of a folder, oldest first; a folder that is not there
// has none.
func List(dir string) ([]time.Time, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var made []time.Time
	for _, e := range entries {
		if at, ok := TimeOf(e.Name()); ok && e.Type().IsRegular() {
			made = append(made, at)
		}
	}
	slices.SortFunc(made, time.Time.Compare)
	return made, nil
}

// leftAfter is how old an unfinished backup is before it counts as left over.
const leftAfter = 24 * time.Hour

// Prune deletes outdated backups and what an interrupted one left behind.
func Prune(dir string, now time.Time) (deleted int, err error) {
	made, err := List(dir)
	if err != nil {
		return 0, err
	}
	for _, at := range Outdated(made) {
		if err := os.Remove(filepath.Join(dir, Name(at))); err != nil {
			return deleted, fmt.Errorf("delete old backup: %w", err)
		}
		deleted++
	}
	left, err := filepath.Glob(filepath.Join(dir, namePrefix+"*"+nameSuffix+partSuffix))
	if err != nil {
		return deleted, fmt.Errorf("find unfinished backups: %w", err)
	}
	for _, name := range left {
		at, ok := TimeOf(strings.TrimSuffix(filepath.Base(name), partSuffix))
		if ok && now.Sub(at) > leftAfter {
			if err := os.Remove(name); err != nil {
				return deleted, fmt.Errorf("delete unfinished backup: %w", err)
			}
		}
	}
	return deleted, nil
}
