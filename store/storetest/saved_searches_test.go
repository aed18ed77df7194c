package storetest_test

import (
	"fmt"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

func news(since time.Time) []store.NewsQuestion { return []store.NewsQuestion{{Since: since}} }

func TestSavedSearches_OwnAndSharedOnly(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		ctx := t.Context()
		owner := w.Person(t, "alpha", "owner", models.RoleAnalyst)
		colleague := w.Person(t, "alpha", "colleague", models.RoleCaseworker)
		advocate := w.Person(t, "alpha", "advocate", models.RoleAdvocate)
		admin := w.Person(t, "alpha", "admin", models.RoleOrgAdmin)
		stranger := w.Person(t, "beta", "stranger", models.RoleReviewer)
		save := func(p models.Principal, name string, shared bool) models.SavedSearch {
			t.Helper()
			s, err := w.For(p).SaveSearch(ctx, models.SavedSearch{Name: name, Query: "methods=spyware", Shared: shared})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		private := save(owner, "Private", false)
		clock.Advance(time.Minute)
		shared := save(owner, "Shared", true)
		if !shared.Mine || shared.Owner != "owner" || !shared.LookedAt.Equal(shared.CreatedAt) {
			t.Errorf("saved %+v", shared)
		}
		for _, c := range []struct {
			who  models.Principal
			want string
		}{
			{owner, "[Shared Private]"}, {colleague, "[Shared]"}, {advocate, "[Shared]"}, {admin, "[]"}, {stranger, "[]"}, {models.Principal{}, "[]"},
		} {
			list, err := w.For(c.who).SavedSearches(ctx)
			names := []string{}
			for _, s := range list {
				names = append(names, s.Name)
			}
			if err != nil || fmt.Sprint(names) != c.want {
				t.Errorf("%s lists %v, want %s: %v", c.who.UserName, names, c.want, err)
			}
		}
		changed := func(p models.Principal, id string) error {
			_, err := w.For(p).ChangeSearch(ctx, models.SavedSearch{ID: id, Name: "Mine now", Query: "scope=in_scope"})
			return err
		}
		wantCode(t, changed(colleague, private.ID), models.KindNotFound, "saved_search.not_found")
		wantCode(t, changed(stranger, shared.ID), models.KindNotFound, "saved_search.not_found")
		wantCode(t, changed(colleague, "no-such-search"), models.KindNotFound, "saved_search.not_found")
		wantCode(t, changed(colleague, shared.ID), models.KindForbidden, "saved_search.not_yours")
		wantCode(t, w.For(colleague).DropSearch(ctx, private.ID), models.KindNotFound, "saved_search.not_found")
		wantCode(t, w.For(colleague).DropSearch(ctx, shared.ID), models.KindForbidden, "saved_search.not_yours")
		wantCode(t, w.For(colleague).LookAtSearch(ctx, private.ID), models.KindNotFound, "saved_search.not_found")
		_, err := w.For(advocate).SaveSearch(ctx, models.SavedSearch{Name: "x", Query: "scope=in_scope", Shared: true})
		wantCode(t, err, models.KindForbidden, "saved_search.share_denied")
		save(advocate, "For myself", false)

		clock.Advance(time.Hour)
		for range 2 {
			if err := w.For(colleague).LookAtSearch(ctx, shared.ID); err != nil {
				t.Fatal(err)
			}
		}
		theirs, err := w.For(colleague).SavedSearch(ctx, shared.ID)
		if err != nil || theirs.LookedAt.Sub(theirs.CreatedAt) != time.Hour || theirs.Mine {
			t.Errorf("after the look %+v: %v", theirs, err)
		}
		if own, err := w.For(owner).SavedSearch(ctx, shared.ID); err != nil || !own.LookedAt.Equal(own.CreatedAt) {
			t.Errorf("the look of another counts for the owner: %+v %v", own, err)
		}
		if err := changed(owner, shared.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.For(colleague).SavedSearch(ctx, shared.ID)
		wantCode(t, err, models.KindNotFound, "saved_search.not_found")
		if err := w.For(owner).DropSearch(ctx, shared.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.For(owner).SavedSearch(ctx, shared.ID)
		wantCode(t, err, models.KindNotFound, "saved_search.not_found")
	})
}

func TestSavedSearches_Bounded(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "owner", models.RoleAnalyst)
		save := func() error {
			_, err := w.For(p).SaveSearch(t.Context(), models.SavedSearch{Name: "x", Query: "scope=in_scope"})
			return err
		}
		for range 100 {
			if err := save(); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, save(), models.KindConflict, "saved_search.too_many")
	})
}
