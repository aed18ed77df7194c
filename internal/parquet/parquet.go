// Package parquet writes flat tables of texts, whole numbers and truth values
// as Apache Parquet, version 1: optional columns, plain encoding, gzip. The
// libraries for it add 9 MB to the program and read far more than this writes.
package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
)

// Kind is what a column holds.
type Kind int

// The kinds, which are Parquet's types by another name.
const (
	Text Kind = iota
	Int
	Bool
)

// physical is Parquet's number of a type.
func (k Kind) physical() int { return [...]int{6, 2, 0}[k] }

// Column is a column by name.
type Column struct {
	Name string
	Kind Kind
}

// groupRows are in memory at once.
const groupRows = 5000

const magic = "PAR1"

// gzipCodec is Parquet's number of it.
const gzipCodec = 2

type chunk struct {
	at, plain, packed int64
	values            int
}

type group struct {
	rows   int
	chunks []chunk
}

// Writer writes a file row by row.
type Writer struct {
	out     io.Writer
	at      int64
	columns []Column
	meta    [][2]string
	values  []bytes.Buffer // of the group, a column each
	present [][]bool
	bits    [][]bool // of truth values
	rows    int
	groups  []group
	total   int64
}

// NewWriter begins a file; meta are names and values kept beside the table.
func NewWriter(out io.Writer, columns []Column, meta ...[2]string) (*Writer, error) {
	w := &Writer{
		out: out, columns: columns, meta: meta, values: make([]bytes.Buffer, len(columns)), present: make([][]bool, len(columns)),
		bits: make([][]bool, len(columns)),
	}
	return w, w.write([]byte(magic))
}

func (w *Writer) write(data []byte) error {
	n, err := w.out.Write(data)
	w.at += int64(n)
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// WriteRow writes a row of cells as text; an empty one is null.
func (w *Writer) WriteRow(cells []string) error {
	if len(cells) != len(w.columns) {
		return fmt.Errorf("a row of %d cells in a table of %d columns", len(cells), len(w.columns))
	}
	for i, cell := range cells {
		w.present[i] = append(w.present[i], cell != "")
		if cell == "" {
			continue
		}
		switch w.columns[i].Kind {
		case Int:
			n, err := strconv.ParseInt(cell, 10, 64)
			if err != nil {
				return fmt.Errorf("column %s: %w", w.columns[i].Name, err)
			}
			w.values[i].Write(binary.LittleEndian.AppendUint64(nil, uint64(n))) //nolint:gosec // G115: the bits as they are
		case Bool:
			w.bits[i] = append(w.bits[i], cell == "true")
		default:
			w.values[i].Write(binary.LittleEndian.AppendUint32(nil, uint32(len(cell)))) //nolint:gosec // G115: a cell is no 4 GiB
			w.values[i].WriteString(cell)
		}
	}
	if w.rows++; w.rows == groupRows {
		return w.endGroup()
	}
	return nil
}

// packed writes truth values eight to a byte, the first in the lowest bit.
func packed(bits []bool) []byte {
	out := make([]byte, (len(bits)+7)/8)
	for i, b := range bits {
		if b {
			out[i/8] |= 1 << (i % 8)
		}
	}
	return out
}

// levels says which values are there: one bit-packed run with its length before.
func levels(present []bool) []byte {
	run := packed(present)
	out := binary.AppendUvarint(nil, uint64(len(run))<<1|1)
	out = append(out, run...)
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(out))), out...) //nolint:gosec // G115: a few hundred
}

func (w *Writer) endGroup() error {
	if w.rows == 0 {
		return nil
	}
	g := group{rows: w.rows}
	for i := range w.columns {
		c, err := w.endChunk(i)
		if err != nil {
			return err
		}
		g.chunks = append(g.chunks, c)
	}
	w.groups = append(w.groups, g)
	w.total += int64(w.rows)
	w.rows = 0
	return nil
}

func (w *Writer) endChunk(i int) (chunk, error) {
	page := append(levels(w.present[i]), w.values[i].Bytes()...)
	page = append(page, packed(w.bits[i])...)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(page); err != nil {
		return chunk{}, fmt.Errorf("zip page: %w", err)
	}
	if err := z.Close(); err != nil {
		return chunk{}, fmt.Errorf("zip page: %w", err)
	}
	head := pageHead(len(page), zipped.Len(), w.rows)
	c := chunk{at: w.at, plain: int64(len(head) + len(page)), packed: int64(len(head) + zipped.Len()), values: w.rows}
	w.values[i].Reset()
	w.present[i], w.bits[i] = w.present[i][:0], w.bits[i][:0]
	if err := w.write(head); err != nil {
		return c, err
	}
	return c, w.write(zipped.Bytes())
}

// pageHead is the PageHeader of a data page.
func pageHead(plain, zipped, values int) []byte {
	var c compact
	c.begin()
	c.i32(1, 0)
	c.i32(2, plain)
	c.i32(3, zipped)
	c.field(5, typeStruct)
	c.begin()
	c.i32(1, values)
	c.i32(2, 0) // plain
	c.i32(3, 3) // levels: runs
	c.i32(4, 3)
	c.end()
	c.end()
	return c.out
}

// Flush ends the file.
func (w *Writer) Flush() error {
	if err := w.endGroup(); err != nil {
		return err
	}
	foot := w.footer()
	foot = binary.LittleEndian.AppendUint32(foot, uint32(len(foot))) //nolint:gosec // G115: some kilobytes
	return w.write(append(foot, magic...))
}

// footer is the FileMetaData.
func (w *Writer) footer() []byte {
	var c compact
	c.begin()
	c.i32(1, 1)
	c.list(2, typeStruct, len(w.columns)+1)
	c.begin()
	c.text(4, "schema")
	c.i32(5, len(w.columns))
	c.end()
	for _, column := range w.columns {
		c.begin()
		c.i32(1, column.Kind.physical())
		c.i32(3, 1) // optional
		c.text(4, column.Name)
		if column.Kind == Text {
			c.i32(6, 0) // UTF8
			c.field(10, typeStruct)
			c.begin()
			c.field(1, typeStruct)
			c.begin()
			c.end()
			c.end()
		}
		c.end()
	}
	c.i64(3, w.total)
	c.list(4, typeStruct, len(w.groups))
	for _, g := range w.groups {
		w.groupMeta(&c, g)
	}
	if len(w.meta) > 0 {
		c.list(5, typeStruct, len(w.meta))
		for _, m := range w.meta {
			c.begin()
			c.text(1, m[0])
			c.text(2, m[1])
			c.end()
		}
	}
	c.text(6, "farwatch")
	c.end()
	return c.out
}

func (w *Writer) groupMeta(c *compact, g group) {
	size := int64(0)
	c.begin()
	c.list(1, typeStruct, len(g.chunks))
	for i, k := range g.chunks {
		size += k.plain
		c.begin()
		c.i64(2, k.at)
		c.field(3, typeStruct)
		c.begin()
		c.i32(1, w.columns[i].Kind.physical())
		c.list(2, typeI32, 2)
		c.integer(0) // plain
		c.integer(3) // runs
		c.list(3, typeBinary, 1)
		c.bytes(w.columns[i].Name)
		c.i32(4, gzipCodec)
		c.i64(5, int64(k.values))
		c.i64(6, k.plain)
		c.i64(7, k.packed)
		c.i64(9, k.at)
		c.end()
		c.end()
	}
	c.i64(2, size)
	c.i64(3, int64(g.rows))
	c.end()
}
