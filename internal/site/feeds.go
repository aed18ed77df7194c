package site

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"time"

	"farwatch/models"
)

// publishing is how much later than its publication the save of it may count:
// whatever is later is a correction.
const publishing = time.Second

// entry of a feed, the same in both formats.
type entry struct {
	ID, Title, Link, Text, Kind string
	At, Published               time.Time
	Author                      string
}

func (s *Site) entries(changes []models.PublicChange) []entry {
	out := make([]entry, len(changes))
	for i, c := range changes {
		if t := c.Tombstone; t != nil {
			kind, words := "withdrawn", "This record was withdrawn. Please say so where you quoted it."
			if t.MergedInto != nil {
				kind, words = "merged", "This record was merged into "+*t.MergedInto+"."
			}
			out[i] = entry{ID: s.recordAddress(t.Ref), Link: s.recordAddress(t.Ref), Title: t.Ref + ": " + kind, Text: words, Kind: kind, At: t.WithdrawnAt, Author: "Farwatch"}
			continue
		}
		kind, title := "published", c.Item.Title
		if c.Item.UpdatedAt.Sub(c.Item.PublishedAt) > publishing {
			kind, title = "corrected", "Corrected: "+title
		}
		out[i] = entry{
			ID: s.recordAddress(c.Item.Ref), Link: s.recordAddress(c.Item.Ref), Title: title, Text: c.Summary, Kind: kind,
			At: c.Item.UpdatedAt, Published: c.Item.PublishedAt, Author: c.Item.Organisation,
		}
	}
	return out
}

func (s *Site) recordAddress(ref string) string { return s.Base + "/public/incidents/" + ref }

const (
	feedTitle = "Farwatch: published records"
	feedWords = "Records of transnational repression: published, corrected, withdrawn. Every record is an allegation made by its sources."
)

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomName struct {
	Name string `xml:"name"`
}

type atomTerm struct {
	Term string `xml:"term,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     atomText `xml:"title"`
	Updated   string   `xml:"updated"`
	Published string   `xml:"published,omitempty"`
	Author    atomName `xml:"author"`
	Link      atomLink `xml:"link"`
	Category  atomTerm `xml:"category"`
	Summary   atomText `xml:"summary"`
}

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	Updated  string      `xml:"updated"`
	Author   atomName    `xml:"author"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

// noChange is the date of a feed that is still empty: a valid one needs a date.
var noChange = time.Unix(0, 0).UTC()

// Atom writes the feed of RFC 4287.
func (s *Site) Atom(changes []models.PublicChange) (Page, error) {
	list, updated := s.entries(changes), noChange
	feed := atomFeed{
		ID: s.Base + "/public/feed.atom", Title: feedTitle, Subtitle: feedWords, Author: atomName{"Farwatch"},
		Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: s.Base + "/public/feed.atom"}, {Rel: "alternate", Type: "text/html", Href: s.Base + "/public/incidents"}},
	}
	for _, e := range list {
		if e.At.After(updated) {
			updated = e.At
		}
		x := atomEntry{
			ID: e.ID, Title: atomText{"text", e.Title}, Updated: stamp(e.At), Author: atomName{e.Author}, Link: atomLink{Rel: "alternate", Type: "text/html", Href: e.Link},
			Category: atomTerm{e.Kind}, Summary: atomText{"text", e.Text},
		}
		if !e.Published.IsZero() {
			x.Published = stamp(e.Published)
		}
		feed.Entries = append(feed.Entries, x)
	}
	feed.Updated = stamp(updated)
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return Page{}, fmt.Errorf("write feed: %w", err)
	}
	return Page{Type: "application/atom+xml; charset=utf-8", Body: append([]byte(xml.Header), body...)}, nil
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// JSONFeed writes the feed of JSON Feed 1.1.
func (s *Site) JSONFeed(changes []models.PublicChange) (Page, error) {
	items := []any{}
	for _, e := range s.entries(changes) {
		item := map[string]any{
			"id": e.ID, "url": e.Link, "title": e.Title, "content_text": e.Text, "date_modified": stamp(e.At), "tags": []string{e.Kind},
			"authors": []any{map[string]any{"name": e.Author}},
		}
		if !e.Published.IsZero() {
			item["date_published"] = stamp(e.Published)
		}
		items = append(items, item)
	}
	body, err := json.Marshal(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": feedTitle, "description": feedWords,
		"home_page_url": s.Base + "/public/incidents", "feed_url": s.Base + "/public/feed.json", "items": items,
	})
	if err != nil {
		return Page{}, fmt.Errorf("write feed: %w", err)
	}
	return Page{Type: "application/feed+json; charset=utf-8", Body: body}, nil
}
