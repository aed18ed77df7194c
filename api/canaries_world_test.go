package api

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// canary is a text that nobody could guess, in one field, with who may see it.
type canary struct {
	text, field string
	may         func(w who) bool
}

// aviary is a world in which every field of every record sings.
type aviary struct {
	*cells
	birds   map[string]*canary // by text
	sums    map[string]*canary // by SHA-256 of a file
	seen    map[string]bool    // by text: somebody who may has seen it
	foreign *person            // who owns the record of the other organisation
	ids     map[string][]string
	scanned int64
	asked   int
}

const song = "kanari" // every canary begins with it

func (v *aviary) sing(field string, may func(who) bool) string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw)
	text := song + hex.EncodeToString(raw)
	v.birds[text] = &canary{text: text, field: field, may: may}
	return text
}

func (v *aviary) singing(field string, may func(who) bool) *string {
	text := v.sing(field, may)
	return &text
}

// nest is a record with who may see which of its fields.
type nest struct {
	cell
	home     bool
	nameless bool // without the person's identity
}

func (n nest) of(w who) who {
	if !n.home {
		if w.home = !w.home && !w.dead; w.kind != foreignOwner {
			w.member = ""
		}
	}
	return w
}

const foreignOwner = "owner of the other organisation's record"

func (n nest) plain(w who) bool     { return n.of(w).reads(n.cell) }
func (n nest) protected(w who) bool { return n.of(w).seesProtected(n.cell) }
func (n nest) public(w who) bool {
	return n.plain(w) || n.sensitivity == "open" && n.state == models.StatusPublished
}

// content fills every text of a record. What DOMAIN.md marks X is protected,
// what it marks S stays in the organisation, the rest is public once published.
func (v *aviary) content(n nest) models.IncidentInput {
	x := func(field string) *string { return v.singing(field+" of "+n.sensitivity+" "+n.state, n.protected) }
	s := func(field string) *string { return v.singing(field+" of "+n.sensitivity+" "+n.state, n.plain) }
	t := func(field string) *string { return v.singing(field+" of "+n.sensitivity+" "+n.state, n.public) }
	page := func(field *string) *string { return storetest.Ptr("https://example.org/" + *field) }
	b := storetest.ACall().Publishable().Sensitivity(n.sensitivity).Titled(*t("title")).With(func(in *models.IncidentInput) {
		in.Summary, in.InternalNote, in.OriginEntity = *t("summary"), x("internal_note"), t("origin_entity")
		in.HostPlace = models.HostPlace{GeoPrecision: "site", PublicGeoPrecision: "admin1", Admin1: t("admin1"), Locality: s("locality"), Site: x("site")}
		in.Targets[0].RolesRestricted, in.Targets[0].Response, in.Targets[0].ResponseRestricted = []string{"asylum_seeker_or_refugee"}, "undisclosed", storetest.Ptr("complied")
		if !n.nameless {
			in.Targets[0].Identity = &models.Identity{
				Names: []string{*x("names")}, Aliases: []string{*x("aliases")}, Contacts: []string{*x("contacts")}, BirthDate: storetest.Ptr(models.Day("1987-05-04")),
				Address: x("address"), Relatives: x("relatives"), Note: x("identity.note"),
			}
		}
		in.Perpetrators = []models.Perpetrator{{ID: "P1", Type: "unidentified_official", Body: t("body"), PersonName: x("person_name"), Note: t("perpetrator.note")}}
		in.Acts[0].Note, in.Acts[0].Perpetrators = t("act.note"), []models.ActPerpetrator{{Perpetrator: "P1", Involvement: "carried_out"}}
		in.Inducements = []models.Inducement{{
			ID: "I1", Kind: "money_recurring", Target: "T1", Explicitness: "explicit", Condition: t("condition"), Note: t("inducement.note"),
			Amounts: []models.Amount{{ID: "M1", AmountText: *t("amount_text"), CurrencyAsStated: *t("currency"), Period: "month", Standing: "accepted"}},
		}}
		in.Demands = []models.Demand{{ID: "D1", Kind: "attend_events", Target: "T1", Explicitness: "explicit", Note: t("demand.note")}}
		in.Sources = []models.Source{
			{
				ID: "S1", Kind: "primary_publisher", Publisher: t("publisher"), Title: t("source.title"), URL: page(t("url")), ArchiveURL: page(t("archive_url")),
				Author: s("author"), Text: s("source.text"), SubmittedBy: x("submitted_by"),
			},
			{ID: "S2", Kind: "tip", Publisher: x("tip.publisher"), Title: x("tip.title"), URL: page(x("tip.url")), Author: x("tip.author"), Text: x("tip.text"), SubmittedBy: x("tip.submitted_by")},
			{ID: "S3", Kind: "primary_publisher", Publisher: storetest.Ptr("Example Gazette"), URL: storetest.Ptr("https://example.org/a-page-of-all")},
		}
		in.Citations = []models.Citation{
			{ID: "C1", Entity: "incident", Field: storetest.Ptr("host_country"), Source: "S1", Standing: "accepted", Quote: t("quote"), Note: t("citation.note")},
			{ID: "C2", Entity: "incident", Field: storetest.Ptr("origin_country"), Source: "S2", Standing: "accepted", Quote: x("tip.quote"), Note: x("tip.citation.note")},
			{ID: "C3", Entity: "P1", Field: storetest.Ptr("person_name"), Source: "S1", Standing: "accepted", Quote: x("quote of person_name"), Note: x("note of person_name")},
			{ID: "C7", Entity: "E2", Source: "S1", Standing: "accepted", Quote: x("quote of medical record")},
		}
		in.Evidence = []models.Evidence{
			{ID: "E1", Kind: "audio_phone_recording", Access: "held_by_us", Tool: s("tool"), Note: t("evidence.note")},
			{ID: "E2", Kind: "medical_record", Access: "held_by_us", Tool: x("medical tool"), Note: x("medical note")},
		}
		in.Responses = []models.Response{{ID: "R1", Party: "host_state", Kind: "investigation_opened", Body: t("response.body"), Note: t("response.note")}}
		in.Harms = []models.Harm{{ID: "H1", Kind: "injury", Target: "T1", Note: t("harm.note")}}
		in.Consents[0].ExplainedBy, in.Consents[0].Note = x("explained_by"), x("consent.note")
	})
	return b.Input
}

// nests of the home organisation, and one of the other.
func nests() []nest {
	out := []nest{{cell{sensitivity: "open", state: "draft", version: 1}, false, false}}
	for sensitivity, states := range map[string][]string{
		"open": {"draft", "published", "withdrawn"}, "partner": {"draft", "approved"}, "restricted": {"draft", "approved"}, "sealed": {"draft", "in_review"},
	} {
		for _, state := range states {
			out = append(out, nest{cell{sensitivity: sensitivity, state: state, version: 1}, true, false})
		}
	}
	return out
}

func newAviary(c *cells) *aviary {
	v := &aviary{cells: c, birds: map[string]*canary{}, sums: map[string]*canary{}, seen: map[string]bool{}, ids: map[string][]string{}}
	v.foreign = c.person("other_ngo", "foreign-owner", models.RoleCaseworker)
	for _, n := range nests() {
		owner := c.author
		if !n.home {
			owner = v.foreign
		}
		in := v.content(n)
		must(c.t, in.Validate(c.clock.Now(), c.vocab))
		seed := store.SeedIncident{Input: in, Derived: models.Derive(in, c.vocab), WorkflowStatus: n.state, VerificationStatus: "single_source", CreatedAt: storetest.Start}
		must(c.t, c.store.System().Seed(c.t.Context(), map[bool]string{true: "example_ngo", false: "other_ngo"}[n.home], owner.name, c.vocab, slices.Values([]store.SeedIncident{seed}), func(int) {}))
		items, _, _, err := c.store.For(c.principal(owner)).Incidents(c.t.Context(), models.IncidentFilter{}, models.Page{Sort: models.Sort{Column: "title"}, Limit: 200})
		must(c.t, err)
		for _, item := range items {
			if item.Title == in.Title {
				n.ref = item.Ref
			}
		}
		if n.home {
			c.staff(n.cell, c.people...)
		}
		v.around(owner, n)
		c.records = append(c.records, n.cell)
		v.ids["ref"] = append(v.ids["ref"], n.ref)
	}
	v.history()
	v.ownThings()
	return v
}

// around is what hangs on a record: comments, files, an upload on its way.
func (v *aviary) around(owner *person, n nest) {
	name := n.sensitivity + " " + n.state
	v.ids["comment_id"] = append(v.ids["comment_id"], v.say(owner, n.ref, v.sing("comment of "+name, n.protected)))
	if locked(n.cell) {
		return
	}
	data := []byte(v.sing("file bytes of "+name, n.protected) + " is what the file says.\n")
	file := v.attach(owner, n.ref, v.sing("file name of "+name, n.protected)+".txt", data)
	v.ids["file_id"] = append(v.ids["file_id"], file)
	v.sums[sumOf(data)] = v.birds[string(data[:len(song)+32])]
	gone := v.attach(owner, n.ref, "gone.txt", []byte("Another file of "+n.ref))
	r := v.call(owner, http.MethodPost, "/api/v1/incidents/"+n.ref+"/files/"+gone+"/removal", object{"reason": v.sing("reason of a removal in "+name, n.protected)})
	if r.status != http.StatusOK {
		v.t.Fatalf("remove file: %s", r)
	}
	mine := func(w who) bool { return w.id == owner.id }
	v.ids["upload_id"] = append(v.ids["upload_id"], v.upload(owner, n.ref, v.sing("name of an upload to "+name, mine)+".txt", 3))
}

// history leaves in a record what only its past versions say: an erased name,
// and the title of a time when fewer people saw it.
func (v *aviary) history() {
	n := nest{cell{sensitivity: "partner", state: "draft", version: 2}, true, true}
	in := v.content(nest{cell{sensitivity: "restricted", state: "draft"}, true, false})
	made, _, err := v.store.For(v.principal(v.author)).CreateIncident(v.t.Context(), store.CreateIncident{
		Input: in, Derived: models.Derive(in, v.vocab), VocabularyVersion: v.vocab.Version, IdempotencyKey: "history-key", BodyHash: "history",
	})
	must(v.t, err)
	n.ref = made.Ref
	v.staff(n.cell, v.people...)
	in = v.content(n)
	why := v.sing("reason of an edit", n.protected)
	_, err = v.store.For(v.principal(v.second)).UpdateIncident(v.t.Context(), store.UpdateIncident{Ref: made.Ref, Version: 1, Input: in, Reason: &why, Vocab: v.vocab})
	must(v.t, err)
	v.ids["ref"] = append(v.ids["ref"], made.Ref)
	v.records = append(v.records, n.cell)
}

// ownThings hang on no record.
func (v *aviary) ownThings() {
	mine := func(w who) bool { return w.kind == "author" }
	readers := func(w who) bool {
		return w.home && !w.dead && w.has(models.RoleAdvocate, models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer)
	}
	post := func(u *person, path string, body object, member string, headers ...string) string {
		r := v.call(u, http.MethodPost, path, body, headers...)
		var made object
		decode(v.t, r.body, &made)
		if r.status >= 300 {
			v.t.Fatalf("%s: %s", path, r.body)
		}
		id, _ := made[member].(string)
		return id
	}
	admins := func(w who) bool { return w.home && !w.dead && w.has(models.RoleOrgAdmin) }
	post(v.admin(), "/api/v1/invitations", object{"roles": []string{"analyst"}, "note": v.sing("note of an invitation", admins)}, "")
	campaign := post(v.author, "/api/v1/campaigns", object{"title": v.sing("campaign title", readers), "summary": v.sing("campaign summary", readers)}, "ref", "Idempotency-Key", "campaign-key")
	v.ids["campaign"] = []string{campaign}
	for _, shared := range []bool{false, true} {
		may := map[bool]func(who) bool{false: mine, true: readers}[shared]
		id := post(v.author, "/api/v1/saved-searches", object{"name": v.sing(fmt.Sprint("saved search, shared ", shared), may), "query": "q=" + v.sing(fmt.Sprint("query of a saved search, shared ", shared), may), "shared": shared}, "saved_search_id")
		v.ids["saved_search_id"] = append(v.ids["saved_search_id"], id)
	}
	r := v.call(v.author, http.MethodPut, "/api/v1/working-copies/copy-of-the-author", object{"title": v.sing("title of a working copy", mine), "form": object{"names": v.sing("form of a working copy", mine)}})
	if r.status != http.StatusOK {
		v.t.Fatalf("save working copy: %s", r.body)
	}
	v.ids["working_copy_id"] = []string{"copy-of-the-author"}
	table := "title,summary,origin_country\n" + v.sing("cell of a staged table", mine) + ",x,not a country " + v.sing("refused value of a staged table", mine) + "\n"
	v.ids["import_id"] = []string{post(v.author, "/api/v1/imports", object{"name": v.sing("name of a table", mine) + ".csv", "bytes": len(table)}, "import_id")}
	r = v.call(v.author, http.MethodPut, "/api/v1/imports/"+v.ids["import_id"][0]+"/parts?offset=0", []byte(table), "Content-Type", "application/octet-stream")
	if r.status != http.StatusOK {
		v.t.Fatalf("send table: %s", r.body)
	}
	caseworkers := func(w who) bool { return w.home && !w.dead && w.has(models.RoleCaseworker) }
	post(v.author, "/api/v1/import-maps", object{"name": v.sing("name of an import map", caseworkers), "import_id": v.ids["import_id"][0]}, "")
	v.ownFiles(post, mine)
	open, partner := v.nest("open", "draft"), v.nest("partner", "draft")
	both := func(w who) bool { return w.seesProtected(open) && w.seesProtected(partner) }
	r = v.call(v.author, http.MethodPut, "/api/v1/incidents/"+open.ref+"/duplicates/"+partner.ref, object{"note": v.sing("note of a dismissal", both)})
	if r.status != http.StatusOK {
		v.t.Fatalf("dismiss: %s", r.body)
	}
}

// ownFiles are exports of the author, one of level full among them, and a snapshot.
func (v *aviary) ownFiles(post func(*person, string, object, string, ...string) string, mine func(who) bool) {
	exports := func(w who) bool {
		return w.home && !w.dead && w.has(models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer)
	}
	reviewers := func(w who) bool { return w.home && !w.dead && w.has(models.RoleReviewer) }
	full := post(v.author, "/api/v1/exports", object{"format": "jsonl", "level": "full"}, "export_id", "Idempotency-Key", "export-key-full")
	post(v.second, "/api/v1/exports/"+full+"/decision", object{"approve": true}, "")
	v.ids["export_id"] = []string{
		full,
		post(v.author, "/api/v1/exports", object{"format": "csv", "level": "full", "query": "q=" + v.sing("query of a full export", reviewers)}, "export_id", "Idempotency-Key", "export-key-asked"),
		post(v.author, "/api/v1/exports", object{"format": "xlsx", "level": "public", "query": "q=" + v.sing("query of an export", mine)}, "export_id", "Idempotency-Key", "export-key-mine"),
		post(v.author, "/api/v1/exports", object{"format": "package", "level": "de_identified"}, "export_id", "Idempotency-Key", "export-key-package"),
	}
	title, query := v.sing("title of a snapshot", exports), v.sing("query of a snapshot", exports)
	r := v.call(v.author, http.MethodPost, "/api/v1/snapshots", object{"title": title, "query": "q=" + query}, "Idempotency-Key", "snapshot-key")
	var begun struct{ Snapshot snapshotBody }
	decode(v.t, r.body, &begun)
	v.ids["snapshot_id"] = []string{begun.Snapshot.ID}
	// A release of all that may be counted: proposed where there is an analyst.
	for _, w := range v.people {
		if w.home && !w.dead && w.kind == "analyst" {
			v.call(w.person, http.MethodPost, "/api/v1/releases", object{})
		}
	}
	v.ids["release_id"], v.ids["number"], v.ids["name"] = []string{"1"}, []string{"1"}, []string{"SHA256SUMS"}
	must(v.t, v.handlers.WorkExports(v.t.Context(), v.store.System()))
}

func (v *aviary) nest(sensitivity, state string) cell {
	return v.records[slices.IndexFunc(v.records, func(r cell) bool {
		return r.sensitivity == sensitivity && r.state == state && r.ref != v.records[0].ref
	})]
}
