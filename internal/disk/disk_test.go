package disk_test

import (
	"errors"
	"path/filepath"
	"testing"

	"farwatch/internal/disk"
)

func TestLeast_SmallAndLargeDisk_LargerOfBothRules(t *testing.T) {
	t.Parallel()
	for total, want := range map[uint64]uint64{0: 1 << 30, 8 << 30: 1 << 30, 20 << 30: 1 << 30, 100 << 30: 5 << 30} {
		if got := disk.Least(total); got != want {
			t.Errorf("of %d: %d, want %d", total, got, want)
		}
	}
}

func TestFree_ThisDisk_NoMoreThanItsSize(t *testing.T) {
	t.Parallel()
	free, total, err := disk.Free(t.TempDir())
	if errors.Is(err, disk.ErrUnknown) {
		t.Skip(err)
	}
	if err != nil || total == 0 || free > total {
		t.Errorf("%d of %d, %v", free, total, err)
	}
	if _, _, err := disk.Free(filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("a folder that is not there has room")
	}
}

func TestHold_Twice_SecondIsRefusedUntilTheFirstLetsGo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := disk.Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Hold(path); !errors.Is(err, disk.ErrHeld) {
		t.Errorf("second: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := disk.Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

func TestGauge_RoomBelowTheLeast_IsFull(t *testing.T) {
	t.Parallel()
	if _, _, err := disk.Free(t.TempDir()); err != nil {
		t.Skip(err)
	}
	if !disk.NewGauge(t.TempDir(), 1<<62).Full() {
		t.Error("less than 4 EiB is free, and the disk is not full")
	}
	if disk.NewGauge(t.TempDir(), 1).Full() {
		t.Error("a byte is free, and the disk is full")
	}
}

func TestNetwork_FolderOfTests_IsOnThisMachine(t *testing.T) {
	t.Parallel()
	if kind, err := disk.Network(t.TempDir()); kind != "" || err != nil {
		t.Errorf("%q, %v", kind, err)
	}
	if _, err := disk.Network(filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Skip("this system does not tell")
	}
}
