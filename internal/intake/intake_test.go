package intake

import (
	"os"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
)

func reader(t testing.TB) *Reader {
	t.Helper()
	data, err := os.ReadFile("../vocab/vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := models.ParseVocabulary(data, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return NewReader(v)
}

// TestEvaluate_Held: the rules were tuned on the other half; what they reach
// here is what a new article may expect.
func TestEvaluate_Held_ReachesTheFigures(t *testing.T) {
	t.Parallel()
	tuning, held, err := Halves()
	if err != nil {
		t.Fatal(err)
	}
	states, languages, negatives := map[string]bool{}, map[string]bool{}, 0
	r := reader(t)
	for _, l := range append(slices.Clone(tuning), held...) {
		states[l.Origin] = true
		languages[r.Read(l.Text).Language] = true
		if !l.Incident {
			negatives++
		}
	}
	if n := len(tuning) + len(held); n < 80 || negatives < 25 || len(states) < 21 || len(languages) < 6 {
		t.Errorf("%d texts, %d without an incident, %d states, %d languages", n, negatives, len(states)-1, len(languages))
	}
	want := map[string]float64{"is_incident": 0.90, "origin_country": 0.90, "host_country": 0.85, "communities": 0.85, "methods": 0.70}
	for _, s := range r.Evaluate(held, nil) {
		t.Logf("%-15s precision %.2f recall %.2f F1 %.2f", s.Field, s.Precision(), s.Recall(), s.F1())
		if s.F1() < want[s.Field] {
			t.Errorf("%s: F1 %.2f, want %.2f", s.Field, s.F1(), want[s.Field])
		}
	}
}

func TestReadLabelled_Damaged_SaysWhere(t *testing.T) {
	t.Parallel()
	if _, err := ReadLabelled([]byte("# remark\nCHN|DEU|uyghur\n")); err == nil || !strings.Contains(err.Error(), "text 1") {
		t.Errorf("got %v", err)
	}
}
