package store

import (
	"strconv"
	"strings"

	"farwatch/models"
)

// has is the condition that a record has any of the codes. Names come from the
// table of fields, never from a request.
func has(d models.FilterField, explicitOnly bool, codes []string) (sql string, args []any) {
	if d.Facet == "" {
		return "i." + d.Name + " IN ?", []any{codes}
	}
	return "i.id IN (SELECT f.incident_id FROM incident_facets f WHERE f.facet = ? AND f.code IN ?)", []any{string(d.In(explicitOnly)), codes}
}

// compiled is a combined condition as SQL. Every term is true or false, never
// NULL, so that NOT finds the records that have no value at all.
func compiled(w models.Where, explicitOnly bool) (sql string, args []any) {
	switch w.Op {
	case models.WhereTerm:
		return term(w, explicitOnly)
	case models.WhereNot:
		sql, args = compiled(w.Parts[0], explicitOnly)
		return "NOT (" + sql + ")", args
	case models.WhereAnd, models.WhereOr:
	}
	parts := make([]string, len(w.Parts))
	for i, part := range w.Parts {
		inner, more := compiled(part, explicitOnly)
		parts[i] = "(" + inner + ")"
		args = append(args, more...)
	}
	joint := " AND "
	if w.Op == models.WhereOr {
		joint = " OR "
	}
	return strings.Join(parts, joint), args
}

func term(w models.Where, explicitOnly bool) (sql string, args []any) {
	d, known := models.FilterFieldNamed(w.Field)
	if !known {
		return "1 = 0", nil
	}
	if d.Kind == models.FieldNumber {
		return "i." + d.Name + " IS NOT NULL AND i." + d.Name + " IN ?", []any{numbers(w.Values)}
	}
	sql, args = has(d, explicitOnly, w.Values)
	if d.Facet == "" {
		sql = "i." + d.Name + " IS NOT NULL AND " + sql
	}
	return sql, args
}

// numbers of a parsed term; the parser let nothing else through.
func numbers(values []string) []int {
	out := make([]int, 0, len(values))
	for _, s := range values {
		if n, err := strconv.Atoi(s); err == nil {
			out = append(out, n)
		}
	}
	return out
}
