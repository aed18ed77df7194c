package api

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
)

// aliasGolden are addresses in others' words beside the same in ours. They are
// the table of docs/api.md.
var aliasGolden = [][2]string{
	{"origin_country__exact=CHN", "origin_country=CHN"},
	{"origin_country__in=CHN,RUS", "origin_country=CHN,RUS"},
	{`origin_country__in=["CHN","RUS"]`, "origin_country=CHN,RUS"},
	{"host_country__not=GBR", "where=not host_country:GBR"},
	{"host_country__notin=GBR,DEU&where=stage:1", "where=(stage:1) and not host_country:GBR,DEU"},
	{"methods__arraycontains=informant_recruitment", "methods=informant_recruitment"},
	{"communities__arraynotcontains=uyghur", "where=not communities:uyghur"},
	{"event_year__gte=2020&event_year__lt=2023", "event_year=2020,2021,2022"},
	{"event_year__lte=2019", "where=event_year:" + yearsTo(2019)},
	{"event_year__in=2020,2022", "event_year=2020,2022"},
	{"stage__gt=1", "stage=2,3"},
	{"first_reported__gte=2021-01-01&first_reported__lte=2021-12-31", "reported_from=2021-01-01&reported_to=2021-12-31"},
	{"updated_at__gte=2020-01-01T00:00:00Z", "updated_since=2020-01-01T00:00:00Z"},
	{"country=United Kingdom", "host_country=GBR"},
	{"country=Germany|United Kingdom&country_where==", "host_country=DEU,GBR"},
	{"iso3=GBR", "host_country=GBR"},
	{"iso=826", "host_country=GBR"},
	{"event_date=2020-01-01|2021-06-30&event_date_where=BETWEEN", "date_from=2020-01-01&date_to=2021-06-30"},
	{"event_date=2021-01-01&event_date_where=>", "date_from=2021-01-02"},
	{"event_date=2021-01-01&event_date_where=<", "date_to=2020-12-31"},
	{"event_date=2021-01-01", "date_from=2021-01-01&date_to=2021-01-01"},
	{"year=2021", "event_year=2021"},
	{"year=2019|2021&year_where=BETWEEN", "event_year=2019,2020,2021"},
	{"timestamp=2020-01-01T00:00:00Z&timestamp_where=>=", "updated_since=2020-01-01T00:00:00Z"},
}

func yearsTo(last int) string {
	var out []string
	for y := 1900; y <= last; y++ {
		out = append(out, string([]byte{byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10)}))
	}
	return strings.Join(out, ",")
}

func escaped(query string) string {
	var out []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		out = append(out, name+"="+url.QueryEscape(value))
	}
	return strings.Join(out, "&")
}

func TestAliases_FindWhatOurOwnNamesFind(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(0)
		u := a.person("example_ngo", "nadia", models.RoleAnalyst)
		p := u.tokenFor("Program", allScopes...)
		refs := func(query string) (out []string) {
			t.Helper()
			var page struct {
				Items []struct{ Ref string }
				Total int
			}
			p.get("/api/v1/incidents?limit=200&" + escaped(query)).want(200).json(&page)
			for _, item := range page.Items {
				out = append(out, item.Ref)
			}
			return append(out, string(rune('0'+page.Total%10)))
		}
		some, all := 0, refs("sort=-updated_at")
		for _, pair := range aliasGolden {
			theirs, ours := refs(pair[0]), refs(pair[1])
			if !slices.Equal(theirs, ours) {
				t.Errorf("%s finds %d, %s finds %d", pair[0], len(theirs)-1, pair[1], len(ours)-1)
			}
			if len(theirs) > 1 && len(theirs) < len(all) {
				some++
			}
		}
		if some < 8 {
			t.Errorf("only %d of %d narrow the list: this test shows little", some, len(aliasGolden))
		}
		for _, path := range []string{"/api/v1/stats", "/api/v1/exports/incidents.csv", "/api/v1/incidents/facets"} {
			tail := ""
			if strings.HasSuffix(path, "facets") {
				tail = "&fields=scope"
			}
			theirs, ours := p.get(path+"?event_year__gte=2022&country=Germany"+tail).want(200), p.get(path+"?host_country=DEU&where="+url.QueryEscape("event_year:"+yearsFrom(2022))+tail).want(200)
			if path == "/api/v1/exports/incidents.csv" {
				if a, b := theirs.Header.Get("X-Farwatch-Rows"), ours.Header.Get("X-Farwatch-Rows"); a != b || a == "" || a == "0" {
					t.Errorf("%s: %s and %s rows", path, a, b)
				}
			} else if string(theirs.Body) != string(ours.Body) {
				t.Errorf("%s: %s\n%s", path, theirs.Body, ours.Body)
			}
		}
		var page struct{ Items []struct{ Title string } }
		p.get("/api/v1/incidents?_size=3&_sort_desc=title").want(200).json(&page)
		if len(page.Items) != 3 || page.Items[0].Title < page.Items[2].Title {
			t.Errorf("%+v", page)
		}
	})
}

func yearsFrom(first int) string {
	_, after, _ := strings.Cut(yearsTo(2200), string([]byte{byte('0' + (first-1)/1000), byte('0' + (first-1)/100%10), byte('0' + (first-1)/10%10), byte('0' + (first-1)%10)})+",")
	return after
}

func TestAliases_WithoutAnEquivalent_RefusedWithTheNearName(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "nadia", models.RoleAnalyst)
		for query, near := range map[string]string{
			"title__contains=police": "q", "actor1=China": "origin_country", "sub_event_type=Arrest": "methods", "origin_countri=CHN": "origin_country",
			"page=2": "cursor", "methods__exact=x": "methods", "proxy_country__not=CHN": "proxy_country", "origin_country__like=C": "origin_country",
			"fatalities=0": "", "target_identity__exact=x": "",
		} {
			var failed struct {
				Errors []struct {
					Parameter, Code string
					Params          struct{ Near string }
				}
			}
			u.get("/api/v1/incidents?" + escaped(query)).want(400).json(&failed)
			name, _, _ := strings.Cut(query, "=")
			if len(failed.Errors) != 1 || failed.Errors[0].Parameter != name || failed.Errors[0].Code != "unknown_parameter" || failed.Errors[0].Params.Near != near {
				t.Errorf("%s: %+v, want near %q", query, failed, near)
			}
		}
		for query, fault := range map[string]string{
			"origin_country=CHN&origin_country__in=RUS": "origin_country__in alias_conflict",
			"country=Germany&host_country=GBR":          "country alias_conflict",
			"country=Germany&iso3=GBR":                  "iso3 alias_conflict",
			"event_year__gte=2020&event_year=2021":      "event_year__gte alias_conflict",
			"year=2020&event_year__gte=2020":            "event_year alias_conflict",
			"event_date=2020-01-01&date_to=2021-01-01":  "event_date alias_conflict",
			"country=Atlantis":                          "country unknown_country",
			"event_date=2020-01-01|2021-01-01":          "event_date bad_format",
			"event_year__gte=soon":                      "event_year__gte wrong_type",
			"event_date=2020-01-01&event_date_where=~":  "event_date_where not_allowed",
			"origin_country__in=C:N":                    "origin_country__in bad_format",
			"origin_country__in=ZZZ":                    "origin_country unknown_country",
			"event_date=2020-02-31":                     "date_from impossible_date",
		} {
			u.get("/api/v1/incidents?"+escaped(query)).wantProblem(422, "validation.failed", fault)
		}
		u.get("/api/v1/sources?origin_country__in=CHN").wantProblem(400, "request.unknown_parameter")
	})
}
