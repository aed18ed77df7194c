package handlers

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"farwatch/internal/parquet"
	"farwatch/internal/spool"
	"farwatch/internal/tabular"
	"farwatch/internal/xlsx"
	"farwatch/models"
	"farwatch/store"
)

// rowWriter writes a table row by row.
type rowWriter interface {
	WriteRow(cells []tabular.Cell) error
	Flush() error
}

// outPart is a table on its way: spooled, since a zip takes one after the other.
type outPart struct {
	outTable
	file  *spool.File
	out   rowWriter
	rows  int
	cells []tabular.Cell
}

// making is one file being made.
type making struct {
	h       *Handlers
	request models.ExportRequest
	id      string                 // of the export; stands in the column of the dialect
	limit   int                    // of records; 0: all
	filter  *models.IncidentFilter // instead of the request's query
	view    *store.View            // instead of the principal's own
	grant   string                 // by way of which the view reads; "" for one's own
	// snapshot is what a package is made of instead of a filter.
	snapshot *models.DataSnapshot
	note     func(done, total int)
	made     models.Export // what came of it so far
	// selfReviewed counts the marked records that the file holds.
	selfReviewed int
}

// each hands over every record of the request, as far as its level lets it out.
func (m *making) each(ctx context.Context, use func(*models.Incident) error) error {
	view := m.view
	if view == nil {
		view = m.h.view(ctx)
	}
	r, p := m.request, view.Principal()
	if s := m.snapshot; s != nil {
		m.made.Total, m.made.Omitted = s.Rows, s.Omitted
		return view.EachSnapshotRecord(ctx, s.ID, packageScope(p), m.h.Vocab, func(rec models.Incident) error {
			return m.record(ctx, rec, use)
		})
	}
	filter, err := m.matching()
	if err != nil {
		return err
	}
	// Restricted and sealed records leave in no file but that of their own team:
	// what was downloaded cannot be called back.
	open := r.Level != models.LevelFull // record redacts for nobody in particular
	scope := store.ExportScope{OpenOnly: open, Bare: open, Unsealed: true, TeamOnly: p.ExportsTeamOnly(r.Level), Limit: m.limit, Wide: onlyWide(r)}
	if scope.Reviewed = !open; scope.Reviewed {
		scope.SelfReviewed = func(left int) { m.made.SelfReviewed = left }
	}
	if m.note != nil || m.limit > 0 {
		scope.Counted = func(total int) { m.made.Total = total }
	}
	m.made.Omitted, err = view.EachIncident(ctx, filter, scope, func(rec models.Incident) error {
		return m.record(ctx, rec, use)
	})
	return err
}

// onlyWide tells whether nothing but the wide row is made of records.
func onlyWide(r models.ExportRequest) bool {
	table := r.Format == models.FormatCSV || r.Format == models.FormatXLSX || r.Format == models.FormatParquet
	return table && r.Shape != shapeLong
}

func (m *making) matching() (models.IncidentFilter, error) {
	if m.filter != nil {
		return *m.filter, nil
	}
	filter, _, err := m.h.filterFromQuery(m.request.Query)
	return filter, err
}

func (m *making) record(ctx context.Context, rec models.Incident, use func(*models.Incident) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.made.Rows++; m.made.Rows > m.h.ExportCap {
		return tooLargeExport(m.h.ExportCap)
	}
	if m.request.Level != models.LevelFull {
		// As somebody without any role would see it: nothing protected leaves.
		rec.OnTeam, rec.Named = false, false
		rec, _ = models.Principal{}.Redact(rec)
	}
	if rec.SelfReviewed {
		m.selfReviewed++
	}
	if err := use(&rec); err != nil {
		return err
	}
	if m.note != nil {
		m.note(m.made.Rows, m.made.Total)
	}
	return nil
}

// file makes the whole file.
func (m *making) file(ctx context.Context) (_ *spool.File, err error) {
	file, err := spool.New(m.h.SpoolDir)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	switch m.request.Format {
	case models.FormatJSONL:
		err = m.jsonLines(ctx, file)
	case models.FormatGeoJSON:
		err = m.geoJSON(ctx, file)
	default:
		err = m.tabled(ctx, file)
	}
	if err := errors.Join(err, file.Finish()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	m.made.Bytes, m.made.SHA256 = file.Size(), file.Sum()
	return file, nil
}

// tabled writes tables: a single one straight into the file, several through
// files of their own.
func (m *making) tabled(ctx context.Context, w io.Writer) (err error) {
	tables := m.h.tables(m.request, m.grant)
	parts := make([]*outPart, 0, len(tables))
	defer func() {
		for _, p := range parts {
			if p.file != nil {
				err = errors.Join(err, p.file.Close())
			}
		}
	}()
	single := len(tables) == 1 && m.request.Format != models.FormatXLSX
	for _, t := range tables {
		p := &outPart{outTable: t}
		to := w
		if !single {
			if p.file, err = spool.New(m.h.SpoolDir); err != nil {
				return fmt.Errorf("open spool: %w", err)
			}
			to = p.file
		}
		parts = append(parts, p)
		if err := m.begin(p, to); err != nil {
			return err
		}
	}
	if err := m.each(ctx, func(rec *models.Incident) error { return m.fill(parts, rec) }); err != nil {
		return err
	}
	for _, p := range parts {
		if err := p.out.Flush(); err != nil {
			return err
		}
		if s, ok := p.out.(sheetRows); ok {
			m.made.Cut += s.Cut()
		}
		if p.file != nil {
			if err := p.file.Finish(); err != nil {
				return fmt.Errorf("finish %s: %w", p.name, err)
			}
		}
	}
	switch {
	case single:
		return nil
	case m.request.Format == models.FormatXLSX:
		return m.book(w, parts)
	}
	if m.request.Format == models.FormatPackage {
		return m.parcel(w, parts)
	}
	return m.zipped(w, parts)
}

// guarded tells whether texts carry the formula guard and rows the column of
// the dialect.
func (m *making) guarded() bool {
	return m.request.Format == models.FormatCSV || m.request.Format == models.FormatPackage
}

// begin opens the writer of a table and writes what stands above its rows.
func (m *making) begin(p *outPart, to io.Writer) (err error) {
	switch m.request.Format {
	case models.FormatParquet:
		p.out, err = newParquet(to, p.columns, m.h.Vocab.Version)
		return err
	case models.FormatXLSX:
		p.out = sheetRows{xlsx.NewSheet(to, len(p.columns))}
	default:
		p.out = tabular.NewWriter(to, m.request.BOM)
	}
	if err := p.out.WriteRow(headerCells(p.columns, m.guarded())); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	if m.request.HXL {
		return p.out.WriteRow(hxlCells(p.columns, m.guarded()))
	}
	return nil
}

// fill writes the rows of a record into every table.
func (m *making) fill(parts []*outPart, rec *models.Incident) error {
	for _, p := range parts {
		err := p.outTable.rows(rec, func(cells []tabular.Cell) error {
			p.rows++
			p.cells = m.h.shape(p.columns, cells, p.cells)
			if m.guarded() {
				p.cells = append(p.cells, tabular.Text(m.id))
			}
			return p.out.WriteRow(p.cells)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// zipped puts the CSV files of entries together.
func (m *making) zipped(w io.Writer, parts []*outPart) error {
	out := zip.NewWriter(w)
	for _, p := range parts {
		body, err := p.file.Reader()
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		f, err := out.CreateHeader(&zip.FileHeader{Name: p.name + ".csv", Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("add %s: %w", p.name, err)
		}
		if _, err := io.Copy(f, body); err != nil {
			return fmt.Errorf("write %s: %w", p.name, err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("finish archive: %w", err)
	}
	return nil
}

// jsonLines writes a nested record a line.
func (m *making) jsonLines(ctx context.Context, w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return m.each(ctx, func(rec *models.Incident) error {
		if m.request.Level == levelPublic {
			return out.Encode(publicLine(m.h.Vocab, *rec))
		}
		line, err := m.h.exportedRecord(*rec)
		if err != nil {
			return err
		}
		return out.Encode(line)
	})
}

// publicLine is what the public page of a record would show. Relations are left
// out: whether the other end is published is decided when somebody reads.
func publicLine(v *models.Vocabulary, rec models.Incident) any {
	shown := publicIncident(models.PublicIncident{Record: rec.Public(v), Organisation: rec.Organisation, Campaigns: rec.Campaigns})
	shown.Relations = nil
	return shown
}

// screenMembers tell what a person may do next, or who wrote; they are no part
// of a record.
var screenMembers = []string{"may_edit", "moves", "publication_gaps", "pending", "undoable", "protected_hidden", "created_by"}

func (h *Handlers) exportedRecord(rec models.Incident) (map[string]any, error) {
	line, err := reshape[map[string]any](h.incident(models.Principal{Roles: []models.Role{models.RoleReviewer}}, rec))
	for _, name := range screenMembers {
		delete(line, name)
	}
	return line, err
}

// sheetRows writes cells into a sheet.
type sheetRows struct{ *xlsx.Sheet }

// WriteRow writes texts without the guard: nothing of a sheet is a formula.
func (s sheetRows) WriteRow(cells []tabular.Cell) error {
	out := make([]xlsx.Value, len(cells))
	for i, c := range cells {
		out[i] = xlsx.Value{Text: c.Plain(), Number: c.Numeric()}
	}
	return s.Sheet.WriteRow(out)
}

// parquetRows writes cells into a table of Parquet.
type parquetRows struct{ *parquet.Writer }

func newParquet(w io.Writer, columns []outColumn, vocabulary string) (rowWriter, error) {
	out := make([]parquet.Column, len(columns))
	for i, c := range columns {
		out[i] = parquet.Column{Name: c.name, Kind: map[string]parquet.Kind{kindInt: parquet.Int, kindBool: parquet.Bool}[c.kind]}
	}
	writer, err := parquet.NewWriter(w, out, [2]string{"vocabulary_version", vocabulary})
	return parquetRows{writer}, err
}

// WriteRow writes texts without the guard.
func (p parquetRows) WriteRow(cells []tabular.Cell) error {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.Plain()
	}
	return p.Writer.WriteRow(out)
}

// book puts the sheets together, with a codebook behind them.
func (m *making) book(w io.Writer, parts []*outPart) (err error) {
	code, err := spool.New(m.h.SpoolDir)
	if err != nil {
		return fmt.Errorf("open spool: %w", err)
	}
	defer func() { err = errors.Join(err, code.Close()) }()
	if err := errors.Join(m.h.codebookSheet(code, parts, m.made), code.Finish()); err != nil {
		return err
	}
	sheets := make([]xlsx.Part, 0, len(parts)+1)
	for _, p := range append(parts, &outPart{outTable: outTable{name: "codebook"}, file: code}) {
		body, err := p.file.Reader()
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		sheets = append(sheets, xlsx.Part{Name: p.name, XML: body})
	}
	return xlsx.WriteBook(w, sheets)
}

// codebookSheet says what each column means and each of its codes, and what the
// file leaves out.
func (h *Handlers) codebookSheet(w io.Writer, parts []*outPart, made models.Export) error {
	out := sheetRows{xlsx.NewSheet(w, 7)}
	write := func(texts ...string) error {
		cells := make([]tabular.Cell, len(texts))
		for i, t := range texts {
			cells[i] = tabular.Text(t)
		}
		return out.WriteRow(cells)
	}
	if err := write("table", "column", "type", "meaning", "code", "label", "definition"); err != nil {
		return err
	}
	for _, p := range parts {
		for _, c := range p.columns {
			if err := write(p.name, c.name, c.kind, c.meaning); err != nil {
				return err
			}
		}
	}
	for _, p := range parts {
		for _, c := range p.columns {
			for _, t := range h.terms(c.list) {
				if err := write(p.name, c.name, "", "", t.Code, t.Label, strings.TrimSpace(t.Definition+" "+t.Note)); err != nil {
					return err
				}
			}
		}
	}
	if n := made.SelfReviewed; n > 0 {
		if err := write("incidents", "", "", fmt.Sprintf("Self-reviewed records that are left out: %d", n)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// terms are the codes that a column may hold and that a file may show.
func (h *Handlers) terms(list string) (out []models.Term) {
	if list == "" || list == listCountries {
		return nil
	}
	for name := range strings.SplitSeq(list, "|") {
		for _, code := range h.Vocab.Codes(name) {
			if t, ok := h.Vocab.Term(name, code); ok && !t.Restricted {
				out = append(out, t)
			}
		}
	}
	return out
}
