package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"farwatch/internal/country"
	"farwatch/internal/intake"
	"farwatch/models"
)

// tableCountries are the words for countries that imports know.
func tableCountries() map[string]string {
	out := intake.CountryWords()
	for _, c := range country.All() {
		out[c.Name], out[c.Code], out[c.Alpha2], out[c.Numeric] = c.Code, c.Code, c.Code, c.Code
	}
	delete(out, "")
	return out
}

type importBody struct {
	ID        string `json:"import_id"`
	State     string
	Make      string
	Failure   *string
	RowsDone  int `json:"rows_done"`
	RowsTotal int `json:"rows_total"`
	Created   int
	Updated   int
	Unchanged int
	Refused   int
	Warned    int
	Format    json.RawMessage
	Map       *importMap
	Columns   []struct {
		Name       string
		NeedsOrder bool `json:"needs_order"`
		Unknown    []struct {
			Value string
			Count int
		}
	}
}

type importMap struct {
	Columns []struct {
		Name      string            `json:"name"`
		Field     string            `json:"field"`
		Reason    string            `json:"reason"`
		Split     string            `json:"split"`
		Values    map[string]string `json:"values"`
		DateOrder string            `json:"date_order"`
	} `json:"columns"`
	Constants map[string]string `json:"constants"`
	Key       string            `json:"key"`
	System    string            `json:"system"`
	Guarded   bool              `json:"guarded"`
}

// column finds a column of a map.
func (i importBody) field(name string) string {
	for _, c := range i.Map.Columns {
		if c.Name == name {
			return c.Field
		}
	}
	return "?"
}

// upload brings a table in, in parts of a size.
func (u *person) upload(name string, data []byte, part int) (out importBody) {
	u.t.Helper()
	u.do(http.MethodPost, "/api/v1/imports", object{"name": name, "bytes": len(data)}, "Idempotency-Key", uuid.NewString()).want(201).json(&out)
	for at := 0; at < len(data); at += part {
		end := min(len(data), at+part)
		u.do(http.MethodPut, fmt.Sprintf("/api/v1/imports/%s/parts?offset=%d", out.ID, at), data[at:end], "Content-Type", "application/octet-stream").want(200).json(&out)
	}
	return out
}

// step does a step and lets the program work.
func (u *person) step(id, step string) (out importBody) {
	u.t.Helper()
	u.do(http.MethodPost, "/api/v1/imports/"+id+"/steps", object{"step": step}).want(202)
	u.work()
	u.get("/api/v1/imports/" + id).want(200).json(&out)
	return out
}

func (u *person) work() {
	u.t.Helper()
	for {
		id, state, p, found, err := u.store.System().NextImport(context.Background())
		must(u.t, err)
		if !found {
			return
		}
		must(u.t, u.handlers.WorkImport(context.Background(), id, state, p))
	}
}

// replan sends a map back, changed.
func (u *person) replan(i importBody, change func(m *importMap)) *reply {
	u.t.Helper()
	change(i.Map)
	return u.do(http.MethodPut, "/api/v1/imports/"+i.ID+"/plan", object{"format": i.Format, "map": i.Map})
}

func (u *person) importRows(id, outcome string) (out []struct {
	Number     int
	Outcome    string
	Ref        *string
	Faults     []struct{ Column, Field, Value, Code string }
	Warnings   []struct{ Column, Value, Code string }
	Duplicates []string
},
) {
	u.t.Helper()
	var body struct {
		Items json.RawMessage
	}
	u.get("/api/v1/imports/" + id + "/rows?outcome=" + outcome + "&limit=200").want(200).json(&body)
	must(u.t, json.Unmarshal(body.Items, &out))
	return out
}

// titles are all records that a person sees.
func (u *person) titles() (out []string) {
	u.t.Helper()
	var list struct{ Items []struct{ Title string } }
	u.get("/api/v1/incidents?limit=200").want(200).json(&list)
	for _, i := range list.Items {
		out = append(out, i.Title)
	}
	slices.Sort(out)
	return out
}

const plainTable = "Case No;Date;Accused state;Country;Tactics;Community;Description;Link\r\n" +
	"A-1;5 March 2021;China;Germany;Kidnapping, Threats to family;Uyghur;\"A baker; threatened\r\nat home\";https://a.example/1\r\n" +
	"A-2;2021-04;Iranian government;Sweden;Surveillance;N/A;A poet was followed.;\r\n" +
	"A-3;last summer;Russia;UK;Shadowing;;An editor was watched.;https://a.example/3\r\n"

func TestImport_FromFileToRecordsAndBack(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		i := u.upload("cases.csv", []byte(plainTable), 100)
		if i.State != "mapping" || i.RowsTotal != 3 || i.field("Tactics") != "methods" || i.field("Date") != "occurred" || i.field("Case No") != "external_id" || i.Map.Key != "external_id" {
			t.Fatalf("read as %+v", i)
		}
		// One word that no rule knows: the person says what it is.
		var unknown []string
		for _, c := range i.Columns {
			for _, v := range c.Unknown {
				unknown = append(unknown, v.Value)
			}
		}
		if !slices.Equal(unknown, []string{"Shadowing"}) {
			t.Errorf("unknown words %v", unknown)
		}
		before := u.step(i.ID, "check")
		if before.State != "checked" || before.Created != 2 || before.Refused != 1 || before.Warned != 1 {
			t.Fatalf("checked as %+v", before)
		}
		if got := u.titles(); len(got) != 0 {
			t.Fatalf("a check wrote %v", got)
		}
		refused := u.importRows(i.ID, "refused")
		if len(refused) != 1 || refused[0].Faults[0].Column != "Tactics" || refused[0].Faults[0].Value != "Shadowing" || refused[0].Faults[0].Code != "unknown_value" {
			t.Errorf("refused %+v", refused)
		}
		u.replan(before, func(m *importMap) { m.Columns[4].Values = map[string]string{"Shadowing": "physical_surveillance"} }).want(200)
		if again := u.step(i.ID, "check"); again.Created != 3 || again.Refused != 0 {
			t.Fatalf("checked again as %+v", again)
		}
		done := u.step(i.ID, "import")
		if done.State != "done" || done.Created != 3 {
			t.Fatalf("imported as %+v", done)
		}
		if got := u.titles(); !slices.Equal(got, []string{"A baker; threatened", "A poet was followed.", "An editor was watched."}) {
			t.Errorf("records %q", got)
		}
		rows := u.importRows(i.ID, "created")
		var rec struct {
			WorkflowStatus     string  `json:"workflow_status"`
			VerificationStatus string  `json:"verification_status"`
			InternalNote       *string `json:"internal_note"`
			Occurred           struct{ Precision string }
		}
		u.get("/api/v1/incidents/" + *rows[2].Ref).want(200).json(&rec)
		if rec.WorkflowStatus != "draft" || rec.VerificationStatus != "unreviewed" || rec.Occurred.Precision != "unknown" || rec.InternalNote == nil || *rec.InternalNote != "Date: last summer" {
			t.Errorf("the third row became %+v", rec)
		}
		// A second time: nothing.
		same := u.upload("cases.csv", []byte(plainTable), 4<<20)
		u.replan(same, func(m *importMap) { m.Columns[4].Values = map[string]string{"Shadowing": "physical_surveillance"} }).want(200)
		u.step(same.ID, "check")
		if twice := u.step(same.ID, "import"); twice.Unchanged != 3 || twice.Created+twice.Updated != 0 {
			t.Errorf("a second time %+v", twice)
		}
		// One cell changed: one record changes, and is what it was after an undo.
		ref := *rows[1].Ref
		was := u.get("/api/v1/incidents/" + ref).want(200).Body
		more := u.upload("cases.csv", []byte(strings.Replace(plainTable, "A poet was followed.", "A poet was followed twice.", 1)), 4<<20)
		u.replan(more, func(m *importMap) { m.Columns[4].Values = map[string]string{"Shadowing": "physical_surveillance"} }).want(200)
		if c := u.step(more.ID, "check"); c.Updated != 1 || c.Unchanged != 2 {
			t.Errorf("foreseen %+v", c)
		}
		if c := u.step(more.ID, "import"); c.Updated != 1 || c.Unchanged != 2 {
			t.Errorf("changed %+v", c)
		}
		if u.step(more.ID, "undo").State != "undone" {
			t.Error("the update was not taken back")
		}
		if now := u.get("/api/v1/incidents/" + ref).want(200).Body; !bytes.Equal(was, now) {
			t.Errorf("after the undo\n%s\nbefore\n%s", now, was)
		}
		// A record that somebody edited since stays, and is named.
		etag := u.get("/api/v1/incidents/" + ref).Header.Get("ETag")
		u.do(http.MethodPatch, "/api/v1/incidents/"+ref, object{"title": "Edited by hand"}, "If-Match", etag).want(200)
		if u.step(i.ID, "undo").State != "undone" {
			t.Error("the import was not taken back")
		}
		if got := u.titles(); !slices.Equal(got, []string{"Edited by hand"}) {
			t.Errorf("after the undo %q", got)
		}
		if kept := u.importRows(i.ID, "kept"); len(kept) != 1 || kept[0].Ref == nil || *kept[0].Ref != ref {
			t.Errorf("kept %+v", kept)
		}
		if _, broken, err := a.store.System().VerifyAudit(t.Context()); err != nil || broken != 0 {
			t.Errorf("the audit chain breaks at %d: %v", broken, err)
		}
	})
}

func TestImport_AmbiguousDates_AskOncePerColumn(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		i := u.upload("d.csv", []byte("summary,origin_country,host_country,date\na,CHN,DEU,03/04/2021\nb,CHN,DEU,05/06/2021\n"), 1<<20)
		u.do(http.MethodPost, "/api/v1/imports/"+i.ID+"/steps", object{"step": "check"}).wantProblem(422, "validation.failed", "#/map/columns/3/date_order date_order_needed")
		u.replan(i, func(m *importMap) { m.Columns[3].DateOrder = "mdy" }).want(200)
		u.step(i.ID, "check")
		u.step(i.ID, "import")
		var list struct {
			Items []struct{ Occurred struct{ Earliest string } }
		}
		u.get("/api/v1/incidents").want(200).json(&list)
		var days []string
		for _, x := range list.Items {
			days = append(days, x.Occurred.Earliest)
		}
		slices.Sort(days)
		if !slices.Equal(days, []string{"2021-03-04", "2021-05-06"}) {
			t.Errorf("days %v", days)
		}
	})
}

func TestImport_RefusedRows_AreMendedAndComeAgain(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		i := u.upload("r.csv", []byte("Case No,summary,origin_country,host_country\n1,=fine,CHN,DEU\n2,'wrong,Ruritania,DEU\n"), 1<<20)
		u.step(i.ID, "check")
		u.do(http.MethodPost, "/api/v1/import-maps", object{"name": "My sheet", "import_id": i.ID}).want(201)
		u.step(i.ID, "import")
		file := u.get("/api/v1/imports/" + i.ID + "/refused.csv").want(200).Body
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff")))).ReadAll()
		must(t, err)
		if len(rows) != 2 || !slices.Equal(rows[0], []string{"Case No", "summary", "origin_country", "host_country", "_row", "_reason", "_csv_v2_apostrophe"}) ||
			rows[1][1] != "''wrong" || rows[1][4] != "3" || !strings.Contains(rows[1][5], "origin_country: unknown value (Ruritania)") {
			t.Fatalf("refused %q", rows)
		}
		mended := u.upload("again.csv", bytes.Replace(file, []byte(`"Ruritania"`), []byte(`"IRN"`), 1), 1<<20)
		if mended.Map.Columns[0].Reason != "saved" || !mended.Map.Guarded {
			t.Errorf("the saved map was not taken: %+v", mended.Map)
		}
		u.step(mended.ID, "check")
		if done := u.step(mended.ID, "import"); done.Created != 1 {
			t.Errorf("mended %+v", done)
		}
		if got := u.titles(); !slices.Equal(got, []string{"'wrong", "=fine"}) {
			t.Errorf("titles %q", got)
		}
	})
}

func TestImport_OwnFile_ByRef_UnknownRefIsNoCreate(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker", "analyst")
		ref := u.logged(t, founding(t), "own-file")
		file := u.get("/api/v1/exports/incidents.csv?level=de_identified").want(200).Body
		i := u.upload("incidents.csv", file, 1<<20)
		if i.Make != "farwatch" || i.Map.Key != "ref" || !i.Map.Guarded {
			t.Fatalf("read as %+v", i.Map)
		}
		if c := u.step(i.ID, "check"); c.Unchanged != 1 || c.Refused+c.Updated+c.Created != 0 {
			t.Errorf("our own file changes its records: %+v", c)
		}
		absent, err := models.NewRef(rand.Reader)
		must(t, err)
		other := u.upload("incidents.csv", bytes.Replace(file, []byte(ref), []byte(absent), 1), 1<<20)
		if c := u.step(other.ID, "check"); c.Refused != 1 || c.Created != 0 {
			t.Errorf("an unknown ref: %+v", c)
		}
		if rows := u.importRows(other.ID, "refused"); len(rows) != 1 || rows[0].Faults[0].Code != "unknown_key" {
			t.Errorf("refused %+v", rows)
		}
	})
}

// TestImport_Cancel_StopsAndWhatIsWrittenGoesBack: between two transactions an
// import can be stopped; asking twice is no fault.
func TestImport_Cancel_StopsAndWhatIsWrittenGoesBack(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		var file strings.Builder
		file.WriteString("summary,origin_country,host_country\n")
		for n := range 2 * models.ImportChunk {
			fmt.Fprintf(&file, "Case %d,CHN,DEU\n", n)
		}
		i := u.upload("many.csv", []byte(file.String()), 1<<20)
		path := "/api/v1/imports/" + i.ID + "/steps"
		u.do(http.MethodPost, path, object{"step": "check"}).want(202)
		u.do(http.MethodPost, path, object{"step": "check"}).want(202)
		u.do(http.MethodPost, path, object{"step": "cancel"}).want(202)
		u.do(http.MethodPost, path, object{"step": "cancel"}).want(202)
		u.work()
		u.step(i.ID, "check")
		u.do(http.MethodPost, path, object{"step": "import"}).want(202)
		// Stopped after the first transaction, as somebody would on the screen.
		id, state, p, found, err := a.store.System().NextImport(t.Context())
		if must(t, err); !found || id != i.ID || state != "running" {
			t.Fatalf("%s is %s", id, state)
		}
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			for {
				var now importBody
				_, w := u.send(http.MethodGet, "/api/v1/imports/"+i.ID, nil)
				if json.Unmarshal(w.Body.Bytes(), &now) != nil || now.RowsDone > 0 || ctx.Err() != nil {
					u.send(http.MethodPost, path, object{"step": "cancel"})
					return
				}
			}
		}()
		err = a.handlers.WorkImport(t.Context(), id, state, p)
		stop()
		must(t, err)
		var after importBody
		u.get("/api/v1/imports/" + i.ID).want(200).json(&after)
		if after.State != "cancelled" && after.State != "done" || after.Created == 0 { // the second transaction may have been faster
			t.Errorf("stopped as %s with %d created", after.State, after.Created)
		}
		if u.step(i.ID, "undo").State != "undone" {
			t.Error("it was not taken back")
		}
		if left := u.titles(); len(left) != 0 {
			t.Errorf("%d records are left", len(left))
		}
	})
}

func TestImport_BelongsToWhoBeganIt(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		colleague := a.person("example_ngo", "colleague", "caseworker")
		stranger := a.person("other_ngo", "stranger", "caseworker")
		i := u.upload("cases.csv", []byte(plainTable), 1<<20)
		m := struct {
			ID string `json:"import_map_id"`
		}{}
		u.do(http.MethodPost, "/api/v1/import-maps", object{"name": "Mine", "import_id": i.ID}).want(201).json(&m)
		path := "/api/v1/imports/" + i.ID
		for _, who := range []*person{colleague, stranger} {
			who.get(path).wantProblem(404, "import.not_found")
			who.do(http.MethodDelete, path, nil).wantProblem(404, "import.not_found")
			who.do(http.MethodPost, path+"/steps", object{"step": "check"}).wantProblem(404, "import.not_found")
			who.do(http.MethodPut, path+"/plan", object{"format": i.Format}).wantProblem(404, "import.not_found")
			who.do(http.MethodPut, path+"/parts?offset=0", []byte("x"), "Content-Type", "application/octet-stream").wantProblem(404, "import.not_found")
			who.get(path+"/rows").wantProblem(404, "import.not_found")
			who.get(path+"/refused.csv").wantProblem(404, "import.not_found")
			who.do(http.MethodPost, "/api/v1/import-maps", object{"name": "x", "import_id": i.ID}).wantProblem(404, "import.not_found")
		}
		var maps struct{ Items []object }
		colleague.get("/api/v1/import-maps").want(200).json(&maps)
		if len(maps.Items) != 1 {
			t.Error("a colleague does not see the map")
		}
		stranger.get("/api/v1/import-maps").want(200).json(&maps)
		if len(maps.Items) != 0 {
			t.Error("another organisation sees the map")
		}
		stranger.do(http.MethodDelete, "/api/v1/import-maps/"+m.ID, nil).wantProblem(404, "import_map.not_found")
		a.anyone().get(path).wantProblem(401, "session.required")
		a.person("example_ngo", "analyst", "analyst").get(path).wantProblem(403, "permission.denied")
		u.do(http.MethodDelete, path, nil).want(204)
		u.get(path).wantProblem(404, "import.not_found")
	})
}

func TestImport_BadInput_SaysWhatToDo(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		u.do(http.MethodPost, "/api/v1/imports", object{"name": "x.csv", "bytes": 201 << 20}, "Idempotency-Key", uuid.NewString()).wantProblem(413, "import.too_large")
		for name, c := range map[string]struct{ data, failure string }{
			"picture":  {"\x89PNG\r\n\x1a\n\x00\x00\x00\r", "import.no_table"},
			"blank":    {"  \n \n", "import.no_rows"},
			"old xls":  {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "import.no_table"},
			"cut xlsx": {"PK\x03\x04nothing", "import.damaged"},
			"header":   {"a,b,c\n", "import.no_rows"},
		} {
			if i := u.upload(name, []byte(c.data), 1<<20); i.State != "failed" || i.Failure == nil || *i.Failure != c.failure {
				t.Errorf("%s: %s %v", name, i.State, i.Failure)
			}
		}
		i := u.upload("cases.csv", []byte(plainTable), 1<<20)
		path := "/api/v1/imports/" + i.ID
		u.do(http.MethodPut, path+"/parts?offset=0", []byte("x"), "Content-Type", "application/octet-stream").wantProblem(409, "import.not_waiting")
		u.do(http.MethodPost, path+"/steps", object{"step": "import"}).wantProblem(409, "import.wrong_state")
		u.do(http.MethodPost, path+"/steps", object{"step": "undo"}).wantProblem(409, "import.wrong_state")
		u.replan(i, func(m *importMap) { m.Columns[0].Field = "shoe_size" }).wantProblem(422, "validation.failed", "#/map/columns/0/field unknown_field")
		u.replan(i, func(m *importMap) {
			m.Columns[0].Field = ""
			m.Columns[4].Values = map[string]string{"x": "no_method"}
			m.Constants = map[string]string{"nothing": "x"}
		}).wantProblem(422, "validation.failed", "#/map/columns/4/values/x unknown_code", "#/map/constants/nothing unknown_field", "#/map/key key_without_column")
		var begun importBody
		u.do(http.MethodPost, "/api/v1/imports", object{"name": "y.csv", "bytes": 10}, "Idempotency-Key", uuid.NewString()).want(201).json(&begun)
		u.do(http.MethodPut, "/api/v1/imports/"+begun.ID+"/parts?offset=4", []byte("x"), "Content-Type", "application/octet-stream").wantProblem(409, "import.wrong_part")
		u.do(http.MethodPut, "/api/v1/imports/"+begun.ID+"/plan", object{"format": i.Format}).wantProblem(409, "import.incomplete")
	})
}

// TestImport_NastyFiles is the corpus: each file with at most three choices of a
// person, and the rows it must become.
func TestImport_NastyFiles_BecomeTheExpectedRows(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		files := nastyFiles(t)
		if len(files) < 25 {
			t.Errorf("only %d files", len(files))
		}
		for _, f := range files {
			t.Run(f.name, func(t *testing.T) {
				u := &person{app: u.app, id: u.id, name: u.name, token: u.token}
				i := u.upload(f.name, f.data, 1<<20)
				if i.State != "mapping" {
					t.Fatalf("is %s: %v", i.State, i.Failure)
				}
				if len(f.choices) > 3 {
					t.Errorf("%d choices", len(f.choices))
				}
				if len(f.choices) > 0 {
					u.replan(i, func(m *importMap) {
						for _, choose := range f.choices {
							choose(m)
						}
					}).want(200)
				}
				u.step(i.ID, "check")
				done := u.step(i.ID, "import")
				if done.State != "done" || done.Refused != f.refused {
					t.Errorf("%s with %d refused: %+v", done.State, done.Refused, u.importRows(i.ID, "refused"))
				}
				var got []string
				for _, row := range u.importRows(i.ID, "created") {
					var rec wideRecord
					u.get("/api/v1/incidents/" + *row.Ref).want(200).json(&rec)
					got = append(got, rec.line())
				}
				if !slices.Equal(got, f.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(f.want, "\n"))
				}
				u.step(i.ID, "undo")
			})
		}
		if left := u.titles(); len(left) != 0 {
			t.Errorf("left behind %q", left)
		}
	})
}

// wideRecord is what the corpus looks at.
type wideRecord struct {
	Title    string
	Origin   string `json:"origin_country"`
	Host     string `json:"host_country"`
	Computed struct {
		EDTF string `json:"edtf"`
	}
	Targets []struct{ Communities []string }
	Acts    []struct{ Method string }
	Sources []struct {
		URL *string `json:"url"`
	}
}

func (r wideRecord) line() string {
	var methods, communities, links []string
	for _, a := range r.Acts {
		methods = append(methods, a.Method)
	}
	for _, t := range r.Targets {
		communities = append(communities, t.Communities...)
	}
	for _, s := range r.Sources {
		if s.URL != nil {
			links = append(links, *s.URL)
		}
	}
	return strings.Join([]string{r.Title, r.Origin, r.Host, r.Computed.EDTF, strings.Join(methods, "+"), strings.Join(communities, "+"), strings.Join(links, "+")}, "|")
}

type nastyFile struct {
	name    string
	data    []byte
	choices []func(*importMap)
	refused int
	want    []string
}

// nastyFiles are those of testdata/import: a file, and beside it NAME.want with
// the expected lines; lines that begin with ! are choices, field of column, date
// order of column, or value of column, and ? the number of refused rows.
func nastyFiles(t *testing.T) (out []nastyFile) {
	t.Helper()
	names, err := filepath.Glob("testdata/import/*.want")
	must(t, err)
	for _, name := range names {
		want, err := os.ReadFile(name)
		must(t, err)
		f := nastyFile{name: strings.TrimSuffix(filepath.Base(name), ".want")}
		f.data, err = os.ReadFile(strings.TrimSuffix(name, ".want"))
		must(t, err)
		for line := range strings.Lines(string(want)) {
			line = strings.TrimRight(line, "\n")
			switch {
			case strings.HasPrefix(line, "!"):
				f.choices = append(f.choices, choice(t, line[1:]))
			case strings.HasPrefix(line, "?"):
				_, err := fmt.Sscanf(line, "?%d", &f.refused)
				must(t, err)
			case line != "":
				f.want = append(f.want, line)
			}
		}
		out = append(out, f)
	}
	return out
}

// choice reads COLUMN field NAME, COLUMN order dmy, COLUMN value WORD=code,
// const FIELD=VALUE.
func choice(t *testing.T, line string) func(*importMap) {
	t.Helper()
	parts := strings.SplitN(line, " ", 3)
	if len(parts) < 2 {
		t.Fatalf("choice %q", line)
	}
	if parts[0] == "const" {
		field, value, _ := strings.Cut(strings.Join(parts[1:], " "), "=")
		return func(m *importMap) { m.Constants[field] = value }
	}
	return func(m *importMap) {
		for i := range m.Columns {
			if c := &m.Columns[i]; strings.ReplaceAll(c.Name, " ", "_") == parts[0] {
				switch parts[1] {
				case "field":
					c.Field = strings.TrimSpace(strings.Join(parts[2:], ""))
				case "order":
					c.DateOrder = parts[2]
				case "value":
					word, code, _ := strings.Cut(parts[2], "=")
					if c.Values == nil {
						c.Values = map[string]string{}
					}
					c.Values[word] = code
				}
				return
			}
		}
		t.Errorf("no column %q", parts[0])
	}
}
