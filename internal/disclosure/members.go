package disclosure

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"farwatch/models"
)

// record is what stands for a ref in the memory of releases.
func (g *Guard) record(ref string) string {
	sum := g.mac("record", ref)
	return hex.EncodeToString(sum[:12])
}

// members makes contributors of records: what is recorded about the same target
// within a year counts once, at the place of the first record. Whoever a
// published record is also about is left out, so that the published and the
// released never overlap (R7); so are records that count no person (R2).
func (g *Guard) members(records []models.Cleared, published []string, lastYear int) []models.ReleaseMember {
	known := map[string]bool{}
	for _, ref := range published {
		known[ref] = true
	}
	circles := joined(records)
	shown := map[string]bool{} // circles that somebody knows
	for _, r := range records {
		if known[r.Ref] || slices.ContainsFunc(r.Linked, func(ref string) bool { return known[ref] }) {
			shown[circles[r.Ref]] = true
		}
	}
	type place struct {
		circle string
		year   int
	}
	groups := map[place][]models.Cleared{}
	for _, r := range records {
		if c := circles[r.Ref]; !shown[c] && r.Year <= lastYear && fits(r) {
			groups[place{c, r.Year}] = append(groups[place{c, r.Year}], r)
		}
	}
	out := make([]models.ReleaseMember, 0, len(groups))
	for _, records := range groups {
		if m := g.member(records); m.Persons > 0 {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b models.ReleaseMember) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// fits tells whether a record has a place in every table; one that is approved
// does, unless a later vocabulary took its codes away.
func fits(r models.Cleared) bool {
	return len(r.Persons) > 0 && slices.Contains(policeCodes, r.Police) &&
		slices.ContainsFunc(r.Families, func(f string) bool { return slices.Contains(familyCodes, f) })
}

func (g *Guard) member(records []models.Cleared) models.ReleaseMember {
	slices.SortFunc(records, func(a, b models.Cleared) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), strings.Compare(a.Ref, b.Ref))
	})
	first := records[0]
	m := models.ReleaseMember{Year: first.Year, Origin: first.Origin, Host: first.Host, Police: first.Police}
	for _, r := range records {
		m.Records = append(m.Records, g.record(r.Ref))
		m.Orgs = append(m.Orgs, r.OrganisationID)
		m.Families = append(m.Families, r.Families...)
		m.Communities = append(m.Communities, r.Communities...)
		persons := 0
		for _, n := range r.Persons {
			persons += n
			m.Largest = max(m.Largest, n)
		}
		m.Persons = max(m.Persons, persons)
	}
	for _, list := range []*[]string{&m.Records, &m.Families, &m.Communities} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	slices.Sort(m.Orgs)
	m.Orgs = slices.Compact(m.Orgs)
	// The persons are part of the key: were they not, a corrected figure would
	// show as a difference without noise.
	m.Key = g.key("member", append([]string{strconv.Itoa(m.Year), strconv.Itoa(m.Persons)}, m.Records...)...)
	return m
}

// joined names for each ref the circle of records about the same targets.
func joined(records []models.Cleared) map[string]string {
	parent := map[string]string{}
	var root func(string) string
	root = func(ref string) string {
		if p, ok := parent[ref]; ok && p != ref {
			parent[ref] = root(p)
			return parent[ref]
		}
		return ref
	}
	for _, r := range records {
		for _, other := range r.Linked {
			if a, b := root(r.Ref), root(other); a != b {
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	out := make(map[string]string, len(records))
	for _, r := range records {
		out[r.Ref] = root(r.Ref)
	}
	return out
}

// persons, keys, organisations and the largest target of a set of contributors.
type sum struct {
	persons, largest int
	key              uint64
	orgs             map[int64]bool
}

func sumOf(members []models.ReleaseMember) sum {
	s := sum{orgs: map[int64]bool{}}
	for _, m := range members {
		s.persons += m.Persons
		s.largest = max(s.largest, m.Largest)
		s.key += m.Key
		for _, o := range m.Orgs {
			s.orgs[o] = true
		}
	}
	return s
}

// moved counts the persons that are in one set and not in the other.
func moved(a, b []models.ReleaseMember) int {
	persons := map[uint64]int{}
	for _, m := range a {
		persons[m.Key] = m.Persons
	}
	n := 0
	for _, m := range b {
		if _, both := persons[m.Key]; both {
			delete(persons, m.Key)
			continue
		}
		n += m.Persons
	}
	for _, p := range persons {
		n += p
	}
	return n
}
