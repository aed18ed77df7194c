package models

import "strings"

// FamilyOf is the family of a method, "" for an unknown one.
func (v *Vocabulary) FamilyOf(method string) string { return v.methods[method].Family }

// MethodsOf lists the methods of a family, sorted.
func (v *Vocabulary) MethodsOf(family string) []string {
	var out []string
	for _, code := range v.Codes(ListMethods) {
		if v.methods[code].Family == family {
			out = append(out, code)
		}
	}
	return out
}

// AndAbove is the community and every community above it.
func (v *Vocabulary) AndAbove(community string) []string { return v.withAncestors(community) }

// CodesWhere lists the codes of a list whose entry holds, sorted.
func (v *Vocabulary) CodesWhere(list string, holds func(Term) bool) []string {
	var out []string
	for _, code := range v.Codes(list) {
		if holds(v.lists[list][code]) {
			out = append(out, code)
		}
	}
	return out
}

// LanguagesOf are the base languages in which the vocabulary names a community
// or one below it: "ug-Arab" is "ug".
func (v *Vocabulary) LanguagesOf(community string) map[string]bool {
	out := map[string]bool{}
	for code, c := range v.communities {
		below := false
		for _, above := range v.withAncestors(code) {
			below = below || above == community
		}
		if !below {
			continue
		}
		for _, n := range c.Names {
			base, _, _ := strings.Cut(n.Lang, "-")
			out[base] = true
		}
	}
	return out
}
