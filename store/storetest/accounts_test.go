package storetest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store/storetest"
)

func TestSetUp_TenAtOnceWithOneLink_OneAdministrator(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		if err := w.System().CreateSetUpLink(t.Context(), "link", clock.Now().Add(30*time.Minute)); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		won := 0
		together(10, func(i int) {
			p, err := w.System().SetUp(t.Context(), "link", fmt.Sprintf("org_%d", i), "An organisation", fmt.Sprintf("admin-%d", i), "hash", []models.Role{models.RoleOrgAdmin})
			mu.Lock()
			defer mu.Unlock()
			if err == nil && p.Has(models.RoleOrgAdmin) && p.UserID != "" {
				won++
			} else if models.KindOf(err) != models.KindGone {
				t.Errorf("error %v", err)
			}
		})
		if won != 1 {
			t.Errorf("%d administrators", won)
		}
		if required, err := w.System().SetUpRequired(t.Context()); err != nil || required {
			t.Errorf("still required: %v", err)
		}
	})
}

func TestSetUp_BadLink_Refused(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		try := func(hash string) error {
			_, err := w.System().SetUp(t.Context(), hash, "alpha", "Alpha", "admin", "hash", []models.Role{models.RoleOrgAdmin})
			return err
		}
		for _, hash := range []string{"first", "second"} {
			if err := w.System().CreateSetUpLink(t.Context(), hash, clock.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, try("unknown"), models.KindGone, "setup.link_invalid")
		wantCode(t, try("first"), models.KindGone, "setup.link_invalid") // the second replaced it
		clock.Advance(time.Minute)
		wantCode(t, try("second"), models.KindGone, "setup.link_invalid")
		if required, err := w.System().SetUpRequired(t.Context()); err != nil || !required {
			t.Errorf("not required: %v", err)
		}
		w.Person(t, "alpha", "somebody", models.RoleAnalyst)
		if err := w.System().CreateSetUpLink(t.Context(), "third", clock.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		wantCode(t, try("third"), models.KindGone, "setup.link_invalid") // there is a user
	})
}

func TestInvitation_TenAtOnce_OneAccount(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		admin := w.Person(t, "alpha", "admin", models.RoleOrgAdmin)
		if _, err := w.For(admin).CreateInvitation(t.Context(), "token", []models.Role{models.RoleCaseworker}, storetest.Ptr("for the new one")); err != nil {
			t.Fatal(err)
		}
		_, err := w.System().AcceptInvitation(t.Context(), "token", "admin", "hash")
		e := wantCode(t, err, models.KindConflict, "user.name_taken")
		if len(e.Fields) != 1 || e.Fields[0].Pointer != "#/user_name" {
			t.Errorf("fields %v", e.Fields)
		}
		var mu sync.Mutex
		won := 0
		together(10, func(i int) {
			p, err := w.System().AcceptInvitation(t.Context(), "token", fmt.Sprintf("new-%d", i), "hash")
			mu.Lock()
			defer mu.Unlock()
			if err == nil && p.Organisation == "alpha" && p.Has(models.RoleCaseworker) && len(p.Roles) == 1 {
				won++
			} else if models.KindOf(err) != models.KindGone {
				t.Errorf("error %v", err)
			}
		})
		members, err := w.For(admin).Members(t.Context())
		if err != nil || won != 1 || len(members) != 2 {
			t.Errorf("%d accounts, %d members: %v", won, len(members), err)
		}
	})
}

func TestInvitations_BelongToTheirOrganisation(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		admin := w.Person(t, "alpha", "admin", models.RoleOrgAdmin)
		stranger := w.Person(t, "beta", "stranger", models.RoleOrgAdmin)
		made, err := w.For(admin).CreateInvitation(t.Context(), "token", []models.Role{models.RoleReviewer}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if made.CreatedBy != "admin" || made.ExpiresAt != storetest.Start.Add(24*time.Hour) {
			t.Errorf("made %+v", made)
		}
		for name, p := range map[string]models.Principal{"stranger": stranger, "signed out": {}} {
			list, err := w.For(p).Invitations(t.Context())
			if err != nil || len(list) != 0 {
				t.Errorf("%s lists %d: %v", name, len(list), err)
			}
			if err := w.For(p).RevokeInvitation(t.Context(), made.ID); err == nil {
				t.Errorf("%s revoked it", name)
			}
			if name == "signed out" {
				members, err := w.For(p).Members(t.Context())
				if err != nil || len(members) != 0 {
					t.Errorf("%s sees %d members: %v", name, len(members), err)
				}
			}
		}
		list, err := w.For(admin).Invitations(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != made.ID {
			t.Errorf("own list %v: %v", list, err)
		}
		if err := w.For(admin).RevokeInvitation(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		wantCode(t, w.For(admin).RevokeInvitation(t.Context(), made.ID), models.KindNotFound, "invitation.not_found")
		_, err = w.System().AcceptInvitation(t.Context(), "token", "late", "hash")
		wantCode(t, err, models.KindGone, "invitation.link_invalid")
		if _, err := w.For(admin).CreateInvitation(t.Context(), "old", nil, nil); err != nil {
			t.Fatal(err)
		}
		clock.Advance(24 * time.Hour)
		_, err = w.System().AcceptInvitation(t.Context(), "old", "late", "hash")
		wantCode(t, err, models.KindGone, "invitation.link_invalid")
	})
}

func TestMembers_AreThoseOfTheOrganisation(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		admin := w.Person(t, "alpha", "bella", models.RoleOrgAdmin)
		w.Person(t, "alpha", "anna", models.RoleCaseworker, models.RoleAnalyst)
		w.Person(t, "beta", "stranger", models.RoleReviewer)
		if err := w.System().DisableUser(t.Context(), "anna"); err != nil {
			t.Fatal(err)
		}
		members, err := w.For(admin).Members(t.Context())
		if err != nil || len(members) != 2 {
			t.Fatalf("%d members: %v", len(members), err)
		}
		anna, bella := members[0], members[1]
		if anna.UserName != "anna" || anna.Status != models.UserDisabled || len(anna.Roles) != 2 || bella.UserName != "bella" || bella.Status != models.UserActive {
			t.Errorf("members %+v", members)
		}
		if anna.PasswordHash != "" || bella.LastSeenAt == nil || *bella.LastSeenAt != storetest.Start {
			t.Errorf("hash %q, last seen %v", anna.PasswordHash, bella.LastSeenAt)
		}
	})
}

func TestCreateUser_BadNames_Refused(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		w.Person(t, "alpha", "taken", models.RoleAnalyst)
		for name, c := range map[string]struct {
			organisation, user string
			kind               models.Kind
		}{
			"taken":           {"alpha", "taken", models.KindConflict},
			"upper case":      {"alpha", "Taken", models.KindInvalid},
			"short":           {"alpha", "ab", models.KindInvalid},
			"no organisation": {"gamma", "somebody", models.KindNotFound},
		} {
			err := w.System().CreateUser(t.Context(), c.organisation, c.user, "hash", nil)
			if models.KindOf(err) != c.kind || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		wantCode(t, w.System().CreateOrganisation(t.Context(), "alpha", "Again"), models.KindConflict, "organisation.exists")
		wantCode(t, w.System().DisableUser(t.Context(), "nobody"), models.KindNotFound, "user.not_found")
	})
}

func TestWorkingCopies_PrivateAndBounded(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker)
		boss := w.Person(t, "alpha", "boss", models.RoleReviewer, models.RoleOrgAdmin)
		save := func(id, form string) error {
			_, err := w.For(p).SaveWorkingCopy(t.Context(), models.WorkingCopy{ID: id, Title: storetest.Ptr("Draft " + id), Form: []byte(form)})
			return err
		}
		for i := range 50 {
			clock.Advance(time.Second)
			if err := save(fmt.Sprint("copy-", i), `{"a":1}`); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, save("copy-50", `{}`), models.KindConflict, "working_copy.too_many")
		if err := save("copy-0", `{"a":2}`); err != nil {
			t.Errorf("saving one again: %v", err)
		}
		whole := `{"a":"` + strings.Repeat("x", 256<<10-8) + `"}`
		if err := save("copy-1", whole); err != nil {
			t.Errorf("256 KiB: %v", err)
		}
		wantCode(t, save("copy-1", whole+" "), models.KindTooLarge, "request.too_large")
		got, err := w.For(p).WorkingCopy(t.Context(), "copy-0")
		if err != nil || string(got.Form) != `{"a":2}` || *got.Title != "Draft copy-0" {
			t.Errorf("form %s: %v", got.Form, err)
		}
		own, err := w.For(p).WorkingCopies(t.Context())
		if err != nil || len(own) != 50 || own[0].ID != "copy-0" && own[0].ID != "copy-1" && own[0].ID != "copy-49" {
			t.Errorf("%d copies: %v", len(own), err)
		}

		_, err = w.For(boss).WorkingCopy(t.Context(), "copy-0")
		wantCode(t, err, models.KindNotFound, "working_copy.not_found")
		if theirs, err := w.For(boss).WorkingCopies(t.Context()); err != nil || len(theirs) != 0 {
			t.Errorf("another person lists %d: %v", len(theirs), err)
		}
		if err := w.For(boss).DiscardWorkingCopy(t.Context(), "copy-0"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.For(p).WorkingCopy(t.Context(), "copy-0"); err != nil {
			t.Errorf("another person threw it away: %v", err)
		}
		if err := w.For(p).DiscardWorkingCopy(t.Context(), "copy-0"); err != nil {
			t.Fatal(err)
		}
		_, err = w.For(p).WorkingCopy(t.Context(), "copy-0")
		wantCode(t, err, models.KindNotFound, "working_copy.not_found")
	})
}

func TestCampaigns_ForReadersOfTheOrganisation(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		reader := w.Person(t, "alpha", "reader", models.RoleAnalyst)
		if err := w.System().CreateCampaign(t.Context(), "alpha", models.Campaign{Ref: "FW-4F7K-Q2ME", Title: "Calls"}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			p    models.Principal
			want int
		}{
			"reader": {reader, 1}, "admin alone": {w.Person(t, "alpha", "admin", models.RoleOrgAdmin), 0},
			"stranger": {w.Person(t, "beta", "stranger", models.RoleReviewer), 0}, "signed out": {models.Principal{}, 0},
		} {
			list, err := w.For(c.p).Campaigns(t.Context())
			if err != nil || len(list) != c.want {
				t.Errorf("%s: %d campaigns, %v", name, len(list), err)
			}
		}
	})
}
