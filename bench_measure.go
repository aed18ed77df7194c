package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"farwatch/internal/demo"
	"farwatch/models"
	"farwatch/store"
	"farwatch/store/benchdb"
)

// The filter of the second list: common enough to fill a page.
const (
	benchOrigin = "CHN"
	benchMethod = "detention_abroad"
)

func benchListPage(ctx context.Context, t *benchTarget) ([]measured, error) {
	page := models.Page{Limit: benchdb.PageSize, Sort: models.Sort{Column: "updated_at", Descending: true}}
	list := func(f models.IncidentFilter) func() error {
		return func() error {
			_, _, _, err := t.view.Incidents(ctx, f, page)
			return err
		}
	}
	ours, plain, err := duel(t.rounds, list(models.IncidentFilter{}), func() error {
		_, err := t.plain.Page(ctx, t.principal.OrganisationID)
		return err
	})
	if err != nil {
		return nil, err
	}
	first := timing("list_page", t.n, ours, plain)
	filter := models.IncidentFilter{OriginCountry: []string{benchOrigin}, Methods: []string{benchMethod}}
	ours, plain, err = duel(t.rounds, list(filter), func() error {
		_, err := t.plain.FilteredPage(ctx, t.principal.OrganisationID, benchOrigin, benchMethod)
		return err
	})
	return []measured{first, timing("list_page_filtered", t.n, ours, plain)}, err
}

func benchDashboard(ctx context.Context, t *benchTarget) ([]measured, error) {
	counted := true
	ours, plain, err := duel(t.rounds, func() error {
		_, err := t.view.Stats(ctx, models.IncidentFilter{Counted: &counted}, false)
		return err
	}, func() error {
		_, err := t.plain.Dashboard(ctx, t.principal.OrganisationID)
		return err
	})
	return []measured{timing("dashboard", t.n, ours, plain)}, err
}

// growthLimit is how much memory an export may take, whatever its size.
const growthLimit = 64 * mebi

// benchExport takes the way of a download: rows, spool file, hash, audit, and
// the bytes to a client that throws them away. Memory comes from one more run,
// since watching it costs time.
func benchExport(ctx context.Context, t *benchTarget) ([]measured, error) {
	ours := func() error { return t.exportCSV(ctx, discardResponse{http.Header{}}) }
	plain := func() error {
		_, err := t.plain.Rows(ctx, t.principal.OrganisationID)
		return err
	}
	oursTook, plainTook, err := duel(min(t.rounds, exportRounds), ours, plain)
	if err != nil {
		return nil, err
	}
	figures := []measured{timing("export_csv", t.n, oursTook, plainTook)}
	oursPeak, err := watchMemory(ours)
	if err != nil {
		return nil, err
	}
	plainPeak, err := watchMemory(plain)
	if err != nil {
		return nil, err
	}
	figures = append(figures, memory("export_csv_peak_heap", t.n, oursPeak.heap, plainPeak.heap))
	if oursPeak.resident > 0 && plainPeak.resident > 0 {
		figures = append(figures, memory("export_csv_peak_rss", t.n, oursPeak.resident, plainPeak.resident), memory("export_csv_growth", t.n, oursPeak.grown, growthLimit))
	}
	return figures, nil
}

// discardResponse is a client that throws everything away.
type discardResponse struct{ header http.Header }

func (d discardResponse) Header() http.Header         { return d.header }
func (d discardResponse) Write(p []byte) (int, error) { return len(p), nil }
func (d discardResponse) WriteHeader(int)             {}

// createsPerRound is how many records each side writes in a round.
const createsPerRound = 20

// benchCreate compares a whole record with its entries, index of codes, audit
// and reading back against one bare row; both commit each.
func benchCreate(ctx context.Context, t *benchTarget) ([]measured, error) {
	key := 0
	next, stop := iter.Pull(demo.Generate(benchSeed+1, (t.rounds+1)*createsPerRound, t.vocab, time.Now()))
	defer stop()
	ours, plain, err := duel(t.rounds, func() error {
		for range createsPerRound {
			r, more := next()
			if !more {
				return errors.New("no record left to create")
			}
			key++
			sum := sha256.Sum256([]byte(strconv.Itoa(key)))
			_, _, err := t.view.CreateIncident(ctx, store.CreateIncident{
				Input: r.Input, Derived: models.Derive(r.Input, t.vocab), VocabularyVersion: t.vocab.Version,
				IdempotencyKey: fmt.Sprintf("bench-%d", key), BodyHash: hex.EncodeToString(sum[:]),
			})
			if err != nil {
				return err
			}
		}
		return nil
	}, func() error {
		return t.plain.Insert(ctx, createsPerRound)
	})
	if err := errors.Join(err, t.plain.Forget(ctx)); err != nil {
		return nil, err
	}
	perSecond := func(d time.Duration) float64 { return createsPerRound / max(1e-9, d.Seconds()) }
	return []measured{{
		Name: "create", N: t.n, Value: perSecond(ours), Unit: "1/s", Baseline: perSecond(plain), Ratio: float64(ours) / float64(max(1, plain)),
	}}, nil
}

const mebi = 1 << 20

func memory(name string, n int, ours, plain uint64) measured {
	return measured{
		Name: name, N: n, Value: float64(ours) / mebi, Unit: "MiB", Baseline: float64(plain) / mebi, Ratio: float64(ours) / float64(max(1, plain)),
	}
}

// peak is the most memory held at a time, in bytes; resident is 0 where the
// system does not tell.
// grown is how far resident rose above what it was before.
type peak struct{ heap, resident, grown uint64 }

// sampleEvery is how often the heap is looked at: rows of a batch live longer.
const sampleEvery = 10 * time.Millisecond

// watchMemory runs fn once, from a heap swept before.
func watchMemory(fn func() error) (peak, error) {
	debug.FreeOSMemory()
	resettable := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200) == nil // 5 sets VmHWM back (proc(5))
	before := resident("VmRSS:")
	var most peak
	done := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			most.heap = max(most.heap, heapInUse())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	err := fn()
	close(done)
	watcher.Wait()
	if resettable {
		most.resident = resident("VmHWM:")
		most.grown = most.resident - min(before, most.resident)
	}
	return most, err
}

func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// resident is VmRSS or VmHWM of this process; 0 if the system has no such figure.
func resident(figure string) uint64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, found := bytes.Cut(status, []byte(figure))
	fields := bytes.Fields(rest)
	if !found || len(fields) == 0 {
		return 0
	}
	kibi, err := strconv.ParseUint(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return kibi << 10
}
