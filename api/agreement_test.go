package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"farwatch/internal/demo"
	"farwatch/models"
	"farwatch/store"
)

// seedDemo fills example_ngo with the demo's records, or the first n of them.
func (a *app) seedDemo(n int) {
	a.t.Helper()
	ctx := context.Background()
	a.person("example_ngo", "owner", models.RoleCaseworker)
	for _, c := range demo.Campaigns() {
		must(a.t, a.store.System().CreateCampaign(ctx, "example_ngo", c))
	}
	records := demo.Records(a.vocab, a.clock.Now())
	if n > 0 {
		records = records[:n]
	}
	seeds := func(yield func(store.SeedIncident) bool) {
		for _, r := range records {
			s := store.SeedIncident{
				Input: r.Input, Derived: models.Derive(r.Input, a.vocab), WorkflowStatus: r.WorkflowStatus,
				VerificationStatus: r.VerificationStatus, CreatedAt: r.CreatedAt,
			}
			if !yield(s) {
				return
			}
		}
	}
	must(a.t, a.store.System().Seed(ctx, "example_ngo", "owner", a.vocab, seeds, func(int) {}))
}

// deleteSome has a reviewer delete records of example_ngo, and checks that they
// are gone from the numbers.
func (a *app) deleteSome(n int) {
	a.t.Helper()
	u := a.person("example_ngo", "tidier", models.RoleReviewer)
	count := func() int {
		var s statsBody
		u.get("/api/v1/stats").want(200).json(&s)
		return s.Incidents
	}
	before := count()
	var page struct {
		Items []struct{ Ref, WorkflowStatus string }
	}
	u.get("/api/v1/incidents?workflow_status=draft,in_review,approved&limit=" + strconv.Itoa(n)).want(200).json(&page)
	for _, item := range page.Items {
		etag := u.get("/api/v1/incidents/" + item.Ref).want(200).Header.Get("ETag")
		u.do("POST", "/api/v1/incidents/"+item.Ref+"/deletion", object{"reason": "Entered twice."}, "If-Match", etag).want(204)
	}
	if after := count(); len(page.Items) == 0 || after != before-len(page.Items) {
		a.t.Errorf("%d of %d deleted, %d counted", len(page.Items), before, after)
	}
}

type statsBody struct {
	Incidents     int
	OriginCountry breakdownBody `json:"origin_country"`
	HostCountry   breakdownBody `json:"host_country"`
	Methods       breakdownBody
	TargetRoles   breakdownBody `json:"target_roles"`
	HostResponses breakdownBody `json:"host_responses"`
	EventYear     struct {
		Denominator, Undated int
		Items                []struct{ Year, Count int }
	} `json:"event_year"`
	Matrix struct{ Cells []struct{ Count int } }
}

type breakdownBody struct {
	Denominator, Unknown int
	Items                []struct {
		Code  string
		Count int
	}
}

func (b breakdownBody) of(code string) int {
	for _, i := range b.Items {
		if i.Code == code {
			return i.Count
		}
	}
	return 0
}

// readCSV gives the rows of an export by column name.
func readCSV(t testing.TB, body []byte) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	must(t, err)
	out := make([]map[string]string, 0, len(rows))
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}

// TestDemo_DashboardAndFile_ReproducePublishedTotals: the margins are facts of
// Freedom House's ten years of data; every record under them is invented.
func TestDemo_DashboardAndFile_ReproducePublishedTotals(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(0)
		u := a.person("example_ngo", "analyst", models.RoleAnalyst)
		const query = "?campaigns=FW-DEM0-PHYM&counted=true"
		var s statsBody
		u.get("/api/v1/stats" + query).want(200).json(&s)
		rows := readCSV(t, u.get("/api/v1/exports/incidents.csv"+query).want(200).Body)
		if s.Incidents != 1219 || len(rows) != 1219 {
			t.Fatalf("dashboard %d, file %d, want 1,219", s.Incidents, len(rows))
		}
		count := func(column, code string) int {
			n := 0
			for _, r := range rows {
				if slices.Contains(strings.Split(r[column], ";"), code) {
					n++
				}
			}
			return n
		}
		for _, c := range []struct {
			of           breakdownBody
			column, code string
			want         int
		}{
			{s.OriginCountry, "origin_country", "CHN", 272},
			{s.OriginCountry, "origin_country", "TUR", 157},
			{s.OriginCountry, "origin_country", "TJK", 92},
			{s.OriginCountry, "origin_country", "RUS", 86},
			{s.OriginCountry, "origin_country", "EGY", 57},
			{s.OriginCountry, "origin_country", "KHM", 55},
			{s.OriginCountry, "origin_country", "TKM", 53},
			{s.OriginCountry, "origin_country", "UZB", 47},
			{s.OriginCountry, "origin_country", "IRN", 47},
			{s.OriginCountry, "origin_country", "BLR", 42},
			{s.Methods, "methods", "detention_abroad", 503},
			{s.Methods, "methods", "unlawful_deportation", 241},
			{s.HostResponses, "host_responses", "cooperated_with_perpetrator", 780},
			{s.TargetRoles, "target_roles", "journalist", 124},
		} {
			if got := c.of.of(c.code); got != c.want {
				t.Errorf("dashboard %s %s: %d, want %d", c.column, c.code, got, c.want)
			}
			if got := count(c.column, c.code); got != c.want {
				t.Errorf("file %s %s: %d, want %d", c.column, c.code, got, c.want)
			}
		}
		if share := fmt.Sprintf("%.1f", 100*float64(s.OriginCountry.of("CHN"))/float64(s.OriginCountry.Denominator)); share != "22.3" {
			t.Errorf("272 of 1,219 is 22.3 %%, not %s", share)
		}
		if n := count("in_fh_scope", "yes"); n != 1219 {
			t.Errorf("%d of 1,219 are physical", n)
		}
	})
}

// TestListDashboardFile_AgreeForRandomFilters: the number on screen, in the
// chart and in the file is one number.
func TestListDashboardFile_AgreeForRandomFilters(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(400)
		u := a.person("example_ngo", "reader", models.RoleAnalyst, models.RoleReviewer)
		dice := rand.New(rand.NewPCG(7, 11))
		a.deleteSome(20) // as of others, no number knows of these
		filters, matched := 200, 0
		if testing.Short() {
			filters = 30 // the race detector makes each one slow
		}
		for range filters {
			query := "?" + randomFilter(dice, a.vocab).Encode()
			var page struct{ Total int }
			u.get("/api/v1/incidents" + query).want(200).json(&page)
			var s statsBody
			u.get("/api/v1/stats" + query).want(200).json(&s)
			r := u.get("/api/v1/exports/incidents.csv" + query).want(200)
			rows := readCSV(t, r.Body)
			omitted, err := strconv.Atoi(r.Header.Get("X-Farwatch-Omitted"))
			must(t, err)
			if page.Total != s.Incidents || page.Total != len(rows)+omitted || r.Header.Get("X-Farwatch-Rows") != strconv.Itoa(len(rows)) {
				t.Fatalf("%s: list %d, dashboard %d, file %d + %d left out", query, page.Total, s.Incidents, len(rows), omitted)
			}
			sums := map[string]int{}
			for _, c := range s.Matrix.Cells {
				sums["matrix"] += c.Count
			}
			for _, i := range s.OriginCountry.Items {
				sums["origin"] += i.Count
			}
			sums["years"] = s.EventYear.Undated
			for _, i := range s.EventYear.Items {
				sums["years"] += i.Count
			}
			for name, sum := range sums {
				if sum != page.Total {
					t.Fatalf("%s: %s sums to %d, total %d", query, name, sum, page.Total)
				}
			}
			if page.Total > 0 {
				matched++
			}
		}
		if matched < filters/2 {
			t.Errorf("only %d of %d filters match anything: the test shows too little", matched, filters)
		}
	})
}

// randomFilter draws one to three parameters that often match.
func randomFilter(dice *rand.Rand, v *models.Vocabulary) url.Values {
	pick := func(codes ...string) string { return codes[dice.IntN(len(codes))] }
	several := func(codes ...string) string { return pick(codes...) + "," + pick(codes...) }
	year := func() string { return strconv.Itoa(2014 + dice.IntN(12)) }
	options := map[string]func() string{
		"origin_country": func() string { return several("CHN", "TUR", "TJK", "RUS", "EGY", "IRN") },
		"host_country":   func() string { return several("THA", "TUR", "RUS", "ARE", "GBR", "DEU") },
		"communities": func() string {
			return several("turkic_muslim_xinjiang", "uyghur", "hizmet_movement", "russian_opposition")
		},
		"methods": func() string {
			return several("detention_abroad", "unlawful_deportation", "informant_recruitment", "threat_to_family")
		},
		"families":            func() string { return pick(v.Codes(models.ListFamilies)...) },
		"inducements":         func() string { return pick(v.Codes("inducement")...) },
		"demands":             func() string { return pick(v.Codes("demand")...) },
		"channels":            func() string { return pick(v.Codes("channel")...) },
		"target_roles":        func() string { return several("journalist", "activist", "unknown", "ordinary_member") },
		"police_reported":     func() string { return several("yes", "no", "unknown") },
		"verification_status": func() string { return several("single_source", "corroborated", "unreviewed", "debunked") },
		"workflow_status":     func() string { return several("draft", "approved", "published", "in_review") },
		"sensitivity":         func() string { return several("open", "partner", "restricted", "sealed") },
		"in_fh_scope":         func() string { return pick("yes", "no", "unclear") },
		"stage":               func() string { return several("1", "2", "3") },
		"q": func() string {
			return pick("invented", "example detained", "activist -russia", "пример", `"in russia"`)
		},
		"event_year":    year,
		"report_year":   year,
		"date_from":     func() string { return year() + "-03-01" },
		"reported_to":   func() string { return year() + "-09-30" },
		"undated":       func() string { return pick("true", "false") },
		"counted":       func() string { return pick("true", "false") },
		"explicit_only": func() string { return pick("true", "false") },
		"date_match":    func() string { return pick("overlap", "within") },
		"campaigns":     func() string { return pick("FW-DEM0-PHYM", "FW-DEM0-EVDY") },
		"mine":          func() string { return pick("false", "false", "true") },
	}
	names := make([]string, 0, len(options))
	for name := range options {
		names = append(names, name)
	}
	slices.Sort(names)
	out := url.Values{}
	for range 1 + dice.IntN(3) {
		name := pick(names...)
		out.Set(name, options[name]())
	}
	return out
}

// TestStats_EveryBar_FiltersToAsManyRecordsAsItCounts: what a click on a bar
// sets leads to just the records that the bar stands for.
func TestStats_EveryBar_FiltersToAsManyRecordsAsItCounts(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(400)
		u := a.person("example_ngo", "reader", models.RoleAnalyst, models.RoleReviewer)
		var s map[string]json.RawMessage
		u.get("/api/v1/stats?counted=true").want(200).json(&s)
		bars := 0
		for name, also := range map[string]string{
			"methods": "&explicit_only=true", "families": "&explicit_only=true", "communities": "", "origin_country": "", "host_country": "",
			"inducements": "&explicit_only=true&families=recruitment", "demands": "&explicit_only=true&families=recruitment",
			"police_reported": "", "verification_status": "", "in_fh_scope": "", "target_roles": "", "channels": "",
		} {
			var b breakdownBody
			must(t, json.Unmarshal(s[name], &b))
			for _, bar := range b.Items {
				var page struct{ Total int }
				u.get("/api/v1/incidents?limit=1&counted=true&" + name + "=" + bar.Code + also).want(200).json(&page)
				if page.Total != bar.Count {
					t.Errorf("%s %s: the bar counts %d, the list %d", name, bar.Code, bar.Count, page.Total)
				}
				bars++
			}
		}
		if bars < 100 {
			t.Errorf("only %d bars: the test shows too little", bars)
		}
	})
}

func TestFilter_SameParametersEverywhere(t *testing.T) {
	t.Parallel()
	c, err := loadContract()
	must(t, err)
	own := map[string][]string{
		"GET /api/v1/incidents": {"cursor", "fields", "limit", "sort"}, "GET /api/v1/changes": {"cursor", "limit"},
		"GET /api/v1/stats": {"include_implied", "panels"}, "GET /api/v1/stats/table": {"rows", "columns", "measure", "include_implied"},
		"GET /api/v1/exports/incidents.csv": {"bom", "level"}, "GET /api/v1/incidents/facets": {"fields"},
	}
	shared := map[string][]string{}
	for key, extra := range own {
		for name := range c.operations[key].query {
			if !slices.Contains(extra, name) {
				shared[key] = append(shared[key], name)
			}
		}
		slices.Sort(shared[key])
	}
	want := shared["GET /api/v1/incidents"]
	if len(want) != 43 {
		t.Errorf("%d filter parameters: %v", len(want), want)
	}
	for key, names := range shared {
		want := want
		if key == "GET /api/v1/changes" { // a copy is of one's own records
			want = slices.DeleteFunc(slices.Clone(want), func(name string) bool { return name == "grant" })
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s takes %v, the list %v", key, names, want)
		}
	}
}

func TestFilter_DatesMatchByOverlap(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		for title, occurred := range map[string]object{
			"day":           {"earliest": "2024-05-10", "latest": "2024-05-10", "precision": "day"},
			"year":          {"earliest": "2024-01-01", "latest": "2024-12-31", "precision": "year"},
			"before report": {"latest": "2024-05-01", "precision": "before_report"},
			"since":         {"earliest": "2024-06-01", "precision": "range"},
			"unknown":       {"precision": "unknown"},
		} {
			body := with("title", title)
			body["occurred"], body["first_reported"] = occurred, "2024-05-01"
			u.log(body, "dates-"+strings.ReplaceAll(title, " ", "-")).want(201)
		}
		for query, want := range map[string][]string{
			"date_from=2024-05-10&date_to=2024-05-10":                   {"day", "year"},
			"date_from=2024-04-01&date_to=2024-05-09":                   {"before report", "year"},
			"date_from=2030-01-01":                                      {"since"},
			"date_to=2000-01-01":                                        {"before report"},
			"date_from=2024-05-01&date_to=2024-05-31&date_match=within": {"day"},
			"date_from=2024-01-01&date_match=within":                    {"day", "year"},
			"date_to=2024-12-31&date_match=within":                      {"day", "year"},
			"undated=true":                                              {"unknown"},
			"undated=false":                                             {"before report", "day", "since", "year"},
		} {
			var page struct{ Items []struct{ Title string } }
			u.get("/api/v1/incidents?sort=title&" + query).want(200).json(&page)
			got := []string{}
			for _, i := range page.Items {
				got = append(got, i.Title)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
		}
	})
}

func TestStats_MultiValuedAndUnknown(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.log(founding(t), "stats-key-1").want(201)
		u.log(valid(), "stats-key-2").want(201)
		for query, want := range map[string]string{
			"":                      `{"families":{"denominator":2,"items":[{"code":"recruitment","count":1}],"multi_valued":true,"unit":"incidents","unknown":1},"methods":[{"code":"infiltration_tasking","count":1},{"code":"informant_recruitment","count":1}],"roles":{"denominator":2,"items":[],"multi_valued":true,"unit":"incidents","unknown":2},"inducements":1}`,
			"?include_implied=true": `{"families":{"denominator":2,"items":[{"code":"coercion_by_proxy","count":1},{"code":"recruitment","count":1}],"multi_valued":true,"unit":"incidents","unknown":1},"methods":[{"code":"contact_controlled","count":1},{"code":"infiltration_tasking","count":1},{"code":"informant_recruitment","count":1},{"code":"threat_to_family","count":1}],"roles":{"denominator":2,"items":[],"multi_valued":true,"unit":"incidents","unknown":2},"inducements":1}`,
		} {
			var s map[string]any
			u.get("/api/v1/stats" + query).want(200).json(&s)
			got, err := json.Marshal(object{
				"families": s["families"], "methods": s["methods"].(object)["items"], "roles": s["target_roles"],
				"inducements": s["inducements"].(object)["denominator"],
			})
			must(t, err)
			var a, b any
			must(t, json.Unmarshal(got, &a))
			must(t, json.Unmarshal([]byte(want), &b))
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Errorf("%q\n got %s\nwant %s", query, got, want)
			}
			if persons := s["persons"].(object); persons["min"] != 1.0 || persons["max"] != 1.0 || persons["without_max"] != 0.0 {
				t.Errorf("persons %v", persons)
			}
		}
	})
}

// TestListDashboardFiles_AgreeByRoleAndFormat: whoever asks, the list, the
// dashboard and every format of file hold one set of records.
func TestListDashboardFiles_AgreeByRoleAndFormat(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(150)
		people := []*person{
			a.person("example_ngo", "of-advocate", models.RoleAdvocate), a.person("example_ngo", "of-analyst", models.RoleAnalyst),
			a.person("example_ngo", "of-reviewer", models.RoleReviewer), a.person("example_ngo", "of-caseworker", models.RoleCaseworker),
			a.person("other_ngo", "of-others", models.RoleReviewer),
		}
		formats := []string{"csv", "xlsx", "jsonl", "geojson", "acled", "parquet"}
		dice := rand.New(rand.NewPCG(3, 21))
		filters, compared, matched := 200, 0, 0
		if testing.Short() {
			filters = 12
		}
		for n := range filters {
			query := randomFilter(dice, a.vocab).Encode()
			for i, u := range people {
				got := u.agreed(query, formats[(n+i)%len(formats)])
				compared++
				if got > 0 {
					matched++
				}
			}
		}
		if matched < compared/8 {
			t.Errorf("only %d of %d files hold anything: the test shows too little", matched, compared)
		}
		t.Logf("%d filters, %d files compared, %d of them with records", filters, compared, matched)
	})
}

// agreed compares one filter in list, dashboard and a file of level public, and
// gives the number of records in the file.
func (u *person) agreed(query, format string) int {
	u.t.Helper()
	open := []string{}
	total := 0
	for cursor := ""; ; {
		var page struct {
			Total int
			Next  *string `json:"next_cursor"`
			Items []struct{ Ref, Sensitivity string }
		}
		u.get("/api/v1/incidents?limit=200&" + query + cursor).want(200).json(&page)
		total = page.Total
		for _, item := range page.Items {
			if item.Sensitivity == "open" || item.Sensitivity == "partner" {
				open = append(open, item.Ref)
			}
		}
		if page.Next == nil || *page.Next == "" {
			break
		}
		cursor = "&cursor=" + url.QueryEscape(*page.Next)
	}
	slices.Sort(open)
	var s statsBody
	u.get("/api/v1/stats?" + query).want(200).json(&s)
	e, file := u.made(object{"query": query, "format": format, "level": "public"})
	u.do("DELETE", "/api/v1/exports/"+e.ID, nil).want(204)
	if s.Incidents != total || e.Rows+e.Omitted != total || e.Rows != len(open) {
		u.t.Fatalf("%s by %s: list %d (%d open), dashboard %d, %s %d + %d left out", query, u.name, total, len(open), s.Incidents, format, e.Rows, e.Omitted)
	}
	if format != "parquet" {
		if refs := refsIn(u.t, format, file); !slices.Equal(refs, open) {
			u.t.Fatalf("%s by %s: the list has %v, %s %v", query, u.name, open, format, refs)
		}
	}
	return e.Rows
}
