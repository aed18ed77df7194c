package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"farwatch/internal/backup"
	"farwatch/models"
)

func TestLedger_WrittenTwice_HoldsBoth(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "backups")
	path := filepath.Join(dir, backup.LedgerName)
	a, b := models.Erasure{Ref: "FW-AAAA-AAAA", At: at, Kind: models.ErasedRecord}, models.Erasure{Ref: "FW-BBBB-BBBB", At: at}
	must(t, backup.WriteLedger(dir, nil, ours))
	must(t, backup.WriteLedger(dir, []models.Erasure{b}, ours))
	must(t, backup.WriteLedger(dir, []models.Erasure{a}, ours)) // of a database from before b
	must(t, backup.WriteLedger(dir, []models.Erasure{a}, ours))
	got, err := backup.ReadLedger(path, public(ours))
	if err != nil || len(got) != 2 || got[0].Ref != a.Ref || got[1].Ref != b.Ref || !got[0].At.Equal(at) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := backup.ReadLedger(path, public(other)); !errors.Is(err, backup.ErrLedger) {
		t.Errorf("another key: %v", err)
	}
	if err := backup.WriteLedger(dir, []models.Erasure{a}, other); !errors.Is(err, backup.ErrLedger) {
		t.Errorf("another instance wrote over it: %v", err)
	}
	data, err := os.ReadFile(path)
	must(t, err)
	for n := range data {
		changed := append([]byte(nil), data...)
		changed[n] ^= 1
		must(t, os.WriteFile(path, changed, 0o600))
		if got, err := backup.ReadLedger(path, public(ours)); err == nil && len(got) != 2 {
			t.Errorf("byte %d: %+v", n, got)
		}
	}
}
