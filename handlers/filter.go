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
	Where              *string    `json:"where"`
	Q                  *string    `json:"q"`
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
	if text := value(p.Where); text != "" {
		condition, err := models.ParseWhere(text)
		if err != nil {
			return models.IncidentFilter{}, err
		}
		f.Where = &condition
	}
	if text := value(p.Q); text != "" {
		q, err := h.textQuery(text)
		if err != nil {
			return models.IncidentFilter{}, err
		}
		f.Text = &q
	}
	if fields := h.filterFaults(f); len(fields) > 0 {
		return models.IncidentFilter{}, models.Invalid(fields)
	}
	return f, nil
}

func (h *Handlers) filterFaults(f models.IncidentFilter) []models.FieldError {
	var out []models.FieldError
	for _, d := range models.FilterFields() {
		for _, code := range d.Codes(&f) {
			switch fault := d.Fault(h.Vocab, code); fault {
			case "":
			case "unknown_code":
				out = append(out, models.FieldError{Parameter: d.Name, Code: fault, Params: map[string]any{"list": d.List}})
			default:
				out = append(out, models.FieldError{Parameter: d.Name, Code: fault})
			}
		}
	}
	if f.Where != nil {
		out = append(out, f.Where.Faults(h.Vocab)...)
	}
	day := func(name string, day *models.Day) {
		if day == nil {
			return
		}
		if _, err := models.ParseDay(string(*day)); err != nil {
			out = append(out, models.FieldError{Parameter: name, Code: "impossible_date"})
		}
	}
	day("date_from", f.DateFrom)
	day("date_to", f.DateTo)
	day("reported_from", f.ReportedFrom)
	day("reported_to", f.ReportedTo)
	if f.DateFrom != nil && f.DateTo != nil && *f.DateFrom > *f.DateTo {
		out = append(out, models.FieldError{Parameter: "date_to", Code: "before_earliest"})
	}
	return out
}
