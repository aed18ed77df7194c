package intake

import (
	"regexp"
	"strings"
)

// Frames of English sentences, read from the words before a hit.
var (
	askedFor  = regexp.MustCompile(`(?i)\b(?:ask(?:ed|ing|s)?|told|tells|telling|order(?:ed|ing)?|want(?:ed|s|ing)?|urged?|urging|press(?:ed|ing|ured)?|pressuring|demand(?:ed|ing|s)?|instruct(?:ed|ing)?|request(?:ed|ing|s)?|task(?:ed|ing)?|in (?:return|exchange)|on condition|would have to|had to|was to|were to|must|should|need to|needed to|persuad(?:e|ed|ing)|convinc(?:e|ed|ing)|coerc(?:e|ed|ing)|forc(?:e|ed|ing)|warn(?:ed|ing)|if (?:he|she|they|you)|unless|so that (?:he|she|they)|expected (?:him|her|them))\b`)
	offeredTo = regexp.MustCompile(`(?i)\b(?:offer(?:ed|ing|s)?|promis(?:ed|ing|es|e)|in (?:return|exchange)|will|would|could|can|make sure|help you|guarantee[ds]?|propos(?:ed|ing)|earn|receive|reward(?:ed)?|pay|paid|get|be allowed|let)\b`)
	offering  = regexp.MustCompile(`(?i)\b(?:offer(?:ed|ing|s)?|promis(?:ed|ing|es|e)|make sure|help you|we will|you (?:can|will|could)|guarantee[ds]?|propos(?:ed|ing)|reward(?:ed)?|in (?:return|exchange)|would (?:be|get|receive|help|let|pay)|could earn|earn|jobs? (?:are )?available|easy (?:jobs?|work|money))\b`)
	denied    = regexp.MustCompile(`(?i)\b(?:den(?:y|ies|ied|ying)|rejected|no evidence|not true|never|did not|didn't|was not|were not|has not|have not|had not|without|nobody|no one|none of|neither|rather than|instead of|falsely accused of|accused of|ruled out)\b[^.;,]{0,30}$`)
	unsure    = regexp.MustCompile(`(?i)\b(?:if|whether|could|might|may|possibly|in case|any)\b[^.;,]{0,30}$`)
	quoted    = regexp.MustCompile(`["“«„][^"”»]{8,}$`)
)

// hostCharges: the host state charges those who did it.
var hostCharges = regexp.MustCompile(`(?i)\b(?:indictment says|prosecutors|unregistered|acting as|foreign agents?|spying for|(?:men|women|people|suspects?) (?:were|was|have been|has been) (?:charged|indicted)|fbi|federal|european arrest)\b`)

// belongs: the words before say that this is the person of the text.
var belongs = regexp.MustCompile(`(?i)(?:\b(?:exiled|dissident|prominent|former|well-known|fugitive|refugee|opposition|critical|a|an|the) |ian |ese |ish |ani |eni |ghur |betan |audi |urdish |jik |zbek |ussian |wandan |ritrean |emirati |pro-democracy |rights )(?:\w+ )?$`)

// suffering are methods whose victims are relatives: a sentence that says "if
// any relatives are held" tells of none.
var suffering = map[string]bool{"family_detained": true, "family_questioned": true, "family_punished": true, "exit_ban_relatives": true}

// taskable are methods that are often asked of the target: then they are not
// done.
var taskable = map[string]bool{
	"event_monitoring": true, "community_infiltration": true, "physical_surveillance": true, "communications_monitoring": true,
	"personal_data_leak_use": true, "impersonation": true, "smear_disinformation": true, "doxxing": true, "in_person_harassment": true,
	"attack_on_property": true, "assault": true,
}

// pressing are methods that are said in the words of a demand.
var pressing = map[string]bool{
	"persuasion_to_return": true, "threat_to_family": true, "threat_general": true, "threat_of_death": true, "warning_contact": true,
	"forced_public_statement": true, "family_used_as_messenger": true, "associate_pressured": true, "event_cancellation_pressure": true,
}

// enough is how often the words of a rule are looked at in one text: what they
// did not say by then they say no more, and long texts stay quick.
const enough = 30

// sentence finds the hits of all rules in one sentence.
func (r *Reader) sentence(t *reading, index int, certain map[int]bool, tried map[int]int) []found {
	s := t.sentences[index]
	if s.background {
		return nil
	}
	// Offers and demands of one call stand in neighbouring sentences: the frame
	// of a quote goes on.
	before := ""
	if index > 0 && s.language == "en" {
		before = t.sentences[index-1].text + " "
	}
	var out []found
	for _, m := range r.lexicon().matchers {
		if m.language != "" && m.language != s.language || !t.fired.has(index, m.id) || certain[m.id] {
			continue
		}
		for _, at := range m.expression.FindAllStringIndex(s.text, 3) {
			if tried[m.id]++; tried[m.id] >= enough {
				certain[m.id] = true
			}
			weight, ok := r.weigh(m, s, before, at)
			if !ok {
				continue
			}
			h := found{matcher: m, sentence: index, start: s.start + at[0], end: s.start + at[1], weight: weight}
			h.explicit = explicitness(m, s, at)
			if m.field == "inducements" && strings.HasPrefix(m.code, "money_") {
				out = append(out, amounts(h, s)...)
			} else if weight >= 0.7 || s.language != "en" {
				certain[m.id] = m.frame != asked && m.frame != offered || weight >= 0.8 // a foreign rule says it no better
			}
			out = append(out, h)
			break
		}
	}
	return out
}

// weigh tells whether a rule's words are meant as the rule takes them, and how
// far that can be trusted.
func (r *Reader) weigh(m matcher, s sentence, before string, at []int) (float64, bool) {
	if s.language != "en" || m.language == "" {
		return 0.6, true
	}
	head, hit := s.text[:at[0]], s.text[at[0]:at[1]]
	if m.field == "roles" && !belongs.MatchString(head) {
		return 0, false // "told journalists": other people
	}
	if denied.MatchString(head) && m.field != "origin_response" && m.field != "police_reported" && m.field != "response" {
		return 0, false
	}
	isAsked := askedFor.MatchString(head) || askedFor.MatchString(hit)
	switch {
	case m.frame == asked:
		if isAsked {
			return 0.8, true
		}
		// "and to report who came" goes on with the demand of the sentence before.
		if askedFor.MatchString(before) && (offering.MatchString(before) || quoted.MatchString(head)) {
			return 0.5, true
		}
		return 0, false
	case m.frame == offered:
		if offering.MatchString(head) || offering.MatchString(hit) {
			return 0.8, true
		}
		if offering.MatchString(before) && offeredTo.MatchString(head) {
			return 0.5, true
		}
		return 0, false
	case m.code == "extraterritorial_charges" && hostCharges.MatchString(s.text):
		return 0, false
	case m.frame == done && m.field == "methods":
		if suffering[m.code] && (unsure.MatchString(head) || strings.Contains(strings.ToLower(head), "if any") || offering.MatchString(head)) {
			return 0, false
		}
		if taskable[m.code] && isAsked {
			return 0, false
		}
		if !pressing[m.code] && unsure.MatchString(head) {
			return 0, false
		}
	}
	return 0.7, true
}

// explicitness is how a threat, offer or demand was said; empty for a deed.
func explicitness(m matcher, s sentence, at []int) string {
	switch m.field {
	case "inducements", "demands":
		return "explicit"
	case "methods":
	default:
		return ""
	}
	switch m.code {
	case "informant_recruitment", "infiltration_tasking", "influence_recruitment", "threat_of_death", "threat_general", "warning_contact", "persuasion_to_return":
		return "explicit"
	case "contact_controlled":
		return "implied"
	case "threat_to_family":
		lower := strings.ToLower(s.text)
		if strings.Contains(lower, "blackmail") || strings.Contains(lower, "appeared to") || strings.Contains(lower, "seemed to") {
			return "inferred_by_source"
		}
		return "explicit"
	}
	return ""
}
