package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store/storetest"
)

type auditItem struct {
	At            time.Time
	Action        string
	Organisation  string
	UserName      string `json:"user_name"`
	Object        string
	Record        string
	RecordVisible bool `json:"record_visible"`
	Fields        []string
}

type auditPageJSON struct {
	Items []auditItem
	Next  *string
}

func (u *person) auditPage(path string) auditPageJSON {
	u.t.Helper()
	var page auditPageJSON
	u.get(path).want(200).json(&page)
	return page
}

func TestAudit_Filters_NewestFirst(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		other := a.person("example_ngo", "boris", models.RoleCaseworker)
		stranger := a.person("other_ngo", "otto", models.RoleCaseworker)
		a.clock.Advance(time.Second)
		first := u.logged(t, valid(), "first-record")
		a.clock.Advance(time.Second)
		second := other.logged(t, valid(), "second-record")
		a.clock.Advance(time.Second)
		theirs := stranger.logged(t, valid(), "third-record")
		u.do(http.MethodPost, "/api/v1/incidents/"+first+"/comments", object{"body": "Who was called?"}, "Idempotency-Key", "comment-key").want(201)

		all := admin.auditPage("/api/v1/audit").Items
		if !slices.IsSortedFunc(all, func(x, y auditItem) int { return y.At.Compare(x.At) }) {
			t.Errorf("not newest first: %+v", all)
		}
		for _, i := range all {
			if i.Organisation != "example_ngo" || i.Record == theirs {
				t.Errorf("another organisation's row: %+v", i)
			}
			if i.RecordVisible {
				t.Errorf("an administrator opens no record: %+v", i)
			}
		}
		seen := func(query string) string {
			var out []string
			for _, i := range admin.auditPage("/api/v1/audit?" + query).Items {
				out = append(out, i.UserName+" "+i.Action+" "+i.Record)
			}
			return strings.Join(out, ", ")
		}
		at := func(d time.Duration) string { return url.QueryEscape(storetest.Start.Add(d).Format(time.RFC3339)) }
		for query, want := range map[string]string{
			"record=" + first:                                      "amina comment.create " + first + ", amina incident.create " + first,
			"record=" + strings.ToLower(second[3:]):                "boris incident.create " + second,
			"record=" + theirs:                                     "",
			"user_name=boris&action=incident.create":               "boris incident.create " + second,
			"user_name=otto":                                       "",
			"user_name=nobody":                                     "",
			"action=incident.create":                               "boris incident.create " + second + ", amina incident.create " + first,
			"from=" + at(time.Second) + "&to=" + at(2*time.Second): "amina incident.create " + first,
			"action=no.such":                                       "",
		} {
			if got := seen(query); got != want {
				t.Errorf("%s\n got  %s\n want %s", query, got, want)
			}
		}
		admin.get("/api/v1/audit?record=nonsense").wantProblem(422, "validation.failed", "record bad_format")
		admin.get("/api/v1/audit?from=yesterday").want(422)
		admin.get("/api/v1/audit?colour=red").want(400)
	})
}

func TestAudit_Pages_ShowEveryRowOnce(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		for i := range 12 { // some in one moment, some not
			u.logged(t, valid(), fmt.Sprint("record-key-", i))
			if i%4 == 0 {
				a.clock.Advance(time.Second)
			}
		}
		want := len(admin.auditPage("/api/v1/audit?limit=200").Items)
		for _, limit := range []int{1, 3, 5, want, want + 1} {
			seen, path, pages := 0, fmt.Sprintf("/api/v1/audit?limit=%d", limit), 0
			records := map[string]bool{}
			for {
				page := admin.auditPage(path)
				pages++
				seen += len(page.Items)
				for _, i := range page.Items {
					if i.Action == "incident.create" {
						records[i.Record] = true
					}
				}
				if page.Next == nil {
					break
				}
				path = fmt.Sprintf("/api/v1/audit?limit=%d&cursor=%s", limit, *page.Next)
			}
			if seen != want || len(records) != 12 {
				t.Errorf("limit %d: %d rows of %d, %d records of 12, %d pages", limit, seen, want, len(records), pages)
			}
		}
	})
}

func TestAudit_WhoReadsWhat(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		operator := a.person("other_ngo", "ines", models.RoleInstanceAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		ref := u.logged(t, valid(), "first-record")
		admin.roles(u, "caseworker", "analyst").want(200)

		for _, path := range []string{"/api/v1/audit", "/api/v1/instance/audit"} {
			u.get(path).wantProblem(403, "permission.denied")
			a.anyone().get(path).wantProblem(401, "session.required")
		}
		admin.get("/api/v1/instance/audit").wantProblem(403, "permission.denied")
		operator.get("/api/v1/audit").wantProblem(403, "permission.denied")
		u.do(http.MethodPost, "/api/v1/audit/verify", nil).wantProblem(403, "permission.denied")

		own := u.auditPage("/api/v1/me/audit").Items
		for _, i := range own {
			if i.UserName != "amina" {
				t.Errorf("another person's row: %+v", i)
			}
		}
		if i := own[len(own)-1]; i.Action != "session.start" {
			t.Errorf("oldest %+v", i)
		}
		if got := u.auditPage("/api/v1/me/audit?record=" + ref).Items; len(got) != 1 || !got[0].RecordVisible || got[0].Action != "incident.create" {
			t.Errorf("own rows of the record %+v", got)
		}
		u.get("/api/v1/me/audit?user_name=elif").want(400)

		// The server's administrator sees when and what, not who and to what.
		for _, i := range operator.auditPage("/api/v1/instance/audit").Items {
			if i.Organisation != "" && (i.UserName != "" || i.Object != "" || i.Record != "" || len(i.Fields) > 0) {
				t.Errorf("more than metadata: %+v", i)
			}
		}
		if got := operator.auditPage("/api/v1/instance/audit?action=user.roles").Items; len(got) != 1 || got[0].Organisation != "example_ngo" {
			t.Errorf("rows %+v", got)
		}
		operator.get("/api/v1/instance/audit?record=" + ref).want(400)
	})
}

func TestAuditVerify_Whole_AndCounts(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		operator := a.person("other_ngo", "ines", models.RoleInstanceAdmin)
		verdict := func(u *person) (v struct {
			Whole, Complete bool
			Checked         int64
			BrokenRow       *int64 `json:"broken_row"`
		},
		) {
			u.post("/api/v1/audit/verify").want(200).json(&v)
			return v
		}
		rows, _, err := a.store.System().VerifyAudit(context.Background())
		must(t, err)
		if v := verdict(operator); !v.Whole || !v.Complete || v.Checked != rows || v.BrokenRow != nil {
			t.Errorf("operator %+v of %d", v, rows)
		}
		if v := verdict(admin); !v.Whole || v.Checked != 2 {
			t.Errorf("administrator %+v: user.create and session.start are theirs", v)
		}
	})
}

func TestProtectedReads_AreAuditedOnceInTenMinutes(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		author := a.person("example_ngo", "amina", models.RoleCaseworker)
		reviewer := a.person("example_ngo", "boris", models.RoleReviewer)
		analyst := a.person("example_ngo", "chen", models.RoleAnalyst)
		body := valid()
		body["internal_note"] = "He rang from a hotel."
		body["sensitivity"] = "open"
		ref := author.logged(t, body, "with-a-note")
		plain := valid()
		plain["sensitivity"] = "open"
		bare := author.logged(t, plain, "without-a-note")
		read := func(u *person, ref string) { u.get("/api/v1/incidents/" + ref).want(200) }
		reads := func(who string) int {
			return len(admin.auditPage("/api/v1/audit?action=protected.read&user_name=" + who).Items)
		}
		for range 3 {
			read(reviewer, ref)
			read(analyst, ref)
			read(reviewer, bare)
		}
		if reads("boris") != 1 || reads("chen") != 0 {
			t.Errorf("boris %d, chen %d", reads("boris"), reads("chen"))
		}
		reviewer.get("/api/v1/incidents/" + ref + "/revisions/1").want(200)
		a.clock.Advance(10*time.Minute - time.Millisecond)
		read(reviewer, ref)
		if got := reads("boris"); got != 1 {
			t.Errorf("within ten minutes: %d", got)
		}
		a.clock.Advance(2 * time.Millisecond)
		admin, reviewer = a.again(admin), a.again(reviewer)
		reviewer.get("/api/v1/incidents/" + ref + "/revisions/1").want(200)
		read(reviewer, ref)
		if got := reads("boris"); got != 2 {
			t.Errorf("after ten minutes: %d", got)
		}
		if i := admin.auditPage("/api/v1/audit?action=protected.read").Items[0]; i.Record != ref || i.UserName != "boris" || strings.Contains(fmt.Sprint(i), "hotel") {
			t.Errorf("row %+v", i)
		}
	})
}

func TestFileReads_AreAuditedOnceInTenMinutes_TheCustodyLogEachTime(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		var f fileBody
		d.attach(d.author, "call.png", pngBytes(t, 20)).want(201).json(&f)
		for range 3 {
			d.reviewer.get(d.path("/files/" + f.FileID + "/original")).want(200)
			d.reviewer.get(d.path("/files/" + f.FileID + "/view")).want(200)
		}
		for _, action := range []string{"file.downloaded", "file.viewed"} {
			if got := d.admin.auditPage("/api/v1/audit?action=" + action + "&record=" + d.ref).Items; len(got) != 1 || got[0].UserName != "reviewer" {
				t.Errorf("%s: %+v", action, got)
			}
		}
		if got := d.custody(d.reviewer, f.FileID); len(got) != 7 {
			t.Errorf("custody %v", got)
		}
		d.analyst.get(d.path("/files/"+f.FileID+"/original")).wantProblem(403, "permission.denied")
		if got := d.admin.auditPage("/api/v1/audit?action=permission.denied").Items; len(got) != 1 || got[0].UserName != "analyst" {
			t.Errorf("denials %+v", got)
		}
	})
}
