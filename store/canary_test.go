package store_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// flock makes canaries of 128 random bits and remembers them by what they stand
// for.
type flock map[string]string

func (f flock) bird(name string) string {
	if f[name] == "" {
		raw := make([]byte, 16)
		_, _ = rand.Read(raw)
		f[name] = "q" + hex.EncodeToString(raw) + "z" // one word of letters and digits, which no index changes
	}
	return f[name]
}

func (f flock) ptr(name string) *string {
	s := f.bird(name)
	return &s
}

// of puts birds in place of the canaries of an input.
func (f flock) of(t *testing.T, prefix string, in models.IncidentInput) models.IncidentInput {
	t.Helper()
	data, err := json.Marshal(in)
	must(t, err)
	data = regexp.MustCompile(`CANARY-[a-z_-]+`).ReplaceAllFunc(data, func(b []byte) []byte { return []byte(f.bird(prefix + string(b))) })
	var out models.IncidentInput
	must(t, json.Unmarshal(data, &out))
	return out
}

// needles are the forms in which a text may lie in a file.
func needles(s string) [][]byte {
	out := [][]byte{[]byte(s), []byte(hex.EncodeToString([]byte(s))), []byte(strings.ToUpper(hex.EncodeToString([]byte(s))))}
	for shift := range 3 { // base64 of a text in which it stands somewhere
		padded := append(bytes.Repeat([]byte{' '}, shift), s...)
		for len(padded)%3 != 0 {
			padded = padded[:len(padded)-1]
		}
		coded := base64.StdEncoding.EncodeToString(padded)
		out = append(out, []byte(coded[4:])) // without what the shift is part of
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var wide []byte
		for _, unit := range utf16.Encode([]rune(s)) {
			wide = order.AppendUint16(wide, unit)
		}
		out = append(out, wide)
	}
	return out
}

// findBirds names the canaries that lie in any of the texts.
func findBirds(f flock, texts ...[]byte) []string {
	var found []string
	for name, bird := range f {
		for _, needle := range needles(bird) {
			for _, text := range texts {
				if bytes.Contains(text, needle) {
					found = append(found, name)
					goto next
				}
			}
		}
	next:
	}
	return found
}

func filesOf(t *testing.T, dir string) (texts [][]byte, names []string) {
	t.Helper()
	must(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		texts, names = append(texts, data), append(names, filepath.Base(path))
		return err
	}))
	return texts, names
}

// texted puts a canary into every text of a record that is not protected.
func texted(f flock, prefix string, in models.IncidentInput) models.IncidentInput {
	day, reported := models.Day("2023-02-20"), models.Day("2023-03-21")
	in.Title, in.Summary, in.OriginEntity = f.bird(prefix+"title"), "Word "+f.bird(prefix+"summary"), f.ptr(prefix+"entity")
	in.HostPlace.Admin1, in.HostPlace.Locality = f.ptr(prefix+"admin1"), f.ptr(prefix+"locality")
	in.Occurred, in.FirstReported = models.Occurred{Earliest: &day, Latest: &day, Precision: "day"}, &reported
	in.Perpetrators[0].Body, in.Perpetrators[0].Note = f.ptr(prefix+"body"), f.ptr(prefix+"perpetrator-note")
	in.Acts[0].Note, in.Acts[0].Occurred = f.ptr(prefix+"act"), &models.Occurred{Earliest: &day, Latest: &day, Precision: "day"}
	in.Inducements = []models.Inducement{{
		ID: "I1", Kind: "money_recurring", Target: "T1", Explicitness: "explicit", Condition: f.ptr(prefix + "condition"), Note: f.ptr(prefix + "inducement"),
		Amounts: []models.Amount{{ID: "M1", AmountText: f.bird(prefix + "amount"), CurrencyAsStated: f.bird(prefix + "currency"), Period: "month", Standing: "stated"}},
	}}
	in.Demands = []models.Demand{{ID: "D1", Kind: "report_attendees", Target: "T1", Explicitness: "explicit", Note: f.ptr(prefix + "demand")}}
	url := "https://example.org/" + f.bird(prefix+"url")
	in.Sources = append(in.Sources, models.Source{
		ID: "S9", Kind: "news_media", URL: &url, Title: f.ptr(prefix + "source-title"), Publisher: f.ptr(prefix + "publisher"), Author: f.ptr(prefix + "author"),
		Text: f.ptr(prefix + "source-text"),
	})
	in.Citations = append(in.Citations, models.Citation{ID: "C9", Entity: "A1", Source: "S9", Standing: "stated", Quote: f.ptr(prefix + "quote"), Note: f.ptr(prefix + "citation")})
	in.Evidence = append(in.Evidence, models.Evidence{ID: "E9", Kind: "screenshot", Access: "held", Tool: f.ptr(prefix + "tool"), Note: f.ptr(prefix + "evidence")})
	in.Responses = []models.Response{{ID: "R1", Party: "host_state", Kind: "none", Body: f.ptr(prefix + "response-body"), Note: f.ptr(prefix + "response"), Date: &day}}
	in.Harms = []models.Harm{{ID: "H1", Kind: "psychological", Target: "T1", Note: f.ptr(prefix + "harm")}}
	return in
}

// live leads records through all that can happen to them. What comes back must
// lie in no file; open names what stands in the clear at the end.
func live(t *testing.T, s *store.Store) (hidden, open flock) {
	t.Helper()
	hidden, open = flock{}, flock{}
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker, models.RoleReviewer)
	view := s.For(p)
	n := 0
	log := func(in models.IncidentInput) models.Incident {
		n++
		return create(t, s, p, v, in, fmt.Sprint("key-", n))
	}
	edit := func(rec models.Incident, in models.IncidentInput) models.Incident {
		rec, err := view.UpdateIncident(t.Context(), store.UpdateIncident{Ref: rec.Ref, Version: rec.Version, Input: in, Vocab: v})
		must(t, err)
		return rec
	}
	other := log(input("Other", "assault"))
	say := func(rec models.Incident, prefix string) {
		c, err := view.Comment(t.Context(), rec.Ref, hidden.bird(prefix+"comment"), "comment-of-"+prefix+rec.Ref, "")
		must(t, err)
		_, err = view.EditComment(t.Context(), rec.Ref, c.ID, hidden.bird(prefix+"comment-edited"))
		must(t, err)
		u, err := view.BeginUpload(t.Context(), models.Upload{Incident: rec.Ref, Name: hidden.bird(prefix + "upload-name"), Bytes: 34})
		must(t, err)
		_, err = view.AddPart(t.Context(), u.ID, 0, []byte(hidden.bird(prefix+"upload-part")))
		must(t, err)
		_, err = view.AddFile(t.Context(), u.ID, models.File{
			Name: hidden.bird(prefix + "file-name"), MediaType: "text/plain", Bytes: 34, SHA256: hidden.bird(prefix + "file-sum"),
			Blob: "blob of " + prefix, Key: hidden.bird(prefix + "file-key"),
		})
		must(t, err)
		note := hidden.bird(prefix + "dismissal")
		_, err = view.DismissDuplicate(t.Context(), rec.Ref, other.Ref, &note)
		must(t, err)
	}
	// Open: what is protected is sealed, the rest is not.
	in := hidden.of(t, "open-", guarded(other.Ref))
	in.Title = open.bird("title")
	say(log(in), "open-")
	// Restricted and sealed: nothing stands in the clear, ever.
	for _, sensitivity := range []string{"restricted", "sealed"} {
		in := texted(hidden, sensitivity+"-", hidden.of(t, sensitivity+"-", guarded(other.Ref)))
		in.Sensitivity = sensitivity
		rec := log(in)
		in.Title = hidden.bird(sensitivity + "-second-title")
		rec = edit(rec, in)
		say(rec, sensitivity+"-")
	}
	// Raised: what stood in the clear goes.
	in = texted(hidden, "raised-", hidden.of(t, "raised-", guarded(other.Ref)))
	raised := log(in)
	say(raised, "raised-")
	in.Sensitivity = "restricted"
	edit(raised, in)
	// Erased: all of it goes.
	for _, sensitivity := range []string{"open", "sealed"} {
		in := texted(hidden, "erased-"+sensitivity, hidden.of(t, "erased-"+sensitivity, guarded(other.Ref)))
		in.Sensitivity = sensitivity
		rec := log(in)
		say(rec, "erased-"+sensitivity)
		copied := models.WorkingCopy{ID: "of-" + sensitivity, IncidentRef: &rec.Ref, Form: []byte(`{"x":"` + hidden.bird("copy-"+sensitivity) + `"}`)}
		_, err := view.SaveWorkingCopy(t.Context(), copied)
		must(t, err)
		must(t, s.System().Erase(t.Context(), rec.Ref, models.ErasedRecord, "asked by the family", p.UserID))
	}
	beside(t, view, hidden, v)
	return hidden, open
}

// beside is what there is without a record.
func beside(t *testing.T, view *store.View, hidden flock, v *models.Vocabulary) {
	t.Helper()
	_, err := view.SaveSearch(t.Context(), models.SavedSearch{Name: hidden.bird("search-name"), Query: "q=" + hidden.bird("search-query")})
	must(t, err)
	question := &models.TextQuery{All: []models.TextClause{{{Terms: []string{hidden.bird("search-query")}}}}}
	_, total, _, err := view.Incidents(t.Context(), models.IncidentFilter{Text: question}, models.Page{Sort: models.Sort{Column: "title"}})
	must(t, err)
	if total != 0 {
		t.Error("a search found what no record says")
	}
	_, err = view.SaveWorkingCopy(t.Context(), models.WorkingCopy{ID: "copy", Title: hidden.ptr("copy-title"), Form: []byte(`{"x":"` + hidden.bird("copy-form") + `"}`)})
	must(t, err)
	must(t, view.RecordExport(t.Context(), store.Export{ID: "export-1", Level: "public", Filter: `{"q":"` + hidden.bird("export-filter") + `"}`}))
	file := []byte(hidden.bird("import-file"))
	i, err := view.BeginImport(t.Context(), hidden.bird("import-name"), int64(len(file)), "canary-import", "")
	must(t, err)
	_, err = view.AddImportPart(t.Context(), i.ID, 0, file)
	must(t, err)
	_, err = view.ChangeImport(t.Context(), i.ID, store.ImportChange{
		From: []string{models.ImportUploading}, To: models.ImportRunning, Plan: []byte(hidden.bird("import-plan")), Found: []byte(hidden.bird("import-found")),
	})
	must(t, err)
	refused := models.ImportedRow{Number: 1, Refused: true, Detail: []byte(`{"x":"` + hidden.bird("import-row") + `"}`)}
	_, err = view.WriteImported(t.Context(), i.ID, []models.ImportedRow{refused, importedRow(2, hidden.bird("external-id"), "Imported", v)}, v)
	must(t, err)
	_, err = view.SaveImportMap(t.Context(), hidden.bird("map-name"), []byte(`{"x":"`+hidden.bird("map-plan")+`"}`))
	must(t, err)
}

// T-18 and T-19: whoever has all the files has none of what is protected.
func TestFiles_AfterAFullLife_HoldNothingProtected(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	hidden, open := live(t, s)
	must(t, s.System().Scrub(t.Context()))
	texts, names := filesOf(t, filepath.Dir(path))
	if found := findBirds(hidden, texts...); len(found) > 0 {
		t.Errorf("%d of %d protected values lie in %v: %v", len(found), len(hidden), names, found)
	}
	if len(hidden) < 300 {
		t.Errorf("only %d values: this test shows little", len(hidden))
	}
	if found := findBirds(open, texts...); len(found) != len(open) {
		t.Errorf("only %v of what stands in the clear is found: this test shows nothing", found)
	}
	t.Logf("%d protected values, %d found in %v", len(hidden), len(findBirds(hidden, texts...)), names)
}

// The negative twin: without encryption the same search finds them.
func TestFiles_WithoutEncryption_HoldWhatIsProtected(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "farwatch.db")
	s, err := store.OpenClear(t.Context(), store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	hidden, _ := live(t, s)
	must(t, s.System().Scrub(t.Context()))
	texts, _ := filesOf(t, filepath.Dir(path))
	found := findBirds(hidden, texts...)
	if len(found) < 150 {
		t.Errorf("%d of %d found: the search would find nothing", len(found), len(hidden))
	}
	for _, name := range found {
		if strings.HasPrefix(name, "erased-") || strings.HasPrefix(name, "copy-open") {
			t.Errorf("%s was erased and lies in a file", name)
		}
	}
	t.Logf("%d of %d found without encryption", len(found), len(hidden))
}

// The same on PostgreSQL, over all that its tables say.
func TestPostgres_AfterAFullLife_HoldsNothingProtected(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	s, err := store.Open(t.Context(), store.Options{PostgresURL: address, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	hidden, open := live(t, s)
	must(t, s.System().Scrub(t.Context()))
	db, err := sql.Open("pgx", address)
	must(t, err)
	defer db.Close()
	var dump bytes.Buffer
	for _, table := range column(t, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'") {
		for _, row := range column(t, db, `SELECT t::text FROM "`+table+`" t`) {
			dump.WriteString(row + "\n")
		}
	}
	if found := findBirds(hidden, dump.Bytes()); len(found) > 0 {
		t.Errorf("%d of %d protected values stand in a table: %v", len(found), len(hidden), found)
	}
	if found := findBirds(open, dump.Bytes()); len(found) != len(open) {
		t.Error("what stands in the clear is not found: this test shows nothing")
	}
}
