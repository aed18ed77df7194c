package models

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A quote counts from six words on. Scripts without spaces have no words to
// count, so a token weighs in quarters of a word: a word 4, a Chinese or
// Japanese character or a Tibetan syllable 2 (a word has about two), a letter
// of Thai, Lao, Khmer or Burmese 1.
const (
	wordWeight  = 4
	quoteWeight = 6 * wordWeight
	window      = quoteWeight / wordWeight // six words are never fewer tokens
	maxTokens   = 20_000                   // of one text that are compared
)

// token is a word, or the unit that stands for one in its script.
type token struct {
	text       string // folded
	weight     int
	start, end int // bytes in the text
}

// spoken is a text in tokens.
type spoken struct {
	text   string
	tokens []token
}

var (
	bySign   = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana}
	byLetter = []*unicode.RangeTable{unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}
)

// tokens splits a text. Case, accents, width and vowel marks of Arabic do not
// matter.
func tokens(text string) []token {
	var out []token
	open := false // the last token still grows
	for i, r := range text {
		if len(out) == maxTokens {
			break
		}
		end := i + len(string(r))
		switch {
		case (r == '\'' || r == '’' || r == 'ʼ') && open:
			out[len(out)-1].end = end // inside a word
		case unicode.In(r, unicode.M) && len(out) > 0 && out[len(out)-1].end == i, open && (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, bySign...) && !unicode.In(r, byLetter...):
			out[len(out)-1].text += foldRune(r)
			out[len(out)-1].end = end
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			open = false
		default:
			weight := wordWeight
			switch {
			case unicode.In(r, bySign...), unicode.Is(unicode.Tibetan, r):
				weight = wordWeight / 2
			case unicode.In(r, byLetter...):
				weight = wordWeight / 4
			}
			out = append(out, token{foldRune(r), weight, i, end})
			open = weight == wordWeight || unicode.Is(unicode.Tibetan, r)
		}
	}
	return out
}

// foldRune is the letter without case, accent, width and Arabic vowel marks.
func foldRune(r rune) string {
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if part >= 0x300 && part <= 0x36f || part >= 0x64b && part <= 0x652 || part == 0x640 {
			continue
		}
		b.WriteRune(unicode.ToLower(part))
	}
	return b.String()
}

func foldText(text string) string { return windowKey(tokens(text)) }

func windowKey(list []token) string {
	var b strings.Builder
	for _, t := range list {
		b.WriteString(t.text + " ")
	}
	return b.String()
}

// marked are words between quotation marks, as they stand in running text.
var marked = regexp.MustCompile(`"([^"\n]{12,})"|“([^”\n]{12,})”|„([^“”\n]{12,})[“”]|«([^»\n]{12,})»|「([^」\n]{6,})」|『([^』\n]{6,})』`)

func (p *DuplicateProfile) readTexts(in IncidentInput) {
	quote := func(text string) {
		if s := (spoken{text, tokens(text)}); weightOf(s.tokens) >= quoteWeight {
			p.quotes = append(p.quotes, s)
		}
	}
	for _, text := range []string{in.Title, in.Summary} {
		p.heard = append(p.heard, spoken{text, tokens(text)})
		for _, groups := range marked.FindAllStringSubmatch(text, -1) {
			for _, group := range groups[1:] {
				quote(group)
			}
		}
	}
	p.text = featuresOf(p.heard...)
	for _, c := range in.Citations {
		if c.Quote != nil {
			quote(*c.Quote)
		}
	}
	for _, s := range in.Sources {
		if s.Text != nil {
			p.heard = append(p.heard, spoken{*s.Text, tokens(*s.Text)})
		}
	}
	p.heard = append(p.heard, p.quotes...)
}

func weightOf(list []token) int {
	sum := 0
	for _, t := range list {
		sum += t.weight
	}
	return sum
}

// sharedQuote is the longest run of six words or more that is a quote in one
// record and stands in the other; "" if there is none.
func (p DuplicateProfile) sharedQuote(other DuplicateProfile) string {
	best, weight := longestRun(p.quotes, other.heard)
	if again, more := longestRun(other.quotes, p.heard); more > weight || more == weight && again < best {
		best = again
	}
	return best
}

// longestRun finds the heaviest run of tokens that stands in a quote and in a
// text, in the quote's own spelling.
func longestRun(quotes, texts []spoken) (run string, weight int) {
	type place struct{ quote, at int }
	starts := map[string][]place{}
	for q, s := range quotes {
		for i := 0; i+window <= len(s.tokens); i++ {
			k := windowKey(s.tokens[i : i+window])
			starts[k] = append(starts[k], place{q, i})
		}
	}
	for _, text := range texts {
		for i := 0; len(starts) > 0 && i+window <= len(text.tokens); i++ {
			for _, s := range starts[windowKey(text.tokens[i:i+window])] {
				q := quotes[s.quote]
				if i > 0 && s.at > 0 && text.tokens[i-1].text == q.tokens[s.at-1].text {
					continue // it was found from its beginning
				}
				n := commonPrefix(q.tokens[s.at:], text.tokens[i:])
				found := q.tokens[s.at : s.at+n]
				said := q.text[found[0].start:found[n-1].end]
				if w := weightOf(found); w >= quoteWeight && (w > weight || w == weight && said < run) {
					run, weight = said, w
				}
			}
		}
	}
	return run, weight
}

func commonPrefix(a, b []token) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].text == b[n].text {
		n++
	}
	return n
}
