package api

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// protectedNames are the members that DOMAIN.md marks X, by every name that a
// client might try.
var protectedNames = []string{
	"internal_note", "site", "host_place.site", "roles_restricted", "targets.roles_restricted", "response_restricted", "identity", "identity.names", "names",
	"aliases", "contacts", "birth_date", "address", "relatives", "person_name", "perpetrators.person_name", "submitted_by", "given_by", "explained_by",
	"review_on", "consents", "effective_consent", "note", "comment", "comments", "file", "files", "file_name", "sha256", "reason", "protected", "row_key",
}

// twin is a record with everything protected in it, and its like without.
func twins(c *cells) (full, bare string) {
	c.t.Helper()
	make := func(title string, change func(*models.IncidentInput)) string {
		b := storetest.ACall().Publishable().Titled(title).With(func(in *models.IncidentInput) {
			in.Targets[0].Response = "undisclosed"
			in.Perpetrators = []models.Perpetrator{{ID: "P1", Type: "unidentified_official"}}
			change(in)
		})
		seed := store.SeedIncident{Input: b.Input, Derived: models.Derive(b.Input, c.vocab), WorkflowStatus: "approved", VerificationStatus: "single_source", CreatedAt: storetest.Start}
		must(c.t, c.store.System().Seed(c.t.Context(), "example_ngo", c.author.name, c.vocab, slices.Values([]store.SeedIncident{seed}), func(int) {}))
		return title
	}
	text := storetest.Ptr[string]
	full = make("Twin one", func(in *models.IncidentInput) {
		in.InternalNote, in.HostPlace.GeoPrecision, in.HostPlace.Site = text("Hushhush lives there."), "site", text("Hushhush street 3")
		in.Targets[0].RolesRestricted, in.Targets[0].ResponseRestricted = []string{"asylum_seeker_or_refugee", "lgbtq_person", "woman_fleeing_abuse"}, text("complied")
		in.Targets[0].Identity = &models.Identity{Names: []string{"Hushhush"}, Aliases: []string{"Hushhush"}, Contacts: []string{"+49 151 hushhush"}, BirthDate: storetest.Ptr(models.Day("1987-05-04")), Note: text("hushhush")}
		in.Perpetrators[0].PersonName = text("Hushhush the officer")
		in.Consents[0].ExplainedBy, in.Consents[0].Note = text("hushhush"), text("hushhush")
		in.Sources[0].SubmittedBy = text("hushhush")
		in.Evidence = []models.Evidence{{ID: "E1", Kind: "medical_record", Access: "held_by_us", Note: text("hushhush")}}
	})
	return full, make("Twin two", func(in *models.IncidentInput) { in.HostPlace.GeoPrecision = "site"; in.HostPlace.Site = nil })
}

// TestHidden_ProtectedFields_NeitherFilterNorSort is T-03: by every name, in
// every place, for every role.
func TestHidden_ProtectedFields_NeitherFilterNorSort(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, _ := newPeople(t, a)
		twins(c)
		tried := 0
		for _, w := range c.people {
			if !w.home || w.dead || !w.may("listIncidents") {
				continue
			}
			for _, name := range protectedNames {
				for _, path := range []string{
					"/incidents?" + name + "=hushhush", "/incidents?where=" + url.QueryEscape(name+":hushhush"), "/incidents?sort=" + name, "/incidents?sort=-" + name,
					"/incidents/facets?fields=" + name, "/stats?" + name + "=hushhush", "/stats?where=" + url.QueryEscape(name+":hushhush"),
					"/exports/incidents.csv?" + name + "=hushhush", "/exports/incidents.csv?where=" + url.QueryEscape("not "+name+":hushhush"), "/incidents/facets?fields=scope&" + name + "=hushhush",
				} {
					if r := c.call(w.person, http.MethodGet, "/api/v1"+path, nil); r.status < 400 {
						t.Errorf("%s may ask %s", w.kind, path)
					}
					tried++
				}
			}
		}
		t.Logf("%d filters, orders and counts by protected fields refused", tried)
	})
}

// TestHidden_Twins_AnswerAlike asks every filter there is: a record answers to
// none of them by what is protected in it.
func TestHidden_Twins_AnswerAlike(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, _ := newPeople(t, a)
		full, bare := twins(c)
		tried := 0
		for _, kind := range []string{"analyst", "advocate", "caseworker", "reviewer"} {
			w := c.kind(kind)
			ask := func(query string) {
				if c.sampledOut("twins", kind, query) {
					return
				}
				tried++
				r := c.call(w.person, http.MethodGet, "/api/v1/incidents?limit=200&"+query, nil)
				if r.status >= 400 {
					return
				}
				var list struct{ Items []struct{ Title string } }
				decode(t, r.body, &list)
				has := map[string]bool{}
				for _, item := range list.Items {
					has[item.Title] = true
				}
				if has[full] != has[bare] {
					t.Errorf("%s tells the twins apart by %s", kind, query)
				}
			}
			for _, d := range models.FilterFields() {
				for _, code := range c.codes(d) {
					ask(d.Name + "=" + code)
					ask("where=" + url.QueryEscape("not "+d.Name+":"+code))
				}
			}
			for _, text := range []string{"hushhush", "hush*", `"hushhush lives"`, "hushhush street", "151", "1987", "1987-05-04", "asylum_seeker_or_refugee", "complied", "medical_record", "officer", "name:hushhush"} {
				ask("q=" + url.QueryEscape(text))
			}
			for _, day := range []string{"1987-05-04", "1987-05-05", "2000-01-01"} {
				ask("date_from=" + day)
				ask("date_to=" + day + "&date_match=within")
			}
		}
		t.Logf("%d filters asked", tried)
	})
}

// codes are all values of a field, also those that nobody may filter on.
func (c *cells) codes(d models.FilterField) []string {
	switch d.Kind {
	case models.FieldCountry:
		return []string{"CHN", "GBR", "TUR"}
	case models.FieldNumber:
		return []string{"1", "2", "3", "1987", "2026"}
	case models.FieldRef:
		return []string{"FW-4F7K-Q2ME"}
	case models.FieldCode:
	}
	return c.vocab.Codes(d.List)
}

// TestHidden_FiftyNames_AreNotGuessed builds names letter by letter wherever an
// answer might say that one is on the way.
func TestHidden_FiftyNames_AreNotGuessed(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, _ := newPeople(t, a)
		var names []string
		var seeds []store.SeedIncident
		for range 50 {
			names = append(names, strings.ToLower(rand.Text()[:12]))
			b := storetest.ACall().Titled("A call").With(func(in *models.IncidentInput) {
				in.Targets[0].Identity = &models.Identity{Names: names[len(names)-1:]}
				in.Perpetrators = []models.Perpetrator{{ID: "P1", Type: "unidentified_official", PersonName: &names[len(names)-1]}}
			})
			seeds = append(seeds, store.SeedIncident{Input: b.Input, Derived: models.Derive(b.Input, c.vocab), WorkflowStatus: "approved", VerificationStatus: "single_source", CreatedAt: storetest.Start})
		}
		must(t, a.store.System().Seed(t.Context(), "example_ngo", "author", c.vocab, slices.Values(seeds), func(int) {}))
		asked, found := 0, 0
		for _, kind := range []string{"analyst", "caseworker"} {
			w := c.kind(kind)
			for _, name := range names {
				for _, guess := range []string{name, name[:3] + "*", name[:6], name[:11] + "z", "-" + name} {
					asked++
					if w.oracle(c, guess) {
						found++
						t.Errorf("%s learns by %q that a name is there", kind, guess)
					}
				}
			}
		}
		// The oracle works: what stands in the title is found.
		if !c.kind("analyst").oracle(c, "call") {
			t.Error("the oracle finds nothing at all, so this test shows nothing")
		}
		t.Logf("%d guesses at %d names, %d found", asked, len(names), found)
	})
}

// oracle tells whether any answer differs from that to a word that is nowhere.
func (w who) oracle(c *cells, guess string) bool {
	c.t.Helper()
	nowhere := "qqqqzzzzqqqq"
	if strings.HasPrefix(guess, "-") {
		nowhere = "-" + nowhere
	}
	ask := func(word string) (out []string) {
		q := url.QueryEscape(word)
		for _, path := range []string{"/incidents?limit=1&q=" + q, "/incidents/spelling?q=" + q, "/sources?q=" + q, "/stats?q=" + q, "/incidents/facets?fields=scope&q=" + q} {
			r := c.call(w.person, http.MethodGet, "/api/v1"+path, nil)
			out = append(out, fmt.Sprint(r.status, " ", strings.ReplaceAll(c.timeless(r.body), word, "…")))
		}
		return out
	}
	if c.silence == nil {
		c.silence = map[string][]string{}
	}
	key := w.kind + nowhere[:1]
	if c.silence[key] == nil {
		c.silence[key] = ask(nowhere)
	}
	return !slices.Equal(ask(guess), c.silence[key])
}

// timeless drops what differs between any two answers.
func (c *cells) timeless(body []byte) string {
	var v object
	if json.Unmarshal(body, &v) != nil {
		return string(body)
	}
	delete(v, "instance")
	delete(v, "as_of")
	out, err := json.Marshal(v)
	must(c.t, err)
	return string(out)
}

// TestHidden_Record_AnswersAsAbsent is T-04: for every operation that names a
// record, an invisible one and none at all answer the same bytes.
func TestHidden_Record_AnswersAsAbsent(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := newCells(t, a)
		pairs := 0
		for _, rc := range recordCases {
			for _, w := range c.people {
				for _, r := range c.records {
					if w.reads(r) || c.sampledOut("absent", rc.operation, rc.variant, w.kind, r.sensitivity, r.state) || !strings.HasSuffix(rc.expected(w, r), "incident.not_found") {
						continue
					}
					absent := r
					absent.ref = "FW-4F7K-Q2ME"
					c.alike(rc, w, r, absent)
					pairs++
				}
			}
		}
		t.Logf("%d pairs of an invisible and an absent record", pairs)
		c.takesAsLong(t, cell{ref: "FW-4F7K-Q2ME"})
	})
}

func (c *cells) alike(rc recordCase, w who, hidden, absent cell) {
	c.t.Helper()
	var got [2]string
	for i, r := range []cell{hidden, absent} {
		a := c.ask(rc, w, r)
		header := maps.Clone(a.header)
		header.Del("X-Request-Id")
		got[i] = strings.ReplaceAll(fmt.Sprint(a.status, header, c.timeless(a.body)), r.ref, "REF")
	}
	if got[0] != got[1] {
		c.t.Errorf("%s %s by %s on a record %s, %s:\n hidden %s\n absent %s", rc.operation, rc.variant, w.kind, hidden.sensitivity, hidden.state, got[0], got[1])
	}
}

// takesAsLong compares how long both take, in turns.
func (c *cells) takesAsLong(t *testing.T, absent cell) {
	t.Helper()
	w, hidden := c.kind("caseworker"), c.records[slices.IndexFunc(c.records, func(r cell) bool { return r.sensitivity == "sealed" })]
	var took [2][]time.Duration
	for range 300 {
		for i, r := range []cell{hidden, absent} {
			start := time.Now()
			c.call(w.person, http.MethodGet, "/api/v1/incidents/"+r.ref, nil)
			took[i] = append(took[i], time.Since(start))
		}
	}
	medians := [2]time.Duration{}
	for i := range took {
		slices.Sort(took[i])
		medians[i] = took[i][len(took[i])/2]
	}
	t.Logf("median of 300: hidden %v, absent %v", medians[0], medians[1])
	if difference := (medians[0] - medians[1]).Abs(); difference > max(medians[1]/2, 5*time.Millisecond) {
		t.Errorf("hidden takes %v, absent %v", medians[0], medians[1])
	}
}
