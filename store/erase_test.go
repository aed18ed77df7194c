package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// ledger reads all erasures.
func ledger(t *testing.T, s *store.Store) (out []models.Erasure) {
	t.Helper()
	for line, err := range s.System().Erasures(t.Context()) {
		must(t, err)
		out = append(out, line)
	}
	return out
}

func TestErase_RecordIsGone_RefAndLedgerStay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		v := vocabulary(t)
		p := person(t, s, "example_ngo", "amina", models.RoleCaseworker, models.RoleReviewer)
		keep := create(t, s, p, v, input("Kept", "assault"), "key-keep")
		gone := create(t, s, p, v, guarded(keep.Ref), "key-gone")
		pointing := input("Pointing", "assault")
		pointing.Sources = []models.Source{{ID: "S1", Kind: "news_media"}}
		pointing.Relations = []models.Relation{{ID: "L1", Kind: "same_target", To: gone.Ref, Note: canaryPtr("pointing")}}
		pointing.Citations = []models.Citation{{ID: "C1", Entity: "L1", Source: "S1", Standing: "stated", Quote: canaryPtr("pointing-quote")}}
		from := create(t, s, p, v, pointing, "key-pointing")
		must(t, s.System().Erase(t.Context(), gone.Ref, models.ErasedRecord, "asked by the family", p.UserID))

		if _, err := s.For(p).Incident(t.Context(), gone.Ref); models.KindOf(err) != models.KindNotFound {
			t.Errorf("erased, and read: %v", err)
		}
		if err := s.System().Erase(t.Context(), gone.Ref, models.ErasedRecord, "again", ""); models.KindOf(err) != models.KindNotFound {
			t.Errorf("erased twice: %v", err)
		}
		rec, err := s.For(p).Incident(t.Context(), from.Ref)
		if err != nil || len(rec.Relations) != 0 || len(rec.Citations) != 0 || rec.Title != "Pointing" {
			t.Errorf("the record that pointed there: %+v, %v", rec.Relations, err)
		}
		if _, err := s.For(p).Incident(t.Context(), keep.Ref); err != nil {
			t.Errorf("another record: %v", err)
		}
		lines := ledger(t, s)
		if len(lines) != 1 || lines[0].Ref != gone.Ref || lines[0].Actor != p.UserID || lines[0].Kind != models.ErasedRecord || len(lines[0].ReasonHash) != 64 ||
			strings.Contains(lines[0].ReasonHash, "family") {
			t.Errorf("ledger %+v", lines)
		}
		if rows, broken, err := s.System().VerifyAudit(t.Context()); err != nil || broken != 0 || rows == 0 {
			t.Errorf("audit: %d rows, broken at %d, %v", rows, broken, err)
		}
	})
}

// A restored backup loses the same records anew, also those it never had.
func TestReplayErasures_InABackup_ErasesAgain(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	first := create(t, s, p, v, input("In the backup", "assault"), "key-1")
	stays := create(t, s, p, v, input("Stays", "assault"), "key-2")
	copied := path + ".backup"
	exec(t, raw(t, path), "VACUUM INTO ?", copied)
	later := create(t, s, p, v, input("After the backup", "assault"), "key-3")
	for _, ref := range []string{first.Ref, later.Ref} {
		must(t, s.System().Erase(t.Context(), ref, models.ErasedConsent, "consent withdrawn", ""))
	}
	restored := reopened(t, copied)
	for range 2 { // a replay that was interrupted begins anew
		must(t, restored.System().ReplayErasures(t.Context(), ledger(t, s)))
	}
	if _, err := restored.For(p).Incident(t.Context(), first.Ref); models.KindOf(err) != models.KindNotFound {
		t.Errorf("restored, and read: %v", err)
	}
	if _, err := restored.For(p).Incident(t.Context(), stays.Ref); err != nil {
		t.Errorf("another record: %v", err)
	}
	if got, want := ledger(t, restored), ledger(t, s); !slices.Equal(got, want) {
		t.Errorf("ledger %v, want %v", got, want)
	}
}

// An erased ref is not given out again, and no import brings its record back.
func TestErase_Ref_StaysTaken(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	ref := create(t, s, p, v, input("One", "assault"), "key-1").Ref
	must(t, s.System().Erase(t.Context(), ref, models.ErasedRecord, "asked", ""))
	i, err := s.For(p).BeginImport(t.Context(), "file", 1, "erase-import", "")
	must(t, err)
	_, err = s.For(p).AddImportPart(t.Context(), i.ID, 0, []byte("x"))
	must(t, err)
	_, err = s.For(p).ChangeImport(t.Context(), i.ID, store.ImportChange{From: []string{models.ImportUploading}, To: models.ImportRunning, Plan: []byte("{}"), Found: []byte("{}")})
	must(t, err)
	row := importedRow(1, "external", "Back again", v)
	row.Ref, row.Restore = ref, true
	row.Merge = func(in models.IncidentInput) models.IncidentInput { return in }
	out, err := s.For(p).WriteImported(t.Context(), i.ID, []models.ImportedRow{row}, v)
	must(t, err)
	if out.Created != 0 || out.Refused != 1 {
		t.Errorf("%d created, %d refused", out.Created, out.Refused)
	}
	if got := column(t, raw(t, path), "SELECT COUNT(*) FROM incidents WHERE ref = ?", ref); got[0] != "0" {
		t.Errorf("%s records", got[0])
	}
}

func TestWithoutConsent_NamesThoseOnly(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	want := []string{}
	for n, level := range []string{"withdrawn", "given_named", "refused"} {
		rec := create(t, s, p, v, input("One", "assault"), fmt.Sprint("key-", n))
		exec(t, raw(t, path), "UPDATE incidents SET effective_consent = ? WHERE ref = ?", level, rec.Ref)
		if level != "given_named" {
			want = append(want, rec.Ref)
		}
	}
	slices.Sort(want)
	if got, err := s.System().WithoutConsent(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, want %v, %v", got, want, err)
	}
}
