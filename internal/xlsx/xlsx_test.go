package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

func book(t *testing.T, rows ...[]Value) (text string, cut int) {
	t.Helper()
	var xml, out bytes.Buffer
	s := NewSheet(&xml, 3)
	for _, r := range rows {
		if err := s.WriteRow(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := WriteBook(&out, []Part{{Name: "incidents", XML: &xml}}); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), s.Cut()
}

func TestSheet_TextsAreInlineStrings_NumbersNumbers(t *testing.T) {
	t.Parallel()
	got, _ := book(t, []Value{{Text: "ref"}, {Text: "n"}}, []Value{{Text: "=1+1 <&> _x0041_ _x0_"}, {Text: "-5", Number: true}, {}})
	for _, want := range []string{
		`<c r="A1" s="1" t="inlineStr"><is><t xml:space="preserve">ref</t></is></c>`,
		`<c r="A2" t="inlineStr"><is><t xml:space="preserve">=1+1 &lt;&amp;&gt; _x005F_x0041_ _x005F_x0_</t></is></c><c r="B2"><v>-5</v></c></row>`,
		`state="frozen"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "<f>") {
		t.Error("a formula")
	}
}

func TestSheet_LongText_IsCutAndCounted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		strings.Repeat("a", MaxCell): 0, strings.Repeat("a", MaxCell+1): 1, strings.Repeat("\U0001F600", MaxCell/2): 0, strings.Repeat("\U0001F600", MaxCell/2+1): 1,
	} {
		got, cut := book(t, []Value{{Text: text}})
		if cut != want || (cut == 1) != strings.Contains(got, cutMark) {
			t.Errorf("text of %d bytes: %d cut, want %d", len(text), cut, want)
		}
	}
}

func TestColumn_Names(t *testing.T) {
	t.Parallel()
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA"} {
		if got := Column(i); got != want {
			t.Errorf("column %d is %s, want %s", i, got, want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestSheet_BrokenDestination_ReportsIt(t *testing.T) {
	t.Parallel()
	s := NewSheet(broken{}, 1)
	_ = s.WriteRow([]Value{{Text: strings.Repeat("x", 100<<10)}})
	if s.Flush() == nil {
		t.Error("a sheet that could not be written looks complete")
	}
}
