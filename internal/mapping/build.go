package mapping

import (
	"errors"
	"slices"
	"strings"

	"farwatch/models"
)

// build makes the incident of what the cells say.
func (r *row) build() {
	in := &r.Input
	in.Title, in.Summary = r.texts["title"], r.texts["summary"]
	switch { // one of both is enough
	case in.Title == "" && in.Summary != "":
		in.Title = titleOf(in.Summary)
	case in.Summary == "" && in.Title != "":
		in.Summary = in.Title
	}
	in.OriginCountry, in.HostCountry = r.texts["origin_country"], r.texts["host_country"]
	in.OriginEntity, in.ProxyCountry = r.optional("origin_entity"), r.optional("proxy_country")
	in.AttributionBasis, in.Campaigns = r.lists["attribution_basis"], r.lists["campaigns"]
	in.PoliceReported, in.DiscoveryRoute = r.or("police_reported", "unknown"), r.or("discovery_route", "other_database")
	in.Sensitivity = r.texts["sensitivity"]
	r.place(in)
	r.time(in)
	// A column "in scope" says that all five were answered yes; of other answers
	// nobody can tell which they were.
	answer := "unclear"
	if r.texts["scope"] == models.ScopeIn {
		answer = "yes"
	}
	in.ScopeTest = models.ScopeTest{StateLink: answer, CrossBorder: answer, Reason: answer, Aim: answer, Act: answer}
	r.people(in)
	r.deeds(in)
	r.sources(in)
	if len(r.notes) > 0 {
		note := strings.Join(r.notes, "\n")
		in.InternalNote = &note
		r.Fields[Note] = true
	}
	r.Ref = r.texts["ref"]
	r.key()
	in.Normalize()
	r.validate(in)
}

func (r *row) optional(field string) *string {
	if s := r.texts[field]; s != "" {
		return &s
	}
	return nil
}

func (r *row) or(field, otherwise string) string {
	if s := r.texts[field]; s != "" {
		return s
	}
	return otherwise
}

// longestTitle of a title that is taken from a summary.
const longestTitle = 120

// titleOf is the first sentence of a summary.
func titleOf(summary string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(summary), "\n")
	if first, _, ok := strings.Cut(line, ". "); ok {
		line = first
	}
	if points := []rune(line); len(points) > longestTitle {
		line = strings.TrimSpace(string(points[:longestTitle])) + "…"
	}
	return line
}

func (r *row) key() {
	switch r.c.m.Key {
	case KeyRef, KeyOwnRef:
		if r.Ref == "" {
			r.fault(r.c.columnOf("ref"), "ref", "", "key_missing")
		} else if ref, err := models.ParseRef(r.Ref); err == nil {
			r.Ref = ref
		} else {
			r.fault(r.c.columnOf("ref"), "ref", r.Ref, "bad_ref")
		}
	case KeyExternal:
		r.Key, r.Ref = r.texts["external_id"], ""
		if r.Key == "" {
			r.fault(r.c.columnOf("external_id"), "external_id", "", "key_missing")
		}
	default:
		r.Ref = ""
	}
}

func (r *row) place(in *models.IncidentInput) {
	p := &in.HostPlace
	p.Admin1, p.Locality = r.optional("host_admin1"), r.optional("host_locality")
	p.GeoPrecision = r.texts["geo_precision"]
	if p.GeoPrecision == "" {
		switch {
		case p.Locality != nil:
			p.GeoPrecision = "locality"
		case p.Admin1 != nil:
			p.GeoPrecision = "admin1"
		default:
			p.GeoPrecision = "country"
		}
	}
	p.PublicGeoPrecision = p.GeoPrecision
	if !r.Fields["geo_precision"] {
		p.PublicGeoPrecision = "country" // a person opens it further
	}
}

func (r *row) time(in *models.IncidentInput) {
	o := &in.Occurred
	if d, ok := r.exact["first_reported"]; ok {
		in.FirstReported = &d
	}
	early, hasEarly := r.exact["occurred_earliest"]
	late, hasLate := r.exact["occurred_latest"]
	switch {
	case hasEarly || hasLate:
		if hasEarly {
			o.Earliest = &early
		}
		if hasLate {
			o.Latest = &late
		}
		o.Precision = r.texts["occurred_precision"]
		if r.when != nil { // occurred_edtf of our own files says how sure it is
			o.Approximate, o.Uncertain = r.when.Approximate, r.when.Uncertain
		}
	case r.when != nil:
		o.Earliest, o.Latest, o.Approximate, o.Uncertain = r.when.Earliest, r.when.Latest, r.when.Approximate, r.when.Uncertain
		if o.Precision = r.when.Precision; o.Precision == "before_report" && in.FirstReported == nil {
			in.FirstReported = r.when.Latest
		}
	default:
		if o.Precision = r.texts["occurred_precision"]; o.Precision == "" {
			o.Precision = "unknown"
		}
	}
	if o.Precision == "" {
		o.Precision = precisionOf(o.Earliest, o.Latest)
	}
	o.Ongoing, o.Repeated = r.truth["ongoing"], r.truth["repeated"]
}

// precisionOf is the finest precision that the bounds fit.
func precisionOf(from, to *models.Day) string {
	if from == nil || to == nil {
		return "range"
	}
	first, last := from.Time(), to.Time()
	switch {
	case *from == *to:
		return "day"
	case first.Day() == 1 && last.Equal(first.AddDate(0, 1, -1)):
		return "month"
	case first.Day() == 1 && first.Month() == 1 && last.Equal(first.AddDate(1, 0, -1)):
		return "year"
	case first.Day() == 1 && (int(first.Month())-1)%3 == 0 && last.Equal(first.AddDate(0, 3, -1)):
		return "quarter"
	}
	return "range"
}

func (r *row) people(in *models.IncidentInput) {
	t := models.Target{
		ID: "T1", CountingUnit: r.or("counting_unit", "person"), CountMin: 1, Communities: r.lists["communities"], Roles: r.lists["target_roles"],
		Gender: one(r.lists["genders"], "unknown", "mixed_group"), AgeBand: one(r.lists["age_bands"], "unknown", "unknown"),
		Response: one(r.lists["target_responses"], "undisclosed", "undisclosed"),
	}
	for field, list := range map[string][]string{"age_bands": r.lists["age_bands"], "target_responses": r.lists["target_responses"]} {
		if len(slices.Compact(slices.Sorted(slices.Values(list)))) > 1 {
			r.warn(r.c.columnOf(field), field, strings.Join(list, ";"), "several_values")
		}
	}
	last := 1
	t.CountMax = &last
	if n := r.number["persons_min"]; n != nil {
		t.CountMin, t.CountMax = *n, r.number["persons_max"]
	} else if n := r.number["persons_max"]; n != nil {
		t.CountMax = n
	}
	if t.CountMax == &last && t.CountMin > 1 {
		t.CountMax = nil
	}
	in.Targets = []models.Target{t}
	level := r.or("consent", "unknown")
	in.Consents = []models.Consent{{ID: "N1", Target: "T1", Level: level}}
	for i, kind := range r.lists["perpetrator_types"] {
		in.Perpetrators = append(in.Perpetrators, models.Perpetrator{ID: id("P", i), Type: kind})
	}
}

// one is the value where all say the same, several where they differ.
func one(list []string, none, several string) string {
	if len(list) == 0 {
		return none
	}
	for _, x := range list {
		if x != list[0] {
			return several
		}
	}
	return list[0]
}

// spoken are methods that consist of words; every other one is a deed.
var spoken = map[string]bool{
	"threat_of_death": true, "threat_general": true, "warning_contact": true, "threat_to_family": true, "persuasion_to_return": true,
	"informant_recruitment": true, "infiltration_tasking": true, "influence_recruitment": true,
}

func (r *row) deeds(in *models.IncidentInput) {
	var by []models.ActPerpetrator
	for _, p := range in.Perpetrators {
		by = append(by, models.ActPerpetrator{Perpetrator: p.ID, Involvement: "carried_out"})
	}
	methods := distinct(append(slices.Clone(r.lists["methods"]), r.lists["methods_explicit"]...))
	for i, m := range methods {
		a := models.Act{ID: id("A", i), Method: m, Target: "T1", Perpetrators: by, Channels: r.lists["channels"]}
		if spoken[m] {
			said := "explicit"
			if r.Fields["methods_explicit"] && !slices.Contains(r.lists["methods_explicit"], m) {
				said = "implied"
			}
			a.Explicitness = &said
		} else if r.Fields["methods_explicit"] && !slices.Contains(r.lists["methods_explicit"], m) {
			said := "implied"
			a.Explicitness = &said
		}
		in.Acts = append(in.Acts, a)
	}
	for i, kind := range distinct(r.lists["inducements"]) {
		in.Inducements = append(in.Inducements, models.Inducement{ID: id("I", i), Kind: kind, Target: "T1", Explicitness: "explicit"})
	}
	for i, kind := range distinct(r.lists["demands"]) {
		in.Demands = append(in.Demands, models.Demand{ID: id("D", i), Kind: kind, Target: "T1", Explicitness: "explicit"})
	}
	for i, kind := range distinct(r.lists["harms"]) {
		in.Harms = append(in.Harms, models.Harm{ID: id("H", i), Kind: kind, Target: "T1"})
	}
	for _, side := range []struct{ field, party string }{{"host_responses", "host_state"}, {"origin_responses", "origin_state"}} {
		for _, kind := range distinct(r.lists[side.field]) {
			in.Responses = append(in.Responses, models.Response{ID: id("R", len(in.Responses)), Party: side.party, Kind: kind})
		}
	}
	for i, kind := range distinct(r.lists["evidence_kinds"]) {
		in.Evidence = append(in.Evidence, models.Evidence{ID: id("E", i), Kind: kind, Access: "reported_only"})
	}
}

func (r *row) sources(in *models.IncidentInput) {
	kind := r.or("source_kind", "ngo_database")
	var published *models.Day
	if d, ok := r.exact["source_published"]; ok {
		published = &d
	}
	urls := distinct(r.lists["source_urls"])
	if len(urls) == 0 && (r.texts["source_publisher"] != "" || r.texts["source_title"] != "") {
		urls = []string{""}
	}
	for i, url := range urls {
		s := models.Source{ID: id("S", i), Kind: kind, Publisher: r.optional("source_publisher"), Title: r.optional("source_title"), Published: published}
		if address := url; address != "" {
			s.URL = &address
		}
		in.Sources = append(in.Sources, s)
	}
}

func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// validate lets the record's own rules judge what the cells made.
func (r *row) validate(in *models.IncidentInput) {
	for _, field := range []string{"origin_country", "host_country"} {
		faulty := slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.Field == field })
		if r.texts[field] == "" && !faulty {
			r.fault(r.c.columnOf(field), field, "", "required")
		}
	}
	var invalid *models.Error
	if err := in.Validate(r.c.now, r.c.words.vocab); errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			if f.Code == "unknown_country" {
				continue // said above, with the cell
			}
			r.recordFault(f)
		}
	}
}
