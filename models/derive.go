package models

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// Answers of the scope test and of the scope flags.
const (
	answerYes     = "yes"
	answerNo      = "no"
	answerUnclear = "unclear"
)

// Values of Computed.Scope.
const (
	ScopeIn      = "in_scope"
	ScopeOut     = "out_of_scope"
	ScopeUnclear = "unclear"
)

const explicit = "explicit"

// Derived is what the rules of DOMAIN.md sections 4 and 5 make of a record:
// the computed members, and the codes under which filters and charts find it.
type Derived struct {
	Computed Computed
	Facets   map[Facet][]string // sorted, distinct
}

// CountedVerification are the values of verification_status that enter totals.
func CountedVerification() []string {
	return []string{"unreviewed", "single_source", "corroborated", "evidence_examined", "officially_confirmed", "disputed"}
}

// UncountedWorkflow are the values of workflow_status that never enter totals.
func UncountedWorkflow() []string { return []string{"closed", "withdrawn", "merged"} }

// ShownWorkflow are the values of workflow_status that an advocate sees.
func ShownWorkflow() []string { return []string{"approved", "published"} }

// Derive computes everything the rules say about a valid record. It is pure
// and total: unknown codes simply contribute nothing.
func Derive(in IncidentInput, v *Vocabulary) Derived {
	facets := facetsOf(in, v)
	return Derived{Facets: facets, Computed: compute(in, facets, v)}
}

func compute(in IncidentInput, facets map[Facet][]string, v *Vocabulary) Computed {
	scope := in.ScopeTest.scope()
	low, high := persons(in.Targets, v)
	return Computed{
		Scope:              scope,
		Families:           facets[FacetFamily],
		Stage:              stage(facets[FacetMethod], v),
		InFHScope:          withinScope(fhScope(in, facets[FacetMethod], v), scope),
		InUKScope:          withinScope(ukScope(in.AttributionBasis, v), scope),
		InOHCHRScope:       withinScope(ohchrScope(facets, v), scope),
		IndependentOrigins: independentOrigins(in.Sources, v),
		EDTF:               in.Occurred.EDTF(),
		EventYear:          in.Occurred.Year(),
		PersonsMin:         low,
		PersonsMax:         high,
		EffectiveConsent:   effectiveConsent(in, v),
	}
}

func (s ScopeTest) answers() []string {
	return []string{s.StateLink, s.CrossBorder, s.Reason, s.Aim, s.Act}
}

func (s ScopeTest) scope() string {
	answers := s.answers()
	if slices.Contains(answers, answerNo) {
		return ScopeOut
	}
	if slices.ContainsFunc(answers, func(a string) bool { return a != answerYes }) {
		return ScopeUnclear
	}
	return ScopeIn
}

// withinScope caps a scope flag by the record's own scope.
func withinScope(flag, scope string) string {
	if scope == ScopeOut {
		return answerNo
	}
	if scope == ScopeUnclear && flag == answerYes {
		return answerUnclear
	}
	return flag
}

func stage(methods []string, v *Vocabulary) *int {
	var highest *int
	for _, code := range methods {
		if s := v.methods[code].Stage; s != nil && (highest == nil || *s > *highest) {
			highest = s
		}
	}
	return highest
}

func fhScope(in IncidentInput, methods []string, v *Vocabulary) string {
	if in.HostCountry == in.OriginCountry {
		return answerNo
	}
	best := answerNo
	for _, code := range methods {
		switch v.methods[code].FHPhysical {
		case "yes":
			return answerYes
		case "maybe":
			best = answerUnclear
		}
	}
	return best
}

func ukScope(basis []string, v *Vocabulary) string {
	best := answerNo
	for _, code := range basis {
		switch term, _ := v.Term("attribution_basis", code); term.StateDirection {
		case answerYes:
			return answerYes
		case answerUnclear:
			best = answerUnclear
		}
	}
	return best
}

func ohchrScope(facets map[Facet][]string, v *Vocabulary) string {
	linked := overlaps(facets[FacetTargetRole], v.dissent.TargetRole) ||
		overlaps(facets[FacetDemand], v.dissent.Demand) ||
		overlaps(facets[FacetMethod], v.dissent.Methods)
	if linked {
		return answerYes
	}
	return answerUnclear
}

func overlaps(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// independentOrigins counts who got it first-hand: copies follow derived_from
// to their root, and only kinds that count as an origin count.
func independentOrigins(sources []Source, v *Vocabulary) int {
	byID := map[string]Source{}
	for _, s := range sources {
		byID[s.ID] = s
	}
	roots := map[string]bool{}
	for _, s := range sources {
		root, ok := rootOf(s, byID)
		if term, _ := v.Term("source_kind", root.Kind); ok && term.CountsAsOrigin {
			roots[root.ID] = true
		}
	}
	return len(roots)
}

// rootOf follows derived_from; false when the chain is a cycle or broken.
func rootOf(s Source, byID map[string]Source) (Source, bool) {
	for range byID {
		if s.DerivedFrom == nil {
			return s, true
		}
		next, ok := byID[*s.DerivedFrom]
		if !ok {
			return s, false
		}
		s = next
	}
	return s, s.DerivedFrom == nil
}

// persons sums over targets whose unit counts persons; the upper bound is nil
// if one of them has none.
func persons(targets []Target, v *Vocabulary) (int, *int) {
	low, high := 0, 0
	bounded := true
	for _, t := range targets {
		if term, _ := v.Term("counting_unit", t.CountingUnit); !term.CountsPersons {
			continue
		}
		low += t.CountMin
		if t.CountMax == nil {
			bounded = false
			continue
		}
		high += *t.CountMax
	}
	if !bounded {
		return low, nil
	}
	return low, &high
}

// effectiveConsent is the lowest rank over all targets; a target nobody asked
// counts as unknown.
func effectiveConsent(in IncidentInput, v *Vocabulary) *string {
	levels := []string{}
	asked := map[string]bool{}
	for _, c := range in.Consents {
		levels = append(levels, c.Level)
		asked[c.Target] = true
	}
	for _, t := range in.Targets {
		if !asked[t.ID] {
			levels = append(levels, "unknown")
		}
	}
	if len(levels) == 0 {
		return nil
	}
	lowest := slices.MinFunc(levels, func(a, b string) int {
		ta, _ := v.Term("consent", a)
		tb, _ := v.Term("consent", b)
		return cmp.Compare(ta.Rank, tb.Rank)
	})
	return &lowest
}

// facetsOf collects the codes of a record. Restricted codes never enter: they
// are no filter and no dimension.
func facetsOf(in IncidentInput, v *Vocabulary) map[Facet][]string {
	sets := map[Facet]map[string]bool{}
	add := func(f Facet, codes ...string) {
		if sets[f] == nil {
			sets[f] = map[string]bool{}
		}
		for _, c := range codes {
			sets[f][c] = true
		}
	}
	for _, t := range in.Targets {
		for _, c := range t.Communities {
			add(FacetCommunity, v.withAncestors(c)...)
		}
		add(FacetTargetRole, t.Roles...)
		add(FacetTargetResponse, t.Response)
	}
	for _, p := range in.Perpetrators {
		add(FacetPerpetratorType, p.Type)
	}
	for _, a := range in.Acts {
		family := v.methods[a.Method].Family
		add(FacetMethod, a.Method)
		add(FacetFamily, family)
		add(FacetChannel, a.Channels...)
		if a.Explicitness == nil || *a.Explicitness == explicit {
			add(FacetMethodStated, a.Method)
			add(FacetFamilyStated, family)
		}
	}
	for _, i := range in.Inducements {
		add(FacetInducement, i.Kind)
		if i.Explicitness == explicit {
			add(FacetInducementStated, i.Kind)
		}
	}
	for _, d := range in.Demands {
		add(FacetDemand, d.Kind)
		if d.Explicitness == explicit {
			add(FacetDemandStated, d.Kind)
		}
	}
	for _, e := range in.Evidence {
		if term, _ := v.Term("evidence_kind", e.Kind); !term.Restricted {
			add(FacetEvidenceKind, e.Kind)
		}
	}
	for _, r := range in.Responses {
		if r.Party == "host_state" {
			add(FacetHostResponse, r.Kind)
		} else {
			add(FacetOriginResponse, r.Kind)
		}
	}
	for _, h := range in.Harms {
		add(FacetHarm, h.Kind)
	}
	add(FacetAttribution, in.AttributionBasis...)
	add(FacetCampaign, in.Campaigns...)
	out := map[Facet][]string{}
	for facet, set := range sets {
		delete(set, "")
		if len(set) > 0 {
			out[facet] = slices.Sorted(maps.Keys(set))
		}
	}
	return out
}

// Year is the one calendar year that holds both bounds, else nil.
func (o Occurred) Year() *int {
	if o.Earliest == nil || o.Latest == nil || o.Earliest.Year() != o.Latest.Year() {
		return nil
	}
	year := o.Earliest.Year()
	return &year
}

// EDTF words the bounds in ISO 8601-2 (DOMAIN.md section 5); "" when unknown.
func (o Occurred) EDTF() string {
	mark := ""
	switch {
	case o.Approximate && o.Uncertain:
		mark = "%"
	case o.Approximate:
		mark = "~"
	case o.Uncertain:
		mark = "?"
	}
	earliest, latest := "..", ".."
	if o.Earliest != nil {
		earliest = string(*o.Earliest) + mark
	}
	if o.Latest != nil {
		latest = string(*o.Latest) + mark
	}
	switch {
	case o.Earliest == nil && o.Latest == nil:
		return ""
	case o.Precision == "before_report":
		return "[.." + latest + "]"
	case o.Precision == "day":
		return latest
	case o.Precision == "month" && o.Latest != nil:
		return string(*o.Latest)[:len("2006-01")] + mark
	case o.Precision == "year" && o.Latest != nil:
		return strconv.Itoa(o.Latest.Year()) + mark
	}
	return earliest + "/" + latest
}
