package models_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"farwatch/models"
)

// faults lists what Validate found.
func faults(err error) []models.FieldError {
	var e *models.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

var now = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

func TestValidate_GoodRecord_Passes(t *testing.T) {
	t.Parallel()
	in := recruitment()
	if err := in.Validate(now, vocabulary(t)); err != nil {
		t.Fatal(faults(err))
	}
}

func TestValidate_NamesTheFieldAndTheFault(t *testing.T) {
	t.Parallel()
	day := func(s string) *models.Day { return p(models.Day(s)) }
	for want, change := range map[string]func(*models.IncidentInput){
		"#/title required":                         func(in *models.IncidentInput) { in.Title = " \n" },
		"#/summary control_character":              func(in *models.IncidentInput) { in.Summary = "a\x00b" },
		"#/summary unpaired_bidi":                  func(in *models.IncidentInput) { in.Summary = "a\u202eb" },
		"#/origin_country unknown_country":         func(in *models.IncidentInput) { in.OriginCountry = "ZZZ" },
		"#/acts/0/method unknown_code":             func(in *models.IncidentInput) { in.Acts[0].Method = "nagging" },
		"#/acts/0/target unknown_entry":            func(in *models.IncidentInput) { in.Acts[0].Target = "T9" },
		"#/acts/1/id duplicate_id":                 func(in *models.IncidentInput) { in.Acts[1].ID = "A1" },
		"#/targets/0/roles/0 restricted_code":      func(in *models.IncidentInput) { in.Targets[0].Roles = []string{"lgbtq_person"} },
		"#/targets/0/response restricted_code":     func(in *models.IncidentInput) { in.Targets[0].Response = "complied" },
		"#/targets/0/response must_be_undisclosed": func(in *models.IncidentInput) { in.Targets[0].ResponseRestricted = p("complied") },
		"#/targets/0/roles_restricted/0 not_restricted_code": func(in *models.IncidentInput) {
			in.Targets[0].RolesRestricted = []string{"journalist"}
		},
		"#/targets/0/count_max below_minimum":    func(in *models.IncidentInput) { in.Targets[0].CountMin = 2 },
		"#/occurred/latest impossible_date":      func(in *models.IncidentInput) { in.Occurred.Latest = day("2023-02-30") },
		"#/occurred/precision not_before_report": func(in *models.IncidentInput) { in.FirstReported = day("2023-02-21") },
		"#/occurred/precision bounds_not_whole": func(in *models.IncidentInput) {
			in.Occurred = models.Occurred{Earliest: day("2023-02-01"), Latest: day("2023-02-27"), Precision: "month"}
		},
		"#/occurred/precision unknown_has_bounds": func(in *models.IncidentInput) { in.Occurred.Precision = "unknown" },
		"#/occurred/latest before_earliest": func(in *models.IncidentInput) {
			in.Occurred = models.Occurred{Earliest: day("2023-02-03"), Latest: day("2023-02-01"), Precision: "range"}
		},
		"#/first_reported in_future":             func(in *models.IncidentInput) { in.FirstReported = day("2026-02-01") },
		"#/sources/1/derived_from unknown_entry": func(in *models.IncidentInput) { in.Sources[1].DerivedFrom = p("S8") },
		"#/sources/0/derived_from cycle":         func(in *models.IncidentInput) { in.Sources[0].DerivedFrom = p("S2") },
		"#/sources/0/url not_a_web_address":      func(in *models.IncidentInput) { in.Sources[0].URL = p("javascript:alert(1)") },
		"#/responses/0/kind unknown_code": func(in *models.IncidentInput) {
			in.Responses = []models.Response{{ID: "R1", Party: "host_state", Kind: "denial_blanket"}}
		},
		"#/citations/0/field unknown_field": func(in *models.IncidentInput) {
			in.Citations = []models.Citation{{ID: "C1", Entity: "A1", Field: p("colour"), Source: "S1", Standing: "accepted"}}
		},
		"#/citations/0/end position_not_quote": func(in *models.IncidentInput) {
			in.Citations = []models.Citation{{ID: "C1", Entity: "incident", Source: "S1", Standing: "accepted", Quote: p("维吾尔"), Start: p(0), End: p(9)}}
		},
		"#/citations/0/quote not_in_source": func(in *models.IncidentInput) {
			in.Sources[0].Text = p("The 维吾尔 man was called.")
			in.Citations = []models.Citation{{ID: "C1", Entity: "incident", Source: "S1", Standing: "accepted", Quote: p("维吾尔"), Start: p(5), End: p(8)}}
		},
		"#/host_place/public_geo_precision finer_than_known": func(in *models.IncidentInput) { in.HostPlace.PublicGeoPrecision = "locality" },
		"#/host_place/locality finer_than_precision":         func(in *models.IncidentInput) { in.HostPlace.Locality = p("Exampletown") },
		"#/relations/0/to bad_ref": func(in *models.IncidentInput) {
			in.Relations = []models.Relation{{ID: "L1", Kind: "same_target", To: "FW-0000-0001"}}
		},
	} {
		in := recruitment()
		change(&in)
		err := in.Validate(now, vocabulary(t))
		var e *models.Error
		if !errors.As(err, &e) || e.Kind != models.KindInvalid {
			t.Errorf("%s: got %v", want, err)
			continue
		}
		if !slices.ContainsFunc(e.Fields, func(f models.FieldError) bool { return f.Pointer+" "+f.Code == want }) {
			t.Errorf("want %s, got %+v", want, e.Fields)
		}
	}
}

func TestValidate_QuotePositionsCountCodePoints(t *testing.T) {
	t.Parallel()
	in := recruitment()
	in.Sources[0].Text = p("The 维吾尔 man was called.")
	in.Citations = []models.Citation{{ID: "C1", Entity: "incident", Source: "S1", Standing: "accepted", Quote: p("维吾尔"), Start: p(4), End: p(7)}}
	if err := in.Validate(now, vocabulary(t)); err != nil {
		t.Fatal(faults(err))
	}
}

func TestNormalize_InventsNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	in := models.IncidentInput{
		Title: "e\u0301t\r\n", Targets: []models.Target{{ID: "T1", Communities: []string{"uyghur", "uyghur", "tibetan"}}},
	}
	in.Normalize()
	if in.Title != "\u00e9t\n" {
		t.Errorf("title %q", in.Title)
	}
	if got := in.Targets[0].Communities; !slices.Equal(got, []string{"uyghur", "tibetan"}) {
		t.Errorf("communities %v", got)
	}
	if in.Occurred.Earliest != nil || in.Occurred.Latest != nil || in.Sensitivity != "partner" {
		t.Errorf("defaults: %+v, %s", in.Occurred, in.Sensitivity)
	}
}
