package storetest_test

import (
	"testing"

	"farwatch/models"
	"farwatch/store/storetest"
)

func sourced(url string) func(*models.IncidentInput) {
	return func(in *models.IncidentInput) {
		in.Sources = append(in.Sources, models.Source{ID: "S2", Kind: "primary_publisher", Publisher: storetest.Ptr("Second Gazette"), URL: &url})
		in.Citations = []models.Citation{{ID: "C1", Entity: "incident", Field: storetest.Ptr("host_country"), Source: "S2", Standing: "accepted"}}
	}
}

func TestMerge_MovesSourcesAndForwardsTheRef_AndCanBeUndone(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		ctx := t.Context()
		author := w.Person(t, "alpha", "author", models.RoleCaseworker, models.RoleReviewer)
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		analyst := w.Person(t, "alpha", "analyst", models.RoleAnalyst)
		stranger := w.Person(t, "beta", "stranger", models.RoleReviewer)
		kept := w.Log(t, author, storetest.ACall().With(sourced("https://gazette.example/a?utm_source=x")))
		lost := w.Log(t, author, storetest.ACall().With(sourced("http://www.gazette.example/a/")).With(func(in *models.IncidentInput) {
			in.Sources = append(in.Sources, models.Source{ID: "S3", Kind: "republication", DerivedFrom: storetest.Ptr("S2"), URL: storetest.Ptr("https://mirror.example/b")})
			in.Evidence = []models.Evidence{{ID: "E1", Kind: "news_article", Access: "held_by_us", Source: storetest.Ptr("S3")}}
		}))
		merge := func(p models.Principal, into string) error {
			_, err := w.For(p).MergeIncident(ctx, lost.Ref, 1, into, nil, w.Vocabulary)
			return err
		}
		wantCode(t, merge(author, kept.Ref), models.KindForbidden, "workflow.own_work")
		wantCode(t, merge(analyst, kept.Ref), models.KindForbidden, "permission.denied")
		wantCode(t, merge(stranger, kept.Ref), models.KindNotFound, "incident.not_found")
		wantCode(t, merge(reviewer, lost.Ref), models.KindConflict, "workflow.not_possible")
		must(t, merge(reviewer, kept.Ref))
		after, err := w.For(author).Incident(ctx, kept.Ref)
		must(t, err)
		if len(after.Sources) != 3 || len(after.Evidence) != 1 || len(after.Citations) != 2 || after.Version != 2 {
			t.Fatalf("the survivor has %d sources, %d evidence, %d citations at version %d", len(after.Sources), len(after.Evidence), len(after.Citations), after.Version)
		}
		if s := after.Sources[2]; s.ID != "S3" || *s.DerivedFrom != "S2" || *after.Evidence[0].Source != "S3" || after.Computed.IndependentOrigins != 2 {
			t.Errorf("moved source %+v, origins %d", s, after.Computed.IndependentOrigins)
		}
		tomb, err := w.For(analyst).Tombstone(ctx, lost.Ref)
		if err != nil || tomb.MergedInto == nil || *tomb.MergedInto != kept.Ref {
			t.Errorf("the ref leads to %v: %v", tomb.MergedInto, err)
		}
		_, err = w.For(stranger).Tombstone(ctx, lost.Ref)
		wantCode(t, err, models.KindNotFound, "incident.not_found")
		if _, _, _, err := w.For(reviewer).Revisions(ctx, lost.Ref, 0, 10); err != nil {
			t.Errorf("the history of the merged record: %v", err)
		}

		_, err = w.For(author).UnmergeIncident(ctx, lost.Ref, 2, nil, w.Vocabulary)
		wantCode(t, err, models.KindForbidden, "workflow.own_work")
		back, err := w.For(reviewer).UnmergeIncident(ctx, lost.Ref, 2, nil, w.Vocabulary)
		if err != nil || back.WorkflowStatus != "draft" || back.MergedInto != nil || content(t, back.IncidentInput) != content(t, lost.IncidentInput) {
			t.Errorf("undone: %s %v %v", back.WorkflowStatus, back.MergedInto, err)
		}
		again, err := w.For(author).Incident(ctx, kept.Ref)
		if err != nil || content(t, again.IncidentInput) != content(t, kept.IncidentInput) || again.Version != 3 {
			t.Errorf("the survivor keeps what it got: %v", err)
		}
	})
}

func TestMerge_IntoAWiderCircle_Refused(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		reviewer := w.Person(t, "alpha", "reviewer", models.RoleReviewer)
		kept, lost := w.Log(t, author, storetest.ACall()), w.Log(t, author, storetest.ACall().Sensitivity("restricted"))
		_, err := w.For(reviewer).MergeIncident(t.Context(), lost.Ref, 1, kept.Ref, nil, w.Vocabulary)
		wantCode(t, err, models.KindConflict, "merge.wider_circle")
	})
}
