package search

import (
	"slices"
	"strings"

	"farwatch/models"
)

// around is how many words stand before and behind the first hit of a snippet.
const around = 12

// Part is a piece of a snippet; Hit pieces are what was looked for.
type Part struct {
	Text string
	Hit  bool
}

// span is a hit, in bytes of the text.
type span struct{ start, end int }

// Snippet is the part of a text around its hits, with three dots where text is
// left out, and how many different clauses it holds; nil and 0 without a hit.
func Snippet(text string, q models.TextQuery) (parts []Part, clauses int) {
	terms := termsOf(text)
	var hits []span
	for _, c := range q.All {
		found := false
		for _, p := range c {
			for i := range terms {
				if s, ok := match(terms, i, p); ok {
					hits, found = append(hits, s), true
				}
			}
		}
		if found {
			clauses++
		}
	}
	if len(hits) == 0 {
		return nil, 0
	}
	return cut(text, terms, merged(hits)), clauses
}

// match tells whether a phrase begins at a term.
func match(terms []term, at int, p models.TextPhrase) (span, bool) {
	n := len(p.Terms)
	if at+n > len(terms) {
		return span{}, false
	}
	for i, want := range p.Terms {
		have := terms[at+i].text
		if have != want && (i < n-1 || !p.Prefix || !strings.HasPrefix(have, want)) {
			return span{}, false
		}
	}
	end := terms[at+n-1].end
	// Of a pair that only begins with the sign looked for, the second is no hit.
	if last := terms[at+n-1]; last.sign && !last.single && len(p.Terms[n-1]) < len(last.text) {
		end = last.start + len(p.Terms[n-1])
	}
	return span{terms[at].start, end}, true
}

// merged puts hits in order and joins those that touch.
func merged(hits []span) []span {
	slices.SortFunc(hits, func(a, b span) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return a.end - b.end
	})
	out := hits[:1]
	for _, h := range hits[1:] {
		if last := &out[len(out)-1]; h.start <= last.end {
			last.end = max(last.end, h.end)
		} else {
			out = append(out, h)
		}
	}
	return out
}

// cut takes the words around the first hit.
func cut(text string, terms []term, hits []span) []Part {
	first := slices.IndexFunc(terms, func(t term) bool { return t.end > hits[0].start })
	from, to := max(0, first-around), min(len(terms)-1, first+2*around)
	start, end := terms[from].start, max(terms[to].end, hits[0].end)
	if from == 0 {
		start = 0
	}
	if to == len(terms)-1 {
		end = len(text)
	}
	var parts []Part
	add := func(s string, hit bool) {
		if s != "" {
			parts = append(parts, Part{s, hit})
		}
	}
	if start > 0 {
		add("… ", false)
	}
	at := start
	for _, h := range hits {
		if h.end > end {
			break
		}
		add(text[at:h.start], false)
		add(text[h.start:h.end], true)
		at = h.end
	}
	add(text[at:end], false)
	if end < len(text) {
		add(" …", false)
	}
	return parts
}

// Answers tells whether texts answer a question, by reading them: what the
// engines' indexes are compared with.
func Answers(texts []string, q models.TextQuery) bool {
	has := func(c models.TextClause) bool {
		return slices.ContainsFunc(texts, func(text string) bool {
			_, clauses := Snippet(text, models.TextQuery{All: []models.TextClause{c}})
			return clauses > 0
		})
	}
	return !slices.ContainsFunc(q.All, func(c models.TextClause) bool { return !has(c) }) && !slices.ContainsFunc(q.Not, has)
}
