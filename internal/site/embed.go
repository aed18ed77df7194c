package site

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"farwatch/models"
)

// mostBars fit into a picture.
const mostBars = 20

// Embedded writes one table for a frame of another site; false for a name that
// no table has.
func (s *Site) Embedded(id string, q Query, stats models.Stats) (Page, bool, error) {
	t, ok := s.tabled(id, stats, q)
	if !ok {
		return Page{}, false, nil
	}
	data := struct {
		Table  Table
		Stats  models.Stats
		AsOf   string
		Chips  []Chip
		Source string
	}{t, stats, asOf(stats.AsOf), s.chips("/public", q), s.Base + address("/public", q.with()) + "#" + id}
	page, err := s.html("embed", frame{Title: t.Title, Path: "/public/embed/" + id, Data: data})
	page.Framed = true
	return page, true, err
}

// Measures of the picture, in its own units.
const (
	pictureWidth = 720
	rowHeight    = 28
	labelWidth   = 270
	barWidth     = 240
)

// Picture draws one table as bars: text stays text, nothing comes from
// elsewhere, and where it is from stands in it.
func (s *Site) Picture(id string, q Query, stats models.Stats) (Page, bool, error) {
	t, ok := s.tabled(id, stats, q)
	if !ok {
		return Page{}, false, nil
	}
	rows := t.Rows
	var notes []string
	if len(rows) > mostBars {
		notes = append(notes, fmt.Sprintf("The first %d of %d rows.", mostBars, len(rows)))
		rows = rows[:mostBars]
	}
	var filters []string
	for _, c := range s.chips("/public", q) {
		filters = append(filters, c.Text)
	}
	if len(filters) > 0 {
		notes = append(notes, "Filter: "+strings.Join(filters, "; "))
	}
	notes = append(notes, "Unit: recorded incidents, published records only. As of "+asOf(stats.AsOf)+".", "Source: Farwatch, "+s.Base+"/public/embed/"+id)
	height := 64 + max(len(rows), 1)*rowHeight + len(notes)*18 + 20
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" fill="#191d20">`, pictureWidth, height, pictureWidth, height)
	fmt.Fprintf(&b, `<title id="t">%s</title><desc id="d">%s</desc>`, escaped(t.Title), escaped(described(t)))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/><text x="16" y="34" font-size="20" font-weight="650">%s</text>`, pictureWidth, height, escaped(t.Title))
	y := 64
	if len(rows) == 0 {
		fmt.Fprintf(&b, `<text x="16" y="%d" font-size="14">Nothing is published that fits.</text>`, y+14)
		y += rowHeight
	}
	for _, r := range rows {
		fill := "#0f6b78"
		if r.Muted {
			fill = "#9aa0a3"
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="13" text-anchor="end">%s</text>`, labelWidth, y+15, escaped(clip(r.Label, 40)))
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="16" fill="%s"/>`, labelWidth+10, y+3, max(1, barWidth*r.Width/100), fill)
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" font-size="13">%s</text>`, float64(labelWidth+16)+max(1, barWidth*r.Width/100), y+15, escaped(r.Share))
		y += rowHeight
	}
	y += 18
	for _, n := range notes {
		fmt.Fprintf(&b, `<text x="16" y="%d" font-size="12" fill="#454d53">%s</text>`, y, escaped(clip(n, 115)))
		y += 18
	}
	b.WriteString("</svg>\n")
	return Page{Type: "image/svg+xml; charset=utf-8", Body: b.Bytes(), Framed: true}, true, nil
}

func described(t Table) string {
	parts := make([]string, 0, len(t.Rows))
	for _, r := range t.Rows {
		parts = append(parts, r.Label+": "+r.Share)
	}
	return strings.Join(parts, "; ")
}

// clip keeps a text within its place.
func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
