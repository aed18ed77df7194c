package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"farwatch/models"
)

const storyAddress = "https://www.paper.example/story/?utm_source=x"

// sourced is a small record with one source and one citation of it.
func sourced(sensitivity, address, title string) object {
	body := valid()
	body["sensitivity"] = sensitivity
	body["title"] = "Record of " + title
	body["sources"] = []object{
		{"id": "S1", "kind": "official", "title": "Agency report"},
		{"id": "S2", "kind": "primary_publisher", "url": address, "title": title, "reliability": "B", "derived_from": "S1", "text": "Somebody was called on Monday."},
	}
	body["citations"] = []object{{
		"id": "C1", "entity": "incident", "field": "summary", "source": "S2", "quote": "was called", "start": 9, "end": 19,
		"credibility": "2", "standing": "accepted",
	}}
	return body
}

func (u *person) logged(t *testing.T, body object, key string) string {
	t.Helper()
	var made struct{ Ref string }
	u.log(body, key).want(201).json(&made)
	return made.Ref
}

type sourceItem struct {
	Ref          string
	CanonicalURL string `json:"canonical_url"`
	Incidents    int
	Described    struct{ Title, Publisher *string }
	LocalIDs     []string `json:"local_ids"`
}

func (u *person) lookUp(t *testing.T, address string) *sourceItem {
	t.Helper()
	var out struct {
		Archived bool
		Source   *sourceItem
	}
	u.do(http.MethodPost, "/api/v1/sources/lookup", object{"url": address}).want(200).json(&out)
	return out.Source
}

func TestSources_SharedPage_ShowsEveryCitationWithItsPair(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		first := u.logged(t, sourced("partner", storyAddress, "The story"), "key-first-1")
		u.logged(t, sourced("open", "https://archive.ph/2025/http://paper.example/story", "The story, later"), "key-second-1")

		found := u.lookUp(t, "http://m.paper.example/story#top")
		if found == nil || found.Incidents != 2 || found.CanonicalURL != "paper.example/story" || *found.Described.Title != "The story, later" {
			t.Fatalf("looked up %+v", found)
		}
		var page struct{ Items []sourceItem }
		u.get("/api/v1/sources?q=STORY").want(200).json(&page)
		if len(page.Items) != 1 || page.Items[0].Ref != found.Ref {
			t.Errorf("list %+v", page)
		}
		u.get("/api/v1/sources?incident=" + first).want(200).json(&page)
		if len(page.Items) != 1 || len(page.Items[0].LocalIDs) != 1 || page.Items[0].LocalIDs[0] != "S2" {
			t.Errorf("of one incident %+v", page)
		}
		var detail struct {
			Incidents int
			Variants  []struct{ Incidents []string }
			Uses      []struct {
				Ref     string
				MayEdit bool `json:"may_edit"`
				Entries []struct {
					ID, Reliability string
					DerivedFrom     []struct{ ID, Kind string } `json:"derived_from"`
					Citations       []struct {
						Field, Quote, Credibility, Standing string
						Start, End                          int
					}
				}
			}
		}
		u.get("/api/v1/sources/" + found.Ref).want(200).json(&detail)
		if detail.Incidents != 2 || len(detail.Uses) != 2 || len(detail.Variants) != 1 || detail.Variants[0].Incidents[0] != first {
			t.Fatalf("detail %+v", detail)
		}
		entry := detail.Uses[1].Entries[0]
		cited := entry.Citations[0]
		if entry.Reliability+cited.Credibility != "B2" || cited.Quote != "was called" || cited.Start != 9 || cited.End != 19 ||
			entry.DerivedFrom[0].ID != "S1" || !detail.Uses[1].MayEdit {
			t.Errorf("entry %+v", entry)
		}
	})
}

// TestSources_OtherEyes is the negative twin: an address that only invisible
// records have is not confirmed, counted or listed.
func TestSources_OtherEyes_LearnNothing(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.logged(t, sourced("partner", storyAddress, "CANARY-SOURCE"), "key-first-1")
		u.logged(t, sourced("sealed", "https://secret.example/a", "CANARY-SEALED"), "key-second-1")
		u.logged(t, sourced("restricted", "https://secret.example/b", "CANARY-RESTRICTED"), "key-third-11")
		if u.lookUp(t, "https://secret.example/a") != nil || u.lookUp(t, "https://secret.example/b") != nil {
			t.Error("a secret record's address is known")
		}
		ref := u.lookUp(t, storyAddress).Ref
		for _, other := range []*person{
			a.person("example_ngo", "advocate", models.RoleAdvocate), a.person("other_ngo", "stranger", models.RoleCaseworker, models.RoleReviewer),
		} {
			if found := other.lookUp(t, storyAddress); found != nil {
				t.Errorf("found %+v", found)
			}
			if body := string(other.get("/api/v1/sources").want(200).Body); strings.Contains(body, "CANARY") || strings.Contains(body, "paper.example") {
				t.Errorf("list %s", body)
			}
			hidden := other.get("/api/v1/sources/"+ref).wantProblem(404, "source.not_found")
			absent := other.get("/api/v1/sources/FW-4F7K-Q2ME").wantProblem(404, "source.not_found")
			if hidden.Detail != absent.Detail {
				t.Errorf("invisible %q, absent %q", hidden.Detail, absent.Detail)
			}
		}
		u.do(http.MethodPost, "/api/v1/sources/lookup", object{"url": "paper.example"}).wantProblem(422, "validation.failed", "#/url not_a_web_address")
		stranger := a.person("other_ngo", "stranger2", models.RoleReviewer)
		stranger.do(http.MethodPatch, "/api/v1/sources/"+ref, object{"reason": "x", "title": "y"}).wantProblem(404, "source.not_found")
	})
}

type corrected struct {
	Items []struct{ Ref, Status, Code string }
}

func (c corrected) of(ref string) string {
	for _, i := range c.Items {
		if i.Ref == ref {
			return strings.TrimSpace(i.Status + " " + i.Code)
		}
	}
	return "absent"
}

func TestCorrectSource_EachRecord_TellsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		mine := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		colleague := a.person("example_ngo", "colleague", models.RoleCaseworker)
		first := mine.logged(t, sourced("partner", storyAddress, "The story"), "key-first-1")
		second := mine.logged(t, sourced("partner", storyAddress, "Right title"), "key-second-1")
		theirs := colleague.logged(t, sourced("partner", storyAddress, "The story"), "key-third-11")
		ref := mine.lookUp(t, storyAddress).Ref
		path := "/api/v1/sources/" + ref
		correction := object{"reason": "The headline was mistyped.", "title": "Right title"}
		var out corrected
		mine.do(http.MethodPatch, path, correction).want(200).json(&out)
		if out.of(first) != "changed" || out.of(second) != "unchanged" || out.of(theirs) != "refused permission.denied" || len(out.Items) != 3 {
			t.Errorf("corrected %+v", out)
		}
		var rec struct {
			Version int
			Sources []struct{ ID, Title string }
		}
		mine.get("/api/v1/incidents/" + first).want(200).json(&rec)
		if rec.Version != 2 || rec.Sources[1].Title != "Right title" || rec.Sources[0].Title != "Agency report" {
			t.Errorf("record %+v", rec)
		}
		mine.do(http.MethodPatch, path, correction).want(200).json(&out)
		if out.of(first) != "unchanged" {
			t.Errorf("again %+v", out)
		}
		mine.get("/api/v1/incidents/" + theirs).want(200).json(&rec)
		if rec.Version != 1 {
			t.Errorf("a refused record has version %d", rec.Version)
		}
		mine.do(http.MethodPatch, path, object{"title": "x", "author": "y"}).wantProblem(422, "validation.failed")
		mine.do(http.MethodPatch, path, object{"reason": "x", "archive_url": "ftp://x"}).wantProblem(422, "validation.failed", "#/archive_url not_a_web_address")
		analyst := a.person("example_ngo", "analyst", models.RoleAnalyst)
		analyst.do(http.MethodPatch, path, correction).wantProblem(403, "permission.denied")
		a.anyone().do(http.MethodPatch, path, correction).want(401)
	})
}

func TestCorrectSource_ApprovedRecord_WaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) { body["sources"].([]any)[0].(object)["url"] = storyAddress })
		d.publish()
		ref := d.author.lookUp(t, storyAddress).Ref
		var out corrected
		d.author.do(http.MethodPatch, "/api/v1/sources/"+ref, object{"reason": "x", "author": "A. Writer"}).want(200).json(&out)
		if out.of(d.ref) != "waits" {
			t.Errorf("corrected %+v", out)
		}
		if body := string(d.author.get("/api/v1/sources/" + ref).want(200).Body); strings.Contains(body, "A. Writer") {
			t.Error("what waits is shown")
		}
	})
}

func TestCorrectSource_TooManyRecords_Refused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		for i := range models.MaxCorrected + 1 {
			u.logged(t, sourced("partner", storyAddress, "The story"), fmt.Sprintf("key-many-%d", i))
		}
		ref := u.lookUp(t, storyAddress).Ref
		u.do(http.MethodPatch, "/api/v1/sources/"+ref, object{"reason": "x", "title": "y"}).wantProblem(413, "source.too_many")
	})
}

func TestUpdateIncident_CitedSourceTakenAway_NamesTheCitation(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		made := u.log(sourced("partner", storyAddress, "The story"), "key-first-1").want(201)
		path, etag := made.Header.Get("Location"), made.Header.Get("ETag")
		without := object{"sources": []object{{"id": "S1", "kind": "official"}}}
		r := u.do(http.MethodPatch, path, without, "If-Match", etag)
		r.wantProblem(422, "validation.failed", "#/citations/0/source still_cited")
		if !strings.Contains(string(r.Body), `"by":"C1"`) {
			t.Errorf("names no citation: %s", r.Body)
		}
		without["citations"] = []object{}
		u.do(http.MethodPatch, path, without, "If-Match", etag).want(200)
	})
}
