package demo

import (
	"fmt"
	"slices"
	"strings"

	"farwatch/models"
)

var everydayRoles = []share{
	{"activist", 32},
	{"student", 14},
	{"ordinary_member", 18},
	{"journalist", 8},
	{"relative_of_target", 5},
	{"community_leader", 5},
	{"academic", 4},
	{"artist", 3},
	{"former_insider", 3},
	{"unknown", 8},
}

// said are the methods of a topic that are words, done those that are deeds.
// None is physical, not even arguably.
var said = map[string][]string{
	topicRecruitment: {"informant_recruitment", "infiltration_tasking", "threat_to_family", "contact_controlled", "influence_recruitment", "intermediary_recruitment"},
	topicFamily:      {"threat_to_family", "family_used_as_messenger", "contact_controlled", "associate_pressured"},
	topicWarning:     {"warning_contact", "threat_general", "threat_of_death", "persuasion_to_return", "threat_to_family"},
	topicCommunity:   {"event_cancellation_pressure", "collective_intimidation"},
}

var done = map[string][]string{
	topicRecruitment: {"family_questioned", "personal_data_leak_use"},
	topicFamily:      {"family_questioned", "family_detained", "family_punished", "exit_ban_relatives"},
	topicWatching:    {"physical_surveillance", "event_monitoring", "community_infiltration", "communications_monitoring"},
	topicDigital:     {"account_compromise", "doxxing", "online_harassment", "spyware", "smear_disinformation", "impersonation", "gendered_online_abuse", "site_disruption"},
	topicDocuments:   {"passport_refused", "consular_service_denied", "passport_cancelled", "entry_ban"},
	topicLegal:       {"extraterritorial_charges", "bounty_or_wanted_list", "trial_in_absentia", "asset_freeze", "terrorism_designation"},
	topicCommunity:   {"organisation_capture", "event_monitoring"},
}

var everydayDoers = map[string][]string{
	topicRecruitment: {"unidentified_official", "unidentified_official", "intelligence_service", "police", "diplomatic_mission", "proxy_community_member"},
	topicFamily:      {"police", "intelligence_service", "unidentified_official"},
	topicWarning:     {"unidentified_official", "police", "unknown", "diplomatic_mission"},
	topicWatching:    {"unknown", "proxy_community_member", "proxy_student_body", "diplomatic_mission"},
	topicDigital:     {"cyber_actor", "cyber_actor", "unknown", "state_media"},
	topicDocuments:   {"diplomatic_mission"},
	topicLegal:       {"prosecution_judiciary", "police"},
	topicCommunity:   {"diplomatic_mission", "party_or_front_body", "proxy_community_member"},
}

var everydayHarms = map[string][]string{
	topicRecruitment: {"psychological", "self_censorship", "community_distrust", "family_separation"},
	topicFamily:      {"relatives_harmed", "family_separation", "self_censorship", "psychological"},
	topicWarning:     {"psychological", "self_censorship", "relocation"},
	topicWatching:    {"psychological", "self_censorship", "community_distrust"},
	topicDigital:     {"data_exposed", "reputational", "psychological"},
	topicDocuments:   {"loss_of_documents", "family_separation"},
	topicLegal:       {"reputational", "financial_loss"},
	topicCommunity:   {"community_distrust", "self_censorship"},
}

// everyday writes one incident without physical force.
func (w *writer) everyday(p everydayPlan) Record {
	role := weighted(w.dice, everydayRoles...)
	if p.topic == topicCommunity {
		role = "organisation"
	}
	near := quietHosts
	if own := nearHosts[p.origin]; own != nil && w.chance(30) {
		near = own
	}
	host := w.host(near, allHosts, 88, p.origin)
	in := models.IncidentInput{
		OriginCountry: p.origin, HostCountry: host, HostPlace: w.place(),
		AttributionBasis: w.everydayBasis(),
		PoliceReported:   weighted(w.dice, share{"unknown", 45}, share{"yes", 30}, share{"no", 25}),
		ScopeTest:        inScope(),
		Sensitivity:      weighted(w.dice, share{"open", 74}, share{"partner", 16}, share{"restricted", 10}),
		DiscoveryRoute:   pick(w.dice, "media_monitoring", "media_monitoring", "partner_referral", "public_form", "research_project"),
		Targets:          []models.Target{w.target(p.origin, role)},
		Perpetrators:     []models.Perpetrator{{ID: "P1", Type: pick(w.dice, everydayDoers[p.topic]...)}},
		Campaigns:        []string{everydayCampaign},
	}
	if p.topic == topicFamily || p.topic == topicRecruitment && w.chance(60) {
		in.ProxyCountry = ptr(p.origin)
	}
	if slices.Contains(in.Targets[0].Communities, "hong_konger") {
		in.OriginEntity = ptr("Hong Kong authorities")
	}
	w.date(&in)
	in.Occurred.Repeated = pick(w.dice, ptr(true), ptr(false), nil)
	w.everydayActs(&in, p.topic)
	w.offersAndDemands(&in, p.topic)
	lang := w.everydayText(&in, p, role)
	w.everydayOutcome(&in, p.topic)
	origins := w.sources(&in, lang)
	w.protect(&in)
	w.cite(&in)
	r := w.finish(in, origins, pick(w.dice, "audio_phone_recording", "screenshot_message", "call_log", "message_export", "forensic_report"))
	w.nearMiss(&r)
	return r
}

func (w *writer) everydayBasis() []string {
	basis := []string{pick(w.dice, "media_report", "target_belief", "researcher_assessment", "self_identified")}
	if w.chance(35) {
		basis = append(basis, "technical_forensics")
		if basis[0] != "target_belief" {
			basis[1] = "target_belief"
		}
	}
	return basis
}

// everydayActs draws one to three methods of the topic; the first decides what
// the record is about.
func (w *writer) everydayActs(in *models.IncidentInput, topic string) {
	channels := w.channels(in.OriginCountry, topic)
	words, deeds := said[topic], done[topic]
	var methods []string
	if topic == topicRecruitment {
		methods = append(methods, weighted(w.dice, share{"informant_recruitment", 82}, share{"influence_recruitment", 18}))
	}
	methods = append(methods, some(w.dice, w.between(1, 2), slices.Concat(words, deeds)...)...)
	for _, method := range methods {
		if slices.ContainsFunc(in.Acts, func(a models.Act) bool { return a.Method == method }) {
			continue
		}
		var how *string
		if slices.Contains(words, method) {
			how = ptr(w.explicitness())
		}
		in.Acts = append(in.Acts, w.act(len(in.Acts), method, how, channels...))
	}
}

func (w *writer) explicitness() string {
	return weighted(w.dice, share{"explicit", 66}, share{"implied", 22}, share{"inferred_by_source", 12})
}

func (w *writer) channels(origin, topic string) []string {
	switch topic {
	case topicWatching:
		return []string{pick(w.dice, "in_person_host", "through_community", "unknown")}
	case topicDigital:
		return some(w.dice, w.between(1, 2), "device_or_network", "social_media_public", "email", "social_media_private")
	case topicDocuments:
		return []string{"through_mission"}
	case topicLegal:
		return []string{pick(w.dice, "official_notice", "court", "state_media")}
	case topicCommunity:
		return some(w.dice, w.between(1, 2), "email", "phone_call", "through_community", "letter_or_parcel")
	}
	app := "whatsapp"
	switch origin {
	case "CHN":
		app = "wechat"
	case "RUS", "BLR", "IRN", "UZB":
		app = "telegram"
	}
	return some(w.dice, w.between(1, 2), "phone_call", "phone_call", app, "video_call", "through_relative", "in_person_host", "sms", "voice_message")
}

// offersAndDemands fills what recruitment is about; other topics carry a
// demand at most.
func (w *writer) offersAndDemands(in *models.IncidentInput, topic string) {
	var offers, demands []string
	switch topic {
	case topicRecruitment:
		offers = some(w.dice, w.between(1, 4),
			"money_one_off", "family_contact", "family_safety", "family_reunion", "family_release",
			"documents", "job_or_business", "expenses_paid", "safe_return", "property_restored", "education_or_medical", "status_or_honour")
		if w.chance(45) {
			offers = append(offers, "money_recurring")
		}
		demands = some(w.dice, w.between(1, 4),
			"report_attendees", "report_attendees", "report_group_plans", "report_on_person", "attend_events", "provide_images",
			"identify_media_sources", "join_organisation", "recruit_others", "keep_contact_secret", "general_information", "provide_personal_data", "public_praise")
	case topicFamily, topicWarning:
		demands = some(w.dice, w.between(1, 2), "stop_activism", "stop_activism", "return_to_origin", "retract_or_apologise", "meet_official", "withdraw_legal_claim", "none_stated")
		if w.chance(20) {
			offers = []string{pick(w.dice, "safe_return", "family_safety", "documents")}
		}
	case topicDocuments:
		demands = []string{pick(w.dice, "meet_official", "provide_personal_data", "pay_money", "stop_activism", "none_stated")}
	case topicCommunity:
		demands = []string{pick(w.dice, "stop_activism", "provide_personal_data", "none_stated")}
	}
	w.offer(in, offers)
	slices.Sort(demands)
	for i, kind := range slices.Compact(demands) {
		in.Demands = append(in.Demands, models.Demand{ID: entryID("D", i), Kind: kind, Target: "T1", Explicitness: w.explicitness()})
	}
}

func (w *writer) offer(in *models.IncidentInput, kinds []string) {
	slices.Sort(kinds)
	amounts := 0
	for i, kind := range slices.Compact(kinds) {
		x := models.Inducement{ID: entryID("I", i), Kind: kind, Target: "T1", Explicitness: w.explicitness()}
		if strings.HasPrefix(kind, "money_") {
			for range w.between(1, 2) - w.IntN(2) {
				x.Amounts = append(x.Amounts, w.amount(amounts, in.OriginCountry, kind))
				amounts++
			}
		}
		if len(x.Amounts) > 1 {
			x.Amounts[1].Standing = "conflicting"
		}
		if kind == "family_release" {
			x.Condition = ptr("If a relative is held.")
		}
		in.Inducements = append(in.Inducements, x)
	}
}

// amount is money as a source might print it, with a figure or without.
func (w *writer) amount(i int, origin, kind string) models.Amount {
	words := currencies[origin]
	if words == nil {
		words = []string{"dollars", "euros"}
	}
	m := models.Amount{ID: entryID("M", i), CurrencyAsStated: pick(w.dice, words...), Period: "once", Standing: "accepted"}
	if kind == "money_recurring" {
		m.Period = weighted(w.dice, share{"month", 70}, share{"task", 15}, share{"week", 5}, share{"not_stated", 10})
	}
	low := float64(w.between(3, 60) * 100)
	switch w.IntN(4) {
	case 0:
		m.AmountText = "thousands"
	case 1:
		m.AmountMin, m.AmountMax, m.AmountText = &low, &low, fmt.Sprintf("about %.0f", low)
	case 2:
		m.AmountMax, m.AmountText = &low, fmt.Sprintf("up to %.0f", low)
	default:
		high := low + float64(w.between(1, 20)*100)
		m.AmountMin, m.AmountMax, m.AmountText = &low, &high, fmt.Sprintf("between %.0f and %.0f", low, high)
	}
	return m
}

// everydayText words title and summary and returns their language.
func (w *writer) everydayText(in *models.IncidentInput, p everydayPlan, role string) string {
	if p.text != nil {
		in.Title, in.Summary = p.text.title, p.text.summary
		return p.text.language
	}
	in.Title = fmt.Sprintf("Invented example: %s in %s – %s", people[role], countryName(in.HostCountry), w.headline(in))
	said := []string{
		"Invented example, not a real event.",
		fmt.Sprintf("%s reports this of %s: %s.", capital(someone(role)), countryName(p.origin), w.words(models.ListMethods, in.Acts[0].Method)),
	}
	if len(in.Inducements) > 0 {
		said = append(said, "Offered, among other things: "+w.words("inducement", in.Inducements[0].Kind)+".")
	}
	if len(in.Demands) > 0 {
		said = append(said, "Asked for: "+w.words("demand", in.Demands[0].Kind)+".")
	}
	in.Summary = strings.Join(append(said, pick(w.dice, accounts...)), " ")
	return "en"
}

// headline says what was offered for informing, or else what was done.
func (w *writer) headline(in *models.IncidentInput) string {
	method := in.Acts[0].Method
	if method != "informant_recruitment" {
		return w.words(models.ListMethods, method)
	}
	offer := in.Inducements[0].Kind
	switch {
	case strings.HasPrefix(offer, "money_"):
		return "pay for reports"
	case strings.HasPrefix(offer, "family_"):
		return "favours for relatives in return for reports"
	}
	return "reports wanted, promises made"
}

func (w *writer) everydayOutcome(in *models.IncidentInput, topic string) {
	if w.chance(55) {
		addHarms(in, some(w.dice, w.between(1, 2), everydayHarms[topic]...)...)
	}
	if in.PoliceReported == "yes" {
		w.respond(in, "host_state", pick(w.dice, "report_refused_or_dismissed", "investigation_opened", "protection_given", "no_response", "no_response", "arrest_or_charge"))
	} else if w.chance(25) {
		w.respond(in, "host_state", pick(w.dice, "general_statement", "general_statement", "specific_condemnation", "diplomatic_protest", "asylum_granted"))
	}
	w.respond(in, "origin_state", weighted(w.dice, share{"not_asked", 35}, share{"no_reply", 25}, share{"denial_specific", 12}, share{"denial_blanket", 16}, share{"counter_accusation", 8}, share{"justification", 4}))
	w.addEvidence(in, pick(w.dice, "target_testimony", "target_testimony", "news_article", "ngo_report", "relative_testimony"), "reported_only")
}

// protect gives a record the consent its source has, and a record of the case
// team something that others must not see.
func (w *writer) protect(in *models.IncidentInput) {
	level := "public_source_only"
	if in.Targets[0].CountingUnit == "organisation" {
		level = "not_applicable"
	} else if in.Sensitivity != "open" {
		w.interview(in)
		level = pick(w.dice, "given_internal", "given_aggregate", "given_pseudonymous")
	}
	in.Consents = []models.Consent{{ID: "N1", Target: "T1", Level: level}}
	if in.Sensitivity != "restricted" {
		return
	}
	in.InternalNote = ptr("Invented note, for the case team only.")
	in.Targets[0].RolesRestricted = []string{"asylum_seeker_or_refugee"}
	if w.chance(40) && level != "not_applicable" {
		in.Targets[0].Response = "undisclosed"
		in.Targets[0].ResponseRestricted = ptr(pick(w.dice, "complied", "partly_complied"))
	}
}

// nearMiss makes a few of the unfinished records ones that no total counts.
func (w *writer) nearMiss(r *Record) {
	if r.WorkflowStatus != "draft" || !w.chance(35) {
		return
	}
	if w.chance(70) {
		r.Input.ScopeTest.StateLink = "unclear"
		return
	}
	r.WorkflowStatus, r.VerificationStatus = "in_review", "debunked"
}
