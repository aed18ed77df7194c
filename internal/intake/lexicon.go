package intake

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"farwatch/models"
)

// matcher is one rule: what it suggests where its expression stands.
type matcher struct {
	field, code, language string
	frame                 frame
	expression            *regexp.Regexp
	id                    int
}

// named is an expression for a country with its number among the triggers.
type named struct {
	*regexp.Regexp
	id int
}

// lexicon is everything that the rules know, compiled once.
type lexicon struct {
	matchers    []matcher
	triggers    *triggers
	adjectives  map[string]named // state → its adjectives and people
	states      map[string]named // state → its names and seats that stand for it
	hosts       map[string]named // country → names and cities of residence
	foreign     map[string]map[string]named
	foreignHost map[string]map[string]named
	communities []community
	exiles      map[string]named
	publishers  []named
	// numbers of expressions that stand elsewhere
	background, otherMatters int
}

// community is a people or movement with the words for it. With exile the word
// is a nationality: it counts only beside a word for somebody who fled or
// opposes.
type community struct {
	code       string
	expression *regexp.Regexp
	exile      bool
	id         int
}

// nationals are communities that are called by their nationality.
var nationals = map[string]string{
	"iranian_dissident": "Iranian|Iranians", "russian_opposition": "Russian|Russians", "belarusian_opposition": "Belarusian|Belarusians",
	"tajik_opposition": "Tajik|Tajiks", "uzbek_exile": "Uzbek|Uzbeks", "turkmen_exile": "Turkmen", "azerbaijani_dissident": "Azerbaijani|Azeri",
	"egyptian_dissident": "Egyptian|Egyptians", "saudi_dissident": "Saudi|Saudis", "bahraini_dissident": "Bahraini", "emirati_dissident": "Emirati",
	"syrian_exile": "Syrian|Syrians", "eritrean_exile": "Eritrean|Eritreans", "rwandan_exile": "Rwandan|Rwandans", "ugandan_opposition": "Ugandan|Ugandans",
	"vietnamese_dissident": "Vietnamese", "cambodian_opposition": "Cambodian|Cambodians", "thai_exile": "Thai", "myanmar_exile": "Burmese|Myanmar",
	"cuban_dissident": "Cuban|Cubans", "nicaraguan_exile": "Nicaraguan|Nicaraguans", "prc_dissident": "Chinese",
}

// further words for communities, in the languages of the rules.
var further = map[string]string{
	"uyghur": `Uighurs?|Uyghurs?|Uygurs?|Uigurs?|Ouïghour\w*|уйгур\S*|维吾尔|維吾爾|ئۇيغۇر|أويغور|إيغور|اویغور|uigur\S*`, "tibetan": `Tibetans?|тибет\S*|藏人|西藏|Tibetli|تبتي|tibétain\S*|tibetan\S*`,
	"hong_konger": `(?:students?|activists?|exiles?|people|protesters?|migrants?|campaigners?) from Hong Kong|Hong ?Kong(?:ers?| activists?| pro-democracy| exiles?| dissidents?| campaigners?| democracy)|港人|香港`, "falun_gong": `Falun (?:Gong|Dafa)|法轮功`,
	"kurdish": `Kurds?|Kurdish|курд\S*|Kürt\S*|كردي\S*|کردها|کردستان|kurdes?|kurd\S*`, "taiwanese": `Taiwanese`, "southern_mongolian": `(?:Southern|Inner) Mongolians?`,
	"bahai": `Baha'?i\w*|بهایی`, "baloch": `Baloch\w*|Baluch\w*|بلوچ`, "ahwazi_arab": `Ahwazi\w*|Ahvazi\w*|الأحواز`, "chechen": `Chechens?|чечен\S*|шишан`,
	"hizmet_movement": `Gülen\w*|Gulen\w*|Hizmet|FETÖ|гюлен\S*`, "tigrayan": `Tigrayans?`, "montagnard": `Montagnards?`, "sikh_activist": `Sikhs?|Khalistan\w*`,
	"tamil": `Tamils?`, "north_korean_escapee": `North Korean (?:defectors?|escapees?|refugees?)`, "kazakh_xinjiang": `Xinjiang Kazakhs?|ethnic Kazakhs?`,
	"prc_house_church": `house church`, "iranian_dissident": `(?:иранск\S*|伊朗)(?:.{0,12})(?:оппозиц\S*|активист\S*|журналист\S*|异见|活动人士|记者)|iranien(?:ne)?s?|İranlı|ایرانی`,
	"russian_opposition":    `российск\S* (?:оппозиц\S*|активист\S*|журналист\S*|эмигрант\S*)|俄罗斯.{0,6}(?:异见|反对派|记者)|opposant\S* russe|Rus (?:muhalif|gazeteci)`,
	"belarusian_opposition": `белорус\S*`, "tajik_opposition": `таджик\S*`, "uzbek_exile": `узбек\S*`, "eritrean_exile": `érythréen\S*|eritreo\S*|эритрей\S*`,
	"saudi_dissident": `سعودي`, "egyptian_dissident": `مصري`, "syrian_exile": `سوري`, "bahraini_dissident": `بحريني`, "emirati_dissident": `إماراتي`,
	"nicaraguan_exile": `nicaragüens\S*`, "cuban_dissident": `cuban[oa]s?`, "rwandan_exile": `rwandais\S*`, "cambodian_opposition": `cambodgien\S*`,
	"vietnamese_dissident": `vietnamien\S*|越南`, "azerbaijani_dissident": `азербайджанск\S*|Azerbaycanlı`,
}

func newLexicon(vocab *models.Vocabulary) *lexicon {
	l := &lexicon{
		triggers: newTriggers(), adjectives: map[string]named{}, states: map[string]named{}, hosts: map[string]named{},
		foreign: map[string]map[string]named{}, foreignHost: map[string]map[string]named{}, exiles: map[string]named{},
	}
	l.background, l.otherMatters = l.triggers.add(background), l.triggers.add(otherMatters)
	l.readPlaces()
	l.readForeignPlaces()
	for _, set := range english {
		for line := range strings.Lines(set.lines) {
			code, expression, _ := strings.Cut(strings.TrimRight(line, "\n"), "|")
			l.match(set.field, code, "en", set.frame, expand(expression))
		}
	}
	for language, lines := range foreign {
		for line := range strings.Lines(lines) {
			head, expression, _ := strings.Cut(strings.TrimRight(line, "\n"), "|")
			field, code, _ := strings.Cut(head, ":")
			l.match(field, code, language, any, expression)
		}
	}
	for line := range strings.Lines(foreignChannels) {
		code, expression, _ := strings.Cut(strings.TrimRight(line, "\n"), "|")
		l.match("channels", code, "", any, expression)
	}
	for language, expression := range exiles {
		l.exiles[language] = l.named(compile(expression))
	}
	for _, e := range publishers {
		l.publishers = append(l.publishers, l.named(e))
	}
	l.readCommunities(vocab)
	return l
}

func (l *lexicon) match(field, code, language string, f frame, expression string) {
	e := compile(expression)
	l.matchers = append(l.matchers, matcher{field, code, language, f, e, l.triggers.add(e)})
}

// isPlace tells the name of a country or city, or of its people.
func (l *lexicon) isPlace(name string) bool {
	for _, set := range []map[string]named{l.hosts, l.adjectives} {
		for _, e := range set {
			if at := e.FindStringSubmatchIndex(name); at != nil && at[2] == 0 && at[3] == len(name) {
				return true
			}
		}
	}
	return false
}

func (l *lexicon) named(e *regexp.Regexp) named { return named{e, l.triggers.add(e)} }

func compile(expression string) *regexp.Regexp { return regexp.MustCompile("(?i)" + expression) }

func expand(expression string) string {
	for _, name := range []string{"OWN", "KIN", "POLICE", "MONEY", "EVENT"} {
		expression = strings.ReplaceAll(expression, name, words[name])
	}
	return expression
}

// oneOf is an expression for whole words.
func oneOf(list []string) string {
	quoted := make([]string, len(list))
	for i, w := range list {
		quoted[i] = regexp.QuoteMeta(w)
	}
	slices.SortFunc(quoted, func(a, b string) int { return len(b) - len(a) })
	return `(?:^|[^\pL\pN])(` + strings.Join(quoted, "|") + `)(?:$|[^\pL\pN])`
}

func (l *lexicon) readPlaces() {
	english := englishNames()
	for _, p := range places() {
		name := english[p.code]
		names := append([]string{name}, p.names...)
		if len(p.adjectives) > 0 {
			l.adjectives[p.code] = l.named(regexp.MustCompile(oneOf(p.adjectives))) // "polish" and "turkey" are words
		}
		seats := p.cities
		if len(seats) > 1 {
			seats = seats[:1]
		}
		l.states[p.code] = l.named(regexp.MustCompile(oneOf(append(slices.Clone(names), seats...))))
		l.hosts[p.code] = l.named(regexp.MustCompile(oneOf(append(slices.Clone(names), p.cities...))))
	}
}

func (l *lexicon) readForeignPlaces() {
	read := func(table string, into map[string]map[string]named) {
		for line := range strings.Lines(table) {
			parts := strings.Split(strings.TrimRight(line, "\n"), "|")
			for i, language := range languages {
				if into[language] == nil {
					into[language] = map[string]named{}
				}
				stems := strings.Split(parts[i+1], ",")
				for j, s := range stems {
					stems[j] = regexp.QuoteMeta(s)
				}
				begin := `(?:^|[^\pL])`
				if language == "zh" || language == "ar" || language == "fa" {
					begin = "" // no spaces, or an article before the word
				}
				into[language][parts[0]] = l.named(compile(begin + `(` + strings.Join(stems, "|") + `)`))
			}
		}
	}
	read(foreignAdjectives, l.foreign)
	read(foreignHosts, l.foreignHost)
	l.readCountryNames()
}

// readCountryNames adds the names that CLDR gives countries in each language, of
// those that the tables do not hold.
func (l *lexicon) readCountryNames() {
	for _, tag := range languages {
		names := display.Regions(language.MustParse(tag))
		for _, p := range places() {
			region, err := language.ParseRegion(p.code)
			if err != nil {
				continue
			}
			stem := stemOf(tag, strings.ToLower(names.Name(region)))
			if stem == "" {
				continue
			}
			begin := `(?:^|[^\pL])`
			if tag == "zh" || tag == "ar" || tag == "fa" {
				begin = ""
			}
			e := l.named(compile(begin + `(` + regexp.QuoteMeta(stem) + `)`))
			if _, ok := l.foreignHost[tag][p.code]; !ok {
				l.foreignHost[tag][p.code] = e
			}
			if _, ok := l.foreign[tag][p.code]; !ok && pursuing[p.code] {
				l.foreign[tag][p.code] = e
			}
		}
	}
}

// stemOf is the part of a country's name that stays when it is declined; "" for
// a name that is too short to be told from other words.
func stemOf(tag, name string) string {
	points := []rune(name)
	if tag == "ru" && len(points) > 0 && strings.ContainsRune("аяйьоие", points[len(points)-1]) {
		points = points[:len(points)-1]
	}
	if len(points) < 4 && tag != "zh" || len(points) < 2 {
		return ""
	}
	return string(points)
}

func (l *lexicon) readCommunities(vocab *models.Vocabulary) {
	for _, code := range vocab.Codes(models.ListCommunities) {
		if expression := further[code]; expression != "" {
			e := compile(`(?:^|[^\pL]|\p{Han}|\p{Arabic})(` + expression + `)`)
			l.communities = append(l.communities, community{code, e, false, l.triggers.add(e)})
		}
		if expression := nationals[code]; expression != "" {
			e := regexp.MustCompile(`\b(` + expression + `)\b`)
			l.communities = append(l.communities, community{code, e, true, l.triggers.add(e)})
		}
	}
}
