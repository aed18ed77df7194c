package models

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"time"
)

// publicDimensions are the multi-valued breakdowns: the facet counted by
// default, and with implied entries.
var publicDimensions = []struct {
	name           string
	facet, implied Facet
	recruitment    bool // of records with family recruitment only
}{
	{"methods", FacetMethodStated, FacetMethod, false},
	{"families", FacetFamilyStated, FacetFamily, false},
	{"communities", FacetCommunity, FacetCommunity, false},
	{"target_roles", FacetTargetRole, FacetTargetRole, false},
	{"channels", FacetChannel, FacetChannel, false},
	{"inducements", FacetInducementStated, FacetInducement, true},
	{"demands", FacetDemandStated, FacetDemand, true},
	{"host_responses", FacetHostResponse, FacetHostResponse, false},
	{"origin_responses", FacetOriginResponse, FacetOriginResponse, false},
	{"harms", FacetHarm, FacetHarm, false},
	{"perpetrator_types", FacetPerpetratorType, FacetPerpetratorType, false},
}

// publicColumns are the single-valued breakdowns.
var publicColumns = []string{
	"origin_country", "host_country", "police_reported", "verification_status", "in_fh_scope", "in_uk_scope", "in_ohchr_scope",
}

// publicTally sums codes of one breakdown.
type publicTally struct {
	counts map[string]int
	known  int // records with a value that says something
}

func (t *publicTally) add(codes ...string) {
	said := false
	for _, c := range codes {
		t.counts[c]++
		said = said || !saysNothing(c)
	}
	if said {
		t.known++
	}
}

// saysNothing holds for codes that stand for "nobody knows": they are counted
// as unknown, never as a value.
func saysNothing(code string) bool { return code == "unknown" || code == "not_stated" }

func (t *publicTally) breakdown(denominator int, multi bool) Breakdown {
	b := Breakdown{Denominator: denominator, Unknown: denominator - t.known, MultiValued: multi}
	for code, n := range t.counts {
		if !saysNothing(code) {
			b.Items = append(b.Items, Count{Code: code, Count: n})
		}
	}
	slices.SortFunc(b.Items, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code)) })
	return b
}

// CountPublic counts published records, each once a code, with the panels and
// the rules of the staff's dashboard.
func CountPublic(records iter.Seq[*PublicFacts], includeImplied bool, asOf time.Time) Stats {
	out := Stats{AsOf: asOf, Breakdowns: map[string]Breakdown{}}
	tallies := map[string]*publicTally{}
	tally := func(name string) *publicTally {
		t := tallies[name]
		if t == nil {
			t = &publicTally{counts: map[string]int{}}
			tallies[name] = t
		}
		return t
	}
	family := FacetFamilyStated
	if includeImplied {
		family = FacetFamily
	}
	cells, recruited := map[[2]string]int{}, 0
	events, reports := map[int]int{}, map[int]int{}
	for p := range records {
		out.Incidents++
		out.PersonsMin += p.PersonsMin
		if p.PersonsMax != nil {
			out.PersonsMax += *p.PersonsMax
		} else {
			out.PersonsWithoutMax++
		}
		if p.Earliest == nil && p.Latest == nil {
			out.Undated++
		}
		cells[[2]string{p.OriginCountry, p.HostCountry}]++
		year(p.EventYear, events, &out.EventYear)
		year(p.ReportYear, reports, &out.ReportYear)
		for _, name := range publicColumns {
			tally(name).add(p.column(name))
		}
		tally("independent_origins").add(originsCode(p.Origins))
		tally("stage").add(stageCode(p.Stage))
		recruits := slices.Contains(p.Facets[family], "recruitment")
		if recruits {
			recruited++
		}
		for _, d := range publicDimensions {
			if d.recruitment && !recruits {
				continue
			}
			facet := d.facet
			if includeImplied {
				facet = d.implied
			}
			tally(d.name).add(p.Facets[facet]...)
		}
	}
	for _, name := range append([]string{"independent_origins", "stage"}, publicColumns...) {
		out.Breakdowns[name] = tally(name).breakdown(out.Incidents, false)
	}
	for _, d := range publicDimensions {
		denominator := out.Incidents
		if d.recruitment {
			denominator = recruited
		}
		out.Breakdowns[d.name] = tally(d.name).breakdown(denominator, true)
	}
	out.Matrix = matrix(cells)
	finish(events, out.Incidents, &out.EventYear)
	finish(reports, out.Incidents, &out.ReportYear)
	return out
}

func year(y *int, counts map[int]int, out *Years) {
	if y == nil {
		out.Undated++
		return
	}
	counts[*y]++
}

func finish(counts map[int]int, denominator int, out *Years) {
	out.Denominator = denominator
	for y, n := range counts {
		out.Items = append(out.Items, YearCount{Year: y, Count: n})
	}
	slices.SortFunc(out.Items, func(a, b YearCount) int { return cmp.Compare(a.Year, b.Year) })
}

func matrix(cells map[[2]string]int) []MatrixCell {
	var out []MatrixCell
	for pair, n := range cells {
		out = append(out, MatrixCell{OriginCountry: pair[0], HostCountry: pair[1], Count: n})
	}
	slices.SortFunc(out, func(a, b MatrixCell) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.OriginCountry, b.OriginCountry), cmp.Compare(a.HostCountry, b.HostCountry))
	})
	return out
}

func originsCode(n int) string {
	if n >= 3 {
		return "3_plus"
	}
	return strconv.Itoa(n)
}

func stageCode(stage *int) string {
	if stage == nil {
		return "unknown"
	}
	return strconv.Itoa(*stage)
}
