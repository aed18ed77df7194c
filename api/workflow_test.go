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

// desk is a record and the people around it.
type desk struct {
	*app
	author, colleague, reviewer, second, analyst, advocate, admin, stranger *person
	ref                                                                     string
}

func newDesk(a *app, change func(object)) *desk { return newDeskOf(a, "", change) }

// newDeskOf makes a further desk in one world, its people named apart.
func newDeskOf(a *app, suffix string, change func(object)) *desk {
	someone := func(organisation, name string, roles ...models.Role) *person {
		return a.person(organisation, name+suffix, roles...)
	}
	d := &desk{
		app:       a,
		author:    someone("example_ngo", "author", models.RoleCaseworker, models.RoleReviewer),
		colleague: someone("example_ngo", "colleague", models.RoleCaseworker),
		reviewer:  someone("example_ngo", "reviewer", models.RoleReviewer),
		second:    someone("example_ngo", "second", models.RoleReviewer),
		analyst:   someone("example_ngo", "analyst", models.RoleAnalyst),
		advocate:  someone("example_ngo", "advocate", models.RoleAdvocate),
		admin:     someone("example_ngo", "admin", models.RoleOrgAdmin),
		stranger:  someone("other_ngo", "stranger", models.RoleCaseworker, models.RoleReviewer),
	}
	body := founding(a.t)
	body["sensitivity"] = "open"
	if change != nil {
		change(body)
	}
	var made object
	d.author.log(body, "desk-key").want(201).json(&made)
	d.ref = made["ref"].(string)
	return d
}

func (d *desk) path(rest string) string { return "/api/v1/incidents/" + d.ref + rest }

// etag is what the record's reader would send with a change.
func (d *desk) etag() string {
	d.t.Helper()
	r := d.reviewer.do(http.MethodGet, d.path(""), nil)
	if r.Status == http.StatusGone {
		var p struct{ Tombstone struct{ Etag string } }
		r.json(&p)
		return p.Tombstone.Etag
	}
	return r.Header.Get("ETag")
}

func (d *desk) as(u *person, method, rest string, body any) *reply {
	d.t.Helper()
	return u.do(method, d.path(rest), body, "If-Match", d.etag())
}

func (d *desk) move(u *person, to string, more ...string) *reply {
	d.t.Helper()
	body := object{"to": to}
	for i := 0; i < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	return d.as(u, http.MethodPost, "/transitions", body)
}

func (d *desk) edit(u *person, body object) *reply {
	d.t.Helper()
	return d.as(u, http.MethodPatch, "", body)
}

func (d *desk) verify(u *person, status string) *reply {
	d.t.Helper()
	return d.as(u, http.MethodPost, "/verification", object{"verification_status": status, "reason": "The recording was heard."})
}

func (d *desk) decide(u *person, decision string, more object) *reply {
	d.t.Helper()
	body := object{"decision": decision}
	for k, v := range more {
		body[k] = v
	}
	return d.as(u, http.MethodPost, "/pending", body)
}

func (d *desk) record(u *person) object {
	d.t.Helper()
	var out object
	u.get(d.path("")).want(200).json(&out)
	return out
}

func (d *desk) publish() {
	d.t.Helper()
	d.move(d.author, "in_review").want(200)
	d.verify(d.reviewer, "single_source").want(200)
	d.move(d.reviewer, "approved").want(200)
	d.move(d.second, "published").want(200)
}

// refused checks a refusal and that it left the record as it was.
func (d *desk) refused(what string, r *reply, status int, code string) {
	d.t.Helper()
	var p problem
	r.json(&p)
	if r.Status != status || p.Code != code {
		d.t.Errorf("%s: %d %s, want %d %s", what, r.Status, p.Code, status, code)
	}
}

func TestWorkflow_WholeLife_WithTheNegativeTwinOfEachStep(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		public := "/api/v1/public/incidents/" + d.ref
		for name, u := range map[string]*person{"colleague not on the team": d.colleague, "reviewer who is no caseworker": d.reviewer} {
			d.refused("submit by a "+name, d.move(u, "in_review"), 403, "permission.denied")
		}
		d.refused("submit by an analyst", d.move(d.analyst, "in_review"), 403, "permission.denied")
		d.refused("submit by another organisation", d.move(d.stranger, "in_review"), 404, "incident.not_found")
		d.refused("submit by nobody", d.move(a.anyone(), "in_review"), 401, "session.required")
		d.refused("draft straight to published", d.move(d.reviewer, "published"), 409, "workflow.not_possible")
		d.move(d.author, "in_review").want(200)

		d.refused("approve own work", d.move(d.author, "approved"), 403, "workflow.own_work")
		d.refused("verify own work", d.verify(d.author, "single_source"), 403, "workflow.own_work")
		d.refused("verify by a caseworker", d.verify(d.colleague, "single_source"), 403, "permission.denied")
		d.refused("approve unverified", d.move(d.reviewer, "approved"), 422, "workflow.not_ready")
		d.refused("corroborated with one origin", d.verify(d.reviewer, "corroborated"), 422, "verification.rule_failed")
		d.verify(d.reviewer, "single_source").want(200)
		d.refused("approve by a caseworker", d.move(d.colleague, "approved"), 403, "permission.denied")
		d.move(d.reviewer, "approved").want(200)

		d.refused("publish own work", d.move(d.author, "published"), 403, "workflow.own_work")
		d.refused("publish by a caseworker", d.move(d.colleague, "published"), 403, "permission.denied")
		d.refused("not public before publication", a.anyone().get(public), 404, "incident.not_found")
		d.move(d.second, "published").want(200)
		var first object
		a.anyone().get(public).want(200).json(&first)

		d.refused("edit without a reason", d.edit(d.author, object{"title": "The second title"}), 422, "validation.failed")
		d.refused("edit by a colleague", d.edit(d.colleague, object{"title": "x", "reason": "x"}), 403, "permission.denied")
		var waiting object
		d.edit(d.author, object{"title": "The second title", "reason": "A better title."}).want(200).json(&waiting)
		if waiting["pending"] == nil || waiting["title"] != first["title"] {
			t.Errorf("an edit of a published record must wait: %v, %v", waiting["pending"], waiting["title"])
		}
		var still object
		a.anyone().get(public).want(200).json(&still)
		if still["title"] != first["title"] {
			t.Error("the published text changed before anybody approved it")
		}
		d.refused("approve own revision", d.decide(d.author, "approve", nil), 403, "workflow.own_work")
		d.refused("reject without a reason", d.decide(d.reviewer, "reject", nil), 422, "validation.failed")
		d.refused("discard somebody else's", d.decide(d.reviewer, "discard", nil), 403, "permission.denied")
		d.decide(d.reviewer, "approve", nil).want(200)
		var second object
		a.anyone().get(public).want(200).json(&second)
		if second["title"] != "The second title" {
			t.Errorf("after approval the public reads %v", second["title"])
		}
		d.refused("nothing waits any more", d.decide(d.reviewer, "approve", nil), 409, "pending.none")

		d.refused("withdraw without a reason", d.move(d.second, "withdrawn"), 422, "workflow.not_ready")
		d.refused("withdraw by a caseworker", d.move(d.colleague, "withdrawn", "withdrawal_reason", "error"), 403, "permission.denied")
		d.refused("withdraw own work", d.move(d.author, "withdrawn", "withdrawal_reason", "error"), 403, "workflow.own_work")
		d.move(d.second, "withdrawn", "withdrawal_reason", "safety").want(200)
		for name, c := range map[string]struct {
			u      *person
			path   string
			reason string
		}{"public": {a.anyone(), public, "not_stated"}, "analyst": {d.analyst, d.path(""), "safety"}, "advocate": {d.advocate, d.path(""), "safety"}, "author": {d.author, d.path(""), "safety"}} {
			r := c.u.get(c.path)
			var p struct {
				Code      string
				Tombstone object
			}
			r.json(&p)
			if r.Status != 410 || p.Code != "incident.withdrawn" || p.Tombstone["reason"] != c.reason || p.Tombstone["ref"] != d.ref {
				t.Errorf("%s: %d %s %v", name, r.Status, p.Code, p.Tombstone)
			}
			if strings.Contains(string(r.Body), "second title") {
				t.Errorf("%s: a tombstone holds content", name)
			}
		}
		d.refused("another organisation sees no tombstone", d.stranger.get(d.path("")), 404, "incident.not_found")
		d.refused("a withdrawn record is not edited", d.edit(d.author, object{"title": "x", "reason": "x"}), 409, "incident.not_editable")
		d.move(d.second, "in_review", "reason", "The danger is over.").want(200)
	})
}

func TestPublication_Gate_SaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) {
			body["sensitivity"] = "partner"
			for _, c := range body["consents"].([]any) {
				c.(object)["level"] = "given_internal"
			}
		})
		d.move(d.author, "in_review").want(200)
		d.verify(d.reviewer, "single_source").want(200)
		d.move(d.reviewer, "approved").want(200)
		r := d.move(d.second, "published")
		var p problem
		r.json(&p)
		var codes []string
		for _, e := range p.Errors {
			codes = append(codes, e.Pointer+" "+e.Code)
		}
		slices.Sort(codes)
		if want := []string{"#/consents consent_forbids", "#/sensitivity not_open"}; r.Status != 422 || !slices.Equal(codes, want) {
			t.Errorf("%d %v, want 422 %v", r.Status, codes, want)
		}
	})
}

func TestEmbargo_Clock_PublishesWhatStillPassesTheGate(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		d.move(d.author, "in_review").want(200)
		d.verify(d.reviewer, "single_source").want(200)
		d.move(d.reviewer, "approved").want(200)
		today := models.DayOf(a.clock.Now())
		d.refused("an embargo that is over", d.move(d.second, "embargoed", "embargo_until", string(today)), 422, "workflow.not_ready")
		d.move(d.second, "embargoed", "embargo_until", string(today.AddDays(2))).want(200)
		d.refused("publish under embargo", d.move(d.second, "published"), 422, "workflow.not_ready")
		for days, want := range []int{0, 0, 1, 0} {
			got, err := a.store.System().PublishDue(t.Context(), a.vocab)
			must(t, err)
			if got != want {
				t.Errorf("after %d days %d published, want %d", days, got, want)
			}
			a.clock.Advance(24 * time.Hour)
		}
		a.anyone().get("/api/v1/public/incidents/" + d.ref).want(200)
	})
}

func TestVerification_DenialByTheAccusedState_NeverDisputes(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) {
			body["sources"] = append(body["sources"].([]any), object{"id": "S8", "kind": "primary_publisher", "publisher": "Embassy page"},
				object{"id": "S9", "kind": "republication", "publisher": "Example Mirror", "derived_from": body["sources"].([]any)[0].(object)["id"]})
			body["responses"] = append(body["responses"].([]any), object{"id": "R7", "party": "origin_state", "kind": "denial_specific", "source": "S8"})
			body["citations"] = append(body["citations"].([]any), object{"id": "C90", "entity": "R7", "source": "S8", "standing": "conflicting", "quote": "None of this took place."})
		})
		d.move(d.author, "in_review").want(200)
		d.refused("a denial", d.verify(d.reviewer, "disputed"), 422, "verification.rule_failed")
		d.edit(d.author, object{
			"reason": "Another paper says otherwise.", "sources": append(d.record(d.author)["sources"].([]any),
				object{"id": "S10", "kind": "primary_publisher", "publisher": "Second Gazette"}),
			"citations": append(d.record(d.author)["citations"].([]any), object{"id": "C91", "entity": "A1", "field": "method", "source": "S10", "standing": "conflicting", "quote": "The caller only asked for a visit."}),
		}).want(200)
		d.verify(d.reviewer, "disputed").want(200)
	})
}

func TestConsequence_ConsentWithdrawn_UnpublishesAtOnceAndErasesHistory(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) {
			body["targets"].([]any)[0].(object)["identity"] = object{"names": []any{"Canary Nightingale"}}
			body["internal_note"] = "Canary note"
		})
		d.publish()
		body := string(a.anyone().get("/api/v1/public/incidents/" + d.ref).want(200).Body)
		if strings.Contains(body, "Canary") {
			t.Fatal("a protected value is public")
		}
		consents := d.record(d.author)["consents"].([]any)
		consents[0].(object)["level"] = "withdrawn"
		d.edit(d.author, object{"consents": consents, "reason": "The family asked."}).want(200)
		var p struct{ Tombstone object }
		a.anyone().get("/api/v1/public/incidents/" + d.ref).want(410).json(&p)
		if p.Tombstone["reason"] != "not_stated" {
			t.Errorf("the public is told %v", p.Tombstone["reason"])
		}
		d.refused("never reopened", d.move(d.second, "in_review", "reason", "x"), 422, "workflow.not_ready")
		for version := 1; version <= 6; version++ {
			r := d.author.get(d.path(fmt.Sprintf("/revisions/%d", version))).want(200)
			if strings.Contains(string(r.Body), "Canary") {
				t.Errorf("version %d still holds a protected value", version)
			}
		}
	})
}

func TestConsequence_RaisedSensitivity_LeavesThePublicAtOnce(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		d.publish()
		d.edit(d.author, object{"sensitivity": "restricted", "reason": "A threat was made."}).want(200)
		a.anyone().get("/api/v1/public/incidents/" + d.ref).want(410)
		d.refused("restricted is not the analyst's, not even as a tombstone", d.analyst.get(d.path("")), 404, "incident.not_found")
	})
}
