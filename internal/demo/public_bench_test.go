package demo_test

import (
	"slices"
	"testing"
	"time"

	"farwatch/internal/demo"
	"farwatch/models"
)

// BenchmarkPublic counts 100,000 published records, all of them and by a filter.
func BenchmarkPublic(b *testing.B) {
	v := vocabulary(b)
	var facts []*models.PublicFacts
	for r := range demo.Generate(7, 100_000, v, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) {
		rec := models.Incident{IncidentInput: r.Input, VerificationStatus: r.VerificationStatus, Computed: models.Derive(r.Input, v).Computed}
		f := models.PublicIncident{Record: rec.Public(v)}.Facts(v)
		facts = append(facts, &f)
	}
	counted := true
	for name, filter := range map[string]models.IncidentFilter{
		"all": {Counted: &counted}, "filtered": {Counted: &counted, OriginCountry: []string{"CHN", "RUS"}, Methods: []string{"threat_to_family"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				match := filter.PublicMatch()
				kept := slices.DeleteFunc(slices.Clone(facts), func(p *models.PublicFacts) bool { return !match(p) })
				models.CountPublic(slices.Values(kept), false, time.Time{})
			}
		})
	}
}
