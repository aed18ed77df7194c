package store_test

import (
	"slices"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
)

func refsHere(changes []models.RecordChange) (out []string) {
	for _, c := range changes {
		if c.State == models.ChangeHere {
			out = append(out, c.Ref)
		}
	}
	return out
}

// What changed in a transaction that began early and ends late is told after
// what was read meanwhile, and not lost below it.
func TestChanges_LateCommit_IsNotMissed(t *testing.T) {
	t.Parallel()
	w := newWalls(t)
	p := person(t, w.s, "example_ngo", "amina", models.RoleCaseworker)
	v := vocabulary(t)
	slow := create(t, w.s, p, v, input("Slow", "assault"), "slow-key-1")
	quick := create(t, w.s, p, v, input("Quick", "assault"), "quick-key-1")
	_, cursor, complete, err := w.s.For(p).Changes(t.Context(), models.IncidentFilter{}, nil, 100)
	must(t, err)
	if !complete {
		t.Fatal("two records are all")
	}
	late, err := w.super.BeginTx(t.Context(), nil)
	must(t, err)
	if _, err := late.ExecContext(t.Context(), "UPDATE incidents SET version = version + 1, title = 'Late' WHERE ref = $1", slow.Ref); err != nil {
		t.Fatal(err)
	}
	// The early transaction holds nobody up.
	began := time.Now()
	in := quick.IncidentInput
	in.Title = "Quicker"
	_, err = w.s.For(p).UpdateIncident(t.Context(), updateOf(quick, in, v))
	must(t, err)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("another record waited %s", took)
	}
	changes, cursor, _, err := w.s.For(p).Changes(t.Context(), models.IncidentFilter{}, &cursor, 100)
	must(t, err)
	if got := refsHere(changes); !slices.Equal(got, []string{quick.Ref}) {
		t.Errorf("before the late commit: %v", got)
	}
	must(t, late.Commit())
	changes, _, _, err = w.s.For(p).Changes(t.Context(), models.IncidentFilter{}, &cursor, 100)
	must(t, err)
	if got := refsHere(changes); !slices.Equal(got, []string{slow.Ref}) {
		t.Errorf("after it: %v, want %s", got, slow.Ref)
	}
}

// Records of an older database have their place from the start.
func TestChanges_OlderDatabase_IsToldWhole(t *testing.T) {
	t.Parallel()
	path := before(t)
	s, err := openWith(t, path)
	must(t, err)
	defer s.Close()
	db := raw(t, path)
	open := column(t, db, "SELECT ref FROM incidents WHERE sensitivity IN ('open', 'partner') AND workflow_status NOT IN ('withdrawn', 'merged') ORDER BY ref")
	hidden := column(t, db, "SELECT ref FROM incidents WHERE sensitivity IN ('restricted', 'sealed')")
	changes, _, complete, err := s.For(amina(t, s)).Changes(t.Context(), models.IncidentFilter{}, nil, 100)
	must(t, err)
	got := refsHere(changes)
	slices.Sort(got)
	if len(open) == 0 || len(hidden) == 0 || !complete || !slices.Equal(got, open) || len(changes) != len(open) {
		t.Errorf("told %v of %v, hidden %v", got, open, hidden)
	}
}

func updateOf(rec models.Incident, in models.IncidentInput, v *models.Vocabulary) store.UpdateIncident {
	reason := "Read again."
	return store.UpdateIncident{Ref: rec.Ref, Version: rec.Version, Input: in, Reason: &reason, Vocab: v}
}
