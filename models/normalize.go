package models

import "slices"

// Normalize brings an input to the one form that is stored: NFC text, LF line
// ends, empty optional texts as nil, empty lists as lists, repeated codes once
// and the defaults of DOMAIN.md. It invents no fact.
func (in *IncidentInput) Normalize() {
	in.eachText(func(_ string, s *string) { *s = NormalizeText(*s) })
	setDefault(&in.HostPlace.GeoPrecision, "country")
	setDefault(&in.HostPlace.PublicGeoPrecision, "country")
	setDefault(&in.DiscoveryRoute, unknown)
	setDefault(&in.Sensitivity, "partner")
	in.AttributionBasis = distinct(in.AttributionBasis)
	in.Campaigns = distinct(in.Campaigns)
	for i := range in.Targets {
		t := &in.Targets[i]
		setDefault(&t.Gender, unknown)
		setDefault(&t.AgeBand, unknown)
		setDefault(&t.Response, "undisclosed")
		t.Communities = distinct(t.Communities)
		t.Roles = distinct(t.Roles)
		t.RolesRestricted = distinct(t.RolesRestricted)
	}
	for i := range in.Acts {
		in.Acts[i].Channels = distinct(in.Acts[i].Channels)
		in.Acts[i].Perpetrators = notNil(in.Acts[i].Perpetrators)
	}
	for i := range in.Inducements {
		in.Inducements[i].Amounts = notNil(in.Inducements[i].Amounts)
	}
	for i := range in.Relations {
		if ref, err := ParseRef(in.Relations[i].To); err == nil {
			in.Relations[i].To = ref
		}
	}
	for i := range in.Evidence {
		if at := in.Evidence[i].CapturedAt; at != nil {
			utc := UTC(*at)
			in.Evidence[i].CapturedAt = &utc
		}
	}
	in.FillLists()
}

// FillLists makes empty lists of those that are nil, and touches nothing that
// another copy of the input shares.
func (in *IncidentInput) FillLists() {
	in.Targets, in.Perpetrators, in.Acts = notNil(in.Targets), notNil(in.Perpetrators), notNil(in.Acts)
	in.Inducements, in.Demands = notNil(in.Inducements), notNil(in.Demands)
	in.Sources, in.Citations, in.Evidence = notNil(in.Sources), notNil(in.Citations), notNil(in.Evidence)
	in.Responses, in.Harms = notNil(in.Responses), notNil(in.Harms)
	in.Relations, in.Consents = notNil(in.Relations), notNil(in.Consents)
}

const unknown = "unknown"

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// distinct keeps the first of equal codes, in the order given.
func distinct(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
