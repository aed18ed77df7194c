package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"farwatch/models"
)

type exportBody struct {
	ID        string `json:"export_id"`
	State     string
	Rows      int `json:"rows_done"`
	Total     int `json:"rows_total"`
	Omitted   int
	Bytes     int
	SHA256    string
	Name      string
	Failure   *string
	Mine      bool
	MayDecide bool       `json:"may_decide"`
	DecidedBy *string    `json:"decided_by"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// ask sends a request for an export under a key of its own.
func (u *person) ask(body object) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/exports", body, "Idempotency-Key", fmt.Sprintf("%s-%d", u.name, time.Now().UnixNano()))
}

func (u *person) export(id string) (e exportBody) {
	u.t.Helper()
	u.get("/api/v1/exports/" + id).want(200).json(&e)
	return e
}

// made asks for an export, has it made and downloads it.
func (u *person) made(body object) (e exportBody, file []byte) {
	u.t.Helper()
	u.ask(body).want(202).json(&e)
	must(u.t, u.handlers.WorkExports(context.Background(), u.store.System()))
	if e = u.export(e.ID); e.State != "done" {
		u.t.Fatalf("export of %v is %s: %v", body, e.State, e.Failure)
	}
	return e, u.get("/api/v1/exports/" + e.ID + "/file").want(200).Body
}

func TestExports_OneFile_FromWishToDownload(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker, models.RoleAnalyst)
		u.logged(t, founding(t), "exports-one-1")
		body := object{"query": "origin_country=CHN", "format": "csv", "level": "de_identified"}
		var e exportBody
		u.do(http.MethodPost, "/api/v1/exports", body, "Idempotency-Key", "export-key-1").want(202).json(&e)
		var again exportBody
		u.do(http.MethodPost, "/api/v1/exports", body, "Idempotency-Key", "export-key-1").want(202).json(&again)
		if again.ID != e.ID || e.State != "queued" || !e.Mine {
			t.Fatalf("%+v, again %+v", e, again)
		}
		u.do(http.MethodPost, "/api/v1/exports", object{"format": "xlsx", "level": "public"}, "Idempotency-Key", "export-key-1").wantProblem(422, "idempotency.key_reused")
		u.do(http.MethodPost, "/api/v1/exports", body).wantProblem(428, "idempotency.key_missing")
		path := "/api/v1/exports/" + e.ID
		u.get(path+"/file").wantProblem(409, "export.wrong_state")
		must(t, a.handlers.WorkExports(t.Context(), a.store.System()))
		e = u.export(e.ID)
		if e.State != "done" || e.Rows != 1 || e.Total != 1 || e.Omitted != 0 || e.Name != "farwatch-de-identified-2026-01-15.csv" || e.ExpiresAt == nil {
			t.Fatalf("%+v", e)
		}
		file := u.get(path + "/file").want(200)
		rows := readCSV(t, file.Body)
		if len(rows) != 1 || len(file.Body) != e.Bytes || file.Header.Get("ETag") != `"`+e.SHA256+`"` || rows[0]["_csv_v2_apostrophe"] != e.ID {
			t.Fatalf("%d rows, %s", len(rows), file.Header)
		}
		part := u.do(http.MethodGet, path+"/file", nil, "Range", "bytes=1-3").want(206)
		if string(part.Body) != "ref" || part.Header.Get("Content-Range") != fmt.Sprintf("bytes 1-3/%d", e.Bytes) {
			t.Errorf("part %q %s", part.Body, part.Header)
		}
		u.do(http.MethodGet, path+"/file", nil, "If-None-Match", file.Header.Get("ETag")).want(304)
		u.do(http.MethodGet, path+"/file", nil, "Range", "bytes=1-3", "If-Range", `"other"`).want(200)
		u.do(http.MethodGet, path+"/file", nil, "Range", "bytes=99999999-").want(416)
		if head := u.do(http.MethodHead, path+"/file", nil).want(200); len(head.Body) != 0 || head.Header.Get("Content-Length") != fmt.Sprint(e.Bytes) {
			t.Errorf("head %d %s", len(head.Body), head.Header)
		}
		a.clock.Advance(25 * time.Hour)
		u = a.again(u)
		if e := u.export(e.ID); e.State != "expired" {
			t.Errorf("a day later it is %s", e.State)
		}
		u.get(path+"/file").wantProblem(410, "export.expired")
		must(t, a.handlers.SweepExports(t.Context(), a.store.System()))
		if left, _ := filepath.Glob(filepath.Join(a.handlers.SpoolDir, "farwatch-spool-*")); len(left) != 0 {
			t.Errorf("left on the disk: %v", left)
		}
		u.do(http.MethodDelete, path, nil).want(204)
		u.get(path).wantProblem(404, "export.not_found")
	})
}

func TestExports_Restart_NothingSurvives(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleAnalyst)
		done, _ := u.made(object{"format": "csv", "level": "public"})
		var waits exportBody
		u.ask(object{"format": "csv", "level": "public"}).want(202).json(&waits)
		must(t, a.store.System().LoseExports(t.Context()))
		if e := u.export(waits.ID); e.State != "failed" || *e.Failure != "export.restarted" {
			t.Errorf("%+v", e)
		}
		if e := u.export(done.ID); e.State != "expired" {
			t.Errorf("%+v", e)
		}
	})
}

func TestExports_Cancel_StopsIt(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleAnalyst)
		var e exportBody
		u.ask(object{"format": "csv", "level": "public"}).want(202).json(&e)
		u.do(http.MethodDelete, "/api/v1/exports/"+e.ID, nil).want(204)
		must(t, a.handlers.WorkExports(t.Context(), a.store.System()))
		if e = u.export(e.ID); e.State != "cancelled" {
			t.Errorf("%+v", e)
		}
	})
}

func TestExports_Full_NeedsAnotherPersonAndProof(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker, models.RoleReviewer)
		second := a.person("example_ngo", "second", models.RoleReviewer)
		body := founding(t)
		targets, _ := body["targets"].([]any)
		target, _ := targets[0].(map[string]any)
		target["identity"] = object{"names": []string{"CANARY-name"}, "aliases": []string{}, "contacts": []string{}}
		u.logged(t, body, "exports-full-1")
		sealed := founding(t)
		sealed["title"], sealed["sensitivity"] = "CANARY-sealed", "sealed"
		u.logged(t, sealed, "exports-full-2")
		full := object{"format": "jsonl", "level": "full"}
		a.person("example_ngo", "analyst", models.RoleAnalyst).ask(full).wantProblem(403, "permission.denied")
		second.ask(full).wantProblem(403, "permission.denied")
		var preview struct {
			Records int
			Tables  []struct{ Rows [][]string }
		}
		u.do(http.MethodPost, "/api/v1/exports/preview", full).want(200).json(&preview)
		if preview.Records != 1 || len(preview.Tables[0].Rows) != 0 {
			t.Errorf("preview %+v", preview)
		}
		var e exportBody
		u.ask(full).want(202).json(&e)
		decide := func(p *person, approve bool) *reply {
			return p.do(http.MethodPost, "/api/v1/exports/"+e.ID+"/decision", object{"approve": approve})
		}
		must(t, a.handlers.WorkExports(t.Context(), a.store.System()))
		if e = u.export(e.ID); e.State != "waiting" || e.MayDecide {
			t.Fatalf("%+v", e)
		}
		if got := second.export(e.ID); !got.MayDecide || got.Mine {
			t.Errorf("to the second person: %+v", got)
		}
		decide(u, true).wantProblem(403, "export.own_request")
		a.person("other_ngo", "stranger", models.RoleReviewer).do(http.MethodPost, "/api/v1/exports/"+e.ID+"/decision", object{"approve": true}).wantProblem(404, "export.not_found")
		decide(second, true).want(200)
		decide(second, false).wantProblem(409, "export.wrong_state")
		must(t, a.handlers.WorkExports(t.Context(), a.store.System()))
		second.get("/api/v1/exports/"+e.ID+"/file").wantProblem(404, "export.not_found")
		file := u.get("/api/v1/exports/" + e.ID + "/file").want(200).Body
		if !bytes.Contains(file, []byte("CANARY-name")) || bytes.Contains(file, []byte("CANARY-sealed")) {
			t.Errorf("file %s", file)
		}
		if e = u.export(e.ID); *e.DecidedBy != "second" {
			t.Errorf("%+v", e)
		}
		a.clock.Advance(6 * time.Minute)
		u.get("/api/v1/exports/"+e.ID+"/file").wantProblem(403, "session.step_up_required")
		u, second = a.again(u), a.again(second)
		for range 4 {
			u.ask(full).want(202).json(&e)
			decide(second, false).want(200)
		}
		u.ask(full).wantProblem(429, "export.full_too_many")
	})
}

func TestExports_EveryFormat_HoldsTheRecords(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker, models.RoleAnalyst)
		var refs []string
		for i := range 3 {
			body := founding(t)
			body["title"] = fmt.Sprintf("=1+%d, _x0041_ and <&>", i)
			refs = append(refs, u.logged(t, body, fmt.Sprintf("exports-format-%d", i)))
		}
		slices.Sort(refs)
		for _, level := range []string{"public", "de_identified"} {
			for _, format := range []string{"csv", "xlsx", "jsonl", "geojson", "acled", "parquet"} {
				e, file := u.made(object{"format": format, "level": level})
				if got := refsIn(t, format, file); !slices.Equal(got, refs) && format != "parquet" {
					t.Errorf("%s %s: %v, want %v", format, level, got, refs)
				}
				if e.Rows != 3 {
					t.Errorf("%s: %d rows", format, e.Rows)
				}
				private := []string{"discovery_route", "workflow_status"}
				for _, word := range private {
					if level == "public" && bytes.Contains(file, []byte(word)) {
						t.Errorf("%s of level public holds %s", format, word)
					}
				}
			}
		}
		_, file := u.made(object{"format": "csv", "level": "de_identified", "columns": []string{"methods", "ref", "title"}, "values": "both", "bom": true, "hxl": true})
		want := "\ufeff" + `"ref","title","methods","methods_label","_csv_v2_apostrophe"` + "\r\n" + `"#event+id","#x_title","#event+type","#event+type+label",""` + "\r\n"
		if !strings.HasPrefix(string(file), want) || !strings.Contains(string(file), `"'=1+0, _x0041_ and <&>"`) {
			t.Errorf("%s", file)
		}
		_, file = u.made(object{"format": "xlsx", "level": "de_identified", "shape": "long"})
		book, err := excelize.OpenReader(bytes.NewReader(file))
		must(t, err)
		defer book.Close()
		sheets := book.GetSheetList()
		if !slices.Equal(sheets[:3], []string{"incidents", "scope_tests", "targets"}) || sheets[len(sheets)-1] != "codebook" {
			t.Errorf("sheets %v", sheets)
		}
		title, err := book.GetCellValue("incidents", "D2")
		must(t, err)
		if !strings.HasPrefix(title, "=1+") || !strings.Contains(title, "_x0041_ and <&>") {
			t.Errorf("title %q", title)
		}
		_, file = u.made(object{"format": "csv", "level": "public", "shape": "long"})
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		must(t, err)
		if len(z.File) != 12 || z.File[0].Name != "incidents.csv" {
			t.Errorf("%d files", len(z.File))
		}
		// The wide row alone reads less of a record, and shows the same.
		wide, err := fs.ReadFile(z, "incidents.csv")
		must(t, err)
		_, alone := u.made(object{"format": "csv", "level": "public"})
		if got, want := withoutLast(alone), withoutLast(wide); got != want || !strings.Contains(want, "https://") {
			t.Errorf("wide row\n%s\nwant\n%s", got, want)
		}
	})
}

// withoutLast is a CSV file without its last column, the export's id.
func withoutLast(file []byte) string {
	var out strings.Builder
	for line := range strings.Lines(string(file)) {
		out.WriteString(line[:max(0, strings.LastIndexByte(line, ','))] + "\n")
	}
	return out.String()
}

// refsIn are the records that a file holds.
func refsIn(t testing.TB, format string, file []byte) (out []string) {
	t.Helper()
	switch format {
	case "csv":
		return refColumn(t, file)
	case "acled":
		for _, row := range readCSV(t, file) {
			out = append(out, row["event_id_cnty"])
		}
	case "xlsx":
		book, err := excelize.OpenReader(bytes.NewReader(file))
		must(t, err)
		defer book.Close()
		rows, err := book.GetRows("incidents")
		must(t, err)
		for _, row := range rows[1:] {
			out = append(out, row[0])
		}
	case "jsonl":
		for line := range strings.Lines(string(file)) {
			var record struct{ Ref string }
			must(t, json.Unmarshal([]byte(line), &record))
			out = append(out, record.Ref)
		}
	case "geojson":
		var shapes struct {
			Features []struct {
				Properties struct {
					Incidents int
					Refs      []string
				}
			}
		}
		must(t, json.Unmarshal(file, &shapes))
		for _, f := range shapes.Features {
			if f.Properties.Incidents != len(f.Properties.Refs) {
				t.Errorf("%d incidents, %d refs", f.Properties.Incidents, len(f.Properties.Refs))
			}
			out = append(out, f.Properties.Refs...)
		}
	}
	slices.Sort(out)
	return out
}

func TestExports_BadWish_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker)
		for _, c := range []struct {
			body  object
			fault string
		}{
			{object{"format": "jsonl", "level": "public", "columns": []string{"ref"}}, "#/columns not_with_format"},
			{object{"format": "csv", "level": "public", "columns": []string{"ref", "sensitivity"}}, "#/columns/1 unknown_column"},
			{object{"format": "parquet", "level": "public", "shape": "long"}, "#/shape not_with_format"},
			{object{"format": "geojson", "level": "public", "values": "labels"}, "#/values not_with_format"},
			{object{"format": "xlsx", "level": "public", "bom": true}, "#/bom not_with_format"},
			{object{"format": "jsonl", "level": "public", "hxl": true}, "#/hxl not_with_format"},
			{object{"format": "package", "level": "public"}, "#/level not_with_format"},
			{object{"format": "csv", "level": "public", "query": "origin=CHN"}, "#/query unknown_parameter"},
			{object{"format": "csv", "level": "public", "query": "methods=none_such"}, "#/query unknown_code"},
		} {
			u.ask(c.body).wantProblem(422, "validation.failed", c.fault)
			u.do(http.MethodPost, "/api/v1/exports/preview", c.body).wantProblem(422, "validation.failed", c.fault)
		}
		u.ask(object{"format": "csv", "level": "secret"}).want(422)
		u.ask(object{"format": "csv"}).want(422)
		a.person("example_ngo", "advocate", models.RoleAdvocate).ask(object{"format": "csv", "level": "de_identified"}).wantProblem(403, "permission.denied")
	})
}

func TestVocabularySkos_NamesEveryCode(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		checkSkos(t, string(a.anyone().get("/api/v1/vocabulary.ttl").want(200).Body))
	})
}

func checkSkos(t *testing.T, text string) {
	t.Helper()
	for _, want := range []string{
		"<#methods> a skos:ConceptScheme", "<#methods/killing> a skos:Concept ; skos:inScheme <#methods> ; skos:notation \"killing\" ; skos:prefLabel \"Killing\"@en",
		"skos:broader <#families/physical_violence>", "skos:broader <#communities/turkic_muslim_xinjiang>", "<#countries/XKX> a skos:Concept",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if n := strings.Count(text, "a skos:Concept ;"); n < 500 {
		t.Errorf("only %d concepts", n)
	}
	if strings.Count(text, "\n<#")*1 != strings.Count(text, " .\n")-3 {
		t.Error("a statement does not end")
	}
}
