package api

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"farwatch/models"
)

// unzip gives the files of a package.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	out := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		out[f.Name] = string(content)
	}
	return out
}

func (u *person) exported() []byte {
	u.t.Helper()
	return u.get("/api/v1/exports/incidents.zip").want(200).Body
}

// packageRecords is how many records go round; FARWATCH_TEST_PACKAGE sets
// another number.
func packageRecords(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("FARWATCH_TEST_PACKAGE"); text != "" {
		n, err := strconv.Atoi(text)
		must(t, err)
		return n
	}
	if testing.Short() {
		return 100
	}
	return 600
}

// TestPackage_ExportWipeImportExport_SameBytes: the package of random records
// goes into an empty database, and the package of that is the same file.
func TestPackage_ExportWipeImportExport_SameBytes(t *testing.T) {
	t.Parallel()
	n := packageRecords(t)
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker", "analyst")
		a.seedRandom("example_ngo", "author", n)
		file := u.exported()
		// The clock of a test stands still, so times are the same again.
		if lines := strings.Count(unzip(t, file)["scope_tests.csv"], "\r\n"); lines != n+1 {
			t.Fatalf("%d lines", lines)
		}
		if again := u.exported(); !bytes.Equal(file, again) {
			t.Fatal("the same records give two different files")
		}
		a.wipe("example_ngo")
		if got := len(strings.Split(unzip(t, u.exported())["incidents.csv"], "\r\n")); got != 2 {
			t.Fatalf("%d lines after the wipe", got)
		}
		i := u.upload("package.zip", file, 4<<20)
		if i.State != "mapping" || i.Make != "farwatch" {
			t.Fatalf("read as %s %s: %v", i.State, i.Make, i.Failure)
		}
		u.replan(i, func(m *importMap) { m.Key = "own_ref" }).want(200)
		if c := u.step(i.ID, "check"); c.Created != n {
			t.Fatalf("checked: %d created, %d refused: %+v", c.Created, c.Refused, u.importRows(i.ID, "refused")[:1])
		}
		if c := u.step(i.ID, "import"); c.Created != n {
			t.Fatalf("imported: %+v", c)
		}
		after := u.exported()
		if !bytes.Equal(file, after) {
			was, is := unzip(t, file), unzip(t, after)
			for name, text := range was {
				if text != is[name] {
					t.Errorf("%s: %s", name, firstDifference(text, is[name]))
				}
			}
		}
		again := u.upload("package.zip", file, 4<<20)
		u.replan(again, func(m *importMap) { m.Key = "own_ref" }).want(200)
		if c := u.step(again.ID, "check"); c.Unchanged != n {
			t.Errorf("a second time: %d unchanged, %d updated", c.Unchanged, c.Updated)
		}
	})
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d\n%s\n%s", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}

// wipe takes every record of an organisation back, as an undo does.
func (a *app) wipe(organisation string) {
	a.t.Helper()
	must(a.t, a.store.System().Wipe(a.t.Context(), organisation))
}

func TestPackage_HoldsNothingProtected_AndProvesItself(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker", "analyst")
		body := founding(t)
		body["internal_note"] = "CANARY-note"
		targets, _ := body["targets"].([]any)
		target, _ := targets[0].(map[string]any)
		target["identity"] = object{"names": []string{"CANARY-name"}, "aliases": []string{}, "contacts": []string{}}
		perpetrators, _ := body["perpetrators"].([]any)
		official, _ := perpetrators[0].(map[string]any)
		official["person_name"] = "CANARY-official"
		u.logged(t, body, "package-canary")
		sealed := founding(t)
		sealed["title"], sealed["sensitivity"] = "CANARY-restricted", "restricted"
		u.logged(t, sealed, "package-restricted")
		file := u.get("/api/v1/exports/incidents.zip").want(200)
		files := unzip(t, file.Body)
		for name, text := range files {
			if strings.Contains(text, "CANARY") {
				t.Errorf("%s holds what is protected", name)
			}
		}
		if file.Header.Get("X-Farwatch-Rows") != "1" || file.Header.Get("X-Farwatch-Omitted") != "1" {
			t.Errorf("rows %s, omitted %s", file.Header.Get("X-Farwatch-Rows"), file.Header.Get("X-Farwatch-Omitted"))
		}
		for line := range strings.Lines(files["SHA256SUMS"]) {
			sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
			got := sha256.Sum256([]byte(files[name]))
			if hex.EncodeToString(got[:]) != sum {
				t.Errorf("the sum of %s is wrong", name)
			}
		}
		for _, name := range []string{"README.md", "datapackage.json", "incidents.csv", "acts.csv", "amounts.csv", "citations.csv"} {
			if files[name] == "" {
				t.Errorf("%s is missing", name)
			}
		}
		stranger := a.person("other_ngo", "stranger", "analyst")
		if got := stranger.get("/api/v1/exports/incidents.zip").want(200).Header.Get("X-Farwatch-Rows"); got != "0" {
			t.Errorf("another organisation gets %s records", got)
		}
		a.person("example_ngo", "advocate", "advocate").get("/api/v1/exports/incidents.zip").wantProblem(403, "permission.denied")
		a.anyone().get("/api/v1/exports/incidents.zip").wantProblem(401, "session.required")
		u.get("/api/v1/exports/incidents.zip?level=full").want(400)
	})
}

// TestPackage_OverItsOwnRecords_LosesNothingUnseen: brought back, a package leaves
// names, notes and finer places of its records as they are.
func TestPackage_OverItsOwnRecords_LosesNothingUnseen(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker", "analyst")
		body := founding(t)
		body["internal_note"] = "Spoken to twice"
		targets, _ := body["targets"].([]any)
		target, _ := targets[0].(map[string]any)
		target["identity"] = object{"names": []string{"A name"}, "aliases": []string{}, "contacts": []string{}}
		ref := u.logged(t, body, "package-over")
		before := u.get("/api/v1/incidents/" + ref).want(200).Body
		i := u.upload("package.zip", u.exported(), 1<<20)
		u.replan(i, func(m *importMap) { m.Key = "ref" }).want(200)
		if c := u.step(i.ID, "check"); c.Unchanged != 1 {
			t.Fatalf("checked as %+v", c)
		}
		u.step(i.ID, "import")
		if after := u.get("/api/v1/incidents/" + ref).want(200).Body; !bytes.Equal(before, after) {
			t.Errorf("before\n%s\nafter\n%s", before, after)
		}
	})
}

// TestPackage_Damaged_SaysWhere: tables that do not fit together are refused.
func TestPackage_Damaged_SaysWhere(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker", "analyst")
		u.logged(t, founding(t), "package-damaged")
		files := unzip(t, u.exported())
		pack := func(change func(map[string]string)) []byte {
			copied := map[string]string{}
			for name, text := range files {
				copied[name] = text
			}
			change(copied)
			var out bytes.Buffer
			w := zip.NewWriter(&out)
			for name, text := range copied {
				f, err := w.Create(name)
				must(t, err)
				_, err = f.Write([]byte(text))
				must(t, err)
			}
			must(t, w.Close())
			return out.Bytes()
		}
		stray, err := models.NewRef(strings.NewReader("0123456789abcdefghijklmnop"))
		must(t, err)
		if i := u.upload("stray.zip", pack(func(f map[string]string) {
			f["acts.csv"] += `"A` + stray[1:] + `","A9","stalking","T1","","","","",""` + "\r\n"
		}), 1<<20); i.State != "mapping" && i.State != "failed" {
			t.Errorf("is %s", i.State)
		}
		i := u.upload("number.zip", pack(func(f map[string]string) { f["targets.csv"] = strings.Replace(f["targets.csv"], `"1"`, `"many"`, 1) }), 1<<20)
		u.replan(i, func(m *importMap) { m.Key = "ref" }).want(200)
		if c := u.step(i.ID, "check"); c.Refused != 1 {
			t.Errorf("checked as %+v", c)
		} else if rows := u.importRows(i.ID, "refused"); rows[0].Faults[0].Column != "targets" || rows[0].Faults[0].Code != "bad_entry" {
			t.Errorf("refused %+v", rows)
		}
		u.do(http.MethodDelete, "/api/v1/imports/"+i.ID, nil).want(204)
	})
}
