package models

// FieldKind is what the values of a filter field are.
type FieldKind int

// The kinds of values.
const (
	FieldCode FieldKind = iota
	FieldCountry
	FieldNumber
	FieldRef
)

// FilterField describes one coded field of the filter: the flat parameter, the
// field in a condition and the facet of that name are the same thing.
type FilterField struct {
	Name   string
	Kind   FieldKind
	List   string // of the vocabulary, for FieldCode
	Facet  Facet  // where the codes stand; empty: the record's own column Name
	Stated Facet  // the same under explicit_only, where it differs
	codes  func(*IncidentFilter) *[]string
	Ints   func(*IncidentFilter) *[]int // for FieldNumber only
}

// Codes are the values of the flat parameter; nil for numbers.
func (d FilterField) Codes(f *IncidentFilter) []string {
	if d.codes == nil {
		return nil
	}
	return *d.codes(f)
}

// Without is the filter without this field's flat parameter.
func (d FilterField) Without(f IncidentFilter) IncidentFilter {
	if d.codes != nil {
		*d.codes(&f) = nil
	} else {
		*d.Ints(&f) = nil
	}
	return f
}

// In is where the field's codes stand.
func (d FilterField) In(explicitOnly bool) Facet {
	if explicitOnly && d.Stated != "" {
		return d.Stated
	}
	return d.Facet
}

func country(name string, of func(*IncidentFilter) *[]string) FilterField {
	return FilterField{Name: name, Kind: FieldCountry, codes: of}
}

func column(name, list string, of func(*IncidentFilter) *[]string) FilterField {
	return FilterField{Name: name, List: list, codes: of}
}

func facet(name Facet, list string, of func(*IncidentFilter) *[]string) FilterField {
	return FilterField{Name: string(name), List: list, Facet: name, codes: of}
}

func stated(d FilterField, f Facet) FilterField {
	d.Stated = f
	return d
}

func number(name string, of func(*IncidentFilter) *[]int) FilterField {
	return FilterField{Name: name, Kind: FieldNumber, Ints: of}
}

var filterFields = []FilterField{
	country("origin_country", func(f *IncidentFilter) *[]string { return &f.OriginCountry }),
	country("host_country", func(f *IncidentFilter) *[]string { return &f.HostCountry }),
	country("proxy_country", func(f *IncidentFilter) *[]string { return &f.ProxyCountry }),
	column("police_reported", "police_reported", func(f *IncidentFilter) *[]string { return &f.PoliceReported }),
	column("discovery_route", "discovery_route", func(f *IncidentFilter) *[]string { return &f.DiscoveryRoute }),
	column("verification_status", "verification_status", func(f *IncidentFilter) *[]string { return &f.VerificationStatus }),
	column("workflow_status", "workflow_status", func(f *IncidentFilter) *[]string { return &f.WorkflowStatus }),
	column("sensitivity", "sensitivity", func(f *IncidentFilter) *[]string { return &f.Sensitivity }),
	column("scope", "scope_status", func(f *IncidentFilter) *[]string { return &f.Scope }),
	column("in_fh_scope", "scope_answer", func(f *IncidentFilter) *[]string { return &f.InFHScope }),
	column("in_uk_scope", "scope_answer", func(f *IncidentFilter) *[]string { return &f.InUKScope }),
	column("in_ohchr_scope", "scope_answer", func(f *IncidentFilter) *[]string { return &f.InOHCHRScope }),
	number("stage", func(f *IncidentFilter) *[]int { return &f.Stage }),
	number("event_year", func(f *IncidentFilter) *[]int { return &f.EventYear }),
	number("report_year", func(f *IncidentFilter) *[]int { return &f.ReportYear }),
	facet(FacetCommunity, ListCommunities, func(f *IncidentFilter) *[]string { return &f.Communities }),
	stated(facet(FacetMethod, ListMethods, func(f *IncidentFilter) *[]string { return &f.Methods }), FacetMethodStated),
	stated(facet(FacetFamily, ListFamilies, func(f *IncidentFilter) *[]string { return &f.Families }), FacetFamilyStated),
	stated(facet(FacetInducement, "inducement", func(f *IncidentFilter) *[]string { return &f.Inducements }), FacetInducementStated),
	stated(facet(FacetDemand, "demand", func(f *IncidentFilter) *[]string { return &f.Demands }), FacetDemandStated),
	facet(FacetChannel, "channel", func(f *IncidentFilter) *[]string { return &f.Channels }),
	facet(FacetTargetRole, "target_role", func(f *IncidentFilter) *[]string { return &f.TargetRoles }),
	facet(FacetTargetResponse, "target_response", func(f *IncidentFilter) *[]string { return &f.TargetResponses }),
	facet(FacetPerpetratorType, "perpetrator_type", func(f *IncidentFilter) *[]string { return &f.PerpetratorTypes }),
	facet(FacetAttribution, "attribution_basis", func(f *IncidentFilter) *[]string { return &f.AttributionBasis }),
	facet(FacetHarm, "harm", func(f *IncidentFilter) *[]string { return &f.Harms }),
	facet(FacetHostResponse, "host_response", func(f *IncidentFilter) *[]string { return &f.HostResponses }),
	facet(FacetOriginResponse, "origin_response", func(f *IncidentFilter) *[]string { return &f.OriginResponses }),
	facet(FacetEvidenceKind, "evidence_kind", func(f *IncidentFilter) *[]string { return &f.EvidenceKinds }),
	{
		Name: string(FacetCampaign), Kind: FieldRef, Facet: FacetCampaign,
		codes: func(f *IncidentFilter) *[]string { return &f.Campaigns },
	},
}

// FilterFields lists every coded field of the filter. The caller must not
// change it.
func FilterFields() []FilterField { return filterFields }

// FilterFieldNamed finds a field by its name.
func FilterFieldNamed(name string) (FilterField, bool) {
	for _, d := range filterFields {
		if d.Name == name {
			return d, true
		}
	}
	return FilterField{}, false
}

// Fault is the code of what is wrong with a value of this field, "" if nothing
// is. Restricted codes are unknown: what one cannot read one cannot filter on
// (S30).
func (d FilterField) Fault(v *Vocabulary, value string) string {
	switch d.Kind {
	case FieldCountry:
		if !v.KnownCountry(value) {
			return "unknown_country"
		}
	case FieldCode:
		if term, ok := v.Term(d.List, value); !ok || term.Restricted {
			return "unknown_code"
		}
	case FieldNumber, FieldRef: // checked by their shape
	}
	return ""
}
