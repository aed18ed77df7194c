package mapping

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Reasons of a guess.
const (
	ReasonOwn    = "own"    // our own file
	ReasonHXL    = "hxl"    // the tag under the header
	ReasonName   = "name"   // the header says so
	ReasonValues = "values" // what stands in the cells
	ReasonSaved  = "saved"  // a saved map
	ReasonPerson = "person"
)

// Makes of files that are known by their columns.
const (
	MakeOwn   = "farwatch"
	MakeACLED = "acled"
	MakeKobo  = "kobo"
	MakeOther = "other"
)

// Seen is what the first rows show of a column.
type Seen struct {
	Samples []string // first different values
	Filled  int
	Values  map[string]int // value → how often, up to mostValues
	Either  int            // dates that may be day or month first
	DMY     int
	MDY     int
	Dates   int // cells that read as dates
	Serials int
	Links   int
	Names   int // cells that name a country
}

const (
	mostValues  = 500
	mostSamples = 4
	longSample  = 120
)

// Look gathers what a column shows, cell by cell.
func (w *Words) Look(s *Seen, cell string, now time.Time) {
	cell = strings.TrimSpace(cell)
	if blank(cell) {
		return
	}
	s.Filled++
	if s.Values == nil {
		s.Values = map[string]int{}
	}
	if _, seen := s.Values[cell]; (seen || len(s.Values) < mostValues) && len(cell) <= 300 {
		s.Values[cell]++
	}
	// Compared as shown: long texts may differ only after the cut.
	if shown := clip(cell); len(s.Samples) < mostSamples && !slices.Contains(s.Samples, shown) {
		s.Samples = append(s.Samples, shown)
	}
	switch orderOf(cell) {
	case either:
		s.Either++
	case OrderDMY:
		s.DMY++
	case OrderMDY:
		s.MDY++
	}
	if len(cell) < 40 {
		if _, fault := readWhen(cell, OrderDMY, now); fault == "" {
			s.Dates++
		}
		if m := serial.FindStringSubmatch(cell); m != nil && atoi(m[1]) > 20000 && atoi(m[1]) < 60000 {
			s.Serials++
		}
		if _, ok := w.code(shapeCountry, cell); ok && len(cell) > 1 {
			s.Names++
		}
	}
	if strings.HasPrefix(cell, "http://") || strings.HasPrefix(cell, "https://") || strings.HasPrefix(cell, "www.") {
		s.Links++
	}
}

// Guess says what each column may hold. tags are HXL tags or nil. saved are maps
// that this organisation has saved; one with the same columns is taken over.
func (w *Words) Guess(columns, tags []string, seen []Seen, saved []Map) (m Map, made string) {
	made = makeOf(columns)
	for _, s := range saved {
		if sameColumns(s, columns) {
			for i := range s.Columns {
				if s.Columns[i].Field != "" {
					s.Columns[i].Reason = ReasonSaved
				}
			}
			s.Guarded = slices.Contains(columns, "_csv_v2_apostrophe")
			return s, made
		}
	}
	m = Map{Constants: map[string]string{}, Guarded: slices.Contains(columns, "_csv_v2_apostrophe")}
	taken := map[string]bool{}
	m.Columns = make([]Column, len(columns))
	for i, name := range columns {
		m.Columns[i] = Column{Name: name, Values: map[string]string{}}
		tag := ""
		if i < len(tags) {
			tag = strings.ToLower(strings.ReplaceAll(tags[i], " ", ""))
		}
		field, reason := byName(name, tag, made)
		f, _ := fieldOf(field)
		if field == "" || taken[field] && !f.Many && f.shape != shapeText {
			continue
		}
		// A name alone does not make words into codes or days.
		if reason == ReasonName && !w.fits(f, seen[i]) {
			continue
		}
		taken[field] = true
		m.Columns[i].Field, m.Columns[i].Reason = field, reason
	}
	for i := range m.Columns {
		if c := &m.Columns[i]; c.Field == "" && !slices.Contains(computed, c.Name) {
			if field := w.byValues(seen[i], taken); field != "" {
				c.Field, c.Reason = field, ReasonValues
				taken[field] = true
			}
		}
		w.settle(&m.Columns[i], seen[i], made)
	}
	m.Key, m.System = keyOf(m, made)
	return m, made
}

// sameColumns tells whether a saved map is about a table with these columns.
// What our own files of refused rows add does not count.
func sameColumns(m Map, columns []string) bool {
	own := func(names []string) []string {
		return slices.Sorted(maps.Keys(func() map[string]bool {
			out := map[string]bool{}
			for _, n := range names {
				if n != "_row" && n != "_reason" && n != "_csv_v2_apostrophe" {
					out[n] = true
				}
			}
			return out
		}()))
	}
	saved := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		saved[i] = c.Name
	}
	return slices.Equal(own(saved), own(columns))
}

func makeOf(columns []string) string {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(columns, n) })
	}
	switch {
	case has("ref", "origin_country", "host_country", "methods", "occurred_edtf"):
		return MakeOwn
	case has("event_id_cnty", "event_date", "sub_event_type"):
		return MakeACLED
	case has("_uuid", "_submission_time") || has("_id", "_uuid"):
		return MakeKobo
	}
	return MakeOther
}

func byName(name, tag, made string) (field, reason string) {
	if slices.Contains(computed, name) {
		return "", ""
	}
	if f, ok := hxl[tag]; ok && made != MakeOwn {
		return f, ReasonHXL
	}
	if made == MakeACLED {
		return acled[name], ReasonOwn
	}
	if _, ok := fieldOf(name); ok {
		return name, ReasonOwn
	}
	if made == MakeKobo {
		if name == "_uuid" {
			return "external_id", ReasonOwn
		}
		if strings.HasPrefix(name, "_") || name == "start" || name == "end" || name == "today" || name == "deviceid" || strings.HasPrefix(name, "meta/") {
			return "", ""
		}
		name = name[strings.LastIndex(name, "/")+1:] // the group before a question says nothing
	}
	key := fold(name)
	if _, ok := fieldOf(strings.ReplaceAll(key, " ", "_")); ok {
		return strings.ReplaceAll(key, " ", "_"), ReasonName
	}
	for field, list := range headers {
		for h := range strings.SplitSeq(list, ",") {
			if fold(h) == key {
				return field, ReasonName
			}
		}
	}
	return "", ""
}

// fits tells whether the cells can be what a header promises.
func (w *Words) fits(f Field, s Seen) bool {
	if s.Filled == 0 {
		return true
	}
	half := (s.Filled + 1) / 2
	switch f.shape {
	case shapeDay, shapeWhen:
		return s.Dates+s.Serials >= half || s.Either+s.DMY+s.MDY >= half
	case shapeCountry:
		return s.Names*4 >= s.Filled
	case shapeLinks:
		return s.Links >= half
	}
	return true
}

// byValues guesses from what stands in the cells alone.
func (w *Words) byValues(s Seen, taken map[string]bool) string {
	if s.Filled < 2 {
		return ""
	}
	most := s.Filled * 4 / 5
	switch {
	case s.Links >= most && s.Links > 0 && !taken["source_urls"]:
		return "source_urls"
	case s.Dates >= most && s.Dates > 0 && len(s.Values) > 1 && !taken["occurred"] && !taken["occurred_earliest"]:
		return "occurred"
	}
	for _, list := range []struct{ field, list string }{{"methods", "methods"}, {"communities", "communities"}} {
		known := 0
		for v, n := range s.Values {
			if _, ok := w.code(list.list, v); ok {
				known += n
			}
		}
		if known >= most && known > 0 && !taken[list.field] {
			return list.field
		}
	}
	return ""
}

// settle finds how the cells of a column are cut and which way its dates go.
func (w *Words) settle(c *Column, s Seen, made string) {
	f, ok := fieldOf(c.Field)
	if !ok {
		return
	}
	if f.Many {
		c.Split = w.splitOf(f, s, made)
	}
	if f.shape == shapeDay || f.shape == shapeWhen {
		switch {
		case s.Serials*2 > s.Filled:
			c.DateOrder = OrderSerial
		case s.Either > 0 && s.DMY > 0 && s.MDY == 0:
			c.DateOrder = OrderDMY // one of them says which way they all go
		case s.Either > 0 && s.MDY > 0 && s.DMY == 0:
			c.DateOrder = OrderMDY
		}
	}
}

// splitOf is the mark that cuts cells into the most known words.
func (w *Words) splitOf(f Field, s Seen, made string) string {
	best, most := ";", -1
	marks := []string{";", ",", "|", "/"}
	if made == MakeKobo {
		marks = append(marks, " ") // several choices of a form
	}
	if f.shape == shapeLinks {
		marks = []string{";", " ", "|", ","}
	}
	for _, mark := range marks {
		known := 0
		for v, n := range s.Values {
			for _, part := range split(v, mark, false) {
				if f.shape == shapeLinks && strings.HasPrefix(part, "http") {
					known += n
				} else if _, ok := w.code(f.List, part); ok {
					known += n
				}
			}
		}
		if known > most {
			best, most = mark, known
		}
	}
	return best
}

func keyOf(m Map, made string) (key, system string) {
	for _, c := range m.Columns {
		switch {
		case made == MakeOwn && c.Field == "ref":
			return KeyRef, ""
		case c.Field == "external_id":
			return KeyExternal, map[string]string{MakeACLED: "acled", MakeKobo: "kobo"}[made]
		}
	}
	return KeyContent, ""
}

// Unknown is a word of a column that leads to no code.
type Unknown struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Unknowns are the words of a column that no rule and no person gave a code,
// the most frequent first.
func (w *Words) Unknowns(c Column, s Seen) []Unknown {
	f, ok := fieldOf(c.Field)
	if !ok || f.shape != shapeCode && f.shape != shapeCountry {
		return nil
	}
	list := f.List
	if f.shape == shapeCountry {
		list = shapeCountry
	}
	counts := map[string]int{}
	for v, n := range s.Values {
		parts := []string{v}
		if f.Many {
			parts = split(v, c.Split, false)
		}
		for _, part := range parts {
			if _, given := c.Values[part]; given || blank(part) {
				continue
			}
			if _, ok := w.code(list, part); !ok {
				counts[part] += n
			}
		}
	}
	out := make([]Unknown, 0, len(counts))
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Unknown{v, counts[v]})
	}
	slices.SortStableFunc(out, func(a, b Unknown) int { return b.Count - a.Count })
	return out[:min(len(out), 200)]
}

// NeedsOrder tells that dates of a column may be read two ways and nobody has
// said which.
func NeedsOrder(c Column, s Seen) bool {
	f, ok := fieldOf(c.Field)
	return ok && (f.shape == shapeDay || f.shape == shapeWhen) && s.Either > 0 && c.DateOrder == ""
}
