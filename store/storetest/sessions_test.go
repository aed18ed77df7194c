package storetest_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store/storetest"
)

// signIn opens one more session of the person.
func signIn(t *testing.T, w storetest.World, p models.Principal) models.Session {
	t.Helper()
	s, err := w.System().StartSession(t.Context(), p.UserID, "Another / Linux", models.FactorTOTP)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// live tells whether requests may be made in the session.
func live(t *testing.T, w storetest.World, id string) bool {
	t.Helper()
	_, _, err := w.System().Principal(t.Context(), id)
	if err != nil {
		wantCode(t, err, models.KindUnauthenticated, "session.expired")
	}
	return err == nil
}

// present is one use of a cookie after a pause.
type present struct {
	after   time.Duration
	counter int64
	want    models.RefreshOutcome
	sent    int64 // the counter that goes back
}

func TestPresentRefresh_Table(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		for name, uses := range map[string][]present{
			"in order":              {{0, 1, models.RefreshRotate, 2}, {time.Minute, 2, models.RefreshRotate, 3}},
			"lost answer":           {{0, 1, models.RefreshRotate, 2}, {10 * time.Second, 1, models.RefreshResend, 2}, {0, 2, models.RefreshRotate, 3}},
			"lost answer, too late": {{0, 1, models.RefreshRotate, 2}, {10*time.Second + time.Millisecond, 1, models.RefreshReuse, 2}, {0, 2, models.RefreshEnded, 0}},
			"lost four times": {
				{0, 1, models.RefreshRotate, 2}, {0, 1, models.RefreshResend, 2}, {0, 1, models.RefreshResend, 2}, {0, 1, models.RefreshResend, 2}, {0, 1, models.RefreshReuse, 2},
			},
			"older":                   {{0, 1, models.RefreshRotate, 2}, {0, 2, models.RefreshRotate, 3}, {0, 1, models.RefreshReuse, 3}, {0, 3, models.RefreshEnded, 0}},
			"never issued":            {{0, 2, models.RefreshReuse, 1}, {0, 1, models.RefreshEnded, 0}},
			"idle":                    {{30 * time.Minute, 1, models.RefreshEnded, 0}},
			"not quite idle":          {{30*time.Minute - time.Second, 1, models.RefreshRotate, 2}},
			"resends are counted new": {{0, 1, models.RefreshRotate, 2}, {0, 1, models.RefreshResend, 2}, {0, 2, models.RefreshRotate, 3}, {0, 2, models.RefreshResend, 3}},
		} {
			p := w.Person(t, "alpha", "user-"+fmt.Sprint(len(name)), models.RoleCaseworker)
			other := signIn(t, w, p)
			s := signIn(t, w, p)
			reused := false
			for i, use := range uses {
				clock.Advance(use.after)
				got, outcome, err := w.System().PresentRefresh(t.Context(), s.ID, use.counter)
				if err != nil || outcome != use.want || outcome != models.RefreshEnded && got.Counter != use.sent {
					t.Errorf("%s, use %d: outcome %d with counter %d, %v; want %d with %d", name, i, outcome, got.Counter, err, use.want, use.sent)
				}
				reused = reused || outcome == models.RefreshReuse
			}
			if reused && live(t, w, other.ID) {
				t.Errorf("%s: reuse left another session of the person open", name)
			}
		}
		if _, outcome, err := w.System().PresentRefresh(t.Context(), "00000000-0000-0000-0000-000000000000", 1); err != nil || outcome != models.RefreshEnded {
			t.Errorf("no such family: %d, %v", outcome, err)
		}
	})
}

func TestPresentRefresh_FourAtOnce_NobodyIsThrownOut(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "tabs", models.RoleCaseworker)
		s := signIn(t, w, p)
		for counter := range int64(20) {
			var mu sync.Mutex
			outcomes := map[models.RefreshOutcome]int{}
			together(4, func(int) {
				got, outcome, err := w.System().PresentRefresh(t.Context(), s.ID, counter+1)
				if err != nil || got.Counter != counter+2 {
					t.Errorf("counter %d, %v", got.Counter, err)
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes[outcome]++
			})
			if outcomes[models.RefreshRotate] != 1 || outcomes[models.RefreshResend] != 3 {
				t.Fatalf("round %d: outcomes %v", counter, outcomes)
			}
		}
		if !live(t, w, s.ID) {
			t.Error("the session is gone")
		}
	})
}

func TestPresentRefresh_AdminIdlesOutSooner(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		admin := signIn(t, w, w.Person(t, "alpha", "admin", models.RoleOrgAdmin))
		plain := signIn(t, w, w.Person(t, "alpha", "plain", models.RoleReviewer))
		clock.Advance(15 * time.Minute)
		if live(t, w, admin.ID) || !live(t, w, plain.ID) {
			t.Error("after 15 minutes the admin's session has ended and the other has not")
		}
	})
}

func TestPrincipal_LastSeen_MovesAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		p := w.Person(t, "alpha", "user", models.RoleAnalyst, models.RoleOrgAdmin)
		seen := func() time.Time {
			list, err := w.For(p).Sessions(t.Context())
			if err != nil || len(list) != 1 {
				t.Fatalf("%d sessions: %v", len(list), err)
			}
			return list[0].LastSeenAt
		}
		for _, step := range []struct {
			after time.Duration
			want  time.Duration
		}{{59 * time.Second, 0}, {time.Second, time.Minute}, {30 * time.Second, time.Minute}, {30 * time.Second, 2 * time.Minute}} {
			clock.Advance(step.after)
			if !live(t, w, p.SessionID) {
				t.Fatal("the session has ended")
			}
			if got := seen(); got != storetest.Start.Add(step.want) {
				t.Errorf("last seen %v, want %v", got.Sub(storetest.Start), step.want)
			}
		}
	})
}

func TestStartSession_Sixth_EndsTheOldest(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		p := w.Person(t, "alpha", "user", models.RoleCaseworker)
		other := w.Person(t, "alpha", "other", models.RoleCaseworker)
		ids := []string{p.SessionID}
		for range 5 {
			clock.Advance(time.Second)
			ids = append(ids, signIn(t, w, p).ID)
		}
		var open []bool
		for _, id := range append(ids, other.SessionID) {
			open = append(open, live(t, w, id))
		}
		if want := []bool{false, true, true, true, true, true, true}; !slices.Equal(open, want) {
			t.Errorf("open %v, want %v", open, want)
		}
	})
}

func TestSessions_EndedByTheirOwner(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "user", models.RoleCaseworker)
		other := w.Person(t, "alpha", "other", models.RoleOrgAdmin)
		second := signIn(t, w, p)
		wantCode(t, w.For(other).EndSession(t.Context(), second.ID), models.KindNotFound, "session.not_found")
		wantCode(t, w.For(models.Principal{}).EndSession(t.Context(), second.ID), models.KindNotFound, "session.not_found")
		if !live(t, w, second.ID) {
			t.Error("somebody else ended it")
		}
		if err := w.For(p).EndSession(t.Context(), second.ID); err != nil || live(t, w, second.ID) {
			t.Errorf("the owner: %v", err)
		}
		third := signIn(t, w, p)
		if err := w.For(p).ChangePassword(t.Context(), "new hash"); err != nil {
			t.Fatal(err)
		}
		if live(t, w, third.ID) || !live(t, w, p.SessionID) {
			t.Error("a new password ends every session but the one it was set in")
		}
		if user, err := w.For(p).User(t.Context()); err != nil || user.PasswordHash != "new hash" {
			t.Errorf("hash %q, %v", user.PasswordHash, err)
		}
		if err := w.System().ResetPassword(t.Context(), "user", "reset hash"); err != nil || live(t, w, p.SessionID) {
			t.Errorf("a reset ends all: %v", err)
		}
	})
}

func TestPrincipal_Roles_AreReadEachTime(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "user", models.RoleReviewer, models.RoleAdvocate)
		if want := []models.Role{models.RoleAdvocate, models.RoleReviewer}; !slices.Equal(p.Roles, want) {
			t.Errorf("roles %v, want %v", p.Roles, want)
		}
		if p.Organisation != "alpha" || p.OrganisationName != "Example alpha" || p.UserName != "user" || p.SessionID == "" {
			t.Errorf("principal %+v", p)
		}
		if err := w.System().DisableUser(t.Context(), "user"); err != nil || live(t, w, p.SessionID) {
			t.Errorf("disabled: %v", err)
		}
	})
}
