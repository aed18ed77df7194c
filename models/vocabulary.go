package models

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Vocabulary is every code list, with the attributes that rules need. Codes
// are never renamed; a retired code stays readable but is refused in input.
type Vocabulary struct {
	Version      string
	lists        map[string]map[string]Term
	methods      map[string]methodTerm
	communities  map[string]communityTerm
	dissent      dissentLink
	knownCountry func(string) bool
}

// Term is one entry of a list with the attributes of the vocabulary that the
// program uses; the zero value where a list has no such attribute.
type Term struct {
	Code            string   `json:"code"`
	Label           string   `json:"label"`
	Definition      string   `json:"definition"`
	Note            string   `json:"note"`
	Status          string   `json:"status"`
	Restricted      bool     `json:"restricted"`
	StateDirection  string   `json:"state_direction"`
	CountsPersons   bool     `json:"counts_persons"`
	CountsAsOrigin  bool     `json:"counts_as_origin"`
	CountsByDefault bool     `json:"counted_by_default"`
	Counted         bool     `json:"counted"`
	MinOrigins      int      `json:"min_origins"`
	Primary         bool     `json:"primary"`
	Examined        bool     `json:"examined"`
	PublicAs        string   `json:"public_as"`
	Rank            int      `json:"rank"`
	Allows          []string `json:"allows"`
	Asked           bool     `json:"asked"`
	ACLEDTime       *int     `json:"acled_time_precision"`
	ACLEDGeo        *int     `json:"acled_geo_precision"`
}

type methodTerm struct {
	Term
	Family     string `json:"family"`
	FHPhysical string `json:"fh_physical"`
	Stage      *int   `json:"stage"`
}

type communityTerm struct {
	Term
	Parent *string `json:"parent"`
	Names  []struct {
		Lang string `json:"lang"`
		Name string `json:"name"`
	} `json:"names"`
	SearchTerms []string `json:"search_terms"`
}

type dissentLink struct {
	TargetRole []string `json:"target_role"`
	Demand     []string `json:"demand"`
	Methods    []string `json:"methods"`
}

// The lists that are members of their own in the vocabulary file.
const (
	ListFamilies    = "families"
	ListMethods     = "methods"
	ListCommunities = "communities"
)

// ParseVocabulary reads the vocabulary file. knownCountry tells whether an
// alpha-3 code (or XKX) is a country; the file does not list them.
func ParseVocabulary(data []byte, knownCountry func(string) bool) (*Vocabulary, error) {
	var file struct {
		Version     string          `json:"version"`
		Families    []Term          `json:"families"`
		Methods     []methodTerm    `json:"methods"`
		Communities []communityTerm `json:"communities"`
		Lists       map[string]struct {
			Items []Term `json:"items"`
		} `json:"lists"`
		Rules struct {
			DissentLink dissentLink `json:"dissent_link"`
		} `json:"rules"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("parse vocabulary: %w", err)
	}
	v := &Vocabulary{
		Version: file.Version, dissent: file.Rules.DissentLink, knownCountry: knownCountry,
		lists: map[string]map[string]Term{}, methods: map[string]methodTerm{}, communities: map[string]communityTerm{},
	}
	for name, list := range file.Lists {
		v.lists[name] = byCode(list.Items)
	}
	v.lists[ListFamilies] = byCode(file.Families)
	v.lists[ListMethods] = map[string]Term{}
	for _, m := range file.Methods {
		v.methods[m.Code] = m
		v.lists[ListMethods][m.Code] = m.Term
	}
	v.lists[ListCommunities] = map[string]Term{}
	for _, c := range file.Communities {
		v.communities[c.Code] = c
		v.lists[ListCommunities][c.Code] = c.Term
	}
	return v, nil
}

func byCode(items []Term) map[string]Term {
	out := make(map[string]Term, len(items))
	for _, t := range items {
		out[t.Code] = t
	}
	return out
}

// Term looks a code up in a list.
func (v *Vocabulary) Term(list, code string) (Term, bool) {
	t, ok := v.lists[list][code]
	return t, ok
}

// Codes of a list, sorted; nil for a list that does not exist.
func (v *Vocabulary) Codes(list string) []string {
	var out []string
	for code := range v.lists[list] {
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}

// CommunityNames are the names of each community: its label, its names in other
// languages, further spellings.
func (v *Vocabulary) CommunityNames() [][]string {
	var out [][]string
	for _, code := range v.Codes(ListCommunities) {
		c := v.communities[code]
		names := append([]string{c.Label}, c.SearchTerms...)
		for _, n := range c.Names {
			names = append(names, n.Name)
		}
		out = append(out, names)
	}
	return out
}

// KnownCountry tells whether code is an alpha-3 country or XKX.
func (v *Vocabulary) KnownCountry(code string) bool { return v.knownCountry(code) }

// withAncestors is the community and every community above it.
func (v *Vocabulary) withAncestors(code string) []string {
	out := []string{code}
	for parent := v.communities[code].Parent; parent != nil; parent = v.communities[*parent].Parent {
		out = append(out, *parent)
	}
	return out
}
