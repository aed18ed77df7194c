package backup_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"farwatch/internal/backup"
)

// hours lists a backup an hour, for this long, up to at.
func hours(n int) []time.Time {
	var made []time.Time
	for i := range n {
		made = append(made, at.Add(-time.Duration(i)*time.Hour))
	}
	return made
}

// kept is what Outdated leaves, newest first.
func kept(made []time.Time) []time.Time {
	gone := backup.Outdated(made)
	return slices.DeleteFunc(slices.Clone(made), func(t time.Time) bool { return slices.Contains(gone, t) })
}

func TestOutdated_HourlyForAYear_KeepsHoursDaysWeeks(t *testing.T) {
	t.Parallel()
	left := kept(hours(365 * 24))
	// 24 hours reach into 2 days; 12 more days; of the 5 newest weeks 3 end
	// within those 14 days.
	if len(left) != 24+12+2 {
		t.Fatalf("%d kept: %v", len(left), left)
	}
	if !left[0].Equal(at) || at.Sub(left[23]) != 23*time.Hour {
		t.Errorf("hours: %v to %v", left[0], left[23])
	}
	for i, want := range []string{"2026-01-13 23:30", "2026-01-12 23:30"} {
		if got := left[24+i].Format("2006-01-02 15:04"); got != want {
			t.Errorf("day %d: %s, want %s", i, got, want)
		}
	}
	if got := left[len(left)-1].Format(time.DateOnly); got != "2025-12-21" {
		t.Errorf("oldest is of %s, want the Sunday of the fifth week, 2025-12-21", got)
	}
}

func TestOutdated_RunEveryHour_OldOnesStayUntilTheirRuleEnds(t *testing.T) {
	t.Parallel()
	var made []time.Time
	for _, next := range slices.Backward(hours(60 * 24)) {
		made = append(made, next)
		made = kept(made)
	}
	if len(made) < 37 || len(made) > 43 {
		t.Errorf("%d kept after 60 days", len(made))
	}
	if oldest := at.Sub(made[0]); oldest < 24*24*time.Hour || oldest > 36*24*time.Hour {
		t.Errorf("oldest is %v old", oldest)
	}
}

func TestOutdated_ServerStoodStill_LosesNothing(t *testing.T) {
	t.Parallel()
	old := []time.Time{at, at.AddDate(-1, 0, 0), at.AddDate(-2, 0, 0)}
	if gone := backup.Outdated(old); len(gone) != 0 {
		t.Errorf("deletes %v", gone)
	}
	if gone := backup.Outdated(nil); len(gone) != 0 {
		t.Errorf("deletes %v", gone)
	}
}

func TestPrune_Folder_DeletesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, made := range append(hours(30*24), at) {
		must(t, os.WriteFile(filepath.Join(dir, backup.Name(made)), nil, 0o600))
	}
	for _, name := range []string{"holiday.jpg", "farwatch-notes.tar.age", backup.Name(at) + ".part", backup.Name(at.Add(-48*time.Hour)) + ".part"} {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	deleted, err := backup.Prune(dir, at)
	must(t, err)
	left, err := backup.List(dir)
	must(t, err)
	if deleted+len(left) != 30*24 || len(left) != 38 {
		t.Errorf("%d deleted, %d left", deleted, len(left))
	}
	for name, want := range map[string]bool{
		"holiday.jpg": true, "farwatch-notes.tar.age": true, backup.Name(at) + ".part": true, backup.Name(at.Add(-48*time.Hour)) + ".part": false,
	} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if none, err := backup.List(filepath.Join(dir, "gone")); err != nil || len(none) != 0 {
		t.Errorf("no folder: %v, %v", none, err)
	}
}
