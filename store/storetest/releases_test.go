package storetest_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// seeded is an approved record of 2023 with the consent and sensitivity.
func seeded(w storetest.World, title, consent, sensitivity, workflow string, change func(*models.IncidentInput)) store.SeedIncident {
	b := storetest.ACall().Titled(title).Between("2023-03-01", "2023-03-09").Sensitivity(sensitivity).With(func(in *models.IncidentInput) {
		in.Consents = []models.Consent{{ID: "N1", Target: "T1", Level: consent}}
		if change != nil {
			change(in)
		}
	})
	return store.SeedIncident{
		Input: b.Input, Derived: models.Derive(b.Input, w.Vocabulary), WorkflowStatus: workflow, VerificationStatus: "corroborated",
		CreatedAt: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// clearedTitles are the titles of the records that a release would read.
func clearedTitles(t *testing.T, w storetest.World, reader, p models.Principal) []string {
	t.Helper()
	basis, err := w.For(p).ReleaseBasis(t.Context(), w.Vocabulary)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range basis.Cleared {
		rec, err := w.For(reader).Incident(t.Context(), c.Ref)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec.Title)
	}
	slices.Sort(out)
	return out
}

// TestReleaseBasis_TableOfConsentAndSensitivity_LetterC walks the table of
// DOMAIN.md section 8.
func TestReleaseBasis_TableOfConsentAndSensitivity_LetterC(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		analyst := w.Person(t, "beta", "analyst", models.RoleAnalyst)
		var all []store.SeedIncident
		var want []string
		for consent, counts := range map[string]bool{
			"refused": false, "withdrawn": false, "unknown": false, "given_internal": false, "given_aggregate": true,
			"public_source_only": true, "given_pseudonymous": true, "given_named": true, "not_applicable": true,
		} {
			for sensitivity, may := range map[string]bool{"open": true, "partner": true, "restricted": true, "sealed": false} {
				title := consent + " " + sensitivity
				all = append(all, seeded(w, title, consent, sensitivity, "approved", nil))
				if counts && may {
					want = append(want, title)
				}
			}
		}
		for _, status := range []string{"draft", "in_review", "embargoed", "published", "closed", "withdrawn", "merged"} {
			all = append(all, seeded(w, status, "given_pseudonymous", "open", status, nil))
		}
		for title, change := range map[string]func(*models.IncidentInput){
			"out of scope": func(in *models.IncidentInput) { in.ScopeTest.Act = "no" },
			"undated":      func(in *models.IncidentInput) { in.Occurred = models.Occurred{Precision: "unknown"} },
			"too recent": func(in *models.IncidentInput) {
				in.Occurred.Earliest, in.Occurred.Latest = storetest.Ptr(models.Day("2025-03-01")), storetest.Ptr(models.Day("2025-03-09"))
			},
		} {
			all = append(all, seeded(w, title, "given_aggregate", "open", "approved", change))
		}
		debunked := seeded(w, "debunked", "given_aggregate", "open", "approved", nil)
		debunked.VerificationStatus = "debunked"
		unreviewed := seeded(w, "unreviewed", "given_aggregate", "open", "approved", nil)
		unreviewed.VerificationStatus = "unreviewed"
		w.Seed(t, reviewer, append(all, debunked, unreviewed)...)
		slices.Sort(want)
		if got := clearedTitles(t, w, reviewer, analyst); !slices.Equal(got, want) {
			t.Errorf("cleared %q, want %q", got, want)
		}
		basis, err := w.For(analyst).ReleaseBasis(t.Context(), w.Vocabulary)
		if err != nil {
			t.Fatal(err)
		}
		if basis.Organisations != 2 || len(basis.Published) != 1 || len(basis.Earlier) != 0 {
			t.Errorf("%d organisations, %d published, %d earlier", basis.Organisations, len(basis.Published), len(basis.Earlier))
		}
		c := basis.Cleared[0]
		if c.Year != 2023 || !slices.Equal(c.Persons, []int{1}) || c.Origin != "CHN" || c.Host != "GBR" || c.Police != "unknown" ||
			!slices.Equal(c.Families, []string{"recruitment"}) || !slices.Equal(c.Communities, []string{"turkic_muslim_xinjiang", "uyghur"}) {
			t.Errorf("%+v", c)
		}
		for _, role := range []models.Role{models.RoleAdvocate, models.RoleCaseworker, models.RoleOrgAdmin} {
			if _, err := w.For(w.Person(t, "alpha", "a-"+string(role[:4]), role)).ReleaseBasis(t.Context(), w.Vocabulary); models.KindOf(err) != models.KindForbidden {
				t.Errorf("%s reads the basis of releases: %v", role, err)
			}
		}
	})
}

func aState(build int) models.ReleaseState {
	return models.ReleaseState{
		Build: build, Known: []string{"k"},
		Members: []models.ReleaseMember{{Key: 1<<63 + 5, Records: []string{"r"}, Orgs: []int64{1}, Year: 2023, Persons: 12, Largest: 1, Origin: "CHN", Host: "GBR", Families: []string{"recruitment"}, Communities: []string{"uyghur"}, Police: "no"}},
		Cells:   []models.ReleaseCell{{Table: "total", Year: 2023, Shown: "number", Number: 14, Build: build}},
	}
}

var someFiles = []models.ReleaseFile{{Name: "total.csv", Type: "text/csv; charset=utf-8", Bytes: 3, SHA256: "00", Data: []byte("a,b")}}

func code(err error) string {
	if err == nil {
		return ""
	}
	var e *models.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return err.Error()
}

func TestReleaseBasis_DeletedRecord_NotCounted(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		analyst := w.Person(t, "beta", "analyst", models.RoleAnalyst)
		w.Seed(t, reviewer, seeded(w, "stays", "given_aggregate", "open", "approved", nil), seeded(w, "goes", "given_aggregate", "open", "approved", nil))
		items, _, _, err := w.For(reviewer).Incidents(t.Context(), models.IncidentFilter{}, models.Page{Limit: 10, Sort: models.Sort{Column: "title"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			if item.Title == "goes" {
				if err := w.For(reviewer).DeleteIncident(t.Context(), item.Ref, item.Version, "entered twice"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := clearedTitles(t, w, reviewer, analyst); !slices.Equal(got, []string{"stays"}) {
			t.Errorf("cleared %q", got)
		}
	})
}

func TestReleases_Steps_ThreePeopleInOrder(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		analyst := w.Person(t, "alpha", "analyst", models.RoleAnalyst)
		reviewer := w.Person(t, "beta", "reviewer", models.RoleReviewer)
		admin := w.Person(t, "beta", "admin", models.RoleInstanceAdmin)
		both := w.Person(t, "alpha", "both", models.RoleAnalyst, models.RoleReviewer, models.RoleInstanceAdmin)
		ctx := t.Context()
		r, err := w.For(both).ProposeRelease(ctx, aState(1), "The first one", nil)
		if err != nil || r.State != "draft" || r.ProposedBy != "both" || r.Number != nil {
			t.Fatalf("%+v, %v", r, err)
		}
		refuse := func(what, want string, err error) {
			t.Helper()
			if got := code(err); got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		_, err = w.For(analyst).ProposeRelease(ctx, aState(2), "", nil)
		refuse("a second one on its way", "release.open", err)
		_, err = w.For(both).ApproveRelease(ctx, 1)
		refuse("approve one's own", "release.same_person", err)
		_, err = w.For(analyst).ApproveRelease(ctx, 1)
		refuse("approve as analyst", "permission.denied", err)
		_, err = w.For(admin).PublishRelease(ctx, 1, 1, someFiles)
		refuse("publish before approval", "release.not_possible", err)
		if r, err = w.For(reviewer).ApproveRelease(ctx, 1); err != nil || r.State != "approved" || *r.ApprovedBy != "reviewer" {
			t.Fatalf("%+v, %v", r, err)
		}
		_, err = w.For(both).PublishRelease(ctx, 1, 1, someFiles)
		refuse("publish what one proposed", "release.same_person", err)
		_, err = w.For(reviewer).PublishRelease(ctx, 1, 1, someFiles)
		refuse("publish as reviewer", "permission.denied", err)
		_, err = w.For(admin).PublishRelease(ctx, 1, 7, someFiles)
		refuse("publish under another number", "release.changed", err)
		if list, err := w.Public().Releases(ctx); err != nil || len(list) != 0 {
			t.Errorf("public before publication: %d, %v", len(list), err)
		}
		if r, err = w.For(admin).PublishRelease(ctx, 1, 1, someFiles); err != nil || r.State != "published" || *r.Number != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		_, err = w.For(analyst).DiscardRelease(ctx, 1)
		refuse("discard a published one", "release.not_possible", err)
		_, err = w.For(analyst).ProposeRelease(ctx, aState(2), "", nil)
		refuse("the next one at once", "release.too_soon", err)
		clock.Advance(91 * 24 * time.Hour)
		_, err = w.For(refresh(t, w, "analyst")).ProposeRelease(ctx, aState(3), "", nil)
		refuse("built from something else", "release.changed", err)

		list, err := w.Public().Releases(ctx)
		if err != nil || len(list) != 1 || *list[0].Number != 1 || list[0].Note != "The first one" || list[0].ProposedBy != "" || len(list[0].Files) != 1 || list[0].Files[0].Data != nil {
			t.Errorf("public list %+v, %v", list, err)
		}
		f, err := w.Public().ReleaseFile(ctx, 1, "total.csv")
		if err != nil || string(f.Data) != "a,b" {
			t.Errorf("%+v, %v", f, err)
		}
		for _, missing := range []struct {
			number int
			name   string
		}{{2, "total.csv"}, {1, "other.csv"}} {
			_, err = w.Public().ReleaseFile(ctx, missing.number, missing.name)
			refuse("a file that is not there", "release.not_found", err)
		}
		basis, err := w.System().ReleaseBasis(ctx, w.Vocabulary)
		if err != nil || len(basis.Earlier) != 1 || !reflect.DeepEqual(basis.Earlier[0], aState(1)) {
			t.Errorf("%+v, %v", basis.Earlier, err)
		}
	})
}

// refresh signs a person in again whose session ended with the time.
func refresh(t *testing.T, w storetest.World, name string) models.Principal {
	t.Helper()
	p, err := w.System().ActAs(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReleases_CorrectionAndDiscard_CountOn(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		analyst := w.Person(t, "alpha", "analyst", models.RoleAnalyst)
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		admin := w.Person(t, "alpha", "admin", models.RoleInstanceAdmin)
		ctx := t.Context()
		publish := func(build, number int, corrects *int) {
			t.Helper()
			_, err := w.For(analyst).ProposeRelease(ctx, aState(build), "", corrects)
			if err == nil {
				_, err = w.For(reviewer).ApproveRelease(ctx, build)
			}
			if err == nil {
				_, err = w.For(admin).PublishRelease(ctx, build, number, someFiles)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.For(analyst).ProposeRelease(ctx, aState(1), "", storetest.Ptr(1)); code(err) != "validation.failed" {
			t.Errorf("corrects a release that is not there: %v", err)
		}
		if _, err := w.For(analyst).ProposeRelease(ctx, aState(1), "", nil); err != nil {
			t.Fatal(err)
		}
		if r, err := w.For(admin).DiscardRelease(ctx, 1); err != nil || r.State != "discarded" {
			t.Fatalf("%+v, %v", r, err)
		}
		publish(2, 1, nil)
		publish(3, 2, storetest.Ptr(1)) // at once: it corrects
		list, err := w.For(reviewer).Releases(ctx)
		if err != nil || len(list) != 3 || *list[0].Number != 2 || *list[0].Corrects != 1 || list[2].State != "discarded" {
			t.Errorf("%+v, %v", list, err)
		}
		basis, err := w.System().ReleaseBasis(ctx, w.Vocabulary)
		if err != nil || len(basis.Earlier) != 3 {
			t.Errorf("the discarded release is forgotten: %d, %v", len(basis.Earlier), err)
		}
		for _, role := range []models.Role{models.RoleAdvocate, models.RoleCaseworker, models.RoleOrgAdmin} {
			p := w.Person(t, "alpha", "b-"+string(role[:4]), role)
			if _, err := w.For(p).Releases(ctx); code(err) != "permission.denied" {
				t.Errorf("%s lists releases: %v", role, err)
			}
			if _, err := w.For(p).ProposeRelease(ctx, aState(4), "", nil); code(err) != "permission.denied" {
				t.Errorf("%s proposes: %v", role, err)
			}
		}
	})
}

// TestReleases_TwoAtOnce_OneIsKept: the second is told to wait.
func TestReleases_TwoAtOnce_OneIsKept(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		analyst := w.Person(t, "alpha", "analyst", models.RoleAnalyst)
		errs := make(chan error, 8)
		for range 8 {
			go func() {
				_, err := w.For(analyst).ProposeRelease(t.Context(), aState(1), "", nil)
				errs <- err
			}()
		}
		kept := 0
		for range 8 {
			switch c := code(<-errs); c {
			case "":
				kept++
			case "release.open":
			default:
				t.Errorf("refused with %q", c)
			}
		}
		if kept != 1 {
			t.Errorf("%d releases were kept", kept)
		}
	})
}
