package models

import "fmt"

// SearchText is a text of a record that full-text search reads, with the field
// it stands in.
type SearchText struct {
	Field string
	Text  string
}

// Searched tells whether the texts of a record may be indexed: those of
// restricted and sealed records never are (S33).
func Searched(sensitivity string) bool { return sensitivity == "open" || sensitivity == "partner" }

// SearchTexts are the texts of a record that everybody who sees it may read, so
// none that is protected: what one cannot read one cannot search on (S30).
func SearchTexts(in IncidentInput) []SearchText {
	rec, _ := Principal{}.Redact(Incident{IncidentInput: in})
	out := searchTexts{}
	out.add("title", &rec.Title)
	out.add("summary", &rec.Summary)
	out.add("origin_entity", rec.OriginEntity)
	out.add("host_place", rec.HostPlace.Admin1, rec.HostPlace.Locality)
	for _, p := range rec.Perpetrators {
		out.add("perpetrators", p.Body, p.Note)
	}
	for _, a := range rec.Acts {
		out.add("acts", a.Note)
	}
	for _, x := range rec.Inducements {
		out.add("inducements", x.Condition, x.Note)
		for _, m := range x.Amounts {
			out.add("inducements", &m.AmountText)
		}
	}
	for _, d := range rec.Demands {
		out.add("demands", d.Note)
	}
	for _, s := range rec.Sources {
		out.add("sources", s.Title, s.Publisher, s.Author, pageOf(s.URL))
		out.add("source_text", s.Text)
	}
	for _, c := range rec.Citations {
		out.add("quotes", c.Quote, c.Note)
	}
	for _, e := range rec.Evidence {
		out.add("evidence", e.Note)
	}
	for _, r := range rec.Responses {
		out.add("responses", r.Body, r.Note)
	}
	for _, h := range rec.Harms {
		out.add("harms", h.Note)
	}
	return out
}

type searchTexts []SearchText

func (t *searchTexts) add(field string, texts ...*string) {
	for _, text := range texts {
		if text != nil && *text != "" {
			*t = append(*t, SearchText{field, *text})
		}
	}
}

// pageOf leaves the scheme out of an address: everybody would find it.
func pageOf(address *string) *string {
	if address == nil {
		return nil
	}
	page := CanonicalURL(*address)
	if page == "" {
		return nil
	}
	return &page
}

// String names the field, never the text: it must not reach a log.
func (t SearchText) String() string { return fmt.Sprintf("text of %s", t.Field) }
