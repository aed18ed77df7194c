package sheet

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func packageWith(t *testing.T, change func(files map[string]string)) *os.File {
	t.Helper()
	files := map[string]string{
		"incidents.csv": "\"ref\",\"title\"\r\n\"FW-1\",\"A\"\r\n\"FW-2\",\"B\"\r\n",
		"acts.csv":      "\"ref\",\"id\"\r\n\"FW-2\",\"A1\"\r\n",
		"datapackage.json": `{"id":"FWD-2026-ABCDEFGH","resources":[
			{"path":"incidents.csv","rows":2,"schema":{"fields":[{"name":"ref"},{"name":"title"}]}},
			{"path":"acts.csv","rows":1,"schema":{"fields":[{"name":"ref"},{"name":"id"}]}}]}`,
	}
	sums := func() (out string) {
		for _, name := range []string{"acts.csv", "datapackage.json", "incidents.csv"} {
			sum := sha256.Sum256([]byte(files[name]))
			out += hex.EncodeToString(sum[:]) + "  " + name + "\n"
		}
		return out
	}
	if change != nil {
		change(files)
	}
	if files["sums"] == "" {
		files[sumsFile] = sums()
	}
	if was, ok := files["after"]; ok { // changed behind its sum
		files["acts.csv"] = was
	}
	delete(files, "after")
	f, err := os.Create(filepath.Join(t.TempDir(), "p.zip"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	out := zip.NewWriter(f)
	for name, text := range files {
		if text == "gone" {
			continue
		}
		w, err := out.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCheckPackage_Whole_Reports(t *testing.T) {
	t.Parallel()
	r, err := CheckPackage(packageWith(t, nil))
	if err != nil || r != (Report{ID: "FWD-2026-ABCDEFGH", Files: 3, Rows: 3, Records: 2}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCheckPackage_Altered_SaysWhat(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(map[string]string){
		"acts.csv was changed":                   func(f map[string]string) { f["after"] = "\"ref\",\"id\"\r\n\"FW-2\",\"A9\"\r\n" },
		"extra.txt is not in SHA256SUMS":         func(f map[string]string) { f["extra.txt"] = "x" },
		"acts.csv is missing":                    func(f map[string]string) { f["after"] = "gone" },
		"row 1 belongs to FW-9":                  func(f map[string]string) { f["acts.csv"] = "\"ref\",\"id\"\r\n\"FW-9\",\"A1\"\r\n" },
		"0 rows, 1 are described":                func(f map[string]string) { f["acts.csv"] = "\"ref\",\"id\"\r\n" },
		`column 2 is "no", described is "id"`:    func(f map[string]string) { f["acts.csv"] = "\"ref\",\"no\"\r\n" },
		"FW-1 stands twice":                      func(f map[string]string) { f["incidents.csv"] += "\"FW-1\",\"A\"\r\n" },
		"row 1 does not fit the header":          func(f map[string]string) { f["acts.csv"] = "\"ref\",\"id\"\r\n\"FW-2\"\r\n" },
		"datapackage.json describes no table":    func(f map[string]string) { f["datapackage.json"] = "{}" },
		"SHA256SUMS holds a line that is no sum": func(f map[string]string) { f["sums"], f[sumsFile] = "own", "none\n" },
	} {
		_, err := CheckPackage(packageWith(t, change))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestCheckPackage_NoPackage_Refused(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "p.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("no zip"); err != nil {
		t.Fatal(err)
	}
	if _, err := CheckPackage(f); err == nil {
		t.Error("a text passed")
	}
}
