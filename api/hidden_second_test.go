package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestHidden_SecondRef_AnswersAsAbsent is T-04 for a record that is named beside
// one's own: in a body, in a query, at the other end.
func TestHidden_SecondRef_AnswersAsAbsent(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := newCells(t, a)
		mine := c.open
		hidden := c.records[slices.IndexFunc(c.records, func(r cell) bool { return r.sensitivity == "sealed" && r.state == "draft" })]
		relation := func(ref string) []object {
			return []object{{"id": "L1", "kind": "same_target", "to": ref, "sensitivity": nil, "note": nil}}
		}
		path := "/api/v1/incidents/" + mine.ref
		for name, request := range map[string]func(ref string) (method, path string, body any){
			"merge into": func(ref string) (string, string, any) {
				return "POST", path + "/merge", object{"into": ref, "reason": "x"}
			},
			"dismiss":   func(ref string) (string, string, any) { return "PUT", path + "/duplicates/" + ref, object{} },
			"take back": func(ref string) (string, string, any) { return "DELETE", path + "/duplicates/" + ref, nil },
			"relate": func(ref string) (string, string, any) {
				return "PATCH", path, object{"relations": relation(ref), "reason": "x"}
			},
			"belong": func(ref string) (string, string, any) {
				return "PATCH", path, object{"campaigns": []string{ref}, "reason": "x"}
			},
			"log related": func(ref string) (string, string, any) {
				return "POST", "/api/v1/incidents", altered(founding(t), "relations", relation(ref))
			},
			"look up except": func(ref string) (string, string, any) {
				return "POST", "/api/v1/sources/lookup", object{"url": "https://example.org/", "except": ref}
			},
			"sources of": func(ref string) (string, string, any) { return "GET", "/api/v1/sources?incident=" + ref, nil },
			"snippets of": func(ref string) (string, string, any) {
				return "GET", "/api/v1/incidents/snippets?q=telephoned&refs=" + ref, nil
			},
			"campaign": func(ref string) (string, string, any) { return "GET", "/api/v1/incidents?campaigns=" + ref, nil },
			"bulk": func(ref string) (string, string, any) {
				return "POST", "/api/v1/incidents/bulk", object{"action": "undo", "items": []object{{"ref": mine.ref, "version": 9}, {"ref": ref, "version": 1}}}
			},
			"form": func(ref string) (string, string, any) {
				return "PUT", "/api/v1/working-copies/form-of-another", object{"incident_ref": ref, "base_version": 1, "form": object{}}
			},
		} {
			for _, kind := range []string{"reviewer", "caseworker", "team caseworker", "other with every role"} {
				var got [2]string
				for i, ref := range []string{hidden.ref, "FW-4F7K-Q2ME"} {
					method, path, body := request(ref)
					_, w := c.kind(kind).send(method, path, body, "If-Match", c.etag(mine.ref, 1), "Idempotency-Key", fmt.Sprintf("second-%d-%s", i, strings.ReplaceAll(kind, " ", "")))
					if w.Code >= http.StatusInternalServerError {
						t.Fatalf("%s by %s: %s", name, kind, w.Body)
					}
					header := maps.Clone(w.Header())
					header.Del("X-Request-Id")
					got[i] = strings.ReplaceAll(fmt.Sprint(w.Code, header, c.timeless(w.Body.Bytes())), ref, "REF")
				}
				if got[0] != got[1] {
					t.Errorf("%s by %s:\n hidden %s\n absent %s", name, kind, got[0], got[1])
				}
			}
		}
	})
}

// TestHidden_GuessedQuote_IsNotConfirmed: whoever writes down what a source is
// thought to have said in confidence is not told that a record says the same.
func TestHidden_GuessedQuote_IsNotConfirmed(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		words := "the woman in the blue coat knows where the boy sleeps"
		said := func(body object, title, kind string) object {
			body["title"], body["summary"] = title, title
			body["sources"] = []any{object{"id": "S1", "kind": kind}}
			body["citations"] = []any{object{"id": "C1", "entity": "incident", "source": "S1", "quote": words, "standing": "accepted"}}
			for _, member := range []string{"evidence", "responses", "inducements", "demands", "relations"} {
				body[member] = []any{}
			}
			return body
		}
		d := newDesk(a, func(body object) { said(body, "Alpha", "direct_interview") })
		guess := said(founding(t), "Beta", "primary_publisher")
		ask := func(u *person) int {
			return len(duplicates(u.do(http.MethodPost, "/api/v1/incidents/duplicates", guess)))
		}
		if n := ask(d.colleague); n != 0 {
			t.Errorf("a colleague off the team is told of %d records", n)
		}
		if n := ask(d.author); n != 1 {
			t.Errorf("the author is told of %d records, so this test shows nothing", n)
		}
	})
}
