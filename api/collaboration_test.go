package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"farwatch/models"
)

type teamBody struct {
	People []struct {
		UserID    string `json:"user_id"`
		UserName  string `json:"user_name"`
		OnTeam    bool   `json:"on_team"`
		MayJoin   bool   `json:"may_join"`
		MayReview bool   `json:"may_review"`
	}
	Asked []struct {
		UserName string `json:"user_name"`
	}
	MayAssign bool `json:"may_assign"`
}

func (d *desk) team(u *person) (out teamBody) {
	d.t.Helper()
	u.get(d.path("/team")).want(200).json(&out)
	return out
}

func (b teamBody) names(which func(i int) bool) (out []string) {
	for i := range b.People {
		if which(i) {
			out = append(out, b.People[i].UserName)
		}
	}
	return out
}

func TestTeam_AssignAndTakeOff_WithNegativeTwins(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		team := d.team(d.author)
		if got := team.names(func(i int) bool { return team.People[i].OnTeam }); !slices.Equal(got, []string{"author"}) || !team.MayAssign {
			t.Fatalf("at first %v", got)
		}
		if got := team.names(func(i int) bool { return team.People[i].MayJoin }); !slices.Equal(got, []string{"colleague"}) {
			t.Errorf("may join: %v", got)
		}
		d.refused("edit before", d.edit(d.colleague, object{"summary": "Changed."}), 403, "permission.denied")
		put := func(u *person, who string) *reply { return u.do(http.MethodPut, d.path("/team/"+who), nil) }
		d.refused("assign oneself", put(d.colleague, d.colleague.id), 403, "permission.denied")
		d.refused("assign by an analyst", put(d.analyst, d.colleague.id), 403, "permission.denied")
		d.refused("assign by another organisation", put(d.stranger, d.stranger.id), 404, "incident.not_found")
		d.refused("assign by nobody", put(a.anyone(), d.colleague.id), 401, "session.required")
		d.refused("assign a stranger", put(d.author, d.stranger.id), 404, "user.not_found")
		d.refused("assign a mere reviewer", put(d.author, d.reviewer.id), 409, "team.wrong_role")
		put(d.author, d.colleague.id).want(200)
		d.edit(d.colleague, object{"summary": "Changed by a colleague."}).want(200)
		d.colleague.do(http.MethodDelete, d.path("/team/"+d.author.id), nil).want(200)
		d.refused("take the last one off", d.colleague.do(http.MethodDelete, d.path("/team/"+d.colleague.id), nil), 409, "team.last_one")
		d.edit(d.colleague, object{"sensitivity": "restricted"}).want(200)
		d.refused("read by whom nobody assigned", a.person("example_ngo", "passer-by", models.RoleCaseworker).get(d.path("/team")), 404, "incident.not_found")
	})
}

func TestTeam_OfASealedRecord_NamesPeople(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) { body["sensitivity"] = "sealed" })
		d.refused("before", d.reviewer.get(d.path("")), 404, "incident.not_found")
		d.author.do(http.MethodPut, d.path("/team/"+d.reviewer.id), nil).want(200)
		d.record(d.reviewer)
		d.refused("another reviewer", d.second.get(d.path("")), 404, "incident.not_found")
		d.author.do(http.MethodDelete, d.path("/team/"+d.reviewer.id), nil).want(200)
		d.refused("after", d.reviewer.get(d.path("")), 404, "incident.not_found")
	})
}

type queueBody struct {
	Items []struct {
		Reason string
		Total  int
		Items  []struct{ Record struct{ Ref string } }
	}
}

// waits are the reasons for which the record waits for the person.
func (d *desk) waits(u *person) (out []string) {
	d.t.Helper()
	var queue queueBody
	u.get("/api/v1/queue").want(200).json(&queue)
	for _, w := range queue.Items {
		if w.Total != len(w.Items) {
			d.t.Errorf("%s: total %d, %d listed", w.Reason, w.Total, len(w.Items))
		}
		for _, i := range w.Items {
			if i.Record.Ref == d.ref {
				out = append(out, w.Reason)
			}
		}
	}
	return out
}

func TestQueue_FollowsARecordThroughItsLife(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		check := func(when string, want map[*person]string) {
			t.Helper()
			for _, u := range []*person{d.author, d.colleague, d.reviewer, d.second, d.stranger} {
				if got := strings.Join(d.waits(u), " "); got != want[u] {
					t.Errorf("%s: %s waits for %q, want %q", when, u.name, got, want[u])
				}
			}
		}
		check("draft", map[*person]string{d.author: "draft"})
		d.author.do(http.MethodPut, d.path("/review-requests/"+d.reviewer.id), nil).want(200)
		d.refused("ask the author", d.author.do(http.MethodPut, d.path("/review-requests/"+d.author.id), nil), 409, "team.no_reviewer")
		d.move(d.author, "in_review").want(200)
		check("in review", map[*person]string{d.reviewer: "review_asked", d.second: "review"})
		d.move(d.reviewer, "draft", "reason", "Say who was called.").want(200)
		check("returned", map[*person]string{d.author: "returned"})
		d.move(d.author, "in_review").want(200)
		d.verify(d.second, "single_source").want(200)
		d.move(d.second, "approved").want(200)
		check("approved", nil)
		d.edit(d.author, object{"summary": "More is known.", "reason": "A second call."}).want(200)
		check("pending", map[*person]string{d.reviewer: "pending", d.second: "pending"})
		var attention struct{ Unread, Waiting int }
		d.second.get("/api/v1/attention").want(200).json(&attention)
		if attention.Waiting != 1 {
			t.Errorf("attention %+v", attention)
		}
		d.refused("an analyst's queue", d.analyst.get("/api/v1/queue"), 403, "permission.denied")
		d.refused("nobody's queue", a.anyone().get("/api/v1/queue"), 401, "session.required")
	})
}

func (u *person) notices() (out []string) {
	u.t.Helper()
	var list struct {
		Items []struct {
			Kind  string
			Actor *string
		}
	}
	u.get("/api/v1/notifications").want(200).json(&list)
	for _, n := range list.Items {
		out = append(out, n.Kind+" by "+value(n.Actor))
	}
	slices.Sort(out)
	return out
}

func TestNotifications_TellTheTeam_NeverOneself(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		d.author.do(http.MethodPut, d.path("/team/"+d.colleague.id), nil).want(200)
		d.author.do(http.MethodPut, d.path("/review-requests/"+d.reviewer.id), nil).want(200)
		d.move(d.author, "in_review").want(200)
		d.verify(d.reviewer, "single_source").want(200)
		d.move(d.reviewer, "approved").want(200)
		for u, want := range map[*person][]string{
			d.author:    {"approved by reviewer", "verified by reviewer"},
			d.colleague: {"approved by reviewer", "assigned by author", "verified by reviewer"},
			d.reviewer:  {"review_asked by author", "submitted by author"},
			d.second:    nil,
			d.stranger:  nil,
		} {
			if got := u.notices(); !slices.Equal(got, want) {
				t.Errorf("%s is told %v, want %v", u.name, got, want)
			}
		}
		// Nobody hears of a record that they may see no more.
		d.colleague.do(http.MethodPost, "/api/v1/notifications/read", object{}).want(204)
		d.author.do(http.MethodDelete, d.path("/team/"+d.colleague.id), nil).want(200)
		d.edit(d.author, object{"sensitivity": "restricted", "reason": "A threat."}).want(200)
		if got := d.colleague.notices(); got != nil {
			t.Errorf("off the team, the colleague is still told %v", got)
		}
		raw := d.author.get("/api/v1/notifications").want(200)
		if strings.Contains(string(raw.Body), "A threat.") {
			t.Error("a reason left with a notification")
		}
	})
}

type commentBody struct {
	CommentID  string `json:"comment_id"`
	Author     string
	Body       string
	Mentions   []string
	MayChange  bool    `json:"may_change"`
	DeletedAt  *string `json:"deleted_at"`
	ResolvedBy *string `json:"resolved_by"`
}

func (d *desk) comments(u *person) (out []commentBody) {
	d.t.Helper()
	var list struct{ Items []commentBody }
	u.get(d.path("/comments")).want(200).json(&list)
	return list.Items
}

func TestComments_SayMentionResolveDelete_WithNegativeTwins(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		var said commentBody
		d.author.do(http.MethodPost, d.path("/comments"), object{"body": " Can @reviewer hear the recording? Write to me@reviewer.example "}, "Idempotency-Key", uuid.NewString()).want(201).json(&said)
		if said.Body != "Can @reviewer hear the recording? Write to me@reviewer.example" || !slices.Equal(said.Mentions, []string{"reviewer"}) || !said.MayChange {
			t.Errorf("said %+v", said)
		}
		if got := d.reviewer.notices(); !slices.Equal(got, []string{"mentioned by author"}) {
			t.Errorf("the reviewer is told %v", got)
		}
		if got := d.waits(d.reviewer); !slices.Equal(got, []string{"mentioned"}) {
			t.Errorf("for the reviewer waits %v", got)
		}
		path := d.path("/comments/" + said.CommentID)
		d.refused("name somebody who may not read it", d.author.do(http.MethodPost, d.path("/comments"), object{"body": "@colleague look"}, "Idempotency-Key", uuid.NewString()), 422, "validation.failed")
		d.refused("say nothing", d.author.do(http.MethodPost, d.path("/comments"), object{"body": "  "}, "Idempotency-Key", uuid.NewString()), 422, "validation.failed")
		d.refused("change another's", d.reviewer.do(http.MethodPatch, path, object{"body": "No."}), 403, "permission.denied")
		d.refused("delete another's", d.reviewer.do(http.MethodDelete, path, nil), 403, "permission.denied")
		d.refused("a colleague reads", d.colleague.get(d.path("/comments")), 403, "permission.denied")
		d.refused("an analyst reads", d.analyst.get(d.path("/comments")), 403, "permission.denied")
		d.refused("another organisation reads", d.stranger.get(d.path("/comments")), 404, "incident.not_found")
		d.refused("nobody reads", a.anyone().get(d.path("/comments")), 401, "session.required")
		d.author.do(http.MethodPatch, path, object{"body": "Can @second hear it?"}).want(200)
		if got := d.second.notices(); !slices.Equal(got, []string{"mentioned by author"}) {
			t.Errorf("the second is told %v", got)
		}
		var resolved commentBody
		d.second.do(http.MethodPatch, path, object{"resolved": true}).want(200).json(&resolved)
		if value(resolved.ResolvedBy) != "second" || len(d.waits(d.second)) != 0 {
			t.Errorf("resolved by %s, waits %v", value(resolved.ResolvedBy), d.waits(d.second))
		}
		d.refused("both at once", d.author.do(http.MethodPatch, path, object{"resolved": true, "body": "x"}), 422, "validation.failed")
		a.clock.Advance(16 * time.Minute)
		d.author, d.reviewer = a.again(d.author), a.again(d.reviewer)
		d.refused("change late", d.author.do(http.MethodPatch, path, object{"body": "Late."}), 409, "comment.late")
		d.author.do(http.MethodPost, d.path("/comments"), object{"body": "Forget that."}, "Idempotency-Key", uuid.NewString()).want(201).json(&said)
		d.author.do(http.MethodDelete, d.path("/comments/"+said.CommentID), nil).want(204)
		list := d.comments(d.reviewer)
		if len(list) != 2 || list[1].Body != "" || list[1].DeletedAt == nil {
			t.Errorf("after deleting: %+v", list)
		}
	})
}

func TestComments_AreErasedWithTheRecord(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		d.author.do(http.MethodPost, d.path("/comments"), object{"body": "Her brother's name is canary."}, "Idempotency-Key", uuid.NewString()).want(201)
		record := d.record(d.author)
		consents := record["consents"].([]any)
		for _, c := range consents {
			c.(object)["level"] = "refused"
		}
		d.edit(d.author, object{"consents": consents, "reason": "She said no."}).want(200)
		for _, c := range d.comments(d.reviewer) {
			if c.Body != "" {
				t.Errorf("left: %q", c.Body)
			}
		}
	})
}

func TestBulk_EachRecordByItsOwnRules(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		items := []object{{"ref": d.ref, "version": 1}}
		for _, key := range []string{"bulk-key-a", "bulk-key-b"} {
			items = append(items, object{"ref": d.author.logged(t, founding(t), key), "version": 1})
		}
		other := a.person("example_ngo", "other", models.RoleCaseworker)
		foreign := other.logged(t, founding(t), "bulk-foreign")
		type result struct {
			Ref      string
			Ok       bool
			Version  *int
			Undoable bool
			Code     *string
		}
		bulk := func(u *person, body object) []result {
			t.Helper()
			var list struct{ Items []result }
			u.do(http.MethodPost, "/api/v1/incidents/bulk", body).want(200).json(&list)
			return list.Items
		}
		got := bulk(d.author, object{"action": "submit", "items": append(slices.Clone(items), object{"ref": foreign, "version": 1}, object{"ref": items[0]["ref"], "version": 1}, object{"ref": "FW-4F7K-Q2ME", "version": 1})})
		var codes []string
		for _, r := range got {
			codes = append(codes, value(r.Code))
		}
		if want := []string{"", "", "", "permission.denied", "incident.stale", "incident.not_found"}; !slices.Equal(codes, want) {
			t.Fatalf("submitted: %v, want %v", codes, want)
		}
		if !got[0].Undoable || *got[0].Version != 2 {
			t.Errorf("first: %+v", got[0])
		}
		var undo []object
		for _, r := range got[:3] {
			undo = append(undo, object{"ref": r.Ref, "version": *r.Version})
		}
		for _, r := range bulk(d.author, object{"action": "undo", "items": undo}) {
			if !r.Ok {
				t.Errorf("undo of %s: %s", r.Ref, value(r.Code))
			}
		}
		for _, r := range bulk(d.author, object{"action": "assign", "user_id": d.colleague.id, "items": []object{{"ref": d.ref, "version": 3}}}) {
			if !r.Ok {
				t.Errorf("assign: %s", value(r.Code))
			}
		}
		for _, r := range bulk(d.author, object{"action": "raise_sensitivity", "sensitivity": "restricted", "reason": "A threat.", "items": []object{{"ref": d.ref, "version": 3}, {"ref": d.ref, "version": 4}}}) {
			if (value(r.Code) == "bulk.not_higher") == r.Ok {
				t.Errorf("raise: %+v", r)
			}
		}
		if d.record(d.author)["sensitivity"] != "restricted" {
			t.Error("the sensitivity was not raised")
		}
		d.refused("without a reason", d.author.do(http.MethodPost, "/api/v1/incidents/bulk", object{"action": "return", "items": items}), 422, "validation.failed")
		d.refused("an unknown action", d.author.do(http.MethodPost, "/api/v1/incidents/bulk", object{"action": "burn", "items": items}), 422, "validation.failed")
		d.refused("by an analyst", d.analyst.do(http.MethodPost, "/api/v1/incidents/bulk", object{"action": "submit", "items": items}), 403, "permission.denied")
		d.refused("by nobody", a.anyone().do(http.MethodPost, "/api/v1/incidents/bulk", object{"action": "submit", "items": items}), 401, "session.required")
		for _, r := range bulk(d.stranger, object{"action": "submit", "items": items}) {
			if value(r.Code) != "incident.not_found" {
				t.Errorf("another organisation: %+v", r)
			}
		}
	})
}
