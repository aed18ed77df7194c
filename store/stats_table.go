package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"farwatch/models"
)

// Table counts over one filter by one or two fields. A record, act or person
// counts once a cell, however many of its entries match.
func (v *View) Table(ctx context.Context, f models.IncidentFilter, q models.TableQuery, vocab *models.Vocabulary) (models.StatsTable, error) {
	var out models.StatsTable
	w := v.matching(f)
	err := v.read(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = table(tx, w, q, vocab)
		return err
	})
	out.AsOf = v.s.now()
	return out, err
}

func table(tx *gorm.DB, w where, q models.TableQuery, vocab *models.Vocabulary) (models.StatsTable, error) {
	out := models.StatsTable{Query: q}
	if q.RecruitmentOnly {
		w = recruitmentOnly(w, q.IncludeImplied)
	}
	if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+w.sql(), w.args...).Scan(&out.Incidents).Error; err != nil {
		return out, fmt.Errorf("count incidents of a table: %w", err)
	}
	t := tabulation{tx: tx, w: w, q: q, vocab: vocab}
	total, err := t.sums()
	if err != nil {
		return out, err
	}
	out.Total = t.figure(total[[2]string{}])
	rowSide := t.side(*q.Rows)
	rows, err := t.sums(rowSide)
	if err != nil {
		return out, err
	}
	out.Rows, out.OmittedRows = t.heads(rows, q.MostRows)
	if q.Columns == nil {
		return out, nil
	}
	columnSide := t.side(*q.Columns)
	columns, err := t.sums(columnSide)
	if err != nil {
		return out, err
	}
	out.Columns, out.OmittedColumns = t.heads(columns, q.MostColumns)
	cells, err := t.sums(rowSide, columnSide)
	if err != nil {
		return out, err
	}
	for _, row := range out.Rows {
		for _, column := range out.Columns {
			if s, ok := cells[[2]string{row.Code, column.Code}]; ok {
				out.Cells = append(out.Cells, models.TableCell{Row: row.Code, Column: column.Code, Amounted: t.figure(s)})
			}
		}
	}
	return out, nil
}

// recruitmentOnly are the records that the charts of offers and demands divide by.
func recruitmentOnly(w where, includeImplied bool) where {
	family := models.FacetFamilyStated
	if includeImplied {
		family = models.FacetFamily
	}
	only := w.clone()
	only.and("i.id IN (SELECT r.incident_id FROM incident_facets r WHERE r.facet = ? AND r.code = 'recruitment')", string(family))
	return only
}

type tabulation struct {
	tx    *gorm.DB
	w     where
	q     models.TableQuery
	vocab *models.Vocabulary
}

// sum is what one cell adds up to.
type sum struct{ Count, Max, WithoutMax int }

// sums adds up by no, one or two sides. The names in the text are constants and
// columns of the table of fields.
func (t tabulation) sums(sides ...side) (map[[2]string]sum, error) {
	columns, with, joins, keys := "i.id", "", "", make([]string, len(sides))
	args := slices.Clone(t.w.args)
	for n, s := range sides {
		name := fmt.Sprintf("s%d", n)
		switch {
		case s.unit != "":
			keys[n] = "u." + s.unit
			continue
		case s.column != "":
			columns += fmt.Sprintf(", i.%s AS c%d", s.column, n)
			with += fmt.Sprintf(`, %s AS (SELECT id, COALESCE(CAST(c%d AS TEXT), 'unknown') AS code FROM m)`, name, n)
		default:
			// The + keeps SQLite on the primary key, as in countFacets.
			with += fmt.Sprintf(`, %s AS (SELECT f.incident_id AS id, f.code FROM incident_facets f
				WHERE f.facet = ? AND f.code NOT IN ? AND +f.incident_id IN (SELECT id FROM m)
				UNION ALL SELECT m.id, 'unknown' FROM m WHERE NOT EXISTS
				(SELECT 1 FROM incident_facets g WHERE g.incident_id = m.id AND g.facet = ? AND g.code NOT IN ?))`, name)
			args = append(args, s.facet, unknownCodes, s.facet, unknownCodes)
		}
		keys[n] = name + ".code"
		joins += fmt.Sprintf(" JOIN %s ON %s.id = u.id", name, name)
	}
	unit, figures := t.unit(&args)
	group := ""
	selected := []string{"'' AS a", "'' AS b"}
	for n, key := range keys {
		selected[n] = key + " AS " + string("ab"[n])
	}
	if len(keys) > 0 {
		group = " GROUP BY " + strings.Join(keys, ", ")
	}
	var rows []struct {
		A, B                   string
		Count, Max, WithoutMax int
	}
	query := "WITH m AS MATERIALIZED (SELECT " + columns + " FROM incidents i WHERE " + t.w.sql() + ")" + with +
		", u AS (" + unit + ") SELECT " + strings.Join(selected, ", ") + ", " + figures + " FROM u" + joins + group
	if err := t.tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("sum up a table: %w", err)
	}
	out := map[[2]string]sum{}
	for _, r := range rows {
		for _, key := range expanded(sides, r.A, r.B) {
			s := out[key]
			out[key] = sum{s.Count + r.Count, s.Max + r.Max, s.WithoutMax + r.WithoutMax}
		}
	}
	return out, nil
}

// unit is the relation of what is counted, with id of the record, and the
// figures over it.
func (t tabulation) unit(args *[]any) (relation, figures string) {
	switch t.q.Measure {
	case models.MeasureActs:
		relation = "SELECT a.incident_id AS id, a.method, a.channels FROM acts a WHERE a.incident_id IN (SELECT id FROM m)"
		if !t.q.IncludeImplied {
			relation += " AND (a.explicitness IS NULL OR a.explicitness = 'explicit')"
		}
	case models.MeasurePersons:
		*args = append(*args, t.vocab.CodesWhere("counting_unit", func(x models.Term) bool { return x.CountsPersons }))
		relation = `SELECT p.incident_id AS id, p.communities, p.roles, p.gender, p.response, p.count_min, p.count_max
			FROM targets p WHERE p.counting_unit IN ? AND p.incident_id IN (SELECT id FROM m)`
		return relation, `COALESCE(SUM(u.count_min), 0) AS count, COALESCE(SUM(u.count_max), 0) AS max,
			COALESCE(SUM(CASE WHEN u.count_max IS NULL THEN 1 ELSE 0 END), 0) AS without_max`
	case models.MeasureIncidents:
		relation = "SELECT id FROM m"
	}
	return relation, "COUNT(*) AS count, 0 AS max, 0 AS without_max"
}

func expanded(sides []side, a, b string) [][2]string {
	first, second := []string{""}, []string{""}
	if len(sides) > 0 {
		first = sides[0].expand(a)
	}
	if len(sides) > 1 {
		second = sides[1].expand(b)
	}
	var out [][2]string
	for _, x := range first {
		for _, y := range second {
			out = append(out, [2]string{x, y})
		}
	}
	return out
}

// figure has an upper bound for persons only.
func (t tabulation) figure(s sum) models.Amounted {
	out := models.Amounted{Count: s.Count}
	if t.q.Measure == models.MeasurePersons {
		out.Max, out.WithoutMax = &s.Max, s.WithoutMax
	}
	return out
}

// heads orders the codes of one side, most first, the unknown last, and leaves
// out what is beyond most.
func (t tabulation) heads(sums map[[2]string]sum, most int) (heads []models.TableCode, omitted int) {
	var unknown []models.TableCode
	for key, s := range sums {
		head := models.TableCode{Code: key[0], Amounted: t.figure(s)}
		if key[0] == models.CodeUnknown {
			unknown = append(unknown, head)
		} else {
			heads = append(heads, head)
		}
	}
	slices.SortFunc(heads, func(a, b models.TableCode) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	if len(heads) > most {
		omitted = len(heads) - most
		heads = heads[:most]
	}
	return append(heads, unknown...), omitted
}
