package sheet

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// inMemory is a file in memory.
type inMemory []byte

func (m inMemory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m)), nil }

func (m inMemory) ReaderAt() (io.ReaderAt, int64, error) {
	return bytes.NewReader(m), int64(len(m)), nil
}

func rowsOf(t testing.TB, data string) (Format, *Table, [][]string) {
	t.Helper()
	f, err := Detect(inMemory(data))
	if err != nil {
		t.Fatal(err)
	}
	table, err := Open(inMemory(data), f)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, row.Cells)
	}
	return f, table, out
}

func TestDetect_FindsDelimiterHeaderAndTags(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data      string
		delimiter string
		header    int
		hxl       bool
		columns   []string
		rows      int
	}{
		"commas":                 {"a,b\n1,2\n3,4\n", ",", 1, false, []string{"a", "b"}, 2},
		"semicolons with commas": {"name;place\n\"x, y\";a, b\nz;c, d\n", ";", 1, false, []string{"name", "place"}, 2},
		"title above":            {"Our list,,\n,,\nid,name,place\n1,x,y\n", ",", 3, false, []string{"id", "name", "place"}, 1},
		"tags":                   {"Id\tPlace\n#event+id\t#loc\n1\tx\n", "\t", 1, true, []string{"Id", "Place"}, 1},
		"one column":             {"name\nx\ny\n", ",", 1, false, []string{"name"}, 2},
		"repeated and empty":     {"a,a,,b,\n1,2,3,4,\n", ",", 1, false, []string{"a", "a (2)", "column 3", "b"}, 1},
		"line ends in cells":     {"a,b\n\"1\n2\",\"x;y\"\n", ",", 1, false, []string{"a", "b"}, 1},
	} {
		f, table, rows := rowsOf(t, c.data)
		if f.Delimiter != c.delimiter || f.HeaderRow != c.header || f.HXLRow != c.hxl || !slices.Equal(table.Columns, c.columns) || len(rows) != c.rows {
			t.Errorf("%s: %+v %q, %d rows", name, f, table.Columns, len(rows))
		}
	}
}

func TestRows_KeepTheirNumberInTheFile(t *testing.T) {
	t.Parallel()
	data := "a,b\n,\n1,2\n\n3,4\n"
	f, err := Detect(inMemory(data))
	if err != nil {
		t.Fatal(err)
	}
	table, err := Open(inMemory(data), f)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, row.Number)
	}
	if !slices.Equal(numbers, []int{3, 4}) { // a line without anything is no row to a reader of CSV
		t.Errorf("numbers %v", numbers)
	}
}

func TestJSONLines_NestedMembersAreColumns(t *testing.T) {
	t.Parallel()
	f, table, rows := rowsOf(t, `{"a":1,"b":{"c":"x","d":["p","q;r"]}}`+"\n\n"+`{"a":null,"e":true}`+"\n{broken\n")
	if f.Kind != KindJSONLines || !slices.Equal(table.Columns, []string{"a", "b/c", "b/d", "e"}) {
		t.Fatalf("%+v %q", f, table.Columns)
	}
	if len(rows) != 3 || !slices.Equal(rows[0], []string{"1", "x", "p;q%3Br", ""}) || !slices.Equal(rows[1], []string{"", "", "", "true"}) {
		t.Errorf("rows %q", rows)
	}
}

func TestDetect_NoTable_SaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"empty": {"", ErrNoRows}, "blank": {" \n\t\n", ErrNoRows}, "old workbook": {"\xd0\xcf\x11\xe0\xa1\xb1", ErrNoTable},
		"PDF": {"%PDF-1.7", ErrNoTable}, "picture": {"\x89PNG\r\n\x1a\n\x00\x00\x00\r", ErrNoTable}, "cut workbook": {"PK\x03\x04xx", ErrDamaged},
	} {
		if _, err := Detect(inMemory(c.data)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestOpen_TooManyColumns_IsRefused(t *testing.T) {
	t.Parallel()
	_, err := Open(inMemory(strings.Repeat("a,", MaxColumns+1)+"b\n1\n"), Format{Kind: KindDelimited, Encoding: UTF8, Delimiter: ",", HeaderRow: 1})
	if !errors.Is(err, ErrTooWide) {
		t.Errorf("got %v", err)
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("a,b\n1,\"2\n3\"\n"))
	f.Add([]byte("\xff\xfea\x00;\x00b\x00\n\x00"))
	f.Add([]byte(`{"a":{"b":[1,{"c":2}]}}`))
	f.Add([]byte("#x;#y\n\"\";\"\"\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK")) {
			return // workbooks are the library's
		}
		format, err := Detect(inMemory(data))
		if err != nil {
			return
		}
		table, err := Open(inMemory(data), format)
		if err != nil {
			return
		}
		last := 0
		for row, err := range table.Rows() {
			if err != nil {
				return
			}
			if row.Number <= last {
				t.Fatalf("row %d after %d", row.Number, last)
			}
			last = row.Number
		}
	})
}
