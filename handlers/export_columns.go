package handlers

import (
	"slices"
	"strings"

	"farwatch/internal/country"
	"farwatch/internal/tabular"
	"farwatch/models"
)

// Types of columns, by the names that datapackage.json has for them.
const (
	kindText    = "string"
	kindInt     = "integer"
	kindNumber  = "number"
	kindBool    = "boolean"
	kindDay     = "date"
	kindInstant = "datetime"
	kindList    = "list" // values joined by ;
)

// outColumn is a column of a table on its way out.
type outColumn struct {
	name, kind string
	// list is where the codes stand in the vocabulary: its name, several joined
	// by | where one column takes from two, or countries.
	list    string
	level   string
	meaning string
	from    int // which cell of the row
	label   bool
	asked   bool // only where somebody asks for it
}

// listCountries names the countries, which the vocabulary does not list.
const listCountries = "countries"

// label is the English label of a code, or the code itself.
func (h *Handlers) label(list, code string) string {
	if list == listCountries {
		return country.Name(code)
	}
	for name := range strings.SplitSeq(list, "|") {
		if t, ok := h.Vocab.Term(name, code); ok {
			return t.Label
		}
	}
	return code
}

// labels are those of a cell of codes, in the order of the codes.
func (h *Handlers) labels(c outColumn, cell tabular.Cell) tabular.Cell {
	text := cell.Plain()
	if text == "" {
		return tabular.Null()
	}
	if c.kind != kindList {
		return tabular.Text(h.label(c.list, text))
	}
	parts := strings.Split(text, ";")
	for i, code := range parts {
		parts[i] = strings.ReplaceAll(h.label(c.list, code), ";", "%3B")
	}
	return tabular.Text(strings.Join(parts, ";"))
}

// withValues makes the columns hold codes, labels or both.
func withValues(columns []outColumn, values string) (out []outColumn) {
	for _, c := range columns {
		if c.list == "" || values != "labels" {
			out = append(out, c)
		}
		if c.list == "" || values == "codes" {
			continue
		}
		c.label = true
		if values == "both" {
			c.name += "_label"
		}
		out = append(out, c)
	}
	return out
}

// shape puts a row into the columns that were asked for.
func (h *Handlers) shape(columns []outColumn, cells, into []tabular.Cell) []tabular.Cell {
	into = into[:0]
	for _, c := range columns {
		cell := cells[c.from]
		if c.label {
			cell = h.labels(c, cell)
		}
		into = append(into, cell)
	}
	return into
}

// hxlTags are those of DOMAIN.md section 12; other columns are #x_ and their
// name.
var hxlTags = map[string]string{
	"ref": "#event+id", "occurred_earliest": "#date+occurred+start", "occurred_latest": "#date+occurred+end", "first_reported": "#date+reported",
	"origin_country": "#country+code+origin", "host_country": "#country+code+host", "host_admin1": "#adm1+name+host", "communities": "#group+targeted",
	"persons_min": "#affected+persons+min", "persons_max": "#affected+persons+max", "methods": "#event+type", "channels": "#channel",
	"verification_status": "#status+verification", "source_urls": "#meta+source+url",
}

func hxlTag(c outColumn) string {
	name := c.name
	if c.label {
		name = strings.TrimSuffix(name, "_label")
	}
	tag, ok := hxlTags[name]
	switch {
	case !ok:
		return "#x_" + c.name
	case c.label:
		return tag + "+label"
	}
	return tag
}

// protectedColumns join the wide row at level full.
var protectedColumns = []column{
	{"internal_note", func(r *wideRow) tabular.Cell { return text(r.rec.InternalNote) }},
	{"host_site", func(r *wideRow) tabular.Cell { return text(r.rec.HostPlace.Site) }},
	{"names", func(r *wideRow) tabular.Cell {
		return r.identities(func(i models.Identity) []string { return i.Names })
	}},
	{"aliases", func(r *wideRow) tabular.Cell {
		return r.identities(func(i models.Identity) []string { return i.Aliases })
	}},
	{"contacts", func(r *wideRow) tabular.Cell {
		return r.identities(func(i models.Identity) []string { return i.Contacts })
	}},
	{"target_roles_restricted", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Targets, func(t models.Target) []string { return t.RolesRestricted })
	}},
	{"target_responses_restricted", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Targets, func(t models.Target) []string { return some(t.ResponseRestricted) })
	}},
	{"perpetrator_names", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Perpetrators, func(p models.Perpetrator) []string { return some(p.PersonName) })
	}},
}

func some(s *string) []string {
	if s == nil {
		return nil
	}
	return []string{*s}
}

func (r *wideRow) identities(of func(models.Identity) []string) tabular.Cell {
	return gather(r.rec.Targets, func(t models.Target) []string {
		if t.Identity == nil {
			return nil
		}
		return of(*t.Identity)
	})
}

// askedColumns leave with a wide row, at every level, where somebody asks for
// them: the row itself is fixed.
var askedColumns = []column{
	{"self_reviewed", func(r *wideRow) tabular.Cell { return tabular.Bool(r.rec.SelfReviewed) }},
}

// levelColumns are wideColumns with those of level full, and those that are
// asked for.
func levelColumns(level string) []column {
	if level == models.LevelFull {
		return slices.Concat(publicColumns, deIdentifiedColumns, protectedColumns, askedColumns)
	}
	return slices.Concat(wideColumns(level), askedColumns)
}

// wideOut describes the wide row of a level.
func wideOut(level string) []outColumn {
	out := make([]outColumn, 0, len(publicColumns))
	columns := levelColumns(level)
	for i, c := range columns {
		fact := wideFacts[c.name]
		column := outColumn{name: c.name, kind: fact.kind, list: fact.list, level: levelOf(i), meaning: fact.meaning, from: i}
		if i >= len(columns)-len(askedColumns) {
			column.level, column.asked = models.LevelPublic, true
		}
		out = append(out, column)
	}
	return out
}

func levelOf(i int) string {
	switch {
	case i < len(publicColumns):
		return models.LevelPublic
	case i < len(publicColumns)+len(deIdentifiedColumns):
		return models.LevelDeIdentified
	}
	return models.LevelFull
}
