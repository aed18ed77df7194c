package store_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
)

// canary is a value that is found again wherever it flies.
func canary(name string) string { return "CANARY-" + name }

func canaryPtr(name string) *string {
	s := canary(name)
	return &s
}

func dayPtr(name string) *models.Day {
	d := models.Day(canary(name))
	return &d
}

// guarded is a record with a canary in every protected member, and none
// elsewhere.
func guarded(related string) models.IncidentInput {
	in := input("Guarded", "assault")
	in.InternalNote, in.HostPlace.Site = canaryPtr("internal-note"), canaryPtr("site")
	in.Targets[0].RolesRestricted, in.Targets[0].ResponseRestricted = []string{canary("role")}, canaryPtr("response")
	in.Targets[0].Identity = &models.Identity{
		Names: []string{canary("name")}, Aliases: []string{canary("alias")}, Contacts: []string{canary("contact")}, BirthDate: dayPtr("birth"),
		Address: canaryPtr("address"), Relatives: canaryPtr("relatives"), Note: canaryPtr("identity-note"),
	}
	in.Perpetrators = []models.Perpetrator{{ID: "P1", Type: "unknown", PersonName: canaryPtr("person-name")}}
	in.Sources = append(guardedSources(), models.Source{ID: "S4", Kind: "news_media", SubmittedBy: canaryPtr("public-submitted-by")})
	field, start, end := "person_name", 987654321, 987654399
	in.Citations = []models.Citation{
		{ID: "C1", Entity: "P1", Field: &field, Source: "S4", Standing: "stated", Quote: canaryPtr("name-quote"), Note: canaryPtr("name-note")},
		{ID: "C2", Entity: "incident", Source: "S1", Standing: "stated", Quote: canaryPtr("quote"), Note: canaryPtr("quote-note"), Start: &start, End: &end},
	}
	at := time.Date(1987, 6, 5, 4, 3, 2, 0, time.UTC)
	in.Evidence = []models.Evidence{{
		ID: "E1", Kind: "medical_record", Access: canary("access"), SHA256: canaryPtr("evidence-sum"), CapturedAt: &at,
		Tool: canaryPtr("tool"), Note: canaryPtr("evidence-note"),
	}}
	in.Relations = []models.Relation{{ID: "L1", Kind: "same_target", To: related, Note: canaryPtr("relation-note")}}
	in.Consents = []models.Consent{{
		ID: "N1", Target: "T1", Level: "internal_only", GivenBy: canaryPtr("given-by"), Date: dayPtr("consent-date"), Language: canaryPtr("consent-language"),
		ExplainedBy: canaryPtr("explained-by"), ReviewOn: dayPtr("review-on"), Note: canaryPtr("consent-note"),
	}}
	return in
}

// guardedSources are one of each kind of which only the kind is plain.
func guardedSources() []models.Source {
	var out []models.Source
	for i, kind := range []string{"direct_interview", "partner_submission", "tip"} {
		c := func(member string) *string { return canaryPtr(kind + "-" + member) }
		day := models.Day(*c("day"))
		out = append(out, models.Source{
			ID: fmt.Sprint("S", i+1), Kind: kind, Publisher: c("publisher"), Title: c("title"), URL: c("url"), ArchiveURL: c("archive-url"),
			Author: c("author"), Language: c("language"), Published: &day, Accessed: &day, Reliability: c("reliability"), Scale: c("scale"),
			Text: c("text"), TextSHA256: c("text-sum"), SubmittedBy: c("submitted-by"),
		})
	}
	return out
}

// betrayed finds protected values in what can be read of a row. Of numbers and
// times that cannot hold a word, the odd ones above stand in.
var betrayed = regexp.MustCompile(`CANARY|9876543\d\d|1987-06-05`)

// leaks reads every column of every table but `protected` and names those in
// which a canary stands.
func leaks(t *testing.T, db *sql.DB) (found []string, cells int) {
	t.Helper()
	for _, table := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		for _, name := range column(t, db, "SELECT name FROM pragma_table_info(?)", table) {
			if name == "protected" {
				continue
			}
			for _, cell := range column(t, db, `SELECT CAST("`+name+`" AS TEXT) FROM "`+table+`" WHERE "`+name+`" IS NOT NULL`) {
				cells++
				if betrayed.MatchString(cell) {
					found = append(found, table+"."+name)
				}
			}
		}
	}
	return found, cells
}

func TestProtected_Members_StandInNoOtherColumn(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	db := raw(t, path)
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	other := create(t, s, p, v, input("Other", "assault"), "key-other")
	in := guarded(other.Ref)
	rec := create(t, s, p, v, in, "key-guarded")
	check := func(after string) {
		t.Helper()
		found, cells := leaks(t, db)
		if len(found) > 0 {
			t.Errorf("after %s a protected value stands in %v", after, slices.Compact(found))
		}
		if cells < 200 {
			t.Errorf("only %d cells read: this test shows nothing", cells)
		}
	}
	check("create")
	readsBack(t, s, p, rec.Ref, in)
	changed := rec.IncidentInput
	changed.Title, changed.InternalNote = "Guarded, changed", canaryPtr("second-note")
	_, err := s.For(p).UpdateIncident(t.Context(), store.UpdateIncident{
		Ref: rec.Ref, Version: 1, Input: changed, Vocab: v,
	})
	must(t, err)
	check("update")
	form, err := json.Marshal(map[string]string{"title": canary("form")})
	must(t, err)
	_, err = s.For(p).SaveWorkingCopy(t.Context(), models.WorkingCopy{ID: "copy-1", Title: canaryPtr("copy-title"), Form: form})
	must(t, err)
	check("a working copy")
	view := s.For(p)
	file := []byte(canary("import-file"))
	i, err := view.BeginImport(t.Context(), canary("import-name"), int64(len(file)), "protected-import", "")
	must(t, err)
	_, err = view.AddImportPart(t.Context(), i.ID, 0, file)
	must(t, err)
	_, err = view.ChangeImport(t.Context(), i.ID, store.ImportChange{
		From: []string{models.ImportUploading}, To: models.ImportRunning, Plan: []byte(canary("import-plan")), Found: []byte(canary("import-found")),
	})
	must(t, err)
	refused := models.ImportedRow{Number: 1, Refused: true, Detail: []byte(canary("import-row"))}
	created := importedRow(2, canary("external-id"), "Imported", v)
	_, err = view.WriteImported(t.Context(), i.ID, []models.ImportedRow{refused, created}, v)
	must(t, err)
	_, err = view.SaveImportMap(t.Context(), canary("import-map"), []byte(canary("import-map-plan")))
	must(t, err)
	check("an import")
}

// readsBack tells that every canary was kept, for those who may see it.
func readsBack(t *testing.T, s *store.Store, p models.Principal, ref string, sent models.IncidentInput) {
	t.Helper()
	rec, err := s.For(p).Incident(t.Context(), ref)
	must(t, err)
	read, err := json.Marshal(rec)
	must(t, err)
	wrote, err := json.Marshal(sent)
	must(t, err)
	all := regexp.MustCompile(`CANARY-[a-z_-]+`).FindAllString(string(wrote), -1)
	if len(all) < 55 {
		t.Fatalf("only %d canaries: this test shows nothing", len(all))
	}
	for _, c := range all {
		if !strings.Contains(string(read), `"`+c+`"`) {
			t.Errorf("%s was lost", c)
		}
	}
}

// TestProtected_Leak_IsFound is the negative twin: a canary elsewhere is found.
func TestProtected_Leak_IsFound(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	in := input(canary("title"), "assault")
	note := canary("act-note")
	in.Acts[0].Note = &note
	create(t, s, p, vocabulary(t), in, "key-leak")
	found, _ := leaks(t, raw(t, path))
	if got := strings.Join(found, " "); got != "incidents.title acts.note" {
		t.Errorf("found %q", got)
	}
}

// TestProtected_File: sealed values are no words that a search of the file
// would find.
func TestProtected_File_HoldsNoWordOfThem(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	v := vocabulary(t)
	other := create(t, s, p, v, input("Other", "assault"), "key-other")
	create(t, s, p, v, guarded(other.Ref), "key-guarded")
	for _, file := range []string{path, path + "-wal"} {
		data := readFile(t, file)
		if strings.Contains(data, "CANARY") {
			t.Errorf("%s holds a protected value in the clear", strings.TrimPrefix(file, path))
		}
	}
	if !strings.Contains(readFile(t, path)+readFile(t, path+"-wal"), "Guarded") {
		t.Error("the record is not there: this test shows nothing")
	}
}
