package search

import (
	"slices"
	"unicode"

	"farwatch/models"
)

// spellFrom is the shortest word that is tried in other spellings.
const spellFrom = 4

// alphabets are tried in place of a letter of the same script.
var alphabets = []struct {
	script  *unicode.RangeTable
	letters string
}{
	{unicode.Latin, "abcdefghijklmnopqrstuvwxyz"},
	{unicode.Cyrillic, "абвгдежзиклмнопрстуфхцчшщъыьэюяіґғқңөүһәҷў"},
	{unicode.Arabic, "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگڭۇۆۈۋ"},
}

// Respellings are the words one slip of the hand away from a word: a letter
// left out, doubled, mistaken, or two swapped. None for a short word or a
// script without an alphabet.
func Respellings(word string) []string {
	letters := []rune(word)
	if len(letters) < spellFrom {
		return nil
	}
	alphabet := ""
	for _, a := range alphabets {
		if unicode.Is(a.script, letters[0]) {
			alphabet = a.letters
		}
	}
	if alphabet == "" {
		return nil
	}
	var out []string
	add := func(parts ...[]rune) {
		if w := string(slices.Concat(parts...)); w != word && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for i := range letters {
		before, from, behind := letters[:i], letters[i:], letters[i+1:]
		add(before, behind)
		if i+1 < len(letters) {
			add(before, []rune{letters[i+1], letters[i]}, letters[i+2:])
		}
		for _, l := range alphabet {
			add(before, []rune{l}, behind)
			add(before, []rune{l}, from)
		}
	}
	for _, l := range alphabet {
		add(letters, []rune{l})
	}
	return out
}

// Respelled are the questions in which one single word stands in other
// spellings, with the words tried.
func Respelled(q models.TextQuery) []Spelling {
	var out []Spelling
	for i, c := range q.All {
		if len(c) != 1 || len(c[0].Terms) != 1 {
			continue
		}
		words := Respellings(c[0].Terms[0])
		if len(words) == 0 {
			continue
		}
		clause := make(models.TextClause, len(words))
		for j, w := range words {
			clause[j] = models.TextPhrase{Terms: []string{w}}
		}
		other := models.TextQuery{All: slices.Clone(q.All), Not: q.Not}
		other.All[i] = clause
		out = append(out, Spelling{Word: c[0].Terms[0], Query: other, tried: words})
	}
	return out
}

// Spelling is a question with one word in other spellings.
type Spelling struct {
	Word  string
	Query models.TextQuery
	tried []string
}

// Best is the spelling that stands most often in texts that were found; "" if
// none does. The words come from those texts, so it tells nothing that was not
// found.
func (s Spelling) Best(texts []string) string {
	count := map[string]int{}
	for _, text := range texts {
		for _, t := range termsOf(text) {
			if slices.Contains(s.tried, t.text) {
				count[t.text]++
			}
		}
	}
	best := ""
	for word, n := range count {
		if best == "" || n > count[best] || n == count[best] && word < best {
			best = word
		}
	}
	return best
}
