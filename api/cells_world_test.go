package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// This file and cells_*_test.go are the authorisation matrix: every operation
// for every kind of person, record and state. What is expected is written here
// anew from the role table of SECURITY.md, never asked of the code under test.

// who is one kind of person.
type who struct {
	*person
	kind  string
	roles []models.Role
	home  bool // of the organisation whose records are asked for
	dead  bool // signed out, or no longer let in
	// On the team of every record, of every one that is not sealed, named on
	// the sealed ones, or none of these.
	member string
}

const (
	memberOfAll      = "all"
	memberOfUnsealed = "unsealed"
	memberOfSealed   = "sealed"
)

func (w who) has(roles ...models.Role) bool {
	return slices.ContainsFunc(roles, func(r models.Role) bool { return slices.Contains(w.roles, r) })
}

func (w who) onTeam(r cell) bool {
	switch w.member {
	case memberOfAll:
		return true
	case memberOfUnsealed:
		return r.sensitivity != "sealed"
	case memberOfSealed:
		return r.sensitivity == "sealed"
	}
	return false
}

// cell is a record with what it stands for.
type cell struct {
	ref, sensitivity, state string
	version                 int
	file, comment           string
}

// Rights on one record, as SECURITY.md's role table and its notes have them.

// inCircle: the organisation, and the sensitivity.
func (w who) inCircle(r cell) bool {
	switch {
	case !w.home || w.dead:
		return false
	case w.has(models.RoleReviewer):
		return r.sensitivity != "sealed" || w.onTeam(r)
	case w.has(models.RoleCaseworker):
		return r.sensitivity == "open" || r.sensitivity == "partner" || w.onTeam(r)
	}
	return w.has(models.RoleAnalyst, models.RoleAdvocate) && (r.sensitivity == "open" || r.sensitivity == "partner")
}

var ended = []string{models.StatusWithdrawn, models.StatusMerged}

// reads the content of the record.
func (w who) reads(r cell) bool {
	over, shown := slices.Contains(ended, r.state), r.state == models.StatusApproved || r.state == models.StatusPublished
	switch {
	case !w.inCircle(r):
		return false
	case w.has(models.RoleReviewer):
		return true
	case w.has(models.RoleCaseworker):
		return !over || w.onTeam(r)
	case w.has(models.RoleAnalyst):
		return !over
	}
	return shown
}

// seesProtected: the protected fields, and so comments and files.
func (w who) seesProtected(r cell) bool {
	return w.reads(r) && (w.has(models.RoleReviewer) || w.has(models.RoleCaseworker) && w.onTeam(r))
}

func locked(r cell) bool {
	return slices.Contains([]string{models.StatusWithdrawn, models.StatusMerged, models.StatusClosed}, r.state)
}

// reviews: a reviewer, of another's work.
func (w who) reviews() string {
	switch {
	case !w.has(models.RoleReviewer):
		return "permission.denied"
	case w.kind == "author":
		return "workflow.own_work"
	}
	return ""
}

var (
	cellSensitivities = []string{"open", "partner", "restricted", "sealed"}
	cellStates        = []string{"draft", "in_review", "approved", "embargoed", "published", "closed", "withdrawn", "merged"}
)

// cells is the world of the matrix.
type cells struct {
	*app
	t       *testing.T
	people  []who
	author  *person // of every record
	second  *person // a reviewer who may be asked
	bystand *person // a caseworker who is on no team
	asked   *person // a reviewer of whom nothing is known yet
	records []cell
	open    cell              // one that everybody who reads records sees
	own     map[string]string // things of the author that belong to no record
	files   int               // made so far, each with bytes of its own
	count   int
	calls   int
	silence map[string][]string // the answers to a word that is nowhere
}

func newCells(t *testing.T, a *app) *cells {
	t.Helper()
	c, die := newPeople(t, a)
	c.log()
	die()
	return c
}

// newPeople are everybody before there is a record; die shuts some of them out.
func newPeople(t *testing.T, a *app) (c *cells, die func()) {
	t.Helper()
	c = &cells{app: a, t: t}
	every := models.Roles()
	c.author = a.person("example_ngo", "author", models.RoleCaseworker, models.RoleReviewer)
	c.second = a.person("example_ngo", "second", models.RoleReviewer)
	c.bystand = a.person("example_ngo", "bystander", models.RoleCaseworker)
	c.asked = a.person("example_ngo", "asked", models.RoleReviewer)
	add := func(kind string, home, dead bool, member string, u *person, roles ...models.Role) {
		c.people = append(c.people, who{person: u, kind: kind, roles: roles, home: home, dead: dead, member: member})
	}
	someone := func(kind, member string, roles ...models.Role) {
		add(kind, true, false, member, a.person("example_ngo", strings.ReplaceAll(kind, " ", "-"), roles...), roles...)
	}
	add("author", true, false, memberOfAll, c.author, models.RoleCaseworker, models.RoleReviewer)
	for _, role := range every {
		someone(string(role), "", role)
	}
	someone("team caseworker", memberOfUnsealed, models.RoleCaseworker)
	someone("named caseworker", memberOfAll, models.RoleCaseworker)
	someone("named reviewer", memberOfSealed, models.RoleReviewer)
	someone("analyst and org_admin", "", models.RoleAnalyst, models.RoleOrgAdmin)
	someone("no role", "")
	add("signed out", false, true, "", a.anyone())
	for _, role := range every {
		name := "other-" + strings.ReplaceAll(string(role), "_", "-")
		add("other "+string(role), false, false, "", a.person("other_ngo", name, role), role)
	}
	add("other with every role", false, false, "", a.person("other_ngo", "other-every", every...), every...)
	return c, func() { c.die(add) }
}

// log seeds one record of each sensitivity and state, with a team, a comment
// and, where a state takes files, a file.
func (c *cells) log() {
	c.records = c.seed(c.author, "Shared", everyKind())
	for i := range c.records {
		r := &c.records[i]
		c.staff(*r, c.people...)
		r.comment = c.say(c.author, r.ref, "Said about it.")
		if r.file = "no-such-file"; !locked(*r) {
			r.file = c.attach(c.author, r.ref, "one.png", pngBytes(c.t, 8+i))
		}
		if r.sensitivity == "open" && r.state == "approved" {
			c.open = *r
		}
	}
}

func everyKind() (out []cell) {
	for _, sensitivity := range cellSensitivities {
		for _, state := range cellStates {
			out = append(out, cell{sensitivity: sensitivity, state: state})
		}
	}
	return out
}

// staff puts those on the team who belong there.
func (c *cells) staff(r cell, people ...who) {
	for _, w := range people {
		if w.kind != "author" && !w.dead && w.onTeam(r) {
			_, err := c.store.For(c.principal(c.author)).Assign(c.t.Context(), r.ref, w.id)
			must(c.t, err)
		}
	}
}

// merge brings records to the state that no seed has: each ends in a fresh one
// of its sensitivity.
func (c *cells) merge(records []*cell, title string) {
	ctx := c.t.Context()
	for i, r := range records {
		into := c.seed(c.author, fmt.Sprintf("%s, survivor %d", title, i), []cell{{sensitivity: r.sensitivity, state: "draft"}})[0]
		c.staff(into, c.people...)
		for _, one := range []cell{*r, into} {
			if r.sensitivity == "sealed" {
				_, err := c.store.For(c.principal(c.author)).Assign(ctx, one.ref, c.second.id)
				must(c.t, err)
			}
		}
		why := "The same."
		_, err := c.store.For(c.principal(c.second)).MergeIncident(ctx, r.ref, 1, into.ref, &why, c.vocab)
		must(c.t, err)
		r.version = 2
	}
}

// seed writes records of these kinds, all by one person.
func (c *cells) seed(owner *person, title string, kinds []cell) []cell {
	var seeds []store.SeedIncident
	out := slices.Clone(kinds)
	for i := range out {
		out[i].version = 1
		from := out[i].state
		if from == models.StatusMerged {
			from = models.StatusDraft
		}
		b := storetest.ACall().Titled(fmt.Sprintf("%s %d", title, i)).Publishable().Sensitivity(out[i].sensitivity)
		seeds = append(seeds, store.SeedIncident{
			Input: b.Input, Derived: models.Derive(b.Input, c.vocab), WorkflowStatus: from, VerificationStatus: "single_source", CreatedAt: storetest.Start,
		})
	}
	must(c.t, c.store.System().Seed(c.t.Context(), "example_ngo", owner.name, c.vocab, slices.Values(seeds), func(int) {}))
	refs := map[string]string{}
	for cursor := ""; ; {
		items, _, next, err := c.store.For(c.principal(owner)).Incidents(c.t.Context(), models.IncidentFilter{}, models.Page{Sort: models.Sort{Column: "title"}, Limit: 200, Cursor: cursor})
		must(c.t, err)
		for _, item := range items {
			refs[item.Title] = item.Ref
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	for i, s := range seeds {
		if out[i].ref = refs[s.Input.Title]; out[i].ref == "" {
			c.t.Fatalf("%q was not seeded", s.Input.Title)
		}
	}
	var merged []*cell
	for i := range out {
		if out[i].state == models.StatusMerged {
			merged = append(merged, &out[i])
		}
	}
	c.merge(merged, title)
	return out
}

func (c *cells) principal(u *person) models.Principal {
	c.t.Helper()
	sessions, err := c.store.For(models.Principal{UserID: u.id}).Sessions(c.t.Context())
	must(c.t, err)
	p, _, err := c.store.System().Principal(c.t.Context(), sessions[0].ID)
	must(c.t, err)
	return p
}

// die adds people who were let in once: on every team, and shut out since.
func (c *cells) die(add func(kind string, home, dead bool, member string, u *person, roles ...models.Role)) {
	ctx := c.t.Context()
	for kind, kill := range map[string]func(*person){
		"revoked session": func(u *person) {
			sessions, err := c.store.For(models.Principal{UserID: u.id}).Sessions(ctx)
			must(c.t, err)
			must(c.t, c.store.For(models.Principal{UserID: u.id}).EndSession(ctx, sessions[0].ID))
		},
		"disabled account": func(u *person) { must(c.t, c.store.System().DisableUser(ctx, u.name)) },
		"expired token": func(u *person) {
			token, _, err := c.tokens.Issue(c.clock.Now().Add(-time.Hour), u.id, "none")
			must(c.t, err)
			u.token = token
		},
	} {
		u := c.person("example_ngo", strings.ReplaceAll(kind, " ", "-"), models.RoleCaseworker, models.RoleReviewer)
		_, err := c.store.For(c.principal(c.author)).Assign(ctx, c.open.ref, u.id)
		must(c.t, err)
		kill(u)
		add(kind, true, true, memberOfAll, u, models.RoleCaseworker, models.RoleReviewer)
	}
}

// say comments on a record and gives the comment's id.
func (c *cells) say(u *person, ref, text string) string {
	c.t.Helper()
	r := c.call(u, http.MethodPost, "/api/v1/incidents/"+ref+"/comments", object{"body": text})
	var made struct {
		ID string `json:"comment_id"`
	}
	decode(c.t, r.body, &made)
	if r.status != http.StatusCreated || made.ID == "" {
		c.t.Fatalf("comment: %s", r.body)
	}
	return made.ID
}

// attach uploads a file in one part and gives its id.
func (c *cells) attach(u *person, ref, name string, data []byte) string {
	c.t.Helper()
	up := struct {
		ID string `json:"upload_id"`
	}{c.upload(u, ref, name, len(data))}
	if r := c.call(u, http.MethodPut, "/api/v1/uploads/"+up.ID+"?offset=0", data, "Content-Type", "application/octet-stream"); r.status != 200 {
		c.t.Fatalf("send part: %d %s", r.status, r.code)
	}
	r := c.call(u, http.MethodPost, "/api/v1/uploads/"+up.ID+"/complete", object{})
	var f struct {
		FileID string `json:"file_id"`
	}
	must(c.t, json.Unmarshal(r.body, &f))
	if r.status != 201 || f.FileID == "" {
		c.t.Fatalf("complete upload: %d %s", r.status, r.body)
	}
	return f.FileID
}

func (c *cells) upload(u *person, ref, name string, size int) string {
	c.t.Helper()
	var up struct {
		ID string `json:"upload_id"`
	}
	r := c.call(u, http.MethodPost, "/api/v1/incidents/"+ref+"/files", object{"name": name, "bytes": size})
	must(c.t, json.Unmarshal(r.body, &up))
	if up.ID == "" {
		c.t.Fatalf("begin upload: %d %s", r.status, r.body)
	}
	return up.ID
}

// etag is what a client that saw this version sends back.
func (c *cells) etag(ref string, version int) string {
	mac := hmac.New(sha256.New, c.handlers.ETagKey[:])
	fmt.Fprintf(mac, "%s %d", ref, version)
	return fmt.Sprintf(`"v%d-%s"`, version, hex.EncodeToString(mac.Sum(nil)[:4]))
}

// answer is what came back, as far as rights go.
type answer struct {
	status int
	code   string // of a failure, also of the one item of a bulk step
	body   []byte
	header http.Header
}

func (a answer) String() string { return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, a.code)) }

func (c *cells) call(u *person, method, path string, body any, headers ...string) answer {
	c.t.Helper()
	c.calls++
	headers = append([]string{"Idempotency-Key", fmt.Sprintf("call-of-the-matrix-%d", c.calls)}, headers...) // its own, unless one is given
	_, w := u.send(method, path, body, headers...)
	out := answer{status: w.Code, body: w.Body.Bytes(), header: w.Header()}
	if w.Code >= 500 {
		c.t.Errorf("%s %s answered %d: %s", method, path, w.Code, w.Body)
	}
	var p struct {
		Code  string
		Items []struct{ Code *string }
	}
	if w.Code >= 400 || strings.HasSuffix(path, "/bulk") {
		must(c.t, json.Unmarshal(w.Body.Bytes(), &p))
		if out.code = p.Code; len(p.Items) == 1 && p.Items[0].Code != nil {
			out.code = *p.Items[0].Code
		}
	}
	return out
}
