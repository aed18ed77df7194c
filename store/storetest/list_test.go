package storetest_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

var everyScope = store.ExportScope{}

func TestIncidents_DateFilter_MatchesByOverlap(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		for name, bounds := range map[string][2]models.Day{
			"before": {"2020-01-01", "2020-12-31"}, "touching": {"2020-06-01", "2021-01-01"}, "inside": {"2021-03-01", "2021-04-01"},
			"around": {"2019-01-01", "2023-01-01"}, "touching end": {"2021-12-31", "2022-06-01"}, "after": {"2022-01-01", "2022-02-01"},
			"open start": {"", "2021-05-05"}, "open end": {"2021-05-05", ""}, "ended long ago": {"", "2019-05-05"}, "begins later": {"2023-05-05", ""},
		} {
			w.Log(t, author, storetest.ACall().Titled(name).Between(bounds[0], bounds[1]))
		}
		w.Log(t, author, storetest.ACall().Titled("undated"))
		day := func(d models.Day) *models.Day { return &d }
		yes, no := true, false
		for name, c := range map[string]struct {
			f    models.IncidentFilter
			want string
		}{
			"overlap": {models.IncidentFilter{DateFrom: day("2021-01-01"), DateTo: day("2021-12-31")}, "around,inside,open end,open start,touching,touching end"},
			"within":  {models.IncidentFilter{DateFrom: day("2021-01-01"), DateTo: day("2021-12-31"), DateWithin: true}, "inside"},
			"from":    {models.IncidentFilter{DateFrom: day("2022-01-01")}, "after,around,begins later,open end,touching end"},
			"to":      {models.IncidentFilter{DateTo: day("2019-12-31")}, "around,ended long ago,open start"},
			"within from": {
				models.IncidentFilter{DateFrom: day("2021-12-31"), DateWithin: true}, "after,touching end",
			},
			"within to":          {models.IncidentFilter{DateTo: day("2020-12-31"), DateWithin: true}, "before"},
			"undated":            {models.IncidentFilter{Undated: &yes}, "undated"},
			"dated":              {models.IncidentFilter{Undated: &no, DateTo: day("2019-01-01")}, "around,ended long ago,open start"},
			"dated and undated":  {models.IncidentFilter{Undated: &yes, DateFrom: day("1900-01-01")}, ""},
			"one day, all of it": {models.IncidentFilter{DateFrom: day("2021-01-01"), DateTo: day("2021-01-01")}, "around,open start,touching"},
		} {
			var got []string
			for _, item := range list(t, w, author, c.f) {
				got = append(got, item.Title)
			}
			if text := strings.Join(got, ","); text != c.want {
				t.Errorf("%s: %s, want %s", name, text, c.want)
			}
			everywhere(t, w, author, c.f)
		}
	})
}

// manySorts stores records with ties and gaps in every sortable column.
func manySorts(t *testing.T, w storetest.World, p models.Principal) int {
	t.Helper()
	var records []store.SeedIncident
	for i := range 53 {
		b := storetest.ACall().Titled(fmt.Sprintf("%c title %d", "aZéz_Ä"[i%6], i%7))
		b.Input.OriginCountry, b.Input.HostCountry = []string{"CHN", "TUR", "IRN"}[i%3], []string{"GBR", "DEU"}[i%2]
		if i%4 != 0 {
			b = b.Reported(models.Day(fmt.Sprintf("2024-0%d-01", 1+i%5)))
		}
		r := seedOf(w, b, "draft")
		r.CreatedAt = storetest.Start.Add(time.Duration(i%9*i%9) * 100 * time.Millisecond)
		records = append(records, r)
	}
	w.Seed(t, p, records...)
	return len(records)
}

func TestIncidents_Pages_VisitEachRecordOnceInOrder(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker)
		n := manySorts(t, w, p)
		const millis = "2006-01-02T15:04:05.000" // sorts as text
		value := map[string]func(models.IncidentSummary) string{
			"updated_at":     func(s models.IncidentSummary) string { return s.UpdatedAt.Format(millis) },
			"created_at":     func(s models.IncidentSummary) string { return s.CreatedAt.Format(millis) },
			"title":          func(s models.IncidentSummary) string { return s.Title },
			"origin_country": func(s models.IncidentSummary) string { return s.OriginCountry },
			"host_country":   func(s models.IncidentSummary) string { return s.HostCountry },
			"first_reported": func(s models.IncidentSummary) string {
				if s.FirstReported == nil {
					return ""
				}
				return string(*s.FirstReported)
			},
		}
		for column, of := range value {
			for _, descending := range []bool{false, true} {
				page := models.Page{Sort: models.Sort{Column: column, Descending: descending}, Limit: 5}
				var all []models.IncidentSummary
				for {
					items, total, next, err := w.For(p).Incidents(t.Context(), models.IncidentFilter{}, page)
					if err != nil || total != n || len(items) > 5 {
						t.Fatalf("%s: %d of %d: %v", column, len(items), total, err)
					}
					all = append(all, items...)
					if next == "" {
						break
					}
					page.Cursor = next
				}
				if len(all) != n {
					t.Errorf("%s (descending %v): %d rows on all pages, want %d", column, descending, len(all), n)
				}
				inOrder := func(a, b models.IncidentSummary) int {
					va, vb := of(a), of(b)
					switch {
					case va == "" && vb != "":
						return 1
					case va != "" && vb == "":
						return -1
					}
					order := strings.Compare(va, vb)
					if order == 0 {
						order = strings.Compare(a.Ref, b.Ref)
					}
					if descending {
						order = -order
					}
					return order
				}
				if !slices.IsSortedFunc(all, inOrder) {
					t.Errorf("%s (descending %v) is out of order", column, descending)
				}
				slices.SortFunc(all, func(a, b models.IncidentSummary) int { return strings.Compare(a.Ref, b.Ref) })
				if unique := slices.CompactFunc(all, func(a, b models.IncidentSummary) bool { return a.Ref == b.Ref }); len(unique) != n {
					t.Errorf("%s (descending %v): %d different rows", column, descending, len(unique))
				}
			}
		}
	})
}

func TestIncidents_ForeignCursor_Refused(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker)
		manySorts(t, w, p)
		byTitle := models.Page{Sort: models.Sort{Column: "title"}, Limit: 3}
		_, _, next, err := w.For(p).Incidents(t.Context(), models.IncidentFilter{}, byTitle)
		if err != nil {
			t.Fatal(err)
		}
		forged := func(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
		for name, c := range map[string]struct{ sort, cursor string }{
			"of another sort":        {"host_country", next},
			"of the other direction": {"-title", next},
			"no base 64":             {"title", "%%%"},
			"no JSON":                {"title", forged(`{`)},
			"no ref":                 {"title", forged(`{"s":"title","v":"a"}`)},
			"mistyped ref":           {"title", forged(`{"s":"title","v":"a","r":"FW-4F7K-Q2MF"}`)},
			"no value":               {"title", forged(`{"s":"title","r":"FW-4F7K-Q2ME"}`)},
			"no instant":             {"updated_at", forged(`{"s":"updated_at","v":"yesterday","r":"FW-4F7K-Q2ME"}`)},
			"NUL in the value":       {"title", forged(`{"s":"title","v":"a\u0000","r":"FW-4F7K-Q2ME"}`)},
			"value of another type":  {"title", forged(`{"s":"title","v":1,"r":"FW-4F7K-Q2ME"}`)},
		} {
			sort, _ := models.ParseSort(c.sort)
			_, _, _, err := w.For(p).Incidents(t.Context(), models.IncidentFilter{}, models.Page{Sort: sort, Cursor: c.cursor, Limit: 3})
			if models.KindOf(err) != models.KindMalformed {
				t.Errorf("%s: %v", name, err)
			}
		}
		byTitle.Cursor = next
		if items, _, _, err := w.For(p).Incidents(t.Context(), models.IncidentFilter{}, byTitle); err != nil || len(items) != 3 {
			t.Errorf("its own cursor: %d rows, %v", len(items), err)
		}
	})
}

func TestIncidents_Limit_IsKept(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker)
		var records []store.SeedIncident
		for range 230 {
			records = append(records, seedOf(w, storetest.ACall(), "draft"))
		}
		w.Seed(t, p, records...)
		for limit, want := range map[int]int{-1: 1, 0: 1, 1: 1, 200: 200, 100_000: 200} {
			items, total, _, err := w.For(p).Incidents(t.Context(), models.IncidentFilter{}, models.Page{Sort: models.Sort{Column: "title"}, Limit: limit})
			if err != nil || len(items) != want || total != 230 {
				t.Errorf("limit %d: %d of %d rows, %v", limit, len(items), total, err)
			}
		}
	})
}
