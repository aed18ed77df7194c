package models_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"farwatch/models"
)

func TestParseWhere_Text_BecomesCanonical(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"origin_country:CHN": "origin_country:CHN",
		" ( origin_country:CHN , RUS  or communities:uyghur)and not methods:spyware": "(origin_country:CHN,RUS or communities:uyghur) and not methods:spyware",
		"scope:in_scope or stage:1 and stage:2":                                      "scope:in_scope or stage:1 and stage:2",
		"scope:in_scope or (stage:1 and stage:2)":                                    "scope:in_scope or stage:1 and stage:2",
		"((stage:1)) and (stage:2 and stage:3)":                                      "stage:1 and stage:2 and stage:3",
		"not (stage:1 or stage:1,1)":                                                 "not (stage:1 or stage:1)",
		"not not stage:1":                                                            "not not stage:1",
		"not stage:1 and stage:2":                                                    "not stage:1 and stage:2",
		"campaigns:FC-4F7K-Q2ME":                                                     "campaigns:FC-4F7K-Q2ME",
	} {
		w, err := models.ParseWhere(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := w.String(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseWhere_Faulty_NamesPosition(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		code     string
		position any
	}{
		"":                         {"where_field_expected", 1},
		"stage":                    {"where_colon_expected", 6},
		"stage:":                   {"where_value_expected", 7},
		"stage:x":                  {"where_number_expected", 7},
		"stage:01":                 {"where_number_expected", 7},
		"stage:1 stage:2":          {"where_operator_expected", 9},
		"(stage:1":                 {"where_bracket_expected", 9},
		"stage:1)":                 {"where_operator_expected", 8},
		"stage:1 and":              {"where_field_expected", 12},
		"title:x":                  {"where_unknown_field", 1},
		"stage:1 or 'x'":           {"where_field_expected", 12},
		"organisation_id:1":        {"where_unknown_field", 1},
		strings.Repeat("(", 9):     {"where_too_deep", 10},
		strings.Repeat("x", 2001):  {"where_too_long", nil},
		repeated("stage:1", 101):   {"where_too_many", 1101},
		"stage:1;DROP TABLE users": {"where_operator_expected", 8},
	} {
		_, err := models.ParseWhere(text)
		var e *models.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if f := e.Fields[0]; f.Parameter != "where" || f.Code != want.code || f.Params["position"] != want.position {
			t.Errorf("%q: %+v, want %+v", text, f, want)
		}
	}
}

func repeated(term string, n int) string {
	return strings.TrimSuffix(strings.Repeat(term+" or ", n), " or ")
}

func TestParseWhere_AtTheBounds_Accepted(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("(", 8) + "stage:1" + strings.Repeat(")", 8),
		strings.Repeat("not ", 8) + "stage:1",
		repeated("stage:1", 100),
	} {
		if _, err := models.ParseWhere(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseWhere(f *testing.F) {
	for _, seed := range []string{"stage:1", "not (stage:1 or scope:in_scope) and methods:a,b", "(((", "stage:1 and or", "a:\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := models.ParseWhere(text)
		if err != nil {
			return
		}
		again, err := models.ParseWhere(w.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, w, err)
		}
		if again.String() != w.String() || !reflect.DeepEqual(bare(again), bare(w)) {
			t.Fatalf("%q: %q, then %q", text, w, again)
		}
	})
}

// bare is a condition without its positions.
func bare(w models.Where) models.Where {
	w.Position = 0
	parts := w.Parts
	w.Parts = nil
	for _, p := range parts {
		w.Parts = append(w.Parts, bare(p))
	}
	return w
}
