package models

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// labelledRecord is a line of testdata/duplicates.json.
type labelledRecord struct {
	Block, Tale, Title, Summary string
	Bare                        bool
	From, To                    *Day
	Quote, URL, Root            *string
}

type labelledSet struct {
	Blocks  map[string]struct{ Origin, Host, Community, Method string }
	Records []labelledRecord
}

func readLabelled(t *testing.T) labelledSet {
	t.Helper()
	data, err := os.ReadFile("testdata/duplicates.json")
	if err != nil {
		t.Fatal(err)
	}
	var set labelledSet
	if err := json.Unmarshal(data, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

// profile is the record as somebody would have entered it.
func (set labelledSet) profile(r labelledRecord) DuplicateProfile {
	b := set.Blocks[r.Block]
	in := IncidentInput{
		Title: r.Title, Summary: r.Summary, OriginCountry: b.Origin, HostCountry: b.Host,
		Occurred: Occurred{Earliest: r.From, Latest: r.To},
		Targets:  []Target{{ID: "T1", Communities: []string{b.Community}}},
		Acts:     []Act{{ID: "A1", Method: b.Method, Target: "T1"}},
		Sources:  []Source{{ID: "S1", Kind: "primary_publisher", URL: r.URL}},
	}
	if r.Root != nil {
		root := "S2"
		in.Sources[0].DerivedFrom = &root
		in.Sources = append(in.Sources, Source{ID: root, Kind: "wire_or_agency", URL: r.Root})
	}
	if r.Quote != nil {
		in.Citations = []Citation{{ID: "C1", Entity: "incident", Source: "S1", Quote: r.Quote}}
	}
	return ProfileOf(in, &Vocabulary{})
}

// tells answers whether somebody who reads both can tell that they are one
// incident: judged is false where they cannot judge it at all.
func (r labelledRecord) tells(other labelledRecord) (same, judged bool) {
	if r.Block != other.Block || r.Tale != other.Tale {
		return false, true
	}
	sourced := (r.URL != nil || r.Root != nil) && (other.URL != nil || other.Root != nil)
	return true, sourced || !r.Bare && !other.Bare
}

func TestDuplicates_LabelledPairs_RecallAndPrecision(t *testing.T) {
	t.Parallel()
	set := readLabelled(t)
	profiles := make([]DuplicateProfile, len(set.Records))
	for i, r := range set.Records {
		profiles[i] = set.profile(r)
	}
	pairs, others, alike, hits, wrong := 0, 0, 0, 0, 0
	reasons := map[string]int{}
	for i, a := range set.Records {
		for j, b := range set.Records[:i] {
			same, judged := a.tells(b)
			if !judged {
				continue
			}
			match, found := profiles[i].Match(profiles[j])
			if back, again := profiles[j].Match(profiles[i]); again != found || !slices.Equal(back.Reasons, match.Reasons) {
				t.Errorf("%q and %q match one way only", a.Title, b.Title)
			}
			switch {
			case same:
				pairs++
			case profiles[i].mayBeOne(profiles[j]):
				others, alike = others+1, alike+1
			default:
				others++
			}
			switch {
			case found && same:
				hits++
				for _, r := range match.Reasons {
					reasons[r.Code]++
				}
			case found:
				wrong++
				t.Logf("wrong: %q and %q %v", a.Title, b.Title, match.Reasons)
			case same:
				t.Logf("missed: %q and %q", a.Title, b.Title)
			}
		}
	}
	recall, precision := float64(hits)/float64(pairs), float64(hits)/float64(hits+wrong)
	t.Logf("%d records, %d pairs, %d non-pairs (%d of them with the same states, community, method and time)", len(set.Records), pairs, others, alike)
	t.Logf("found %d, missed %d, wrong %d: recall %.3f, precision %.3f; reasons %v", hits, pairs-hits, wrong, recall, precision, reasons)
	if pairs < 60 || alike < 200 {
		t.Errorf("%d pairs and %d hard non-pairs are too few to judge by", pairs, alike)
	}
	if recall < 0.9 || precision < 0.7 {
		t.Errorf("recall %.3f and precision %.3f, want 0.9 and 0.7", recall, precision)
	}
}
