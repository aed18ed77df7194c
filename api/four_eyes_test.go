package api

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"farwatch/models"
	"farwatch/store"
)

// fourEyes sets whether a second person decides in the organisation.
func (u *person) fourEyes(on bool) *reply {
	return u.do(http.MethodPut, "/api/v1/organisation", object{"name": "Night Watch", "initial_sensitivity": "partner", "four_eyes": on})
}

// marked tells whether the record bears the mark, on its page and in the list.
func (d *desk) marked() bool {
	d.t.Helper()
	var list struct{ Items []object }
	d.reviewer.get("/api/v1/incidents").want(200).json(&list)
	i := slices.IndexFunc(list.Items, func(item object) bool { return item["ref"] == d.ref })
	got := d.record(d.reviewer)["self_reviewed"] == true
	if i < 0 || (list.Items[i]["self_reviewed"] == true) != got {
		d.t.Errorf("the list says otherwise than the record: %v", got)
	}
	return got
}

// cleared tells whether a release would count the record.
func (d *desk) cleared() bool {
	d.t.Helper()
	basis, err := d.store.System().ReleaseBasis(d.t.Context(), d.handlers.Vocab)
	must(d.t, err)
	return slices.ContainsFunc(basis.Cleared, func(c models.Cleared) bool { return c.Ref == d.ref })
}

// in2023 gives the founding record a year, so that a release can count it.
func in2023(body object) {
	body["occurred"] = object{"earliest": "2023-02-01", "latest": "2023-02-20", "precision": "range"}
}

func TestFourEyes_Setting_IsTheOrganisationsOwn(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		for _, u := range []*person{d.author, d.colleague, d.analyst} {
			d.refused("set by "+u.name, u.fourEyes(false), 403, "permission.denied")
		}
		d.refused("set by nobody", a.anyone().fourEyes(false), 401, "session.required")
		d.move(d.author, "in_review").want(200)
		a.person("other_ngo", "their-admin", models.RoleOrgAdmin).fourEyes(false).want(200)
		d.refused("another organisation's setting", d.verify(d.author, "single_source"), 403, "workflow.own_work")
		account := func(u *person) bool {
			var me struct {
				FourEyes bool `json:"four_eyes"`
			}
			u.get("/api/v1/me").want(200).json(&me)
			return me.FourEyes
		}
		if !account(d.author) || account(d.stranger) {
			t.Errorf("the author's organisation %v, the stranger's %v", account(d.author), account(d.stranger))
		}
		d.admin.fourEyes(false).want(200)
		last := d.admin.auditPage("/api/v1/audit").Items[0]
		if last.Action != "organisation.change" || !slices.Equal(last.Fields, []string{"name", "four_eyes"}) {
			t.Errorf("audit %+v", last)
		}
		if account(d.author) {
			t.Error("the author is not told")
		}
		// Whoever changes another setting leaves it as it is.
		d.admin.do(http.MethodPut, "/api/v1/organisation", object{"name": "Night Watch", "initial_sensitivity": "restricted"}).want(200)
		d.verify(d.author, "single_source").want(200)
		d.refused("a caseworker judges", d.move(d.colleague, "approved"), 403, "permission.denied")
	})
}

func TestFourEyes_Off_OwnWorkIsMarkedAndKeptOut(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, in2023)
		public := "/api/v1/public/incidents/" + d.ref
		d.move(d.author, "in_review").want(200)
		if got := d.waits(d.author); len(got) != 0 {
			t.Errorf("with two people the author waits for %v", got)
		}
		d.admin.fourEyes(false).want(200)
		if got := strings.Join(d.waits(d.author), " "); got != "review" {
			t.Errorf("alone the author waits for %q", got)
		}
		d.verify(d.reviewer, "single_source").want(200)
		if d.marked() {
			t.Error("another person's judgement marks")
		}
		d.move(d.author, "approved").want(200)
		if !d.marked() || d.cleared() {
			t.Errorf("approved by the author: marked %v, in releases %v", d.marked(), d.cleared())
		}
		d.as(d.author, http.MethodPost, "/undo", nil).want(200)
		if d.marked() {
			t.Error("the mark outlives the approval that was taken back")
		}
		d.move(d.second, "approved").want(200)
		if d.marked() || !d.cleared() {
			t.Errorf("approved by another: marked %v, in releases %v", d.marked(), d.cleared())
		}
		d.move(d.author, "in_review", "reason", "Look again.").want(200)
		d.move(d.author, "approved").want(200)
		d.move(d.reviewer, "published").want(200)
		var shown struct {
			SelfReviewed bool `json:"self_reviewed"`
		}
		a.anyone().get(public).want(200).json(&shown)
		const says = "The person who wrote this record also decided about it, and nobody else has approved it since."
		page := string(a.anyone().get("/public/incidents/" + d.ref).want(200).Body)
		if !shown.SelfReviewed || !strings.Contains(page, says) {
			t.Errorf("the public reads %+v", shown)
		}

		// Back to two people: what is marked stays marked until another approves.
		d.admin.fourEyes(true).want(200)
		d.refused("own work again", d.move(d.author, "withdrawn", "withdrawal_reason", "safety"), 403, "workflow.own_work")
		if !d.marked() {
			t.Error("the setting takes the mark away")
		}
		d.edit(d.author, object{"summary": "More is known.", "reason": "A second call."}).want(200)
		d.refused("approve one's own edit", d.decide(d.author, "approve", nil), 403, "workflow.own_work")
		d.decide(d.reviewer, "approve", nil).want(200)
		a.anyone().get(public).want(200).json(&shown)
		page = string(a.anyone().get("/public/incidents/" + d.ref).want(200).Body)
		if d.marked() || shown.SelfReviewed || strings.Contains(page, says) {
			t.Errorf("after another's approval: %+v", shown)
		}
		d.admin.fourEyes(false).want(200)
		d.edit(d.author, object{"summary": "All is known.", "reason": "A third call."}).want(200)
		d.decide(d.author, "approve", nil).want(200)
		if !d.marked() {
			t.Error("one's own pending edit is not marked")
		}
		_, err := a.store.System().VerifyRecords(t.Context(), func(r store.AlteredRecord) { t.Errorf("altered: %+v", r) }, func(int, int) {})
		must(t, err)
	})
}

func TestFourEyes_Off_OtherPairsStayTwo(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.person("example_ngo", "admin", models.RoleOrgAdmin).fourEyes(false).want(200)
		u := a.person("example_ngo", "solo", models.RoleCaseworker, models.RoleReviewer, models.RoleAnalyst)
		ref := u.logged(t, founding(t), "solo-record")
		var e exportBody
		u.ask(object{"format": "jsonl", "level": "full"}).want(202).json(&e)
		u.do(http.MethodPost, "/api/v1/exports/"+e.ID+"/decision", object{"approve": true}).wantProblem(403, "export.own_request")
		u.do(http.MethodPost, "/api/v1/incidents/"+ref+"/hold", object{"reason": "A court asked."}).want(200)
		u.do(http.MethodPost, "/api/v1/incidents/"+ref+"/hold/release", object{"reason": "The court has ended."}).want(200)
		u.do(http.MethodPost, "/api/v1/incidents/"+ref+"/hold/decision", object{"decision": "release"}).wantProblem(403, "hold.same_person")
	})
}

func TestExports_Full_LeaveOutSelfReviewed(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		var kept object
		d.author.log(founding(t), "kept-key").want(201).json(&kept)
		d.admin.fourEyes(false).want(200)
		d.move(d.author, "in_review").want(200)
		d.verify(d.author, "single_source").want(200)
		d.move(d.author, "approved").want(200)

		full := object{"format": "xlsx", "level": "full"}
		var preview struct {
			Records, Omitted int
			SelfReviewed     int `json:"self_reviewed"`
		}
		d.author.do(http.MethodPost, "/api/v1/exports/preview", full).want(200).json(&preview)
		if preview.Records != 1 || preview.Omitted != 1 || preview.SelfReviewed != 1 {
			t.Errorf("preview %+v", preview)
		}
		var e struct {
			exportBody
			SelfReviewed int `json:"self_reviewed"`
		}
		d.author.ask(full).want(202).json(&e)
		d.second.do(http.MethodPost, "/api/v1/exports/"+e.ID+"/decision", object{"approve": true}).want(200)
		must(t, a.handlers.WorkExports(t.Context(), a.store.System()))
		d.author.get("/api/v1/exports/" + e.ID).want(200).json(&e)
		file := d.author.get("/api/v1/exports/" + e.ID + "/file").want(200).Body
		if got := refsIn(t, "xlsx", file); e.Rows != 1 || e.Omitted != 1 || e.SelfReviewed != 1 || !slices.Equal(got, []string{kept["ref"].(string)}) {
			t.Errorf("file %v, %+v", got, e)
		}
		book, err := excelize.OpenReader(bytes.NewReader(file))
		must(t, err)
		defer book.Close()
		rows, err := book.GetRows("codebook")
		must(t, err)
		if last := rows[len(rows)-1]; last[3] != "Self-reviewed records that are left out: 1" {
			t.Errorf("codebook %v", last)
		}

		// Every other level holds it and says so to whoever asks.
		_, file = d.author.made(object{"format": "csv", "level": "public", "columns": []string{"ref", "self_reviewed"}})
		said := map[string]string{}
		for _, row := range readCSV(t, file) {
			said[row["ref"]] = row["self_reviewed"]
		}
		if len(said) != 2 || said[d.ref] != "true" || said[kept["ref"].(string)] != "false" {
			t.Errorf("self_reviewed %v", said)
		}
		_, file = d.author.made(object{"format": "jsonl", "level": "de_identified"})
		if !bytes.Contains(file, []byte(`"self_reviewed":true`)) {
			t.Errorf("lines %s", file)
		}
	})
}
