package site

import (
	"slices"

	"farwatch/models"
)

// recordData is what the page of a record shows.
type recordData struct {
	models.PublicIncident
	R           models.Incident
	Replies     []models.Response
	HostReplies []models.Response
	Verdict     string
	Quotes      map[string][]models.Citation // by source
	names       map[string]string            // of sources and perpetrators by local id
}

// Name of a source or perpetrator.
func (d recordData) Name(id string) string { return d.names[id] }

// Record writes one published record.
func (s *Site) Record(p models.PublicIncident) (Page, error) {
	r := p.Record
	data := recordData{PublicIncident: p, R: r, Quotes: map[string][]models.Citation{}, names: map[string]string{}, Verdict: verdicts[r.VerificationStatus]}
	for _, x := range r.Responses {
		if x.Party == "host_state" {
			data.HostReplies = append(data.HostReplies, x)
		} else {
			data.Replies = append(data.Replies, x)
		}
	}
	for _, x := range r.Sources {
		data.names[x.ID] = s.sourceName(x)
	}
	for _, c := range r.Citations {
		if c.Quote != nil {
			data.Quotes[c.Source] = append(data.Quotes[c.Source], c)
		}
	}
	for _, x := range r.Perpetrators {
		data.names[x.ID] = s.label("perpetrator_type", x.Type)
	}
	return s.html("record", frame{Title: r.Ref + " " + r.Title, Path: "/public/incidents/" + r.Ref, Robots: true, Data: data})
}

func (s *Site) sourceName(x models.Source) string {
	for _, name := range []*string{x.Title, x.Publisher} {
		if text(name) != "" {
			return *name
		}
	}
	return s.label("source_kind", x.Kind)
}

// verdicts say in a sentence what a verification status means to a reader.
var verdicts = map[string]string{
	"unreviewed":           "Nobody has judged yet how well this record is proven.",
	"single_source":        "One source reported this on its own, and nothing credible speaks against it. It may still be wrong.",
	"corroborated":         "Two or more sources that do not rest on each other agree on who did what to whom.",
	"evidence_examined":    "The publisher of this record or a partner holds or has seen primary evidence, such as a recording, a message or a document.",
	"officially_confirmed": "An authority or a court of the host country has confirmed the core of it.",
	"disputed":             "A credible source other than the accused state contradicts the core of it. Read both.",
	"debunked":             "It was shown to be false. It is kept so that the correction can be found, and enters no total.",
	"retracted_by_source":  "Every source that reported it first has withdrawn it. It enters no total.",
}

// Gone writes what is left of a withdrawn or merged record.
func (s *Site) Gone(t models.Tombstone) (Page, error) {
	data := struct {
		models.Tombstone
		Words string
	}{t, ""}
	if t.Reason != "not_stated" && t.MergedInto == nil {
		data.Words = s.label("withdrawal_reason", t.Reason)
	}
	return s.html("gone", frame{Title: "Record " + t.Ref, Path: "/public/incidents/" + t.Ref, Data: data})
}

// Failure writes what could not be shown, and the way on.
func (s *Site) Failure(status int, title, detail string) (Page, error) {
	return s.html("failure", frame{Title: title, Path: "", Data: struct {
		Status        int
		Title, Detail string
	}{status, title, detail}})
}

// AboutPage writes method, definitions, how to cite, corrections, contact.
func (s *Site) AboutPage(about About) (Page, error) {
	type entry struct{ Code, Label, Definition string }
	type group struct {
		Title   string
		Entries []entry
	}
	list := func(name string) (out []entry) {
		for _, code := range s.Words.Codes(name) {
			t, _ := s.Words.Term(name, code)
			if t.Status == "active" && !t.Restricted {
				out = append(out, entry{code, t.Label, t.Definition})
			}
		}
		slices.SortFunc(out, func(a, b entry) int { return compare(a.Label, b.Label) })
		return out
	}
	var proven []entry
	for _, code := range []string{"single_source", "corroborated", "evidence_examined", "officially_confirmed", "disputed", "unreviewed", "debunked", "retracted_by_source"} {
		proven = append(proven, entry{code, s.label("verification_status", code), verdicts[code]})
	}
	data := struct {
		About
		Groups []group
	}{about, []group{{"How well it is proven", proven}, {"Kinds of repression", list(models.ListFamilies)}, {"Methods", list(models.ListMethods)}}}
	return s.html("about", frame{Title: "About these records", Path: "/public/about", Robots: true, Data: data, Linked: s.dataset(about)})
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
