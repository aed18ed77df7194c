package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// mirror is a copy that follows the changes.
type mirror struct {
	*person
	filter   url.Values
	cursor   string
	records  map[string]string // JSON by ref
	gone     map[string]string // why, by ref
	complete bool
}

func newMirror(u *person, filter string) *mirror {
	values, _ := url.ParseQuery(filter)
	return &mirror{person: u, filter: values, records: map[string]string{}, gone: map[string]string{}}
}

func (m *mirror) query(with ...string) string {
	q := maps.Clone(m.filter)
	for i := 0; i < len(with); i += 2 {
		q.Set(with[i], with[i+1])
	}
	return q.Encode()
}

// step takes one answer.
func (m *mirror) step(limit int) {
	m.t.Helper()
	q := m.query("limit", fmt.Sprint(limit))
	if m.cursor != "" {
		q = m.query("limit", fmt.Sprint(limit), "cursor", m.cursor)
	}
	var page struct {
		Items []struct {
			Ref    string
			State  string
			Record json.RawMessage
		}
		Complete   bool
		NextCursor string `json:"next_cursor"`
	}
	_, w := m.send(http.MethodGet, "/api/v1/changes?"+q, nil)
	if w.Code != 200 {
		m.t.Errorf("%d: %s", w.Code, w.Body)
		m.complete = true
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
		m.t.Error(err)
	}
	for _, c := range page.Items {
		if c.State == "here" {
			m.records[c.Ref] = string(c.Record)
			continue
		}
		delete(m.records, c.Ref)
		m.gone[c.Ref] = c.State
		if string(c.Record) != "null" {
			m.t.Errorf("%s is %s and has content: %s", c.Ref, c.State, c.Record)
		}
	}
	m.cursor, m.complete = page.NextCursor, page.Complete
}

func (m *mirror) follow(limit int) {
	m.t.Helper()
	for m.step(limit); !m.complete; m.step(limit) {
	}
}

// same compares the copy with what the program may read now.
func (m *mirror) same(name string) {
	m.t.Helper()
	want := map[string]bool{}
	for cursor := ""; ; {
		var page struct {
			Items      []struct{ Ref string }
			NextCursor *string `json:"next_cursor"`
		}
		q := m.query("limit", "200")
		if cursor != "" {
			q = m.query("limit", "200", "cursor", cursor)
		}
		m.get("/api/v1/incidents?" + q).want(200).json(&page)
		for _, item := range page.Items {
			want[item.Ref] = true
			if m.records[item.Ref] == "" {
				m.t.Errorf("%s: the copy lacks %s", name, item.Ref)
			}
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	for ref, record := range m.records {
		if !want[ref] {
			m.t.Errorf("%s: the copy still has %s", name, ref)
			continue
		}
		if now := strings.TrimSpace(string(m.get("/api/v1/incidents/" + ref).want(200).Body)); now != record {
			m.t.Errorf("%s: the copy has an older %s:\n%s\n%s", name, ref, record, now)
		}
	}
	m.t.Logf("%s: %d records in the copy, %d told gone", name, len(m.records), len(m.gone))
}

// busyDesk changes records at random, as people do who work at once.
type busyDesk struct {
	*cells
	author, reviewer, other models.Principal
	mu                      sync.Mutex
	refs                    []string
	done                    map[string]int
	failed                  map[string]int
}

func (s *busyDesk) pick(r *rand.Rand) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refs[r.IntN(len(s.refs))]
}

// one makes one change; what the rules refuse at that moment is none.
func (s *busyDesk) one(r *rand.Rand, n int) (string, error) {
	ctx := s.t.Context()
	as := []models.Principal{s.author, s.reviewer, s.other}[r.IntN(3)]
	v := s.store.For(as)
	ref, reason := s.pick(r), "Read again."
	switch draw := r.IntN(20); draw {
	case 0:
		return "erase", s.store.System().Erase(ctx, ref, "record", reason, as.UserID)
	case 1, 2:
		b := storetest.ACall().Titled(fmt.Sprintf("New %d", n)).Sensitivity([]string{"open", "partner", "restricted"}[r.IntN(3)])
		key := fmt.Sprintf("storm-%d", n)
		rec, _, err := s.store.For(s.author).CreateIncident(ctx, store.CreateIncident{
			Input: b.Input, Derived: models.Derive(b.Input, s.vocab), VocabularyVersion: s.vocab.Version, IdempotencyKey: key, BodyHash: key,
		})
		if err == nil {
			s.mu.Lock()
			s.refs = append(s.refs, rec.Ref)
			s.mu.Unlock()
		}
		return "create", err
	case 3, 4, 5:
		version, err := v.Version(ctx, ref)
		if err != nil {
			return "withdraw", err
		}
		why := "error"
		_, err = v.MoveIncident(ctx, ref, version, models.Transition{To: "withdrawn", WithdrawalReason: &why, Reason: &reason}, s.vocab)
		return "withdraw", err
	case 6, 7:
		version, err := v.Version(ctx, ref)
		if err != nil {
			return "merge", err
		}
		_, err = v.MergeIncident(ctx, ref, version, s.pick(r), &reason, s.vocab)
		return "merge", err
	case 9:
		version, err := v.Version(ctx, ref)
		if err != nil {
			_, err = v.UndeleteIncident(ctx, ref)
			return "undelete", err
		}
		return "delete", v.DeleteIncident(ctx, ref, version, reason)
	case 8:
		version, err := v.Version(ctx, ref)
		if err != nil {
			return "reopen", err
		}
		_, err = v.MoveIncident(ctx, ref, version, models.Transition{To: "in_review", Reason: &reason}, s.vocab)
		return "reopen", err
	default:
		rec, err := v.PendingContent(ctx, ref)
		if err != nil {
			return "edit", err
		}
		in := rec.IncidentInput
		action := "edit"
		in.Title = fmt.Sprintf("Edited %d", n)
		in.OriginCountry = []string{"CHN", "IRN"}[r.IntN(2)]
		if draw > 14 {
			action, in.Sensitivity = "sensitivity", []string{"open", "partner", "restricted", "sealed"}[r.IntN(4)]
		}
		_, err = v.UpdateIncident(ctx, store.UpdateIncident{Ref: ref, Version: rec.Version, Input: in, Reason: &reason, Vocab: s.vocab})
		return action, err
	}
}

// TestChanges_Mirror_Converges: copies that follow while four writers edit,
// withdraw, merge, raise and lower sensitivity, erase and log, end equal to what
// may be read.
func TestChanges_Mirror_Converges(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		changes := 1000
		if testing.Short() {
			changes = 200
		}
		c := &cells{app: a, t: t}
		author := a.person("example_ngo", "author", models.RoleCaseworker)
		reviewer := a.person("example_ngo", "reviewer", models.RoleReviewer)
		other := a.person("example_ngo", "other", models.RoleReviewer, models.RoleCaseworker)
		var kinds []cell
		for range 5 {
			for _, k := range everyKind() {
				if k.state != models.StatusMerged {
					kinds = append(kinds, k)
				}
			}
		}
		admin := a.person("example_ngo", "seer", models.RoleReviewer, models.RoleCaseworker)
		s := &busyDesk{cells: c, author: c.principal(author), reviewer: c.principal(reviewer), other: c.principal(other), done: map[string]int{}, failed: map[string]int{}}
		var openKinds []cell
		for _, k := range kinds {
			if k.sensitivity != "sealed" {
				openKinds = append(openKinds, k)
			}
		}
		for _, r := range c.seed(admin, "Seeded", openKinds) {
			s.refs = append(s.refs, r.ref)
		}
		a.clock.Advance(time.Minute)
		analyst := a.person("example_ngo", "nadia", models.RoleAnalyst)
		advocate := a.person("example_ngo", "adam", models.RoleAdvocate)
		copies := map[string]*mirror{
			"analyst":         newMirror(analyst.tokenFor("All", "records:read").person, ""),
			"analyst, Iran":   newMirror(analyst.tokenFor("Iran", "records:read").person, "origin_country=IRN"),
			"analyst, counts": newMirror(analyst.tokenFor("Counts", "records:read").person, "counted=true&methods=informant_recruitment"),
			"advocate":        newMirror(advocate.tokenFor("Shown", "records:read").person, ""),
			"reviewer":        newMirror(reviewer.tokenFor("Reviewer", "records:read").person, ""),
		}
		var writers, readers sync.WaitGroup
		var tries, made atomic.Int64
		var over atomic.Bool
		for w := range 4 {
			writers.Go(func() {
				r := rand.New(rand.NewPCG(7, uint64(w)))
				for made.Load() < int64(changes) {
					action, err := s.one(r, int(tries.Add(1)))
					s.mu.Lock()
					if err == nil {
						made.Add(1)
						s.done[action]++
					} else {
						s.failed[action]++
						if known := (*models.Error)(nil); !errors.As(err, &known) || known.Kind == models.KindInternal {
							t.Errorf("%s: %v", action, err)
						}
					}
					s.mu.Unlock()
				}
			})
		}
		for _, m := range copies {
			readers.Go(func() {
				for i := 1; !over.Load(); i++ {
					m.step(1 + i%9)
					time.Sleep(25 * time.Millisecond)
				}
			})
		}
		writers.Wait()
		over.Store(true)
		readers.Wait()
		for _, action := range []string{"edit", "sensitivity", "withdraw", "merge", "erase", "delete", "create"} {
			if s.done[action] == 0 {
				t.Errorf("nothing was done by %s: this test shows nothing of it", action)
			}
		}
		t.Logf("done %v, refused by the rules %v", s.done, s.failed)
		for name, m := range copies {
			m.follow(11)
			m.same(name)
			fresh := newMirror(m.person, m.filter.Encode())
			fresh.follow(200)
			if !maps.Equal(fresh.records, m.records) || len(fresh.gone) > 0 && name != "analyst, Iran" && name != "analyst, counts" {
				t.Errorf("%s: a new copy has %d records and %v gone, the old one %d", name, len(fresh.records), fresh.gone, len(m.records))
			}
		}
		reasons := map[string]bool{}
		for _, m := range copies {
			for _, why := range m.gone {
				reasons[why] = true
			}
		}
		for _, why := range []string{"withdrawn", "merged", "erased", "not_visible", "not_matching"} {
			if !reasons[why] {
				t.Errorf("nobody was told %q: %v", why, slices.Sorted(maps.Keys(reasons)))
			}
		}
	})
}

// TestChanges_TellNothingOfWhatWasNeverSeen: a record that was never open, or
// was gone before the copy began, has no line, and its edits move nothing.
func TestChanges_TellNothingOfWhatWasNeverSeen(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := &cells{app: a, t: t}
		owner := a.person("example_ngo", "owner", models.RoleCaseworker)
		reviewer := a.person("example_ngo", "reviewer", models.RoleReviewer)
		v := a.store.For(c.principal(reviewer))
		records := c.seed(owner, "Seeded", []cell{
			{sensitivity: "restricted", state: models.StatusDraft},
			{sensitivity: "open", state: models.StatusPublished},
			{sensitivity: "open", state: models.StatusApproved},
			{sensitivity: "open", state: models.StatusDraft},
		})
		edit := func(ref, sensitivity string) {
			t.Helper()
			rec, err := v.PendingContent(t.Context(), ref)
			must(t, err)
			reason := "Read again."
			in := rec.IncidentInput
			in.Title += "."
			if sensitivity != "" {
				in.Sensitivity = sensitivity
			}
			_, err = v.UpdateIncident(t.Context(), store.UpdateIncident{Ref: ref, Version: rec.Version, Input: in, Reason: &reason, Vocab: a.vocab})
			must(t, err)
		}
		withdraw := func(ref string) {
			t.Helper()
			version, err := v.Version(t.Context(), ref)
			must(t, err)
			why, reason := "error", "Read again."
			_, err = v.MoveIncident(t.Context(), ref, version, models.Transition{To: "withdrawn", WithdrawalReason: &why, Reason: &reason}, a.vocab)
			must(t, err)
		}
		withdraw(records[1].ref)
		m := newMirror(a.person("example_ngo", "nadia", models.RoleAnalyst).tokenFor("All", "records:read").person, "")
		m.follow(200)
		advocate := newMirror(a.person("example_ngo", "adam", models.RoleAdvocate).tokenFor("Shown", "records:read").person, "")
		advocate.follow(200)
		if len(m.records) != 2 || len(m.gone) != 0 || len(advocate.records) != 1 || len(advocate.gone) != 0 {
			t.Fatalf("%d and %v, advocate %d and %v", len(m.records), m.gone, len(advocate.records), advocate.gone)
		}
		start := advocate.cursor
		begun := m.cursor
		edit(records[0].ref, "")
		edit(records[3].ref, "")
		advocate.follow(200)
		if advocate.cursor != start {
			t.Error("an advocate's cursor moves by a draft")
		}
		edit(records[3].ref, "restricted")
		edit(records[3].ref, "")
		m.follow(200)
		if want := map[string]string{records[3].ref: "not_visible"}; !maps.Equal(m.gone, want) {
			t.Errorf("told gone %v, want %v", m.gone, want)
		}
		after := m.cursor
		edit(records[3].ref, "")
		edit(records[0].ref, "")
		if m.follow(200); m.cursor != after {
			t.Error("the cursor moves by what is hidden")
		}
		withdraw(records[2].ref)
		m.follow(200)
		advocate.follow(200)
		if m.gone[records[2].ref] != "withdrawn" || advocate.gone[records[2].ref] != "withdrawn" {
			t.Errorf("%v, advocate %v", m.gone, advocate.gone)
		}
		// A cursor is good for whom, and for what, it was made.
		m.get("/api/v1/changes?origin_country=CHN&cursor="+begun).wantProblem(400, "cursor.invalid")
		advocate.get("/api/v1/changes?cursor="+begun).wantProblem(400, "cursor.invalid")
		m.get("/api/v1/changes?cursor="+begun[:10]+"A"+begun[11:]).wantProblem(400, "cursor.invalid")
		m.get("/api/v1/changes?cursor=x").wantProblem(400, "cursor.invalid")
		again := m.get("/api/v1/changes?limit=1&cursor=" + begun).want(200)
		if link := again.Header.Get("Link"); !strings.HasPrefix(link, "</api/v1/changes?cursor=") || !strings.HasSuffix(link, `&limit=1>; rel="next"`) {
			t.Errorf("link %q", link)
		}
		stranger := newMirror(a.person("other_ngo", "otto", models.RoleReviewer).tokenFor("All", "records:read").person, "")
		stranger.follow(200)
		if len(stranger.records)+len(stranger.gone) != 0 {
			t.Errorf("another organisation is told %v %v", stranger.records, stranger.gone)
		}
		a.person("example_ngo", "elif", models.RoleOrgAdmin).get("/api/v1/changes").wantProblem(403, "permission.denied")
	})
}
