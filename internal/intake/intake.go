// Package intake reads an article and suggests what a record could hold of it.
// Rules only, written in tables that a person can read; nothing leaves the
// machine, and nothing is decided: each suggestion names the sentence it comes
// from, the rule, and how much the rule is worth.
package intake

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"farwatch/models"
)

// MaxBytes is the longest text that is read.
const MaxBytes = 2 << 20

// Suggestion is one value that a text may support: Field names a field of the
// record or of its source (source_title, source_author, source_publisher,
// source_published), Code its code, or its value where there are no codes;
// occurred is EDTF. Start and End count code
// points of the text, End exclusive, and bound the words; SentenceStart and
// SentenceEnd the sentence around them.
type Suggestion struct {
	Field                      string
	Code                       string
	Explicitness               string // of methods, inducements and demands
	Start, End                 int
	SentenceStart, SentenceEnd int
	Rule                       string
	Confidence                 float64 // 0 to 1
	Amount                     *Amount
}

// Amount is money as stated: numbers only where the text gives numbers, and the
// currency word as it stands there.
type Amount struct {
	Min, Max       *float64
	Text, Currency string
	Period         string
}

// Reading is what the rules make of a text.
type Reading struct {
	Language    string // of most of it
	Incident    bool   // tells of somebody abroad whom a state pressed
	Suggestions []Suggestion
}

// Reader holds the rules.
type Reader struct{ lexicon func() *lexicon }

// NewReader compiles the rules at the first text: that takes a quarter of a
// second, which the start of a program that reads none need not wait for.
func NewReader(vocab *models.Vocabulary) *Reader {
	return &Reader{sync.OnceValue(func() *lexicon { return newLexicon(vocab) })}
}

// englishNames are the countries' names by alpha-3 code.
func englishNames() map[string]string {
	out := map[string]string{}
	names := display.English.Regions()
	for _, p := range places() {
		region, err := language.ParseRegion(p.code)
		if err != nil {
			continue
		}
		out[p.code] = names.Name(region)
	}
	// CLDR's long forms are not what people write.
	for code, name := range map[string]string{
		"TUR": "Turkey", "MMR": "Myanmar", "CIV": "Ivory Coast", "COD": "Congo", "CZE": "Czechia", "BIH": "Bosnia", "PSE": "Palestine", "SYR": "Syria",
		"RUS": "Russia", "IRN": "Iran", "VNM": "Vietnam", "USA": "United States", "XKX": "Kosovo", "LAO": "Laos", "KOR": "South Korea", "PRK": "North Korea",
	} {
		out[code] = name
	}
	return out
}

// CountryWords are names, demonyms and further names of countries: written word →
// alpha-3 code.
func CountryWords() map[string]string {
	out := map[string]string{}
	for _, p := range places() {
		for _, word := range append(append([]string{}, p.adjectives...), p.names...) {
			out[word] = p.code
		}
	}
	for code, name := range englishNames() {
		out[name] = code
	}
	return out
}

// found is a hit of a rule in the bytes of a text.
type found struct {
	matcher    matcher
	sentence   int
	start, end int
	weight     float64
	explicit   string
	amount     *Amount
}

// Read finds what a text may support.
func (r *Reader) Read(text string) Reading {
	text = text[:min(len(text), MaxBytes)]
	t := split(text)
	t.fired = r.lexicon().triggers.fire(t.sentences)
	for i := range t.sentences {
		s := &t.sentences[i]
		s.background = t.fired.has(i, r.lexicon().background) && background.MatchString(s.text)
	}
	var hits []found
	certain := map[int]bool{} // rules that no later sentence can say better
	tried := map[int]int{}    // how often a rule's words stood there
	for i := range t.sentences {
		hits = append(hits, r.sentence(t, i, certain, tried)...)
	}
	origin, host := r.countries(t)
	reading := Reading{Language: t.language}
	hits = settle(append(hits, recruitment(hits)...))
	communities := r.communities(t, hits, origin)
	reading.Incident = r.isIncident(t, hits, origin, host, communities)
	if reading.Incident {
		hits = append(hits, communities...)
		for field, at := range map[string]*found{"origin_country": origin, "host_country": host} {
			if at != nil {
				at.matcher.field = field
				hits = append(hits, *at)
			}
		}
		if when, ok := t.occurred(hits); ok {
			hits = append(hits, when)
		}
		hits = append(hits, reportedOnly(hits)...)
		heading := t.heading()
		hits = append(hits, heading...)
		if p, ok := r.publisher(t); ok && !slices.ContainsFunc(heading, func(h found) bool { return h.matcher.field == "source_publisher" }) {
			hits = append(hits, p)
		}
		reading.Suggestions = t.suggestions(hits)
	}
	return reading
}

// informing are demands that only an informer can meet.
var informing = map[string]bool{
	"report_attendees": true, "attend_events": true, "provide_images": true, "report_group_plans": true, "identify_media_sources": true,
	"report_on_person": true, "provide_personal_data": true, "general_information": true,
}

// recruitment: who is asked to inform is recruited, whether or not the text says
// "spy".
func recruitment(hits []found) []found {
	for _, h := range hits {
		if h.matcher.field == "demands" && informing[h.matcher.code] {
			h.matcher.field, h.matcher.code, h.weight = "methods", "informant_recruitment", 0.5
			return []found{h}
		}
	}
	return nil
}

// reportedOnly: what the target says is heard by nobody but who reports it.
func reportedOnly(hits []found) []found {
	for _, h := range hits {
		if h.matcher.field == "evidence" && h.matcher.code == "target_testimony" {
			h.matcher.field, h.matcher.code = "evidence_access", "reported_only"
			return []found{h}
		}
	}
	return nil
}

// settle keeps the best hit of each code and drops what a narrower code says
// already.
func settle(hits []found) []found {
	best := map[string]found{}
	for _, h := range hits {
		key := h.matcher.field + ":" + h.matcher.code
		if h.amount != nil {
			key += h.amount.Text + h.amount.Currency
		}
		if old, ok := best[key]; !ok || h.weight > old.weight {
			best[key] = h
		}
	}
	has := func(field, code string) bool { _, ok := best[field+":"+code]; return ok }
	drop := func(field, code string, narrower ...string) {
		if slices.ContainsFunc(narrower, func(n string) bool { return has(field, n) }) {
			delete(best, field+":"+code)
		}
	}
	drop("methods", "threat_general", "threat_of_death", "threat_to_family")
	drop("methods", "abduction_rendition", "attempted_abduction")
	drop("methods", "killing", "attempted_killing")
	drop("demands", "general_information", "provide_personal_data")
	drop("inducements", "money_one_off", "money_recurring")
	drop("perpetrators", "intelligence_service", "unidentified_official") // the service is only suspected
	drop("perpetrators", "police", "unidentified_official")
	drop("police_reported", "yes", "no")
	drop("origin_response", "denial_specific", "denial_blanket")
	drop("host_response", "general_statement", "conviction", "arrest_or_charge", "diplomatic_protest", "expulsion", "specific_condemnation", "investigation_opened")
	drop("host_response", "arrest_or_charge", "conviction")
	var out []found
	for _, h := range best {
		out = append(out, h)
	}
	return out
}

// suggestions turns hits into answers, in the order of the text.
func (t *reading) suggestions(hits []found) []Suggestion {
	out := make([]Suggestion, 0, len(hits))
	for _, h := range hits {
		s := t.sentences[h.sentence]
		out = append(out, Suggestion{
			Field: h.matcher.field, Code: h.matcher.code, Explicitness: h.explicit, Start: t.points(h.start), End: t.points(h.end),
			SentenceStart: t.points(s.start), SentenceEnd: t.points(s.end), Confidence: min(0.95, h.weight), Amount: h.amount,
			Rule: h.matcher.field + "/" + h.matcher.code + "/" + cmp.Or(h.matcher.language, "all"),
		})
	}
	slices.SortFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), strings.Compare(a.Field, b.Field), strings.Compare(a.Code, b.Code))
	})
	return out
}

// points counts the code points before a byte.
func (t *reading) points(at int) int { return utf8.RuneCountInString(t.text[:at]) }
