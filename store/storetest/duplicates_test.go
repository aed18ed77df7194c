package storetest_test

import (
	"testing"

	"farwatch/models"
	"farwatch/store/storetest"
)

func found(t testing.TB, w storetest.World, p models.Principal, ref string) []models.Duplicate {
	t.Helper()
	out, err := w.For(p).DuplicatesOf(t.Context(), ref, w.Vocabulary)
	must(t, err)
	return out
}

func TestDuplicates_SamePage_FoundAndDismissed(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		analyst := w.Person(t, "alpha", "analyst", models.RoleAnalyst)
		a := w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "One"))
		b := w.Log(t, author, from(storetest.ACall(), "primary_publisher", page2, "Two"))
		w.Log(t, author, from(storetest.AnArrest(), "primary_publisher", page1, "Other states"))
		got := found(t, w, author, a.Ref)
		if len(got) != 1 || got[0].Record.Ref != b.Ref || len(got[0].Match.Reasons) != 2 ||
			got[0].Match.Reasons[0] != (models.DuplicateReason{Code: "same_url", Shown: page}) || got[0].Dismissed != nil {
			t.Fatalf("found %+v", got)
		}
		_, err := w.For(author).DismissDuplicate(t.Context(), b.Ref, a.Ref, storetest.Ptr("two brothers"))
		must(t, err)
		got = found(t, w, author, a.Ref)
		if d := got[0].Dismissed; d == nil || d.By != "author" || d.Note == nil || *d.Note != "two brothers" {
			t.Errorf("dismissed %+v", d)
		}
		if d := found(t, w, analyst, a.Ref)[0].Dismissed; d == nil || d.Note != nil {
			t.Errorf("the analyst reads the note: %+v", d)
		}
		must(t, w.For(author).RestoreDuplicate(t.Context(), a.Ref, b.Ref))
		if d := found(t, w, author, b.Ref)[0].Dismissed; d != nil {
			t.Errorf("after taking it back: %+v", d)
		}
	})
}

// TestDuplicates_OtherEyes is the negative twin: a record that may not be seen
// is no candidate, and a pair with it cannot be dismissed.
func TestDuplicates_OtherEyes_LearnNothing(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		colleague := w.Person(t, "alpha", "colleague", models.RoleCaseworker)
		stranger := w.Person(t, "beta", "stranger", models.RoleCaseworker)
		a := w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "Open to colleagues"))
		b := w.Log(t, author, from(storetest.ACall(), "primary_publisher", page1, "Sealed").Sensitivity("sealed"))
		if got := found(t, w, author, a.Ref); len(got) != 1 || got[0].Record.Ref != b.Ref {
			t.Fatalf("the author finds %+v", got)
		}
		if got := found(t, w, colleague, a.Ref); len(got) != 0 {
			t.Errorf("the colleague finds %+v", got)
		}
		_, err := w.For(colleague).DismissDuplicate(t.Context(), a.Ref, b.Ref, nil)
		wantCode(t, err, models.KindNotFound, "incident.not_found")
		_, err = w.For(stranger).DuplicatesOf(t.Context(), a.Ref, w.Vocabulary)
		wantCode(t, err, models.KindNotFound, "incident.not_found")
		draft := from(storetest.ACall(), "primary_publisher", page2, "Not saved").Input
		got, err := w.For(stranger).DuplicatesOfDraft(t.Context(), draft, w.Vocabulary)
		if err != nil || len(got) != 0 {
			t.Errorf("the stranger finds %+v: %v", got, err)
		}
	})
}
