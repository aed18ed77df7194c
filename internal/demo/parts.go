package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"farwatch/models"
)

// The years that the sets cover.
var (
	firstDay = models.Day("2014-01-01")
	lastDay  = models.Day("2025-12-31")
)

// writer turns plans into records.
type writer struct {
	dice
	v     *models.Vocabulary
	now   time.Time
	today models.Day
}

func newWriter(seed uint64, v *models.Vocabulary, now time.Time) *writer {
	return &writer{dice: newDice(seed), v: v, now: models.UTC(now), today: models.DayOf(now)}
}

func entryID(letter string, i int) string { return letter + strconv.Itoa(i+1) }

// cut brings a day back to today.
func (w *writer) cut(d models.Day) models.Day { return min(d, w.today) }

// date sets occurred and first_reported; later years are a little more likely.
func (w *writer) date(in *models.IncidentInput) {
	last := min(lastDay, w.today.AddDays(-1))
	span := int(last.Time().Sub(firstDay.Time()).Hours() / 24)
	at := w.IntN(span)
	if w.chance(40) {
		at = max(at, w.IntN(span))
	}
	day := firstDay.AddDays(at)
	reported := w.cut(day.AddDays(w.between(1, 60)))
	in.FirstReported = &reported
	in.Occurred = w.occurred(day, reported)
	in.Occurred.Approximate = w.chance(6)
	in.Occurred.Uncertain = w.chance(4)
	if w.chance(5) {
		in.FirstReported = nil
		if in.Occurred.Precision == "before_report" {
			in.FirstReported = &reported
		}
	}
}

// occurred is as exact about the day as a source might be.
func (w *writer) occurred(day, reported models.Day) models.Occurred {
	t := day.Time()
	year, month := t.Year(), t.Month()
	bounds := func(precision string, from, to models.Day) models.Occurred {
		return models.Occurred{Earliest: &from, Latest: &to, Precision: precision}
	}
	whole := func(precision string, first time.Month, months int) models.Occurred {
		from := time.Date(year, first, 1, 0, 0, 0, 0, time.UTC)
		return bounds(precision, models.DayOf(from), models.DayOf(from.AddDate(0, months, -1)))
	}
	switch n := w.IntN(100); {
	case n < 50:
		return bounds("day", day, day)
	case n < 68:
		return whole("month", month, 1)
	case n < 76:
		return whole("year", time.January, 12)
	case n < 80:
		return bounds("week", day, day.AddDays(6))
	case n < 84:
		return whole("quarter", month-(month-1)%3, 3)
	case n < 89:
		return bounds("range", day, w.cut(day.AddDays(w.between(2, 80))))
	case n < 91:
		return models.Occurred{Earliest: &day, Precision: "range", Ongoing: ptr(true)}
	case n < 96:
		return models.Occurred{Latest: &reported, Precision: "before_report"}
	}
	return models.Occurred{Precision: "unknown"}
}

// createdAt lies in the last two years before now and after the report.
func (w *writer) createdAt(in *models.IncidentInput) time.Time {
	const window = 2 * 365 * 24 * time.Hour
	from := w.now.Add(-window)
	if in.FirstReported != nil && in.FirstReported.Time().After(from) {
		from = in.FirstReported.Time()
	}
	return from.Add(time.Duration(w.Int64N(max(1, int64(w.now.Sub(from)))))).Truncate(time.Millisecond)
}

// place is a country; now and then a made-up town of it.
func (w *writer) place() models.HostPlace {
	switch n := w.IntN(100); {
	case n < 12:
		return models.HostPlace{GeoPrecision: "locality", PublicGeoPrecision: "country", Locality: ptr("Exampletown")}
	case n < 20:
		return models.HostPlace{GeoPrecision: "admin1", PublicGeoPrecision: "admin1", Admin1: ptr("Example Province")}
	case n < 24:
		return models.HostPlace{GeoPrecision: "withheld", PublicGeoPrecision: "country"}
	}
	return models.HostPlace{GeoPrecision: "country", PublicGeoPrecision: "country"}
}

// target is one person, seldom a family, a group, or an organisation.
func (w *writer) target(origin, role string) models.Target {
	t := models.Target{
		ID: "T1", CountingUnit: "person", CountMin: 1, CountMax: ptr(1),
		Communities: []string{w.community(origin)}, Roles: []string{role},
		Gender:   weighted(w.dice, share{"man", 50}, share{"woman", 27}, share{"unknown", 23}),
		AgeBand:  weighted(w.dice, share{"unknown", 60}, share{"age_18_29", 12}, share{"age_30_44", 16}, share{"age_45_59", 9}, share{"age_60_plus", 3}),
		Response: weighted(w.dice, share{"undisclosed", 50}, share{"refused", 35}, share{"stalled", 15}),
	}
	switch n := w.IntN(100); {
	case role == "organisation":
		t.CountingUnit, t.Gender, t.AgeBand, t.Response = "organisation", "unknown", "unknown", "not_applicable"
	case n < 4:
		t.CountingUnit, t.CountMin, t.CountMax, t.Gender = "family", 2, ptr(w.between(2, 5)), "mixed_group"
	case n < 8:
		t.CountingUnit, t.CountMin, t.CountMax, t.Gender = "group", w.between(2, 9), nil, "mixed_group"
		if w.chance(60) {
			t.CountMax = ptr(t.CountMin + w.IntN(6))
		}
	}
	if role != "organisation" && role != "unknown" && w.chance(10) {
		t.Roles = append(t.Roles, "community_leader")
	}
	return t
}

// act of a perpetrator P1 on target T1.
func (w *writer) act(i int, method string, explicitness *string, channels ...string) models.Act {
	return models.Act{
		ID: entryID("A", i), Method: method, Target: "T1", Explicitness: explicitness, Channels: channels,
		Perpetrators: []models.ActPerpetrator{{
			Perpetrator: "P1",
			Involvement: weighted(w.dice, share{"carried_out", 70}, share{"suspected", 20}, share{"ordered", 10}),
		}},
	}
}

// sources adds what was published: one origin, its copies, and at times a
// second origin. It returns the number of independent origins.
func (w *writer) sources(in *models.IncidentInput, lang string) int {
	first := w.source(0, in, weighted(w.dice, share{"primary_publisher", 70}, share{"ngo_database", 15}, share{"official", 8}, share{"academic", 7}))
	first.Language = &lang
	in.Sources = []models.Source{first}
	if w.chance(35) {
		again := w.source(1, in, pick(w.dice, "republication", "aggregator"))
		again.DerivedFrom = ptr("S1")
		in.Sources = append(in.Sources, again)
	}
	if w.chance(65) {
		return 1
	}
	in.Sources = append(in.Sources, w.source(len(in.Sources), in, pick(w.dice, "primary_publisher", "ngo_database")))
	return 2
}

func (w *writer) source(i int, in *models.IncidentInput, kind string) models.Source {
	day := w.today
	if in.FirstReported != nil {
		day = *in.FirstReported
	}
	published := w.cut(day.AddDays(i * 3))
	return models.Source{
		ID: entryID("S", i), Kind: kind,
		Publisher:   ptr(pick(w.dice, publishers...)),
		Title:       ptr(in.Title),
		URL:         ptr(fmt.Sprintf("https://example.org/%d/%06d", published.Year(), w.IntN(1_000_000))),
		Language:    ptr("en"),
		Published:   &published,
		Reliability: ptr(pick(w.dice, "A", "B", "B", "C", "C", "D", "F")),
		Scale:       ptr(pick(w.dice, "local", "national", "national", "international", "new_media")),
	}
}

// interview replaces the first source and its copies by an interview of our
// own, of which everything but the kind is protected.
func (w *writer) interview(in *models.IncidentInput) {
	in.Sources = slices.DeleteFunc(in.Sources, func(s models.Source) bool { return s.DerivedFrom != nil })
	in.Sources[0] = models.Source{ID: "S1", Kind: "direct_interview", SubmittedBy: ptr("Example caseworker"), Reliability: ptr("B")}
	in.DiscoveryRoute = "direct_contact"
	in.AttributionBasis = []string{"target_belief"}
}

// cite ties the core fields to the first source.
func (w *writer) cite(in *models.IncidentInput) {
	add := func(entity, field string) {
		in.Citations = append(in.Citations, models.Citation{
			ID: entryID("C", len(in.Citations)), Entity: entity, Field: &field, Source: "S1",
			Credibility: ptr(pick(w.dice, "1", "2", "2", "3", "3", "6")), Standing: "accepted",
		})
	}
	add("incident", "origin_country")
	add("incident", "host_country")
	add("A1", "method")
	if in.Occurred.Latest != nil {
		add("incident", "occurred.latest")
	}
	for _, i := range in.Inducements {
		for _, m := range i.Amounts {
			add(m.ID, "amount_text")
		}
	}
	for _, d := range in.Demands {
		add(d.ID, "kind")
	}
}

func (w *writer) respond(in *models.IncidentInput, party, kind string) {
	r := models.Response{ID: entryID("R", len(in.Responses)), Party: party, Kind: kind}
	if in.FirstReported != nil && w.chance(60) {
		r.Date = ptr(w.cut(in.FirstReported.AddDays(w.between(0, 90))))
	}
	in.Responses = append(in.Responses, r)
}

func addHarms(in *models.IncidentInput, kinds ...string) {
	for _, k := range kinds {
		in.Harms = append(in.Harms, models.Harm{ID: entryID("H", len(in.Harms)), Kind: k, Target: "T1"})
	}
}

func (w *writer) addEvidence(in *models.IncidentInput, kind, access string) {
	in.Evidence = append(in.Evidence, models.Evidence{ID: entryID("E", len(in.Evidence)), Kind: kind, Access: access, Source: ptr("S1")})
}

// inScope answers all five questions with yes.
func inScope() models.ScopeTest {
	return models.ScopeTest{StateLink: "yes", CrossBorder: "yes", Reason: "yes", Aim: "yes", Act: "yes"}
}

// review sets the two dials so that neither breaks its rule (DOMAIN.md
// section 7), and adds what a rule asks for.
func (w *writer) review(r *Record, origins int, primary string) {
	status := weighted(w.dice, share{"published", 56}, share{"approved", 26}, share{"in_review", 8}, share{"draft", 10})
	if status == "published" && r.Input.Sensitivity != "open" {
		status = "approved"
	}
	r.WorkflowStatus = status
	switch {
	case status == "draft", status == "in_review" && w.chance(50):
		r.VerificationStatus = "unreviewed"
	case w.chance(6):
		r.VerificationStatus = "officially_confirmed"
		w.addEvidence(&r.Input, "government_statement", "reported_only")
		r.Input.AttributionBasis = append(r.Input.AttributionBasis, "host_government_statement")
	case w.chance(14):
		r.VerificationStatus = "evidence_examined"
		w.addEvidence(&r.Input, primary, pick(w.dice, "held_by_us", "seen_by_us"))
	case w.chance(3):
		r.VerificationStatus = "disputed"
	case origins > 1:
		r.VerificationStatus = "corroborated"
	default:
		r.VerificationStatus = "single_source"
	}
}

// words is a code in running text: its label, uncapitalised.
func (w *writer) words(list, code string) string {
	term, _ := w.v.Term(list, code)
	if term.Label == "" {
		return code
	}
	return strings.ToLower(term.Label[:1]) + term.Label[1:]
}

// someone is a role with its article.
func someone(role string) string {
	who := people[role]
	if who == "" {
		who = people["unknown"]
	}
	if strings.ContainsRune("aeiou", rune(who[0])) {
		return "an " + who
	}
	return "a " + who
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
