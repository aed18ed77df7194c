package handlers

import (
	"slices"
	"testing"

	"farwatch/internal/country"
	"farwatch/internal/tabular"
	"farwatch/internal/vocab"
	"farwatch/models"
)

func TestWideFacts_EveryColumn_HasOne(t *testing.T) {
	t.Parallel()
	v, err := vocab.Load(country.Known)
	if err != nil {
		t.Fatal(err)
	}
	columns := levelColumns(models.LevelFull)
	if len(columns) != 67 || len(levelColumns(levelPublic)) != 50 {
		t.Errorf("%d columns at level full", len(columns))
	}
	for _, c := range columns {
		if f := wideFacts[c.name]; f.kind == "" || f.meaning == "" {
			t.Errorf("%s has no fact", c.name)
		}
	}
	if len(wideFacts) != len(columns) {
		t.Errorf("%d facts of %d columns", len(wideFacts), len(columns))
	}
	lists := map[string]string{}
	for name, f := range wideFacts {
		lists[name] = f.list
	}
	for name, list := range entryLists {
		lists[name] = list
	}
	for name, list := range lists {
		if list != "" && list != listCountries && list != "host_response|origin_response" && v.Codes(list) == nil {
			t.Errorf("%s: the vocabulary has no list %s", name, list)
		}
	}
}

// TestEntryLists_NameColumns: a misspelt key would leave a column without labels.
func TestEntryLists_NameColumns(t *testing.T) {
	t.Parallel()
	h := &Handlers{}
	known := map[string]bool{}
	for _, table := range h.longOut(models.ExportRequest{Level: models.LevelFull, Values: "codes"}, "") {
		for _, c := range table.columns {
			known[table.name+"."+c.name] = true
		}
	}
	for name := range entryLists {
		if !known[name] {
			t.Errorf("no table has the column %s", name)
		}
	}
}

func TestTables_Levels_HoldNoMoreThanTheirs(t *testing.T) {
	t.Parallel()
	h := &Handlers{}
	columns := func(level string) (out []string) {
		for _, table := range h.longOut(models.ExportRequest{Level: level, Values: "codes"}, "") {
			for _, c := range table.columns {
				out = append(out, table.name+"."+c.name)
			}
		}
		return out
	}
	public, inside, full := columns(levelPublic), columns(levelDeIdentified), columns(models.LevelFull)
	for _, name := range []string{"targets.gender", "sources.text", "evidence.sha256", "scope_tests.aim", "consents.level", "incidents.sensitivity"} {
		if slices.Contains(public, name) || !slices.Contains(inside, name) {
			t.Errorf("%s: public %v, de-identified %v", name, slices.Contains(public, name), slices.Contains(inside, name))
		}
	}
	for _, name := range []string{"targets.roles_restricted", "perpetrators.person_name", "sources.submitted_by", "consents.note", "identities.names", "incidents.contacts"} {
		if slices.Contains(inside, name) || !slices.Contains(full, name) {
			t.Errorf("%s: de-identified %v, full %v", name, slices.Contains(inside, name), slices.Contains(full, name))
		}
	}
}

func TestLabels_KeepTheOrderOfCodes(t *testing.T) {
	t.Parallel()
	v, err := vocab.Load(country.Known)
	if err != nil {
		t.Fatal(err)
	}
	h := &Handlers{Vocab: v}
	got := h.labels(outColumn{kind: kindList, list: "methods"}, tabular.List([]string{"threat_to_family", "killing", "no_such"}))
	if got.Plain() != "Killing;no_such;Threat to relatives" {
		t.Errorf("%q", got.Plain())
	}
	if got := h.labels(outColumn{kind: kindText, list: listCountries}, tabular.Text("CHN")); got.Plain() != "China" {
		t.Errorf("%q", got.Plain())
	}
}
