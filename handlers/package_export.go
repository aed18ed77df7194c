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
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/sheet"
	"farwatch/models"
)

// ExportPackage writes what matches the filter as a data package: the wide file,
// a table for each kind of entry, and what explains and proves them.
func (h *Handlers) ExportPackage(ctx context.Context, r spec.ExportPackageRequestObject) (spec.ExportPackageResponseObject, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	view, err := h.reading(ctx, r.Params.Grant, "package")
	if err != nil {
		return nil, err
	}
	return h.atOnce(ctx, making{
		h: h, view: view, grant: value(r.Params.Grant), filter: &filter,
		request: models.ExportRequest{Format: models.FormatPackage, Level: levelDeIdentified, Values: "codes"},
	}, r.Params)
}

// parcel puts the tables of a data package together with what explains and
// proves them. Nothing in it depends on when it is written: the same records
// give the same bytes.
func (m *making) parcel(w io.Writer, parts []*outPart) error {
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
	described, err := m.describe(parts)
	if err != nil {
		return err
	}
	err = errors.Join(add("README.md", strings.NewReader(m.readme(parts))), add(sheet.PackageFile, strings.NewReader(described)),
		add("codebook.md", strings.NewReader(m.h.codebook(parts))))
	if err != nil {
		return err
	}
	for _, p := range parts {
		body, err := p.file.Reader()
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		if err := add(p.name+".csv", body); err != nil {
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

// described is a column in datapackage.json (Frictionless Data, v1). A list is
// a text there: its values are joined, and Frictionless has no type for that.
type described struct {
	Name        string         `json:"name"`
	Type        string         `json:"type"`
	Format      string         `json:"format,omitempty"`
	Description string         `json:"description,omitempty"`
	List        string         `json:"farwatch:list,omitempty"`
	Constraints map[string]any `json:"constraints,omitempty"`
}

func (h *Handlers) described(c outColumn) described {
	d := described{Name: c.name, Type: c.kind, Description: c.meaning, List: c.list}
	switch c.kind {
	case kindList:
		d.Type, d.Description = kindText, strings.TrimSpace(c.meaning+" (values joined by ;)")
	case kindInstant:
		d.Format = "any" // RFC 3339, with a fraction where there is one
	case kindText:
		codes := []string{}
		for _, t := range h.terms(c.list) {
			codes = append(codes, t.Code)
		}
		if len(codes) > 0 {
			d.Constraints = map[string]any{"enum": codes}
		}
	}
	return d
}

func (m *making) describe(parts []*outPart) (string, error) {
	var resources []any
	for i, p := range parts {
		var columns []described
		for _, c := range p.columns {
			columns = append(columns, m.h.described(c))
		}
		columns = append(columns, described{Name: dialectColumn, Type: kindText, Description: "Marks the dialect: texts carry a formula guard"})
		schema := map[string]any{"fields": columns, "missingValues": []string{""}}
		if i == 0 {
			schema["primaryKey"] = []string{"ref"}
		} else {
			schema["foreignKeys"] = []any{map[string]any{"fields": []string{"ref"}, "reference": map[string]any{"resource": "incidents", "fields": []string{"ref"}}}}
		}
		resources = append(resources, map[string]any{
			"name": p.name, "path": p.name + ".csv", "format": "csv", "encoding": "utf-8", "rows": p.rows, "schema": schema,
		})
	}
	members := map[string]any{
		"name": "farwatch-incidents", "profile": "tabular-data-package", "vocabulary_version": m.h.Vocab.Version, "level": levelDeIdentified, "resources": resources,
	}
	if s := m.snapshot; s != nil {
		members["id"], members["title"], members["created"] = s.ID, s.Title, instant(&s.CreatedAt).Plain()
	}
	data, err := json.MarshalIndent(members, "", "  ")
	if err != nil {
		return "", fmt.Errorf("describe package: %w", err)
	}
	return string(data) + "\n", nil
}

func (m *making) readme(parts []*outPart) string {
	var out strings.Builder
	out.WriteString("# Incidents of transnational repression\n\n")
	if s := m.snapshot; s != nil {
		filter := s.Query
		if filter == "" {
			filter = "none"
		}
		fmt.Fprintf(&out, "%s\n\nCite as: %s, %s, snapshot %s of %s.\n\nFilter: `%s`\n\n", s.Title, s.Source, "recorded incidents of transnational repression", s.ID, instant(&s.CreatedAt).Plain(), filter)
	}
	fmt.Fprintf(&out, `%d records, level de-identified: no name, no contact, no confidential source, no restricted or sealed record. Every record
is an allegation made by its sources. Codes are those of vocabulary %s; codebook.md says what they mean.

incidents.csv has one row for each record. The other tables hold its entries, tied by ref; T1, A1 … are the ids of
entries within their record. Cells are quoted; several values are joined by ";", and a ";" within one is %%3B. A text that a
spreadsheet could take for a formula begins with one apostrophe more than it has. SHA256SUMS proves that nothing was
changed. The package can be brought back into Farwatch.

## Method

These are recorded incidents, not all that happened. Name the unit: incidents, acts or persons (lower to upper bound). A
record with two methods counts once in the total and once under each, so shares may pass 100 %%. What enters totals is in
scope, neither debunked nor retracted, and not closed, withdrawn or merged. An empty date is open; unknown is a value of its own.

| File | Rows |
|---|---|
`, m.made.Rows, m.h.Vocab.Version)
	for _, p := range parts {
		fmt.Fprintf(&out, "| %s.csv | %d |\n", p.name, p.rows)
	}
	if m.selfReviewed > 0 {
		fmt.Fprintf(&out, "\nSelf-reviewed: %d of the records. Who wrote them also decided about them, and nobody else has approved them since.\n", m.selfReviewed)
	}
	if m.made.Omitted > 0 && m.snapshot != nil {
		fmt.Fprintf(&out, "\nLeft out of the filter's matches because of their sensitivity: %d.\n", m.made.Omitted)
	}
	return out.String()
}

// codebook says in Markdown what columns and codes mean.
func (h *Handlers) codebook(parts []*outPart) string {
	var out strings.Builder
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	fmt.Fprintf(&out, "# Codebook\n\nVocabulary %s.\n", h.Vocab.Version)
	lists, seen := []string{}, map[string]bool{}
	for _, p := range parts {
		fmt.Fprintf(&out, "\n## %s.csv\n\n| Column | Type | Codes | Meaning |\n|---|---|---|---|\n", p.name)
		for _, c := range p.columns {
			fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", c.name, c.kind, strings.ReplaceAll(c.list, "|", ", "), cell.Replace(c.meaning))
			for name := range strings.SplitSeq(c.list, "|") {
				if name != "" && name != listCountries && !seen[name] {
					seen[name], lists = true, append(lists, name)
				}
			}
		}
	}
	for _, name := range lists {
		fmt.Fprintf(&out, "\n## %s\n\n| Code | Label | Definition |\n|---|---|---|\n", name)
		for _, t := range h.terms(name) {
			fmt.Fprintf(&out, "| %s | %s | %s |\n", t.Code, cell.Replace(t.Label), cell.Replace(strings.TrimSpace(t.Definition+" "+t.Note)))
		}
	}
	out.WriteString("\nCountries are ISO 3166-1 alpha-3 codes, and XKX for Kosovo.\n")
	return out.String()
}
