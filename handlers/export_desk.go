package handlers

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"farwatch/internal/spool"
	"farwatch/models"
	"farwatch/store"
)

// ExportDesk keeps the files of exports while the program runs: their keys are
// in memory only, so they end with it (SECURITY.md S46).
type ExportDesk struct {
	mu      sync.Mutex
	files   map[string]*spool.File
	running map[string]*running
	waiting chan struct{}
}

// running is an export being made.
type running struct {
	cancel      context.CancelFunc
	done, total int
}

// NewExportDesk is empty.
func NewExportDesk() *ExportDesk {
	return &ExportDesk{files: map[string]*spool.File{}, running: map[string]*running{}, waiting: make(chan struct{}, 1)}
}

// Waiting holds one when an export waits for work.
func (d *ExportDesk) Waiting() <-chan struct{} { return d.waiting }

// kick wakes whoever makes exports.
func (d *ExportDesk) kick() {
	select {
	case d.waiting <- struct{}{}:
	default: // awake already: it looks again by itself
	}
}

func (d *ExportDesk) begin(id string, cancel context.CancelFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running[id] = &running{cancel: cancel}
}

func (d *ExportDesk) note(id string, done, total int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.running[id]; r != nil {
		r.done, r.total = done, total
	}
}

// end forgets the work and keeps the file, if there is one.
func (d *ExportDesk) end(id string, file *spool.File) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.running, id)
	if file != nil {
		d.files[id] = file
	}
}

// progress of an export that is being made.
func (d *ExportDesk) progress(id string) (done, total int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.running[id]; r != nil {
		return r.done, r.total, true
	}
	return 0, 0, false
}

// drop stops the work on an export and destroys its file.
func (d *ExportDesk) drop(id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.running[id]; r != nil {
		r.cancel()
	}
	file := d.files[id]
	delete(d.files, id)
	if file == nil {
		return nil
	}
	return file.Close() //nolint:wrapcheck // names itself
}

func (d *ExportDesk) file(id string) *spool.File {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files[id]
}

// ids of all files.
func (d *ExportDesk) ids() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.files {
		out = append(out, id)
	}
	return out
}

// Close destroys every file.
func (d *ExportDesk) Close() error {
	var faults []error
	for _, id := range d.ids() {
		faults = append(faults, d.drop(id))
	}
	return errors.Join(faults...)
}

// WorkExports makes every export that waits, one after the other. The program
// itself, which the queue belongs to, is an argument.
func (h *Handlers) WorkExports(ctx context.Context, program *store.System) error {
	for {
		id, p, found, err := program.NextExport(ctx)
		if err != nil || !found {
			return err
		}
		if err := h.workExport(ctx, program, id, p); err != nil {
			return err
		}
	}
}

// workExport makes one export to its end, as the person whose it is: what they
// may not have any more they do not get.
func (h *Handlers) workExport(ctx context.Context, program *store.System, id string, p models.Principal) error {
	working, cancel := context.WithCancel(WithPrincipal(ctx, p))
	defer cancel()
	h.Exports.begin(id, cancel)
	view := h.Store.For(p)
	e, err := view.ChangeExport(ctx, id, store.ExportChange{From: []string{models.ExportQueued}, To: models.ExportRunning})
	if err == nil {
		err = p.MayExport(e.Request.Level)
	}
	if err != nil {
		h.Exports.end(id, nil)
		return endExport(ctx, program, id, err)
	}
	m := making{h: h, request: e.Request, id: id, note: func(done, total int) { h.Exports.note(id, done, total) }}
	if e.Request.Format == models.FormatPackage {
		m.id = "" // the same records give the same bytes
	}
	file, err := m.whole(working)
	if err == nil {
		_, err = view.ChangeExport(ctx, id, store.ExportChange{From: []string{models.ExportRunning}, To: models.ExportDone, Action: "export.create", Result: &m.made})
		if err != nil {
			err = errors.Join(err, file.Close())
			file = nil
		}
	}
	h.Exports.end(id, file)
	if err != nil && ctx.Err() == nil {
		return endExport(ctx, program, id, err)
	}
	return ctx.Err()
}

// endExport keeps why an export failed. One that was cancelled meanwhile has
// its state already.
func endExport(ctx context.Context, program *store.System, id string, err error) error {
	code := "internal"
	var fault *models.Error
	if errors.As(err, &fault) {
		code = fault.Code
	}
	if ended := program.EndExport(ctx, id, code); ended != nil {
		return errors.Join(err, ended)
	}
	if fault != nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return fmt.Errorf("make export: %w", err)
}

// SweepExports destroys the files of exports that are over.
func (h *Handlers) SweepExports(ctx context.Context, program *store.System) error {
	if err := program.ExpireExports(ctx); err != nil {
		return err
	}
	faults := []error{}
	for _, id := range h.Exports.ids() {
		kept, err := program.ExportKept(ctx, id)
		if err == nil && !kept {
			err = h.Exports.drop(id)
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}
