package api

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

type publicPageBody struct {
	Items      []struct{ Ref, Title, Organisation, URL string }
	Total      int
	NextCursor *string `json:"next_cursor"`
	Last       bool
}

// publicRefs reads every page of the public list.
func (u *person) publicRefs(query url.Values) (refs []string) {
	u.t.Helper()
	query = maps.Clone(query)
	query.Set("limit", "67")
	for {
		var page publicPageBody
		u.get("/api/v1/public/incidents?" + query.Encode()).want(200).json(&page)
		for _, i := range page.Items {
			refs = append(refs, i.Ref)
		}
		if page.NextCursor == nil {
			if len(refs) != page.Total || !page.Last {
				u.t.Fatalf("%s: %d records read, total %d, last %t", query.Encode(), len(refs), page.Total, page.Last)
			}
			return refs
		}
		if page.Last {
			u.t.Fatalf("%s: the last page has a cursor", query.Encode())
		}
		query.Set("cursor", *page.NextCursor)
	}
}

// publicRecord is a published record as everybody reads it.
type publicRecord struct {
	Ref           string
	OriginCountry string `json:"origin_country"`
	HostCountry   string `json:"host_country"`
	Verification  string `json:"verification_status"`
	Police        string `json:"police_reported"`
	Targets       []struct{ Roles []string }
	Acts          []struct {
		Method       string
		Explicitness *string
	}
}

// TestPublic_Counts_EqualARecountOfTheList is T-31: every number of the public
// dashboard is counted again from the pages that everybody can read, and every
// list is compared with the staff's own, which a database filters.
func TestPublic_Counts_EqualARecountOfTheList(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(600)
		reviewer := a.person("example_ngo", "judge", models.RoleReviewer)
		everybody := a.anyone()
		records := map[string]publicRecord{}
		for _, counted := range []string{"true", "false"} {
			for _, ref := range everybody.publicRefs(url.Values{"counted": {counted}}) {
				var r publicRecord
				everybody.get("/api/v1/public/incidents/" + ref).want(200).json(&r)
				records[ref] = r
			}
		}
		if len(records) < 100 {
			t.Fatalf("only %d records are published: the test shows too little", len(records))
		}
		filters, matched := 1000, 0
		if testing.Short() && a.store.Dialect() == "postgres" {
			filters = 60
		}
		dice := rand.New(rand.NewPCG(31, 9))
		for range filters {
			query := randomFilter(dice, a.vocab)
			for _, name := range []string{"workflow_status", "sensitivity", "q", "campaigns", "mine"} {
				query.Del(name)
			}
			if query.Get("counted") == "" {
				query.Set("counted", "true")
			}
			refs := everybody.publicRefs(query)
			recount(t, everybody, query, refs, records)
			if want := staffRefs(reviewer, query, records); !slices.Equal(slices.Sorted(slices.Values(refs)), want) {
				t.Fatalf("%s: the public list has %d records, the staff's %d of them", query.Encode(), len(refs), len(want))
			}
			if len(refs) > 0 {
				matched++
			}
		}
		if matched < filters/3 {
			t.Errorf("only %d of %d filters match anything: the test shows too little", matched, filters)
		}
		t.Logf("%d filters over %d published records, %d matched", filters, len(records), matched)
	})
}

// recount fails unless the numbers are those of the records.
func recount(t *testing.T, u *person, query url.Values, refs []string, records map[string]publicRecord) {
	t.Helper()
	var s struct {
		statsBody
		Police breakdownBody `json:"police_reported"`
		Proven breakdownBody `json:"verification_status"`
	}
	u.get("/api/v1/public/stats?" + query.Encode()).want(200).json(&s)
	if s.Incidents != len(refs) {
		t.Fatalf("%s: %d in the list, %d on the dashboard", query.Encode(), len(refs), s.Incidents)
	}
	sums := map[string]int{}
	for _, ref := range refs {
		r := records[ref]
		codes := map[string]bool{"origin " + r.OriginCountry: true, "host " + r.HostCountry: true, "police " + r.Police: true, "proven " + r.Verification: true}
		for _, act := range r.Acts {
			if act.Explicitness == nil || *act.Explicitness == "explicit" {
				codes["method "+act.Method] = true
			}
		}
		for _, target := range r.Targets {
			for _, role := range target.Roles {
				codes["role "+role] = true
			}
		}
		for code := range codes {
			sums[code]++
		}
	}
	shown := map[string]int{}
	for name, b := range map[string]breakdownBody{"origin": s.OriginCountry, "host": s.HostCountry, "method": s.Methods, "role": s.TargetRoles, "police": s.Police, "proven": s.Proven} {
		for _, i := range b.Items {
			shown[name+" "+i.Code] = i.Count
		}
	}
	for code, n := range sums {
		if strings.HasSuffix(code, " unknown") || strings.HasSuffix(code, " not_stated") {
			continue // counted beside
		}
		if shown[code] != n {
			t.Fatalf("%s: %s is %d on the dashboard and %d counted again", query.Encode(), code, shown[code], n)
		}
	}
	for code, n := range shown {
		if sums[code] != n {
			t.Fatalf("%s: %s is %d on the dashboard and %d counted again", query.Encode(), code, n, sums[code])
		}
	}
}

// staffRefs are the published ones of the staff's list over the same filter.
func staffRefs(u *person, query url.Values, published map[string]publicRecord) (refs []string) {
	u.t.Helper()
	query = maps.Clone(query)
	query.Set("workflow_status", "published")
	query.Set("limit", "200")
	for {
		var page struct {
			Items      []struct{ Ref string }
			NextCursor *string `json:"next_cursor"`
		}
		u.get("/api/v1/incidents?" + query.Encode()).want(200).json(&page)
		for _, i := range page.Items {
			if _, ok := published[i.Ref]; ok {
				refs = append(refs, i.Ref)
			}
		}
		if page.NextCursor == nil {
			slices.Sort(refs)
			return refs
		}
		query.Set("cursor", *page.NextCursor)
	}
}

// publicAnswers are the bytes of everything that everybody may ask for, headers
// included.
func (a *app) publicAnswers(refs ...string) map[string]string {
	a.t.Helper()
	out := map[string]string{}
	for _, path := range publicPaths(refs...) {
		r := a.anyone().do(http.MethodGet, path, nil)
		r.Header.Del("X-Request-Id")
		body := string(r.Body)
		if r.Status >= 400 { // it names the request
			_, body, _ = strings.Cut(body, "urn:uuid:")
			body = body[min(len(body), 36):]
		}
		out[path] = fmt.Sprint(r.Status, r.Header, body)
	}
	return out
}

func publicPaths(refs ...string) []string {
	paths := []string{
		"/api/v1/public/stats", "/api/v1/public/stats?counted=false&include_implied=true", "/api/v1/public/stats?origin_country=CHN",
		"/api/v1/public/incidents", "/api/v1/public/incidents?counted=false&limit=1",
	}
	paths = append(paths, sitePaths...)
	for _, ref := range refs {
		paths = append(paths, "/api/v1/public/incidents/"+ref, "/public/incidents/"+ref)
	}
	return paths
}

// TestPublic_UnpublishedRecords_ChangeNoByte is the other half of T-31: whatever
// happens to records that are not published shows nowhere, not even in an ETag.
func TestPublic_UnpublishedRecords_ChangeNoByte(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		shown := newDeskOf(a, "-shown", nil)
		shown.publish()
		hidden := newDeskOf(a, "-hidden", nil)
		before := a.publicAnswers(shown.ref, hidden.ref)
		same := func(after string) {
			t.Helper()
			for path, answer := range a.publicAnswers(shown.ref, hidden.ref) {
				if before[path] != answer {
					t.Errorf("%s changed after %s:\n%s\n%s", path, after, before[path], answer)
				}
			}
		}
		hidden.edit(hidden.author, object{"title": "Another title", "host_country": "DEU"}).want(200)
		same("an edit of a draft")
		hidden.move(hidden.author, "in_review").want(200)
		hidden.verify(hidden.reviewer, "single_source").want(200)
		hidden.move(hidden.reviewer, "approved").want(200)
		same("an approval")
		day := models.DayOf(a.clock.Now().AddDate(0, 0, 2))
		hidden.move(hidden.second, "embargoed", "embargo_until", string(day)).want(200)
		same("an embargo")
		hidden.move(hidden.second, "approved", "reason", "Not yet.").want(200)
		hidden.move(hidden.second, "withdrawn", "withdrawal_reason", "not_stated", "reason", "Never shown.").want(200)
		same("a withdrawal of what was never published")
		// A change of the published record that waits for a second person.
		shown.edit(shown.author, object{"title": "A title that waits", "reason": "Better."}).want(200)
		same("an edit that waits")
		shown.decide(shown.second, "approve", nil).want(200)
		if r := a.anyone().get("/api/v1/public/incidents").want(200); !strings.Contains(string(r.Body), "A title that waits") {
			t.Errorf("the approved edit is not published: %s", r.Body)
		}
	})
}

// TestPublic_WithdrawalAndEmbargo_BindAtOnce: numbers, list and page follow in
// the very next request.
func TestPublic_WithdrawalAndEmbargo_BindAtOnce(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		counts := func(want int) {
			t.Helper()
			var s statsBody
			a.anyone().get("/api/v1/public/stats").want(200).json(&s)
			if refs := a.anyone().publicRefs(url.Values{}); s.Incidents != want || len(refs) != want {
				t.Errorf("%d counted and %d listed, want %d", s.Incidents, len(refs), want)
			}
		}
		counts(0)
		d.move(d.author, "in_review").want(200)
		d.verify(d.reviewer, "single_source").want(200)
		d.move(d.reviewer, "approved").want(200)
		d.move(d.second, "embargoed", "embargo_until", string(models.DayOf(a.clock.Now().AddDate(0, 0, 2)))).want(200)
		counts(0)
		a.clock.Advance(72 * time.Hour)
		if n, err := a.store.System().PublishDue(t.Context(), a.vocab); n != 1 || err != nil {
			t.Fatalf("%d published: %v", n, err)
		}
		counts(1)
		r := a.anyone().get("/api/v1/public/stats").want(200)
		if r.Header.Get("Cache-Control") != "public, max-age=300" || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("headers: %v", r.Header)
		}
		etag := r.Header.Get("ETag")
		a.anyone().do(http.MethodGet, "/api/v1/public/stats", nil, "If-None-Match", etag).want(304)
		a.anyone().do(http.MethodGet, "/api/v1/public/incidents", nil, "If-None-Match", etag).want(304)
		d.second = a.again(d.second)
		d.reviewer = a.again(d.reviewer)
		d.move(d.second, "withdrawn", "withdrawal_reason", "consent_withdrawn", "reason", "She asked for it.").want(200)
		counts(0)
		a.anyone().do(http.MethodGet, "/api/v1/public/stats", nil, "If-None-Match", etag).want(200)
	})
}

// TestPublic_FilterOnWhatIsNotPublished_400: what the public cannot read it
// cannot ask for.
func TestPublic_FilterOnWhatIsNotPublished_400(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		for _, query := range []string{"workflow_status=draft", "sensitivity=sealed", "discovery_route=tip", "q=name", "where=x", "mine=true", "campaigns=FW-DEM0-PHYM", "scope=unclear"} {
			for _, path := range []string{"/api/v1/public/stats?", "/api/v1/public/incidents?"} {
				a.anyone().get(path+query).wantProblem(400, "request.unknown_parameter")
			}
		}
		a.anyone().get("/api/v1/public/stats?target_roles=lgbtq_person").wantProblem(422, "validation.failed")
		a.anyone().get("/api/v1/public/incidents?cursor=bm9uZQ").wantProblem(400, "cursor.invalid")
	})
}
