package api

import (
	"net/url"
	"strings"
	"testing"

	"farwatch/models"
)

// speak logs records with a title and a summary each.
func speak(t *testing.T, u *person, sensitivity string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		body := founding(t)
		title, _, _ := strings.Cut(text, ":")
		body["title"], body["summary"], body["sensitivity"] = title, text, sensitivity
		u.logged(t, body, "speak-"+strings.ReplaceAll(title, " ", "-"))
	}
}

func found(r *reply) (titles []string) {
	r.t.Helper()
	var page struct{ Items []struct{ Title string } }
	r.want(200).json(&page)
	for _, i := range page.Items {
		titles = append(titles, i.Title)
	}
	return titles
}

func TestSearch_ListDashboardFileFacets_Agree(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker, models.RoleAnalyst)
		speak(t, u, "partner", "Ferry: the pilot was followed", "Harbour: the pilot's brother was called", "Choir: nothing of the kind")
		speak(t, u, "restricted", "Secret: the pilot again")
		for q, want := range map[string]int{"pilot": 2, "pilot -ferry": 1, `"the pilot was"`: 1, "PILÓT brother": 1, "zebra": 0} {
			query := "?q=" + url.QueryEscape(q)
			var page struct{ Total int }
			var stats statsBody
			u.get("/api/v1/incidents" + query).want(200).json(&page)
			u.get("/api/v1/stats" + query).want(200).json(&stats)
			rows := readCSV(t, u.get("/api/v1/exports/incidents.csv"+query+"&level=public").want(200).Body)
			if page.Total != want || stats.Incidents != want || len(rows) != want {
				t.Errorf("%q: list %d, dashboard %d, file %d, want %d", q, page.Total, stats.Incidents, len(rows), want)
			}
		}
	})
}

func TestSearch_OtherEyes_FindWhatTheySee(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) { body["title"] = "Unpublished lighthouse" })
		for name, c := range map[string]struct {
			u    *person
			want int
		}{"analyst": {d.analyst, 1}, "colleague": {d.colleague, 1}, "advocate, of a draft": {d.advocate, 0}, "another organisation": {d.stranger, 0}} {
			if got := found(c.u.get("/api/v1/incidents?q=lighthouse")); len(got) != c.want {
				t.Errorf("%s finds %v", name, got)
			}
			var items struct{ Items []object }
			c.u.get("/api/v1/incidents/snippets?q=lighthouse&refs=" + d.ref).want(200).json(&items)
			if len(items.Items) != c.want {
				t.Errorf("%s reads snippets %v", name, items.Items)
			}
			var meant struct{ Q *string }
			c.u.get("/api/v1/incidents/spelling?q=lighthuose").want(200).json(&meant)
			if (meant.Q != nil) != (c.want == 1) {
				t.Errorf("%s is told of another spelling: %v", name, meant.Q)
			}
		}
		d.refused("by nobody", a.anyone().get("/api/v1/incidents/snippets?q=lighthouse&refs="+d.ref), 401, "session.required")
		d.refused("by an administrator", d.admin.get("/api/v1/incidents/spelling?q=lighthouse"), 403, "permission.denied")
	})
}

func TestSearch_Snippets_MarkTheWordsInTheirFields(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		speak(t, u, "partner", "Ferry: the pilot was followed to the pier")
		ref := func() string {
			var page struct{ Items []struct{ Ref string } }
			u.get("/api/v1/incidents?q=pilot").want(200).json(&page)
			return page.Items[0].Ref
		}()
		var out struct {
			Items []struct {
				Ref      string
				Snippets []struct {
					Field string
					Parts []struct {
						Text string
						Hit  bool
					}
				}
			}
		}
		u.get("/api/v1/incidents/snippets?q=pil&refs=" + ref).want(200).json(&out)
		if len(out.Items) != 1 || len(out.Items[0].Snippets) != 1 {
			t.Fatalf("%+v", out)
		}
		s := out.Items[0].Snippets[0]
		if s.Field != "summary" || len(s.Parts) != 3 || s.Parts[1].Text != "pilot" || !s.Parts[1].Hit {
			t.Errorf("%+v", s)
		}
	})
}

func TestSearch_Spelling_ChangesOneWord(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		speak(t, u, "partner", "Ferry: the pilot was followed")
		for typed, want := range map[string]string{"plot ferry": "pilot ferry", "Ferri pilot": "ferry pilot", "zzzzzz": "", "ферри": ""} {
			var out struct{ Q *string }
			u.get("/api/v1/incidents/spelling?q=" + url.QueryEscape(typed)).want(200).json(&out)
			if got := value(out.Q); got != want {
				t.Errorf("%q: %q, want %q", typed, got, want)
			}
		}
	})
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// TestSearch_AnyText_IsAnsweredOrRefusedByName: whatever is typed, no 500.
func TestSearch_AnyText_IsAnsweredOrRefusedByName(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		speak(t, u, "partner", "Ferry: the pilot was followed")
		for text, code := range map[string]string{
			"...": "search_nothing", "-pilot": "search_only_not", strings.Repeat("ab ", 21): "search_too_many", "a\u202eb": "", "a\x00b": "",
			`pi"lot`: "", "' OR 1=1 --": "", `\' & !pilot:*`: "", "NEAR(a b, 3)": "", "terms : pilot": "", "pilot AND (": "", `"`: "search_nothing",
			strings.Repeat("ж", 299): "", "ཁ་པར": "", "ﷺ ﬁ": "", "e\u0301": "", "𝔸𝕓": "", "\u200d\u200d": "search_nothing", "ͺ": "search_nothing",
		} {
			r := u.get("/api/v1/incidents?q=" + url.QueryEscape(text))
			switch {
			case code != "":
				r.wantProblem(422, "validation.failed", "q "+code)
			case r.Status != 200 && r.Status != 422 && r.Status != 400:
				t.Errorf("%q: %d %s", text, r.Status, r.Body)
			}
		}
	})
}
