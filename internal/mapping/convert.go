package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"farwatch/models"
)

// Fault is what is wrong with a cell: it keeps the row out, or, as a warning,
// goes in with it.
type Fault struct {
	Column string `json:"column"` // "" for the row as a whole
	Field  string `json:"field"`
	Value  string `json:"value"`
	Code   string `json:"code"`
}

// Result is a row as an incident.
type Result struct {
	Input    models.IncidentInput
	Key      string // what the row is found by again; "" by its content
	Ref      string // of the record that the row names
	Faults   []Fault
	Warnings []Fault
	Fields   map[string]bool // that the row says something of
}

// Converter turns the rows of one table into incidents.
type Converter struct {
	words *Words
	m     Map
	now   time.Time
	at    []Column // by place in the row
}

// NewConverter prepares a map for a table with these columns. Columns that the
// map does not know are left out.
func NewConverter(words *Words, m Map, columns []string, now time.Time) *Converter {
	c := &Converter{words: words, m: m, now: now, at: make([]Column, len(columns))}
	for i, name := range columns {
		if j := slices.IndexFunc(m.Columns, func(col Column) bool { return col.Name == name }); j >= 0 {
			c.at[i] = m.Columns[j]
		}
	}
	return c
}

// row is the work on one row.
type row struct {
	*Result
	c      *Converter
	texts  map[string]string
	lists  map[string][]string
	when   *When
	exact  map[string]models.Day // occurred_earliest, occurred_latest, first_reported, source_published
	notes  []string
	number map[string]*int
	truth  map[string]*bool
}

// Convert turns one row into an incident and says what it could not take. The
// input is normalised and validated.
func (c *Converter) Convert(cells []string) Result {
	r := row{
		Result: &Result{Fields: map[string]bool{}}, c: c, texts: map[string]string{}, lists: map[string][]string{}, exact: map[string]models.Day{},
		number: map[string]*int{}, truth: map[string]*bool{},
	}
	for i, cell := range cells {
		if i >= len(c.at) {
			if strings.TrimSpace(cell) != "" {
				r.fault(Column{}, "", cell, "too_many_cells")
				break
			}
			continue
		}
		if c.at[i].Field == "methods_explicit" {
			r.Fields["methods_explicit"] = true // empty, it says: none in words
		}
		if c.at[i].Field != "" {
			r.cell(c.at[i], cell)
		}
	}
	for name, value := range c.m.Constants {
		if _, ok := r.Fields[name]; !ok {
			r.cell(Column{Name: "", Field: name, Split: ";"}, value)
		}
	}
	r.build()
	return *r.Result
}

func (r *row) fault(col Column, field, value, code string) {
	r.Faults = append(r.Faults, Fault{Column: col.Name, Field: field, Value: clip(value), Code: code})
}

func (r *row) warn(col Column, field, value, code string) {
	r.Warnings = append(r.Warnings, Fault{Column: col.Name, Field: field, Value: clip(value), Code: code})
}

func clip(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// cell reads one cell.
func (r *row) cell(col Column, cell string) {
	f, ok := fieldOf(col.Field)
	if !ok {
		return
	}
	if r.c.m.Guarded && col.Name != "" {
		cell = strings.TrimPrefix(cell, "'")
	}
	if strings.ContainsRune(cell, utf8.RuneError) {
		r.fault(col, f.Name, cell, "damaged_text")
		return
	}
	cell = strings.TrimSpace(strings.ReplaceAll(cell, "\u00a0", " "))
	if f.shape != shapeCode && f.shape != shapeText && blank(cell) || cell == "" {
		return
	}
	switch f.shape {
	case shapeText:
		r.text(f, col, cell)
	case shapeCode:
		r.code(f, col, cell)
	case shapeCountry:
		r.country(f, col, cell)
	case shapeDay, shapeWhen:
		r.date(f, col, cell)
	case shapeNumber:
		r.numeral(f, col, cell)
	case shapeYesNo:
		key := fold(cell)
		if !yes[key] && !no[key] {
			r.fault(col, f.Name, cell, "not_yes_or_no")
			return
		}
		value := yes[key]
		r.truth[f.Name], r.Fields[f.Name] = &value, true
	case shapeLinks, shapeRefs:
		for _, part := range split(cell, col.Split, f.shape == shapeLinks) {
			r.lists[f.Name] = append(r.lists[f.Name], part)
			r.Fields[f.Name] = true
		}
	case shapeKey:
		r.texts[f.Name], r.Fields[f.Name] = cell, true
	}
}

func (r *row) text(f Field, col Column, cell string) {
	if nothing[fold(cell)] && len(cell) < 12 && (strings.EqualFold(cell, "null") || strings.EqualFold(cell, "n/a") || strings.EqualFold(cell, "na") || cell == "-") {
		return
	}
	if f.Name == Note {
		r.notes = append(r.notes, noteLine(col.Name, cell))
		return
	}
	if old := r.texts[f.Name]; old != "" { // two columns for one text
		cell = old + "\n" + cell
	}
	r.texts[f.Name], r.Fields[f.Name] = cell, true
}

func noteLine(column, cell string) string {
	if column == "" {
		return cell
	}
	return column + ": " + cell
}

// split cuts a cell into its values. Links keep what belongs to them: %3B in
// our own files.
func split(cell, by string, links bool) []string {
	parts := []string{cell}
	if by != "" {
		parts = strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(by, r) || r == '\n' })
	}
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			if links {
				p = strings.ReplaceAll(p, "%3B", ";")
			}
			out = append(out, p)
		}
	}
	return out
}

func (r *row) code(f Field, col Column, cell string) {
	parts := []string{cell}
	if f.Many {
		parts = split(cell, col.Split, false)
	}
	for _, part := range parts {
		code, given := col.Values[part]
		if !given {
			var ok bool
			if code, ok = r.c.words.code(f.List, part); !ok {
				if !blank(part) {
					r.fault(col, f.Name, part, "unknown_value")
				}
				continue
			}
		}
		if code == "" {
			continue // a person said: none
		}
		r.lists[f.Name] = append(r.lists[f.Name], code)
		r.Fields[f.Name] = true
	}
	if !f.Many && len(r.lists[f.Name]) > 0 {
		r.texts[f.Name] = r.lists[f.Name][len(r.lists[f.Name])-1]
	}
}

func (r *row) country(f Field, col Column, cell string) {
	code, given := col.Values[cell]
	if !given {
		var ok bool
		if code, ok = r.c.words.code(shapeCountry, cell); !ok {
			r.fault(col, f.Name, cell, "unknown_value")
			return
		}
	}
	if code != "" {
		r.texts[f.Name], r.Fields[f.Name] = code, true
	}
}

func (r *row) numeral(f Field, col Column, cell string) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.NewReplacer(",", "", " ", "", "\u202f", "").Replace(cell), ".0"))
	if err != nil || n < 0 {
		r.fault(col, f.Name, cell, "not_a_number")
		return
	}
	r.number[f.Name], r.Fields[f.Name] = &n, true
}

func (r *row) date(f Field, col Column, cell string) {
	w, code := readWhen(cell, col.DateOrder, r.c.now)
	switch code {
	case "":
	case "date_order_needed":
		r.fault(col, f.Name, cell, code)
		return
	default:
		// Kept as text and said so: a day that nobody can read is not invented.
		r.notes = append(r.notes, noteLine(col.Name, cell))
		r.warn(col, f.Name, cell, code)
		return
	}
	r.Fields[f.Name] = true
	if f.shape == shapeWhen {
		if r.when == nil || f.Name == "occurred" {
			r.when = &w
		}
		return
	}
	if w.Earliest == nil || w.Latest == nil {
		r.fault(col, f.Name, cell, "not_a_day")
		return
	}
	switch {
	case f.Name == "occurred_latest":
		r.exact[f.Name] = *w.Latest
	case *w.Earliest != *w.Latest && f.Name != "occurred_earliest":
		r.notes = append(r.notes, noteLine(col.Name, cell))
		r.warn(col, f.Name, cell, "not_a_day")
		delete(r.Fields, f.Name)
	default:
		r.exact[f.Name] = *w.Earliest
	}
}

// columnOf names the column that filled a field, for faults that the record's
// own rules find.
func (c *Converter) columnOf(field string) Column {
	for _, col := range c.at {
		if col.Field == field {
			return col
		}
	}
	return Column{}
}

// pointers lead from a place in a record to the field of a row.
var pointers = []struct{ prefix, field string }{
	{"#/title", "title"},
	{"#/summary", "summary"},
	{"#/origin_country", "origin_country"},
	{"#/host_country", "host_country"},
	{"#/proxy_country", "proxy_country"},
	{"#/occurred", "occurred"},
	{"#/first_reported", "first_reported"},
	{"#/host_place/admin1", "host_admin1"},
	{"#/host_place/locality", "host_locality"},
	{"#/host_place", "geo_precision"},
	{"#/sources", "source_urls"},
	{"#/campaigns", "campaigns"},
	{"#/targets", "persons_min"},
	{"#/acts", "methods"},
	{"#/perpetrators", "perpetrator_types"},
	{"#/inducements", "inducements"},
	{"#/demands", "demands"},
	{"#/evidence", "evidence_kinds"},
	{"#/harms", "harms"},
	{"#/responses", "host_responses"},
	{"#/consents", "consent"},
	{"#/sensitivity", "sensitivity"},
	{"#/internal_note", Note},
}

func (r *row) recordFault(f models.FieldError) {
	field := ""
	for _, p := range pointers {
		if strings.HasPrefix(f.Pointer, p.prefix) {
			field = p.field
			break
		}
	}
	if field == "occurred" && !r.Fields["occurred"] {
		field = "occurred_earliest"
	}
	value := r.texts[field]
	if d, ok := r.exact[field]; ok {
		value = string(d)
	}
	code := f.Code
	if code == "required" && field == "" {
		field = strings.TrimPrefix(f.Pointer, "#/")
	}
	r.fault(r.c.columnOf(field), field, value, code)
}

// id numbers the entries of a record.
func id(letter string, i int) string { return fmt.Sprintf("%s%d", letter, i+1) }
