package site

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"time"

	"farwatch/models"
)

func escaped(s string) string { return html.EscapeString(s) }

// Choice is one option of a plain filter form.
type Choice struct {
	Code, Label string
	Selected    bool
}

// Field of the filter form.
type Field struct {
	Name, Label, Any string
	Choices          []Choice
}

// Chip is a filter in force, with the way to take it away.
type Chip struct{ Name, Value, Text, Remove string }

// formFields are offered in the form; every other filter works in the address.
var formFields = []struct{ name, label, list, breakdown, any string }{
	{"origin_country", "Accused state", "country", "origin_country", "Any state"},
	{"host_country", "Host country", "country", "host_country", "Any country"},
	{"communities", "Community", models.ListCommunities, "communities", "Any community"},
	{"families", "Kind of repression", models.ListFamilies, "families", "Any kind"},
	{"methods", "Method", models.ListMethods, "methods", "Any method"},
	{"verification_status", "How well proven", "verification_status", "verification_status", "Any"},
}

// filterWords names parameters for chips, and the list of their codes.
var filterWords = func() map[string][2]string {
	out := map[string][2]string{
		"in_fh_scope": {"Freedom House's definition", "scope_answer"}, "in_uk_scope": {"United Kingdom's definition", "scope_answer"},
		"in_ohchr_scope": {"UN human rights office's definition", "scope_answer"}, "proxy_country": {"Relatives used as leverage are in", "country"},
		"event_year": {"Year in which it happened", ""}, "report_year": {"Year of the first report", ""}, "date_from": {"Happened from", ""}, "date_to": {"Happened until", ""},
		"reported_from": {"First reported from", ""}, "reported_to": {"First reported until", ""}, "undated": {"Undated", ""}, "counted": {"Enters totals", ""},
		"explicit_only": {"Said in words, and deeds only", ""}, "include_implied": {"Implied entries counted too", ""}, "date_match": {"Dates match", ""},
		"updated_since": {"Changed since", ""}, "target_responses": {"What the target did", "target_response"},
		"attribution_basis": {"Who says that this state did it", "attribution_basis"}, "evidence_kinds": {"Evidence", "evidence_kind"},
	}
	for _, p := range panels {
		if p.Filter != "" {
			out[p.Filter] = [2]string{p.Column, p.List}
		}
	}
	for _, f := range formFields {
		out[f.name] = [2]string{f.label, f.list}
	}
	return out
}()

func (s *Site) chips(path string, q Query) []Chip {
	var out []Chip
	for _, name := range slices.Sorted(keys(q.with())) {
		words := filterWords[name]
		if words[0] == "" {
			words[0] = name
		}
		var values []string
		for code := range strings.SplitSeq(q.Get(name), ",") {
			if words[1] != "" {
				code = s.label(words[1], code)
			}
			values = append(values, code)
		}
		text := words[0] + ": " + strings.Join(values, " or ")
		if v := q.Get(name); v == "true" && (name == "explicit_only" || name == "include_implied") {
			text = words[0]
		}
		out = append(out, Chip{Name: name, Value: q.Get(name), Text: text, Remove: address(path, q.with(name, ""))})
	}
	return out
}

func keys(v url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range v {
			if !yield(name) {
				return
			}
		}
	}
}

// filters offers the codes that published records have.
func (s *Site) filters(all models.Stats, q Query) []Field {
	var out []Field
	for _, f := range formFields {
		field := Field{Name: f.name, Label: f.label, Any: f.any}
		held := q.Get(f.name)
		for _, i := range all.Breakdowns[f.breakdown].Items {
			field.Choices = append(field.Choices, Choice{Code: i.Code, Label: s.label(f.list, i.Code), Selected: i.Code == held})
		}
		slices.SortFunc(field.Choices, func(a, b Choice) int { return strings.Compare(a.Label, b.Label) })
		if held != "" && !slices.ContainsFunc(field.Choices, func(c Choice) bool { return c.Selected }) {
			// Several values, or one that no record has: kept as it stands.
			field.Choices = append(field.Choices, Choice{Code: held, Label: s.heldLabel(f.list, held), Selected: true})
		}
		out = append(out, field)
	}
	return out
}

func (s *Site) heldLabel(list, held string) string {
	return s.labels(list, strings.Split(held, ","))
}

// filterForm is what list and dashboard share.
type filterForm struct {
	Action string
	Fields []Field
	Chips  []Chip
	Hidden []Chip // in force and not in the form
	Clear  string
}

func (s *Site) form(path string, all models.Stats, q Query) filterForm {
	out := filterForm{Action: path, Fields: s.filters(all, q), Chips: s.chips(path, q), Clear: path}
	for _, c := range out.Chips {
		if !slices.ContainsFunc(formFields, func(f struct{ name, label, list, breakdown, any string }) bool { return f.name == c.Name }) {
			out.Hidden = append(out.Hidden, c)
		}
	}
	return out
}

// Dashboard writes the numbers of what is published. All are those without a
// filter: what the form offers.
func (s *Site) Dashboard(q Query, stats, all models.Stats, about About) (Page, error) {
	groups := s.tables(stats, q)
	type section struct {
		ID, Title string
		Tables    []Table
	}
	data := struct {
		Form     filterForm
		Stats    models.Stats
		Persons  string
		AsOf     string
		Records  string
		Sections []section
		Cite     string
		Implied  bool
		Turn     string // the way to count implied entries, or not to
	}{
		Form: s.form("/public", all, q), Stats: stats, AsOf: asOf(stats.AsOf), Records: address("/public/incidents", q.with("include_implied", "")),
		Persons: personsOf(stats), Cite: s.cite(stats, q), Implied: q.Get("include_implied") == "true",
	}
	data.Turn = address("/public", q.with("include_implied", map[bool]string{true: "", false: "true"}[data.Implied]))
	for _, g := range []struct{ id, title string }{
		{"who", "Who targets whom"}, {"when", "When"}, {"how", "How it is done"}, {"after", "What came of it"}, {"solid", "How solid it is"},
	} {
		data.Sections = append(data.Sections, section{g.id, g.title, groups[g.id]})
	}
	return s.html("dashboard", frame{
		Title: "Numbers", Path: address("/public", q.with()), Robots: len(q.with()) == 0, Data: data, Linked: s.dataset(about), Charts: true,
	})
}

func asOf(at time.Time) string { return at.UTC().Format("2 January 2006") }

func personsOf(stats models.Stats) string {
	if stats.Incidents > 0 && stats.PersonsWithoutMax == stats.Incidents {
		return personsText(stats.PersonsMin, nil)
	}
	text := personsText(stats.PersonsMin, &stats.PersonsMax)
	if stats.PersonsWithoutMax > 0 {
		text += "; for " + counted(stats.PersonsWithoutMax, "record", "records") + " no upper bound is known"
	}
	return text
}

// cite is the line to quote a number with.
func (s *Site) cite(stats models.Stats, q Query) string {
	return counted(stats.Incidents, "recorded incident", "recorded incidents") + " (published records, unit: incidents). Source: Farwatch, " +
		s.Base + address("/public", q.with()) + ", as of " + asOf(stats.AsOf) + "."
}

// List writes a page of records.
func (s *Site) List(q Query, items []models.PublicItem, total int, next string, all models.Stats, about About) (Page, error) {
	first := q.Get("cursor") == ""
	data := struct {
		Form  filterForm
		Items []models.PublicItem
		Total int
		Next  string
		First string
		AsOf  string
	}{Items: items, Total: total, AsOf: asOf(all.AsOf)}
	if next != "" {
		data.Next = address("/public/incidents", q.with("cursor", next))
	}
	if !first {
		data.First = address("/public/incidents", q.with("cursor", ""))
	}
	path := address("/public/incidents", q.with())
	q = Query{q.with("cursor", "", "limit", "")}
	data.Form = s.form("/public/incidents", all, q)
	return s.html("list", frame{Title: "Published records", Path: path, Robots: first && len(q.Values) == 0, Data: data, Linked: s.dataset(about)})
}
