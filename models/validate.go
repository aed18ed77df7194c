package models

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Validate is ring 2: what the words of a shaped and normalised input mean
// together. It returns nil or an Error of kind Invalid that names every field
// at fault. now decides what lies in the future.
func (in *IncidentInput) Validate(now time.Time, v *Vocabulary) error {
	c := &checker{in: in, v: v, ids: map[string]bool{}, latestDay: DayOf(now).AddDays(1)} // it is already tomorrow somewhere
	c.texts()
	c.header()
	c.collectIDs()
	c.targets()
	c.acts()
	c.offersAndDemands()
	c.sources()
	c.citations()
	c.outcomes()
	if len(c.fields) > 0 {
		return Invalid(c.fields)
	}
	return nil
}

type checker struct {
	in        *IncidentInput
	v         *Vocabulary
	ids       map[string]bool
	latestDay Day
	fields    []FieldError
}

func (c *checker) fail(pointer, code string) {
	c.fields = append(c.fields, FieldError{Pointer: pointer, Code: code})
}

func (c *checker) failWith(pointer, code string, params map[string]any) {
	c.fields = append(c.fields, FieldError{Pointer: pointer, Code: code, Params: params})
}

// code checks one value of a list. Restricted codes belong into the protected
// twin field only.
func (c *checker) code(pointer, list, code string) {
	term, ok := c.v.Term(list, code)
	switch {
	case !ok:
		c.failWith(pointer, "unknown_code", map[string]any{"list": list})
	case term.Status == "retired":
		c.failWith(pointer, "retired_code", map[string]any{"list": list})
	case term.Restricted && list != "evidence_kind":
		c.failWith(pointer, "restricted_code", map[string]any{"list": list})
	}
}

func (c *checker) codes(pointer, list string, codes []string) {
	for i, code := range codes {
		c.code(at(pointer, i), list, code)
	}
}

func (c *checker) optionalCode(pointer, list string, code *string) {
	if code != nil {
		c.code(pointer, list, *code)
	}
}

func (c *checker) country(pointer, code string) {
	if !c.v.KnownCountry(code) {
		c.fail(pointer, "unknown_country")
	}
}

// day checks a day that cannot lie ahead.
func (c *checker) day(pointer string, day *Day) {
	if day == nil {
		return
	}
	if c.realDay(pointer, day) && *day > c.latestDay {
		c.fail(pointer, "in_future")
	}
}

func (c *checker) realDay(pointer string, day *Day) bool {
	if day == nil {
		return true
	}
	if _, err := ParseDay(string(*day)); err != nil {
		c.fail(pointer, "impossible_date")
		return false
	}
	return true
}

func (c *checker) texts() {
	c.in.eachText(func(pointer string, s *string) {
		if fault := TextFault(*s); fault != "" {
			c.fail(pointer, fault)
		}
	})
	for pointer, s := range map[string]string{"#/title": c.in.Title, "#/summary": c.in.Summary} {
		if strings.TrimSpace(s) == "" {
			c.fail(pointer, "required")
		}
	}
}

func (c *checker) header() {
	in := c.in
	c.country("#/origin_country", in.OriginCountry)
	c.country("#/host_country", in.HostCountry)
	if in.ProxyCountry != nil {
		c.country("#/proxy_country", *in.ProxyCountry)
	}
	c.codes("#/attribution_basis", "attribution_basis", in.AttributionBasis)
	c.code("#/police_reported", "police_reported", in.PoliceReported)
	c.code("#/discovery_route", "discovery_route", in.DiscoveryRoute)
	c.code("#/sensitivity", "sensitivity", in.Sensitivity)
	for i, answer := range in.ScopeTest.answers() {
		c.code("#/scope_test/"+[]string{"state_link", "cross_border", "reason", "aim", "act"}[i], "scope_answer", answer)
	}
	c.day("#/first_reported", in.FirstReported)
	c.occurred("#/occurred", in.Occurred)
	c.place(in.HostPlace)
}

// geoRank orders place precisions from coarse to fine.
var geoRank = map[string]int{"country": 1, "admin1": 2, "locality": 3, "site": 4}

func (c *checker) place(p HostPlace) {
	c.code("#/host_place/geo_precision", "geo_precision", p.GeoPrecision)
	c.code("#/host_place/public_geo_precision", "geo_precision", p.PublicGeoPrecision)
	rank := geoRank[p.GeoPrecision]
	if geoRank[p.PublicGeoPrecision] > max(rank, 1) {
		c.fail("#/host_place/public_geo_precision", "finer_than_known")
	}
	for _, part := range []struct {
		pointer string
		value   *string
		rank    int
	}{
		{"#/host_place/admin1", p.Admin1, 2}, {"#/host_place/locality", p.Locality, 3}, {"#/host_place/site", p.Site, 4},
	} {
		if part.value != nil && rank < part.rank && p.GeoPrecision != "withheld" {
			c.fail(part.pointer, "finer_than_precision")
		}
	}
}

// occurred holds the bounds to their precision; nothing is filled in.
func (c *checker) occurred(pointer string, o Occurred) {
	c.code(pointer+"/precision", "date_precision", o.Precision)
	if !c.realDay(pointer+"/earliest", o.Earliest) || !c.realDay(pointer+"/latest", o.Latest) {
		return
	}
	if o.Earliest != nil && *o.Earliest > c.latestDay {
		c.fail(pointer+"/earliest", "in_future")
	}
	if o.Precision == "day" && o.Latest != nil && *o.Latest > c.latestDay {
		c.fail(pointer+"/latest", "in_future")
	}
	if o.Earliest != nil && o.Latest != nil && *o.Earliest > *o.Latest {
		c.fail(pointer+"/latest", "before_earliest")
		return
	}
	if fault := precisionFault(o, c.in.FirstReported); fault != "" {
		c.failWith(pointer+"/precision", fault, map[string]any{"precision": o.Precision})
	}
}

// precisionFault is DOMAIN.md section 5: the bounds must fit the precision.
func precisionFault(o Occurred, firstReported *Day) string {
	switch o.Precision {
	case "unknown":
		if o.Earliest != nil || o.Latest != nil {
			return "unknown_has_bounds"
		}
		return ""
	case "before_report":
		if o.Earliest != nil || o.Latest == nil || firstReported == nil || *o.Latest != *firstReported {
			return "not_before_report"
		}
		return ""
	case "range":
		if o.Earliest == nil && o.Latest == nil {
			return "range_without_bounds"
		}
		return ""
	}
	months, ok := map[string]int{"day": 0, "week": 0, "month": 1, "quarter": 3, "year": 12}[o.Precision]
	if !ok {
		return "" // an unknown code is reported as such
	}
	if o.Earliest == nil || o.Latest == nil {
		return "bounds_missing"
	}
	first := o.Earliest.Time()
	last := map[string]time.Time{"day": first, "week": first.AddDate(0, 0, 6)}[o.Precision]
	if months > 0 {
		last = first.AddDate(0, months, -1)
		if first.Day() != 1 || (int(first.Month())-1)%months != 0 {
			return "bounds_not_whole"
		}
	}
	if !last.Equal(o.Latest.Time()) {
		return "bounds_not_whole"
	}
	return ""
}

// collectIDs finds local ids used twice; they are unique in the record.
func (c *checker) collectIDs() {
	c.in.eachID(func(pointer, id string) {
		if c.ids[id] {
			c.failWith(pointer+"/id", "duplicate_id", map[string]any{"id": id})
		}
		c.ids[id] = true
	})
}

// LocalIDs are the local ids of all entries.
func (in *IncidentInput) LocalIDs() []string {
	var out []string
	in.eachID(func(_, id string) { out = append(out, id) })
	return out
}

// eachID goes through the local ids of all entries.
func (in *IncidentInput) eachID(use func(pointer, id string)) {
	for i, x := range in.Targets {
		use(at("#/targets", i), x.ID)
	}
	for i, x := range in.Perpetrators {
		use(at("#/perpetrators", i), x.ID)
	}
	for i, x := range in.Acts {
		use(at("#/acts", i), x.ID)
	}
	for i, x := range in.Inducements {
		use(at("#/inducements", i), x.ID)
		for j, m := range x.Amounts {
			use(at(at("#/inducements", i)+"/amounts", j), m.ID)
		}
	}
	for i, x := range in.Demands {
		use(at("#/demands", i), x.ID)
	}
	for i, x := range in.Sources {
		use(at("#/sources", i), x.ID)
	}
	for i, x := range in.Citations {
		use(at("#/citations", i), x.ID)
	}
	for i, x := range in.Evidence {
		use(at("#/evidence", i), x.ID)
	}
	for i, x := range in.Responses {
		use(at("#/responses", i), x.ID)
	}
	for i, x := range in.Harms {
		use(at("#/harms", i), x.ID)
	}
	for i, x := range in.Relations {
		use(at("#/relations", i), x.ID)
	}
	for i, x := range in.Consents {
		use(at("#/consents", i), x.ID)
	}
}

// entry checks that a local id names an entry of the record.
func (c *checker) entry(pointer, id string) {
	if !c.ids[id] {
		c.failWith(pointer, "unknown_entry", map[string]any{"id": id})
	}
}

func (c *checker) optionalEntry(pointer string, id *string) {
	if id != nil {
		c.entry(pointer, *id)
	}
}

func (c *checker) targets() {
	for i, t := range c.in.Targets {
		p := at("#/targets", i)
		c.code(p+"/counting_unit", "counting_unit", t.CountingUnit)
		c.codes(p+"/communities", ListCommunities, t.Communities)
		c.codes(p+"/roles", "target_role", t.Roles)
		c.code(p+"/gender", "gender", t.Gender)
		c.code(p+"/age_band", "age_band", t.AgeBand)
		c.code(p+"/response", "target_response", t.Response)
		if t.CountMax != nil && *t.CountMax < t.CountMin {
			c.fail(p+"/count_max", "below_minimum")
		}
		for j, code := range t.RolesRestricted {
			c.protectedCode(at(p+"/roles_restricted", j), "target_role", code)
		}
		if t.ResponseRestricted != nil {
			c.protectedCode(p+"/response_restricted", "target_response", *t.ResponseRestricted)
			if t.Response != "undisclosed" {
				c.fail(p+"/response", "must_be_undisclosed")
			}
		}
		if t.Identity != nil {
			c.day(p+"/identity/birth_date", t.Identity.BirthDate)
		}
	}
	for i, x := range c.in.Perpetrators {
		c.code(at("#/perpetrators", i)+"/type", "perpetrator_type", x.Type)
	}
}

// protectedCode checks a twin field, which takes restricted codes only.
func (c *checker) protectedCode(pointer, list, code string) {
	term, ok := c.v.Term(list, code)
	if !ok {
		c.failWith(pointer, "unknown_code", map[string]any{"list": list})
	} else if !term.Restricted {
		c.failWith(pointer, "not_restricted_code", map[string]any{"list": list})
	}
}

func (c *checker) acts() {
	for i, a := range c.in.Acts {
		p := at("#/acts", i)
		c.code(p+"/method", ListMethods, a.Method)
		c.entry(p+"/target", a.Target)
		c.optionalCode(p+"/explicitness", "explicitness", a.Explicitness)
		c.codes(p+"/channels", "channel", a.Channels)
		for j, x := range a.Perpetrators {
			c.entry(at(p+"/perpetrators", j)+"/perpetrator", x.Perpetrator)
			c.code(at(p+"/perpetrators", j)+"/involvement", "involvement", x.Involvement)
		}
		if a.Occurred != nil {
			c.occurred(p+"/occurred", *a.Occurred)
		}
	}
}

func (c *checker) offersAndDemands() {
	for i, x := range c.in.Inducements {
		p := at("#/inducements", i)
		c.code(p+"/kind", "inducement", x.Kind)
		c.entry(p+"/target", x.Target)
		c.code(p+"/explicitness", "explicitness", x.Explicitness)
		for j, m := range x.Amounts {
			q := at(p+"/amounts", j)
			c.code(q+"/period", "period", m.Period)
			c.code(q+"/standing", "claim_standing", m.Standing)
			if m.AmountMin != nil && m.AmountMax != nil && *m.AmountMax < *m.AmountMin {
				c.fail(q+"/amount_max", "below_minimum")
			}
		}
	}
	for i, x := range c.in.Demands {
		p := at("#/demands", i)
		c.code(p+"/kind", "demand", x.Kind)
		c.entry(p+"/target", x.Target)
		c.code(p+"/explicitness", "explicitness", x.Explicitness)
	}
}

func (c *checker) sources() {
	byID := map[string]Source{}
	for _, s := range c.in.Sources {
		byID[s.ID] = s
	}
	for i, s := range c.in.Sources {
		p := at("#/sources", i)
		c.code(p+"/kind", "source_kind", s.Kind)
		c.optionalCode(p+"/reliability", "source_reliability", s.Reliability)
		c.optionalCode(p+"/scale", "source_scale", s.Scale)
		c.day(p+"/published", s.Published)
		c.day(p+"/accessed", s.Accessed)
		c.url(p+"/url", s.URL)
		c.url(p+"/archive_url", s.ArchiveURL)
		if s.DerivedFrom == nil {
			continue
		}
		if _, ok := byID[*s.DerivedFrom]; !ok {
			c.failWith(p+"/derived_from", "unknown_entry", map[string]any{"id": *s.DerivedFrom})
		} else if _, ok := rootOf(s, byID); !ok {
			c.fail(p+"/derived_from", "cycle")
		}
	}
}

// url is S50: http or https, a host, no user information.
func (c *checker) url(pointer string, s *string) {
	if s == nil {
		return
	}
	if !IsWebAddress(*s) {
		c.fail(pointer, "not_a_web_address")
	}
}

func (c *checker) citations() {
	texts := map[string]*string{}
	for _, s := range c.in.Sources {
		texts[s.ID] = s.Text
	}
	for i, x := range c.in.Citations {
		p := at("#/citations", i)
		if x.Entity != "incident" {
			c.entry(p+"/entity", x.Entity)
		}
		if x.Field != nil && !slices.Contains(citableFields[x.Entity[:1]], *x.Field) {
			c.fail(p+"/field", "unknown_field")
		}
		text, ok := texts[x.Source]
		if !ok {
			c.failWith(p+"/source", "unknown_entry", map[string]any{"id": x.Source})
		}
		c.optionalCode(p+"/credibility", "information_credibility", x.Credibility)
		c.code(p+"/standing", "claim_standing", x.Standing)
		c.position(p, x, text)
	}
}

// position checks that start and end come together, fit the quote and, where
// the source's text is at hand, that the quote stands there.
func (c *checker) position(p string, x Citation, text *string) {
	if x.Start == nil && x.End == nil {
		return
	}
	if x.Start == nil || x.End == nil || *x.End <= *x.Start {
		c.fail(p+"/end", "bad_position")
		return
	}
	if x.Quote == nil {
		c.fail(p+"/quote", "required")
		return
	}
	if utf8.RuneCountInString(*x.Quote) != *x.End-*x.Start {
		c.fail(p+"/end", "position_not_quote")
		return
	}
	if text == nil {
		return
	}
	runes := []rune(*text)
	if *x.End > len(runes) || string(runes[*x.Start:*x.End]) != *x.Quote {
		c.fail(p+"/quote", "not_in_source")
	}
}

func (c *checker) outcomes() {
	for i, x := range c.in.Evidence {
		p := at("#/evidence", i)
		c.code(p+"/kind", "evidence_kind", x.Kind)
		c.code(p+"/access", "evidence_access", x.Access)
		c.optionalEntry(p+"/source", x.Source)
	}
	for i, x := range c.in.Responses {
		p := at("#/responses", i)
		c.code(p+"/party", "response_party", x.Party)
		list := map[string]string{"host_state": "host_response", "origin_state": "origin_response"}[x.Party]
		c.code(p+"/kind", list, x.Kind)
		c.day(p+"/date", x.Date)
		c.optionalEntry(p+"/source", x.Source)
	}
	for i, x := range c.in.Harms {
		c.code(at("#/harms", i)+"/kind", "harm", x.Kind)
		c.entry(at("#/harms", i)+"/target", x.Target)
	}
	for i, x := range c.in.Relations {
		p := at("#/relations", i)
		c.code(p+"/kind", "relation_kind", x.Kind)
		c.optionalCode(p+"/sensitivity", "sensitivity", x.Sensitivity)
		if _, err := ParseRef(x.To); err != nil {
			c.fail(p+"/to", "bad_ref")
		}
	}
	for i, x := range c.in.Consents {
		p := at("#/consents", i)
		c.entry(p+"/target", x.Target)
		c.code(p+"/level", "consent", x.Level)
		c.optionalCode(p+"/given_by", "consent_giver", x.GivenBy)
		c.day(p+"/date", x.Date)
		c.realDay(p+"/review_on", x.ReviewOn)
	}
}

// citableFields are the members a citation may name, by the first letter of
// its entity ("i" is the incident itself).
var citableFields = map[string][]string{
	"i": {
		"title", "summary", "origin_country", "origin_entity", "attribution_basis", "host_country", "proxy_country",
		"host_place.geo_precision", "host_place.admin1", "host_place.locality",
		"occurred.earliest", "occurred.latest", "occurred.precision", "occurred.ongoing", "occurred.repeated",
		"first_reported", "police_reported",
		"scope_test.state_link", "scope_test.cross_border", "scope_test.reason", "scope_test.aim", "scope_test.act",
	},
	"T": {"counting_unit", "count_min", "count_max", "communities", "roles", "gender", "age_band", "response"},
	"P": {"type", "body", "person_name"},
	"A": {"method", "target", "perpetrators", "explicitness", "channels", "occurred"},
	"I": {"kind", "explicitness", "condition", "amounts"},
	"M": {"amount_min", "amount_max", "amount_text", "currency_as_stated", "period"},
	"D": {"kind", "explicitness"},
	"S": {"kind", "publisher", "published", "derived_from"},
	"E": {"kind", "access"},
	"R": {"party", "kind", "body", "date"},
	"H": {"kind"},
	"L": {"kind"},
	"N": {"level"},
}
