package models_test

import (
	"os"
	"reflect"
	"slices"
	"testing"

	"farwatch/models"
)

func vocabulary(t testing.TB) *models.Vocabulary {
	t.Helper()
	data, err := os.ReadFile("../internal/vocab/vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := models.ParseVocabulary(data, func(code string) bool { return code != "ZZZ" })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func p[T any](v T) *T { return &v }

// recruitment is a call that offered money and family favours for watching a
// community: what was asked is a demand, what was done is an act.
func recruitment() models.IncidentInput {
	in := models.IncidentInput{
		Title: "Invented example: paid informant sought by phone", Summary: "A caller offered pay for reports.",
		OriginCountry: "CHN", HostCountry: "GBR", ProxyCountry: p("CHN"),
		AttributionBasis: []string{"media_report", "target_belief"},
		Occurred:         models.Occurred{Latest: p(models.Day("2023-02-20")), Precision: "before_report", Repeated: p(true)},
		FirstReported:    p(models.Day("2023-02-20")), PoliceReported: "unknown", Sensitivity: "open",
		ScopeTest: models.ScopeTest{StateLink: "yes", CrossBorder: "yes", Reason: "yes", Aim: "yes", Act: "yes"},
		Targets: []models.Target{{
			ID: "T1", CountingUnit: "person", CountMin: 1, CountMax: p(1), Communities: []string{"uyghur"},
			Roles: []string{"unknown"}, Response: "refused",
		}},
		Perpetrators: []models.Perpetrator{{ID: "P1", Type: "unidentified_official"}},
		Acts: []models.Act{
			{ID: "A1", Method: "informant_recruitment", Target: "T1", Explicitness: p("explicit"), Channels: []string{"phone_call"}},
			{ID: "A2", Method: "threat_to_family", Target: "T1", Explicitness: p("inferred_by_source"), Channels: []string{"phone_call"}},
		},
		Inducements: []models.Inducement{{ID: "I1", Kind: "money_recurring", Target: "T1", Explicitness: "explicit"}},
		Demands:     []models.Demand{{ID: "D1", Kind: "report_attendees", Target: "T1", Explicitness: "explicit"}},
		Sources: []models.Source{
			{ID: "S1", Kind: "primary_publisher"},
			{ID: "S2", Kind: "republication", DerivedFrom: p("S1")},
		},
		Consents: []models.Consent{{ID: "N1", Target: "T1", Level: "public_source_only"}},
	}
	in.Normalize()
	return in
}

func TestDerive_RecruitmentByPhone(t *testing.T) {
	t.Parallel()
	got := models.Derive(recruitment(), vocabulary(t))
	want := models.Computed{
		Scope: "in_scope", Families: []string{"coercion_by_proxy", "recruitment"}, Stage: p(1),
		InFHScope: "no", InUKScope: "unclear", InOHCHRScope: "yes", IndependentOrigins: 1,
		EDTF: "[..2023-02-20]", PersonsMin: 1, PersonsMax: p(1), EffectiveConsent: p("public_source_only"),
	}
	if !reflect.DeepEqual(got.Computed, want) {
		t.Errorf("computed\n got %+v\nwant %+v", got.Computed, want)
	}
	if c := got.Facets[models.FacetCommunity]; !slices.Equal(c, []string{"turkic_muslim_xinjiang", "uyghur"}) {
		t.Errorf("communities with ancestors = %v", c)
	}
	if m := got.Facets[models.FacetMethodStated]; !slices.Equal(m, []string{"informant_recruitment"}) {
		t.Errorf("stated methods = %v: what a source infers is not stated", m)
	}
	if m := got.Facets[models.FacetMethod]; !slices.Equal(m, []string{"informant_recruitment", "threat_to_family"}) {
		t.Errorf("methods = %v", m)
	}
}

func TestDerive_RestrictedCodes_EnterNoFacet(t *testing.T) {
	t.Parallel()
	in := recruitment()
	in.Targets[0].RolesRestricted = []string{"asylum_seeker_or_refugee"}
	in.Targets[0].Response, in.Targets[0].ResponseRestricted = "undisclosed", p("complied")
	in.Evidence = []models.Evidence{{ID: "E1", Kind: "medical_record", Access: "held_by_us"}}
	for facet, codes := range models.Derive(in, vocabulary(t)).Facets {
		for _, secret := range []string{"asylum_seeker_or_refugee", "complied", "medical_record"} {
			if slices.Contains(codes, secret) {
				t.Errorf("facet %s betrays %s", facet, secret)
			}
		}
	}
}

func TestDerive_ScopeFlags(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change              func(*models.IncidentInput)
		scope, fh, uk, ohch string
	}{
		"a beating is physical":            {func(in *models.IncidentInput) { in.Acts[0].Method = "assault" }, "in_scope", "yes", "unclear", "yes"},
		"an arguable method":               {func(in *models.IncidentInput) { in.Acts[0].Method = "stalking" }, "in_scope", "unclear", "unclear", "yes"},
		"host and accused are the same":    {func(in *models.IncidentInput) { in.Acts[0].Method, in.HostCountry = "assault", "CHN" }, "in_scope", "no", "unclear", "yes"},
		"a court found the state directed": {func(in *models.IncidentInput) { in.AttributionBasis = []string{"court_finding"} }, "in_scope", "no", "yes", "yes"},
		"only the target believes so":      {func(in *models.IncidentInput) { in.AttributionBasis = []string{"target_belief"} }, "in_scope", "no", "no", "yes"},
		"no tie to dissent":                {func(in *models.IncidentInput) { in.Demands = nil }, "in_scope", "no", "unclear", "unclear"},
		"one answer no": {func(in *models.IncidentInput) {
			in.Acts[0].Method, in.ScopeTest.Aim = "assault", "no"
		}, "out_of_scope", "no", "no", "no"},
		"one answer unclear": {func(in *models.IncidentInput) {
			in.Acts[0].Method, in.ScopeTest.Aim, in.AttributionBasis = "assault", "unclear", []string{"court_finding"}
		}, "unclear", "unclear", "unclear", "unclear"},
	} {
		in := recruitment()
		c.change(&in)
		got := models.Derive(in, vocabulary(t)).Computed
		if got.Scope != c.scope || got.InFHScope != c.fh || got.InUKScope != c.uk || got.InOHCHRScope != c.ohch {
			t.Errorf("%s: scope %s, fh %s, uk %s, ohchr %s", name, got.Scope, got.InFHScope, got.InUKScope, got.InOHCHRScope)
		}
	}
}

func TestDerive_IndependentOrigins_CopiesNeverCount(t *testing.T) {
	t.Parallel()
	in := recruitment()
	in.Sources = append(in.Sources,
		models.Source{ID: "S3", Kind: "aggregator", DerivedFrom: p("S2")},
		models.Source{ID: "S4", Kind: "tip"},
		models.Source{ID: "S5", Kind: "academic"})
	if got := models.Derive(in, vocabulary(t)).Computed.IndependentOrigins; got != 2 {
		t.Errorf("origins = %d, want 2 (S1 and S5; S4 is a tip, the rest are copies)", got)
	}
}

func TestDerive_PersonsAndConsent(t *testing.T) {
	t.Parallel()
	in := recruitment()
	in.Targets = append(in.Targets,
		models.Target{ID: "T2", CountingUnit: "group", CountMin: 3},
		models.Target{ID: "T3", CountingUnit: "organisation", CountMin: 1})
	got := models.Derive(in, vocabulary(t)).Computed
	if got.PersonsMin != 4 || got.PersonsMax != nil {
		t.Errorf("persons %d–%v, want 4 and no upper bound", got.PersonsMin, got.PersonsMax)
	}
	if *got.EffectiveConsent != "unknown" {
		t.Errorf("consent %s: a target nobody asked counts as unknown", *got.EffectiveConsent)
	}
}

func TestOccurred_EDTF(t *testing.T) {
	t.Parallel()
	day := func(s string) *models.Day { return p(models.Day(s)) }
	for want, o := range map[string]models.Occurred{
		"2023-02-20":            {Earliest: day("2023-02-20"), Latest: day("2023-02-20"), Precision: "day"},
		"2023-02~":              {Earliest: day("2023-02-01"), Latest: day("2023-02-28"), Precision: "month", Approximate: true},
		"2023?":                 {Earliest: day("2023-01-01"), Latest: day("2023-12-31"), Precision: "year", Uncertain: true},
		"2023-02-20/2023-02-26": {Earliest: day("2023-02-20"), Latest: day("2023-02-26"), Precision: "week"},
		"../2023-02-20":         {Latest: day("2023-02-20"), Precision: "range"},
		"2023-02-20%/..":        {Earliest: day("2023-02-20"), Precision: "range", Approximate: true, Uncertain: true},
		"[..2023-02-20]":        {Latest: day("2023-02-20"), Precision: "before_report"},
		"":                      {Precision: "unknown"},
	} {
		if got := o.EDTF(); got != want {
			t.Errorf("EDTF = %q, want %q", got, want)
		}
	}
}

func TestDerive_EventYear_OnlyWhenOneYearHoldsBoth(t *testing.T) {
	t.Parallel()
	o := models.Occurred{Earliest: p(models.Day("2022-12-30")), Latest: p(models.Day("2023-01-02")), Precision: "range"}
	if o.Year() != nil {
		t.Errorf("year = %d, want none", *o.Year())
	}
	o.Earliest = p(models.Day("2023-01-01"))
	if o.Year() == nil || *o.Year() != 2023 {
		t.Errorf("year = %v, want 2023", o.Year())
	}
}

func TestCountedVerification_MatchesVocabulary(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	for _, code := range v.Codes("verification_status") {
		term, _ := v.Term("verification_status", code)
		if slices.Contains(models.CountedVerification(), code) != term.Counted {
			t.Errorf("%s: compiled list and vocabulary differ", code)
		}
	}
}
