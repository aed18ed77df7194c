package mapping

import (
	"slices"
	"strconv"

	"farwatch/models"
)

// Overlay puts what a row says over a record: fields that the row is silent on
// stay, entries that it names again keep their details, and what it no longer
// names goes, with the citations of it. Sources stay: others may rest on them.
func Overlay(old, with models.IncidentInput, said map[string]bool) models.IncidentInput {
	in := old
	for field, take := range map[string]func(){
		"title": func() { in.Title = with.Title }, "summary": func() { in.Summary = with.Summary },
		"origin_country": func() { in.OriginCountry = with.OriginCountry }, "origin_entity": func() { in.OriginEntity = with.OriginEntity },
		"host_country": func() { in.HostCountry = with.HostCountry }, "proxy_country": func() { in.ProxyCountry = with.ProxyCountry },
		"first_reported": func() { in.FirstReported = with.FirstReported }, "police_reported": func() { in.PoliceReported = with.PoliceReported },
		"discovery_route": func() { in.DiscoveryRoute = with.DiscoveryRoute }, "sensitivity": func() { in.Sensitivity = with.Sensitivity },
		"attribution_basis": func() { in.AttributionBasis = with.AttributionBasis }, "campaigns": func() { in.Campaigns = with.Campaigns },
		"scope": func() { in.ScopeTest = with.ScopeTest }, Note: func() { in.InternalNote = with.InternalNote },
		"geo_precision": func() {
			in.HostPlace.GeoPrecision, in.HostPlace.PublicGeoPrecision = with.HostPlace.GeoPrecision, with.HostPlace.PublicGeoPrecision
		},
		"host_admin1": func() { in.HostPlace.Admin1 = with.HostPlace.Admin1 }, "host_locality": func() { in.HostPlace.Locality = with.HostPlace.Locality },
	} {
		if said[field] {
			take()
		}
	}
	overlayPlace(&in, with, said)
	overlayTime(&in, with, said)
	overlayTarget(&in, with, said)
	if said["perpetrator_types"] {
		in.Perpetrators = keep("P", in.Perpetrators, with.Perpetrators, func(p *models.Perpetrator) *string { return &p.Type }, func(p *models.Perpetrator) *string { return &p.ID })
	}
	overlayActs(&in, with, said)
	if said["inducements"] {
		in.Inducements = keep("I", in.Inducements, with.Inducements, func(x *models.Inducement) *string { return &x.Kind }, func(x *models.Inducement) *string { return &x.ID })
	}
	if said["demands"] {
		in.Demands = keep("D", in.Demands, with.Demands, func(x *models.Demand) *string { return &x.Kind }, func(x *models.Demand) *string { return &x.ID })
	}
	if said["harms"] {
		in.Harms = keep("H", in.Harms, with.Harms, func(x *models.Harm) *string { return &x.Kind }, func(x *models.Harm) *string { return &x.ID })
	}
	if said["evidence_kinds"] {
		in.Evidence = keep("E", in.Evidence, with.Evidence, func(x *models.Evidence) *string { return &x.Kind }, func(x *models.Evidence) *string { return &x.ID })
	}
	overlayResponses(&in, with, said)
	overlaySources(&in, with, said)
	in.Citations = cited(in)
	return in
}

// keep holds the entries whose code is named again, as they are and in their
// order, and adds those that are new.
func keep[T any](letter string, old, with []T, code, id func(*T) *string) []T {
	names := func(list []T, name string) bool {
		return slices.ContainsFunc(list, func(x T) bool { return *code(&x) == name })
	}
	var out []T
	for i := range old {
		if names(with, *code(&old[i])) {
			out = append(out, old[i])
		}
	}
	for i := range with {
		if names(old, *code(&with[i])) {
			continue
		}
		added := with[i]
		*id(&added) = free(letter, old, out, id)
		out = append(out, added)
	}
	return out
}

// free is the next local id that neither list has.
func free[T any](letter string, old, out []T, id func(*T) *string) string {
	for n := 1; ; n++ {
		name := letter + strconv.Itoa(n)
		has := func(list []T) bool { return slices.ContainsFunc(list, func(x T) bool { return *id(&x) == name }) }
		if !has(old) && !has(out) {
			return name
		}
	}
}

func overlayPlace(in *models.IncidentInput, with models.IncidentInput, said map[string]bool) {
	if said["geo_precision"] || !said["host_admin1"] && !said["host_locality"] {
		return
	}
	in.HostPlace.GeoPrecision = with.HostPlace.GeoPrecision
	in.HostPlace.PublicGeoPrecision = "country"
}

func overlayTime(in *models.IncidentInput, with models.IncidentInput, said map[string]bool) {
	if said["occurred"] || said["occurred_earliest"] || said["occurred_latest"] || said["occurred_precision"] || said["occurred_edtf"] {
		ongoing, repeated := in.Occurred.Ongoing, in.Occurred.Repeated
		in.Occurred = with.Occurred
		in.Occurred.Ongoing, in.Occurred.Repeated = ongoing, repeated
		if in.Occurred.Precision == "before_report" && in.FirstReported == nil {
			in.FirstReported = with.FirstReported
		}
	}
	if said["ongoing"] {
		in.Occurred.Ongoing = with.Occurred.Ongoing
	}
	if said["repeated"] {
		in.Occurred.Repeated = with.Occurred.Repeated
	}
}

func overlayTarget(in *models.IncidentInput, with models.IncidentInput, said map[string]bool) {
	if len(in.Targets) == 0 {
		in.Targets, in.Consents = with.Targets, with.Consents
		return
	}
	in.Targets = slices.Clone(in.Targets)
	t, w := &in.Targets[0], with.Targets[0]
	for field, take := range map[string]func(){
		"communities": func() { t.Communities = w.Communities }, "target_roles": func() { t.Roles = w.Roles }, "target_responses": func() { t.Response = w.Response },
		"genders": func() { t.Gender = w.Gender }, "age_bands": func() { t.AgeBand = w.AgeBand }, "counting_unit": func() { t.CountingUnit = w.CountingUnit },
		"persons_min": func() { t.CountMin, t.CountMax = w.CountMin, w.CountMax }, "persons_max": func() { t.CountMax = w.CountMax },
	} {
		if said[field] {
			take()
		}
	}
	if !said["consent"] {
		return
	}
	in.Consents = slices.Clone(in.Consents)
	i := slices.IndexFunc(in.Consents, func(c models.Consent) bool { return c.Target == t.ID })
	if i >= 0 {
		in.Consents[i].Level = with.Consents[0].Level
	}
}

func overlayActs(in *models.IncidentInput, with models.IncidentInput, said map[string]bool) {
	if said["methods"] || said["methods_explicit"] {
		acts := keep("A", in.Acts, with.Acts, func(a *models.Act) *string { return &a.Method }, func(a *models.Act) *string { return &a.ID })
		for i := range acts {
			j := slices.IndexFunc(with.Acts, func(a models.Act) bool { return a.Method == acts[i].Method })
			if said["methods_explicit"] && stated(acts[i]) != stated(with.Acts[j]) {
				acts[i].Explicitness = with.Acts[j].Explicitness
			}
			acts[i].Target = in.Targets[0].ID
		}
		in.Acts = acts
	} else {
		in.Acts = slices.Clone(in.Acts)
	}
	for i := range in.Acts {
		if said["channels"] && len(with.Acts) > 0 {
			in.Acts[i].Channels = with.Acts[0].Channels
		}
		if said["perpetrator_types"] { // those that are left; a new one did all of it, as far as the row tells
			in.Acts[i].Perpetrators = slices.DeleteFunc(slices.Clone(in.Acts[i].Perpetrators), func(p models.ActPerpetrator) bool {
				return !slices.ContainsFunc(in.Perpetrators, func(x models.Perpetrator) bool { return x.ID == p.Perpetrator })
			})
			if len(in.Acts[i].Perpetrators) == 0 {
				for _, p := range in.Perpetrators {
					in.Acts[i].Perpetrators = append(in.Acts[i].Perpetrators, models.ActPerpetrator{Perpetrator: p.ID, Involvement: "carried_out"})
				}
			}
		}
	}
}

// stated tells a deed, or what was said in words.
func stated(a models.Act) bool { return a.Explicitness == nil || *a.Explicitness == "explicit" }

func overlayResponses(in *models.IncidentInput, with models.IncidentInput, said map[string]bool) {
	for field, party := range map[string]string{"host_responses": "host_state", "origin_responses": "origin_state"} {
		if !said[field] {
			continue
		}
		split := func(list []models.Response, same bool) (out []models.Response) {
			for _, x := range list {
				if (x.Party == party) == same {
					out = append(out, x)
				}
			}
			return out
		}
		others := split(in.Responses, false)
		kind, id := func(x *models.Response) *string { return &x.Kind }, func(x *models.Response) *string { return &x.ID }
		for _, x := range keep("R", split(in.Responses, true), split(with.Responses, true), kind, id) {
			if slices.ContainsFunc(others, func(o models.Response) bool { return o.ID == x.ID }) {
				x.ID = free("R", others, in.Responses, id)
			}
			others = append(others, x)
		}
		in.Responses = others
	}
}

func overlaySources(in *models.IncidentInput, with models.IncidentInput, said map[string]bool) {
	if !said["source_urls"] && !said["source_publisher"] && !said["source_title"] {
		return
	}
	in.Sources = slices.Clone(in.Sources)
	id := func(s *models.Source) *string { return &s.ID }
	for _, s := range with.Sources {
		same := func(o models.Source) bool {
			if s.URL != nil && o.URL != nil {
				return models.CanonicalURL(*s.URL) == models.CanonicalURL(*o.URL)
			}
			return s.URL == nil && o.URL == nil && value(s.Publisher) == value(o.Publisher) && value(s.Title) == value(o.Title)
		}
		if !slices.ContainsFunc(in.Sources, same) {
			s.ID = free("S", in.Sources, nil, id)
			in.Sources = append(in.Sources, s)
		}
	}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// cited are the citations of entries that are still there.
func cited(in models.IncidentInput) []models.Citation {
	ids := map[string]bool{"incident": true}
	for _, id := range in.LocalIDs() {
		ids[id] = true
	}
	return slices.DeleteFunc(slices.Clone(in.Citations), func(c models.Citation) bool { return !ids[c.Entity] })
}
