package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

// share has the author ask for a grant to other_ngo, and a reviewer approve it.
func (c *cells) share(body object) string {
	c.t.Helper()
	c.files++
	ask := altered(object{"receiver": "other_ngo", "reason": "For a joint report.", "expires_at": c.clock.Now().Add(90 * 24 * time.Hour)}, "kind", body["kind"])
	for name, v := range body {
		ask[name] = v
	}
	var made struct {
		ID     string `json:"grant_id"`
		Status string
	}
	c.author.do(http.MethodPost, "/api/v1/grants", ask, "Idempotency-Key", fmt.Sprintf("share-key-%d", c.files)).want(201).json(&made)
	if made.Status != "requested" {
		c.t.Errorf("asked for is %s already", made.Status)
	}
	c.decide(c.second, made.ID, "approve").want(200).json(&made)
	if made.Status != "active" {
		c.t.Errorf("approved is %s", made.Status)
	}
	return made.ID
}

func (c *cells) decide(u *person, grant, decision string) *reply {
	c.t.Helper()
	return u.do(http.MethodPost, "/api/v1/grants/"+grant+"/decision", object{"decision": decision})
}

func (c *cells) searchOf(query string) string {
	c.t.Helper()
	var made struct {
		ID string `json:"saved_search_id"`
	}
	c.author.do(http.MethodPost, "/api/v1/saved-searches", object{"name": "To share", "query": query, "shared": false}).want(201).json(&made)
	return made.ID
}

// guest tells whether somebody reads a record by way of a grant of everything.
func (w who) guest(r cell) bool {
	open := r.sensitivity == "open" || r.sensitivity == "partner"
	shown := r.state == models.StatusApproved || r.state == models.StatusPublished
	switch {
	case w.home || w.dead || !open || slices.Contains(ended, r.state):
		return false
	case w.has(models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer):
		return true
	}
	return w.has(models.RoleAdvocate) && shown
}

// TestCells_ByWayOfAGrant is the matrix of what is shared: everybody, every
// record, every way to read, and every other door.
func TestCells_ByWayOfAGrant(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := newCells(t, a)
		var all []string
		for _, r := range c.records {
			all = append(all, r.ref)
		}
		grant := "grant=" + c.share(object{"kind": "saved_search", "saved_search_id": c.searchOf("scope=in_scope")})
		var one cell
		for _, r := range c.records {
			if r.sensitivity == "partner" && r.state == "draft" {
				one = r
			}
		}
		single := "grant=" + c.share(object{"kind": "incident", "ref": one.ref})
		for _, w := range c.people {
			reader := !w.home && !w.dead && w.has(models.RoleAdvocate, models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer)
			for _, r := range c.records {
				path := "/api/v1/incidents/" + r.ref
				c.lentCell(w, r, path+"?"+grant, w.guest(r), "readIncident")
				c.lentCell(w, r, path+"?"+single, w.guest(r) && r.ref == one.ref, "readIncident")
				if !w.home {
					for _, door := range []string{"", "?content=pending&" + grant, "/revisions", "/team", "/comments", "/files", "/links", "/duplicates"} {
						if got := c.call(w.person, http.MethodGet, path+door, nil); got.status < 400 {
							t.Errorf("%s of a %s record %s answers %s with %s", door, r.sensitivity, r.state, w.kind, got)
						}
						c.count++
					}
				}
			}
			list := w.refs(c, "/api/v1/incidents?limit=200&"+grant)
			files := w.refs(c, "/api/v1/exports/incidents.csv?"+grant)
			for _, r := range c.records {
				if got := slices.Contains(list, r.ref); got != w.guest(r) {
					t.Errorf("list of %s by way of a grant has a record %s, %s: %v", w.kind, r.sensitivity, r.state, got)
				}
				if got := slices.Contains(files, r.ref); got != w.guest(r) {
					t.Errorf("CSV of %s by way of a grant has a record %s, %s: %v", w.kind, r.sensitivity, r.state, got)
				}
				c.count += 2
			}
			if !reader {
				continue
			}
			c.lentCounts(w, grant)
			if own := w.refs(c, "/api/v1/incidents?limit=200"); len(own) != 0 {
				t.Errorf("without a grant %s of the other organisation lists %v", w.kind, own)
			}
			if hits := w.refs(c, "/api/v1/incidents/snippets?q=telephoned&refs="+strings.Join(all, ",")); len(hits) != 0 {
				t.Errorf("snippets show %s of the other organisation %v", w.kind, hits)
			}
		}
		t.Logf("%d cells by way of a grant", c.count)
	})
}

func (c *cells) lentCell(w who, r cell, path string, may bool, operation string) {
	c.t.Helper()
	got := c.call(w.person, http.MethodGet, path, nil)
	want := "200"
	if refused := w.gate(operation); refused != "" {
		want = refused
	} else if !may {
		want = "404"
	}
	if !strings.HasPrefix(got.String(), want) {
		c.t.Errorf("%s by %s on a record %s, %s: %s, want %s", path, w.kind, r.sensitivity, r.state, got, want)
	}
	c.count++
}

// lentCounts compares totals, facets and dashboard with the list.
func (c *cells) lentCounts(w who, grant string) {
	c.t.Helper()
	n := len(w.refs(c, "/api/v1/incidents?limit=200&"+grant))
	var list struct{ Total int }
	w.get("/api/v1/incidents?limit=1&" + grant).want(200).json(&list)
	var stats struct{ Incidents int }
	w.get("/api/v1/stats?" + grant).want(200).json(&stats)
	var facets struct {
		Fields []struct {
			Items []struct {
				Code  string
				Count int
			}
		}
	}
	w.get("/api/v1/incidents/facets?fields=sensitivity&" + grant).want(200).json(&facets)
	sum := 0
	for _, item := range facets.Fields[0].Items {
		if item.Code == "restricted" || item.Code == "sealed" {
			c.t.Errorf("a facet tells %s of %d %s records", w.kind, item.Count, item.Code)
		}
		sum += item.Count
	}
	if n == 0 || list.Total != n || stats.Incidents != n || sum != n {
		c.t.Errorf("%s: %d listed, total %d, dashboard %d, facets %d", w.kind, n, list.Total, stats.Incidents, sum)
	}
	c.count += 4
}

// TestGrant_ShowsPlainFieldsOnly: the founding record has every protected
// member.
func TestGrant_ShowsPlainFieldsOnly(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, _ := newPeople(t, a)
		body := founding(t)
		body["sensitivity"], body["internal_note"] = "partner", "CANARY-note"
		target := body["targets"].([]any)[0].(object)
		target["identity"] = object{"names": []string{"CANARY-name"}, "aliases": []string{}, "contacts": []string{"CANARY-contact"}, "birth_date": nil, "address": nil, "relatives": nil, "note": nil}
		var rec struct{ Ref string }
		c.author.log(body, "founding-to-share").want(201).json(&rec)
		grant := c.share(object{"kind": "incident", "ref": rec.Ref})
		for _, w := range c.people {
			if w.home || w.dead {
				continue
			}
			for _, path := range []string{"/api/v1/incidents/" + rec.Ref, "/api/v1/incidents", "/api/v1/exports/incidents.csv", "/api/v1/exports/incidents.zip", "/api/v1/stats"} {
				got := c.call(w.person, http.MethodGet, path+"?grant="+grant, nil)
				if strings.Contains(string(got.body), "CANARY-") {
					t.Errorf("%s shows %s a protected field", path, w.kind)
				}
			}
		}
		reviewer := c.kind("other reviewer").person
		var shown struct {
			Title, Organisation string
			CreatedBy           string `json:"created_by"`
			MayEdit             bool   `json:"may_edit"`
			ProtectedHidden     bool   `json:"protected_hidden"`
			Moves               []any
			URL                 string `json:"record_url"`
		}
		reviewer.get("/api/v1/incidents/" + rec.Ref + "?grant=" + grant).want(200).json(&shown)
		if shown.Title == "" || shown.Organisation != "example_ngo" || shown.CreatedBy != "" || shown.MayEdit || !shown.ProtectedHidden || len(shown.Moves) != 0 || !strings.HasSuffix(shown.URL, "?grant="+grant) {
			t.Errorf("shown by way of a grant: %+v", shown)
		}
		reviewer.do(http.MethodPatch, "/api/v1/incidents/"+rec.Ref, object{"title": "Changed", "reason": "x"}, "If-Match", c.etag(rec.Ref, 1)).wantProblem(404, "incident.not_found")
		again := reviewer.get("/api/v1/incidents/"+rec.Ref+"?grant=absent-or-foreign").wantProblem(404, "grant.not_found")
		c.decide(c.second, grant, "revoke").want(200)
		ended := reviewer.get("/api/v1/incidents/"+rec.Ref+"?grant="+grant).wantProblem(404, "grant.not_found")
		if ended.Detail != again.Detail {
			t.Errorf("revoked %q, absent %q", ended.Detail, again.Detail)
		}
	})
}

func TestGrant_FrozenSearch_DoesNotWiden(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, _ := newPeople(t, a)
		c.author.log(altered(valid(), "title", "In Britain", "host_country", "GBR", "sensitivity", "open"), "frozen-key-1").want(201)
		c.author.log(altered(valid(), "title", "In Germany", "host_country", "DEU", "sensitivity", "open"), "frozen-key-2").want(201)
		search := c.searchOf("host_country=GBR")
		grant := c.share(object{"kind": "saved_search", "saved_search_id": search})
		c.author.do(http.MethodPut, "/api/v1/saved-searches/"+search, object{"name": "Wider", "query": "host_country=GBR,DEU", "shared": true}).want(200)
		analyst := c.kind("other analyst").person
		var page struct {
			Items []struct{ Title string }
		}
		analyst.get("/api/v1/incidents?grant=" + grant).want(200).json(&page)
		if len(page.Items) != 1 || page.Items[0].Title != "In Britain" {
			t.Errorf("the widened search shows %+v", page.Items)
		}
		analyst.get("/api/v1/incidents?host_country=DEU&grant=" + grant).want(200).json(&page)
		if len(page.Items) != 0 {
			t.Errorf("a filter of one's own widens the grant: %+v", page.Items)
		}
		var lists struct {
			Received, Given []struct {
				SearchName, Query, RequestedBy *string
				Reason                         string
			}
		}
		analyst.get("/api/v1/grants").want(200).json(&lists)
		if len(lists.Received) != 1 || len(lists.Given) != 0 || lists.Received[0].Reason != "For a joint report." || lists.Received[0].Query != nil || lists.Received[0].RequestedBy != nil {
			t.Errorf("the receiver's list: %+v", lists)
		}
		a.clock.Advance(90 * 24 * time.Hour)
		a.again(analyst).get("/api/v1/incidents?grant="+grant).wantProblem(404, "grant.not_found")
	})
}

func TestCreateGrant_BadInput_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, _ := newPeople(t, a)
		var rec struct{ Ref string }
		c.author.log(altered(valid(), "sensitivity", "open"), "bad-input-1").want(201).json(&rec)
		mine := c.searchOf("mine=true")
		good := object{"kind": "incident", "ref": rec.Ref, "receiver": "other_ngo", "reason": "x", "expires_at": a.clock.Now().Add(time.Hour)}
		ask := func(body object, headers ...string) *reply {
			return c.author.do(http.MethodPost, "/api/v1/grants", body, headers...)
		}
		ask(good).wantProblem(428, "idempotency.key_missing")
		for n, bad := range []struct {
			body  object
			field string
		}{
			{altered(good, "expires_at", a.clock.Now()), "#/expires_at in_the_past"},
			{altered(good, "expires_at", a.clock.Now().Add(367*24*time.Hour)), "#/expires_at too_far_ahead"},
			{altered(good, "reason", "\u202ex"), "#/reason unpaired_bidi"},
			{altered(good, "receiver", "no_such_ngo"), "#/receiver unknown_organisation"},
			{altered(good, "receiver", "example_ngo"), "#/receiver unknown_organisation"},
			{altered(good, "kind", "saved_search"), "#/saved_search_id required"},
			{altered(good, "kind", "saved_search", "saved_search_id", mine), "#/saved_search_id filter_of_a_person"},
		} {
			ask(bad.body, "Idempotency-Key", fmt.Sprintf("bad-grant-%d", n)).wantProblem(422, "validation.failed", bad.field)
		}
		var one, two struct {
			ID string `json:"grant_id"`
		}
		ask(good, "Idempotency-Key", "same-key-twice").want(201).json(&one)
		ask(good, "Idempotency-Key", "same-key-twice").want(201).json(&two)
		ask(altered(good, "reason", "y"), "Idempotency-Key", "same-key-twice").wantProblem(422, "idempotency.key_reused")
		if one != two || one.ID == "" {
			t.Errorf("a repeated request made %v and %v", one, two)
		}
		var receivers struct{ Items []struct{ Code string } }
		c.author.get("/api/v1/grants/receivers").want(200).json(&receivers)
		if len(receivers.Items) != 1 || receivers.Items[0].Code != "other_ngo" {
			t.Errorf("receivers %+v", receivers)
		}
		var queue struct {
			Items []struct {
				Reason string
				Total  int
			}
		}
		c.second.get("/api/v1/queue").want(200).json(&queue)
		waiting := 0
		for _, w := range queue.Items {
			if w.Reason == "grant_requested" {
				waiting = w.Total
			}
		}
		if waiting != 1 {
			t.Errorf("%d wait for the reviewer, want 1", waiting)
		}
		c.decide(c.author, one.ID, "approve").wantProblem(403, "grant.own_request")
	})
}

// TestCanaries_ByWayOfAGrant shares everything that a search can find. A guest
// hears no more than a colleague of the same rank who is on no team would: no
// protected word, and none of a restricted or sealed record.
func TestCanaries_ByWayOfAGrant(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, die := newPeople(t, a)
		v := newAviary(c)
		c.open = c.records[slices.IndexFunc(c.records, func(r cell) bool { return r.sensitivity == "open" && r.state == "published" })]
		die()
		grant := c.share(object{"kind": "saved_search", "saved_search_id": c.searchOf("workflow_status=draft,in_review,approved,embargoed,published,closed,withdrawn")})
		heard := map[string]bool{}
		for _, w := range c.people {
			rank := ""
			switch {
			case w.home || w.dead:
				continue
			case w.has(models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer):
				rank = "analyst"
			case w.has(models.RoleAdvocate):
				rank = "advocate"
			}
			paths := []string{"/api/v1/incidents?limit=200&", "/api/v1/incidents?q=telephoned&", "/api/v1/stats?", "/api/v1/incidents/facets?fields=communities,campaigns&", "/api/v1/exports/incidents.csv?", "/api/v1/exports/incidents.zip?"}
			for _, ref := range v.ids["ref"] {
				paths = append(paths, "/api/v1/incidents/"+ref+"?", "/api/v1/incidents/"+ref+"?content=pending&")
			}
			for _, path := range paths {
				got := c.call(w.person, http.MethodGet, path+"grant="+grant, nil)
				for _, bird := range v.heard(got.body) {
					heard[bird.text] = true
					if rank == "" || !bird.may(c.kind(rank)) || strings.Contains(bird.field, "restricted") || strings.Contains(bird.field, "sealed") {
						t.Errorf("%s by way of a grant tells %s the %s", path, w.kind, bird.field)
					}
				}
			}
		}
		if len(heard) < 20 {
			t.Errorf("only %d canaries are heard at all, so this test shows nothing", len(heard))
		}
		t.Logf("%d of %d canaries heard, all of plain fields", len(heard), len(v.birds))
	})
}
