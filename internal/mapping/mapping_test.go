package mapping

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func words(t testing.TB) *Words {
	t.Helper()
	data, err := os.ReadFile("../vocab/vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{"China": "CHN", "CHN": "CHN", "Chinese": "CHN", "Germany": "DEU", "DEU": "DEU", "DE": "DEU", "Iran": "IRN", "276": "DEU"}
	v, err := models.ParseVocabulary(data, func(code string) bool { return code == "CHN" || code == "DEU" || code == "IRN" })
	if err != nil {
		t.Fatal(err)
	}
	return NewWords(v, known)
}

func TestHeaders_EachWordLeadsToOneField(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for field, list := range headers {
		if _, ok := fieldOf(field); !ok {
			t.Errorf("%s is no field", field)
		}
		for h := range strings.SplitSeq(list, ",") {
			if other := seen[fold(h)]; other != "" && other != field {
				t.Errorf("%q leads to %s and to %s", h, field, other)
			}
			seen[fold(h)] = field
		}
	}
	for list, lines := range usual {
		known := words(t).lists[list]
		for line := range strings.Lines(lines) {
			code, _, _ := strings.Cut(strings.TrimSpace(line), ":")
			if known[fold(code)] != code {
				t.Errorf("%s: %s is no code", list, code)
			}
		}
	}
}

func TestReadWhen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ cell, order, from, to, precision, fault string }{
		{"2021-03-04", "", "2021-03-04", "2021-03-04", "day", ""},
		{"2021-03-04T22:10:00+01:00", "", "2021-03-04", "2021-03-04", "day", ""},
		{"2021/3/4", "", "2021-03-04", "2021-03-04", "day", ""},
		{"20210304", "", "2021-03-04", "2021-03-04", "day", ""},
		{"03/04/2021", "", "", "", "", "date_order_needed"},
		{"03/04/2021", OrderDMY, "2021-04-03", "2021-04-03", "day", ""},
		{"03/04/2021", OrderMDY, "2021-03-04", "2021-03-04", "day", ""},
		{"31.12.2020", "", "2020-12-31", "2020-12-31", "day", ""},
		{"12/31/20", "", "2020-12-31", "2020-12-31", "day", ""},
		{"31/12/98", "", "1998-12-31", "1998-12-31", "day", ""},
		{"5/5/2021", "", "2021-05-05", "2021-05-05", "day", ""},
		{"31/31/2021", "", "", "", "", "impossible_date"},
		{"2021-02-30", "", "", "", "", "impossible_date"},
		{"5 March 2021", "", "2021-03-05", "2021-03-05", "day", ""},
		{"March 5th, 2021", "", "2021-03-05", "2021-03-05", "day", ""},
		{"Friday, 5 March 2021", "", "2021-03-05", "2021-03-05", "day", ""},
		{"5 de marzo de 2021", "", "2021-03-05", "2021-03-05", "day", ""},
		{"5 марта 2021 г.", "", "2021-03-05", "2021-03-05", "day", ""},
		{"1er mars 2021", "", "2021-03-01", "2021-03-01", "day", ""},
		{"5 Mart 2021", "", "2021-03-05", "2021-03-05", "day", ""},
		{"March 2021", "", "2021-03-01", "2021-03-31", "month", ""},
		{"Mar-21", "", "2021-03-01", "2021-03-31", "month", ""},
		{"02/2020", "", "2020-02-01", "2020-02-29", "month", ""},
		{"2020-02", "", "2020-02-01", "2020-02-29", "month", ""},
		{"Q2 2021", "", "2021-04-01", "2021-06-30", "quarter", ""},
		{"2021", "", "2021-01-01", "2021-12-31", "year", ""},
		{"about 2021", "", "2021-01-01", "2021-12-31", "year", ""},
		{"44260", OrderSerial, "2021-03-05", "2021-03-05", "day", ""},
		{"44260", "", "", "", "", "not_a_date"},
		{"2021-03-01/2021-03-09", "", "2021-03-01", "2021-03-09", "range", ""},
		{"../2021-03-09", "", "", "2021-03-09", "range", ""},
		{"2021-03-01/..", "", "2021-03-01", "", "range", ""},
		{"[..2021-03-09]", "", "", "2021-03-09", "before_report", ""},
		{"last summer", "", "", "", "", "not_a_date"},
		{"2021 or 2022", "", "", "", "", "not_a_date"},
		{"", "", "", "", "", "not_a_date"},
	} {
		w, fault := readWhen(c.cell, c.order, now)
		day := func(d *models.Day) string {
			if d == nil {
				return ""
			}
			return string(*d)
		}
		if fault != c.fault || day(w.Earliest) != c.from || day(w.Latest) != c.to || w.Precision != c.precision {
			t.Errorf("%q as %q: got %s/%s %s %s", c.cell, c.order, day(w.Earliest), day(w.Latest), w.Precision, fault)
		}
	}
	if w, _ := readWhen("about 2021", "", now); !w.Approximate {
		t.Error("about is lost")
	}
	if w, fault := readWhen("2023-10-01?/2023-12-31?", "", now); fault != "" || !w.Uncertain || w.Precision != "range" {
		t.Errorf("an uncertain range: %+v %s", w, fault)
	}
	if w, _ := readWhen("2021-03~", "", now); !w.Approximate || w.Uncertain {
		t.Error("~ is lost")
	}
}

func mapOf(columns ...string) Map {
	m := Map{Constants: map[string]string{}}
	for i := 0; i+1 < len(columns); i += 2 {
		m.Columns = append(m.Columns, Column{Name: columns[i], Field: columns[i+1], Split: ";", Values: map[string]string{}})
	}
	return m
}

func convert(t *testing.T, m Map, cells ...string) Result {
	t.Helper()
	var names []string
	for _, c := range m.Columns {
		names = append(names, c.Name)
	}
	return NewConverter(words(t), m, names, now).Convert(cells)
}

func TestConvert_OneRow(t *testing.T) {
	t.Parallel()
	m := mapOf("What", "summary", "State", "origin_country", "Where", "host_country", "When", "occurred", "How", "methods", "Who", "communities", "Link", "source_urls", "n", "persons_min")
	r := convert(t, m, "Two men came. They left.", "Chinese government", "DE", "5 March 2021", "Kidnapping; threats to family", "Uighurs", "https://a.example/x%3By", "3")
	if len(r.Faults) != 0 || len(r.Warnings) != 0 {
		t.Fatalf("faults %v, warnings %v", r.Faults, r.Warnings)
	}
	in := r.Input
	if in.Title != "Two men came" || in.OriginCountry != "CHN" || in.HostCountry != "DEU" || in.Occurred.Precision != "day" || *in.Occurred.Earliest != "2021-03-05" {
		t.Errorf("got %+v", in)
	}
	if len(in.Acts) != 2 || in.Acts[0].Method != "abduction_rendition" || in.Acts[1].Method != "threat_to_family" || in.Acts[1].Explicitness == nil || in.Acts[0].Explicitness != nil {
		t.Errorf("acts %+v", in.Acts)
	}
	if !slices.Equal(in.Targets[0].Communities, []string{"uyghur"}) || in.Targets[0].CountMin != 3 || in.Targets[0].CountMax != nil {
		t.Errorf("target %+v", in.Targets[0])
	}
	if len(in.Sources) != 1 || *in.Sources[0].URL != "https://a.example/x;y" {
		t.Errorf("sources %+v", in.Sources)
	}
}

func TestConvert_NothingIsInvented(t *testing.T) {
	t.Parallel()
	m := mapOf("What", "summary", "State", "origin_country", "Where", "host_country", "When", "occurred")
	r := convert(t, m, "x", "CHN", "DEU", "some time last year")
	if len(r.Faults) != 0 || len(r.Warnings) != 1 || r.Warnings[0].Code != "not_a_date" || r.Input.Occurred.Precision != "unknown" || r.Input.Occurred.Earliest != nil {
		t.Errorf("faults %v, warnings %v, %+v", r.Faults, r.Warnings, r.Input.Occurred)
	}
	if r.Input.InternalNote == nil || *r.Input.InternalNote != "When: some time last year" {
		t.Error("what nobody could read is lost")
	}
}

func TestConvert_Faults_NameColumnAndValue(t *testing.T) {
	t.Parallel()
	m := mapOf("What", "summary", "State", "origin_country", "Where", "host_country", "When", "occurred", "How", "methods", "n", "persons_min", "again", "repeated")
	for _, c := range []struct {
		name  string
		cells []string
		want  Fault
	}{
		{"unknown word", []string{"x", "CHN", "DEU", "2021", "Shadowing", "", ""}, Fault{"How", "methods", "Shadowing", "unknown_value"}},
		{"no country", []string{"x", "Ruritania", "DEU", "2021", "", "", ""}, Fault{"State", "origin_country", "Ruritania", "unknown_value"}},
		{"empty country", []string{"x", "N/A", "DEU", "2021", "", "", ""}, Fault{"State", "origin_country", "", "required"}},
		{"date", []string{"x", "CHN", "DEU", "03/04/2021", "", "", ""}, Fault{"When", "occurred", "03/04/2021", "date_order_needed"}},
		{"future", []string{"x", "CHN", "DEU", "2031-01-01", "", "", ""}, Fault{"When", "occurred", "", "in_future"}},
		{"number", []string{"x", "CHN", "DEU", "", "", "many", ""}, Fault{"n", "persons_min", "many", "not_a_number"}},
		{"yes", []string{"x", "CHN", "DEU", "", "", "", "maybe"}, Fault{"again", "repeated", "maybe", "not_yes_or_no"}},
		{"damage", []string{"caf\ufffd", "CHN", "DEU", "", "", "", ""}, Fault{"What", "summary", "caf\ufffd", "damaged_text"}},
		{"shifted", []string{"x", "CHN", "DEU", "", "", "", "", "more"}, Fault{"", "", "more", "too_many_cells"}},
		{"no words", []string{"", "CHN", "DEU", "", "", "", ""}, Fault{"", "title", "", "required"}},
	} {
		if r := convert(t, m, c.cells...); !slices.Contains(r.Faults, c.want) {
			t.Errorf("%s: %v", c.name, r.Faults)
		}
	}
}

func TestConvert_PersonDecidesOverRules(t *testing.T) {
	t.Parallel()
	m := mapOf("What", "summary", "State", "origin_country", "Where", "host_country", "How", "methods")
	m.Columns[3].Values = map[string]string{"Shadowing": "physical_surveillance", "Misc": ""}
	m.Constants["sensitivity"] = "restricted"
	r := convert(t, m, "x", "CHN", "DEU", "Shadowing;Misc")
	if len(r.Faults) != 0 || len(r.Input.Acts) != 1 || r.Input.Acts[0].Method != "physical_surveillance" || r.Input.Sensitivity != "restricted" {
		t.Errorf("faults %v, acts %+v", r.Faults, r.Input.Acts)
	}
}

func TestGuess_HeadersTagsAndCells(t *testing.T) {
	t.Parallel()
	w := words(t)
	columns := []string{"Case No", "Date of incident", "Accused State", "Country", "Tactics", "Ethnicity", "Misc", "Link"}
	rows := [][]string{
		{"7", "03/04/2021", "China", "Germany", "Kidnapping, Threats", "Uyghur", "2019-01-01", "https://a.example"},
		{"8", "25/04/2021", "China", "Germany", "Assault", "Tibetans", "2019-02-01", "https://b.example"},
		{"9", "01/05/2021", "Iran", "Germany", "Assault", "Kurds", "2019-03-01", "https://c.example"},
	}
	seen := make([]Seen, len(columns))
	for _, row := range rows {
		for i, c := range row {
			w.Look(&seen[i], c, now)
		}
	}
	m, made := w.Guess(columns, nil, seen, nil)
	var got []string
	for _, c := range m.Columns {
		got = append(got, c.Field)
	}
	want := []string{"external_id", "occurred", "origin_country", "host_country", "methods", "communities", "", "source_urls"}
	if !slices.Equal(got, want) || made != MakeOther || m.Key != KeyExternal {
		t.Errorf("got %v (%s, key %q)", got, made, m.Key)
	}
	if m.Columns[1].DateOrder != OrderDMY { // 25/04 says it for the column
		t.Errorf("date order %q", m.Columns[1].DateOrder)
	}
	if m.Columns[4].Split != "," {
		t.Errorf("split %q", m.Columns[4].Split)
	}
	saved := m
	saved.Columns = slices.Clone(m.Columns)
	saved.Columns[6].Field = "summary"
	if again, _ := w.Guess(columns, nil, seen, []Map{saved}); again.Columns[6].Field != "summary" || again.Columns[6].Reason != ReasonSaved {
		t.Errorf("the saved map was not taken: %+v", again.Columns[6])
	}
}

func TestLook_SamplesDifferAsShown(t *testing.T) {
	t.Parallel()
	w := words(t)
	long := strings.Repeat("A man was phoned about the choir. ", 20)
	var seen Seen
	for _, cell := range []string{long, "short", long, long + "again", "short", "third"} {
		w.Look(&seen, cell, now)
	}
	if want := []string{clip(long), "short", "third"}; !slices.Equal(seen.Samples, want) {
		t.Errorf("samples %q, want %q", seen.Samples, want)
	}
}

func TestOverlay_SilentFieldsStay_NamedEntriesKeepDetails(t *testing.T) {
	t.Parallel()
	note := "seen twice"
	field := "method"
	old := convert(t, mapOf("a", "summary", "b", "origin_country", "c", "host_country", "d", "methods", "e", "demands"), "old", "CHN", "DEU", "assault;stalking", "attend_events").Input
	old.Acts[1].Note = &note
	old.Sources = []models.Source{{ID: "S1", Kind: "ngo_database"}}
	old.Citations = []models.Citation{{ID: "C1", Entity: "A1", Field: &field, Source: "S1", Standing: "accepted"}, {ID: "C2", Entity: "A2", Field: &field, Source: "S1", Standing: "accepted"}}
	r := convert(t, mapOf("a", "summary", "b", "origin_country", "c", "host_country", "d", "methods"), "new", "CHN", "DEU", "stalking;spyware")
	in := Overlay(old, r.Input, r.Fields)
	if in.Summary != "new" || len(in.Demands) != 1 {
		t.Errorf("got %+v", in)
	}
	if len(in.Acts) != 2 || in.Acts[0].ID != "A2" || in.Acts[0].Note == nil || in.Acts[1].Method != "spyware" || in.Acts[1].ID == "A2" {
		t.Errorf("acts %+v", in.Acts)
	}
	if len(in.Citations) != 1 || in.Citations[0].ID != "C2" {
		t.Errorf("citations %+v", in.Citations)
	}
	if err := in.Validate(now, words(t).vocab); err != nil {
		t.Error(err)
	}
	if same := Overlay(in, r.Input, r.Fields); !reflect.DeepEqual(same, in) {
		t.Errorf("twice is not once: %+v", same)
	}
}

func FuzzConvert(f *testing.F) {
	f.Add("x", "CHN", "DEU", "03/04/2021", "Kidnapping; y", "https://a.example")
	f.Add("", "=1", "\x00", "[..]", ";;;", "%3B")
	w := words(f)
	m := mapOf("a", "summary", "b", "origin_country", "c", "host_country", "d", "occurred", "e", "methods", "f", "source_urls")
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g string) {
		r := NewConverter(w, m, []string{"a", "b", "c", "d", "e", "f"}, now).Convert([]string{a, b, c, d, e, g})
		if len(r.Faults) == 0 && r.Input.Validate(now, w.vocab) != nil {
			t.Errorf("taken, but no record: %+v", r.Input)
		}
	})
}
