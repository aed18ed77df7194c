package handlers

import (
	"context"
	"errors"
	"io"
	"slices"

	"farwatch/store"
)

// importFile reads the file of an import, part by part as it is asked for: one
// part is in memory, however long the file is.
type importFile struct {
	ctx    context.Context //nolint:containedctx // io interfaces take none, and the file lives as long as the request
	view   *store.View
	id     string
	starts []int64
	size   int64
	// the part that was read last
	at   int64
	part []byte
}

func openImport(ctx context.Context, view *store.View, id string) (*importFile, error) {
	starts, size, err := view.ImportParts(ctx, id)
	return &importFile{ctx: ctx, view: view, id: id, starts: starts, size: size, at: -1}, err
}

// Open reads from the start.
func (f *importFile) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(f, 0, f.size)), nil
}

// ReaderAt reads in any order.
func (f *importFile) ReaderAt() (io.ReaderAt, int64, error) { return f, f.size, nil }

// ReadAt fills p from the parts that hold it.
func (f *importFile) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		if offset >= f.size {
			return n, io.EOF
		}
		i, found := slices.BinarySearch(f.starts, offset)
		if !found {
			i--
		}
		if i < 0 {
			return n, errors.New("the first part of the file is missing")
		}
		if start := f.starts[i]; start != f.at {
			if f.part, err = f.view.ImportPart(f.ctx, f.id, start); err != nil {
				return n, err
			}
			f.at = start
		}
		copied := copy(p[n:], f.part[offset-f.at:])
		if copied == 0 {
			return n, errors.New("a part of the file is missing")
		}
		n, offset = n+copied, offset+int64(copied)
	}
	return n, nil
}
