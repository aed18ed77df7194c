package storetest_test

import (
	"slices"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// TestEachIncident_Bare_IsTheRedactedRecord: what a file for nobody in
// particular reads is what redaction leaves of the whole record, and nothing of
// it was sealed.
func TestEachIncident_Bare_IsTheRedactedRecord(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		const campaign = "FW-4F7K-Q2ME"
		if err := w.System().CreateCampaign(t.Context(), "alpha", models.Campaign{Ref: campaign, Title: "A campaign"}); err != nil {
			t.Fatal(err)
		}
		related := w.Log(t, author, storetest.AnArrest())
		in := whole(related.Ref, campaign)
		in.Sensitivity = "partner"
		rec := w.Log(t, author, storetest.Incident{Input: in})
		hidden := w.Log(t, author, storetest.Incident{Input: whole(related.Ref, campaign)})
		read := func(scope store.ExportScope) (all map[string]models.Incident, order []string) {
			t.Helper()
			all = map[string]models.Incident{}
			if _, err := w.For(author).EachIncident(t.Context(), models.IncidentFilter{}, scope, func(r models.Incident) error {
				all[r.Ref], order = r, append(order, r.Ref)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return all, order
		}
		full, order := read(store.ExportScope{Bare: true}) // without OpenOnly nothing is left out
		if len(order) != 3 || !slices.IsSorted(order) || full[hidden.Ref].InternalNote == nil {
			t.Errorf("records %q, or one lacks its note", order)
		}
		bare, order := read(store.ExportScope{Bare: true, OpenOnly: true})
		if want := slices.Sorted(slices.Values([]string{related.Ref, rec.Ref})); !slices.Equal(order, want) {
			t.Fatalf("bare records %q, want %q", order, want)
		}
		wide, _ := read(store.ExportScope{Wide: true})
		for ref, got := range wide {
			if shown(t, got) != shown(t, full[ref]) {
				t.Errorf("wide %s\nwant %s", shown(t, got), shown(t, full[ref]))
			}
			if len(got.Citations)+len(got.Consents)+len(got.Relations) > 0 {
				t.Errorf("%s was read whole: %s", ref, encoded(t, got))
			}
		}
		nobody := models.Principal{}
		for ref, got := range bare {
			if got.OnTeam || got.Named || got.CreatedBy != "" || got.InternalNote != nil || got.HostPlace.Site != nil || got.WithdrawalReason != nil {
				t.Errorf("%s tells too much: %s", ref, encoded(t, got))
			}
			want := full[ref]
			want.OnTeam, want.CreatedBy = false, ""
			want, _ = nobody.Redact(want)
			if redacted, _ := nobody.Redact(got); encoded(t, redacted) != encoded(t, want) {
				t.Errorf("bare %s\nwant %s", encoded(t, redacted), encoded(t, want))
			}
		}
	})
}

// shown is what the wide row takes of a record's entries.
func shown(t *testing.T, r models.Incident) string {
	t.Helper()
	r.Targets = slices.Clone(r.Targets)
	for i, x := range r.Targets {
		r.Targets[i] = models.Target{
			Communities: x.Communities, Roles: x.Roles, RolesRestricted: x.RolesRestricted, Gender: x.Gender, AgeBand: x.AgeBand, Response: x.Response,
			ResponseRestricted: x.ResponseRestricted, Identity: x.Identity,
		}
	}
	var out []any
	for _, x := range r.Perpetrators {
		out = append(out, x.Type, x.PersonName)
	}
	for _, x := range r.Acts {
		out = append(out, x.Method, x.Explicitness, x.Channels)
	}
	for _, x := range r.Inducements {
		out = append(out, x.Kind)
	}
	for _, x := range r.Demands {
		out = append(out, x.Kind)
	}
	for _, x := range r.Harms {
		out = append(out, x.Kind)
	}
	for _, x := range r.Responses {
		out = append(out, x.Party, x.Kind)
	}
	for _, x := range r.Evidence {
		if !models.RestrictedEvidence(x.Kind) {
			out = append(out, x.Kind)
		}
	}
	for _, x := range r.Sources {
		if !models.NonPublicSource(x.Kind) {
			out = append(out, x.URL)
		}
	}
	out = append(
		out, r.Ref, r.Version, r.Title, r.Summary, r.InternalNote, r.OriginCountry, r.OriginEntity, r.AttributionBasis, r.HostCountry, r.ProxyCountry, r.HostPlace.Admin1,
		r.HostPlace.Locality, r.HostPlace.Site, r.HostPlace.PublicGeoPrecision, r.Occurred.Earliest, r.Occurred.Latest, r.Occurred.Precision, r.Occurred.Ongoing,
		r.Occurred.Repeated, r.FirstReported, r.PoliceReported, r.DiscoveryRoute, r.Sensitivity, r.Campaigns, r.Targets, r.Organisation, r.WorkflowStatus,
		r.VerificationStatus, r.VocabularyVersion, r.CreatedAt, r.UpdatedAt, r.PublishedAt, r.Computed,
	)
	return encoded(t, out)
}
