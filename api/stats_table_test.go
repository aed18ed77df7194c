package api

import (
	"testing"

	"farwatch/models"
)

func TestStatsTable_ThreeMeasures_LiteralFigures(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.log(founding(t), "table-key-1").want(201)
		u.log(family(object{"police_reported": "no"}), "table-key-2").want(201)
		read := func(query string) object {
			var out object
			u.get("/api/v1/stats/table?" + query).want(200).json(&out)
			return out
		}
		// "no" and "unknown" are never merged.
		incidents := read("rows=police_reported&columns=host_country")
		wantJSON(t, "incidents", tableCells(incidents), `["no/GBR=1","unknown/GBR=1"]`)

		// Two detentions are two acts of one incident; an act without a channel is unknown.
		acts := read("rows=methods&columns=channels&measure=acts")
		wantJSON(t, "acts", tableCells(acts), `["family_detained/unknown=2","infiltration_tasking/phone_call=1","informant_recruitment/phone_call=1","threat_to_family/phone_call=1","threat_to_family/whatsapp=1"]`)
		wantJSON(t, "acts in all", acts["total"], `{"count":5,"max":null,"without_max":0}`)
		wantJSON(t, "acts with implied", read("rows=families&measure=acts&include_implied=true")["rows"],
			`[{"code":"coercion_by_proxy","count":5,"max":null,"without_max":0},{"code":"recruitment","count":2,"max":null,"without_max":0}]`)

		persons := read("rows=communities&measure=persons")
		wantJSON(t, "persons", persons["rows"], `[{"code":"turkic_muslim_xinjiang","count":7,"max":4,"without_max":1},{"code":"uyghur","count":7,"max":4,"without_max":1},{"code":"kazakh_xinjiang","count":2,"max":3,"without_max":0}]`)
		wantJSON(t, "persons in all", []any{persons["total"], persons["incidents"], persons["columns_field"]}, `[{"count":7,"max":4,"without_max":1},2,null]`)
	})
}

func TestStatsTable_Faulty_RefusedByName(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "analyst", models.RoleAnalyst)
		for query, want := range map[string]string{
			"":                              "rows required",
			"rows=title":                    "rows not_allowed",
			"rows=methods&columns=identity": "columns not_allowed",
			"rows=methods&measure=euros":    "measure not_allowed",
			"rows=methods&methods=no_such":  "methods unknown_code",
		} {
			u.get("/api/v1/stats/table?"+query).wantProblem(422, "validation.failed", want)
		}
		u.get("/api/v1/stats/table?rows=methods&column=communities").wantProblem(400, "request.unknown_parameter", "column unknown_parameter")
	})
}

// TestStatsTable_EveryCell_IsAsManyRecordsAsTheListFinds: cells, heads and the
// total of a table are totals of the list under the same filter.
func TestStatsTable_EveryCell_IsAsManyRecordsAsTheListFinds(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(300)
		for _, u := range []*person{
			a.person("example_ngo", "reader", models.RoleAnalyst, models.RoleReviewer), a.person("example_ngo", "voice", models.RoleAdvocate),
		} {
			asked := 0
			for _, pair := range [][2]string{
				{"origin_country", "methods"}, {"communities", "families"}, {"event_year", "in_fh_scope"}, {"target_roles", "verification_status"}, {"demands", "inducements"}, {"stage", "harms"},
			} {
				var table struct {
					Incidents int
					Rows      []struct {
						Code  string
						Count int
					}
					Cells []struct {
						Row, Column string
						Count       int
					}
				}
				const filter = "&counted=true&where=not+host_country:FRA"
				u.get("/api/v1/stats/table?rows=" + pair[0] + "&columns=" + pair[1] + filter).want(200).json(&table)
				total := func(more string) int {
					var page struct{ Total int }
					u.get("/api/v1/incidents?limit=1&explicit_only=true" + more + filter).want(200).json(&page)
					return page.Total
				}
				if got := total(""); got != table.Incidents {
					t.Errorf("%v: table of %d, list of %d", pair, table.Incidents, got)
				}
				for n, c := range table.Cells {
					if n%5 != 0 || c.Row == models.CodeUnknown || c.Column == models.CodeUnknown {
						continue
					}
					asked++
					if got := total("&" + pair[0] + "=" + c.Row + "&" + pair[1] + "=" + c.Column); got != c.Count {
						t.Errorf("%v %s %s: cell %d, list %d", pair, c.Row, c.Column, c.Count, got)
					}
				}
				for n, head := range table.Rows {
					if n%4 != 0 || head.Code == models.CodeUnknown {
						continue
					}
					asked++
					if got := total("&" + pair[0] + "=" + head.Code); got != head.Count {
						t.Errorf("%v %s: row %d, list %d", pair, head.Code, head.Count, got)
					}
				}
			}
			if asked < 20 {
				t.Errorf("only %d figures: the test shows too little", asked)
			}
			t.Logf("%d figures compared", asked)
		}
	})
}
