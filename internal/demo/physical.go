package demo

import (
	"fmt"

	"farwatch/models"
)

// physicalRoles are the roles of those who are no journalists.
var physicalRoles = []share{
	{"activist", 34},
	{"ordinary_member", 18},
	{"politician_exiled", 12},
	{"unknown", 12},
	{"religious_figure", 6},
	{"former_insider", 5},
	{"business_person", 4},
	{"student", 4},
	{"lawyer", 2},
	{"academic", 2},
	{"relative_of_target", 1},
}

// doers by physical method.
var doers = map[string][]string{
	"detention_abroad":       {"host_state_authority", "host_state_authority", "prosecution_judiciary"},
	"unlawful_deportation":   {"host_state_authority"},
	"abduction_rendition":    {"intelligence_service", "intelligence_service", "unidentified_official", "unknown"},
	"attempted_abduction":    {"intelligence_service", "proxy_organised_crime", "unknown"},
	"assault":                {"proxy_community_member", "proxy_organised_crime", "unknown", "diplomatic_mission"},
	"attempted_killing":      {"intelligence_service", "proxy_organised_crime", "unknown"},
	"killing":                {"intelligence_service", "proxy_organised_crime", "unknown"},
	"enforced_disappearance": {"unidentified_official", "unknown"},
	"sexual_violence":        {"unknown"},
}

// outcomes by physical method.
var outcomes = map[string][]string{
	"detention_abroad":       {"deprivation_of_liberty"},
	"unlawful_deportation":   {"return_forced", "family_separation"},
	"abduction_rendition":    {"deprivation_of_liberty", "return_forced"},
	"attempted_abduction":    {"relocation"},
	"assault":                {"injury"},
	"attempted_killing":      {"injury"},
	"killing":                {"death"},
	"enforced_disappearance": {"unknown"},
	"sexual_violence":        {"psychological"},
}

// physical writes one incident with in_fh_scope yes. Only the plan decides what
// enters a published total.
func (w *writer) physical(p physicalPlan) Record {
	role := weighted(w.dice, physicalRoles...)
	if p.journalist {
		role = "journalist"
	}
	near := nearHosts[p.origin]
	if near == nil {
		near = restHosts
	}
	excluded := []string{p.origin}
	if p.hostHelped { // least plausible of those
		excluded = append(excluded, quietHosts...)
	}
	host := w.host(near, allHosts, 55, excluded...)
	method := p.methods[len(p.methods)-1]
	in := models.IncidentInput{
		Title:         fmt.Sprintf("Invented example: %s %s in %s", people[role], deeds[method], countryName(host)),
		OriginCountry: p.origin, HostCountry: host, HostPlace: w.place(),
		AttributionBasis: w.physicalBasis(),
		PoliceReported:   weighted(w.dice, share{"unknown", 70}, share{"yes", 24}, share{"no", 6}),
		ScopeTest:        inScope(), Sensitivity: "open",
		DiscoveryRoute: pick(w.dice, "media_monitoring", "media_monitoring", "other_database", "research_project", "official_record"),
		Targets:        []models.Target{w.target(p.origin, role)},
		Perpetrators:   []models.Perpetrator{{ID: "P1", Type: pick(w.dice, doers[method]...)}},
		Consents:       []models.Consent{{ID: "N1", Target: "T1", Level: "public_source_only"}},
		Campaigns:      []string{physicalCampaign},
	}
	in.Targets[0].Response = "not_applicable"
	w.date(&in)
	w.physicalActs(&in, p)
	w.physicalOutcome(&in, p)
	in.Summary = fmt.Sprintf("Invented example, not a real event. %s who had left %s was %s in %s. %s",
		capital(someone(role)), countryName(p.origin), physicalWords(method), countryName(host), pick(w.dice, accounts...))
	origins := w.sources(&in, "en")
	w.cite(&in)
	return w.finish(in, origins, pick(w.dice, "official_document", "court_record", "video", "photograph"))
}

// physicalWords is the passive form of the title's words.
func physicalWords(method string) string {
	switch method {
	case "attempted_abduction":
		return "nearly seized by unknown men"
	case "attempted_killing":
		return "attacked and survived"
	case "enforced_disappearance":
		return "last seen"
	}
	return deeds[method]
}

func (w *writer) physicalBasis() []string {
	basis := []string{pick(w.dice, "media_report", "media_report", "researcher_assessment")}
	if w.chance(12) {
		basis = append(basis, pick(w.dice, "court_finding", "criminal_charge", "state_admission"))
	}
	return basis
}

// physicalActs adds the planned methods and, at times, what led up to them.
func (w *writer) physicalActs(in *models.IncidentInput, p physicalPlan) {
	for i, method := range p.methods {
		in.Acts = append(in.Acts, w.act(i, method, nil, pick(w.dice, "in_person_host", "unknown")))
	}
	if p.hostHelped && w.chance(30) {
		in.Acts = append(in.Acts, w.act(len(in.Acts), pick(w.dice, "extradition_request", "interpol_notice"), nil, "official_notice"))
	}
	if w.chance(15) {
		said := ptr(pick(w.dice, "explicit", "explicit", "implied"))
		in.Acts = append(in.Acts, w.act(len(in.Acts), pick(w.dice, "threat_general", "threat_of_death", "threat_to_family"), said, "phone_call"))
	}
	if w.chance(10) {
		in.Acts = append(in.Acts, w.act(len(in.Acts), pick(w.dice, "passport_cancelled", "family_questioned", "smear_disinformation"), nil))
	}
}

func (w *writer) physicalOutcome(in *models.IncidentInput, p physicalPlan) {
	for _, method := range p.methods {
		addHarms(in, outcomes[method]...)
	}
	if p.hostHelped {
		w.respond(in, "host_state", "cooperated_with_perpetrator")
	} else if w.chance(50) {
		w.respond(in, "host_state", pick(w.dice, "investigation_opened", "arrest_or_charge", "specific_condemnation", "no_response", "conviction", "expulsion"))
	}
	if w.chance(40) {
		w.respond(in, "origin_state", pick(w.dice, "no_reply", "denial_specific", "justification", "counter_accusation", "admission"))
	}
	w.addEvidence(in, pick(w.dice, "news_article", "ngo_report", "witness_testimony", "target_testimony"), "reported_only")
}

// finish reviews, normalises and dates a record.
func (w *writer) finish(in models.IncidentInput, origins int, primary string) Record {
	r := Record{Input: in}
	w.review(&r, origins, primary)
	r.Input.Normalize()
	r.CreatedAt = w.createdAt(&r.Input)
	return r
}
