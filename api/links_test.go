package api

import (
	"net/http"
	"slices"
	"testing"
)

type duplicateItem struct {
	Record    struct{ Ref, Title string }
	Score     float64
	Reasons   []struct{ Code, Shown string }
	Dismissed *struct {
		By   string
		Note *string
	}
}

func duplicates(r *reply) []duplicateItem {
	r.t.Helper()
	var out struct{ Items []duplicateItem }
	r.want(200).json(&out)
	return out.Items
}

func codes(d duplicateItem) []string {
	var out []string
	for _, r := range d.Reasons {
		out = append(out, r.Code)
	}
	return out
}

func TestDuplicates_BeforeAndAfterSaving_WithReasons(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		before := duplicates(d.author.do(http.MethodPost, "/api/v1/incidents/duplicates", founding(t)))
		if len(before) != 1 || before[0].Record.Ref != d.ref || before[0].Score < 0.9 {
			t.Fatalf("before saving: %+v", before)
		}
		for _, code := range []string{"same_url", "shared_quote", "near_text"} {
			if !slices.Contains(codes(before[0]), code) {
				t.Errorf("the reasons %v lack %s", codes(before[0]), code)
			}
		}
		other := founding(t)
		other["origin_country"] = "IRN"
		if got := duplicates(d.author.do(http.MethodPost, "/api/v1/incidents/duplicates", other)); len(got) != 0 {
			t.Errorf("another accused state: %+v", got)
		}
		twin := d.author.logged(t, founding(t), "twin-key")
		if got := duplicates(d.analyst.get(d.path("/duplicates"))); len(got) != 1 || got[0].Record.Ref != twin {
			t.Errorf("the analyst sees %+v", got)
		}
		d.refused("a content that is no record", d.author.do(http.MethodPost, "/api/v1/incidents/duplicates", object{"title": "x"}), 422, "validation.failed")
		d.refused("by an analyst before saving", d.analyst.do(http.MethodPost, "/api/v1/incidents/duplicates", founding(t)), 403, "permission.denied")
		d.refused("by another organisation", d.stranger.get(d.path("/duplicates")), 404, "incident.not_found")
		d.refused("by nobody", a.anyone().get(d.path("/duplicates")), 401, "session.required")
		if got := duplicates(d.stranger.do(http.MethodPost, "/api/v1/incidents/duplicates", founding(t))); len(got) != 0 {
			t.Errorf("another organisation learns of %+v", got)
		}
		// An advocate sees shown records only, so neither draft.
		d.refused("by an advocate", d.advocate.get(d.path("/duplicates")), 404, "incident.not_found")
	})
}

func TestDuplicates_Reasons_TellNobodyWhatTheyMayNotSee(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		secret := "the woman in the blue coat knows where the boy sleeps"
		confide := func(body object, title string) {
			body["title"], body["summary"] = title, title
			body["sources"] = []any{object{"id": "S1", "kind": "direct_interview"}}
			body["citations"] = []any{object{"id": "C1", "entity": "incident", "source": "S1", "quote": secret, "standing": "accepted"}}
			for _, member := range []string{"evidence", "responses", "inducements", "demands", "relations"} {
				body[member] = []any{}
			}
		}
		d := newDesk(a, func(body object) { confide(body, "Alpha") })
		second := founding(t)
		confide(second, "Beta")
		twin := d.author.logged(t, second, "twin-key")
		if got := duplicates(d.reviewer.get(d.path("/duplicates"))); len(got) != 1 || got[0].Record.Ref != twin || got[0].Reasons[0].Shown != secret {
			t.Fatalf("the reviewer sees %+v", got)
		}
		for name, u := range map[string]*person{"analyst": d.analyst, "colleague": d.colleague} {
			if got := duplicates(u.get(d.path("/duplicates"))); len(got) != 0 {
				t.Errorf("the %s learns of %+v", name, got)
			}
		}
	})
}

func TestDismissal_RememberedForTheOrganisation_WithNegativeTwins(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		twin := d.author.logged(t, founding(t), "twin-key")
		path := d.path("/duplicates/" + twin)
		d.author.do(http.MethodPut, path, object{"note": "Two sisters"}).want(200)
		got := duplicates(d.reviewer.get("/api/v1/incidents/" + twin + "/duplicates"))
		if len(got) != 1 || got[0].Dismissed == nil || got[0].Dismissed.Note == nil || *got[0].Dismissed.Note != "Two sisters" {
			t.Errorf("the reviewer sees %+v", got)
		}
		if got = duplicates(d.analyst.get(d.path("/duplicates"))); got[0].Dismissed == nil || got[0].Dismissed.Note != nil {
			t.Errorf("the analyst sees the note: %+v", got[0].Dismissed)
		}
		d.refused("by an analyst", d.analyst.do(http.MethodPut, path, object{}), 403, "permission.denied")
		d.refused("by another organisation", d.stranger.do(http.MethodPut, path, object{}), 404, "incident.not_found")
		d.refused("by nobody", a.anyone().do(http.MethodDelete, path, nil), 401, "session.required")
		d.refused("of a record with itself", d.author.do(http.MethodPut, d.path("/duplicates/"+d.ref), object{}), 409, "duplicate.same_record")
		d.refused("of no ref", d.author.do(http.MethodPut, d.path("/duplicates/NONSENSE"), object{}), 400, "ref.check_digit")
		d.refused("with a hidden turn of direction", d.author.do(http.MethodPut, path, object{"note": "a\u202eb"}), 422, "validation.failed")
		d.author.do(http.MethodDelete, path, nil).want(204)
		if got = duplicates(d.author.get(d.path("/duplicates"))); got[0].Dismissed != nil {
			t.Errorf("after taking it back: %+v", got[0].Dismissed)
		}
	})
}

func TestLinks_BothWays_AsFarAsBothMayBeSeen(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		tie := func(key, kind, sensitivity string) string {
			body := founding(t)
			body["title"] = "Tied by " + kind
			body["sensitivity"] = sensitivity
			body["relations"] = []any{object{"id": "L1", "kind": kind, "to": d.ref, "note": "kept closed"}}
			return d.author.logged(t, body, key)
		}
		part := tie("tie-part", "part_of_campaign", "partner")
		same := tie("tie-same", "possible_duplicate", "partner")
		tie("tie-sealed", "part_of_campaign", "sealed")
		type links struct {
			Outgoing, Incoming []struct {
				Kind   string
				Note   *string
				Record struct{ Ref, Title string }
			}
		}
		incoming := func(u *person) map[string]bool {
			var out links
			u.get(d.path("/links")).want(200).json(&out)
			found := map[string]bool{}
			for _, l := range out.Incoming {
				found[l.Record.Ref] = l.Note != nil
			}
			return found
		}
		if got := incoming(d.author); len(got) != 3 || !got[part] {
			t.Errorf("the author sees %v", got)
		}
		if got := incoming(d.reviewer); len(got) != 2 || !got[same] {
			t.Errorf("the reviewer sees %v", got)
		}
		if got := incoming(d.analyst); len(got) != 1 || got[part] {
			t.Errorf("the analyst sees %v", got)
		}
		var out links
		d.author.get("/api/v1/incidents/" + part + "/links").want(200).json(&out)
		if len(out.Outgoing) != 1 || out.Outgoing[0].Record.Ref != d.ref || out.Outgoing[0].Record.Title == "" {
			t.Errorf("the way out: %+v", out.Outgoing)
		}
		d.refused("by another organisation", d.stranger.get(d.path("/links")), 404, "incident.not_found")
		d.refused("by nobody", a.anyone().get(d.path("/links")), 401, "session.required")
	})
}

func TestCampaigns_BeginReadChange_WithNegativeTwins(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		begin := func(u *person, body any, key string) *reply {
			return u.do(http.MethodPost, "/api/v1/campaigns", body, "Idempotency-Key", key)
		}
		var c object
		made := begin(d.author, object{"title": " Calls before the anniversary ", "summary": "One script, many callers"}, "campaign-1").want(201)
		made.json(&c)
		path := "/api/v1/campaigns/" + c["ref"].(string)
		if c["title"] != "Calls before the anniversary" || made.Header.Get("Location") != path {
			t.Errorf("made %v at %s", c, made.Header.Get("Location"))
		}
		var again object
		begin(d.author, object{"title": " Calls before the anniversary ", "summary": "One script, many callers"}, "campaign-1").want(201).json(&again)
		if again["ref"] != c["ref"] {
			t.Errorf("a retry made %v", again["ref"])
		}
		d.edit(d.author, object{"campaigns": []any{c["ref"]}}).want(200)
		var seen, hidden object
		etag := d.analyst.get(path).want(200)
		etag.json(&seen)
		d.advocate.get(path).want(200).json(&hidden)
		if seen["incidents"] != float64(1) || hidden["incidents"] != float64(0) {
			t.Errorf("the analyst counts %v, the advocate %v", seen["incidents"], hidden["incidents"])
		}
		var list struct{ Total int }
		d.analyst.get("/api/v1/incidents?campaigns=" + c["ref"].(string)).want(200).json(&list)
		if list.Total != 1 {
			t.Errorf("the list has %d", list.Total)
		}
		match := etag.Header.Get("ETag")
		d.reviewer.do(http.MethodPut, path, object{"title": "Calls before the vote"}, "If-Match", match).want(200)
		d.refused("a stale change", d.reviewer.do(http.MethodPut, path, object{"title": "Late"}, "If-Match", match), 412, "incident.stale")
		d.refused("without a match", d.reviewer.do(http.MethodPut, path, object{"title": "Blind"}), 428, "incident.match_required")
		d.refused("without a key", d.author.do(http.MethodPost, "/api/v1/campaigns", object{"title": "x"}), 428, "idempotency.key_missing")
		d.refused("without a title", begin(d.author, object{"title": "  "}, "campaign-2"), 422, "validation.failed")
		d.refused("by an analyst", begin(d.analyst, object{"title": "x"}, "campaign-3"), 403, "permission.denied")
		d.refused("by nobody", begin(a.anyone(), object{"title": "x"}, "campaign-4"), 401, "session.required")
		d.refused("read by another organisation", d.stranger.get(path), 404, "campaign.not_found")
		d.refused("changed by another organisation", d.stranger.do(http.MethodPut, path, object{"title": "x"}, "If-Match", match), 404, "campaign.not_found")
	})
}
