package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/internal/tabular"
	"farwatch/internal/xlsx"
)

const hostileRows = 20_000

// hostileCells are texts that spreadsheets like to run, to count or to mend.
func hostileCells() []string {
	starts := []string{
		"=1+1", "=HYPERLINK(\"https://x.example\")", "+4912345", "-5", "@SUM(A1)", "|cmd", "%x", "'quoted", "\t=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1",
		"＝1+1", "+1-555", "0012", "1E5", "03/04/2021", "2021-03-04", "TRUE", "12:30", "1,234", "=cmd|' /C calc'!A0", "=DDE(\"a\";\"b\")", "_x0041_", "<b>&amp;</b>",
		"\"quoted\"", "a;b,c", "نص عربي", "维吾尔", "👩‍👩‍👧", "a\nb", "  spaces  ", "=A1", "{=1}", "'=1", "''", "-", "=", "1/2", "#REF!", "€5",
	}
	dice := rand.New(rand.NewPCG(20, 26))
	alphabet := []rune("=+-@|%'\t\n ()\"A1;,:!$#_x0 é漢\u200b\u00a0")
	out := make([]string, hostileRows)
	for i := range out {
		out[i] = starts[i%len(starts)]
		if i >= len(starts)*50 {
			var text strings.Builder
			for range 1 + dice.IntN(12) {
				text.WriteRune(alphabet[dice.IntN(len(alphabet))])
			}
			out[i] = text.String()
		}
	}
	return out
}

// office converts a file; the answer is what LibreOffice makes of its first sheet.
func office(t *testing.T, program, file, in, to string) []byte {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--headless", "-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--convert-to", to, "--outdir", dir}
	if in != "" {
		args = append(args, "--infilter="+in)
	}
	out, err := exec.CommandContext(context.Background(), program, append(args, file)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ending, _, _ := strings.Cut(to, ":")
	base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	data, err := os.ReadFile(filepath.Join(dir, base+"."+ending))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return data
}

func formulas(data []byte) int { return bytes.Count(data, []byte("table:formula=")) }

// TestLibreOffice_HostileCells_NoFormulaAndExact is T-25: the two formats that
// people open by a double click, in the program that they open them with.
func TestLibreOffice_HostileCells_NoFormulaAndExact(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("skipped: LibreOffice is not installed (apt-get install --no-install-recommends libreoffice-calc)")
	}
	if testing.Short() {
		t.Skip("skipped: takes half a minute")
	}
	cells := hostileCells()
	dir := t.TempDir()
	raw, guarded, sheet, book := new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer)
	out, inner := tabular.NewWriter(guarded, true), xlsx.NewSheet(sheet, 2)
	raw.WriteString("\ufeff")
	for i, c := range cells {
		fmt.Fprintf(raw, "\"%d\",\"%s\"\r\n", i, strings.ReplaceAll(c, `"`, `""`))
		number := tabular.Int(i)
		if err := out.WriteRow([]tabular.Cell{number, tabular.Text(c)}); err != nil {
			t.Fatal(err)
		}
		if err := inner.WriteRow([]xlsx.Value{{Text: number.Plain(), Number: true}, {Text: c}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := inner.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := xlsx.WriteBook(book, []xlsx.Part{{Name: "incidents", XML: sheet}}); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const asPeopleOpen = "CSV:44,34,76,1,,0,false,true,false"
	live := formulas(office(t, program, write("raw.csv", raw.Bytes()), asPeopleOpen, "fods"))
	if live == 0 {
		t.Error("no formula even without the guard: this test shows nothing")
	}
	if n := formulas(office(t, program, write("guarded.csv", guarded.Bytes()), asPeopleOpen, "fods")); n != 0 {
		t.Errorf("%d live formulas in the CSV file", n)
	}
	name := write("book.xlsx", book.Bytes())
	if n := formulas(office(t, program, name, "", "fods")); n != 0 {
		t.Errorf("%d live formulas in the workbook", n)
	}
	// Back out of the workbook as text, all quoted, as it is formatted.
	back := office(t, program, name, "", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(back, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != len(cells) {
		t.Fatalf("%d rows back, %v", len(rows), err)
	}
	differs := 0
	for i, row := range rows {
		if row[0] != fmt.Sprint(i) || row[1] != cells[i] {
			if differs++; differs < 5 {
				t.Errorf("row %d: %q came back as %q", i, cells[i], row[1])
			}
		}
	}
	t.Logf("%d cells: %d live formulas without the guard, none with it, %d differ", len(cells), live, differs)
}
