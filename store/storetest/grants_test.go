package storetest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// sharing are people on both sides of a grant.
type sharing struct {
	storetest.World
	t                          *testing.T
	author, reviewer, receiver models.Principal
	asked                      int
}

func newSharing(t *testing.T, w storetest.World) *sharing {
	return &sharing{
		World: w, t: t, author: w.Person(t, "alpha", "author", models.RoleCaseworker),
		reviewer: w.Person(t, "alpha", "reviewer", models.RoleReviewer), receiver: w.Person(t, "beta", "receiver", models.RoleCaseworker),
	}
}

func (s *sharing) ask(in models.GrantInput, search *store.FrozenSearch) models.Grant {
	s.t.Helper()
	s.asked++
	in.Receiver, in.Reason, in.ExpiresAt = "beta", "For a joint report.", storetest.Start.Add(30*24*time.Hour)
	key := fmt.Sprintf("grant-key-%d", s.asked)
	g, err := s.For(s.author).CreateGrant(s.t.Context(), in, search, key, key)
	if err != nil {
		s.t.Fatal(err)
	}
	return g
}

func (s *sharing) decide(g models.Grant, decision string) models.Grant {
	s.t.Helper()
	g, err := s.For(s.reviewer).DecideGrant(s.t.Context(), g.ID, decision)
	if err != nil {
		s.t.Fatal(err)
	}
	return g
}

func (s *sharing) record(rec models.Incident) models.Grant {
	s.t.Helper()
	return s.decide(s.ask(models.GrantInput{Kind: models.GrantIncident, Ref: rec.Ref}, nil), models.GrantApprove)
}

func (s *sharing) search(f models.IncidentFilter) models.Grant {
	s.t.Helper()
	g := s.ask(models.GrantInput{Kind: models.GrantSavedSearch}, &store.FrozenSearch{Name: "Calls", Query: "host_country=GBR", Filter: f})
	return s.decide(g, models.GrantApprove)
}

// through asks every read for what somebody sees by way of a grant, and fails
// unless all agree; nil: the grant does not exist to them.
func (s *sharing) through(p models.Principal, g models.Grant) []string {
	s.t.Helper()
	ctx := s.t.Context()
	v, err := s.For(p).Through(ctx, g.ID, "", "list")
	if err != nil {
		if models.KindOf(err) != models.KindNotFound {
			s.t.Fatal(err)
		}
		return nil
	}
	titles := []string{}
	items, total, _, err := v.Incidents(ctx, models.IncidentFilter{}, models.Page{Sort: models.Sort{Column: "title"}, Limit: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	exported := 0
	for _, item := range items {
		titles = append(titles, item.Title)
		rec, err := v.Incident(ctx, item.Ref)
		if err != nil || rec.OnTeam || rec.CreatedBy != "" || rec.InternalNote != nil {
			s.t.Errorf("%s by way of a grant: on team %v, by %q, note %v, %v", item.Title, rec.OnTeam, rec.CreatedBy, rec.InternalNote, err)
		}
	}
	_, err = v.EachIncident(ctx, models.IncidentFilter{}, store.ExportScope{}, func(models.Incident) error { exported++; return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	stats, err := v.Stats(ctx, models.IncidentFilter{}, true)
	if err != nil {
		s.t.Fatal(err)
	}
	if total != len(titles) || exported != total || stats.Incidents != total {
		s.t.Errorf("list %d, total %d, export %d, stats %d", len(titles), total, exported, stats.Incidents)
	}
	return titles
}

func (s *sharing) wants(what string, p models.Principal, g models.Grant, titles ...string) {
	s.t.Helper()
	got := s.through(p, g)
	if len(titles) == 1 && titles[0] == "absent" {
		if got != nil {
			s.t.Errorf("%s: sees %q, but the grant must not exist", what, got)
		}
		return
	}
	if got == nil || !slices.Equal(got, append([]string{}, titles...)) {
		s.t.Errorf("%s: %q, want %q", what, got, titles)
	}
}

func TestGrant_Search_LendsOpenAndPartnerRecordsOnly(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		s := newSharing(t, w)
		logCircles(t, w, s.author)
		w.Seed(t, s.author, seedOf(w, storetest.ACall().Titled("Withdrawn, open").Sensitivity("open"), "withdrawn"))
		w.Log(t, s.receiver, storetest.ACall().Titled("Their own").Sensitivity("open"))
		g := s.search(models.IncidentFilter{})
		for _, role := range []models.Role{models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer} {
			p := w.Person(t, "beta", "beta-"+string(role), role)
			s.wants(string(role), p, g, "Approved, open", "Approved, partner", "Draft, open", "Draft, partner")
		}
		s.wants("advocate", w.Person(t, "beta", "beta-advocate", models.RoleAdvocate), g, "Approved, open", "Approved, partner")
		s.wants("org_admin", w.Person(t, "beta", "beta-admin", models.RoleOrgAdmin), g, "absent")
		s.wants("a third organisation", w.Person(t, "gamma", "third", models.RoleReviewer), g, "absent")
		s.wants("who shares", s.reviewer, g, "absent")
		closed := w.Person(t, "beta", "beta-closed", models.RoleReviewer)
		if err := w.System().DisableUser(t.Context(), "beta-closed"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.For(closed).Through(t.Context(), g.ID, "", "list"); err == nil {
			t.Error("a closed account reads by way of a grant")
		}
		if own := everywhere(t, w, s.receiver, models.IncidentFilter{}); len(own) != 1 {
			t.Errorf("the receiver's own lists have %d records, want 1", len(own))
		}
	})
}

func TestGrant_Record_EndsWithSensitivityTimeAndRevocation(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		s := newSharing(t, w)
		b := storetest.ACall().Titled("A call").Sensitivity("partner")
		rec := w.Log(t, s.author, b)
		w.Log(t, s.author, storetest.ACall().Titled("Another call").Sensitivity("partner"))
		asked := s.ask(models.GrantInput{Kind: models.GrantIncident, Ref: rec.Ref}, nil)
		s.wants("only asked for", s.receiver, asked, "absent")
		g := s.decide(asked, models.GrantApprove)
		s.wants("approved", s.receiver, g, "A call")
		revoked := s.record(rec)
		began, err := w.For(s.receiver).Through(t.Context(), revoked.ID, "", "list")
		if err != nil {
			t.Fatal(err)
		}
		s.decide(revoked, models.GrantRevoke)
		s.wants("revoked", s.receiver, revoked, "absent")
		if _, err := began.Incident(t.Context(), rec.Ref); models.KindOf(err) != models.KindNotFound {
			t.Errorf("a view from before the revocation still reads: %v", err)
		}
		s.wants("the other grant of it", s.receiver, g, "A call")
		if _, err := w.For(s.author).UpdateIncident(t.Context(), w.Update(rec, b.Sensitivity("restricted"))); err != nil {
			t.Fatal(err)
		}
		s.wants("restricted meanwhile", s.receiver, g)
		received, _, err := w.For(s.receiver).Grants(t.Context(), "")
		if err != nil || len(received) != 0 {
			t.Errorf("a grant that leads nowhere is listed: %v %v", received, err)
		}
		open := s.search(models.IncidentFilter{})
		s.wants("before its end", s.receiver, open, "Another call")
		clock.Advance(30*24*time.Hour - time.Millisecond)
		s.wants("a moment before its end", s.receiver, open, "Another call")
		clock.Advance(time.Millisecond)
		s.wants("at its end", s.receiver, open, "absent")
	})
}

func TestGrant_FrozenFilter_MeansTheSameLater(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		s := newSharing(t, w)
		w.Log(t, s.author, storetest.ACall().Titled("In Britain"))
		w.Log(t, s.author, storetest.ACall().Titled("In Germany").With(func(in *models.IncidentInput) { in.HostCountry = "DEU" }))
		condition, err := models.ParseWhere("host_country:GBR and not origin_country:RUS")
		if err != nil {
			t.Fatal(err)
		}
		words := models.TextQuery{All: []models.TextClause{{{Terms: []string{"britain"}}}}}
		for name, f := range map[string]models.IncidentFilter{
			"a list": {HostCountry: []string{"GBR"}}, "a condition": {Where: &condition}, "words": {Text: &words},
		} {
			s.wants(name, s.receiver, s.search(f), "In Britain")
		}
		w.Log(t, s.author, storetest.ACall().Titled("In Britain, later"))
		g := s.search(models.IncidentFilter{HostCountry: []string{"GBR"}})
		s.wants("records of later", s.receiver, g, "In Britain", "In Britain, later")
	})
}

func TestGrant_TwoPeople_AndWhoMayAsk(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		s := newSharing(t, w)
		both := w.Person(t, "alpha", "both", models.RoleCaseworker, models.RoleReviewer)
		stranger := w.Person(t, "alpha", "off-team", models.RoleCaseworker)
		rec := w.Log(t, s.author, storetest.ACall().Titled("A call").Sensitivity("open"))
		hidden := w.Log(t, s.author, storetest.ACall().Titled("A secret").Sensitivity("restricted"))
		ask := func(p models.Principal, ref, receiver string) (models.Grant, error) {
			s.asked++
			key := fmt.Sprintf("who-may-%d", s.asked)
			return w.For(p).CreateGrant(t.Context(), models.GrantInput{Kind: models.GrantIncident, Ref: ref, Receiver: receiver, Reason: "x", ExpiresAt: storetest.Start.Add(time.Hour)}, nil, key, key)
		}
		code := func(err error) string {
			if err == nil {
				return "ok"
			}
			var e *models.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			return e.Code
		}
		for name, c := range map[string]struct {
			p       models.Principal
			ref, to string
			want    string
		}{
			"team":                 {s.author, rec.Ref, "beta", "ok"},
			"off the team":         {stranger, rec.Ref, "beta", "permission.denied"},
			"restricted":           {s.author, hidden.Ref, "beta", "grant.not_grantable"},
			"own organisation":     {s.author, rec.Ref, "alpha", "validation.failed"},
			"unknown organisation": {s.author, rec.Ref, "no_such", "validation.failed"},
			"foreign record":       {s.receiver, rec.Ref, "alpha", "incident.not_found"},
		} {
			if _, err := ask(c.p, c.ref, c.to); code(err) != c.want {
				t.Errorf("%s: %s, want %s", name, code(err), c.want)
			}
		}
		own, err := ask(both, rec.Ref, "beta")
		if err != nil {
			t.Fatal(err)
		}
		decide := func(p models.Principal, decision string) string {
			_, err := w.For(p).DecideGrant(t.Context(), own.ID, decision)
			return code(err)
		}
		for _, step := range []struct {
			p              models.Principal
			decision, want string
		}{
			{both, "approve", "grant.own_request"},
			{s.author, "approve", "permission.denied"},
			{s.receiver, "approve", "permission.denied"},
			{s.reviewer, "revoke", "grant.not_possible"},
			{s.reviewer, "approve", "ok"},
			{s.reviewer, "approve", "grant.not_possible"},
			{s.reviewer, "decline", "grant.not_possible"},
			{both, "revoke", "ok"},
			{s.reviewer, "approve", "grant.not_possible"},
		} {
			if got := decide(step.p, step.decision); got != step.want {
				t.Errorf("%s by %s: %s, want %s", step.decision, step.p.UserName, got, step.want)
			}
		}
		foreign := w.Person(t, "beta", "beta-reviewer", models.RoleReviewer)
		if _, err := w.For(foreign).DecideGrant(t.Context(), own.ID, "approve"); code(err) != "grant.not_found" {
			t.Errorf("a reviewer of the receiver decides: %v", err)
		}
	})
}

func TestGrant_Audit_TellsWhoSharesWhoLooked(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		s := newSharing(t, w)
		rec := w.Log(t, s.author, storetest.ACall().Titled("A call").Sensitivity("open"))
		g := s.record(rec)
		for range 2 {
			if _, err := w.For(s.receiver).Through(t.Context(), g.ID, rec.Ref, "record"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.For(s.receiver).Through(t.Context(), "absent", rec.Ref, "record"); models.KindOf(err) != models.KindNotFound {
			t.Fatal(err)
		}
		s.decide(g, models.GrantRevoke)
		seen := func(p models.Principal) string {
			page, _, err := w.For(p).OrganisationAudit(t.Context(), models.AuditFilter{}, nil, 100)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, e := range slices.Backward(page) {
				if strings.HasPrefix(e.Action, "grant.") {
					lines = append(lines, e.Action+" "+e.UserName)
				}
			}
			return strings.Join(lines, ", ")
		}
		if got, want := seen(s.author), "grant.request author, grant.approve reviewer, grant.read receiver, grant.read receiver, grant.revoke reviewer"; got != want {
			t.Errorf("audit of who shares: %s, want %s", got, want)
		}
		if got := seen(s.receiver); got != "" {
			t.Errorf("audit of the receiver: %s", got)
		}
		if _, broken, err := w.System().VerifyAudit(t.Context()); err != nil || broken != 0 {
			t.Errorf("the chain is broken at %d: %v", broken, err)
		}
	})
}

func TestGrant_Withdraw_IsOfWhoAskedWhileNobodyDecided(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		s := newSharing(t, w)
		rec := w.Log(t, s.author, storetest.ACall().Titled("A call").Sensitivity("open"))
		foreign := w.Person(t, "beta", "beta-reviewer", models.RoleReviewer)
		ask := func() models.Grant { return s.ask(models.GrantInput{Kind: models.GrantIncident, Ref: rec.Ref}, nil) }
		withdraw := func(p models.Principal, g models.Grant) string {
			_, err := w.For(p).WithdrawGrant(t.Context(), g.ID)
			return code(err)
		}
		g := ask()
		if !g.MayWithdraw || g.MayApprove || g.MayDecline {
			t.Errorf("to who asked: %+v", g)
		}
		if got := withdraw(foreign, g); got != "grant.not_found" {
			t.Errorf("by a reviewer of the receiver: %s", got)
		}
		if got := withdraw(s.reviewer, g); got != "grant.not_yours" {
			t.Errorf("by a reviewer who did not ask: %s", got)
		}
		g, err := w.For(s.author).WithdrawGrant(t.Context(), g.ID)
		if err != nil || g.Status != models.GrantWithdrawn || g.MayWithdraw {
			t.Errorf("withdrawn: %+v, %v", g, err)
		}
		if got := withdraw(s.author, g); got != "grant.not_possible" {
			t.Errorf("twice: %s", got)
		}
		if _, err := w.For(s.reviewer).DecideGrant(t.Context(), g.ID, models.GrantApprove); code(err) != "grant.not_possible" {
			t.Errorf("approved afterwards: %v", err)
		}
		if got := withdraw(s.author, s.record(rec)); got != "grant.not_possible" {
			t.Errorf("what is shared already: %s", got)
		}
		late := ask()
		clock.Advance(31 * 24 * time.Hour)
		if got := withdraw(s.author, late); got != "grant.not_possible" {
			t.Errorf("when its time is over: %s", got)
		}
	})
}

// TestGrant_OfASearch_WaitsForReviewers: no record stands for it in the queue.
func TestGrant_OfASearch_WaitsForReviewers(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		s := newSharing(t, w)
		both := w.Person(t, "alpha", "both", models.RoleCaseworker, models.RoleReviewer)
		foreign := w.Person(t, "beta", "beta-reviewer", models.RoleReviewer)
		s.author = both
		search := &store.FrozenSearch{Name: "Calls", Query: "host_country=GBR"}
		waits := func(p models.Principal) (n int) {
			t.Helper()
			queue, err := w.For(p).Queue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range queue {
				if q.Reason == models.WaitsSearchGrant {
					n = q.Total
				}
			}
			attention, err := w.For(p).Attention(t.Context())
			if err != nil || attention.Waiting != n {
				t.Errorf("%s: attention %+v, queue %d, %v", p.UserName, attention, n, err)
			}
			return n
		}
		g := s.ask(models.GrantInput{Kind: models.GrantSavedSearch}, search)
		s.ask(models.GrantInput{Kind: models.GrantSavedSearch}, search)
		caseworker := w.Person(t, "alpha", "caseworker", models.RoleCaseworker)
		for name, c := range map[string]struct {
			p    models.Principal
			want int
		}{"a reviewer": {s.reviewer, 2}, "who asked": {both, 0}, "a caseworker": {caseworker, 0}, "a reviewer elsewhere": {foreign, 0}} {
			if got := waits(c.p); got != c.want {
				t.Errorf("%s: %d, want %d", name, got, c.want)
			}
		}
		if _, err := w.For(both).WithdrawGrant(t.Context(), g.ID); err != nil {
			t.Fatal(err)
		}
		if got := waits(s.reviewer); got != 1 {
			t.Errorf("one withdrawn: %d", got)
		}
		clock.Advance(31 * 24 * time.Hour)
		if got := waits(s.reviewer); got != 0 {
			t.Errorf("their time is over: %d", got)
		}
	})
}
