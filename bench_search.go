package main

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"farwatch/internal/demo"
	"farwatch/internal/search"
	"farwatch/models"
	"farwatch/store/benchdb"
)

// The texts that are searched: words of an invented language whose frequencies
// fall as those of real ones do.
const (
	textWords    = 200
	lexiconWords = 30_000
	zipfSlope    = 1.1
	// The commonest 200 words ("the", "with", "said") stand in up to all texts, the
	// next one in an eighth; nobody looks for the former.
	searchFrom = 200
)

// The load: clients that ask one question after the other.
const (
	searchClients  = 16
	searchesOfEach = 25
)

// lexicon makes the words, the commonest first.
func lexicon(dice *rand.Rand) []string {
	var syllables []string
	for _, c := range strings.Split("b ch d f g h k l m n p qu r s sh t v w y z", " ") {
		for _, v := range []string{"a", "e", "i", "o", "u", "ar", "en", "il", "or", "ut"} {
			syllables = append(syllables, c+v)
		}
	}
	seen := map[string]bool{}
	var out []string
	for len(out) < lexiconWords {
		var b strings.Builder
		for range 2 + dice.IntN(3) {
			b.WriteString(syllables[dice.IntN(len(syllables))])
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// spoken gives each record a summary of 200 words.
func spoken(records iter.Seq[demo.Record]) iter.Seq[demo.Record] {
	return func(yield func(demo.Record) bool) {
		dice := rand.New(rand.NewPCG(benchSeed, 1)) //nolint:gosec // G404: invented texts must repeat
		words := lexicon(dice)
		zipf := rand.NewZipf(dice, zipfSlope, 8, lexiconWords-1)
		for r := range records {
			said := make([]string, textWords)
			for i := range said {
				said[i] = words[zipf.Uint64()]
			}
			r.Input.Summary = strings.Join(said, " ")
			if !yield(r) {
				return
			}
		}
	}
}

// questions are words as people meet them in texts, one to three at a time, and
// now and then a beginning, a phrase or a word that must not be there.
func questions(n int) []models.TextQuery {
	dice := rand.New(rand.NewPCG(benchSeed, 1)) //nolint:gosec // G404: invented texts must repeat
	words := lexicon(dice)
	zipf := rand.NewZipf(dice, zipfSlope, 8, lexiconWords-1-searchFrom)
	word := func() string { return words[searchFrom+zipf.Uint64()] }
	variants := search.NewVariants(&models.Vocabulary{})
	out := make([]models.TextQuery, 0, n)
	for len(out) < n {
		text := ""
		switch dice.IntN(8) {
		case 0, 1, 2:
			text = word()
		case 3, 4:
			text = word() + " " + word()
		case 5:
			text = word() + " " + word() + " " + word()
		case 6:
			text = `"` + word() + " " + word() + `"`
		default:
			text = word() + " -" + word()
		}
		if q, fault := search.Parse(text, variants); fault == "" {
			out = append(out, q)
		}
	}
	return out
}

// benchSearch asks for the list's first page and its total, with the rights of
// an account, and compares with the bare questions to the index.
func benchSearch(ctx context.Context, t *benchTarget) ([]measured, error) {
	asked := questions(searchClients * searchesOfEach)
	page := models.Page{Limit: benchdb.PageSize, Sort: models.Sort{Column: "updated_at", Descending: true}}
	ours := func(q models.TextQuery) error {
		_, _, _, err := t.view.Incidents(ctx, models.IncidentFilter{Text: &q}, page)
		return err
	}
	raw, err := benchdb.OpenReaders(t.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = raw.Close() }() // read only
	plain := func(q models.TextQuery) error {
		_, err := raw.Search(ctx, search.FTS5Query(q))
		return err
	}
	var figures []measured
	// Each side once unmeasured, so that both find the file in memory.
	for _, side := range []func(models.TextQuery) error{ours, plain} {
		if _, err := crowd(asked[:searchClients*2], side); err != nil {
			return nil, err
		}
	}
	oursTook, err := crowd(asked, ours)
	if err != nil {
		return nil, err
	}
	plainTook, err := crowd(asked, plain)
	if err != nil {
		return nil, err
	}
	for _, p := range []struct {
		name string
		at   float64
	}{{"search_p50", 0.5}, {"search_p95", 0.95}} {
		figures = append(figures, timing(p.name, t.n, percentile(oursTook, p.at), percentile(plainTook, p.at)))
	}
	return figures, nil
}

// crowd lets the clients ask all questions and returns how long each took.
func crowd(asked []models.TextQuery, ask func(models.TextQuery) error) ([]time.Duration, error) {
	took, errs := make([]time.Duration, len(asked)), make([]error, searchClients)
	var clients sync.WaitGroup
	for c := range searchClients {
		clients.Go(func() {
			for i := c; i < len(asked) && errs[c] == nil; i += searchClients {
				start := time.Now()
				errs[c] = ask(asked[i])
				took[i] = time.Since(start)
			}
		})
	}
	clients.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
	}
	return took, nil
}

// percentile is the time that a share of all stays under.
func percentile(took []time.Duration, share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}
