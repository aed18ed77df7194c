// Package search turns texts and questions into terms. All splitting and
// folding happens here, so that SQLite and PostgreSQL find the same.
package search

import (
	"unicode/utf8"

	"farwatch/models"
)

// MaxTerms is how many terms of one record are kept: PostgreSQL counts no
// position above 16,383.
const MaxTerms = 16_000

// Gap stands between two texts of a record, so that no phrase spans both.
const Gap = ""

// term is a word, or two neighbouring signs of a script without spaces. The
// last sign of such a run is a term of its own as well: every sign begins one.
type term struct {
	text       string
	start, end int  // bytes in the text
	sign       bool // of a script without spaces
	single     bool // the last sign of a run
}

// maxTermBytes cuts what is no word anyway; PostgreSQL takes 2,046 bytes.
const maxTermBytes = 200

func termsOf(text string) []term {
	words := models.Words(text)
	out := make([]term, len(words))
	for i, w := range words {
		out[i] = term{text: w.Text, start: w.Start, end: w.End, sign: w.Sign}
		if !w.Sign {
			continue
		}
		if i+1 < len(words) && words[i+1].Sign && words[i+1].Start == w.End {
			out[i].text, out[i].end = w.Text+words[i+1].Text, words[i+1].End
		} else {
			out[i].single = true
		}
	}
	for i := range out {
		for len(out[i].text) > maxTermBytes {
			_, size := utf8.DecodeLastRuneInString(out[i].text)
			out[i].text = out[i].text[:len(out[i].text)-size]
		}
	}
	return out
}

// Terms are those of a record's texts in order, with Gap between texts.
func Terms(texts []string) []string {
	var out []string
	for _, text := range texts {
		terms := termsOf(text)
		if len(terms) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, Gap)
		}
		for _, t := range terms {
			if len(out) == MaxTerms {
				return out
			}
			out = append(out, t.text)
		}
	}
	return out
}
