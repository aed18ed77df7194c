package storetest_test

import (
	"encoding/json"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store/storetest"
)

// whole has every member of the record model set, protected ones included. All
// of it is invented.
func whole(related, campaign string) models.IncidentInput {
	text, name, number := storetest.Ptr[string], storetest.Ptr[models.Day], storetest.Ptr[int]
	captured := time.Date(2024, 5, 6, 7, 8, 9, 123_000_000, time.UTC)
	in := models.IncidentInput{
		Title: "Two calls and a visit ✓", Summary: "Line one.\nLine two with 维吾尔 and \"quotes\".", InternalNote: text("Call back in June."),
		OriginCountry: "CHN", OriginEntity: text("A regional office"), AttributionBasis: []string{"target_belief", "self_identified"},
		HostCountry: "GBR", ProxyCountry: text("TUR"),
		HostPlace: models.HostPlace{
			GeoPrecision: "site", PublicGeoPrecision: "country", Admin1: text("Exampleshire"), Locality: text("Exampleton"), Site: text("3 Example Road"),
		},
		Occurred: models.Occurred{
			Earliest: name("2024-05-01"), Latest: name("2024-05-31"), Precision: "month", Approximate: true, Uncertain: true,
			Ongoing: storetest.Ptr(false), Repeated: storetest.Ptr(true),
		},
		FirstReported: name("2024-06-02"), PoliceReported: "no",
		ScopeTest:      models.ScopeTest{StateLink: "yes", CrossBorder: "yes", Reason: "unclear", Aim: "yes", Act: "yes"},
		DiscoveryRoute: "unknown", Sensitivity: "restricted",
		Targets: []models.Target{
			{
				ID: "T2", CountingUnit: "person", CountMin: 1, CountMax: number(1), Communities: []string{"uyghur", "kazakh_xinjiang"},
				Roles: []string{"student", "activist"}, RolesRestricted: []string{"asylum_seeker_or_refugee"}, Gender: "unknown", AgeBand: "unknown",
				Response: "undisclosed", ResponseRestricted: text("complied"),
				Identity: &models.Identity{
					Names: []string{"Nobody Inventedname"}, Aliases: []string{"N."}, Contacts: []string{"nobody@example.org"}, BirthDate: name("1990-02-03"),
					Address: text("4 Example Road"), Relatives: text("A sister"), Note: text("Careful."),
				},
			},
			{ID: "T1", CountingUnit: "group", CountMin: 3, Communities: []string{}, Roles: []string{}, RolesRestricted: []string{}, Gender: "unknown", AgeBand: "unknown", Response: "unknown"},
		},
		Perpetrators: []models.Perpetrator{{ID: "P1", Type: "police", Body: text("An office"), PersonName: text("Somebody Inventedname"), Note: text("Spoke twice.")}},
		Acts: []models.Act{
			{
				ID: "A1", Method: "informant_recruitment", Target: "T2", Explicitness: text("implied"), Channels: []string{"wechat", "phone_call"}, Note: text("First call."),
				Perpetrators: []models.ActPerpetrator{{Perpetrator: "P1", Involvement: "suspected"}, {Perpetrator: "P1", Involvement: "ordered"}},
				Occurred:     &models.Occurred{Earliest: name("2024-05-03"), Latest: name("2024-05-03"), Precision: "day"},
			},
			{ID: "A2", Method: "threat_to_family", Target: "T1", Explicitness: text("explicit"), Channels: []string{}, Perpetrators: []models.ActPerpetrator{}},
		},
		Inducements: []models.Inducement{
			{
				ID: "I1", Kind: "money_recurring", Target: "T2", Explicitness: "explicit", Condition: text("monthly report"), Note: text("Two figures."),
				Amounts: []models.Amount{
					{ID: "M1", AmountMin: storetest.Ptr(0.1), AmountMax: storetest.Ptr(1234567.89), AmountText: "up to a lot", CurrencyAsStated: "yuan", CurrencyAssumed: text("CNY"), Period: "month", Standing: "accepted"},
					{ID: "M2", AmountText: "much", CurrencyAsStated: "", Period: "unknown", Standing: "disputed"},
				},
			},
			{ID: "I2", Kind: "job_or_business", Target: "T1", Explicitness: "implied", Amounts: []models.Amount{}},
		},
		Demands: []models.Demand{{ID: "D1", Kind: "report_on_person", Target: "T2", Explicitness: "explicit", Note: text("Names.")}},
		Sources: []models.Source{
			{
				ID: "S1", Kind: "primary_publisher", Publisher: text("Example Gazette"), Title: text("A headline"), URL: text("https://example.org/a?b=c;d"),
				ArchiveURL: text("https://archive.example.org/1"), Author: text("A. Writer"), Language: text("en"), Published: name("2024-06-02"),
				Accessed: name("2024-06-03"), Reliability: text("B"), Scale: text("national"), Text: text("Full text 维吾尔."), TextSHA256: text("ab12"), SubmittedBy: text("A volunteer"),
			},
			{ID: "S2", Kind: "republication", DerivedFrom: text("S1")},
			{ID: "S3", Kind: "direct_interview", Publisher: text("nobody"), Title: text("Interview"), Text: text("Said in confidence."), Accessed: name("2024-06-04"), SubmittedBy: text("casey")},
		},
		Citations: []models.Citation{
			{ID: "C1", Entity: "A1", Field: text("method"), Source: "S1", Quote: text("维吾尔"), Start: number(10), End: number(13), Credibility: text("2"), Standing: "accepted", Note: text("Own translation.")},
			{ID: "C2", Entity: "incident", Source: "S3", Quote: text("confidence"), Start: number(8), End: number(18), Standing: "disputed", Note: text("Quiet.")},
			{ID: "C3", Entity: "P1", Field: text("person_name"), Source: "S1", Quote: text("Somebody"), Standing: "accepted"},
		},
		Evidence: []models.Evidence{
			{ID: "E1", Kind: "audio_phone_recording", Access: "held", Source: text("S1"), SHA256: text("cd34"), CapturedAt: &captured, Tool: text("recorder 1"), Note: text("Two minutes.")},
			{ID: "E2", Kind: "medical_record", Access: "seen", Source: text("S3"), SHA256: text("ef56"), CapturedAt: &captured, Tool: text("scanner"), Note: text("Doctor's letter.")},
		},
		Responses: []models.Response{{ID: "R1", Party: "host_state", Kind: "none_known", Body: text("An office"), Date: name("2024-06-05"), Source: text("S2"), Note: text("No answer.")}},
		Harms:     []models.Harm{{ID: "H1", Kind: "psychological", Target: "T2", Note: text("Sleepless.")}},
		Relations: []models.Relation{{ID: "L1", Kind: "same_target", To: related, Sensitivity: text("restricted"), Note: text("Same person.")}},
		Campaigns: []string{campaign},
		Consents: []models.Consent{
			{ID: "N1", Target: "T2", Level: "given_internal", GivenBy: text("self"), Date: name("2024-06-06"), Language: text("ug"), ExplainedBy: text("casey"), ReviewOn: name("2026-06-06"), Note: text("By telephone.")},
			{ID: "N2", Target: "T1", Level: "unknown"},
		},
	}
	return in
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestIncident_EveryMember_ComesBackEqual(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		related := w.Log(t, author, storetest.AnArrest())
		const campaign = "FW-4F7K-Q2ME"
		if err := w.System().CreateCampaign(t.Context(), "alpha", models.Campaign{Ref: campaign, Title: "A campaign"}); err != nil {
			t.Fatal(err)
		}
		in := whole(related.Ref, campaign)
		want := encoded(t, in)
		rec := w.Log(t, author, storetest.Incident{Input: whole(related.Ref, campaign)})
		check := func(got models.Incident, version int) {
			t.Helper()
			if text := encoded(t, got.IncidentInput); text != want {
				t.Errorf("version %d:\n%s\nwant\n%s", version, text, want)
			}
			if got.Version != version || got.Organisation != "alpha" || got.CreatedBy != "author" || got.WorkflowStatus != "draft" ||
				got.VerificationStatus != "unreviewed" || !got.OnTeam || got.VocabularyVersion != w.Vocabulary.Version {
				t.Errorf("version %d: %+v", version, got)
			}
			c := got.Computed
			if c.Scope != "unclear" || len(c.Families) != 2 || c.PersonsMin != 4 || c.PersonsMax != nil || c.EDTF != "2024-05%" || *c.EventYear != 2024 || c.IndependentOrigins != 2 {
				t.Errorf("version %d computed %s", version, encoded(t, c))
			}
			if got.CreatedAt != storetest.Start {
				t.Errorf("created at %v", got.CreatedAt)
			}
		}
		check(rec, 1)
		read, err := w.For(author).Incident(t.Context(), rec.Ref)
		if err != nil {
			t.Fatal(err)
		}
		check(read, 1)

		clock.Advance(1500 * time.Microsecond) // neither database keeps the half
		if _, err := w.For(author).UpdateIncident(t.Context(), w.Update(rec, storetest.AnArrest().Sensitivity("restricted"))); err != nil {
			t.Fatal(err)
		}
		read, err = w.For(author).Incident(t.Context(), rec.Ref)
		if err != nil {
			t.Fatal(err)
		}
		if text := encoded(t, read.IncidentInput); text != encoded(t, storetest.AnArrest().Sensitivity("restricted").Input) {
			t.Errorf("an edit leaves something behind: %s", text)
		}
		if !read.UpdatedAt.Equal(storetest.Start.Add(time.Millisecond)) || read.UpdatedAt.Location() != time.UTC {
			t.Errorf("updated at %v", read.UpdatedAt)
		}
		back, err := w.For(author).UpdateIncident(t.Context(), w.Update(read, storetest.Incident{Input: in}))
		if err != nil {
			t.Fatal(err)
		}
		check(back, 3)
		if !back.UpdatedAt.After(read.UpdatedAt) {
			t.Errorf("updated at %v, then %v: a feed by time would miss an edit", read.UpdatedAt, back.UpdatedAt)
		}

		var exported []models.Incident
		_, err = w.For(author).EachIncident(t.Context(), models.IncidentFilter{Sensitivity: []string{"restricted"}}, everyScope, func(rec models.Incident) error {
			exported = append(exported, rec)
			return nil
		})
		if err != nil || len(exported) != 1 {
			t.Fatalf("%d exported: %v", len(exported), err)
		}
		check(exported[0], 3)
	})
}

// Creating answers from memory. Whatever is added to a record must come out of
// both ways alike.
func TestCreateIncident_AnswersWhatReadingGives(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		author := w.Person(t, "alpha", "author", models.RoleCaseworker)
		related := w.Log(t, author, storetest.AnArrest())
		const campaign = "FW-4F7K-Q2ME"
		if err := w.System().CreateCampaign(t.Context(), "alpha", models.Campaign{Ref: campaign, Title: "A campaign"}); err != nil {
			t.Fatal(err)
		}
		for _, content := range []models.IncidentInput{whole(related.Ref, campaign), storetest.ACall().Input, storetest.AnArrest().Related("same_case", related.Ref).Input} {
			for _, sensitivity := range []string{"open", "partner", "restricted", "sealed"} {
				made := w.Log(t, author, storetest.Incident{Input: content}.Sensitivity(sensitivity))
				read, err := w.For(author).Incident(t.Context(), made.Ref)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := encoded(t, made), encoded(t, read); got != want {
					t.Errorf("%s: creating answers\n%s\nreading\n%s", sensitivity, got, want)
				}
			}
		}
	})
}

func TestIncident_Members_AreEachStored(t *testing.T) {
	t.Parallel()
	// The twin of the round trip: a member that whole forgets would pass it.
	in := whole("FW-4F7K-Q2ME", "FW-4F7K-Q2ME")
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(data, &members); err != nil {
		t.Fatal(err)
	}
	for name, value := range members {
		list, isList := value.([]any)
		if value == nil || value == "" || isList && len(list) == 0 {
			t.Errorf("%s is not set in the whole record", name)
		}
		if !isList || len(list) == 0 {
			continue
		}
		entry, ok := list[0].(map[string]any)
		for member, v := range entry {
			if ok && v == nil && (name != "Sources" || member != "DerivedFrom") {
				t.Errorf("%s[0].%s is not set in the whole record", name, member)
			}
		}
	}
}
