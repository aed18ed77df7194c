package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Row is one row of a table. Number is where it stands in the file, 1 for the
// first; of a delimited file with line ends in cells it counts rows, not lines.
type Row struct {
	Number int
	Cells  []string
	// Object is the row as it stands in a file of JSON Lines.
	Object map[string]any
	// Entries are the rows of a data package that belong to this one: table →
	// rows → cells by column.
	Entries map[string][]map[string]string
}

// Table is an open file with its columns.
type Table struct {
	Columns []string // header names, in order; made unique
	HXL     []string // tags, "" where there is none; nil without a tag row
	src     Source
	format  Format
}

// headLines is how many objects of JSON Lines are read for their members.
const headLines = 1000

// Open reads the header.
func Open(src Source, f Format) (*Table, error) {
	t := &Table{src: src, format: f}
	switch f.Kind {
	case KindJSONLines:
		return t, t.objectColumns()
	case KindDelimited, KindXLSX, KindPackage:
	default:
		return nil, ErrNoTable
	}
	for row, err := range t.raw() {
		if err != nil {
			return nil, err
		}
		switch {
		case row.Number == f.HeaderRow || f.HeaderRow == 0 && row.Number == 1:
			t.Columns = names(row.Cells, f.HeaderRow == 0)
		case f.HXLRow && row.Number == f.HeaderRow+1:
			t.HXL = make([]string, len(t.Columns))
			copy(t.HXL, row.Cells)
		}
		if row.Number > f.HeaderRow {
			break
		}
	}
	switch {
	case len(t.Columns) == 0:
		return nil, ErrNoRows
	case len(t.Columns) > MaxColumns:
		return nil, ErrTooWide
	}
	return t, nil
}

// names are unique column names: empty ones are called by their place, and a
// repeated one gets a number.
func names(cells []string, numbered bool) []string {
	out := make([]string, len(cells))
	seen := map[string]int{}
	for i, c := range cells {
		name := strings.Join(strings.Fields(c), " ")
		if name == "" || numbered {
			name = fmt.Sprintf("column %d", i+1)
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
		out[i] = name
	}
	for len(out) > 0 && strings.HasPrefix(out[len(out)-1], "column ") && !numbered {
		out = out[:len(out)-1] // empty ones at the end are none
	}
	return out
}

// Rows are the rows below the header. Blank ones are left out; a row keeps the
// number that it has in the file.
func (t *Table) Rows() iter.Seq2[Row, error] {
	first := t.format.HeaderRow + 1
	if t.format.HXLRow {
		first++
	}
	if t.format.Kind == KindJSONLines {
		first = 1
	}
	return func(yield func(Row, error) bool) {
		for row, err := range t.raw() {
			if err != nil {
				yield(Row{}, err)
				return
			}
			if row.Number < first || row.Object == nil && filled(row.Cells) == 0 {
				continue
			}
			if row.Object != nil {
				row.Cells = t.cellsOf(row.Object)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// raw are all rows of the file.
func (t *Table) raw() iter.Seq2[Row, error] {
	switch t.format.Kind {
	case KindXLSX:
		return t.workbook()
	case KindJSONLines:
		return t.lines()
	case KindPackage:
		return t.packaged()
	}
	return func(yield func(Row, error) bool) {
		text, closing, err := t.text()
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer closing()
		r := csvReader(text, t.format.Delimiter)
		for n := 1; ; n++ {
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, fmt.Errorf("%w: row %d: %w", ErrDamaged, n, err))
				return
			}
			if !yield(Row{Number: n, Cells: slices.Clone(cells)}, nil) {
				return
			}
		}
	}
}

func (t *Table) text() (io.Reader, func(), error) {
	file, err := t.src.Open()
	if err != nil {
		return nil, nil, err
	}
	text, err := NewReader(file, t.format.Encoding)
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return text, func() { _ = file.Close() }, nil // only read
}

// longestLine is the most that one object of JSON Lines may have.
const longestLine = 4 << 20

func (t *Table) lines() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		text, closing, err := t.text()
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer closing()
		scanner := bufio.NewScanner(text)
		scanner.Buffer(make([]byte, 64<<10), longestLine)
		for n := 1; scanner.Scan(); n++ {
			line := bytes.TrimSpace(scanner.Bytes())
			if len(line) == 0 {
				continue
			}
			row := Row{Number: n, Object: map[string]any{}}
			decoder := json.NewDecoder(bytes.NewReader(line))
			decoder.UseNumber()
			if err := decoder.Decode(&row.Object); err != nil {
				row.Object = map[string]any{damagedLine: string(line[:min(len(line), 200)])}
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := scanner.Err(); err != nil {
			yield(Row{}, fmt.Errorf("%w: %w", ErrLongField, err))
		}
	}
}

// damagedLine is the member of a line that is no object.
const damagedLine = "\x00damaged"

// Damaged tells that a row of JSON Lines could not be read.
func (r Row) Damaged() bool { _, ok := r.Object[damagedLine]; return ok }

// objectColumns are the members of the first objects, with the path of nested
// ones written as a/b.
func (t *Table) objectColumns() error {
	seen, n := map[string]bool{}, 0
	for row, err := range t.lines() {
		if err != nil {
			return err
		}
		if row.Damaged() {
			continue
		}
		flat := map[string]string{}
		flatten("", row.Object, flat, 0)
		for _, key := range slices.Sorted(maps.Keys(flat)) {
			if !seen[key] {
				seen[key] = true
				t.Columns = append(t.Columns, key)
			}
		}
		if n++; n == headLines || len(t.Columns) > MaxColumns {
			break
		}
	}
	switch {
	case len(t.Columns) == 0:
		return ErrNoRows
	case len(t.Columns) > MaxColumns:
		return ErrTooWide
	}
	return nil
}

func (t *Table) cellsOf(object map[string]any) []string {
	flat := map[string]string{}
	flatten("", object, flat, 0)
	out := make([]string, len(t.Columns))
	for i, name := range t.Columns {
		out[i] = flat[name]
	}
	return out
}

// flatten writes nested members as paths, and lists of plain values with ';'.
func flatten(prefix string, object map[string]any, into map[string]string, depth int) {
	for key, value := range object {
		name := prefix + key
		switch x := value.(type) {
		case nil:
			into[name] = ""
		case map[string]any:
			if depth < 4 {
				flatten(name+"/", x, into, depth+1)
			}
		case []any:
			parts := make([]string, 0, len(x))
			for _, part := range x {
				switch part.(type) {
				case map[string]any, []any:
				default:
					parts = append(parts, strings.ReplaceAll(fmt.Sprint(part), ";", "%3B"))
				}
			}
			into[name] = strings.Join(parts, ";")
		default:
			into[name] = fmt.Sprint(x)
		}
	}
}
