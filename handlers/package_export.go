package handlers

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"farwatch/api/spec"
	"farwatch/internal/sheet"
	"farwatch/internal/spool"
	"farwatch/internal/tabular"
	"farwatch/models"
	"farwatch/store"
)

// packagePart is one file of a data package on its way: spooled, since a zip
// takes one after the other.
type packagePart struct {
	name    string
	columns []string
	file    *spool.File
	out     *tabular.Writer
	rows    int
}

// ExportPackage writes what matches the filter as a data package: the wide file,
// a table for each kind of entry, and what explains and proves them.
func (h *Handlers) ExportPackage(ctx context.Context, r spec.ExportPackageRequestObject) (spec.ExportPackageResponseObject, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	export := store.Export{ID: uuid.NewString(), Level: levelDeIdentified}
	view, err := h.reading(ctx, r.Params.Grant, "package")
	if err != nil {
		return nil, err
	}
	file, err := h.packageFile(ctx, outgoing{view: view, filter: filter, grant: value(r.Params.Grant)}, &export)
	if err != nil {
		return nil, err
	}
	sent := false
	defer func() {
		if !sent {
			_ = file.Close() // the failure is already on its way
		}
	}()
	described, err := json.Marshal(r.Params)
	if err != nil {
		return nil, fmt.Errorf("encode filter: %w", err)
	}
	export.SHA256, export.Bytes, export.Filter = file.Sum(), file.Size(), string(described)
	if err := h.view(ctx).RecordExport(ctx, export); err != nil {
		return nil, err
	}
	body, err := file.Reader()
	if err != nil {
		return nil, fmt.Errorf("read spool: %w", err)
	}
	sent = true
	name := fmt.Sprintf("farwatch-package-%s.zip", models.DayOf(h.Clock()))
	return packageFile{csvFile{export: export, name: name, body: body, close: file.Close}}, nil
}

// packageFile is a zip that is sent like a CSV file.
type packageFile struct{ csvFile }

// VisitExportPackageResponse sends the file.
func (f packageFile) VisitExportPackageResponse(w http.ResponseWriter) error {
	return f.send(w, "application/zip")
}

func (h *Handlers) packageFile(ctx context.Context, from outgoing, export *store.Export) (_ *spool.File, err error) {
	parts, err := h.packageParts()
	defer func() {
		for _, p := range parts {
			err = errors.Join(err, p.file.Close())
		}
	}()
	if err != nil {
		return nil, err
	}
	if err := h.writeParts(ctx, parts, from, export); err != nil {
		return nil, err
	}
	file, err := spool.New(h.SpoolDir)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	if err := errors.Join(h.writeZip(file, parts), file.Finish()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// packageParts opens a table for each file.
func (h *Handlers) packageParts() (parts []*packagePart, err error) {
	open := func(name string, columns []string) {
		if err != nil {
			return
		}
		var file *spool.File
		if file, err = spool.New(h.SpoolDir); err != nil {
			return
		}
		p := &packagePart{name: name, columns: columns, file: file, out: tabular.NewWriter(file, false)}
		parts = append(parts, p)
		head := make([]tabular.Cell, 0, len(columns)+1)
		for _, c := range columns {
			head = append(head, tabular.Text(c))
		}
		err = p.out.WriteRow(append(head, tabular.Text(dialectColumn)))
	}
	var wide []string
	for _, c := range wideColumns(levelDeIdentified) {
		wide = append(wide, c.name)
	}
	open(sheet.WideFile, wide)
	open("scope_tests.csv", withRef(scopeColumns))
	for _, t := range longTables {
		open(t.name+".csv", withRef(t.columns))
	}
	open("amounts.csv", withRef(amountColumns))
	return parts, err
}

func withRef(columns []entryColumn) []string {
	out := []string{"ref"}
	for _, c := range columns {
		out = append(out, c.name)
	}
	return out
}

func (h *Handlers) writeParts(ctx context.Context, parts []*packagePart, from outgoing, export *store.Export) error {
	scope := store.ExportScope{OpenOnly: true, TeamOnly: !from.view.Principal().HasAny(models.RoleAnalyst, models.RoleReviewer)}
	wide := wideColumns(levelDeIdentified)
	omitted, err := from.view.EachIncident(ctx, from.filter, scope, func(rec models.Incident) error {
		if err := h.count(export); err != nil {
			return err
		}
		// As somebody without any role would see it: nothing protected leaves.
		rec.OnTeam, rec.Named = false, false
		rec, _ = models.Principal{}.Redact(rec)
		row := wideRow{rec: &rec, url: h.sharedURL(rec.Ref, from.grant)}
		cells := make([]tabular.Cell, 0, len(wide)+1)
		for _, c := range wide {
			cells = append(cells, c.cell(&row))
		}
		return writeRecord(parts, &rec, append(cells, tabular.Null()))
	})
	export.Omitted = omitted
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := p.out.Flush(); err != nil {
			return err
		}
		if err := p.file.Finish(); err != nil {
			return fmt.Errorf("finish %s: %w", p.name, err)
		}
	}
	return nil
}

func writeRecord(parts []*packagePart, rec *models.Incident, wide []tabular.Cell) error {
	write := func(i int, cells []tabular.Cell) error {
		parts[i].rows++
		return parts[i].out.WriteRow(cells)
	}
	if err := write(0, wide); err != nil {
		return err
	}
	if err := write(1, cellsOf(rec.Ref, reflect.ValueOf(rec.ScopeTest), scopeColumns)); err != nil {
		return err
	}
	for i, t := range longTables {
		entries := t.get(&rec.IncidentInput)
		for n := range entries.Len() {
			if err := write(2+i, cellsOf(rec.Ref, entries.Index(n), t.columns)); err != nil {
				return err
			}
		}
	}
	for _, x := range rec.Inducements {
		for _, m := range x.Amounts {
			if err := write(len(parts)-1, cellsOf(rec.Ref, reflect.ValueOf(amountRow{x.ID, m}), amountColumns)); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeZip puts the parts together. Nothing in it depends on when it is written:
// the same records give the same bytes.
func (h *Handlers) writeZip(w io.Writer, parts []*packagePart) error {
	out := zip.NewWriter(w)
	var sums strings.Builder
	add := func(name string, body io.Reader) error {
		f, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("add %s: %w", name, err)
		}
		sum := sha256.New()
		if _, err := io.Copy(io.MultiWriter(f, sum), body); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum.Sum(nil)), name)
		return nil
	}
	described, err := h.describePackage(parts)
	if err != nil {
		return err
	}
	if err := errors.Join(add("README.md", strings.NewReader(packageReadme(parts, h.Vocab.Version))), add(sheet.PackageFile, strings.NewReader(described))); err != nil {
		return err
	}
	for _, p := range parts {
		body, err := p.file.Reader()
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		if err := add(p.name, body); err != nil {
			return err
		}
	}
	if err := add("SHA256SUMS", strings.NewReader(sums.String())); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("finish package: %w", err)
	}
	return nil
}

// describePackage is datapackage.json (Frictionless Data, v1): names of files and
// columns, and how the tables are tied.
func (h *Handlers) describePackage(parts []*packagePart) (string, error) {
	type field struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	var resources []any
	for i, p := range parts {
		var columns []field
		for _, c := range append(append([]string{}, p.columns...), dialectColumn) {
			columns = append(columns, field{c, "string"})
		}
		schema := map[string]any{"fields": columns, "missingValues": []string{""}}
		if i == 0 {
			schema["primaryKey"] = []string{"ref"}
		} else {
			schema["foreignKeys"] = []any{map[string]any{"fields": []string{"ref"}, "reference": map[string]any{"resource": "incidents", "fields": []string{"ref"}}}}
		}
		resources = append(resources, map[string]any{
			"name": strings.TrimSuffix(p.name, ".csv"), "path": p.name, "format": "csv", "encoding": "utf-8", "rows": p.rows, "schema": schema,
		})
	}
	data, err := json.MarshalIndent(map[string]any{
		"name": "farwatch-incidents", "profile": "tabular-data-package", "vocabulary_version": h.Vocab.Version, "level": levelDeIdentified, "resources": resources,
	}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("describe package: %w", err)
	}
	return string(data) + "\n", nil
}

func packageReadme(parts []*packagePart, vocabulary string) string {
	var out strings.Builder
	fmt.Fprintf(&out, `# Incidents of transnational repression

%d records, level de-identified: no name, no contact, no confidential source, no restricted or sealed record. Every record
is an allegation made by its sources. Codes are those of vocabulary %s.

incidents.csv has one row for each record. The other tables hold its entries, tied by ref; T1, A1 … are the ids of
entries within their record. Cells are quoted; several values are joined by ";", and a ";" within one is %%3B. A text that a
spreadsheet could take for a formula begins with one apostrophe more than it has. SHA256SUMS proves that nothing was
changed. The package can be brought back into Farwatch.

| File | Rows |
|---|---|
`, parts[0].rows, vocabulary)
	for _, p := range parts {
		fmt.Fprintf(&out, "| %s | %d |\n", p.name, p.rows)
	}
	return out.String()
}
