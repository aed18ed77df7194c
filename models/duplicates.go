package models

import (
	"maps"
	"slices"
	"strings"
)

// Codes of the reasons why two records may tell the same.
const (
	ReasonSameFile       = "same_file"
	ReasonSameURL        = "same_url"
	ReasonSameRootSource = "same_root_source"
	ReasonSharedQuote    = "shared_quote"
	ReasonNearText       = "near_text"
)

// DuplicateReason is one reason, with what a screen shows of it: the page, the
// hash, the source or the shared words.
type DuplicateReason struct {
	Code  string
	Shown string
}

// DuplicateMatch is why two records may tell the same, and how strongly: 1 is
// certain.
type DuplicateMatch struct {
	Reasons []DuplicateReason
	Score   float64
}

// Duplicate is a record that may tell the same as another one.
type Duplicate struct {
	Record    LinkedRecord
	Match     DuplicateMatch
	Dismissed *Dismissal // somebody of the organisation said that it does not
}

// MaxDuplicates is how many records of one block are looked at, those that
// changed last first.
const MaxDuplicates = 200

// DuplicateProfile is what of a record is compared. It is made once and
// compared with many.
type DuplicateProfile struct {
	origin, host         string
	communities, methods []string   // as coded
	above                [][]string // each community with those above it
	occurred             Occurred
	files, pages         map[string]bool
	roots                map[string]string // identity of where a source comes from → its name
	copied               bool              // some source is derived from another
	quotes, heard        []spoken          // what was said, and texts in which a quote may stand too
	text                 features          // of title and summary
}

// ProfileOf reads a record for comparison. The caller has taken out what the
// person who asks may not see: a reason must not tell it.
func ProfileOf(in IncidentInput, v *Vocabulary) DuplicateProfile {
	p := DuplicateProfile{
		origin: in.OriginCountry, host: in.HostCountry, occurred: in.Occurred,
		files: map[string]bool{}, pages: map[string]bool{}, roots: map[string]string{},
	}
	for _, t := range in.Targets {
		for _, c := range t.Communities {
			if !slices.Contains(p.communities, c) {
				p.communities, p.above = append(p.communities, c), append(p.above, v.withAncestors(c))
			}
		}
	}
	for _, a := range in.Acts {
		if !slices.Contains(p.methods, a.Method) {
			p.methods = append(p.methods, a.Method)
		}
	}
	p.readSources(in)
	p.readTexts(in)
	return p
}

// Communities are the codes under which the other record may be found.
func (p DuplicateProfile) Communities() []string { return distinct(slices.Concat(p.above...)) }

// Methods are the methods of the record.
func (p DuplicateProfile) Methods() []string { return p.methods }

// Pages are the canonical names of the pages that the record has as sources.
func (p DuplicateProfile) Pages() []string { return slices.Sorted(maps.Keys(p.pages)) }

// Files are the hashes of its files and saved texts.
func (p DuplicateProfile) Files() []string { return slices.Sorted(maps.Keys(p.files)) }

func (p *DuplicateProfile) readSources(in IncidentInput) {
	byID := map[string]Source{}
	for _, s := range in.Sources {
		byID[s.ID] = s
	}
	for _, s := range in.Sources {
		for _, address := range []*string{s.URL, s.ArchiveURL} {
			if address == nil {
				continue
			}
			if page := CanonicalURL(*address); page != "" {
				p.pages[page] = true
			}
		}
		if s.TextSHA256 != nil {
			p.files[*s.TextSHA256] = true
		}
		root, whole := rootOf(s, byID)
		if id, name := rootIdentity(root); whole && id != "" {
			p.roots[id], p.copied = name, p.copied || root.ID != s.ID
		}
	}
	for _, e := range in.Evidence {
		if e.SHA256 != nil {
			p.files[*e.SHA256] = true
		}
	}
}

// rootIdentity tells two roots apart: by address, or without one by publisher,
// title and day. A root that says too little has no identity.
func rootIdentity(s Source) (id, name string) {
	if s.URL != nil {
		page := CanonicalURL(*s.URL)
		return page, page
	}
	if s.Title == nil || strings.TrimSpace(*s.Title) == "" {
		return "", ""
	}
	publisher, published := "", ""
	if s.Publisher != nil {
		publisher = *s.Publisher
	}
	if s.Published != nil {
		published = string(*s.Published)
	}
	return "?" + s.Kind + "|" + foldText(publisher) + "|" + foldText(*s.Title) + "|" + published, *s.Title
}

// Match tells why two records may tell the same; false when they cannot, or
// when nothing says that they do. It is symmetric.
func (p DuplicateProfile) Match(other DuplicateProfile) (DuplicateMatch, bool) {
	if !p.mayBeOne(other) {
		return DuplicateMatch{}, false
	}
	var m DuplicateMatch
	add := func(score float64, code, shown string) {
		if shown != "" {
			m.Reasons = append(m.Reasons, DuplicateReason{code, shown})
			m.Score = 1 - (1-m.Score)*(1-score)
		}
	}
	add(0.95, ReasonSameFile, shared(p.files, other.files))
	add(0.8, ReasonSameURL, shared(p.pages, other.pages))
	add(0.75, ReasonSameRootSource, p.sharedRoot(other))
	add(0.85, ReasonSharedQuote, p.sharedQuote(other))
	share, words := p.text.near(other.text)
	add(min(0.9, 0.3+share), ReasonNearText, words)
	return m, len(m.Reasons) > 0
}

// mayBeOne is the first half of the rule: same states, shared community and
// method, dates that overlap. A record that names no community or no method
// yet is not held against.
func (p DuplicateProfile) mayBeOne(other DuplicateProfile) bool {
	if p.origin != other.origin || p.host != other.host || !p.occurred.Overlaps(other.occurred) {
		return false
	}
	community := len(p.communities) == 0 || len(other.communities) == 0 || p.sharesCommunity(other)
	return community && (len(p.methods) == 0 || len(other.methods) == 0 || overlaps(p.methods, other.methods))
}

// sharesCommunity: one names a community of the other, or one above it. Two
// below the same third one are two.
func (p DuplicateProfile) sharesCommunity(other DuplicateProfile) bool {
	meets := func(lines [][]string, codes []string) bool {
		return slices.ContainsFunc(lines, func(line []string) bool { return overlaps(codes, line) })
	}
	return meets(p.above, other.communities) || meets(other.above, p.communities)
}

// Overlaps tells whether two incidents can have happened at one time: a bound
// that nobody knows is open, so an undated record overlaps with every other.
func (o Occurred) Overlaps(other Occurred) bool {
	return notAfter(o.Earliest, other.Latest) && notAfter(other.Earliest, o.Latest)
}

func notAfter(earliest, latest *Day) bool {
	return earliest == nil || latest == nil || *earliest <= *latest
}

// sharedRoot is where a source of both comes from, unless the records simply
// have that source themselves: that is the same page.
func (p DuplicateProfile) sharedRoot(other DuplicateProfile) string {
	var found []string
	for id, name := range p.roots {
		if _, there := other.roots[id]; there && (strings.HasPrefix(id, "?") || p.copied || other.copied) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Min(found)
}

func shared(a, b map[string]bool) string {
	found := ""
	for x := range a {
		if b[x] && (found == "" || x < found) {
			found = x
		}
	}
	return found
}
