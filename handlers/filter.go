package handlers

import (
	"encoding/json"
	"fmt"
	"time"

	"farwatch/models"
)

// filterParams are the filter parameters every filtered operation shares; the
// generated types differ in name only, so they pass through JSON.
type filterParams struct {
	OriginCountry      []string   `json:"origin_country"`
	HostCountry        []string   `json:"host_country"`
	ProxyCountry       []string   `json:"proxy_country"`
	Communities        []string   `json:"communities"`
	Methods            []string   `json:"methods"`
	Families           []string   `json:"families"`
	Inducements        []string   `json:"inducements"`
	Demands            []string   `json:"demands"`
	ExplicitOnly       *bool      `json:"explicit_only"`
	Channels           []string   `json:"channels"`
	TargetRoles        []string   `json:"target_roles"`
	TargetResponses    []string   `json:"target_responses"`
	PerpetratorTypes   []string   `json:"perpetrator_types"`
	AttributionBasis   []string   `json:"attribution_basis"`
	Harms              []string   `json:"harms"`
	HostResponses      []string   `json:"host_responses"`
	OriginResponses    []string   `json:"origin_responses"`
	EvidenceKinds      []string   `json:"evidence_kinds"`
	Campaigns          []string   `json:"campaigns"`
	PoliceReported     []string   `json:"police_reported"`
	DiscoveryRoute     []string   `json:"discovery_route"`
	VerificationStatus []string   `json:"verification_status"`
	WorkflowStatus     []string   `json:"workflow_status"`
	Sensitivity        []string   `json:"sensitivity"`
	Scope              []string   `json:"scope"`
	InFHScope          []string   `json:"in_fh_scope"`
	InUKScope          []string   `json:"in_uk_scope"`
	InOHCHRScope       []string   `json:"in_ohchr_scope"`
	Stage              []int      `json:"stage"`
	EventYear          []int      `json:"event_year"`
	ReportYear         []int      `json:"report_year"`
	DateFrom           *string    `json:"date_from"`
	DateTo             *string    `json:"date_to"`
	DateMatch          *string    `json:"date_match"`
	Undated            *bool      `json:"undated"`
	ReportedFrom       *string    `json:"reported_from"`
	ReportedTo         *string    `json:"reported_to"`
	UpdatedSince       *time.Time `json:"updated_since"`
	Counted            *bool      `json:"counted"`
	Mine               *bool      `json:"mine"`
}

// incidentFilter turns any operation's parameters into the one filter.
// Unknown and restricted codes are refused: what one cannot read one cannot
// filter on (S30).
func (h *Handlers) incidentFilter(params any) (models.IncidentFilter, error) {
	data, err := json.Marshal(params)
	if err != nil {
		return models.IncidentFilter{}, fmt.Errorf("encode filter: %w", err)
	}
	var p filterParams
	if err := json.Unmarshal(data, &p); err != nil {
		return models.IncidentFilter{}, fmt.Errorf("decode filter: %w", err)
	}
	f := models.IncidentFilter{
		OriginCountry: p.OriginCountry, HostCountry: p.HostCountry, ProxyCountry: p.ProxyCountry,
		Communities: p.Communities, Methods: p.Methods, Families: p.Families, Inducements: p.Inducements,
		Demands: p.Demands, ExplicitOnly: value(p.ExplicitOnly), Channels: p.Channels, TargetRoles: p.TargetRoles, TargetResponses: p.TargetResponses,
		PerpetratorTypes: p.PerpetratorTypes, AttributionBasis: p.AttributionBasis, Harms: p.Harms,
		HostResponses: p.HostResponses, OriginResponses: p.OriginResponses, EvidenceKinds: p.EvidenceKinds,
		Campaigns: p.Campaigns, PoliceReported: p.PoliceReported, DiscoveryRoute: p.DiscoveryRoute,
		VerificationStatus: p.VerificationStatus, WorkflowStatus: p.WorkflowStatus, Sensitivity: p.Sensitivity,
		Scope: p.Scope, InFHScope: p.InFHScope, InUKScope: p.InUKScope, InOHCHRScope: p.InOHCHRScope,
		Stage: p.Stage, EventYear: p.EventYear, ReportYear: p.ReportYear,
		DateFrom: dayInput(p.DateFrom), DateTo: dayInput(p.DateTo), DateWithin: p.DateMatch != nil && *p.DateMatch == "within",
		Undated: p.Undated, ReportedFrom: dayInput(p.ReportedFrom), ReportedTo: dayInput(p.ReportedTo),
		UpdatedSince: p.UpdatedSince, Counted: p.Counted, Mine: p.Mine,
	}
	if fields := h.filterFaults(f); len(fields) > 0 {
		return models.IncidentFilter{}, models.Invalid(fields)
	}
	return f, nil
}

func (h *Handlers) filterFaults(f models.IncidentFilter) []models.FieldError {
	var out []models.FieldError
	countries := func(name string, codes []string) {
		for _, code := range codes {
			if !h.Vocab.KnownCountry(code) {
				out = append(out, models.FieldError{Parameter: name, Code: "unknown_country"})
			}
		}
	}
	codes := func(name, list string, codes []string) {
		for _, code := range codes {
			if term, ok := h.Vocab.Term(list, code); !ok || term.Restricted {
				out = append(out, models.FieldError{Parameter: name, Code: "unknown_code", Params: map[string]any{"list": list}})
			}
		}
	}
	day := func(name string, day *models.Day) {
		if day == nil {
			return
		}
		if _, err := models.ParseDay(string(*day)); err != nil {
			out = append(out, models.FieldError{Parameter: name, Code: "impossible_date"})
		}
	}
	countries("origin_country", f.OriginCountry)
	countries("host_country", f.HostCountry)
	countries("proxy_country", f.ProxyCountry)
	codes("communities", models.ListCommunities, f.Communities)
	codes("methods", models.ListMethods, f.Methods)
	codes("families", models.ListFamilies, f.Families)
	codes("inducements", "inducement", f.Inducements)
	codes("demands", "demand", f.Demands)
	codes("channels", "channel", f.Channels)
	codes("target_roles", "target_role", f.TargetRoles)
	codes("target_responses", "target_response", f.TargetResponses)
	codes("perpetrator_types", "perpetrator_type", f.PerpetratorTypes)
	codes("attribution_basis", "attribution_basis", f.AttributionBasis)
	codes("harms", "harm", f.Harms)
	codes("host_responses", "host_response", f.HostResponses)
	codes("origin_responses", "origin_response", f.OriginResponses)
	codes("evidence_kinds", "evidence_kind", f.EvidenceKinds)
	codes("police_reported", "police_reported", f.PoliceReported)
	codes("discovery_route", "discovery_route", f.DiscoveryRoute)
	codes("verification_status", "verification_status", f.VerificationStatus)
	codes("workflow_status", "workflow_status", f.WorkflowStatus)
	codes("sensitivity", "sensitivity", f.Sensitivity)
	codes("scope", "scope_status", f.Scope)
	codes("in_fh_scope", "scope_answer", f.InFHScope)
	codes("in_uk_scope", "scope_answer", f.InUKScope)
	codes("in_ohchr_scope", "scope_answer", f.InOHCHRScope)
	day("date_from", f.DateFrom)
	day("date_to", f.DateTo)
	day("reported_from", f.ReportedFrom)
	day("reported_to", f.ReportedTo)
	if f.DateFrom != nil && f.DateTo != nil && *f.DateFrom > *f.DateTo {
		out = append(out, models.FieldError{Parameter: "date_to", Code: "before_earliest"})
	}
	return out
}
