package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"farwatch/models"
)

// family is a record of two relatives of two communities under one parent.
func family(changes object) object {
	body := valid()
	body["targets"] = []object{
		{"id": "T1", "counting_unit": "person", "count_min": 2, "count_max": 3, "communities": []string{"uyghur", "kazakh_xinjiang"}, "roles": []string{"activist", "student"}, "gender": "woman"},
		{"id": "T2", "counting_unit": "family", "count_min": 4, "communities": []string{"uyghur"}, "roles": []string{"student"}, "gender": "mixed_group"},
		{"id": "T3", "counting_unit": "organisation", "count_min": 1, "count_max": 1, "communities": []string{"uyghur"}, "roles": []string{"organisation"}},
	}
	body["acts"] = []object{
		{"id": "A1", "method": "threat_to_family", "target": "T1", "explicitness": "explicit", "channels": []string{"phone_call", "whatsapp"}},
		{"id": "A2", "method": "family_detained", "target": "T2"},
		{"id": "A3", "method": "family_detained", "target": "T1"},
	}
	for name, v := range changes {
		body[name] = v
	}
	return body
}

// wantJSON compares an answer with literal JSON, whatever the order of members.
func wantJSON(t *testing.T, what string, got any, want string) {
	t.Helper()
	data, err := json.Marshal(got)
	must(t, err)
	var a, b any
	must(t, json.Unmarshal(data, &a))
	must(t, json.Unmarshal([]byte(want), &b))
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%s\n got %s\nwant %s", what, data, want)
	}
}

func tableCells(v any) any {
	out := []any{}
	for _, c := range v.(object)["cells"].([]any) {
		cell := c.(object)
		out = append(out, fmt.Sprintf("%v/%v=%v", cell["row"], cell["column"], cell["count"]))
	}
	return out
}

func TestStatsPanels_LiteralFigures(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.log(founding(t), "panels-1").want(201)
		u.log(family(object{
			"police_reported": "no", "discovery_route": "partner_referral", "first_reported": "2024-03-02",
			"occurred": object{"earliest": "2024-01-05", "latest": "2024-01-05", "precision": "day"},
			"responses": []object{
				{"id": "R1", "party": "host_state", "kind": "cooperated_with_perpetrator"},
				{"id": "R2", "party": "host_state", "kind": "general_statement"},
				{"id": "R3", "party": "origin_state", "kind": "denial_blanket"},
				{"id": "R4", "party": "origin_state", "kind": "not_asked"},
			},
		}), "panels-2").want(201)
		u.log(family(object{"responses": []object{{"id": "R1", "party": "origin_state", "kind": "not_asked"}}}), "panels-3").want(201)
		u.log(valid(), "panels-4").want(201)

		var plain, s, implied object
		u.get("/api/v1/stats").want(200).json(&plain)
		if plain["panels"] != nil {
			t.Error("panels come only when asked for")
		}
		u.get("/api/v1/stats?panels=true").want(200).json(&s)
		u.get("/api/v1/stats?panels=true&include_implied=true").want(200).json(&implied)
		p, q := s["panels"].(object), implied["panels"].(object)

		// The founding record says "threat_to_family" by inference only; its offers of
		// family favours are explicit. A record counts once, by its plainest act.
		wantJSON(t, "family as lever", p["family_lever"], `{"unit":"incidents","denominator":4,"multi_valued":false,"unknown":0,"items":[{"code":"done","count":2},{"code":"explicit","count":1}]}`)
		wantJSON(t, "asked", p["accused_asked"], `{"unit":"incidents","denominator":4,"multi_valued":false,"unknown":1,"items":[{"code":"asked","count":2},{"code":"not_asked","count":1}]}`)

		// Persons of the target that has the role; an organisation is no person, an
		// upper bound is missing for one target of each family.
		wantJSON(t, "persons by role", p["persons_by_role"], `{"total":{"count":13,"max":7,"without_max":2},"unknown":{"count":1,"max":1,"without_max":0},
			"items":[{"code":"student","count":12,"max":6,"without_max":2},{"code":"activist","count":4,"max":6,"without_max":0}]}`)
		wantJSON(t, "persons by gender", p["persons_by_gender"], `{"total":{"count":13,"max":7,"without_max":2},"unknown":{"count":0,"max":0,"without_max":0},
			"items":[{"code":"mixed_group","count":8,"max":0,"without_max":2},{"code":"woman","count":4,"max":6,"without_max":0},{"code":"man","count":1,"max":1,"without_max":0}]}`)

		wantJSON(t, "money", p["amounts"], `[{"currency":"dollars","period":"month","min":7000,"max":8000,"text":"up to 7 to 8 thousand","count":1},
			{"currency":"pounds","period":"month","min":null,"max":null,"text":"thousands","count":1}]`)

		// Three communities under two acts: the parent has each incident once.
		methods := p["methods_by_community"].(object)
		wantJSON(t, "communities", methods["rows"], `[{"code":"turkic_muslim_xinjiang","count":3,"max":null,"without_max":0},{"code":"uyghur","count":3,"max":null,"without_max":0},
			{"code":"kazakh_xinjiang","count":2,"max":null,"without_max":0},{"code":"unknown","count":1,"max":null,"without_max":0}]`)
		wantJSON(t, "methods by community", tableCells(methods), `["turkic_muslim_xinjiang/family_detained=2","turkic_muslim_xinjiang/threat_to_family=2","turkic_muslim_xinjiang/infiltration_tasking=1","turkic_muslim_xinjiang/informant_recruitment=1",
			"uyghur/family_detained=2","uyghur/threat_to_family=2","uyghur/infiltration_tasking=1","uyghur/informant_recruitment=1","kazakh_xinjiang/family_detained=2","kazakh_xinjiang/threat_to_family=2","unknown/unknown=1"]`)
		wantJSON(t, "implied methods", q["methods_by_community"].(object)["columns"].([]any)[0], `{"code":"threat_to_family","count":3,"max":null,"without_max":0}`)

		offers := p["offers_by_demands"].(object)
		wantJSON(t, "offers and demands divide by recruitment", offers["incidents"], `1`)
		wantJSON(t, "physical by year", tableCells(p["physical_by_year"]), `["2024/no=1","unknown/no=3"]`)
		wantJSON(t, "host responses by host", tableCells(p["host_responses_by_host"]), `["GBR/general_statement=2","GBR/cooperated_with_perpetrator=1","GBR/unknown=2"]`)
		wantJSON(t, "coverage", p["coverage"].([]any)[0], `{"community":"turkic_muslim_xinjiang","host_country":"GBR","count":3,"partner":1,"own_language":false}`)
	})
}

// TestStatsPanels_MoneyOfClosedRecords_StaysClosed: amounts of a restricted
// record are encrypted; the dashboard says how many it leaves out.
func TestStatsPanels_MoneyOfClosedRecords_StaysClosed(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		closed := founding(t)
		closed["sensitivity"] = "restricted"
		u.log(closed, "closed-1").want(201)
		var s object
		u.get("/api/v1/stats?panels=true").want(200).json(&s)
		p := s["panels"].(object)
		wantJSON(t, "amounts", []any{p["amounts"], p["amounts_hidden"]}, `[[],2]`)

		other := a.person("other_ngo", "stranger", models.RoleCaseworker)
		other.get("/api/v1/stats?panels=true").want(200).json(&s)
		p = s["panels"].(object)
		wantJSON(t, "another organisation", []any{p["amounts_hidden"], p["coverage"], p["persons_by_role"].(object)["total"]}, `[0,[],{"count":0,"max":0,"without_max":0}]`)
	})
}
