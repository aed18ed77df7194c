package models

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Two texts are near when a fifth or so of what the shorter one says stands in the
// longer one too. The figures were chosen on the labelled pairs of
// testdata/duplicates.json.
const (
	nearShare  = 0.22 // least share of the shorter text
	nearShared = 4    // least number of features in both
	stemLength = 5    // letters of a word that are compared, so that "called" is near "calls"
	shortWord  = 4    // shorter words ("the", "von") say nothing
	shownWords = 6    // of a reason
)

// features are what a text is compared by: stems of words, numbers, and pairs
// of signs in scripts without spaces, each with its weight and its spelling.
type features struct {
	weights map[string]float64
	words   map[string]string
	total   float64
}

// featuresOf reads a title and a summary.
func featuresOf(texts ...spoken) features {
	f := features{weights: map[string]float64{}, words: map[string]string{}}
	add := func(key, word string, weight float64) {
		if _, known := f.weights[key]; !known {
			f.weights[key], f.words[key] = weight, word
			f.total += weight
		}
	}
	for _, s := range texts {
		for i, t := range s.words {
			word := s.text[t.Start:t.End]
			letters := []rune(t.Text)
			switch {
			case t.Sign:
				if i+1 < len(s.words) && s.words[i+1].Start == t.End {
					next := s.words[i+1]
					add(t.Text+next.Text, s.text[t.Start:next.End], 0.5)
				}
			case t.weight < wordWeight:
				add(t.Text, word, 0.5)
			case unicode.IsDigit(letters[0]):
				add(t.Text, word, 1.5)
			case len(letters) >= shortWord:
				add(string(letters[:min(len(letters), stemLength)]), word, 1)
			}
		}
	}
	return f
}

// near is the share of the shorter text that both have, 0 to 1, and the words
// that tell it, the longest first. Texts that both give numbers and share none
// tell of two cases in the same words: the share counts half.
func (f features) near(other features) (share float64, words string) {
	var common []string
	sum := 0.0
	for key, weight := range f.weights {
		if other.weights[key] > 0 {
			common = append(common, min(f.words[key], other.words[key]))
			sum += weight
		}
	}
	if len(common) < nearShared {
		return 0, ""
	}
	share = sum / (1 + min(f.total, other.total))
	if f.contradicts(other) {
		share /= 2
	}
	if share < nearShare {
		return 0, ""
	}
	slices.SortFunc(common, func(a, b string) int {
		return cmp.Or(cmp.Compare(len([]rune(b)), len([]rune(a))), strings.Compare(a, b))
	})
	return share, strings.Join(common[:min(len(common), shownWords)], " · ")
}

// contradicts tells whether both give numbers, and not one of them is the same.
func (f features) contradicts(other features) bool {
	own, theirs := f.numbers(), other.numbers()
	return len(own) > 0 && len(theirs) > 0 && !overlaps(own, theirs)
}

// numbers are those the text gives.
func (f features) numbers() []string {
	var out []string
	for key := range f.weights {
		if unicode.IsDigit([]rune(key)[0]) {
			out = append(out, key)
		}
	}
	return out
}
