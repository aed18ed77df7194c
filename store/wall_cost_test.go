package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// wallRecords is how many records the costs are measured on.
const wallRecords = 20_000

// BenchmarkWall measures what the policies cost: each read with them, and with
// them taken down.
func BenchmarkWall(b *testing.B) {
	address := storetest.Postgres(b)
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{PostgresURL: storetest.AsOwner(b, address), AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
	must(b, err)
	b.Cleanup(func() { must(b, s.Close()) })
	super, err := sql.Open("pgx", address)
	must(b, err)
	b.Cleanup(func() { must(b, super.Close()) })
	p := person(b, s, "alpha", "author", models.RoleCaseworker)
	v := vocabulary(b)
	must(b, s.System().Seed(ctx, "alpha", "author", v, func(yield func(store.SeedIncident) bool) {
		for i := range wallRecords {
			in := input(fmt.Sprintf("Call %d", i), []string{"informant_recruitment", "detention_abroad"}[i%2])
			in.OriginCountry = []string{"CHN", "IRN", "TUR", "RUS"}[i%4]
			if !yield(store.SeedIncident{Input: in, Derived: models.Derive(in, v), WorkflowStatus: "draft", VerificationStatus: "unreviewed", CreatedAt: storetest.Start}) {
				return
			}
		}
	}, func(int) {}))
	page := models.Page{Sort: models.Sort{Column: "updated_at", Descending: true}, Limit: 50}
	methods := models.IncidentFilter{Methods: []string{"detention_abroad"}}
	reads := []struct {
		name string
		read func() error
	}{
		{"list", func() error { _, _, _, err := s.For(p).Incidents(ctx, models.IncidentFilter{}, page); return err }},
		{"list_by_method", func() error { _, _, _, err := s.For(p).Incidents(ctx, methods, page); return err }},
		{"stats", func() error { _, err := s.For(p).Stats(ctx, models.IncidentFilter{}, true); return err }},
		{"export", func() error {
			_, err := s.For(p).EachIncident(ctx, models.IncidentFilter{}, store.ExportScope{}, func(models.Incident) error { return nil })
			return err
		}},
	}
	for _, state := range []string{"walled", "open"} {
		if state == "open" {
			walls{s, super}.pull(b)
		}
		for _, r := range reads {
			b.Run(r.name+"/"+state, func(b *testing.B) {
				for b.Loop() {
					must(b, r.read())
				}
			})
		}
	}
}
