package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"farwatch/models"
)

// object is any JSON object.
type object = map[string]any

func founding(t testing.TB) object {
	t.Helper()
	var out object
	must(t, json.Unmarshal(testdata(t, "founding.json"), &out))
	return out
}

func TestCreateIncident_FoundingRecord_ComesBackEqual(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		sent := founding(t)
		r := u.log(sent, "founding-key").want(201)
		var made, read object
		r.json(&made)
		u.get(r.Header.Get("Location")).want(200).json(&read)
		if !reflect.DeepEqual(made, read) {
			t.Error("what create answers and what read answers differ")
		}
		for name, want := range sent {
			if !reflect.DeepEqual(read[name], want) {
				t.Errorf("%s\n sent %v\n got  %v", name, want, read[name])
			}
		}
		wantComputed := object{
			"scope": "in_scope", "families": []any{"coercion_by_proxy", "recruitment"}, "stage": 1.0, "in_fh_scope": "no",
			"in_uk_scope": "unclear", "in_ohchr_scope": "yes", "independent_origins": 1.0, "edtf": "[..2023-02-20]", "event_year": nil,
			"persons_min": 1.0, "persons_max": 1.0, "effective_consent": "public_source_only",
		}
		if !reflect.DeepEqual(read["computed"], wantComputed) {
			t.Errorf("computed %v", read["computed"])
		}
		server := object{
			"workflow_status": "draft", "verification_status": "unreviewed", "version": 1.0, "organisation": "example_ngo", "vocabulary_version": "1.0.0",
		}
		for name, want := range server {
			if read[name] != want {
				t.Errorf("%s = %v, want %v", name, read[name], want)
			}
		}
		if strings.Contains(string(r.Body), `"USD"`) || strings.Contains(string(r.Body), "converted") {
			t.Error("money is never converted")
		}
	})
}

func TestExport_FoundingRecord_EqualsTheReferenceRow(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker, models.RoleAnalyst)
		var made struct {
			Ref       string
			UpdatedAt string `json:"updated_at"`
		}
		u.log(founding(t), "founding-key").want(201).json(&made)
		r := u.get("/api/v1/exports/incidents.csv?level=de_identified").want(200)
		want := string(testdata(t, "founding-row.csv"))
		want = strings.ReplaceAll(want, "https://farwatch.example/incidents/FW-4F7K-Q2ME", "http://"+testHost+"/incidents/"+made.Ref)
		want = strings.ReplaceAll(want, "FW-4F7K-Q2ME", made.Ref)
		header, row, _ := strings.Cut(want, "\r\n")
		id := r.Header.Get("X-Farwatch-Export")
		want = header + `,"_csv_v2_apostrophe"` + "\r\n" + strings.TrimSuffix(row, "\r\n") + `,"` + id + `"` + "\r\n"
		if string(r.Body) != want {
			t.Errorf("got\n%s\nwant\n%s", r.Body, want)
		}
		if r.Header.Get("X-Farwatch-Rows") != "1" || r.Header.Get("Content-Length") != fmt.Sprint(len(r.Body)) {
			t.Errorf("headers %v", r.Header)
		}
		if got := u.get("/api/v1/exports/incidents.csv?bom=true").want(200).Body; !bytes.HasPrefix(got, []byte("\ufeff\"ref\"")) {
			t.Errorf("no byte order mark: %q", got[:10])
		}
	})
}

func TestExport_LevelsAndOmissions(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.log(with("title", "Open CANARY-1"), "key-open-1").want(201)
		u.log(with("sensitivity", "restricted"), "key-restricted").want(201)
		colleague := a.person("example_ngo", "colleague", models.RoleCaseworker)
		colleague.log(with("title", "Of another team"), "key-colleague").want(201)
		rows := func(p *person, query string, columns, records int, omitted string) {
			t.Helper()
			r := p.get("/api/v1/exports/incidents.csv" + query).want(200)
			all, err := csv.NewReader(bytes.NewReader(r.Body)).ReadAll()
			must(t, err)
			if len(all[0]) != columns || len(all)-1 != records || r.Header.Get("X-Farwatch-Omitted") != omitted {
				t.Errorf("%s: %d columns, %d records, %s omitted", query, len(all[0]), len(all)-1, r.Header.Get("X-Farwatch-Omitted"))
			}
		}
		rows(u, "", 50, 2, "1")
		rows(u, "?level=de_identified", 59, 1, "2")
		rows(a.person("example_ngo", "reviewer", models.RoleReviewer), "", 59, 2, "1")
		rows(a.person("example_ngo", "analyst", models.RoleAnalyst), "", 59, 2, "0")
		advocate := a.person("example_ngo", "advocate", models.RoleAdvocate)
		rows(advocate, "", 50, 0, "0")
		advocate.get("/api/v1/exports/incidents.csv?level=de_identified").wantProblem(403, "permission.denied")
		rows(a.person("other_ngo", "stranger", models.RoleAnalyst), "", 59, 0, "0")
	})
}

func TestCreateIncident_SameKey_OneEffect(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.do(http.MethodPost, "/api/v1/incidents", valid()).wantProblem(428, "idempotency.key_missing")
		refs := make([]string, 20)
		var wg sync.WaitGroup
		for i := range refs {
			wg.Go(func() {
				var made struct{ Ref string }
				u.log(valid(), "one-key-for-all").want(201).json(&made)
				refs[i] = made.Ref
			})
		}
		wg.Wait()
		for _, ref := range refs {
			if ref != refs[0] || ref == "" {
				t.Fatalf("refs %v", refs)
			}
		}
		u.log(with("title", "Another body"), "one-key-for-all").wantProblem(422, "idempotency.key_reused")
		var page struct{ Total int }
		u.get("/api/v1/incidents").want(200).json(&page)
		if page.Total != 1 {
			t.Errorf("%d records", page.Total)
		}
		// The key is the person's own: a colleague's same key is another record.
		a.person("example_ngo", "colleague", models.RoleCaseworker).log(valid(), "one-key-for-all").want(201)
	})
}

func TestUpdateIncident_ByVersion(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		r := u.log(founding(t), "founding-key").want(201)
		path, etag := r.Header.Get("Location"), r.Header.Get("ETag")
		patch := func(p *person, body any, match ...string) *reply { return p.do(http.MethodPatch, path, body, match...) }

		patch(u, object{"title": "Second"}).wantProblem(428, "incident.match_required")
		a.clock.Advance(time.Second)
		second := patch(u, object{"title": "Second", "proxy_country": nil, "demands": []any{}, "citations": []any{}}, "If-Match", etag).want(200)
		if p := patch(u, object{"title": "Lost update"}, "If-Match", etag).wantProblem(412, "incident.stale"); p.CurrentVersion != 2 {
			t.Errorf("current version %d", p.CurrentVersion)
		}
		patch(u, object{"title": "Guessed"}, "If-Match", `"v2-00000000"`).wantProblem(412, "incident.stale")
		patch(u, object{"colour": 1}, "If-Match", second.Header.Get("ETag")).wantProblem(422, "validation.failed", "#/colour unknown_member")
		patch(u, object{"acts": []any{}, "title": " "}, "If-Match", second.Header.Get("ETag")).wantProblem(422, "validation.failed", "#/title required")
		patch(u, object{"targets": []any{}}, "If-Match", second.Header.Get("ETag")).wantProblem(422, "validation.failed", "#/acts/0/target unknown_entry")

		var rec object
		u.get(path).want(200).json(&rec)
		want := founding(t)
		want["title"], want["proxy_country"], want["demands"], want["citations"] = "Second", nil, []any{}, []any{}
		for name, value := range want {
			if !reflect.DeepEqual(rec[name], value) {
				t.Errorf("%s = %v, want %v", name, rec[name], value)
			}
		}
		if rec["version"] != 2.0 || rec["computed"].(object)["in_ohchr_scope"] != "unclear" {
			t.Errorf("version %v, computed %v: computed members follow the edit", rec["version"], rec["computed"])
		}

		patch(a.person("example_ngo", "colleague", models.RoleCaseworker), object{"title": "x"}, "If-Match", second.Header.Get("ETag")).
			wantProblem(403, "permission.denied")
		patch(a.person("other_ngo", "stranger", models.RoleCaseworker, models.RoleReviewer), object{"title": "x"}, "If-Match", second.Header.Get("ETag")).
			wantProblem(404, "incident.not_found")
		patch(a.person("example_ngo", "reviewer", models.RoleReviewer), object{"title": "Mended"}, "If-Match", second.Header.Get("ETag")).want(200)
	})
}

func TestUpdateIncident_ManyEditors_NoLostUpdate(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		r := u.log(valid(), "race-key-1").want(201)
		path, etag := r.Header.Get("Location"), r.Header.Get("ETag")
		won := make(chan string, 32)
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				title := fmt.Sprintf("Editor %d", i)
				if u.do(http.MethodPatch, path, object{"title": title}, "If-Match", etag).Status == 200 {
					won <- title
				}
			})
		}
		wg.Wait()
		close(won)
		var winners []string
		for w := range won {
			winners = append(winners, w)
		}
		var rec object
		u.get(path).want(200).json(&rec)
		if len(winners) != 1 || rec["title"] != winners[0] || rec["version"] != 2.0 {
			t.Errorf("winners %v, record %v version %v", winners, rec["title"], rec["version"])
		}
	})
}

func TestReadIncident_WhoSeesWhat(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		paths := map[string]string{}
		for _, s := range []string{"open", "partner", "restricted", "sealed"} {
			body := founding(t)
			body["sensitivity"], body["internal_note"] = s, "CANARY-note"
			body["targets"].([]any)[0].(object)["identity"] = object{"names": []any{"CANARY-name"}}
			body["targets"].([]any)[0].(object)["roles_restricted"] = []any{"asylum_seeker_or_refugee"}
			paths[s] = u.log(body, "sees-key-"+s).want(201).Header.Get("Location")
		}
		team := a.person("example_ngo", "colleague", models.RoleCaseworker)
		reviewer := a.person("example_ngo", "reviewer", models.RoleReviewer)
		analyst := a.person("example_ngo", "analyst", models.RoleAnalyst)
		advocate := a.person("example_ngo", "advocate", models.RoleAdvocate)
		stranger := a.person("other_ngo", "stranger", models.Roles()...)
		for _, c := range []struct {
			who       *person
			name      string
			open      int
			restrict  int
			sealed    int
			protected bool
		}{
			{u, "author", 200, 200, 200, true},
			{team, "caseworker of another team", 200, 404, 404, false},
			{reviewer, "reviewer", 200, 200, 404, true},
			{analyst, "analyst", 200, 404, 404, false},
			{advocate, "advocate", 404, 404, 404, false},
			{stranger, "another organisation", 404, 404, 404, false},
		} {
			for s, want := range map[string]int{"open": c.open, "partner": c.open, "restricted": c.restrict, "sealed": c.sealed} {
				r := c.who.get(paths[s]).want(want)
				saw := bytes.Contains(r.Body, []byte("CANARY")) || bytes.Contains(r.Body, []byte("asylum_seeker"))
				if saw != (c.protected && want == 200) {
					t.Errorf("%s on %s: protected fields visible %v", c.name, s, saw)
				}
			}
			list := c.who.get("/api/v1/incidents").want(200)
			if bytes.Contains(list.Body, []byte("CANARY")) {
				t.Errorf("%s: the list betrays a protected field", c.name)
			}
		}
		if strings.Contains(a.log.String(), "CANARY") {
			t.Error("the log betrays a protected field")
		}
	})
}

func TestListIncidents_CursorVisitsEveryRecordOnce(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		for i := range 23 {
			body := with("title", fmt.Sprintf("Title %d", i%5))
			if i%3 == 0 {
				body["first_reported"] = fmt.Sprintf("2024-01-%02d", 1+i%4)
			}
			u.log(body, fmt.Sprintf("cursor-key-%d", i)).want(201)
			if i%2 == 0 {
				a.clock.Advance(time.Second)
			}
		}
		for _, column := range []string{"updated_at", "created_at", "first_reported", "title", "origin_country", "host_country"} {
			for _, sort := range []string{column, "-" + column} {
				seen, cursor, dated := map[string]bool{}, "", true
				for range 10 {
					var page struct {
						Items []struct {
							Ref           string
							FirstReported *string `json:"first_reported"`
						}
						Total int
						Next  *string `json:"next_cursor"`
					}
					u.get("/api/v1/incidents?limit=4&sort=" + sort + "&cursor=" + cursor).want(200).json(&page)
					if page.Total != 23 {
						t.Fatalf("total %d", page.Total)
					}
					for _, item := range page.Items {
						if seen[item.Ref] {
							t.Errorf("%s: %s twice", sort, item.Ref)
						}
						seen[item.Ref] = true
						if column == "first_reported" && item.FirstReported != nil && !dated {
							t.Errorf("%s: a record with a day behind those without", sort)
						}
						dated = item.FirstReported != nil
					}
					if page.Next == nil {
						break
					}
					cursor = *page.Next
				}
				if len(seen) != 23 {
					t.Errorf("%s: %d of 23 records", sort, len(seen))
				}
			}
		}
	})
}

func TestWorkingCopies_PrivateToTheirAuthorAndEndedByLogging(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		const path = "/api/v1/working-copies/copy-0001"
		form := object{"title": "Half a title", "acts": []any{}}
		u.do(http.MethodPut, path, object{"title": "Half a title", "form": form}).want(200)
		var read struct{ Form object }
		u.get(path).want(200).json(&read)
		if !reflect.DeepEqual(read.Form, form) {
			t.Errorf("form %v", read.Form)
		}
		a.person("example_ngo", "colleague", models.RoleCaseworker).get(path).wantProblem(404, "working_copy.not_found")
		u.do(http.MethodPut, path, object{"title": "Better", "form": object{}}).want(200)
		var list struct{ Items []object }
		u.get("/api/v1/working-copies").want(200).json(&list)
		if len(list.Items) != 1 || list.Items[0]["title"] != "Better" {
			t.Errorf("list %v", list.Items)
		}
		u.do(http.MethodPost, "/api/v1/incidents?working_copy=copy-0001", with("summary", " "), "Idempotency-Key", "copy-key-1").want(422)
		u.get(path).want(200)
		u.do(http.MethodPost, "/api/v1/incidents?working_copy=copy-0001", valid(), "Idempotency-Key", "copy-key-1").want(201)
		u.get(path).want(404)
		u.do(http.MethodDelete, path, nil).want(204)
	})
}

func TestRelations_ToWhatOneCannotSee_AreUnknown(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		colleague := a.person("example_ngo", "colleague", models.RoleCaseworker)
		var open, hidden struct{ Ref string }
		u.log(valid(), "relation-open").want(201).json(&open)
		u.log(with("sensitivity", "restricted"), "relation-hidden").want(201).json(&hidden)
		link := func(ref string) object {
			return with("relations", []any{object{"id": "L1", "kind": "part_of_campaign", "to": strings.ToLower(ref)}})
		}
		colleague.log(link(hidden.Ref), "relation-key-1").wantProblem(422, "validation.failed", "#/relations/0/to unknown_ref")
		colleague.log(link("FW-4F7K-Q2ME"), "relation-key-2").wantProblem(422, "validation.failed", "#/relations/0/to unknown_ref")
		var made struct{ Relations []struct{ To string } }
		colleague.log(link(open.Ref), "relation-key-3").want(201).json(&made)
		if len(made.Relations) != 1 || made.Relations[0].To != open.Ref {
			t.Errorf("relations %+v", made.Relations)
		}
	})
}
