package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/internal/backup"
	"farwatch/models"
)

// TestRestore_ErasedSinceTheBackup_StaysErased restores a backup that still
// holds a record which was erased later.
func TestRestore_ErasedSinceTheBackup_StaysErased(t *testing.T) {
	t.Parallel()
	needSignals(t)
	onBoth(t, func(t *testing.T, p place) {
		p.t = t
		identity := p.sealing()
		p.withAmina()
		s := p.start("serve")
		s.signIn("amina", goodPassword)
		refs := map[string]string{}
		for _, key := range []string{"stays-there", "is-erased-later"} {
			ref, status, err := s.log(key)
			if err != nil || status != http.StatusCreated {
				t.Fatalf("status %d, %v", status, err)
			}
			refs[key] = ref
		}
		s.stop(sigterm)
		dir := filepath.Join(t.TempDir(), "backups")
		old := p.backUp(dir)
		i := p.opened()
		if err := i.store.System().Erase(t.Context(), refs["is-erased-later"], models.ErasedRecord, "asked for", ""); err != nil {
			t.Fatal(err)
		}
		if err := i.store.Close(); err != nil {
			t.Fatal(err)
		}
		p.backUp(dir)

		q := p.elsewhere()
		q.want(0, "Restored: ", "", "restore", "-identity", identity, old)
		q.want(0, "The audit chain is intact", "", "audit", "verify")
		r := q.start("serve")
		r.signIn("amina", goodPassword)
		r.must(http.StatusOK, http.MethodGet, "/api/v1/incidents/"+refs["stays-there"], nil, nil)
		r.must(http.StatusNotFound, http.MethodGet, "/api/v1/incidents/"+refs["is-erased-later"], nil, nil)
		r.stop(sigterm)

		// Without the list it comes back: the test above can fail.
		alone := filepath.Join(t.TempDir(), filepath.Base(old))
		data, err := os.ReadFile(old)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(alone, data, 0o600); err != nil {
			t.Fatal(err)
		}
		q = p.elsewhere()
		q.want(0, "Restored: ", "", "restore", "-identity", identity, alone)
		r = q.start("serve")
		r.signIn("amina", goodPassword)
		r.must(http.StatusOK, http.MethodGet, "/api/v1/incidents/"+refs["is-erased-later"], nil, nil)
		r.stop(sigterm)

		forged := filepath.Join(t.TempDir(), "erasures.json")
		list, err := os.ReadFile(filepath.Join(dir, backup.LedgerName))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(forged, []byte(strings.Replace(string(list), refs["is-erased-later"], refs["stays-there"], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		q = p.elsewhere()
		q.want(1, "the list of erasures was altered", "", "restore", "-identity", identity, "-erasures", forged, alone)
	})
}

// TestBackup_MissingEvidence: what is lost already must not keep the rest from
// being saved.
func TestBackup_MissingEvidence_IsToldAndTheRestSaved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	identity := p.sealing()
	p.withAmina()
	p.holdPicture()
	folder := filepath.Join(p.dataDir(), filesName)
	stored, err := os.ReadDir(folder)
	if err != nil || len(stored) != 2 {
		t.Fatalf("%d stored, %v", len(stored), err)
	}
	if err := os.Remove(filepath.Join(folder, stored[0].Name())); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("of the administrator"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := p.backUp(t.TempDir())
	p.want(0, "1 evidence files, audit chain up to row", "", "backup", "verify", "-identity", identity, path)
	p.want(0, "1 evidence files are missing from the storage", "", "backup", "verify", "-identity", identity, path)
}
