package intake

import (
	"regexp"
	"strings"
	"unicode"
)

// reading is a text in sentences.
type reading struct {
	text      string
	language  string
	sentences []sentence
	fired     fired
}

// sentence is a part of the text, in bytes, with its language and whether it is
// background: estimates, history, remarks of experts.
type sentence struct {
	start, end int
	text       string
	language   string
	background bool
}

// An abbreviation's dot and a number's end no sentence.
var ends = regexp.MustCompile(`[.!?…]["”’»)\]]*\s+|[。！？]["”’」』）]*|[؟۔]\s*|\n+`)

var abbreviations = regexp.MustCompile(`(?i)(?:\b(?:mr|mrs|ms|dr|prof|st|gen|col|lt|sgt|u\.s|u\.k|u\.n|no|vs|jan|feb|mar|apr|aug|sept?|oct|nov|dec)|\b[A-Z])\.\s+$`)

// byline and dateline open many articles and name the reporter's place, not
// that of the events.
var byline = regexp.MustCompile(`^(?:By\s+[^\n.]{3,60}$|[A-ZÀ-Ý][A-ZÀ-Ý\s.,']{2,40}(?:\([A-Za-z]+\))?\s*[-–—]\s|[A-Z][A-Za-z\s]{2,30},\s(?:\d{1,2}\s)?[A-Z][a-z]+\s?\d{0,2}\s*(?:\([A-Za-z]+\))?\s*[-–—]\s)`)

// background marks sentences that are not about this case.
var background = regexp.MustCompile(`(?i)\b(?:estimated|estimates?|according to (?:freedom house|a (?:\d{4} )?report by)|in recent years|since \d{4}, (?:thousands|hundreds|more than)|(?:thousands|hundreds|millions?) of (?:people|uyghurs|uighurs|exiles|activists)|(?:nearly|about|some) (?:one|two|three|\d+) million|experts? (?:say|said|warn)|has (?:long|repeatedly) been accused|is (?:known|believed) to have|(?:professor|analyst|researcher) .{0,80}(?:said|says|told)|commenting on|such tactics|historically)\b`)

func split(text string) *reading {
	t := &reading{text: text}
	from := 0
	add := func(to int) {
		part := text[from:to]
		trimmed := strings.TrimSpace(part)
		if trimmed != "" {
			start := from + strings.Index(part, trimmed)
			s := sentence{start: start, end: start + len(trimmed), text: trimmed}
			if cut := byline.FindStringIndex(trimmed); cut != nil && len(t.sentences) == 0 {
				s.text = strings.Repeat(" ", cut[1]) + trimmed[cut[1]:] // keeps the places of what follows
			}
			s.language = languageOf(s.text)
			t.sentences = append(t.sentences, s)
		}
		from = to
	}
	for _, e := range ends.FindAllStringIndex(text, -1) {
		if !abbreviations.MatchString(text[max(from, e[1]-12):e[1]]) {
			add(e[1])
		}
	}
	add(len(text))
	count := map[string]int{}
	for _, s := range t.sentences {
		if count[s.language] += len(s.text); count[s.language] > count[t.language] {
			t.language = s.language
		}
	}
	return t
}

// markers are little words that tell the languages of Latin script apart.
var markers = func() map[string][]int {
	out := map[string][]int{}
	for i, words := range []string{
		"the and of was were his her that who with from had said by to in",
		"ve bir için ile bu olan olarak dedi göre sonra",
		"le la les des une qui dans été est pour sur avec selon aux du par",
		"el los las una que por con para fue según del su en le al",
	} {
		for _, word := range strings.Fields(words) {
			out[word] = append(out[word], i)
		}
	}
	return out
}()

var latinLanguages = []string{"en", "tr", "fr", "es"}

// languageOf is the language of a sentence, by script and little words.
func languageOf(text string) string {
	var han, cyrillic, arabic, latin int
	persian := false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Arabic, r):
			arabic++
			persian = persian || strings.ContainsRune("پچژگیک", r)
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	switch {
	case han*3 > latin && han > cyrillic && han > arabic:
		return "zh"
	case cyrillic > latin && cyrillic > arabic:
		return "ru"
	case arabic > latin && persian:
		return "fa"
	case arabic > latin:
		return "ar"
	}
	var counts [4]int
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		for _, i := range markers[word] {
			counts[i]++
		}
	}
	counts[1] += strings.Count(text, "ğ") + strings.Count(text, "ı") + strings.Count(text, "ş") + strings.Count(text, "İ")
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return latinLanguages[best]
}
