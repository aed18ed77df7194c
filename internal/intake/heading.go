package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A date as people write it. Day and month in numbers alone are left out: which
// is which cannot be told.
var (
	months    = `(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?`
	dayFirst  = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)? (?:of )?` + months + `,? (\d{4})\b`)
	dayAfter  = regexp.MustCompile(`\b` + months + ` (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b`)
	monthOnly = regexp.MustCompile(`\b` + months + ` (\d{4})\b`)
	isoDay    = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	yearOnly  = regexp.MustCompile(`\b(?:[Ii]n|[Dd]uring|[Ss]ummer|[Ss]pring|[Aa]utumn|[Ww]inter|late|early|mid) (?:of )?((?:19|20)\d{2})\b`)
	// What goes on from a date until nobody knows when has no last day.
	openEnd = regexp.MustCompile(`(?i)\b(?:since|after|from|until|before|between|by|born|founded|fled|left|arrived|moved|escaped|elected|law of|act of)\s+(?:(?:in|on|early|late|the \w+)\s+){0,2}$`)
)

// dated is a date in a text: EDTF, from the day over the month to the year.
type dated struct {
	value      string
	start, end int
}

// firstDate finds the most exact date of a sentence that says when something
// happened.
func firstDate(text string) (dated, bool) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	for _, shape := range []struct {
		expression       *regexp.Regexp
		year, month, day int
	}{{isoDay, 1, 2, 3}, {dayFirst, 3, 2, 1}, {dayAfter, 3, 1, 2}, {monthOnly, 2, 1, 0}, {yearOnly, 1, 0, 0}} {
		for _, at := range shape.expression.FindAllStringSubmatchIndex(text, 4) {
			head := text[:at[0]]
			if openEnd.MatchString(head) || shape.day == 0 && strings.TrimRight(head, "0123456789 ") != strings.TrimRight(head, " ") {
				continue // "31 February 2020" is not the month either
			}
			part := func(i int) string { return text[at[2*i]:at[2*i+1]] }
			year := number(part(shape.year))
			if year < 1900 || year > 2200 {
				continue
			}
			d := dated{value: fmt.Sprintf("%04d", year), start: at[0], end: at[1]}
			if shape.month == 0 {
				d.start = at[2] // the year without the word before it
				return d, true
			}
			month := number(part(shape.month))
			if month == 0 {
				month = monthOf(part(shape.month))
			}
			if shape.day == 0 {
				d.value += fmt.Sprintf("-%02d", month)
				return d, true
			}
			day := time.Date(year, time.Month(month), number(part(shape.day)), 0, 0, 0, 0, time.UTC)
			if int(day.Month()) != month || day.Day() != number(part(shape.day)) {
				continue // 31 February is no date
			}
			d.value = day.Format(time.DateOnly)
			return d, true
		}
	}
	return dated{}, false
}

func monthOf(name string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(m.String(), name[:3]) {
			return int(m)
		}
	}
	return 0
}

// occurred is when the text says that it happened: the first date that stands
// in a sentence with an act. A text that gives none gets none.
func (t *reading) occurred(hits []found) (found, bool) {
	var sentences []int
	for _, h := range hits {
		switch h.matcher.field {
		case "methods", "channels", "perpetrators", "inducements", "demands":
			sentences = append(sentences, h.sentence)
		}
	}
	slices.Sort(sentences)
	for _, i := range slices.Compact(sentences) {
		s := t.sentences[i]
		if s.language != "en" || s.background {
			continue
		}
		if d, ok := firstDate(s.text); ok {
			return found{matcher: matcher{field: "occurred", code: d.value, language: "en"}, sentence: i, start: s.start + d.start, end: s.start + d.end, weight: 0.5}, true
		}
	}
	return found{}, false
}

// Agencies and papers that a text names as its own: in the line of its place,
// or as those who were told.
var (
	agency = regexp.MustCompile(`^[^\n]{0,60}\((AP|AFP|Reuters|BBC|RFE/RL|RFA|DPA|EFE|ANSA|Kyodo|TASS|Xinhua)\)`)
	author = regexp.MustCompile(`(?m)^By ([\p{Lu}][^\n,.|]{2,60}?)(?:,| and |$| \|)`)
)

// heading finds what a pasted text says of itself in its first lines: title,
// author, agency, day of publication.
func (t *reading) heading() []found {
	var out []found
	add := func(field, value string, start, end int) {
		i := slices.IndexFunc(t.sentences, func(s sentence) bool { return s.end > start })
		if i >= 0 {
			out = append(out, found{matcher: matcher{field: field, code: value}, sentence: i, start: start, end: end, weight: 0.6})
		}
	}
	head := t.text[:min(len(t.text), 800)]
	first, rest, more := strings.Cut(strings.TrimLeft(head, "\n "), "\n")
	title := strings.TrimSpace(first)
	if n := len([]rune(title)); more && strings.TrimSpace(rest) != "" && n > 8 && n < 160 && !strings.HasSuffix(title, ".") && !author.MatchString(title) {
		at := strings.Index(t.text, title)
		add("source_title", title, at, at+len(title))
	}
	if at := author.FindStringSubmatchIndex(head); at != nil {
		add("source_author", head[at[2]:at[3]], at[2], at[3])
	}
	if len(t.sentences) > 0 {
		for _, line := range lineStarts(head) {
			if at := agency.FindStringSubmatchIndex(head[line:]); at != nil {
				add("source_publisher", head[line+at[2]:line+at[3]], line+at[2], line+at[3])
				break
			}
		}
	}
	// A line of its own with a date is the day of publication.
	for _, line := range lineStarts(head) {
		text, _, _ := strings.Cut(head[line:], "\n")
		d, ok := firstDate(text)
		if ok && len(d.value) == len(time.DateOnly) && len(strings.TrimSpace(text))-(d.end-d.start) < 25 {
			add("source_published", d.value, line+d.start, line+d.end)
			break
		}
	}
	return out
}

func lineStarts(text string) []int {
	out := []int{0}
	for i := range len(text) {
		if text[i] == '\n' && i+1 < len(text) {
			out = append(out, i+1)
		}
	}
	return out
}

// name is the name of a paper or station, with its short form in brackets.
const name = `((?:The |the )?[\p{Lu}][\p{L}\p{N}&.'’-]*(?: (?:of |de |for )?[\p{Lu}][\p{L}\p{N}&.'’-]*){0,3}?)`

// Words by which a text names those who tell it first.
var publishers = []*regexp.Regexp{
	regexp.MustCompile(`\btold ` + name + `(?: \(([\p{Lu}]{2,6})\))?(?: that\b| how\b| of\b| in\b| on\b| she\b| he\b| the\b|[.,;:]|$)`),
	regexp.MustCompile(`\b(?:obtained|seen|reviewed|heard|verified) (?:exclusively )?by ` + name + `(?: \(([\p{Lu}]{2,6})\))?(?:[.,;:]| and\b|$)`),
	regexp.MustCompile(`(?:^|[\s“"(])` + name + `(?:['’]s)? (?:exclusive )?(?:report|investigation) (?:claims|says|found|shows)\b()`),
	regexp.MustCompile(`(?:^|[\s“"(])` + name + ` (?:reports|reported|has learn(?:ed|t)|can reveal)\b()`),
}

// noPublisher are capitals after "told" that name nobody who publishes.
var noPublisher = regexp.MustCompile(`(?i)^(?:the )?(?:police|parliament|congress|senate|court|reporters|journalists|officers?|him|her|them|he|she|mr|mrs|ms|dr|president|prime|foreign|home|interior|state department|ministry|embassy|consulate|government|radio|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b`)

// publisher is the name that the text gives for those who tell it, the one most
// often named; a short form in brackets stands for the long one.
func (r *Reader) publisher(t *reading) (found, bool) {
	type told struct{ count, sentence, start, end int }
	names := map[string]told{}
	var best string
	for i, s := range t.sentences {
		if s.language != "en" {
			continue
		}
		for _, e := range r.lexicon().publishers {
			if !t.fired.has(i, e.id) {
				continue
			}
			for _, at := range e.FindAllStringSubmatchIndex(s.text, 3) {
				from, to := at[2], at[3]
				if len(at) > 5 && at[4] >= 0 && at[5] > at[4] {
					from, to = at[4], at[5]
				}
				paper := strings.TrimSuffix(strings.TrimSuffix(s.text[from:to], "’s"), "'s")
				to = from + len(paper)
				if noPublisher.MatchString(paper) || r.lexicon().isPlace(paper) {
					continue
				}
				n, ok := names[paper]
				if !ok {
					n = told{sentence: i, start: s.start + from, end: s.start + to}
				}
				n.count++
				names[paper] = n
				if best == "" || n.count > names[best].count {
					best = paper
				}
			}
		}
	}
	if best == "" {
		return found{}, false
	}
	n := names[best]
	return found{matcher: matcher{field: "source_publisher", code: best}, sentence: n.sentence, start: n.start, end: n.end, weight: 0.6}, true
}
