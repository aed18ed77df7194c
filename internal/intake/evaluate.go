package intake

import (
	_ "embed" // the labelled texts
	"fmt"
	"slices"
	"strings"
)

// Labelled is a text with what a person finds in it.
type Labelled struct {
	Incident             bool
	Origin, Host         string
	Communities, Methods []string
	Text                 string
}

// ReadLabelled reads lines of accused state|host|communities|methods|text, with
// "-" in the first place for a text without an incident. Lines with # are
// remarks.
func ReadLabelled(data []byte) ([]Labelled, error) {
	var out []Labelled
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, "|", 5)
		if len(parts) != 5 {
			return nil, fmt.Errorf("labelled text %d: want 5 parts", len(out)+1)
		}
		l := Labelled{Incident: parts[0] != "-", Host: parts[1], Text: strings.TrimPrefix(parts[4], "|")}
		if l.Incident {
			l.Origin = parts[0]
		}
		list := func(s string) []string {
			return slices.DeleteFunc(strings.Split(s, ","), func(x string) bool { return x == "" })
		}
		l.Communities, l.Methods = list(parts[2]), list(parts[3])
		out = append(out, l)
	}
	return out, nil
}

//go:embed testdata/articles.txt
var articles []byte

// Halves are our own labelled texts: those that the rules were tuned on, and
// those that were held back.
func Halves() (tuning, held []Labelled, err error) {
	all, err := ReadLabelled(articles)
	if err != nil {
		return nil, nil, err
	}
	for i, l := range all {
		if i%2 == 0 {
			tuning = append(tuning, l)
		} else {
			held = append(held, l)
		}
	}
	return tuning, held, nil
}

// Score is how well one field was read.
type Score struct {
	Field                string
	Right, Wrong, Missed int
}

// Precision is the share of suggestions that are right, 0 to 1.
func (s Score) Precision() float64 { return share(s.Right, s.Right+s.Wrong) }

// Recall is the share of what is there that was suggested, 0 to 1.
func (s Score) Recall() float64 { return share(s.Right, s.Right+s.Missed) }

// F1 is the harmonic mean of both.
func (s Score) F1() float64 {
	if s.Right == 0 {
		return 0
	}
	p, r := s.Precision(), s.Recall()
	return 2 * p * r / (p + r)
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Evaluate reads every text and compares. told is called for each text that was
// not read as a person reads it.
func (r *Reader) Evaluate(texts []Labelled, told func(l Labelled, field string, want, got []string)) []Score {
	fields := []string{"is_incident", "origin_country", "host_country", "communities", "methods"}
	scores := make([]Score, len(fields))
	for i, f := range fields {
		scores[i].Field = f
	}
	for _, l := range texts {
		reading := r.Read(l.Text)
		got := map[string][]string{}
		if reading.Incident {
			got["is_incident"] = []string{"yes"}
		}
		for _, s := range reading.Suggestions {
			got[s.Field] = append(got[s.Field], s.Code)
		}
		want := map[string][]string{"communities": l.Communities, "methods": l.Methods}
		if l.Incident {
			want["is_incident"], want["origin_country"], want["host_country"] = []string{"yes"}, []string{l.Origin}, []string{l.Host}
		}
		for i, f := range fields {
			before := scores[i]
			for _, code := range got[f] {
				if slices.Contains(want[f], code) {
					scores[i].Right++
				} else {
					scores[i].Wrong++
				}
			}
			for _, code := range want[f] {
				if !slices.Contains(got[f], code) {
					scores[i].Missed++
				}
			}
			if told != nil && (scores[i].Wrong > before.Wrong || scores[i].Missed > before.Missed) {
				told(l, f, want[f], got[f])
			}
		}
	}
	return scores
}
