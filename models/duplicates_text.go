package models

import (
	"regexp"
	"strings"
)

// A quote counts from six words on. Scripts without spaces have no words to
// count, so a unit weighs in quarters of a word: a word 4, a Chinese or
// Japanese character or a Tibetan syllable 2 (a word has about two), a letter
// of Thai, Lao, Khmer or Burmese 1.
const (
	wordWeight  = 4
	quoteWeight = 6 * wordWeight
	window      = quoteWeight / wordWeight // six words are never fewer units
)

func foldText(text string) string { return windowKey(Words(text)) }

func windowKey(list []Word) string {
	var b strings.Builder
	for _, t := range list {
		b.WriteString(t.Text + " ")
	}
	return b.String()
}

// marked are words between quotation marks, as they stand in running text.
var marked = regexp.MustCompile(`"([^"\n]{12,})"|“([^”\n]{12,})”|„([^“”\n]{12,})[“”]|«([^»\n]{12,})»|「([^」\n]{6,})」|『([^』\n]{6,})』`)

func (p *DuplicateProfile) readTexts(in IncidentInput) {
	quote := func(text string) {
		if s := (spoken{text, Words(text)}); weightOf(s.words) >= quoteWeight {
			p.quotes = append(p.quotes, s)
		}
	}
	for _, text := range []string{in.Title, in.Summary} {
		p.heard = append(p.heard, spoken{text, Words(text)})
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
			p.heard = append(p.heard, spoken{*s.Text, Words(*s.Text)})
		}
	}
	p.heard = append(p.heard, p.quotes...)
}

func weightOf(list []Word) int {
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

// longestRun finds the heaviest run of words that stands in a quote and in a
// text, in the quote's own spelling.
func longestRun(quotes, texts []spoken) (run string, weight int) {
	type place struct{ quote, at int }
	starts := map[string][]place{}
	for q, s := range quotes {
		for i := 0; i+window <= len(s.words); i++ {
			k := windowKey(s.words[i : i+window])
			starts[k] = append(starts[k], place{q, i})
		}
	}
	for _, text := range texts {
		for i := 0; len(starts) > 0 && i+window <= len(text.words); i++ {
			for _, s := range starts[windowKey(text.words[i:i+window])] {
				q := quotes[s.quote]
				if i > 0 && s.at > 0 && text.words[i-1].Text == q.words[s.at-1].Text {
					continue // it was found from its beginning
				}
				n := commonPrefix(q.words[s.at:], text.words[i:])
				found := q.words[s.at : s.at+n]
				said := q.text[found[0].Start:found[n-1].End]
				if w := weightOf(found); w >= quoteWeight && (w > weight || w == weight && said < run) {
					run, weight = said, w
				}
			}
		}
	}
	return run, weight
}

func commonPrefix(a, b []Word) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].Text == b[n].Text {
		n++
	}
	return n
}
