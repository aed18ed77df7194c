package handlers

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"farwatch/internal/tabular"
	"farwatch/models"
)

// longTable is one table of a data package: a row for each entry of a record,
// with the columns ref and those of the entry. get and set reach the entries of
// a record.
type longTable struct {
	name    string
	entry   reflect.Type
	columns []entryColumn
	get     func(*models.IncidentInput) reflect.Value // a slice
}

// entryColumn is one member of an entry as a column.
type entryColumn struct {
	name   string
	index  []int
	member reflect.Type
}

// neverIn are members that no file holds (X in DOMAIN.md).
var neverIn = map[string]bool{
	"RolesRestricted": true, "ResponseRestricted": true, "Identity": true, "PersonName": true, "SubmittedBy": true, "GivenBy": true, "ExplainedBy": true,
	"ReviewOn": true, "Amounts": true,
}

// longTables are in the order of the package. Amounts stand in a table of their
// own; amountRow ties them to their inducement.
var longTables = []longTable{
	table("targets", func(in *models.IncidentInput) any { return &in.Targets }),
	table("perpetrators", func(in *models.IncidentInput) any { return &in.Perpetrators }),
	table("acts", func(in *models.IncidentInput) any { return &in.Acts }),
	table("inducements", func(in *models.IncidentInput) any { return &in.Inducements }),
	table("demands", func(in *models.IncidentInput) any { return &in.Demands }),
	table("sources", func(in *models.IncidentInput) any { return &in.Sources }),
	table("citations", func(in *models.IncidentInput) any { return &in.Citations }),
	table("evidence", func(in *models.IncidentInput) any { return &in.Evidence }),
	table("responses", func(in *models.IncidentInput) any { return &in.Responses }),
	table("harms", func(in *models.IncidentInput) any { return &in.Harms }),
	table("relations", func(in *models.IncidentInput) any { return &in.Relations }, "Note"),
	table("consents", func(in *models.IncidentInput) any { return &in.Consents }, "Note", "Date", "Language"),
}

// amountRow is a row of amounts: the inducement's id before the members.
type amountRow struct {
	Inducement string
	models.Amount
}

var (
	amountColumns = columnsOf(reflect.TypeFor[amountRow](), nil, nil)
	scopeColumns  = columnsOf(reflect.TypeFor[models.ScopeTest](), nil, nil)
)

func table(name string, get func(*models.IncidentInput) any, without ...string) longTable {
	reach := func(in *models.IncidentInput) reflect.Value { return reflect.ValueOf(get(in)).Elem() }
	entry := reach(&models.IncidentInput{}).Type().Elem()
	return longTable{name: name, entry: entry, columns: columnsOf(entry, nil, without), get: reach}
}

func columnsOf(t reflect.Type, prefix []int, without []string) []entryColumn {
	return fieldsOf(t, prefix, func(name string) bool { return neverIn[name] || slices.Contains(without, name) })
}

func fieldsOf(t reflect.Type, prefix []int, without func(string) bool) (out []entryColumn) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int{}, prefix...), i)
		switch {
		case without(f.Name):
		case f.Anonymous:
			out = append(out, fieldsOf(f.Type, at, without)...)
		default:
			out = append(out, entryColumn{snake(f.Name), at, f.Type})
		}
	}
	return out
}

// snake writes CountMin as count_min and URL as url.
func snake(name string) string {
	var out strings.Builder
	points := []rune(name)
	for i, r := range points {
		small := i > 0 && !unicode.IsUpper(points[i-1])
		start := i > 0 && unicode.IsUpper(points[i-1]) && i+1 < len(points) && unicode.IsLower(points[i+1])
		if unicode.IsUpper(r) && (small || start) && !unicode.IsDigit(points[max(0, i-1)]) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// cellOf writes a member.
func cellOf(v reflect.Value) tabular.Cell {
	switch x := v.Interface().(type) {
	case []models.ActPerpetrator:
		parts := make([]string, len(x))
		for i, p := range x {
			parts[i] = p.Perpetrator + ":" + p.Involvement
		}
		return tabular.Text(strings.Join(parts, ";"))
	case *models.Occurred:
		return occurredCell(x)
	case []string:
		return tabular.List(x)
	case *time.Time:
		if x == nil {
			return tabular.Null()
		}
		return tabular.Text(x.UTC().Format(time.RFC3339Nano))
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return tabular.Null()
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return tabular.Text(v.String())
	case reflect.Int:
		return tabular.Number(strconv.FormatInt(v.Int(), 10))
	case reflect.Float64:
		return tabular.Number(strconv.FormatFloat(v.Float(), 'f', -1, 64))
	case reflect.Bool:
		return tabular.Bool(v.Bool())
	}
	return tabular.Null()
}

// occurredCell is the own date of an act: bounds, precision and marks in one
// cell, so that a table of acts stays as wide as people can read.
func occurredCell(o *models.Occurred) tabular.Cell {
	if o == nil {
		return tabular.Null()
	}
	day := func(d *models.Day) string {
		if d == nil {
			return ".."
		}
		return string(*d)
	}
	yes := func(b *bool) string {
		if b == nil {
			return ""
		}
		return strconv.FormatBool(*b)
	}
	return tabular.Text(strings.Join([]string{
		day(o.Earliest) + "/" + day(o.Latest), o.Precision, strconv.FormatBool(o.Approximate), strconv.FormatBool(o.Uncertain), yes(o.Ongoing), yes(o.Repeated),
	}, " "))
}

var errCell = errors.New("this cell is not as the program writes it")

// setCell reads a member.
func setCell(v reflect.Value, cell string) error {
	switch v.Interface().(type) {
	case []models.ActPerpetrator:
		list := []models.ActPerpetrator{}
		for _, part := range splitCell(cell) {
			who, how, ok := strings.Cut(part, ":")
			if !ok {
				return errCell
			}
			list = append(list, models.ActPerpetrator{Perpetrator: who, Involvement: how})
		}
		v.Set(reflect.ValueOf(list))
		return nil
	case *models.Occurred:
		return setOccurred(v, cell)
	case []string:
		v.Set(reflect.ValueOf(splitCell(cell)))
		return nil
	case *time.Time:
		if cell == "" {
			return nil
		}
		at, err := time.Parse(time.RFC3339Nano, cell)
		if err != nil {
			return errCell
		}
		v.Set(reflect.ValueOf(&at))
		return nil
	}
	if v.Kind() == reflect.Pointer {
		if cell == "" {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(cell)
	case reflect.Int:
		n, err := strconv.Atoi(cell)
		if err != nil {
			return errCell
		}
		v.SetInt(int64(n))
	case reflect.Float64:
		n, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return errCell
		}
		v.SetFloat(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(cell)
		if err != nil {
			return errCell
		}
		v.SetBool(b)
	}
	return nil
}

func splitCell(cell string) []string {
	out := []string{}
	for part := range strings.SplitSeq(cell, ";") {
		if part != "" {
			out = append(out, strings.ReplaceAll(part, "%3B", ";"))
		}
	}
	return out
}

func setOccurred(v reflect.Value, cell string) error {
	if cell == "" {
		return nil
	}
	parts := strings.Split(cell, " ")
	if len(parts) != 6 {
		return errCell
	}
	o := &models.Occurred{Precision: parts[1], Approximate: parts[2] == "true", Uncertain: parts[3] == "true"}
	from, to, ok := strings.Cut(parts[0], "/")
	if !ok {
		return errCell
	}
	for text, into := range map[string]**models.Day{from: &o.Earliest, to: &o.Latest} {
		if text != ".." {
			day := models.Day(text)
			*into = &day
		}
	}
	if from == to && from != ".." { // one key of the map for both
		day := models.Day(from)
		last := day
		o.Earliest, o.Latest = &day, &last
	}
	for i, into := range []**bool{&o.Ongoing, &o.Repeated} {
		if parts[4+i] != "" {
			b := parts[4+i] == "true"
			*into = &b
		}
	}
	v.Set(reflect.ValueOf(o))
	return nil
}

// cellsOf writes an entry.
func cellsOf(ref string, entry reflect.Value, columns []entryColumn) []tabular.Cell {
	out := []tabular.Cell{tabular.Text(ref)}
	for _, c := range columns {
		out = append(out, cellOf(entry.FieldByIndex(c.index)))
	}
	return append(out, tabular.Null()) // the dialect column
}

// setEntry reads an entry from the cells of a row by their names.
func setEntry(entry reflect.Value, columns []entryColumn, cells map[string]string) error {
	for _, c := range columns {
		if err := setCell(entry.FieldByIndex(c.index), tabular.Unguard(cells[c.name])); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}
