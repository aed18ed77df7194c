package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

type revisionPage struct {
	Items []struct {
		Version    int
		Action     string
		Author     string
		Reason     *string
		Readable   bool
		Restorable bool
		Pending    bool
	}
	Total      int
	NextBefore int `json:"next_before"`
}

type change struct {
	Path, Kind     string
	Before, After  any
	Added, Removed []string
}

func (d *desk) diff(u *person, version int) map[string]change {
	d.t.Helper()
	var out struct{ Changes []change }
	u.get(d.path(fmt.Sprintf("/revisions/%d", version))).want(200).json(&out)
	byPath := map[string]change{}
	for _, c := range out.Changes {
		byPath[c.Path] = c
	}
	return byPath
}

func TestHistory_EverySave_IsOneRevision(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		for i := range 7 {
			d.edit(d.author, object{"title": fmt.Sprintf("Title %d", i)}).want(200)
		}
		d.move(d.author, "in_review").want(200)
		var page revisionPage
		d.analyst.get(d.path("/revisions?limit=4")).want(200).json(&page)
		if page.Total != 9 || len(page.Items) != 4 || page.Items[0].Version != 9 || page.Items[0].Action != "transition" || page.NextBefore != 6 {
			t.Fatalf("first page %+v", page)
		}
		var rest revisionPage
		d.analyst.get(d.path("/revisions?before=6&limit=200")).want(200).json(&rest)
		if len(rest.Items) != 5 || rest.Items[4].Action != "create" || rest.NextBefore != 0 {
			t.Errorf("the rest %+v", rest)
		}
	})
}

func TestHistory_Diff_IsRightForListsAndEntries(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		rec := d.record(d.author)
		target := rec["targets"].([]any)[0].(object)
		target["communities"], target["count_max"] = []any{"tibetan"}, nil
		acts := rec["acts"].([]any)
		d.edit(d.author, object{
			"title": "عنوان آخر", "targets": []any{target}, "acts": append(acts, object{"id": "A77", "method": "doxxing", "target": "T1"}),
		}).want(200)
		got := d.diff(d.author, 2)
		if c := got["/targets/T1/communities"]; fmt.Sprint(c.Added, c.Removed) != "[tibetan] [uyghur]" {
			t.Errorf("communities %+v", c)
		}
		if c := got["/acts/A77"]; c.Kind != "added" {
			t.Errorf("act %+v", c)
		}
		if c := got["/title"]; c.Kind != "changed" || c.After != "عنوان آخر" {
			t.Errorf("title %+v", c)
		}
		if c := got["/targets/T1/count_max"]; c.Kind != "removed" || c.Before != 1.0 {
			t.Errorf("count_max %+v", c)
		}
		if len(got) != 4 {
			t.Errorf("%d changes: %v", len(got), got)
		}
	})
}

func TestHistory_OldValues_KeepTheirProtection(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) {
			body["sensitivity"] = "partner"
			body["internal_note"] = "Canary one"
			body["sources"] = append(body["sources"].([]any), object{"id": "S40", "kind": "primary_publisher", "publisher": "Canary Publisher"})
		})
		sources := d.record(d.author)["sources"].([]any)
		last := sources[len(sources)-1].(object)
		last["kind"] = "direct_interview"
		d.edit(d.author, object{"internal_note": "Canary two", "sources": sources}).want(200)
		d.edit(d.author, object{"sensitivity": "restricted", "title": "Canary narrow title"}).want(200)
		d.refused("restricted from the analyst", d.analyst.get(d.path("/revisions/1")), 404, "incident.not_found")
		d.refused("lowered by its author", d.edit(d.author, object{"sensitivity": "partner"}), 403, "workflow.own_work")
		d.edit(d.reviewer, object{"sensitivity": "partner", "title": "A plain title"}).want(200)
		for version := 1; version <= 4; version++ {
			r := d.analyst.get(d.path(fmt.Sprintf("/revisions/%d", version)))
			if strings.Contains(string(r.Body), "Canary") {
				t.Errorf("version %d tells the analyst a protected value", version)
			}
		}
		d.refused("the version from when it was restricted", d.analyst.get(d.path("/revisions/3")), 404, "revision.not_found")
		if c := d.diff(d.author, 2)["/internal_note"]; c.Before != "Canary one" || c.After != "Canary two" {
			t.Errorf("the team sees it: %+v", c)
		}
		for name, u := range map[string]*person{"advocate": d.advocate, "admin": d.admin} {
			d.refused(name, u.get(d.path("/revisions")), 403, "permission.denied")
		}
		d.refused("another organisation", d.stranger.get(d.path("/revisions/1")), 404, "incident.not_found")
		d.refused("nobody", a.anyone().get(d.path("/revisions")), 401, "session.required")
	})
}

func TestHistory_Reason_IsForThoseWhoSeeProtectedFields(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		d.move(d.author, "in_review").want(200)
		d.edit(d.author, object{"title": "Changed", "reason": "Canary reason"}).want(200)
		if r := d.author.get(d.path("/revisions")); !strings.Contains(string(r.Body), "Canary reason") {
			t.Error("the team reads the reason")
		}
		if r := d.analyst.get(d.path("/revisions")); strings.Contains(string(r.Body), "Canary reason") {
			t.Error("an analyst must not read a reason")
		}
	})
}

func TestRestore_MakesANewRevision(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		before := d.record(d.author)
		d.edit(d.author, object{"title": "Spoilt", "acts": []any{}, "citations": []any{}}).want(200)
		d.refused("restore by an analyst", d.as(d.analyst, http.MethodPost, "/restore", object{"version": 1}), 403, "permission.denied")
		d.refused("restore by a colleague", d.as(d.colleague, http.MethodPost, "/restore", object{"version": 1}), 403, "permission.denied")
		d.refused("a version that is not", d.as(d.author, http.MethodPost, "/restore", object{"version": 99}), 404, "revision.not_found")
		var after object
		d.as(d.author, http.MethodPost, "/restore", object{"version": 1}).want(200).json(&after)
		for _, name := range []string{"title", "acts", "citations", "targets", "sources", "inducements"} {
			if fmt.Sprint(after[name]) != fmt.Sprint(before[name]) {
				t.Errorf("%s differs after the restore", name)
			}
		}
		if after["version"] != 3.0 {
			t.Errorf("version %v, want 3", after["version"])
		}
	})
}

func TestUndo_OnlyMyOwnLastActionAndNothingPublic(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		title := d.record(d.author)["title"]
		d.refused("a creation", d.as(d.author, http.MethodPost, "/undo", nil), 409, "undo.not_possible")
		d.edit(d.author, object{"title": "A slip"}).want(200)
		d.refused("somebody else's edit", d.as(d.reviewer, http.MethodPost, "/undo", nil), 409, "undo.not_possible")
		var undone object
		d.as(d.author, http.MethodPost, "/undo", nil).want(200).json(&undone)
		if undone["title"] != title || undone["version"] != 3.0 {
			t.Errorf("undone to %v, version %v", undone["title"], undone["version"])
		}
		d.move(d.author, "in_review").want(200)
		d.as(d.author, http.MethodPost, "/undo", nil).want(200).json(&undone)
		if undone["workflow_status"] != "draft" {
			t.Errorf("after undoing the submission it is %v", undone["workflow_status"])
		}
		d.edit(d.author, object{"title": "Too old"}).want(200)
		a.clock.Advance(16 * time.Minute)
		d.author, d.reviewer = a.again(d.author), a.again(d.reviewer)
		d.second = a.again(d.second)
		d.refused("after 15 minutes", d.as(d.author, http.MethodPost, "/undo", nil), 409, "undo.not_possible")
		d.publish()
		d.refused("a publication", d.as(d.second, http.MethodPost, "/undo", nil), 409, "undo.not_possible")
		d.edit(d.author, object{"title": "Waiting", "reason": "Better."}).want(200)
		d.as(d.author, http.MethodPost, "/undo", nil).want(200).json(&undone)
		if undone["pending"] != nil {
			t.Errorf("the pending revision is still there: %v", undone["pending"])
		}
	})
}

// TestEdits_Concurrent is the promise that nothing acknowledged is lost: 16
// clients edit one record until 1,000 edits are acknowledged.
func TestEdits_Concurrent_EveryAcknowledgedOneIsInHistoryOnce(t *testing.T) {
	t.Parallel()
	edits, people := int64(1000), 16
	if testing.Short() {
		edits, people = 60, 8 // most tries lose, and the more people the more of them
	}
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) {
			for _, list := range []string{"citations", "inducements", "demands", "responses", "harms", "evidence"} {
				body[list] = []any{}
			}
		})
		var acknowledged, stale atomic.Int64
		var mu sync.Mutex
		titles := map[string]bool{}
		var clients sync.WaitGroup
		for client := range people {
			clients.Go(func() {
				for n := 0; acknowledged.Load() < edits; n++ {
					title := fmt.Sprintf("client %d edit %d", client, n)
					_, read := d.author.send(http.MethodGet, d.path(""), nil)
					_, r := d.author.send(http.MethodPatch, d.path(""), object{"title": title}, "If-Match", read.Header().Get("ETag"))
					switch r.Code {
					case 200:
						acknowledged.Add(1)
						mu.Lock()
						titles[title] = true
						mu.Unlock()
					case 412:
						stale.Add(1)
					default:
						t.Errorf("status %d: %s", r.Code, r.Body)
						return
					}
				}
			})
		}
		clients.Wait()
		seen := map[string]int{}
		total := int(acknowledged.Load()) + 1
		for before := total + 1; before > 1; {
			var page revisionPage
			d.author.get(d.path(fmt.Sprintf("/revisions?limit=200&before=%d", before))).want(200).json(&page)
			if page.Total != total {
				t.Fatalf("%d revisions, want %d", page.Total, total)
			}
			for _, item := range page.Items {
				var past struct{ Content struct{ Title string } }
				_, r := d.author.send(http.MethodGet, d.path(fmt.Sprintf("/revisions/%d", item.Version)), nil)
				must(t, json.Unmarshal(r.Body.Bytes(), &past))
				seen[past.Content.Title]++
			}
			before = page.Items[len(page.Items)-1].Version
		}
		for title := range titles {
			if seen[title] != 1 {
				t.Errorf("%q stands %d times in history", title, seen[title])
			}
		}
		if len(seen) != total {
			t.Errorf("%d different titles in history, want %d", len(seen), total)
		}
		t.Logf("%d acknowledged, %d stale", acknowledged.Load(), stale.Load())
	})
}

// Going back to a state means going back to its reason and its day too.
func TestUndo_ReopenedRecord_IsClosedAgainForItsReason(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		d.move(d.reviewer, "closed", "closing_reason", "too_thin").want(200)
		d.move(d.second, "in_review", "reason", "There is more.").want(200)
		var undone object
		d.as(d.second, http.MethodPost, "/undo", nil).want(200).json(&undone)
		if undone["workflow_status"] != "closed" || undone["closing_reason"] != "too_thin" {
			t.Errorf("undone to %v for %v", undone["workflow_status"], undone["closing_reason"])
		}
	})
}
