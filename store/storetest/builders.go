package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"farwatch/models"
	"farwatch/store"
)

// Ptr gives an optional member its value.
func Ptr[T any](v T) *T { return &v }

// Incident builds an input step by step; it starts as the smallest one that is
// valid.
type Incident struct{ Input models.IncidentInput }

// ACall is a minimal valid record: an official telephoned somebody abroad and
// asked for a list of names. The text is invented.
func ACall() Incident {
	in := models.IncidentInput{
		Title:         "A call from home",
		Summary:       "A man who gave his name as an officer telephoned a student and asked who else attends the choir.",
		OriginCountry: "CHN", HostCountry: "GBR",
		AttributionBasis: []string{"self_identified"}, PoliceReported: "unknown",
		Occurred:  models.Occurred{Precision: "unknown"},
		ScopeTest: models.ScopeTest{StateLink: "yes", CrossBorder: "yes", Reason: "yes", Aim: "yes", Act: "yes"},
		Targets:   []models.Target{{ID: "T1", CountingUnit: "person", CountMin: 1, CountMax: Ptr(1), Communities: []string{"uyghur"}}},
		Acts:      []models.Act{{ID: "A1", Method: "informant_recruitment", Target: "T1", Explicitness: Ptr("explicit")}},
		Sources:   []models.Source{{ID: "S1", Kind: "primary_publisher", Publisher: Ptr("Example Gazette")}},
		Consents:  []models.Consent{{ID: "N1", Target: "T1", Level: "unknown"}},
	}
	in.Normalize()
	return Incident{Input: in}
}

// AnArrest is another minimal valid record: a traveller was held in transit.
// The text is invented.
func AnArrest() Incident {
	b := ACall()
	b.Input.Title = "Held between two flights"
	b.Input.Summary = "Border guards kept a choir master in a transit hall for nine hours at the wish of another state."
	b.Input.OriginCountry, b.Input.HostCountry = "TUR", "DEU"
	b.Input.Acts = []models.Act{{ID: "A1", Method: "detention_abroad", Target: "T1"}}
	b.Input.Normalize()
	return b
}

// Titled gives it another title.
func (b Incident) Titled(title string) Incident { b.Input.Title = title; return b }

// Sensitivity says who may see it.
func (b Incident) Sensitivity(code string) Incident { b.Input.Sensitivity = code; return b }

// Publishable opens it with the consent that publication takes.
func (b Incident) Publishable() Incident {
	return b.Sensitivity("open").With(func(in *models.IncidentInput) {
		in.Consents = []models.Consent{{ID: "N1", Target: "T1", Level: "public_source_only"}}
	})
}

// Between sets the bounds; "" leaves one open.
func (b Incident) Between(earliest, latest models.Day) Incident {
	b.Input.Occurred = models.Occurred{Precision: "range", Earliest: day(earliest), Latest: day(latest)}
	return b
}

// Reported sets the day of the first report; "" leaves it out.
func (b Incident) Reported(d models.Day) Incident { b.Input.FirstReported = day(d); return b }

// Related adds a relation to another record.
func (b Incident) Related(kind, ref string) Incident {
	list := append([]models.Relation{}, b.Input.Relations...)
	b.Input.Relations = append(list, models.Relation{ID: fmt.Sprintf("L%d", len(list)+1), Kind: kind, To: ref})
	return b
}

// With changes anything else.
func (b Incident) With(change func(*models.IncidentInput)) Incident {
	change(&b.Input)
	b.Input.Normalize()
	return b
}

func day(d models.Day) *models.Day {
	if d == "" {
		return nil
	}
	return &d
}

// World is a store with the vocabulary and people in it.
type World struct {
	*store.Store
	Vocabulary *models.Vocabulary
}

// Person makes an account, and its organisation if there is none, and signs it
// in.
func (w World) Person(t testing.TB, organisation, name string, roles ...models.Role) models.Principal {
	t.Helper()
	ctx := context.Background()
	err := w.System().CreateOrganisation(ctx, organisation, "Example "+organisation)
	if err != nil && models.KindOf(err) != models.KindConflict {
		t.Fatal(err)
	}
	if err := w.System().CreateUser(ctx, organisation, name, "no hash", roles); err != nil {
		t.Fatal(err)
	}
	user, err := w.System().UserByName(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	session, err := w.System().StartSession(ctx, user.ID, "Test / Linux", models.FactorTOTP)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := w.System().Principal(ctx, session.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var keys atomic.Int64

// Creation is the step of the store that logs the record, under a key of its
// own.
func (w World) Creation(b Incident) store.CreateIncident {
	sum := sha256.Sum256([]byte(b.Input.Title + b.Input.Summary))
	return store.CreateIncident{
		Input: b.Input, Derived: models.Derive(b.Input, w.Vocabulary), VocabularyVersion: w.Vocabulary.Version,
		IdempotencyKey: fmt.Sprintf("test-key-%d", keys.Add(1)), BodyHash: hex.EncodeToString(sum[:]),
	}
}

// Log stores the record as the person.
func (w World) Log(t testing.TB, p models.Principal, b Incident) models.Incident {
	t.Helper()
	rec, _, err := w.For(p).CreateIncident(context.Background(), w.Creation(b))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// Seed stores records in a state that only review reaches.
func (w World) Seed(t testing.TB, owner models.Principal, records ...store.SeedIncident) {
	t.Helper()
	err := w.System().Seed(context.Background(), owner.Organisation, owner.UserName, w.Vocabulary, slices.Values(records), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
}

// Update is the step of the store that replaces a record's content.
func (w World) Update(rec models.Incident, b Incident) store.UpdateIncident {
	reason := "A test needs it so."
	return store.UpdateIncident{Ref: rec.Ref, Version: rec.Version, Input: b.Input, Reason: &reason, Vocab: w.Vocabulary}
}
