package tabular

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
)

func TestGuard_FormulasGetOneApostrophe(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+4912345": "'+4912345", "-5": "'-5", "@x": "'@x", "|x": "'|x", "%x": "'%x", "'x": "''x",
		"\t=1": "'\t=1", "\n=1": "'\n=1", " =1": "' =1", "\u00a0=1": "'\u00a0=1", "\u200b+1": "'\u200b+1", "\ufeff@": "'\ufeff@",
		"＝1": "'＝1", "plain": "plain", "": "", " plain": " plain", "a=1": "a=1", "0012": "0012",
	} {
		if got := Guard(in); got != want {
			t.Errorf("Guard(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "''", " '", "a\"b", "\r\n", "\ufeff", "x;y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var out bytes.Buffer
		w := NewWriter(&out, false)
		if err := w.WriteRow([]Cell{Text(s), Null()}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s, "\r") {
			return // Go's reader folds CRLF inside fields; input never holds CR (S43)
		}
		row, err := csv.NewReader(&out).Read()
		if err != nil {
			t.Fatal(err)
		}
		got := row[0]
		if starts(s) {
			got = Unguard(got)
		}
		if got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
		if starts(row[0]) && !strings.HasPrefix(row[0], "'") {
			t.Fatalf("live formula %q", row[0])
		}
	})
}

// TestText_Cell_IsGuarded: what makes a cell of free text or of a list makes it
// harmless; numbers stay bare.
func TestText_Cell_IsGuarded(t *testing.T) {
	t.Parallel()
	for want, cell := range map[string]Cell{
		"'=1+1": Text("=1+1"), "'@x;y": List([]string{"@x", "y"}), "-5": Int(-5), "plain": Text("plain"),
	} {
		if got := cell.String(); got != want {
			t.Errorf("cell %q, want %q", got, want)
		}
	}
}

func TestUnguard_UndoesGuard_ForEveryText(t *testing.T) {
	t.Parallel()
	// What Guard leaves alone never starts with an apostrophe, so a reader may
	// strip one from every cell.
	for _, s := range []string{"=1", "'", "''", "plain", "", " '", "\u200b'x", "'=1"} {
		if got := Unguard(Guard(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func TestWriter_QuotesEverythingAndEndsLinesWithCRLF(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := NewWriter(&out, true)
	row := []Cell{Text(`a "b"`), Number("-5"), Int(3), Bool(true), Null(), List([]string{"b", "a", "b", "https://x.example/?a;b"})}
	if err := w.WriteRow(row); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff\"a \"\"b\"\"\",\"-5\",\"3\",\"true\",\"\",\"a;b;https://x.example/?a%3Bb\"\r\n"
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }

func TestWriter_BrokenDestination_ReportsIt(t *testing.T) {
	t.Parallel()
	w := NewWriter(broken{}, false)
	_ = w.WriteRow([]Cell{Text(strings.Repeat("x", 100<<10))})
	if err := w.Flush(); err == nil {
		t.Error("a file that could not be written looks complete")
	}
}
