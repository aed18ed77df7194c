package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"farwatch/api/spec"
	"farwatch/handlers"
	"farwatch/internal/demo"
	"farwatch/internal/search"
	"farwatch/models"
	"farwatch/store"
	"farwatch/store/benchdb"
)

// loadClients ask at the same time, one question after the other.
const loadClients = 16

// loadTime is how long a side is under load, a moment where the file is only a
// trial; the slow side ends its last questions in any case.
func (t *benchTarget) loadTime() time.Duration {
	if t.n < 10_000 {
		return 50 * time.Millisecond
	}
	return 5 * time.Second
}

// under runs do by some clients for a while and returns how often a second it
// ended, and how long each took; it tells the processor time. do gets a number that never comes again.
func (t *benchTarget) under(side string, clients int, do func(i int) error) (rate float64, took []time.Duration, err error) {
	var next atomic.Int64
	var mu sync.Mutex
	var group sync.WaitGroup
	begun, used := time.Now(), processorTime()
	for range clients {
		group.Go(func() {
			var own []time.Duration
			var failed error
			for failed == nil && (len(own) == 0 || time.Since(begun) < t.loadTime()) {
				start := time.Now()
				failed = do(int(next.Add(1)))
				own = append(own, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			took, err = append(took, own...), errors.Join(err, failed)
		})
	}
	group.Wait()
	each := (processorTime() - used) / time.Duration(max(1, len(took)))
	_, _ = fmt.Fprintf(t.stderr, "  %s: %d times, %s of processor time each\n", side, len(took), each.Round(time.Microsecond))
	return float64(len(took)) / time.Since(begun).Seconds(), took, err
}

// rate is a figure of which more is better.
func rate(name string, n int, ours, plain float64) measured {
	return measured{Name: name, N: n, Value: ours, Unit: "1/s", Baseline: plain, Ratio: plain / max(1e-9, ours)}
}

// codedFilter is a filter of two to four codes, another one for each number.
func codedFilter(i int) models.IncidentFilter {
	dice := rand.New(rand.NewPCG(benchSeed, uint64(i))) //nolint:gosec // G404: the same questions in every run
	pick := func(codes ...string) []string {
		dice.Shuffle(len(codes), func(a, b int) { codes[a], codes[b] = codes[b], codes[a] })
		return codes[:1+dice.IntN(3)]
	}
	f := models.IncidentFilter{HostCountry: pick("THA", "TUR", "RUS", "ARE", "GBR", "DEU", "USA", "CAN", "FRA", "SWE")}
	if dice.IntN(2) == 0 {
		f.OriginCountry = pick("CHN", "TUR", "TJK", "RUS", "EGY", "IRN")
	}
	if dice.IntN(2) == 0 {
		f.Methods = pick("detention_abroad", "unlawful_deportation", "informant_recruitment", "threat_to_family", "spyware")
	}
	if dice.IntN(2) == 0 {
		f.Communities = pick("turkic_muslim_xinjiang", "uyghur", "hizmet_movement", "russian_opposition")
	}
	since := models.Day("2005-01-01").AddDays(i % 5000) // so that no two are the same
	f.DateFrom = &since
	return f
}

// benchDashboardLoad measures the dashboard over filters that are all different,
// with the column index and by SQL, and the same question again and again.
func benchDashboardLoad(ctx context.Context, t *benchTarget) ([]measured, error) {
	ask := func(s *store.Store, filter func(int) models.IncidentFilter) func(int) error {
		v := s.For(t.principal)
		return func(i int) error {
			_, err := v.Stats(ctx, filter(i), false)
			return err
		}
	}
	var figures []measured
	for _, c := range []struct {
		name   string
		filter func(int) models.IncidentFilter
	}{{"dashboard_p95_unfiltered", func(int) models.IncidentFilter { return models.IncidentFilter{} }}, {"dashboard_p95_filtered", codedFilter}} {
		_, ours, err := t.under(c.name, 1, ask(t.store, c.filter))
		if err != nil {
			return nil, err
		}
		_, slow, err := t.under(c.name+" by SQL", 1, ask(t.slow, c.filter))
		if err != nil {
			return nil, err
		}
		figures = append(figures, timing(c.name, t.n, percentile(ours, 0.95), percentile(slow, 0.95)))
	}
	ours, _, err := t.under("dashboard_16_clients", loadClients, ask(t.store, codedFilter))
	if err != nil {
		return nil, err
	}
	slow, _, err := t.under("dashboard_16_clients by SQL", loadClients, ask(t.slow, codedFilter))
	if err != nil {
		return nil, err
	}
	figures = append(figures, rate("dashboard_16_clients", t.n, ours, slow))
	again, err := t.again(ctx)
	return append(figures, again...), err
}

// again asks the handler for the same numbers all the time, and with the tag of
// the last answer.
func (t *benchTarget) again(ctx context.Context) ([]measured, error) {
	h := t.handlers(t.store)
	own := handlers.WithPrincipal(ctx, t.principal)
	var tag string
	ask := func(match *string) func(int) error {
		return func(int) error {
			w := discardResponse{http.Header{}}
			answer, err := h.Stats(own, spec.StatsRequestObject{Params: spec.StatsParams{IfNoneMatch: match}})
			if err == nil {
				err = answer.VisitStatsResponse(w)
			}
			if match == nil && err == nil && tag == "" {
				tag = w.header.Get("ETag")
			}
			return err
		}
	}
	if err := ask(nil)(0); err != nil {
		return nil, err
	}
	whole, _, err := t.under("dashboard_again", loadClients, ask(nil))
	if err != nil {
		return nil, err
	}
	unchanged, _, err := t.under("dashboard_not_modified", loadClients, ask(&tag))
	// Against itself: the target is a number, not a ratio.
	return []measured{rate("dashboard_again", t.n, whole, whole), rate("dashboard_not_modified", t.n, unchanged, unchanged)}, err
}

func (t *benchTarget) handlers(s *store.Store) *handlers.Handlers {
	return &handlers.Handlers{
		Store: s, Vocab: t.vocab, Variants: search.NewVariants(t.vocab), Clock: time.Now, BaseURL: t.baseURL, SpoolDir: t.spoolDir, ExportCap: 2*t.n + 1_000_000,
		Numbers: handlers.NewAnswers(),
	}
}

// benchListLoad measures a page of the list with three filters, its relations and
// the exact total, against a bare handler that reads the same rows by the same
// conditions and encodes them.
func benchListLoad(ctx context.Context, t *benchTarget) ([]measured, error) {
	h := t.handlers(t.store)
	own := handlers.WithPrincipal(ctx, t.principal)
	origin, host, method := []string{benchOrigin}, []string{"THA", "TUR", "USA", "GBR"}, []string{benchMethod}
	raw, err := benchdb.OpenReaders(t.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = raw.Close() }() // read only
	ours, _, err := t.under("list_16_clients", loadClients, func(int) error {
		answer, err := h.ListIncidents(own, spec.ListIncidentsRequestObject{Params: spec.ListIncidentsParams{
			OriginCountry: &origin, HostCountry: &host, Methods: &method,
		}})
		if err != nil {
			return err
		}
		return answer.VisitListIncidentsResponse(discardResponse{http.Header{}})
	})
	if err != nil {
		return nil, err
	}
	plain, _, err := t.under("list_16_clients, bare", loadClients, func(int) error {
		rows, err := raw.PageWithRelations(ctx, t.principal.OrganisationID, benchOrigin, host, benchMethod)
		if err != nil {
			return err
		}
		return json.NewEncoder(discardResponse{http.Header{}}).Encode(rows)
	})
	return []measured{rate("list_16_clients", t.n, ours, plain)}, err
}

// benchSearchNewest asks for the newest records with a word that stands in an
// eighth of the texts, one client.
func benchSearchNewest(ctx context.Context, t *benchTarget) ([]measured, error) {
	dice := rand.New(rand.NewPCG(benchSeed, 1)) //nolint:gosec // G404: invented texts must repeat
	words := lexicon(dice)
	raw, err := benchdb.OpenReaders(t.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = raw.Close() }() // read only
	page := models.Page{Limit: benchdb.PageSize, Sort: models.Sort{Column: "updated_at", Descending: true}}
	question := func(i int) models.TextQuery {
		q, _ := search.Parse(words[searchFrom+i%10], search.NewVariants(&models.Vocabulary{}))
		return q
	}
	_, ours, err := t.under("search_newest", 1, func(i int) error {
		q := question(i)
		_, _, _, err := t.view.Incidents(ctx, models.IncidentFilter{Text: &q}, page)
		return err
	})
	if err != nil {
		return nil, err
	}
	_, plain, err := t.under("search_newest, bare", 1, func(i int) error {
		_, err := raw.Search(ctx, search.FTS5Query(question(i)))
		return err
	})
	if err != nil {
		return nil, err
	}
	return []measured{timing("search_newest_p95", t.n, percentile(ours, 0.95), percentile(plain, 0.95))}, nil
}

// benchCreateLoad lets clients create records at the same time, against one bare
// row and commit after the other.
func benchCreateLoad(ctx context.Context, t *benchTarget) ([]measured, error) {
	next, stop := iter.Pull(demo.Generate(benchSeed+2, 1_000_000, t.vocab, time.Now()))
	defer stop()
	var mu sync.Mutex
	ours, _, err := t.under("create_16_clients", loadClients, func(i int) error {
		mu.Lock()
		r, _ := next()
		mu.Unlock()
		_, _, err := t.view.CreateIncident(ctx, store.CreateIncident{
			Input: r.Input, Derived: models.Derive(r.Input, t.vocab), VocabularyVersion: t.vocab.Version,
			IdempotencyKey: fmt.Sprintf("load-%d-%d", time.Now().UnixNano(), i), BodyHash: "load",
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	plain, _, err := t.under("create_16_clients, bare row", 1, func(int) error { return t.plain.Insert(ctx, 1) })
	return []measured{rate("create_16_clients", t.n, ours, plain)}, errors.Join(err, t.plain.Forget(ctx))
}
