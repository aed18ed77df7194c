package storetest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"farwatch/models"
	"farwatch/store/storetest"
)

// content is what a person wrote, in a form that compares.
func content(t *testing.T, in models.IncidentInput) string {
	t.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRestore_RandomEdits is a property: after any sequence of edits and
// restores, N saves are N revisions, and restoring version k gives exactly the
// content that version k had.
func TestRestore_RandomEdits_EveryVersionComesBackEqual(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		ctx := t.Context()
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		for round := range 6 {
			dice := rand.New(rand.NewPCG(20261125, uint64(round)))
			other := w.Log(t, author, storetest.AnArrest())
			draw := func(i int) storetest.Incident {
				b := storetest.Incident{Input: randomInput(dice, i)}
				b.Input.Sensitivity = "partner"
				if dice.IntN(2) == 0 {
					b = b.Related("same_perpetrator", other.Ref)
				}
				return b
			}
			rec := w.Log(t, author, draw(0))
			states := []string{"", content(t, rec.IncidentInput)}
			for i := range 20 {
				var err error
				if k := 1 + dice.IntN(len(states)-1); dice.IntN(3) == 0 {
					rec, err = w.For(author).RestoreIncident(ctx, rec.Ref, rec.Version, k, nil, w.Vocabulary)
					if err == nil && content(t, rec.IncidentInput) != states[k] {
						t.Fatalf("round %d: version %d did not come back\n was %s\n is  %s", round, k, states[k], content(t, rec.IncidentInput))
					}
				} else {
					rec, err = w.For(author).UpdateIncident(ctx, w.Update(rec, draw(i)))
				}
				if err != nil {
					t.Fatal(err)
				}
				states = append(states, content(t, rec.IncidentInput))
			}
			items, total, _, err := w.For(author).Revisions(ctx, rec.Ref, 0, 200)
			if err != nil || total != 21 || len(items) != 21 {
				t.Fatalf("%d revisions, total %d, want 21: %v", len(items), total, err)
			}
			for k := 1; k < len(states); k++ {
				past, err := w.For(author).Revision(ctx, rec.Ref, k)
				if err != nil || content(t, past.Content.IncidentInput) != states[k] {
					t.Errorf("round %d: history of version %d differs from what it was: %v", round, k, err)
				}
			}
		}
	})
}

// A restore by somebody who cannot see a linked record neither shows the link
// nor loses it.
func TestRestore_HiddenRelation_StaysHiddenAndStays(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		ctx := t.Context()
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		secret := w.Person(t, "alpha", "secret", models.RoleCaseworker, models.RoleReviewer)
		hidden := w.Log(t, secret, storetest.AnArrest().Sensitivity("sealed"))
		rec := w.Log(t, author, storetest.ACall())
		linked, err := w.For(secret).UpdateIncident(ctx, w.Update(rec, storetest.ACall().Related("same_target", hidden.Ref)))
		if err != nil {
			t.Fatal(err)
		}
		restored, err := w.For(author).RestoreIncident(ctx, rec.Ref, linked.Version, 1, nil, w.Vocabulary)
		if err != nil || len(restored.Relations) != 0 {
			t.Fatalf("the author sees %v: %v", restored.Relations, err)
		}
		for version := 1; version <= restored.Version; version++ {
			past, err := w.For(author).Revision(ctx, rec.Ref, version)
			if err != nil || len(past.Content.Relations) != 0 {
				t.Errorf("version %d shows the author %v: %v", version, past.Content.Relations, err)
			}
		}
		again, err := w.For(secret).Incident(ctx, rec.Ref)
		if err != nil || len(again.Relations) != 1 || again.Relations[0].To != hidden.Ref {
			t.Errorf("the link is %v: %v", again.Relations, err)
		}
		guess := w.Update(restored, storetest.ACall().Related("same_target", hidden.Ref))
		_, err = w.For(author).UpdateIncident(ctx, guess)
		if got := fmt.Sprint(err); models.KindOf(err) != models.KindInvalid {
			t.Errorf("a guessed ref is confirmed: %s", got)
		}
	})
}

func TestStanding_AuthorsSinceTheLastApproval_AreNotReviewers(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		ctx := t.Context()
		author := w.Person(t, "alpha", "author", models.RoleCaseworker, models.RoleReviewer)
		fixer := w.Person(t, "alpha", "fixer", models.RoleReviewer)
		judge := w.Person(t, "alpha", "judge", models.RoleReviewer)
		rec := w.Log(t, author, storetest.ACall().Publishable())
		step := func(p models.Principal, to string) error {
			next, err := w.For(p).MoveIncident(ctx, rec.Ref, rec.Version, models.Transition{To: to}, w.Vocabulary)
			if err == nil {
				rec = next
			}
			return err
		}
		must(t, step(author, "in_review"))
		var err error
		rec, err = w.For(fixer).UpdateIncident(ctx, w.Update(rec, storetest.ACall().Publishable().Titled("Mended")))
		must(t, err)
		rec, err = w.For(judge).VerifyIncident(ctx, rec.Ref, rec.Version, models.Judgement{Status: "single_source", Reason: "Read."}, w.Vocabulary)
		must(t, err)
		wantCode(t, step(author, "approved"), models.KindForbidden, "workflow.own_work")
		wantCode(t, step(fixer, "approved"), models.KindForbidden, "workflow.own_work")
		must(t, step(judge, "approved"))
		wantCode(t, step(author, "published"), models.KindForbidden, "workflow.own_work")
		must(t, step(judge, "published"))
		// The next edit is the judge's; what was approved before is nobody's.
		rec, err = w.For(judge).UpdateIncident(ctx, w.Update(rec, storetest.ACall().Publishable().Titled("Mended again")))
		must(t, err)
		_, err = w.For(judge).DecidePending(ctx, rec.Ref, rec.Version, "approve", nil, w.Vocabulary)
		wantCode(t, err, models.KindForbidden, "workflow.own_work")
		rec, err = w.For(author).DecidePending(ctx, rec.Ref, rec.Version, "approve", nil, w.Vocabulary)
		if err != nil || rec.Title != "Mended again" || rec.Pending != nil {
			t.Errorf("approved: %v, %s", err, rec.Title)
		}
	})
}
