package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"farwatch/internal/facts"
	"farwatch/models"
)

// heldStats reads the dashboard's numbers of some records from the column index.
func heldStats(r facts.Reader, set facts.Set, includeImplied bool, out *models.Stats) {
	out.Incidents = set.Count()
	out.PersonsMin, out.PersonsMax = r.Sum(factPersonsMin, set), r.Sum(factPersonsMax, set)
	out.PersonsWithoutMax = out.Incidents - set.CountAnd(r.Having(factPersonsMax))
	out.Undated = out.Incidents - set.CountAnd(r.Having(factEarliest).Or(r.Having(factLatest)))
	heldPlaces(r, set, out)
	out.EventYear, out.ReportYear = heldYears(r, set, "event_year", out.Incidents), heldYears(r, set, "report_year", out.Incidents)
	for _, name := range []string{"police_reported", "verification_status", "workflow_status", "in_fh_scope", "in_uk_scope", "in_ohchr_scope", factOrigins} {
		out.Breakdowns[name] = tally(r.Counts(name, set)).single(out.Incidents)
	}
	stages := tally(r.Counts("stage", set))
	known := 0
	for _, n := range stages {
		known += n
	}
	stages[unknownCodes[0]] = out.Incidents - known
	out.Breakdowns["stage"] = stages.single(out.Incidents)
	heldFacets(r, set, includeImplied, out)
}

func heldPlaces(r facts.Reader, set facts.Set, out *models.Stats) {
	origins, hosts := tally{}, tally{}
	var cells []models.MatrixCell
	for place, n := range r.Counts(factPlace, set) {
		origin, host, _ := strings.Cut(place, " ")
		origins[origin] += n
		hosts[host] += n
		cells = append(cells, models.MatrixCell{OriginCountry: origin, HostCountry: host, Count: n})
	}
	sortCells(cells)
	out.Matrix = cells
	out.Breakdowns["origin_country"], out.Breakdowns["host_country"] = origins.single(out.Incidents), hosts.single(out.Incidents)
}

func heldYears(r facts.Reader, set facts.Set, column string, incidents int) models.Years {
	years := models.Years{Denominator: incidents, Undated: incidents}
	for code, n := range r.Counts(column, set) {
		if year, err := strconv.Atoi(code); err == nil {
			years.Items = append(years.Items, models.YearCount{Year: year, Count: n})
			years.Undated -= n
		}
	}
	slices.SortFunc(years.Items, func(a, b models.YearCount) int { return cmp.Compare(a.Year, b.Year) })
	return years
}

func heldFacets(r facts.Reader, set facts.Set, includeImplied bool, out *models.Stats) {
	family := models.FacetFamilyStated
	if includeImplied {
		family = models.FacetFamily
	}
	recruited := set.And(r.Any(string(family), "recruitment"))
	for _, d := range dimensions {
		of, facet := set, string(d.facet)
		if d.recruitment {
			of = recruited
		}
		if includeImplied {
			facet = string(d.implied)
		}
		denominator := of.Count()
		out.Breakdowns[d.name] = tally(r.Counts(facet, of)).breakdown(denominator, denominator-of.CountAnd(r.Any(factKnown, facet)), true)
	}
}

// heldCounts counts the codes of one field, most first.
func heldCounts(r facts.Reader, set facts.Set, d models.FilterField, explicitOnly bool) []models.Count {
	dimension := d.Name
	if facet := d.In(explicitOnly); facet != "" {
		dimension = string(facet)
	}
	items := []models.Count{}
	for code, n := range r.Counts(dimension, set) {
		items = append(items, models.Count{Code: code, Count: n})
	}
	sortCounts(items)
	return items[:min(len(items), models.MaxFacetItems)]
}
