package storetest_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// together runs n calls at once and waits for all.
func together(n int, call func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			call(i)
		})
	}
	close(start)
	wg.Wait()
}

func TestCreateIncident_FiftyAtOnceWithOneKey_OneRecord(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		creation := w.Creation(storetest.ACall())
		var mu sync.Mutex
		refs, replays := map[string]int{}, 0
		together(50, func(int) {
			rec, replayed, err := w.For(author).CreateIncident(t.Context(), creation)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			refs[rec.Ref]++
			if replayed {
				replays++
			}
		})
		if len(refs) != 1 || replays != 49 {
			t.Errorf("%d records, %d replays; want 1 and 49", len(refs), replays)
		}
		if got := everywhere(t, w, author, models.IncidentFilter{}); len(got) != 1 {
			t.Errorf("%d records stored", len(got))
		}
	})
}

func TestCreateIncident_Key_IsOneBodyOfOnePersonForAWeek(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		first := w.Creation(storetest.ACall())
		rec, replayed, err := w.For(author).CreateIncident(t.Context(), first)
		if err != nil || replayed {
			t.Fatal(replayed, err)
		}
		other := w.Creation(storetest.AnArrest())
		other.IdempotencyKey = first.IdempotencyKey
		_, _, err = w.For(author).CreateIncident(t.Context(), other)
		wantCode(t, err, models.KindInvalid, "idempotency.key_reused")

		colleague := w.Person(t, "alpha", "colleague", models.RoleCaseworker)
		theirs, replayed, err := w.For(colleague).CreateIncident(t.Context(), first)
		if err != nil || replayed || theirs.Ref == rec.Ref {
			t.Errorf("another person's key: %s, replayed %v, %v", theirs.Ref, replayed, err)
		}
		clock.Advance(7*24*time.Hour - time.Millisecond)
		again, replayed, err := w.For(author).CreateIncident(t.Context(), first)
		if err != nil || !replayed || again.Ref != rec.Ref {
			t.Errorf("within the week: %s, replayed %v, %v", again.Ref, replayed, err)
		}
		clock.Advance(time.Second)
		fresh, replayed, err := w.For(author).CreateIncident(t.Context(), first)
		if err != nil || replayed || fresh.Ref == rec.Ref {
			t.Errorf("after the week: %s, replayed %v, %v", fresh.Ref, replayed, err)
		}
	})
}

func TestCreateIncident_Fault_KeepsNothing(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		creation := w.Creation(storetest.ACall().Related("same_target", "FW-4F7K-Q2ME").With(func(in *models.IncidentInput) {
			in.Campaigns = []string{"FW-4F7K-Q2ME"}
		}))
		creation.WorkingCopy = "form"
		if _, err := w.For(author).SaveWorkingCopy(t.Context(), models.WorkingCopy{ID: "form", Form: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
		before, _, err := w.System().VerifyAudit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = w.For(author).CreateIncident(t.Context(), creation)
		e := wantCode(t, err, models.KindInvalid, "validation.failed")
		var pointers []string
		for _, f := range e.Fields {
			pointers = append(pointers, f.Pointer+" "+f.Code)
		}
		if want := []string{"#/relations/0/to unknown_ref", "#/campaigns/0 unknown_ref"}; !slices.Equal(pointers, want) {
			t.Errorf("faults %v, want %v", pointers, want)
		}
		after, _, err := w.System().VerifyAudit(t.Context())
		if err != nil || after != before {
			t.Errorf("audit rows %d became %d: %v", before, after, err)
		}
		if got := everywhere(t, w, author, models.IncidentFilter{}); len(got) != 0 {
			t.Errorf("%d records stored", len(got))
		}
		if _, err := w.For(author).WorkingCopy(t.Context(), "form"); err != nil {
			t.Errorf("the form is gone: %v", err)
		}
		creation.Input.Relations, creation.Input.Campaigns = nil, nil
		if _, replayed, err := w.For(author).CreateIncident(t.Context(), creation); err != nil || replayed {
			t.Errorf("the key was not given back: replayed %v, %v", replayed, err)
		}
		_, err = w.For(author).WorkingCopy(t.Context(), "form")
		wantCode(t, err, models.KindNotFound, "working_copy.not_found")
	})
}

func TestUpdateIncident_ManyAtOnce_OneWinsAndTheOthersLearnTheVersion(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		rec := w.Log(t, author, storetest.ACall())
		for round := range 10 {
			var mu sync.Mutex
			var winner models.Incident
			won := 0
			together(8, func(int) {
				updated, err := w.For(author).UpdateIncident(t.Context(), w.Update(rec, storetest.ACall().Titled("Edited")))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
					winner = updated
					return
				}
				var e *models.Error
				if !errors.As(err, &e) || e.Code != "incident.stale" || e.Params["current_version"] != round+2 {
					t.Errorf("round %d: error %v", round, err)
				}
			})
			if won != 1 || winner.Version != round+2 {
				t.Fatalf("round %d: %d edits of one version were taken, the last as %d", round, won, winner.Version)
			}
			rec = winner
		}
	})
}

func TestCreateIncident_ManyAtOnce_AllKeptAndTheAuditWhole(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		before, _, err := w.System().VerifyAudit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		together(40, func(int) {
			if _, _, err := w.For(author).CreateIncident(t.Context(), w.Creation(storetest.ACall())); err != nil {
				t.Error(err)
			}
		})
		rows, broken, err := w.System().VerifyAudit(t.Context())
		if err != nil || broken != 0 || rows != before+40 {
			t.Errorf("%d audit rows after %d, broken at %d: %v", rows, before, broken, err)
		}
		if got := everywhere(t, w, author, models.IncidentFilter{}); len(got) != 40 {
			t.Errorf("%d records of 40", len(got))
		}
	})
}

func TestUpdateIncident_WhoMayEdit(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		for name, roles := range map[string][]models.Role{
			"reviewer": {models.RoleReviewer}, "colleague": {models.RoleCaseworker}, "analyst": {models.RoleAnalyst},
		} {
			p := w.Person(t, "alpha", name, roles...)
			rec := w.Log(t, author, storetest.ACall())
			updated, err := w.For(p).UpdateIncident(t.Context(), w.Update(rec, storetest.ACall().Titled("Edited")))
			if name == "reviewer" {
				if err != nil || updated.Version != 2 || updated.Title != "Edited" || updated.CreatedBy != "author" {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			wantCode(t, err, models.KindForbidden, "permission.denied")
		}
	})
}

func TestUpdateIncident_States(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		for state, code := range map[string]string{
			"draft": "", "in_review": "", "approved": "", "embargoed": "", "published": "", "closed": "incident.not_editable", "withdrawn": "incident.not_editable", "merged": "incident.not_editable",
		} {
			b := storetest.ACall().Titled("In state " + state).Publishable()
			w.Seed(t, author, seedOf(w, b, state))
			updated, err := w.For(author).UpdateIncident(t.Context(), w.Update(titled(t, w, author, b.Input.Title), b))
			if code != "" {
				wantCode(t, err, models.KindConflict, code)
				continue
			}
			if err != nil || updated.WorkflowStatus != state || updated.VerificationStatus != "single_source" {
				t.Errorf("%s became %s, %s: %v", state, updated.WorkflowStatus, updated.VerificationStatus, err)
			}
		}
	})
}

func TestUpdateIncident_Sealing_KeepsTheTeamAndWhoeverSeals(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		sealing := w.Person(t, "alpha", "sealing", models.RoleReviewer)
		other := w.Person(t, "alpha", "other", models.RoleReviewer)
		rec := w.Log(t, author, storetest.ACall())
		if _, err := w.For(sealing).UpdateIncident(t.Context(), w.Update(rec, storetest.ACall().Sensitivity("sealed"))); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			p    models.Principal
			want bool
		}{"author": {author, true}, "who sealed it": {sealing, true}, "another reviewer": {other, false}} {
			if got := sees(t, w, c.p, rec.Ref); got != c.want {
				t.Errorf("%s sees it: %v", name, got)
			}
		}
	})
}

func TestUpdateIncident_LowerSensitivity_TakesAnotherPersonsReview(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker, models.RoleReviewer)
		caseworker := w.Person(t, "alpha", "caseworker", models.RoleCaseworker)
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		b := storetest.ACall().Sensitivity("restricted")
		theirs, own := w.Log(t, author, b), w.Log(t, caseworker, b)
		lower := func(p models.Principal, rec models.Incident) error {
			_, err := w.For(p).UpdateIncident(t.Context(), w.Update(rec, b.Sensitivity("partner")))
			return err
		}
		wantCode(t, lower(author, theirs), models.KindForbidden, "workflow.own_work")
		wantCode(t, lower(caseworker, own), models.KindForbidden, "permission.denied")
		if err := lower(reviewer, theirs); err != nil {
			t.Errorf("another reviewer: %v", err)
		}
		if _, err := w.For(caseworker).UpdateIncident(t.Context(), w.Update(own, b.Sensitivity("sealed"))); err != nil {
			t.Errorf("raising is the team's: %v", err)
		}
	})
}

func TestRelations_ToAnInvisibleRecord_AreHiddenAndOutliveAnEdit(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		secret := w.Log(t, author, storetest.ACall().Sensitivity("sealed"))
		plain := w.Log(t, author, storetest.ACall())
		b := storetest.ACall().Related("same_target", secret.Ref).With(func(in *models.IncidentInput) {
			in.Relations[0].Note = storetest.Ptr("The same man.")
			in.Citations = []models.Citation{{ID: "C1", Entity: "L1", Source: "S1", Standing: "accepted", Quote: storetest.Ptr("one and the same")}}
		})
		rec := w.Log(t, author, b)

		seen, err := w.For(reviewer).Incident(t.Context(), rec.Ref)
		if err != nil || len(seen.Relations) != 0 || len(seen.Citations) != 0 {
			t.Fatalf("a reviewer without the name sees %v and %v: %v", seen.Relations, seen.Citations, err)
		}
		edit := storetest.Incident{Input: seen.IncidentInput}.Related("part_of_campaign", plain.Ref).Titled("Edited by the reviewer")
		if _, err := w.For(reviewer).UpdateIncident(t.Context(), w.Update(seen, edit)); err != nil {
			t.Fatal(err)
		}
		got, err := w.For(author).Incident(t.Context(), rec.Ref)
		if err != nil {
			t.Fatal(err)
		}
		if got.Title != "Edited by the reviewer" || len(got.Relations) != 2 || len(got.Citations) != 1 {
			t.Fatalf("%q, relations %v, citations %v", got.Title, got.Relations, got.Citations)
		}
		kept := got.Relations[1]
		if got.Relations[0].To != plain.Ref || got.Relations[0].ID != "L1" || kept.To != secret.Ref || kept.ID != "L2" || *kept.Note != "The same man." {
			t.Errorf("relations %+v", got.Relations)
		}
		if got.Citations[0].Entity != "L2" || *got.Citations[0].Quote != "one and the same" {
			t.Errorf("citation %+v", got.Citations[0])
		}
		// The twin: whoever sees both records sees the link, and may drop it.
		if _, err := w.For(author).UpdateIncident(t.Context(), w.Update(got, storetest.ACall())); err != nil {
			t.Fatal(err)
		}
		if got, err = w.For(author).Incident(t.Context(), rec.Ref); err != nil || len(got.Relations) != 0 {
			t.Errorf("relations %v: %v", got.Relations, err)
		}
	})
}

func TestWrites_SignedOutOrClosedAccount_Refused(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		closed := w.Person(t, "alpha", "closed", models.RoleCaseworker)
		rec := w.Log(t, closed, storetest.ACall())
		if err := w.System().DisableUser(t.Context(), "closed"); err != nil {
			t.Fatal(err)
		}
		for name, p := range map[string]models.Principal{"signed out": {}, "closed": closed} {
			v := w.For(p)
			for what, write := range map[string]func() error{
				"create": func() error { _, _, err := v.CreateIncident(t.Context(), w.Creation(storetest.ACall())); return err },
				"update": func() error { _, err := v.UpdateIncident(t.Context(), w.Update(rec, storetest.ACall())); return err },
				"save working copy": func() error {
					_, err := v.SaveWorkingCopy(t.Context(), models.WorkingCopy{ID: "a", Form: []byte(`{}`)})
					return err
				},
				"discard":  func() error { return v.DiscardWorkingCopy(t.Context(), "a") },
				"export":   func() error { return v.RecordExport(t.Context(), store.Export{ID: "e", Filter: `{}`}) },
				"invite":   func() error { _, err := v.CreateInvitation(t.Context(), "hash", nil, nil); return err },
				"revoke":   func() error { return v.RevokeInvitation(t.Context(), "i") },
				"password": func() error { return v.ChangePassword(t.Context(), "hash") },
			} {
				if err := write(); models.KindOf(err) != models.KindUnauthenticated {
					t.Errorf("%s, %s: %v", name, what, err)
				}
			}
		}
	})
}
