package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

func code(err error) string {
	var e *models.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func wantCode(t *testing.T, what string, err error, want string) {
	t.Helper()
	if code(err) != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

// total is what the list shows, and what the index counts.
func total(t *testing.T, s *store.Store, p models.Principal) []int {
	t.Helper()
	items, counted, _, err := s.For(p).Incidents(t.Context(), models.IncidentFilter{}, models.Page{Limit: 10, Sort: models.Sort{Column: "title"}})
	must(t, err)
	return []int{len(items), counted}
}

func TestDelete_HidesAtOnce_ComesBack_IsErasedAfter30Days(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		v := vocabulary(t)
		author := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
		reviewer := person(t, s, "example_ngo", "basma", models.RoleReviewer)
		stranger := person(t, s, "other_ngo", "cem", models.RoleReviewer)
		must(t, s.System().LoadFacts(t.Context()))
		rec := create(t, s, author, v, input("One", "assault"), "key-1")
		keep := create(t, s, author, v, input("Two", "assault"), "key-2")
		ctx := t.Context()
		wantCode(t, "a caseworker deletes", s.For(author).DeleteIncident(ctx, rec.Ref, 1, "twice"), "permission.denied")
		wantCode(t, "a stranger deletes", s.For(stranger).DeleteIncident(ctx, rec.Ref, 1, "twice"), "incident.not_found")
		wantCode(t, "a stale version", s.For(reviewer).DeleteIncident(ctx, rec.Ref, 7, "twice"), "incident.stale")
		must(t, s.For(reviewer).DeleteIncident(ctx, rec.Ref, 1, "Entered twice, names a person."))

		for _, p := range []models.Principal{author, reviewer} {
			_, err := s.For(p).Incident(ctx, rec.Ref)
			wantCode(t, p.UserName+" reads what is deleted", err, "incident.not_found")
			if got := total(t, s, p); !slices.Equal(got, []int{1, 1}) {
				t.Errorf("%s lists %v, want one both ways", p.UserName, got)
			}
		}
		list, err := s.For(reviewer).Deleted(ctx)
		must(t, err)
		if len(list) != 1 || list[0].Record.Title != "One" || list[0].Reason != "Entered twice, names a person." || *list[0].DeletedBy != "basma" ||
			!list[0].EraseAt().Equal(clock.Now().Add(30*24*time.Hour)) {
			t.Errorf("deleted: %+v", list)
		}
		for _, p := range []models.Principal{author, stranger} {
			if list, err := s.For(p).Deleted(ctx); err != nil || len(list) != 0 {
				t.Errorf("%s finds %v, %v", p.UserName, list, err)
			}
			_, err := s.For(p).UndeleteIncident(ctx, rec.Ref)
			wantCode(t, p.UserName+" brings it back", err, "incident.not_found")
		}
		back, err := s.For(reviewer).UndeleteIncident(ctx, rec.Ref)
		if err != nil || back.Title != "One" || back.Version != 1 {
			t.Errorf("brought back %+v, %v", back.Title, err)
		}
		if got := total(t, s, author); !slices.Equal(got, []int{2, 2}) {
			t.Errorf("after it came back: %v", got)
		}
		_, err = s.For(reviewer).UndeleteIncident(ctx, rec.Ref)
		wantCode(t, "brought back twice", err, "deletion.none")

		must(t, s.For(reviewer).DeleteIncident(ctx, rec.Ref, 1, "Entered twice."))
		clock.Advance(30*24*time.Hour - time.Second)
		if n, err := s.System().EraseDue(ctx); err != nil || n != 0 {
			t.Errorf("a second too early: %d, %v", n, err)
		}
		clock.Advance(time.Second)
		if n, err := s.System().EraseDue(ctx); err != nil || n != 1 {
			t.Errorf("after 30 days: %d, %v", n, err)
		}
		if lines := ledger(t, s); len(lines) != 1 || lines[0].Ref != rec.Ref || lines[0].Actor != reviewer.UserID || strings.Contains(lines[0].ReasonHash, "twice") {
			t.Errorf("ledger %+v", lines)
		}
		if _, err := s.For(author).Incident(ctx, keep.Ref); err != nil {
			t.Errorf("another record: %v", err)
		}
		if _, err := s.System().VerifyRecords(ctx, func(r store.AlteredRecord) { t.Errorf("altered: %+v", r) }, func(int, int) {}); err != nil {
			t.Error(err)
		}
	})
}

func TestHold_KeepsARecord_UntilTwoPeopleReleaseIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		v := vocabulary(t)
		author := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
		basma := person(t, s, "example_ngo", "basma", models.RoleReviewer)
		dilan := person(t, s, "example_ngo", "dilan", models.RoleReviewer)
		stranger := person(t, s, "other_ngo", "cem", models.RoleReviewer)
		rec := create(t, s, author, v, input("One", "assault"), "key-1")
		ctx := t.Context()
		place := func(p models.Principal) error {
			_, err := s.For(p).PlaceHold(ctx, rec.Ref, "A court asks.")
			return err
		}
		ask := func(p models.Principal) error { _, err := s.For(p).AskRelease(ctx, rec.Ref, "It is over."); return err }
		release := func(p models.Principal) error { return s.For(p).ReleaseHold(ctx, rec.Ref, v) }
		wantCode(t, "a caseworker holds", place(author), "incident.not_found")
		wantCode(t, "a stranger holds", place(stranger), "incident.not_found")
		wantCode(t, "asked without a hold", ask(basma), "hold.none")
		must(t, place(basma))
		wantCode(t, "held twice", place(dilan), "hold.in_force_already")
		wantCode(t, "deleted while held", s.For(dilan).DeleteIncident(ctx, rec.Ref, 1, "twice"), "hold.in_force")
		wantCode(t, "erased while held", s.System().Erase(ctx, rec.Ref, models.ErasedRecord, "asked", ""), "hold.in_force")
		wantCode(t, "released unasked", release(dilan), "hold.not_asked")
		must(t, ask(basma))
		wantCode(t, "asked twice", ask(dilan), "hold.asked_already")
		wantCode(t, "released by who asked", release(basma), "hold.same_person")
		_, err := s.For(dilan).KeepHold(ctx, rec.Ref)
		must(t, err)
		wantCode(t, "released after it was kept", release(dilan), "hold.not_asked")
		must(t, ask(dilan))
		if h, err := s.For(basma).Hold(ctx, rec.Ref); err != nil || h.PlacedBy != "basma" || h.Reason != "A court asks." || *h.AskedBy != "dilan" || *h.ReleaseReason != "It is over." {
			t.Errorf("hold %+v, %v", h, err)
		}
		must(t, release(basma))
		if h, err := s.For(basma).Hold(ctx, rec.Ref); err != nil || h != nil {
			t.Errorf("released: %+v, %v", h, err)
		}

		// A hold on a deleted record stops its clock.
		must(t, s.For(dilan).DeleteIncident(ctx, rec.Ref, 1, "twice"))
		must(t, place(basma))
		clock.Advance(40 * 24 * time.Hour)
		if n, err := s.System().EraseDue(ctx); err != nil || n != 0 {
			t.Errorf("erased while held: %d, %v", n, err)
		}
		if list, err := s.For(basma).Deleted(ctx); err != nil || len(list) != 1 || !list[0].Hold {
			t.Errorf("deleted and held: %+v, %v", list, err)
		}
		must(t, ask(dilan))
		must(t, release(basma))
		if n, err := s.System().EraseDue(ctx); err != nil || n != 1 {
			t.Errorf("after the release: %d, %v", n, err)
		}
	})
}

// What a withdrawn consent erases stays while a hold lasts, hidden, and goes
// with its release.
func TestHold_WithdrawnConsent_KeepsTheBytesUntilRelease(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		v := vocabulary(t)
		author := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
		basma := person(t, s, "example_ngo", "basma", models.RoleReviewer)
		dilan := person(t, s, "example_ngo", "dilan", models.RoleReviewer)
		note := "Only the team knows."
		in := input("One", "assault")
		in.InternalNote = &note
		rec := create(t, s, author, v, in, "key-1")
		ctx := t.Context()
		_, err := s.For(basma).PlaceHold(ctx, rec.Ref, "A court asks.")
		must(t, err)
		in.Consents = []models.Consent{{ID: "K1", Target: "T1", Level: "withdrawn"}}
		rec, err = s.For(author).UpdateIncident(ctx, store.UpdateIncident{Ref: rec.Ref, Version: 1, Input: in, Vocab: v})
		must(t, err)
		if rec.WorkflowStatus != models.StatusClosed || rec.InternalNote == nil {
			t.Fatalf("held and withdrawn: %s, note %v", rec.WorkflowStatus, rec.InternalNote)
		}
		_, err = s.For(basma).AskRelease(ctx, rec.Ref, "It is over.")
		must(t, err)
		must(t, s.For(dilan).ReleaseHold(ctx, rec.Ref, v))
		rec, err = s.For(basma).Incident(ctx, rec.Ref)
		if err != nil || rec.InternalNote != nil || rec.WorkflowStatus != models.StatusClosed {
			t.Errorf("released: %v %v, %v", rec.InternalNote, rec.WorkflowStatus, err)
		}
	})
}

// A restore hides what had been erased and is held in the backup.
func TestReplayErasures_UnderHold_HidesAndWaits(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	v := vocabulary(t)
	basma := person(t, s, "example_ngo", "basma", models.RoleCaseworker, models.RoleReviewer)
	dilan := person(t, s, "example_ngo", "dilan", models.RoleReviewer)
	rec := create(t, s, basma, v, input("One", "assault"), "key-1")
	ctx := t.Context()
	hold := func(s *store.Store) {
		_, err := s.For(basma).AskRelease(ctx, rec.Ref, "It is over.")
		must(t, err)
		must(t, s.For(dilan).ReleaseHold(ctx, rec.Ref, v))
	}
	_, err := s.For(basma).PlaceHold(ctx, rec.Ref, "A court asks.")
	must(t, err)
	copied := path + ".backup"
	exec(t, raw(t, path), "VACUUM INTO ?", copied)
	hold(s)
	must(t, s.System().Erase(ctx, rec.Ref, models.ErasedRecord, "asked", ""))
	restored := reopened(t, copied)
	for range 2 {
		must(t, restored.System().ReplayErasures(ctx, ledger(t, s)))
	}
	_, err = restored.For(basma).Incident(ctx, rec.Ref)
	wantCode(t, "restored, and read", err, "incident.not_found")
	if n, err := restored.System().EraseDue(ctx); err != nil || n != 0 {
		t.Errorf("erased while held: %d, %v", n, err)
	}
	hold(restored)
	if n, err := restored.System().EraseDue(ctx); err != nil || n != 1 {
		t.Errorf("after the release: %d, %v", n, err)
	}
}
