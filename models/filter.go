package models

import "time"

// IncidentFilter is the only filter in the system: list, dashboard, map and
// export all compile it. Values of one member are joined by OR, members by
// AND; an empty member does not filter.
type IncidentFilter struct {
	OriginCountry      []string
	HostCountry        []string
	ProxyCountry       []string
	Communities        []string // a parent finds its children
	Methods            []string
	Families           []string
	Inducements        []string
	Demands            []string
	ExplicitOnly       bool // of the four above, only explicit entries and deeds
	Channels           []string
	TargetRoles        []string
	TargetResponses    []string
	PerpetratorTypes   []string
	AttributionBasis   []string
	Harms              []string
	HostResponses      []string
	OriginResponses    []string
	EvidenceKinds      []string
	Campaigns          []string // refs
	PoliceReported     []string
	DiscoveryRoute     []string
	VerificationStatus []string
	WorkflowStatus     []string
	Sensitivity        []string
	Scope              []string
	InFHScope          []string
	InUKScope          []string
	InOHCHRScope       []string
	Stage              []int
	EventYear          []int
	ReportYear         []int
	// DateFrom and DateTo match by overlap of the bounds, open ends included,
	// or with DateWithin only records whose bounds both lie inside.
	DateFrom     *Day
	DateTo       *Day
	DateWithin   bool
	Undated      *bool
	ReportedFrom *Day
	ReportedTo   *Day
	UpdatedSince *time.Time
	Counted      *bool // DOMAIN.md section 10
	Mine         *bool
	Where        *Where // joined to the rest by AND
	Text         *TextQuery
}

// Facet names one multi-valued dimension kept in the index of codes.
type Facet string

// The facets. A "_stated" one holds only explicit entries and deeds, which is
// what charts count by default (DOMAIN.md section 3, rule 2).
const (
	FacetCommunity        Facet = "communities"
	FacetMethod           Facet = "methods"
	FacetMethodStated     Facet = "methods_stated"
	FacetFamily           Facet = "families"
	FacetFamilyStated     Facet = "families_stated"
	FacetInducement       Facet = "inducements"
	FacetInducementStated Facet = "inducements_stated"
	FacetDemand           Facet = "demands"
	FacetDemandStated     Facet = "demands_stated"
	FacetChannel          Facet = "channels"
	FacetTargetRole       Facet = "target_roles"
	FacetTargetResponse   Facet = "target_responses"
	FacetPerpetratorType  Facet = "perpetrator_types"
	FacetAttribution      Facet = "attribution_basis"
	FacetHarm             Facet = "harms"
	FacetHostResponse     Facet = "host_responses"
	FacetOriginResponse   Facet = "origin_responses"
	FacetEvidenceKind     Facet = "evidence_kinds"
	FacetCampaign         Facet = "campaigns"
)
