package api

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"farwatch/models"
)

func TestWhere_ListDashboardFile_Agree(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(0)
		u := a.person("example_ngo", "analyst", models.RoleAnalyst)
		for _, text := range []string{
			"origin_country:CHN and not methods:spyware",
			"(host_country:GBR or communities:uyghur) and not (workflow_status:draft or stage:1)",
			"not proxy_country:CHN,RUS",
		} {
			query := "?where=" + url.QueryEscape(text)
			var page struct{ Total int }
			var stats statsBody
			u.get("/api/v1/incidents" + query).want(200).json(&page)
			u.get("/api/v1/stats" + query).want(200).json(&stats)
			rows := readCSV(t, u.get("/api/v1/exports/incidents.csv"+query+"&level=public").want(200).Body)
			if page.Total == 0 || stats.Incidents != page.Total || len(rows) != page.Total {
				t.Errorf("%s: list %d, dashboard %d, file %d", text, page.Total, stats.Incidents, len(rows))
			}
		}
	})
}

func TestWhere_Faulty_RefusedByName(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "analyst", models.RoleAnalyst)
		for text, code := range map[string]string{
			"methods:no_such_method":               "where_unknown_code",
			"origin_country:ZZZ":                   "where_unknown_code",
			"target_roles:undisclosed_informant_x": "where_unknown_code",
			"scope:in_scope and":                   "where_field_expected",
			"title:x":                              "where_unknown_field",
		} {
			for _, path := range []string{"/api/v1/incidents?", "/api/v1/stats?", "/api/v1/exports/incidents.csv?", "/api/v1/incidents/facets?fields=scope&"} {
				u.get(path+"where="+url.QueryEscape(text)).wantProblem(422, "validation.failed", "where "+code)
			}
		}
		for _, term := range a.vocab.Codes("target_role") {
			if entry, _ := a.vocab.Term("target_role", term); entry.Restricted {
				u.get("/api/v1/incidents?where=target_roles:"+term).wantProblem(422, "validation.failed", "where where_unknown_code")
				return
			}
		}
		t.Error("no restricted code to try")
	})
}

func TestFacets_CountsWhatChoosingFinds(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(0)
		u := a.person("example_ngo", "analyst", models.RoleAnalyst)
		var facets struct {
			Fields []struct {
				Field string
				Items []struct {
					Code  string
					Count int
				}
			}
		}
		const filter = "origin_country=CHN&families=recruitment"
		u.get("/api/v1/incidents/facets?fields=methods,origin_country,stage&" + filter).want(200).json(&facets)
		if len(facets.Fields) != 3 || facets.Fields[1].Field != "origin_country" || len(facets.Fields[1].Items) < 2 {
			t.Fatalf("facets %+v", facets)
		}
		for _, field := range facets.Fields {
			for _, item := range field.Items[:min(2, len(field.Items))] {
				address := "?" + filter + fmt.Sprintf("&%s=%s", field.Field, item.Code)
				if field.Field == "origin_country" {
					address = "?families=recruitment&origin_country=" + item.Code
				}
				var page struct{ Total int }
				u.get("/api/v1/incidents" + address).want(200).json(&page)
				if page.Total != item.Count {
					t.Errorf("%s: %d, counted %d", address, page.Total, item.Count)
				}
			}
		}
		u.get("/api/v1/incidents/facets").wantProblem(422, "validation.failed")
		u.get("/api/v1/incidents/facets?fields=title").wantProblem(422, "validation.failed")
		a.anyone().get("/api/v1/incidents/facets?fields=scope").wantProblem(401, "session.required")
	})
}

type searchBody struct {
	ID     string `json:"saved_search_id"`
	Name   string
	Query  string
	Shared bool
	Mine   bool
	New    *int
}

func TestSavedSearches_LifeAndNegativeTwins(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		const path = "/api/v1/saved-searches"
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		colleague := a.person("example_ngo", "colleague", models.RoleAnalyst)
		stranger := a.person("other_ngo", "stranger", models.RoleReviewer)
		body := object{"name": "Threats", "query": "?where=not+methods%3Aspyware&origin_country=CHN", "shared": false}
		var saved searchBody
		u.do(http.MethodPost, path, body).want(201).json(&saved)
		if saved.Query != "origin_country=CHN&where=not+methods%3Aspyware" || !saved.Mine {
			t.Errorf("saved %+v", saved)
		}
		one := path + "/" + saved.ID
		for _, other := range []*person{colleague, stranger} {
			other.do(http.MethodPut, one, body).wantProblem(404, "saved_search.not_found")
			other.do(http.MethodDelete, one, nil).wantProblem(404, "saved_search.not_found")
			other.do(http.MethodPost, one+"/looked", nil).wantProblem(404, "saved_search.not_found")
		}
		a.anyone().get(path).wantProblem(401, "session.required")
		newIn := func(who *person) []searchBody {
			var list struct{ Items []searchBody }
			who.get(path).want(200).json(&list)
			return list.Items
		}
		a.clock.Advance(time.Minute)
		u.log(with("origin_country", "CHN"), "new-record-1").want(201)
		if list := newIn(u); len(list) != 1 || list[0].New == nil || *list[0].New != 1 {
			t.Errorf("after a new record: %+v", list)
		}
		if list := newIn(colleague); len(list) != 0 {
			t.Errorf("a colleague sees %+v", list)
		}
		a.clock.Advance(time.Minute)
		u.do(http.MethodPost, one+"/looked", nil).want(204)
		if list := newIn(u); *list[0].New != 0 {
			t.Errorf("after the look: %d new", *list[0].New)
		}
		body["shared"], body["name"] = true, "Threats, shared"
		u.do(http.MethodPut, one, body).want(200)
		if list := newIn(colleague); len(list) != 1 || list[0].Mine || *list[0].New != 1 {
			t.Errorf("shared: %+v", list)
		}
		if list := newIn(stranger); len(list) != 0 {
			t.Errorf("another organisation sees %+v", list)
		}
		colleague.do(http.MethodPut, one, body).wantProblem(403, "saved_search.not_yours")
		u.do(http.MethodDelete, one, nil).want(204)
		u.do(http.MethodDelete, one, nil).wantProblem(404, "saved_search.not_found")
		a.person("example_ngo", "advocate", models.RoleAdvocate).do(http.MethodPost, path, body).wantProblem(403, "saved_search.share_denied")
	})
}

func TestSavedSearches_FaultyQuery_Refused(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		for query, code := range map[string]string{
			"page=2": "unknown_parameter", "methods=a&methods=b": "unknown_parameter", "methods=no_such": "unknown_code", "stage=x": "bad_format",
			"mine=perhaps": "bad_format", "where=scope": "where_colon_expected", "updated_since=today": "bad_format", "date_from=2020-02-31": "impossible_date",
			"%zz": "bad_format",
		} {
			u.do(http.MethodPost, "/api/v1/saved-searches", object{"name": "x", "query": query, "shared": false}).
				wantProblem(422, "validation.failed", "#/query "+code)
		}
		u.do(http.MethodPost, "/api/v1/saved-searches", object{"name": " ", "query": "scope=in_scope", "shared": false}).wantProblem(422, "validation.failed")
	})
}
