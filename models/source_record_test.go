package models_test

import (
	"testing"

	"farwatch/models"
)

// cited is a record whose second source is named by a citation, a response, an
// entry of evidence and a third source.
func cited() models.IncidentInput {
	in := recruitment()
	in.Sources = []models.Source{
		{ID: "S1", Kind: "primary_publisher", URL: p("https://paper.example/a")},
		{ID: "S2", Kind: "primary_publisher", URL: p("https://www.paper.example/b/")},
		{ID: "S3", Kind: "aggregator", DerivedFrom: p("S2")},
	}
	in.Citations = []models.Citation{{ID: "C1", Entity: "incident", Field: p("title"), Source: "S2", Standing: "accepted"}}
	in.Evidence = []models.Evidence{{ID: "E1", Kind: "screenshot", Access: "held_by_us", Source: p("S2")}}
	in.Responses = []models.Response{{ID: "R1", Party: "host_state", Kind: "none", Source: p("S2")}}
	return in
}

func TestStillCited_SourceTakenAway_NamesWhatCitesIt(t *testing.T) {
	t.Parallel()
	before, after := cited(), cited()
	after.Sources = []models.Source{after.Sources[0], after.Sources[2]}
	got := map[string]any{}
	for _, f := range faults(models.StillCited(after.Validate(now, vocabulary(t)), before, after)) {
		if f.Code == "still_cited" {
			got[f.Pointer] = f.Params["by"]
		}
	}
	want := map[string]any{"#/citations/0/source": "C1", "#/evidence/0/source": "E1", "#/responses/0/source": "R1", "#/sources/1/derived_from": "S3"}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for pointer, by := range want {
		if got[pointer] != by {
			t.Errorf("%s is cited by %v, want %v", pointer, got[pointer], by)
		}
	}
}

// TestStillCited_NeverThere is the negative twin: a source that the record
// never had is unknown, not removed.
func TestStillCited_NeverThere_StaysUnknown(t *testing.T) {
	t.Parallel()
	before, after := cited(), cited()
	after.Citations[0].Source = "S9"
	for _, f := range faults(models.StillCited(after.Validate(now, vocabulary(t)), before, after)) {
		if f.Code == "still_cited" {
			t.Errorf("%v", f)
		}
	}
	if err := models.StillCited(nil, before, after); err != nil {
		t.Errorf("nothing wrong became %v", err)
	}
}

func TestDerivedChain_EndsAtTheOriginAndInACircle(t *testing.T) {
	t.Parallel()
	sources := []models.Source{{ID: "S1"}, {ID: "S2", DerivedFrom: p("S1")}, {ID: "S3", DerivedFrom: p("S2")}}
	chain := models.DerivedChain(sources, "S3")
	if len(chain) != 2 || chain[0].ID != "S2" || chain[1].ID != "S1" {
		t.Errorf("chain %v", chain)
	}
	if chain := models.DerivedChain(sources, "S1"); len(chain) != 0 {
		t.Errorf("an origin is derived from %v", chain)
	}
	sources[0].DerivedFrom = p("S3")
	if chain := models.DerivedChain(sources, "S1"); len(chain) != 3 {
		t.Errorf("a circle gives %d", len(chain))
	}
}

func TestSourceCorrection_Apply_ChangesOnlyThePage(t *testing.T) {
	t.Parallel()
	sources := append(cited().Sources, models.Source{ID: "S4", Kind: "tip", URL: p("https://paper.example/b")})
	c := models.SourceCorrection{
		Publisher: models.Replacement[string]{Set: true, Value: p("Example Gazette")},
		Title:     models.Replacement[string]{Set: true},
	}
	changed, any := c.Apply(sources, "paper.example/b")
	if !any || *changed[1].Publisher != "Example Gazette" || changed[1].Title != nil {
		t.Errorf("changed %v: %+v", any, changed[1])
	}
	for _, i := range []int{0, 2, 3} {
		if changed[i].Publisher != nil {
			t.Errorf("%s changed too", changed[i].ID)
		}
	}
	if sources[1].Publisher != nil {
		t.Error("the original changed")
	}
	if _, again := c.Apply(changed, "paper.example/b"); again {
		t.Error("the same correction changed something twice")
	}
}

func TestSourceCorrection_Validate(t *testing.T) {
	t.Parallel()
	set := func(s string) models.Replacement[string] { return models.Replacement[string]{Set: true, Value: &s} }
	day := func(d models.Day) models.Replacement[models.Day] {
		return models.Replacement[models.Day]{Set: true, Value: &d}
	}
	for want, c := range map[string]models.SourceCorrection{
		"#/archive_url not_a_web_address": {ArchiveURL: set("javascript:alert(1)")},
		"#/published in_future":           {Published: day("2026-02-01")},
		"#/published impossible_date":     {Published: day("2025-02-30")},
		"#/title unpaired_bidi":           {Title: set("a\u202eb")},
		"# nothing_to_change":             {},
	} {
		list := faults(c.Validate(now))
		if len(list) != 1 || list[0].Pointer+" "+list[0].Code != want {
			t.Errorf("%v, want %s", list, want)
		}
	}
	good := models.SourceCorrection{ArchiveURL: set("https://archive.ph/AbCd1"), Published: day("2026-01-15"), Title: set("")}
	if err := good.Validate(now); err != nil || good.Title.Value != nil {
		t.Errorf("%v, title %v", err, good.Title.Value)
	}
}
