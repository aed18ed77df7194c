package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"farwatch/api/spec"
	"farwatch/handlers"
	"farwatch/internal/search"
	"farwatch/models"
)

// benchImport brings the wide file of all records in as new ones, and compares
// that with the very same rows as plain multi-row inserts. Memory is compared
// with an import of a tenth of the rows: flat is 1.
func benchImport(ctx context.Context, t *benchTarget) ([]measured, error) {
	h := &handlers.Handlers{
		Store: t.store, Vocab: t.vocab, Variants: search.NewVariants(t.vocab), Words: tableWords(t.vocab), Waiting: make(chan struct{}, 1), Judging: make(chan struct{}, 1),
		Clock: time.Now, BaseURL: t.baseURL, SpoolDir: t.spoolDir, ExportCap: 2*t.n + 1_000_000,
	}
	file, err := t.wideFile(ctx, h)
	if err != nil {
		return nil, err
	}
	i := &instance{store: t.store}
	desk := importDesk{i: i, h: h, ctx: handlers.WithPrincipal(ctx, t.principal), out: &bytes.Buffer{}}
	before, err := t.plain.LastID(ctx)
	if err != nil {
		return nil, err
	}
	tenth, err := watchMemory(func() error {
		_, err := desk.benchRun(file, t.n/10, "a tenth")
		return err
	})
	if err != nil {
		return nil, err
	}
	middle, err := t.plain.LastID(ctx)
	if err != nil {
		return nil, err
	}
	var took time.Duration
	whole, err := watchMemory(func() (err error) {
		took, err = desk.benchRun(file, t.n, "all")
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := t.plain.Checkpoint(ctx); err != nil {
		return nil, err
	}
	end, err := t.plain.LastID(ctx)
	if err != nil {
		return nil, err
	}
	plain, err := t.plain.Copy(ctx, middle, end-before, models.ImportChunk)
	if err := errors.Join(err, t.plain.ForgetCopies(ctx, end)); err != nil {
		return nil, err
	}
	rows := float64(end - middle)
	perSecond := func(d time.Duration) float64 { return rows / max(1e-9, d.Seconds()) }
	return []measured{
		{Name: "import", N: int(rows), Value: perSecond(took), Unit: "1/s", Baseline: perSecond(plain), Ratio: float64(took) / float64(max(1, plain))},
		memory("import_peak_heap", int(rows), whole.heap, tenth.heap),
	}, nil
}

// wideFile exports all records into a file.
func (t *benchTarget) wideFile(ctx context.Context, h *handlers.Handlers) (string, error) {
	answer, err := h.ExportIncidentsCsv(handlers.WithPrincipal(ctx, t.principal), spec.ExportIncidentsCsvRequestObject{})
	if err != nil {
		return "", err
	}
	name := filepath.Join(t.spoolDir, "incidents.csv")
	f, err := os.Create(name)
	if err != nil {
		return "", err
	}
	err = answer.VisitExportIncidentsCsvResponse(fileResponse{http.Header{}, f})
	return name, errors.Join(err, f.Close())
}

// fileResponse is a client that keeps what it gets.
type fileResponse struct {
	header http.Header
	file   *os.File
}

func (f fileResponse) Header() http.Header         { return f.header }
func (f fileResponse) Write(p []byte) (int, error) { return f.file.Write(p) }
func (f fileResponse) WriteHeader(int)             {}

// benchRun brings the first rows of a file in as records of another system, and
// tells how long the writing took.
func (d importDesk) benchRun(file string, rows int, system string) (time.Duration, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	part := file + ".part"
	if err := os.WriteFile(part, firstRows(data, rows), 0o600); err != nil { //nolint:gosec // G703: the temporary directory of the measurement
		return 0, err
	}
	item, err := d.upload(part)
	if err != nil {
		return 0, err
	}
	item.Map.Columns[0].Field, item.Map.Key, item.Map.System = "external_id", "external_id", system
	if _, err := d.h.PlanImport(d.ctx, spec.PlanImportRequestObject{ImportId: item.ImportId, Body: &spec.ImportPlan{Format: *item.Format, Map: item.Map}}); err != nil {
		return 0, err
	}
	if item, err = d.step(item.ImportId, spec.ImportStepStepCheck); err != nil {
		return 0, err
	}
	begun := time.Now()
	if item, err = d.step(item.ImportId, spec.ImportStepStepImport); err != nil {
		return 0, err
	}
	if item.Created == 0 || item.State != spec.ImportStateDone {
		return 0, fmt.Errorf("the import is %s with %d created", item.State, item.Created)
	}
	return time.Since(begun), nil
}

// firstRows cuts a file behind its first rows, or before it is larger than what
// is imported; no cell of it holds a line end
// after a quotation mark and before a carriage return.
func firstRows(data []byte, rows int) []byte {
	at := 0
	for range rows + 1 {
		next := bytes.Index(data[at:], []byte("\"\r\n"))
		if next < 0 {
			return data
		}
		if at+next+3 > models.MaxImport {
			break // as many as a file may have
		}
		at += next + 3
	}
	return data[:at]
}
