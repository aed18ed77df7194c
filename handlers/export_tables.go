package handlers

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"farwatch/internal/tabular"
	"farwatch/models"
)

// outTable is a table of a file: its columns, and the rows that a record has in
// it. The cells of a row are those that the columns are picked from.
type outTable struct {
	name    string
	columns []outColumn
	rows    func(rec *models.Incident, emit func([]tabular.Cell) error) error
}

// tables are what a request writes of what is read by way of a grant; "" for one's own.
func (h *Handlers) tables(r models.ExportRequest, grant string) []outTable {
	switch {
	case r.Format == models.FormatACLED:
		t := h.acledTable()
		t.columns = withValues(t.columns, r.Values)
		return []outTable{t}
	case r.Shape == shapeLong || r.Format == models.FormatPackage:
		return h.longOut(r, grant)
	}
	wide := h.wideTable(r, grant)
	wide.columns = withValues(wide.columns, r.Values)
	return []outTable{wide}
}

// wideTable has the columns that were chosen, or those of the level.
func (h *Handlers) wideTable(r models.ExportRequest, grant string) outTable {
	columns := levelColumns(r.Level)
	shown := slices.DeleteFunc(wideOut(r.Level), func(c outColumn) bool {
		if len(r.Columns) == 0 {
			return c.asked
		}
		return !slices.Contains(r.Columns, c.name)
	})
	cells := make([]tabular.Cell, len(columns))
	return outTable{
		name: "incidents", columns: shown,
		rows: func(rec *models.Incident, emit func([]tabular.Cell) error) error {
			wide := wideRow{rec: rec, url: h.sharedURL(rec.Ref, grant)}
			for i, c := range columns {
				cells[i] = c.cell(&wide)
			}
			return emit(cells)
		},
	}
}

// longOut are the wide row and a table for each kind of entry.
func (h *Handlers) longOut(r models.ExportRequest, grant string) []outTable {
	out := []outTable{h.wideTable(r, grant)}
	if r.Level != levelPublic {
		out = append(out, entryTable("scope_tests", scopeColumns, func(rec *models.Incident, each func(reflect.Value) error) error {
			return each(reflect.ValueOf(rec.ScopeTest))
		}))
	}
	for _, t := range tablesOf(r.Level) {
		out = append(out, entryTable(t.name, t.columns, func(rec *models.Incident, each func(reflect.Value) error) error {
			entries := t.get(&rec.IncidentInput)
			for n := range entries.Len() {
				if err := each(entries.Index(n)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	out = append(out, entryTable("amounts", amountColumns, func(rec *models.Incident, each func(reflect.Value) error) error {
		for _, x := range rec.Inducements {
			for _, m := range x.Amounts {
				if err := each(reflect.ValueOf(amountRow{x.ID, m})); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	if r.Level == models.LevelFull {
		out = append(out, entryTable("identities", identityColumns, func(rec *models.Incident, each func(reflect.Value) error) error {
			for _, t := range rec.Targets {
				if t.Identity == nil {
					continue
				}
				if err := each(reflect.ValueOf(identityRow{t.ID, *t.Identity})); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for i := range out {
		out[i].columns = withValues(out[i].columns, r.Values)
	}
	return out
}

// identityRow is a row of identities: the target's id before the members.
type identityRow struct {
	Target string
	models.Identity
}

var identityColumns = fieldsOf(reflect.TypeFor[identityRow](), nil, func(string) bool { return false })

func entryTable(name string, columns []entryColumn, entries func(*models.Incident, func(reflect.Value) error) error) outTable {
	out := []outColumn{{name: "ref", kind: kindText, meaning: "Record that it belongs to"}}
	for i, c := range columns {
		out = append(out, outColumn{name: c.name, kind: c.kind(), list: entryLists[name+"."+c.name], from: i + 1, level: levelDeIdentified})
	}
	return outTable{name: name, columns: out, rows: func(rec *models.Incident, emit func([]tabular.Cell) error) error {
		return entries(rec, func(v reflect.Value) error { return emit(cellsOf(rec.Ref, v, columns)) })
	}}
}

// kind of a member as a column.
func (c entryColumn) kind() string {
	t := c.member
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[models.Day]():
		return kindDay
	case t == reflect.TypeFor[time.Time]():
		return kindInstant
	case t.Kind() == reflect.Slice:
		return kindList
	case t.Kind() == reflect.Int:
		return kindInt
	case t.Kind() == reflect.Float64:
		return kindNumber
	case t.Kind() == reflect.Bool:
		return kindBool
	}
	return kindText
}

// tablesOf are the tables of entries at a level. In public they hold what the
// public page of a record would.
func tablesOf(level string) []longTable {
	switch level {
	case levelPublic:
		return publicTables
	case models.LevelFull:
		return fullTables
	}
	return longTables
}

// organisationOnly are members that only the organisation sees (S in DOMAIN.md).
var organisationOnly = map[string][]string{
	"targets": {"Gender", "AgeBand"}, "sources": {"Author", "Accessed", "Text", "TextSHA256", "Scale"}, "evidence": {"SHA256", "CapturedAt", "Tool"},
	"citations": {"Start", "End"},
}

var publicTables, fullTables = levelTables()

func levelTables() (public, full []longTable) {
	for _, t := range longTables {
		open := t
		open.columns = columnsOf(t.entry, nil, organisationOnly[t.name])
		if t.name != "relations" && t.name != "consents" {
			public = append(public, open)
		}
		whole := t
		whole.columns = fieldsOf(t.entry, nil, func(name string) bool { return name == "Identity" || name == "Amounts" })
		full = append(full, whole)
	}
	return public, full
}

// header of a table in a file; guarded files end with the column of the dialect.
func headerCells(columns []outColumn, guarded bool) []tabular.Cell {
	out := make([]tabular.Cell, 0, len(columns)+1)
	for _, c := range columns {
		out = append(out, tabular.Text(c.name))
	}
	if guarded {
		out = append(out, tabular.Text(dialectColumn))
	}
	return out
}

func hxlCells(columns []outColumn, guarded bool) []tabular.Cell {
	out := make([]tabular.Cell, 0, len(columns)+1)
	for _, c := range columns {
		out = append(out, tabular.Text(hxlTag(c)))
	}
	if guarded {
		out = append(out, tabular.Null())
	}
	return out
}

// requestFaults names what of a request cannot be meant.
func requestFaults(r models.ExportRequest) (faults []models.FieldError) {
	fail := func(pointer, code string) { faults = append(faults, models.FieldError{Pointer: pointer, Code: code}) }
	table := r.Format == models.FormatCSV || r.Format == models.FormatXLSX || r.Format == models.FormatParquet
	if r.Shape == shapeLong && r.Format != models.FormatCSV && r.Format != models.FormatXLSX {
		fail("#/shape", "not_with_format")
	}
	if len(r.Columns) > 0 && (!table || r.Shape == shapeLong) {
		fail("#/columns", "not_with_format")
	}
	if r.Values != "codes" && !table && (r.Format != models.FormatACLED || r.Values != "labels") {
		fail("#/values", "not_with_format")
	}
	if r.BOM && r.Format != models.FormatCSV && r.Format != models.FormatACLED {
		fail("#/bom", "not_with_format")
	}
	if r.HXL && (r.Shape == shapeLong || r.Format != models.FormatCSV && r.Format != models.FormatXLSX) {
		fail("#/hxl", "not_with_format")
	}
	if r.Format == models.FormatPackage && r.Level != levelDeIdentified {
		fail("#/level", "not_with_format")
	}
	known := map[string]bool{}
	for _, c := range levelColumns(r.Level) {
		known[c.name] = true
	}
	for i, name := range r.Columns {
		if !known[name] {
			fail(fmt.Sprintf("#/columns/%d", i), "unknown_column")
		}
	}
	return faults
}

const shapeLong = "long"

// orderedColumns are the chosen ones, each once, in the order of the wide row.
func orderedColumns(level string, chosen []string) []string {
	var out []string
	for _, c := range levelColumns(level) {
		if slices.Contains(chosen, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

// fileBase is the name of a file without its end.
func fileBase(r models.ExportRequest, day models.Day) string {
	return strings.Join([]string{"farwatch", strings.ReplaceAll(r.Level, "_", "-"), string(day)}, "-")
}
