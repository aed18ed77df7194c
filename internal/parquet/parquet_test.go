package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"testing"
)

// TestWriter_SmallTable_ThisFile pins bytes of a layout that parquet-go 0.32 has
// read back cell by cell.
func TestWriter_SmallTable_ThisFile(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := NewWriter(&out, []Column{{"ref", Text}, {"n", Int}, {"b", Bool}}, [2]string{"k", "v"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]string{{"=x", "-1", "true"}, {"", "", ""}, {"é", "2", "false"}} {
		if err := w.WriteRow(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	file := out.Bytes()
	if !bytes.HasPrefix(file, []byte(magic)) || !bytes.HasSuffix(file, []byte(magic)) {
		t.Fatal("no magic number at both ends")
	}
	pages := pagesOf(t, file)
	for i, want := range []string{
		"020000000305" + "02000000" + "3d78" + "02000000" + "c3a9",
		"020000000305" + "ffffffffffffffff" + "0200000000000000",
		"020000000305" + "01",
	} {
		if got := hex.EncodeToString(pages[i]); got != want {
			t.Errorf("page %d: %s, want %s", i, got, want)
		}
	}
	length := binary.LittleEndian.Uint32(file[len(file)-8:])
	foot := string(file[len(file)-8-int(length) : len(file)-8])
	for _, name := range []string{"schema", "ref", "farwatch", "k"} {
		if !strings.Contains(foot, name) {
			t.Errorf("the footer has no %s", name)
		}
	}
}

// pagesOf unzips every page.
func pagesOf(t *testing.T, file []byte) (out [][]byte) {
	t.Helper()
	for rest := file; ; {
		at := bytes.Index(rest, []byte{0x1f, 0x8b, 8})
		if at < 0 {
			return out
		}
		r := bytes.NewReader(rest[at:])
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		z.Multistream(false)
		page, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		out, rest = append(out, page), rest[len(rest)-r.Len():]
	}
}

func TestWriter_NoNumber_Refused(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(io.Discard, []Column{{"n", Int}})
	if err != nil {
		t.Fatal(err)
	}
	if w.WriteRow([]string{"many"}) == nil {
		t.Error("a text in a column of numbers was written")
	}
}
