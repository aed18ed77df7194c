// Package tabular writes CSV that spreadsheets and statistics programs read
// alike: RFC 4180, CRLF, every field quoted, with a reversible guard against
// formulas (SECURITY.md S44).
package tabular

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Cell is one field, guarded already.
type Cell struct {
	text   string
	typed  bool // a number or a truth value, bare of the guard
	number bool
}

// String is the field as it stands in the file, without the quotes.
func (c Cell) String() string { return c.text }

// Plain is the field without the guard, for formats that need none.
func (c Cell) Plain() string {
	if c.typed {
		return c.text
	}
	return Unguard(c.text)
}

// Numeric tells whether the field is a number.
func (c Cell) Numeric() bool { return c.number }

// Text is free text or a code; a leading formula character gets the guard.
func Text(s string) Cell { return Cell{text: Guard(s)} }

// Number is a typed number, which stays bare of the guard.
func Number(s string) Cell { return Cell{s, true, true} }

// Int is a whole number.
func Int(n int) Cell { return Cell{strconv.Itoa(n), true, true} }

// Bool is true or false.
func Bool(b bool) Cell { return Cell{text: strconv.FormatBool(b), typed: true} }

// Null is the empty field.
func Null() Cell { return Cell{} }

// List is sorted, distinct and joined with ';'. A ';' inside an item becomes
// %3B, which in a URL means the same.
func List(items []string) Cell { return ListOf(slices.Clone(items)) }

// ListOf is List of items that nobody needs any more: it sorts them in place.
func ListOf(items []string) Cell {
	if len(items) > 1 {
		slices.Sort(items)
		items = slices.Compact(items)
	}
	for i, s := range items {
		if strings.IndexByte(s, ';') >= 0 {
			items[i] = strings.ReplaceAll(s, ";", "%3B")
		}
	}
	switch len(items) {
	case 0:
		return Cell{}
	case 1:
		return Text(items[0])
	}
	return Text(strings.Join(items, ";"))
}

// skipped may stand before a formula character without disarming it.
const skipped = " \u00a0\u200b\ufeff"

// triggers start a formula, or end a cell, in some spreadsheet; the second row
// holds their full-width twins.
const triggers = "=+-@|%'\t\n\r" + "＝＋－＠｜％＇"

// Guard puts one apostrophe before a text that a spreadsheet could take for a
// formula.
func Guard(s string) string {
	if starts(s) {
		return "'" + s
	}
	return s
}

// Unguard takes exactly one leading apostrophe off; it undoes Guard, and only
// in files that carry the dialect column.
func Unguard(s string) string { return strings.TrimPrefix(s, "'") }

func starts(s string) bool {
	if s == "" {
		return false
	}
	if c := s[0] | 0x20; 'a' <= c && c <= 'z' || '0' <= s[0] && s[0] <= '9' {
		return false // as nearly every text
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, skipped))
	return r != utf8.RuneError && strings.ContainsRune(triggers, r)
}

// Writer writes rows; memory does not grow with their number.
type Writer struct {
	out *bufio.Writer
	row []byte // of the last record; the next one overwrites it
	err error
}

// NewWriter starts a file, with a UTF-8 byte order mark when spreadsheets are
// to read it.
func NewWriter(w io.Writer, bom bool) *Writer {
	out := &Writer{out: bufio.NewWriterSize(w, 64<<10)}
	if bom {
		_, out.err = out.out.WriteString("\ufeff")
	}
	return out
}

// WriteRow writes one record. After an error every further call returns it.
func (w *Writer) WriteRow(cells []Cell) error {
	w.row = w.row[:0]
	for i, c := range cells {
		if i > 0 {
			w.row = append(w.row, ',')
		}
		w.row = append(w.row, '"')
		rest := c.text
		for at := strings.IndexByte(rest, '"'); at >= 0; at = strings.IndexByte(rest, '"') {
			w.row = append(append(w.row, rest[:at]...), '"', '"')
			rest = rest[at+1:]
		}
		w.row = append(append(w.row, rest...), '"')
	}
	w.row = append(w.row, "\r\n"...)
	if w.err == nil {
		_, w.err = w.out.Write(w.row)
	}
	return w.err
}

// Flush hands the rest over.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("flush table: %w", err)
	}
	return nil
}
