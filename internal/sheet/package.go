package sheet

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// KindPackage is a data package of our own: the wide file with a table for each
// kind of entry, all in the order of refs.
const KindPackage = "package"

// Names of files in a package.
const (
	WideFile    = "incidents.csv"
	PackageFile = "datapackage.json"
)

// mostOfPackage bounds what a package may unpack to: a bomb ends there.
const mostOfPackage = 4 << 30

func openPackage(src Source) (*zip.Reader, error) {
	at, size, err := src.ReaderAt()
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(at, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	total := uint64(0)
	for _, f := range archive.File {
		total += f.UncompressedSize64
	}
	if total > mostOfPackage {
		return nil, ErrTooLarge
	}
	return archive, nil
}

// isPackage tells a data package from a workbook: both are zips.
func isPackage(src Source) bool {
	archive, err := openPackage(src)
	if err != nil {
		return false
	}
	has := func(name string) bool {
		return slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == name })
	}
	return has(WideFile) && has(PackageFile)
}

// entryReader reads a table of entries, record after record.
type entryReader struct {
	name   string
	file   io.ReadCloser
	csv    *csv.Reader
	header []string
	next   []string // read, but of a later record
}

func (e *entryReader) read() error {
	row, err := e.csv.Read()
	if errors.Is(err, io.EOF) {
		e.next = nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, e.name, err)
	}
	e.next = slices.Clone(row)
	return nil
}

// of gives the rows of one record as cells by column.
func (e *entryReader) of(ref string) (out []map[string]string, err error) {
	for e.next != nil && e.next[0] <= ref {
		if e.next[0] < ref {
			return nil, fmt.Errorf("%w: %s holds rows of %s, which is not in its place in %s", ErrDamaged, e.name, e.next[0], WideFile)
		}
		cells := map[string]string{}
		for i, name := range e.header {
			if i < len(e.next) {
				cells[name] = e.next[i]
			}
		}
		out = append(out, cells)
		if err := e.read(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// packaged are the rows of the wide file, each with its entries by table.
func (t *Table) packaged() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		archive, err := openPackage(t.src)
		if err != nil {
			yield(Row{}, err)
			return
		}
		var entries []*entryReader
		defer func() {
			for _, e := range entries {
				_ = e.file.Close() // only read
			}
		}()
		open := func(f *zip.File) (*entryReader, error) {
			file, err := f.Open()
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			e := &entryReader{name: f.Name, file: file, csv: csvReader(file, ",")}
			entries = append(entries, e)
			if err := e.read(); err != nil {
				return nil, err
			}
			e.header = e.next
			return e, e.read()
		}
		var wide *entryReader
		for _, f := range archive.File {
			if !strings.HasSuffix(f.Name, ".csv") || strings.Contains(f.Name, "/") {
				continue
			}
			e, err := open(f)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if f.Name == WideFile {
				wide = e
			}
		}
		if wide == nil || len(wide.header) == 0 {
			yield(Row{}, ErrNoTable)
			return
		}
		if !yield(Row{Number: 1, Cells: wide.header}, nil) {
			return
		}
		for n := 2; wide.next != nil; n++ {
			row := Row{Number: n, Cells: wide.next, Entries: map[string][]map[string]string{}}
			for _, e := range entries {
				if e == wide {
					continue
				}
				if row.Entries[strings.TrimSuffix(e.name, ".csv")], err = e.of(row.Cells[0]); err != nil {
					yield(Row{}, err)
					return
				}
			}
			if !yield(row, nil) {
				return
			}
			if err := wide.read(); err != nil {
				yield(Row{}, err)
				return
			}
		}
	}
}
