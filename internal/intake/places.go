package intake

import (
	"regexp"
	"slices"
	"sort"
	"strings"
)

// Words around a country that say what it is in the text.
var (
	stateAgents = regexp.MustCompile(`(?i)^['’]?s?\s+(?:\w+\s+){0,2}?(?:security|intelligence|secret|police|officers?|officials?|agents?|authorit\w+|government|state|regime|embassy|consulate|consular|diplomats?|ministry|spies|spy|operatives?|military|hackers?|party|president|king|junta|judiciary|leader\w*|services?|foreign minist\w+|interior minist\w+|navy|army|state-linked|communist)\b`)
	// Both the accused state and the host have these.
	anyAgents = regexp.MustCompile(`(?i)^['’]?s?\s+(?:\w+\s+){0,1}?(?:police|prosecutors?|courts?|judges?|government|parliament|interior minist\w+|foreign minist\w+|border guards?|security service|intelligence service|intelligence)\b`)
	// Who inquires and tells is the host; who rejects what is told is the accused.
	telling     = regexp.MustCompile(`(?i)^['’]?s?\s+(?:\w+\s+){0,2}?(?:officials?|authorit\w+|government|ministers?|police|prosecutors?|intelligence|investigators?)\b.{0,30}?\b(?:said|say|says|told|believes?|allege[sd]?|accused|charged|announced|concluded|warned|arrested|investigat\w+|expelled)\b`)
	rejecting   = regexp.MustCompile(`(?i)^['’]?s?\s+(?:\w+\s+){0,3}?(?:has |have )?(?:rejected|denied|denies|rejects|dismissed)\b`)
	agentBefore = regexp.MustCompile(`(?i)\b(?:agents?|officers?|officials?|government|authorities|embassy|consulate|police|intelligence|security services?|ministry|regime|rulers?|state|spy(?:ing)? for|work(?:ing|ed)? for|on behalf of|orders? from|directed by|linked to|backed by|employed by|hired by|request of|fled|escaped(?: from)?|left|criticis\w+|criticiz\w+|critic of|critics of|opponents? of|accused|accuse[sd]?|blamed?|informant for|information to|return(?:ed)? to|back to|extradited to|deported to)\s+(?:the\s+)?(?:\w+\s+){0,1}?$`)
	living      = regexp.MustCompile(`(?i)\b(?:in|at|to|near|outside|from|across|into|of|from his home in|around|throughout)\s+(?:the\s+|central\s+|north(?:ern)?\s+|south(?:ern)?\s+|east(?:ern)?\s+|west(?:ern)?\s+|downtown\s+|suburban\s+)*$`)
	residing    = regexp.MustCompile(`(?i)\b(?:liv(?:es?|ed|ing)|resid\w+|residence|based|settled|exiled?|refuge\w*|asylum|fled to|moved to|home|student|studying|studies|citizens?|community|diaspora|flat|house|works?|working|shop|university|outside)\b.{0,30}$`)
	hostAgents  = regexp.MustCompile(`(?i)^(?:-based|['’]?s?\s+(?:\w+\s+){0,1}?(?:police|prosecutors?|court|citizens?|residents?|intelligence|security service|home office|interior ministry|government|parliament|city|university|suburb|home|district|soil|passport holder|mp|mps))\b`)
	visiting    = regexp.MustCompile(`(?i)\b(?:embassy|consulate|ambassador|embassies|consulates)\b`)
)

// vote is how much speaks for a country, and where first.
type vote struct {
	code       string
	score      float64
	sentence   int
	start, end int
}

type votes map[string]*vote

func (v votes) add(code string, score float64, sentence, start, end int) {
	if v[code] == nil {
		v[code] = &vote{code: code, sentence: sentence, start: start, end: end}
	}
	v[code].score += score
}

func (v votes) best(without string, least float64) *found {
	var list []*vote
	for _, x := range v {
		if x.code != without && x.score >= least {
			list = append(list, x)
		}
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].score != list[j].score {
			return list[i].score > list[j].score
		}
		return list[i].start < list[j].start || list[i].start == list[j].start && list[i].code < list[j].code
	})
	if len(list) == 0 {
		return nil
	}
	b := list[0]
	confidence := 0.5 + min(0.4, b.score/10)
	return &found{matcher: matcher{code: b.code}, sentence: b.sentence, start: b.start, end: b.end, weight: confidence}
}

// Where the words leave it open, states that pursue their people abroad are
// sooner the accused ones, and the others sooner the hosts.
func asAccused(code string) float64 {
	if pursuing[code] {
		return 1
	}
	return 0.5
}

func asHost(code string) float64 {
	if pursuing[code] {
		return 0.6
	}
	return 1
}

// pursuing are the states that studies of transnational repression name most.
var pursuing = func() map[string]bool {
	out := map[string]bool{}
	for _, code := range strings.Fields("CHN IRN RUS SAU TUR EGY TJK UZB TKM BLR AZE ERI RWA UGA BDI ARE BHR KWT SYR PAK IND VNM LAO KHM THA MMR PRK CUB NIC VEN GNQ SSD ETH DZA LBY IRQ KAZ KGZ BGD NPL IDN SDN ZWE COD TGO") {
		out[code] = true
	}
	return out
}()

// mostVoting is how many sentences say where and by whom: no article is longer,
// and a book would name every country.
const mostVoting = 400

// countries finds the accused state and the country of residence.
func (r *Reader) countries(t *reading) (origin, host *found) {
	accused, home := votes{}, votes{}
	for i, s := range t.sentences[:min(len(t.sentences), mostVoting)] {
		factor := 1.0
		if i < 2 {
			factor = 1.6 // the lead says who and where
		}
		if s.background {
			factor = 0.25
		}
		if s.language == "en" {
			r.englishVotes(t, i, factor, accused, home)
		} else {
			r.foreignVotes(t, i, factor, accused, home)
		}
	}
	for i, s := range t.sentences[:min(len(t.sentences), mostVoting)] {
		for _, c := range r.lexicon().communities {
			if usualOrigin[c.code] == "" || !t.fired.has(i, c.id) {
				continue
			}
			if at := c.firstIn(s.text); at != nil {
				accused.add(usualOrigin[c.code], 0.8, i, s.start+at[2], s.start+at[3])
			}
		}
	}
	origin = accused.best("", 0.9)
	if origin == nil {
		return nil, home.best("", 0.9)
	}
	host = home.best(origin.matcher.code, 0.9)
	return origin, host
}

func (r *Reader) englishVotes(t *reading, i int, factor float64, accused, home votes) {
	s := t.sentences[i]
	eachPlace := func(set map[string]named, use func(code string, start, end int)) {
		for code, expression := range set {
			if !t.fired.has(i, expression.id) {
				continue
			}
			for _, at := range expression.FindAllStringSubmatchIndex(s.text, 6) {
				use(code, at[2], at[3])
			}
		}
	}
	eachPlace(r.lexicon().adjectives, func(code string, start, end int) {
		after, before := s.text[end:], s.text[:start]
		switch {
		case rejecting.MatchString(after):
			accused.add(code, 2*factor, i, s.start+start, s.start+end)
		case telling.MatchString(after) && !pursuing[code]:
			home.add(code, 1.2*factor, i, s.start+start, s.start+end)
		case anyAgents.MatchString(after):
			accused.add(code, 1.2*factor*asAccused(code), i, s.start+start, s.start+end)
			home.add(code, factor*asHost(code), i, s.start+start, s.start+end)
		case hostAgents.MatchString(after) && !visiting.MatchString(after[:min(len(after), 40)]) && !stateAgents.MatchString(after):
			home.add(code, 1.2*factor, i, s.start+start, s.start+end)
		case stateAgents.MatchString(after):
			accused.add(code, 2*factor*asAccused(code), i, s.start+start, s.start+end)
		case agentBefore.MatchString(before):
			accused.add(code, 1.5*factor, i, s.start+start, s.start+end)
		default:
			// "an Iranian journalist": whom a state pursues is mostly its own.
			accused.add(code, 0.8*factor*asAccused(code), i, s.start+start, s.start+end)
			home.add(code, 0.3*factor*asHost(code), i, s.start+start, s.start+end)
		}
	})
	eachPlace(r.lexicon().states, func(code string, start, end int) {
		after, before := s.text[end:], s.text[:start]
		if rejecting.MatchString(after) {
			accused.add(code, 2*factor, i, s.start+start, s.start+end)
		} else if stateAgents.MatchString(after) || agentBefore.MatchString(before) || strings.HasPrefix(after, "'s ") || strings.HasPrefix(after, "’s ") {
			accused.add(code, 1.2*factor*asAccused(code), i, s.start+start, s.start+end)
		} else if !living.MatchString(before) {
			accused.add(code, 0.7*factor*asAccused(code), i, s.start+start, s.start+end)
		}
	})
	eachPlace(r.lexicon().hosts, func(code string, start, end int) {
		after, before := s.text[end:], s.text[:start]
		switch {
		case agentBefore.MatchString(before) && !residing.MatchString(before):
		case hostAgents.MatchString(after):
			home.add(code, 1.5*factor, i, s.start+start, s.start+end)
		case living.MatchString(before) && residing.MatchString(before):
			home.add(code, 2.2*factor, i, s.start+start, s.start+end)
		case living.MatchString(before):
			home.add(code, 1.2*factor*asHost(code), i, s.start+start, s.start+end)
		default:
			home.add(code, 0.3*factor*asHost(code), i, s.start+start, s.start+end)
		}
	})
}

func (r *Reader) foreignVotes(t *reading, i int, factor float64, accused, home votes) {
	s := t.sentences[i]
	for code, expression := range r.lexicon().foreign[s.language] {
		if !t.fired.has(i, expression.id) {
			continue
		}
		for _, at := range expression.FindAllStringSubmatchIndex(s.text, 4) {
			accused.add(code, 1.2*factor, i, s.start+at[2], s.start+at[3])
		}
	}
	for code, expression := range r.lexicon().foreignHost[s.language] {
		if !t.fired.has(i, expression.id) {
			continue
		}
		for _, at := range expression.FindAllStringSubmatchIndex(s.text, 4) {
			home.add(code, 1.2*factor, i, s.start+at[2], s.start+at[3])
		}
	}
}

// usualOrigin are communities with the state that usually pursues them: it
// breaks ties and helps where a text names no state.
var usualOrigin = map[string]string{
	"uyghur": "CHN", "tibetan": "CHN", "hong_konger": "CHN", "falun_gong": "CHN", "kazakh_xinjiang": "CHN", "southern_mongolian": "CHN", "hizmet_movement": "TUR",
}

// communities finds whom the text says was pressed.
func (r *Reader) communities(t *reading, hits []found, origin *found) []found {
	best := map[string]found{}
	exile := r.tellsOfExile(t) || pursued(hits)
	for i, s := range t.sentences {
		for _, c := range r.lexicon().communities {
			if !t.fired.has(i, c.id) {
				continue
			}
			at := c.firstIn(s.text)
			if at == nil || c.exile && !exile {
				continue
			}
			weight := 0.8
			if c.exile {
				weight = 0.6
			}
			if s.background {
				weight = 0.3
			}
			if old, ok := best[c.code]; !ok || weight > old.weight {
				best[c.code] = found{
					matcher: matcher{field: "communities", code: c.code, language: s.language}, sentence: i,
					start: s.start + at[2], end: s.start + at[3], weight: weight,
				}
			}
		}
	}
	named := false // a people or movement says more than a nationality
	for code := range best {
		named = named || nationals[code] == ""
	}
	var out []found
	for code, h := range best {
		if nationals[code] != "" && (named || origin == nil || !nationalOf(code, origin.matcher.code)) {
			continue
		}
		if h.weight >= 0.5 {
			out = append(out, h)
		}
	}
	if len(out) == 0 && origin != nil && exile {
		return r.nationalsOf(t, *origin)
	}
	return out
}

// nationalsOf are the exiles of a state, where the text calls them nothing
// else.
func (r *Reader) nationalsOf(t *reading, origin found) []found {
	for code, state := range stateOf {
		if state == origin.matcher.code {
			h := origin
			h.matcher, h.weight = matcher{field: "communities", code: code, language: t.language}, 0.5
			return []found{h}
		}
	}
	return nil
}

// pursued tells whether something was done that states do to people who left.
func pursued(hits []found) bool {
	return slices.ContainsFunc(hits, func(h found) bool { return h.matcher.field == "methods" && pursuit[h.matcher.code] })
}

// firstIn finds the word for a community; of a nationality the first that is
// not the state itself ("Chinese agents").
func (c community) firstIn(text string) []int {
	for _, at := range c.expression.FindAllStringSubmatchIndex(text, 6) {
		if !c.exile || !stateAgents.MatchString(text[at[3]:]) || former.MatchString(text[:at[2]]) {
			return at
		}
	}
	return nil
}

// former servants of a state are no longer it.
var former = regexp.MustCompile(`(?i)\b(?:former|ex|retired|exiled)[\s-]+$`)

// tellsOfExile: somebody fled, opposes, or belongs to people abroad.
func (r *Reader) tellsOfExile(t *reading) bool {
	for i, s := range t.sentences {
		e, ok := r.lexicon().exiles[s.language]
		if ok && !s.background && t.fired.has(i, e.id) && e.MatchString(s.text) {
			return true
		}
	}
	return false
}

// stateOf is the state of which a nationality's dissidents are.
var stateOf = map[string]string{
	"iranian_dissident": "IRN", "russian_opposition": "RUS", "belarusian_opposition": "BLR", "tajik_opposition": "TJK", "uzbek_exile": "UZB",
	"turkmen_exile": "TKM", "azerbaijani_dissident": "AZE", "egyptian_dissident": "EGY", "saudi_dissident": "SAU", "bahraini_dissident": "BHR",
	"emirati_dissident": "ARE", "syrian_exile": "SYR", "eritrean_exile": "ERI", "rwandan_exile": "RWA", "ugandan_opposition": "UGA",
	"vietnamese_dissident": "VNM", "cambodian_opposition": "KHM", "thai_exile": "THA", "myanmar_exile": "MMR", "cuban_dissident": "CUB",
	"nicaraguan_exile": "NIC", "prc_dissident": "CHN",
}

func nationalOf(community, state string) bool { return stateOf[community] == state }

// Texts about other things that share the words.
var (
	otherMatters = regexp.MustCompile(`(?i)\b(?:trade secrets?|semiconductors?|defen[cs]e contractor|naval base|military secrets?|classified|nato documents|industrial espionage|submarines?|fighter jets?|world cup|olympic|league|goals?|match|tournament|coach|striker|tariffs?|gdp|inflation|stock|earthquake|recipe|ransomware|customer data|bank customers)\b`)
	pursuit      = map[string]bool{
		"informant_recruitment": true, "family_questioned": true, "family_detained": true, "persuasion_to_return": true, "entry_ban": true,
		"passport_refused": true, "citizenship_stripped": true, "exit_ban_relatives": true, "bounty_or_wanted_list": true, "contact_controlled": true,
	}
)

// isIncident: a state, somebody of its own abroad, and something done to them.
func (r *Reader) isIncident(t *reading, hits []found, origin, host *found, communities []found) bool {
	if origin == nil {
		return false
	}
	if !slices.ContainsFunc(hits, func(h found) bool { return h.matcher.field == "methods" }) {
		return false
	}
	other := 0
	for i, s := range t.sentences {
		if !t.fired.has(i, r.lexicon().otherMatters) {
			continue
		}
		other += len(otherMatters.FindAllString(s.text, -1))
	}
	people := slices.ContainsFunc(communities, func(c found) bool { return stateOf[c.matcher.code] == "" })
	switch {
	case other > 0 && !people || other > 2:
		return false
	case host == nil: // the place may be one that the gazetteer does not know
		return people && pursued(hits) || fled.MatchString(t.text)
	}
	return len(communities) > 0 || r.tellsOfExile(t) || pursued(hits)
}

// fled says beyond doubt that somebody lives outside the state.
var fled = regexp.MustCompile(`(?i)\b(?:in exile|exiled|fled|asylum|refugees?|diaspora|living abroad|流亡|эмигра\w*|sürgün\w*|exili\w*|exilé\w*|réfugié\w*)\b|流亡|эмигра|покинул|уехал|تبعید|منفى`)
