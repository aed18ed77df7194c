package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"farwatch/models"
)

// Faults of a search.
const (
	FaultNothing = "search_nothing"  // no word in it
	FaultOnlyNot = "search_only_not" // says only what must not be there
	FaultTooMany = "search_too_many"
)

// prefixFrom is how many letters of a word may be its beginning only: "threat"
// finds "threatened". Shorter ones would find half of everything.
const prefixFrom = 3

// chunk is a word or a phrase in quotation marks, as typed.
type chunk struct {
	text   string
	not    bool
	quoted bool
}

// Parse reads what somebody typed: words are all needed, in any order, and may
// be the beginning of longer ones; "a phrase" must stand as it is; -word must
// not be there; word* is a beginning whatever its length. A word with several
// spellings finds them all. Nothing that can be typed is an error of syntax.
func Parse(text string, v *Variants) (q models.TextQuery, fault string) {
	chunks := split(text)
	for i := 0; i < len(chunks); {
		clause, n := clauseOf(chunks[i:], v)
		if len(clause) > 0 {
			if chunks[i].not {
				q.Not = append(q.Not, clause)
			} else {
				q.All = append(q.All, clause)
			}
		}
		i += n
	}
	switch {
	case len(q.All)+len(q.Not) > models.MaxSearchClauses:
		return models.TextQuery{}, FaultTooMany
	case len(q.All) == 0 && len(q.Not) > 0:
		return models.TextQuery{}, FaultOnlyNot
	case len(q.All) == 0:
		return models.TextQuery{}, FaultNothing
	}
	return q, ""
}

// split cuts at spaces and quotation marks. A mark that is never closed runs to
// the end.
func split(text string) []chunk {
	text = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "「", `"`, "」", `"`, "\u3000", " ").Replace(text)
	var out []chunk
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		var c chunk
		if rest, ok := strings.CutPrefix(text, "-"); ok {
			c.not, text = true, rest
		}
		if rest, ok := strings.CutPrefix(text, `"`); ok {
			c.quoted = true
			c.text, text, _ = strings.Cut(rest, `"`)
		} else {
			end := strings.IndexFunc(text, func(r rune) bool { return r == '"' || unicode.IsSpace(r) })
			if end < 0 {
				end = len(text)
			}
			c.text, text = text[:end], text[end:]
		}
		out = append(out, c)
	}
	return out
}

// clauseOf is the clause at the beginning of the chunks, and how many of them
// it takes: several words may be one name with other spellings.
func clauseOf(chunks []chunk, v *Variants) (models.TextClause, int) {
	for n := min(len(chunks), v.longest); n > 1; n-- {
		words, plain := "", true
		for i, c := range chunks[:n] {
			plain = plain && !c.quoted && (i == 0 || !c.not)
			words += " " + c.text
		}
		if phrase := phraseOf(words, true); plain {
			if clause := v.of(phrase); clause != nil {
				return clause, n
			}
		}
	}
	phrase := phraseOf(chunks[0].text, chunks[0].quoted)
	if len(phrase.Terms) == 0 {
		return nil, 1
	}
	if clause := v.of(phrase); clause != nil && !chunks[0].quoted {
		return clause, 1
	}
	return models.TextClause{phrase}, 1
}

// phraseOf are the terms of a text that is looked for.
func phraseOf(text string, exact bool) models.TextPhrase {
	terms := termsOf(text)
	// The last sign of a run says nothing that the pair before it has not said.
	if n := len(terms); n > 1 && terms[n-1].single && terms[n-2].end == terms[n-1].end {
		terms = terms[:n-1]
	}
	if len(terms) == 0 {
		return models.TextPhrase{}
	}
	var p models.TextPhrase
	for _, t := range terms {
		p.Terms = append(p.Terms, t.text)
	}
	switch last := terms[len(terms)-1]; {
	case last.single: // every sign begins a term
		p.Prefix = true
	case last.sign: // a pair of signs is whole
	default:
		p.Prefix = strings.HasSuffix(text, "*") || !exact && utf8.RuneCountInString(last.text) >= prefixFrom
	}
	return p
}
