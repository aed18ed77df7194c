package api

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

// circle is whose a thing is.
type circle int

const (
	ofAuthor       circle = iota // the person's alone
	ofAuthorShared               // the organisation reads it, its owner changes it
	ofOrganisation               // everybody of the organisation who may call the operation
	ofReaders                    // whoever reads the open record that it hangs on
	ofNobody                     // a secret link: the path names none
	ofReviewers                  // reviewers of the organisation
)

// ownCase is one operation on a thing that belongs to no record.
type ownCase struct {
	operation string
	thing     string // key of cells.own, put into the path
	whose     circle
	body      any
	bytes     []byte
	query     string
	want      string // to those in the circle
	missing   string // to those outside
	fresh     bool   // what it does can be done once
}

// ownCases are the operations on things that belong to a person or to an
// organisation.
var ownCases = []ownCase{
	{operation: "endSession", thing: "session", whose: ofAuthor, want: "204", missing: "404 session.not_found", fresh: true},
	{operation: "revokeToken", thing: "token", whose: ofAuthor, want: "204", missing: "404 token.not_found", fresh: true},
	{operation: "revokeMemberToken", thing: "token", whose: ofOrganisation, want: "204", missing: "404 token.not_found", fresh: true},
	{operation: "revokeInvitation", thing: "invitation", whose: ofOrganisation, want: "204", missing: "404 invitation.not_found", fresh: true},
	{operation: "changeRoles", thing: "member", whose: ofOrganisation, body: object{"roles": []string{"advocate"}}, want: "200", missing: "404 member.not_found"},
	{operation: "signOutMember", thing: "member", whose: ofOrganisation, want: "204", missing: "404 member.not_found"},
	{operation: "createResetLink", thing: "member", whose: ofOrganisation, want: "201", missing: "404 member.not_found"},
	{operation: "confirmResetLink", thing: "member", whose: ofOrganisation, want: "204", missing: "404 member.not_found"},
	{operation: "revokeResetLink", thing: "member with a link", whose: ofOrganisation, want: "204", missing: "404 member.not_found", fresh: true},
	{operation: "disableMember", thing: "member", whose: ofOrganisation, want: "200", missing: "404 member.not_found"},
	{operation: "enableMember", thing: "member", whose: ofOrganisation, want: "200", missing: "404 member.not_found"},
	{operation: "endMemberSession", thing: "session", whose: ofOrganisation, want: "204", missing: "404 session.not_found", fresh: true},
	{operation: "renameOrganisation", thing: "organisation", whose: ofNobody, body: object{"name": "Another name"}, missing: "204"},
	{operation: "inviteFirstAdmin", thing: "organisation", whose: ofNobody, body: object{"note": "for the first"}, missing: "201"},
	{operation: "removeFactor", thing: "factor", whose: ofAuthor, want: "409 factor.last", missing: "404 factor.not_found"},
	{operation: "confirmTotp", thing: "new app", whose: ofAuthor, body: object{"code": "000000"}, want: "403 factor.refused", missing: "404 factor.not_found"},
	{operation: "readCampaign", thing: "campaign", whose: ofOrganisation, want: "200", missing: "404 campaign.not_found"},
	{operation: "changeCampaign", thing: "campaign", whose: ofOrganisation, body: object{"title": "Calls, again"}, want: "412 incident.stale", missing: "404 campaign.not_found"},
	{operation: "readUpload", thing: "upload", whose: ofAuthor, want: "200", missing: "404 upload.not_found"},
	{operation: "sendPart", thing: "upload", whose: ofAuthor, bytes: []byte("one"), query: "?offset=0", want: "200", missing: "404 upload.not_found"},
	{operation: "cancelUpload", thing: "upload", whose: ofAuthor, want: "204", missing: "404 upload.not_found", fresh: true},
	{operation: "completeUpload", thing: "upload", whose: ofAuthor, body: object{}, want: "409 upload.incomplete", missing: "404 upload.not_found", fresh: true},
	{operation: "readImport", thing: "import", whose: ofAuthor, want: "200", missing: "404 import.not_found"},
	{operation: "sendImportPart", thing: "import", whose: ofAuthor, bytes: []byte("title\n"), query: "?offset=99", want: "409 import.wrong_part", missing: "404 import.not_found"},
	{operation: "planImport", thing: "import", whose: ofAuthor, body: object{"format": object{"kind": "delimited", "encoding": "utf-8", "delimiter": ",", "header_row": 1, "hxl_row": false}}, missing: "404 import.not_found"},
	{operation: "stepImport", thing: "import", whose: ofAuthor, body: object{"step": "check"}, want: "409 import.wrong_state", missing: "404 import.not_found"},
	{operation: "listImportRows", thing: "import", whose: ofAuthor, want: "200", missing: "404 import.not_found"},
	{operation: "downloadRefused", thing: "import", whose: ofAuthor, missing: "404 import.not_found"},
	{operation: "forgetImport", thing: "import", whose: ofAuthor, want: "204", missing: "404 import.not_found", fresh: true},
	{operation: "readExport", thing: "export", whose: ofAuthor, want: "200", missing: "404 export.not_found"},
	{operation: "downloadExport", thing: "export", whose: ofAuthor, want: "409 export.wrong_state", missing: "404 export.not_found"},
	{operation: "headExport", thing: "export", whose: ofAuthor, want: "409 export.wrong_state", missing: "404 export.not_found"},
	{operation: "decideExport", thing: "export", whose: ofAuthor, body: object{"approve": true}, want: "403 export.own_request", missing: "404 export.not_found"},
	{operation: "decideExport", thing: "full export", whose: ofReviewers, body: object{"approve": false}, want: "200", missing: "404 export.not_found", fresh: true},
	{operation: "readExport", thing: "full export", whose: ofReviewers, want: "200", missing: "404 export.not_found"},
	{operation: "downloadExport", thing: "full export", whose: ofNobody, missing: "404 export.not_found"},
	{operation: "deleteExport", thing: "export", whose: ofAuthor, want: "204", missing: "404 export.not_found", fresh: true},
	{operation: "readSnapshot", thing: "snapshot", whose: ofReaders, want: "200", missing: "404 snapshot.not_found"},
	{operation: "deleteImportMap", thing: "absent", whose: ofNobody, missing: "404 import_map.not_found"},
	{operation: "readSource", thing: "source", whose: ofReaders, want: "200", missing: "404 source.not_found"},
	{operation: "correctSource", thing: "source", whose: ofReaders, body: object{"reason": "Misspelt.", "title": "Better"}, want: "200", missing: "404 source.not_found"},
	{operation: "changeSavedSearch", thing: "search", whose: ofAuthor, body: object{"name": "Mine", "query": "origin_country=CHN", "shared": false}, want: "200", missing: "404 saved_search.not_found"},
	{operation: "changeSavedSearch", thing: "shared search", whose: ofAuthorShared, body: object{"name": "Ours", "query": "origin_country=CHN", "shared": true}, want: "200", missing: "404 saved_search.not_found"},
	{operation: "lookAtSavedSearch", thing: "search", whose: ofAuthor, want: "204", missing: "404 saved_search.not_found"},
	{operation: "lookAtSavedSearch", thing: "shared search", whose: ofReaders, want: "204", missing: "404 saved_search.not_found"},
	{operation: "deleteSavedSearch", thing: "search", whose: ofAuthor, want: "204", missing: "404 saved_search.not_found", fresh: true},
	{operation: "decideGrant", thing: "grant", whose: ofOrganisation, body: object{"decision": "decline"}, want: "200", missing: "404 grant.not_found", fresh: true},
	{operation: "withdrawGrant", thing: "grant", whose: ofAuthorShared, want: "200", missing: "404 grant.not_found", fresh: true},
	{operation: "readWorkingCopy", thing: "copy", whose: ofAuthor, want: "200", missing: "404 working_copy.not_found"},
	{operation: "saveWorkingCopy", thing: "copy", whose: ofNobody, body: object{"form": object{"a": 1}}, missing: "200"},
	{operation: "readRelease", thing: "release", whose: ofNobody, missing: "404 release.not_found"},
	{operation: "approveRelease", thing: "release", whose: ofNobody, missing: "404 release.not_found"},
	{operation: "publishRelease", thing: "release", whose: ofNobody, missing: "404 release.not_found"},
	{operation: "discardRelease", thing: "release", whose: ofNobody, missing: "404 release.not_found"},
	{operation: "readPublicRelease", thing: "release", whose: ofNobody, missing: "404 release.not_found"},
	{operation: "readReleaseFile", thing: "release", whose: ofNobody, missing: "404 release.not_found"},
	{operation: "discardWorkingCopy", thing: "copy", whose: ofAuthor, want: "204", missing: "204", fresh: true},
}

func (oc ownCase) expected(w who) string {
	if refused := w.gate(oc.operation); refused != "" {
		return refused
	}
	inside := false
	switch oc.whose {
	case ofAuthor, ofAuthorShared:
		inside = w.kind == "author"
	case ofOrganisation, ofReaders:
		inside = w.home
	case ofReviewers:
		inside = w.home && w.has(models.RoleReviewer)
	}
	switch {
	case inside:
		return oc.want
	case oc.whose == ofAuthorShared && w.home:
		return strings.NewReplacer("404", "403", "not_found", "not_yours").Replace(oc.missing)
	}
	return oc.missing
}

// make gives a thing of the author anew.
func (c *cells) make(thing string) string {
	c.t.Helper()
	id := func(u *person, path string, body object, member string, headers ...string) string {
		r := c.call(u, http.MethodPost, path, body, headers...)
		var made object
		decode(c.t, r.body, &made)
		if r.status != http.StatusCreated {
			c.t.Fatalf("make %s: %s", thing, r)
		}
		if inner, ok := made["invitation"].(object); ok {
			made = inner
		}
		text, _ := made[member].(string)
		return text
	}
	c.files++
	switch thing {
	case "session":
		session, err := c.store.System().StartSession(c.t.Context(), c.author.id, "Test / Linux", models.FactorPasskey)
		must(c.t, err)
		return session.ID
	case "token":
		return c.author.tokenFor("Mirror", "records:read").id
	case "invitation":
		return id(c.admin(), "/api/v1/invitations", object{"roles": []string{"analyst"}}, "invitation_id")
	case "campaign":
		return id(c.author, "/api/v1/campaigns", object{"title": "Calls"}, "ref", "Idempotency-Key", fmt.Sprintf("campaign-%d", c.files))
	case "upload":
		return c.upload(c.author, c.records[0].ref, "three.txt", 3)
	case "import":
		return id(c.author, "/api/v1/imports", object{"name": "table.csv", "bytes": 20}, "import_id")
	case "snapshot":
		r := c.call(c.author, http.MethodPost, "/api/v1/snapshots", object{"title": "Calls"})
		var begun struct{ Snapshot snapshotBody }
		decode(c.t, r.body, &begun)
		return begun.Snapshot.ID
	case "export":
		return c.wish(c.author, "public")
	case "full export":
		return c.wish(c.bystand, "full")
	case "search", "shared search":
		return id(c.author, "/api/v1/saved-searches", object{"name": thing, "query": "host_country=GBR", "shared": thing == "shared search"}, "saved_search_id")
	case "grant":
		body := object{"kind": "incident", "ref": c.open.ref, "receiver": "other_ngo", "reason": "Asked.", "expires_at": c.clock.Now().Add(time.Hour)}
		return id(c.author, "/api/v1/grants", body, "grant_id", "Idempotency-Key", fmt.Sprintf("grant-%d", c.files))
	case "copy":
		r := c.call(c.author, http.MethodPut, "/api/v1/working-copies/copy-of-the-author", object{"form": object{"a": 1}})
		if r.status != http.StatusOK {
			c.t.Fatalf("make copy: %s", r)
		}
		return "copy-of-the-author"
	case "source":
		return c.source()
	case "member":
		return c.app.person("example_ngo", fmt.Sprintf("colleague-%d", c.files), models.RoleAnalyst).id
	case "member with a link":
		member := c.app.person("example_ngo", fmt.Sprintf("colleague-%d", c.files), models.RoleAnalyst).id
		if r := c.call(c.admin(), http.MethodPost, "/api/v1/members/"+member+"/reset-link", nil); r.status != http.StatusCreated {
			c.t.Fatalf("make %s: %s", thing, r)
		}
		return member
	case "release":
		return "99999"
	case "organisation":
		code := fmt.Sprintf("made_%d", c.files)
		must(c.t, c.store.System().CreateOrganisation(c.t.Context(), code, "Example "+code))
		return code
	case "new app":
		return id(c.author, "/api/v1/me/factors/totp", object{"name": "Phone"}, "factor_id")
	case "factor":
		return c.author.enrolTOTP().id
	}
	return "absent"
}

// wish is the id of an export that somebody asked for.
func (c *cells) wish(u *person, level string) string {
	c.t.Helper()
	r := c.call(u, http.MethodPost, "/api/v1/exports", object{"format": "csv", "level": level})
	var made exportBody
	decode(c.t, r.body, &made)
	if r.status != http.StatusAccepted {
		c.t.Fatalf("ask for export: %s", r)
	}
	return made.ID
}

func (c *cells) admin() *person { return c.kind("org_admin").person }

func (c *cells) kind(name string) who {
	return c.people[slices.IndexFunc(c.people, func(w who) bool { return w.kind == name })]
}

// source is the record of a page that an open, approved record has.
func (c *cells) source() string {
	c.t.Helper()
	body := founding(c.t)
	body["sensitivity"] = "open"
	r := c.call(c.author, http.MethodPost, "/api/v1/incidents", body, "Idempotency-Key", fmt.Sprintf("source-%d", c.files))
	var made struct{ Ref string }
	decode(c.t, r.body, &made)
	move := func(u *person, path string, body object, version int) {
		r := c.call(u, http.MethodPost, "/api/v1/incidents/"+made.Ref+path, body, "If-Match", c.etag(made.Ref, version))
		if r.status != 200 {
			c.t.Fatalf("%s: %s", path, r.body)
		}
	}
	move(c.author, "/transitions", object{"to": "in_review"}, 1)
	move(c.second, "/verification", object{"verification_status": "single_source", "reason": "Read."}, 2)
	move(c.second, "/transitions", object{"to": "approved"}, 3)
	var list struct {
		Items []struct {
			Ref string
		}
	}
	decode(c.t, c.call(c.author, http.MethodGet, "/api/v1/sources?limit=1", nil).body, &list)
	return list.Items[0].Ref
}

// TestCells_OwnThings_ByEverybody is T-01 for what hangs on no record.
func TestCells_OwnThings_ByEverybody(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := newCells(t, a)
		a.handlers.AppsEnough = true // the author reviews too, and owns an app here
		c.own = map[string]string{}
		for _, oc := range ownCases {
			for _, w := range c.people {
				if c.own[oc.thing] == "" {
					c.own[oc.thing] = c.make(oc.thing)
				}
				c.checkOwn(oc, w, c.own[oc.thing])
				if oc.fresh && oc.expected(w) == oc.want {
					delete(c.own, oc.thing)
				}
			}
		}
		t.Logf("%d cells: %d cases of operations on one's own things, %d kinds of people", c.count, len(ownCases), len(c.people))
	})
}

func (c *cells) checkOwn(oc ownCase, w who, id string) {
	c.t.Helper()
	method, path, _ := strings.Cut(c.keyOf(oc.operation), " ")
	before, rest, _ := strings.Cut(path, ":")
	_, rest, _ = strings.Cut(rest, "/")
	path = strings.TrimSuffix(before+id+"/"+rest, "/") + oc.query
	headers := []string{"If-Match", `"v9-00000000"`}
	body := oc.body
	if oc.bytes != nil {
		body, headers = oc.bytes, append(headers, "Content-Type", "application/octet-stream")
	}
	got, want := c.call(w.person, method, path, body, headers...), oc.expected(w)
	if want == "" { // any answer of one's own
		if got.status == 401 || got.status == 403 || got.status == 404 {
			c.t.Errorf("%s on %s by %s: %s", oc.operation, oc.thing, w.kind, got)
		}
	} else if got.String() != want {
		c.t.Errorf("%s on %s by %s: %s, want %s", oc.operation, oc.thing, w.kind, got, want)
	}
	c.count++
}

// TestCells_Lists_ShowWhatMayBeRead compares every way to many records with the
// rights on each single one.
func TestCells_Lists_ShowWhatMayBeRead(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := newCells(t, a)
		for _, w := range c.people {
			if w.dead {
				continue
			}
			list := w.refs(c, "/api/v1/incidents?limit=200")
			export := w.refs(c, "/api/v1/exports/incidents.csv")
			parcel := w.parcel(c)
			var asked []string
			for _, r := range c.records {
				asked = append(asked, r.ref)
			}
			snippets := w.refs(c, "/api/v1/incidents/snippets?q=telephoned&refs="+url.QueryEscape(strings.Join(asked, ",")))
			open := func(r cell) bool { return w.reads(r) && (r.sensitivity == "open" || r.sensitivity == "partner") }
			for _, r := range c.records {
				for _, way := range []struct {
					name     string
					got      []string
					want, at bool
				}{
					{"list", list, w.reads(r), w.may("listIncidents")},
					{"CSV", export, open(r), w.may("exportIncidentsCsv")},
					{"package", parcel, open(r) && (w.has(models.RoleAnalyst, models.RoleReviewer) || w.onTeam(r)), w.may("exportPackage")},
					{"snippets", snippets, open(r), w.may("incidentSnippets")},
				} {
					if got, want := slices.Contains(way.got, r.ref), way.want && way.at; got != want {
						t.Errorf("%s of %s has a record %s, %s: %v, want %v", way.name, w.kind, r.sensitivity, r.state, got, want)
					}
					c.count++
				}
			}
			w.counts(c)
		}
		t.Logf("%d cells of lists, files and counts", c.count)
	})
}

// refs are those that an answer names, in JSON or CSV.
func (w who) refs(c *cells, path string) (out []string) {
	c.t.Helper()
	r := c.call(w.person, http.MethodGet, path, nil)
	if r.status >= 400 {
		return nil
	}
	if strings.HasPrefix(r.header.Get("Content-Type"), "text/csv") {
		return refColumn(c.t, r.body)
	}
	var list struct{ Items []struct{ Ref string } }
	decode(c.t, r.body, &list)
	for _, item := range list.Items {
		out = append(out, item.Ref)
	}
	return out
}

func refColumn(t testing.TB, data []byte) (out []string) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	must(t, err)
	for _, row := range rows[1:] {
		out = append(out, row[slices.Index(rows[0], "ref")])
	}
	return out
}

func (w who) parcel(c *cells) []string {
	c.t.Helper()
	r := c.call(w.person, http.MethodGet, "/api/v1/exports/incidents.zip", nil)
	if r.status >= 400 {
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(r.body), int64(len(r.body)))
	must(c.t, err)
	f, err := z.Open("incidents.csv")
	must(c.t, err)
	data, err := io.ReadAll(f)
	must(c.t, err)
	return refColumn(c.t, data)
}

// counts compares totals, facets and dashboard numbers with what the list has.
func (w who) counts(c *cells) {
	c.t.Helper()
	if !w.may("listIncidents") {
		return
	}
	for _, sensitivity := range cellSensitivities {
		var list struct{ Total int }
		decode(c.t, c.call(w.person, http.MethodGet, "/api/v1/incidents?limit=1&sensitivity="+sensitivity, nil).body, &list)
		all := w.refs(c, "/api/v1/incidents?limit=200&sensitivity="+sensitivity)
		facet := w.facet(c, sensitivity)
		if list.Total != len(all) || facet != len(all) {
			c.t.Errorf("%s: %d records listed of sensitivity %s, total %d, facet %d", w.kind, len(all), sensitivity, list.Total, facet)
		}
		c.count += 2
	}
}

func (w who) facet(c *cells, code string) int {
	c.t.Helper()
	var facets struct {
		Fields []struct {
			Items []struct {
				Code  string
				Count int
			}
		}
	}
	decode(c.t, c.call(w.person, http.MethodGet, "/api/v1/incidents/facets?fields=sensitivity", nil).body, &facets)
	for _, f := range facets.Fields {
		for _, item := range f.Items {
			if item.Code == code {
				return item.Count
			}
		}
	}
	return 0
}
