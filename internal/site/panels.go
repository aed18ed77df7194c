package site

import (
	"net/url"
	"slices"
	"strconv"

	"farwatch/models"
)

// Panel is one table of the dashboard.
type Panel struct {
	ID        string
	Title     string
	Group     string
	List      string // names the codes
	Breakdown string
	Filter    string // parameter that a row leads to
	Column    string // heads the first column
	Notes     []string
	// stated panels count explicit entries and deeds unless implied ones are
	// switched on; recruitment ones among attempts to recruit only.
	stated, recruitment bool
	// answered panels divide by the records that have an answer.
	answered bool
}

const (
	severalNote = "One record can stand in several rows, so the shares may add up to more than 100 %."
	statedNote  = "Counted are deeds and what was said in words."
)

// panels of the dashboard, in their order.
var panels = []Panel{
	{ID: "accused", Group: "who", Title: "States accused", List: "country", Breakdown: "origin_country", Filter: "origin_country", Column: "Accused state", Notes: []string{"The state that the sources accuse. An accusation is no finding of a court."}},
	{ID: "hosts", Group: "who", Title: "Countries where people were targeted", List: "country", Breakdown: "host_country", Filter: "host_country", Column: "Host country"},
	{ID: "communities", Group: "who", Title: "Communities targeted", List: models.ListCommunities, Breakdown: "communities", Filter: "communities", Column: "Community", Notes: []string{"A community counts the records of the communities within it once.", severalNote}},
	{ID: "roles", Group: "who", Title: "Who is targeted", List: "target_role", Breakdown: "target_roles", Filter: "target_roles", Column: "Role", Notes: []string{severalNote}},
	{ID: "families", Group: "how", Title: "Kinds of repression", List: models.ListFamilies, Breakdown: "families", Filter: "families", Column: "Kind", Notes: []string{statedNote, severalNote}, stated: true},
	{ID: "methods", Group: "how", Title: "Methods", List: models.ListMethods, Breakdown: "methods", Filter: "methods", Column: "Method", Notes: []string{statedNote, severalNote}, stated: true},
	{ID: "channels", Group: "how", Title: "How people are reached", List: "channel", Breakdown: "channels", Filter: "channels", Column: "Channel", Notes: []string{severalNote}},
	{ID: "perpetrators", Group: "how", Title: "Who is said to act", List: "perpetrator_type", Breakdown: "perpetrator_types", Filter: "perpetrator_types", Column: "Perpetrator", Notes: []string{severalNote}},
	{ID: "offers", Group: "how", Title: "What is offered to recruit", List: "inducement", Breakdown: "inducements", Filter: "inducements", Column: "Offer", Notes: []string{"Of records with an attempt to recruit. " + statedNote, severalNote}, stated: true, recruitment: true},
	{ID: "demands", Group: "how", Title: "What is demanded", List: "demand", Breakdown: "demands", Filter: "demands", Column: "Demand", Notes: []string{"Of records with an attempt to recruit. " + statedNote, severalNote}, stated: true, recruitment: true},
	{ID: "harms", Group: "after", Title: "Harm", List: "harm", Breakdown: "harms", Filter: "harms", Column: "Harm", Notes: []string{severalNote}},
	{ID: "police", Group: "after", Title: "Told to the police", List: "police_reported", Breakdown: "police_reported", Filter: "police_reported", Column: "Told", Notes: []string{"The share is of the records where it is known; where it is not known stands beside, never among the no."}, answered: true},
	{ID: "host-answers", Group: "after", Title: "What host countries did", List: "host_response", Breakdown: "host_responses", Filter: "host_responses", Column: "Response", Notes: []string{severalNote}},
	{ID: "accused-answers", Group: "after", Title: "What accused states say", List: "origin_response", Breakdown: "origin_responses", Filter: "origin_responses", Column: "Answer", Notes: []string{"A denial is shown as an answer. It does not make a record disputed.", severalNote}},
	{ID: "verification", Group: "solid", Title: "How well it is proven", List: "verification_status", Breakdown: "verification_status", Filter: "verification_status", Column: "Verification", Notes: []string{"Copies and rewrites of one report count as one origin."}},
	{ID: "origins", Group: "solid", Title: "Independent origins", List: "origins", Breakdown: "independent_origins", Column: "Origins"},
	{ID: "stage", Group: "solid", Title: "Severity", List: "stage", Breakdown: "stage", Filter: "stage", Column: "Stage", Notes: []string{"The highest stage that an act of the record reached."}},
}

// Row of a table.
type Row struct {
	Label string
	Count int
	Share string
	Width float64 // of the bar, 0 to 100
	Link  string  // to the records behind it
	Muted bool    // not known, undated
}

// Table is a panel with its numbers.
type Table struct {
	ID, Title, Column string
	Rows              []Row
	Notes             []string
	Picture, Frame    string // addresses of the picture and of the page for frames
	Embed             string // code to copy
}

// Query is the filter of a page, as its address says it.
type Query struct{ url.Values }

// with is the query with some parameters set; an empty value takes one away.
func (q Query) with(pairs ...string) url.Values {
	out := url.Values{}
	for name, list := range q.Values {
		if len(list) > 0 && list[0] != "" {
			out.Set(name, list[0])
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			out.Del(pairs[i])
		} else {
			out.Set(pairs[i], pairs[i+1])
		}
	}
	return out
}

// address joins a path and a query.
func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// link is where a row leads: to just as many records as it counts.
func (q Query) link(p Panel, code string) string {
	if p.Filter == "" {
		return ""
	}
	pairs := []string{p.Filter, code, "include_implied", ""}
	if p.stated && q.Get("include_implied") != "true" {
		pairs = append(pairs, "explicit_only", "true")
	}
	if p.recruitment {
		pairs = append(pairs, "families", "recruitment")
	}
	return address("/public/incidents", q.with(pairs...))
}

// plain tells whether a row's own filter could be put into the address without
// taking another away that the numbers rest on.
func (q Query) plain(p Panel) bool {
	return q.Get(p.Filter) == "" && (!p.recruitment || q.Get("families") == "")
}

func (s *Site) table(p Panel, stats models.Stats, q Query) Table {
	b := stats.Breakdowns[p.Breakdown]
	out := Table{ID: p.ID, Title: p.Title, Column: p.Column, Notes: p.Notes}
	of, most := b.Denominator, max(b.Unknown, 1)
	if p.answered {
		of = b.Denominator - b.Unknown
	}
	for _, i := range b.Items {
		most = max(most, i.Count)
	}
	for _, i := range b.Items {
		row := Row{Label: s.label(p.List, i.Code), Count: i.Count, Share: share(i.Count, of), Width: 100 * float64(i.Count) / float64(most)}
		if q.plain(p) {
			row.Link = q.link(p, i.Code)
		}
		out.Rows = append(out.Rows, row)
	}
	if b.Unknown > 0 {
		row := Row{Label: "Not known or not stated", Count: b.Unknown, Share: share(b.Unknown, b.Denominator), Width: 100 * float64(b.Unknown) / float64(most), Muted: true}
		out.Rows = append(out.Rows, row)
	}
	s.ways(&out, q)
	return out
}

// ways are the addresses under which a table is shown elsewhere.
func (s *Site) ways(t *Table, q Query) {
	query := q.with()
	t.Picture = s.Base + address("/public/embed/"+t.ID+".svg", query)
	t.Frame = s.Base + address("/public/embed/"+t.ID, query)
	t.Embed = `<iframe src="` + escaped(t.Frame) + `" title="` + escaped(t.Title) + `" width="720" height="520" loading="lazy" referrerpolicy="no-referrer"></iframe>`
}

// Further panels, whose numbers are no breakdown.
const (
	panelEventYears  = "event-years"
	panelReportYears = "report-years"
	panelPairs       = "pairs"
	panelDefinitions = "definitions"
)

// mostPairs are shown of the accused and host states.
const mostPairs = 20

// tables are all of the dashboard, by group.
func (s *Site) tables(stats models.Stats, q Query) map[string][]Table {
	out := map[string][]Table{}
	for _, p := range panels {
		out[p.Group] = append(out[p.Group], s.table(p, stats, q))
	}
	out["who"] = slices.Insert(out["who"], 2, s.pairs(stats, q))
	out["when"] = []Table{s.years(panelEventYears, "Year in which it happened", "event_year", stats.EventYear, q), s.years(panelReportYears, "Year in which it was first reported", "report_year", stats.ReportYear, q)}
	out["solid"] = append(out["solid"], s.definitions(stats, q))
	return out
}

func (s *Site) years(id, title, filter string, y models.Years, q Query) Table {
	out := Table{ID: id, Title: title, Column: "Year"}
	most := max(y.Undated, 1)
	for _, i := range y.Items {
		most = max(most, i.Count)
	}
	for _, i := range y.Items {
		row := Row{Label: strconv.Itoa(i.Year), Count: i.Count, Share: share(i.Count, y.Denominator), Width: 100 * float64(i.Count) / float64(most)}
		if q.Get(filter) == "" {
			row.Link = address("/public/incidents", q.with(filter, strconv.Itoa(i.Year), "include_implied", ""))
		}
		out.Rows = append(out.Rows, row)
	}
	if y.Undated > 0 {
		out.Rows = append(out.Rows, Row{Label: "No single year is known", Count: y.Undated, Share: share(y.Undated, y.Denominator), Width: 100 * float64(y.Undated) / float64(most), Muted: true})
	}
	out.Notes = []string{"A record stands in a year only if all of it is known to lie in that year."}
	if filter == "report_year" {
		out.Notes = []string{"When somebody first reported it, which may be long after it happened."}
	}
	s.ways(&out, q)
	return out
}

func (s *Site) pairs(stats models.Stats, q Query) Table {
	out := Table{ID: panelPairs, Title: "Who targets whom, where", Column: "Accused state and host country"}
	for i, c := range stats.Matrix {
		if i == mostPairs {
			out.Notes = append(out.Notes, "The "+strconv.Itoa(mostPairs)+" most frequent of "+number(len(stats.Matrix))+" pairs.")
			break
		}
		row := Row{
			Label: s.Country(c.OriginCountry) + " → " + s.Country(c.HostCountry), Count: c.Count, Share: share(c.Count, stats.Incidents),
			Width: 100 * float64(c.Count) / float64(stats.Matrix[0].Count),
		}
		if q.Get("origin_country") == "" && q.Get("host_country") == "" {
			row.Link = address("/public/incidents", q.with("origin_country", c.OriginCountry, "host_country", c.HostCountry, "include_implied", ""))
		}
		out.Rows = append(out.Rows, row)
	}
	s.ways(&out, q)
	return out
}

// definitions compare how much of it others would count.
func (s *Site) definitions(stats models.Stats, q Query) Table {
	out := Table{ID: panelDefinitions, Title: "By whose definition", Column: "Would be counted by", Notes: []string{
		"Freedom House counts direct, physical acts outside the accused state. The United Kingdom's guidance wants the state to direct it. The United Nations' human rights office wants a link to dissent from abroad.",
	}}
	for _, d := range []struct{ name, label string }{
		{"in_fh_scope", "Freedom House: direct and physical"}, {"in_uk_scope", "United Kingdom: directed by the state"}, {"in_ohchr_scope", "UN human rights office: against dissent from abroad"},
	} {
		yes := 0
		for _, i := range stats.Breakdowns[d.name].Items {
			if i.Code == "yes" {
				yes = i.Count
			}
		}
		row := Row{Label: d.label, Count: yes, Share: share(yes, stats.Incidents)}
		if stats.Incidents > 0 {
			row.Width = 100 * float64(yes) / float64(stats.Incidents)
		}
		if q.Get(d.name) == "" {
			row.Link = address("/public/incidents", q.with(d.name, "yes", "include_implied", ""))
		}
		out.Rows = append(out.Rows, row)
	}
	s.ways(&out, q)
	return out
}

// Tabled finds a table by its id.
func (s *Site) tabled(id string, stats models.Stats, q Query) (Table, bool) {
	for _, group := range s.tables(stats, q) {
		for _, t := range group {
			if t.ID == id {
				return t, true
			}
		}
	}
	return Table{}, false
}
