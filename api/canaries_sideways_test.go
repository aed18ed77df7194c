package api

import (
	"encoding/json"
	"net/http"

	"farwatch/models"
)

func roleOf(names ...string) (out []models.Role) {
	for _, n := range names {
		out = append(out, models.Role(n))
	}
	return out
}

// findSources keeps the refs of pages that the records have.
func (v *aviary) findSources() {
	for _, u := range []*person{v.author, v.foreign} {
		var list struct{ Items []struct{ Ref string } }
		decode(v.t, v.call(u, http.MethodGet, "/api/v1/sources?limit=200", nil).body, &list)
		for _, s := range list.Items {
			v.ids["source"] = append(v.ids["source"], s.Ref)
		}
	}
}

// writeSideways tries what answers more than it was asked: suggestions, replays,
// refusals, results item by item. Nothing here changes a record.
func (v *aviary) writeSideways(w who) {
	post := func(what, method, path string, body any, headers ...string) answer {
		request, err := json.Marshal(body)
		must(v.t, err)
		a := v.call(w.person, method, path, body, headers...)
		v.listen(w, what, string(request)+path, a)
		return a
	}
	draft := founding(v.t)
	draft["host_country"], draft["communities"] = "GBR", nil
	delete(draft, "communities")
	for _, ref := range v.ids["ref"] {
		path := "/api/v1/incidents/" + ref
		for _, match := range []string{"", `"v1-00000000"`, v.etag(ref, 9)} {
			post("stale edit", http.MethodPatch, path, object{"title": "x", "reason": "x"}, "If-Match", match)
			post("stale move", http.MethodPost, path+"/transitions", object{"to": "published", "reason": "x"}, "If-Match", match)
		}
		post("edit refused", http.MethodPatch, path, object{"origin_country": "ZZZ", "reason": "x"}, "If-Match", v.etag(ref, 1))
		post("move refused", http.MethodPost, path+"/transitions", object{"to": "embargoed", "reason": "x"}, "If-Match", v.etag(ref, 1))
		post("merge refused", http.MethodPost, path+"/merge", object{"into": ref, "reason": "x"}, "If-Match", v.etag(ref, 1))
		post("restore refused", http.MethodPost, path+"/restore", object{"version": 99, "reason": "x"}, "If-Match", v.etag(ref, 1))
		post("undo refused", http.MethodPost, path+"/undo", nil, "If-Match", v.etag(ref, 1))
		post("mention", http.MethodPost, path+"/comments", object{"body": "Ask @no-role and @analyst."})
		post("bulk", http.MethodPost, "/api/v1/incidents/bulk", object{"action": "verify", "verification_status": "officially_confirmed", "reason": "x", "items": []object{{"ref": ref, "version": 1}}})
		post("source excepted", http.MethodPost, "/api/v1/sources/lookup", object{"url": "https://example.org/" + v.someURL(), "except": ref})
		draft["relations"] = []object{{"id": "L1", "kind": "same_target", "to": ref, "sensitivity": nil, "note": nil}}
		post("relation", http.MethodPost, "/api/v1/incidents", altered(draft, "origin_country", "ZZZ"), "Idempotency-Key", "relation-"+ref)
	}
	delete(draft, "relations")
	post("duplicates of a draft", http.MethodPost, "/api/v1/incidents/duplicates", altered(draft, "sources", []object{{"id": "S1", "kind": "primary_publisher", "url": "https://example.org/" + v.someURL()}, {"id": "S2", "kind": "primary_publisher", "url": "https://example.org/a-page-of-all"}}, "citations", []object{}, "evidence", []object{}, "responses", []object{}))
	for _, source := range v.ids["source"] {
		post("correct source", http.MethodPatch, "/api/v1/sources/"+source, object{"reason": "x", "published": "2999-01-01"})
	}
	post("replay", http.MethodPost, "/api/v1/campaigns", object{"title": "Mine"}, "Idempotency-Key", "campaign-key")
	post("replay of a record", http.MethodPost, "/api/v1/incidents", altered(draft, "title", "Replayed", "sensitivity", "sealed"), "Idempotency-Key", "history-key")
	for _, id := range v.ids["import_id"] {
		post("check import", http.MethodPost, "/api/v1/imports/"+id+"/steps", object{"step": "import"})
	}
	for _, level := range []string{"public", "de_identified", "full"} {
		for _, shape := range []string{"wide", "long"} {
			post("preview of level "+level, http.MethodPost, "/api/v1/exports/preview", object{"format": "csv", "level": level, "shape": shape})
		}
		if level == "full" {
			break
		}
		for _, format := range []string{"jsonl", "geojson", "acled", "csv"} {
			var made exportBody
			if a := post("export", http.MethodPost, "/api/v1/exports", object{"format": format, "level": level}); a.status == http.StatusAccepted {
				decode(v.t, a.body, &made)
				must(v.t, v.handlers.WorkExports(v.t.Context(), v.store.System()))
				post(format+" of level "+level, http.MethodGet, "/api/v1/exports/"+made.ID+"/file", nil)
			}
		}
	}
	post("sign in", http.MethodPost, "/api/v1/sessions", object{"user_name": "nobody-at-all", "password": "a wrong password"}, "X-Farwatch", "1")
	post("suggestions", http.MethodPost, "/api/v1/intake/suggestions", object{"text": "An officer telephoned a student in London and asked who attends the choir."})
}

// someURL is a page that a sealed record has: whoever asks for it knows it.
func (v *aviary) someURL() string {
	for text, bird := range v.birds {
		if bird.field == "url of sealed draft" {
			return text
		}
	}
	v.t.Fatal("no sealed record with a page")
	return ""
}

func altered(base object, pairs ...any) object {
	out := object{}
	for k, x := range base {
		out[k] = x
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}
