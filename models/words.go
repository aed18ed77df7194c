package models

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxWords is how many words of one text are looked at.
const maxWords = 20_000

// Word is a word of a text, or the unit that stands for one in its script: a
// sign of Chinese or Japanese, a syllable of Tibetan, a letter of Thai, Lao,
// Khmer or Burmese.
type Word struct {
	Text       string // folded: case, accents, width, vowel marks do not matter
	Start, End int    // bytes in the text
	// Sign: the script writes no spaces, so the word is one of its signs.
	Sign   bool
	weight int // quarters of a word
}

// spoken is a text in words.
type spoken struct {
	text  string
	words []Word
}

var (
	bySign   = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana}
	byLetter = []*unicode.RangeTable{unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}
)

// firstMark is the first combining mark of Unicode.
const firstMark = 0x300

// Words splits a text, at most into the first 20,000 words.
func Words(text string) []Word {
	var out []Word
	open := false // the last word still grows
	for i, r := range text {
		end := i + len(string(r))
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		alone, mark := false, false
		if r >= firstMark { // no sign and no mark stands before it
			alone, mark = unicode.In(r, bySign...) || unicode.In(r, byLetter...), unicode.In(r, unicode.M)
		}
		switch {
		case (r == '\'' || r == '’' || r == 'ʼ') && open:
			out[len(out)-1].End = end // inside a word
		case mark && len(out) > 0 && out[len(out)-1].End == i, open && letter && !alone:
			out[len(out)-1].Text += foldRune(r)
			out[len(out)-1].End = end
		case !letter:
			open = false
		case len(out) == maxWords:
			return out
		case foldRune(r) == "":
		default:
			word := Word{Text: foldRune(r), Start: i, End: end, weight: wordWeight}
			switch {
			case !alone && r < firstMark:
			case unicode.In(r, bySign...):
				word.Sign, word.weight = true, wordWeight/2
			case unicode.In(r, byLetter...):
				word.Sign, word.weight = true, wordWeight/4
			case unicode.Is(unicode.Tibetan, r):
				word.weight = wordWeight / 2
			}
			out, open = append(out, word), !word.Sign
		}
	}
	return out
}

// alike are letters that one script or keyboard writes for another, and letters
// without a decomposition of their own.
var alike = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h",
	'ى': "ي", 'ی': "ي", 'ې': "ي", 'ک': "ك", 'ڪ': "ك", 'ة': "ه", 'ە': "ه", 'ہ': "ه", 'ھ': "ه", 'ٱ': "ا",
}

// asciiFold are the letters and digits that most texts are made of.
var asciiFold = func() (out [128]string) {
	for r := range out {
		out[r] = foldAny(rune(r))
	}
	return out
}()

// foldRune is the letter without case, accent, width and Arabic marks.
func foldRune(r rune) string {
	if r >= 0 && int(r) < len(asciiFold) {
		return asciiFold[r]
	}
	return foldAny(r)
}

func foldAny(r rune) string {
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if !unicode.IsLetter(part) && !unicode.IsDigit(part) && !unicode.In(part, unicode.M) {
			continue // the width of some letters is a space
		}
		if part >= 0x300 && part <= 0x36f || part >= 0x64b && part <= 0x655 || part == 0x640 || part == 0x670 {
			continue
		}
		part = unicode.ToLower(part)
		if other, ok := alike[part]; ok {
			b.WriteString(other)
		} else {
			b.WriteRune(part)
		}
	}
	return b.String()
}
