package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"farwatch/store/storetest"
)

// writers send records at the same time.
const writers = 16

func TestServe_Kill9DuringWrites_LosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	needSignals(t)
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killRounds(t, newPlace(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killRounds(t, newPlace(t, "FARWATCH_DATABASE_URL="+storetest.EmptyPostgres(t)))
	})
}

// killRounds kills the server over and over on the same database. Whatever a
// client was told is there stays there, and whatever it was not told can be
// sent again without doubling.
func killRounds(t *testing.T, p place) {
	t.Helper()
	p.t = t
	p.want(0, "", goodPassword, "user", "create", "-name", "amina",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker")
	rounds := soakRounds(t, 5)
	if testing.Short() {
		rounds = 2
	}
	var restarts []time.Duration
	refs := map[string]string{} // by key, "" where no answer came
	unanswered := 0
	for round := range rounds {
		s := p.start("serve")
		s.signIn("amina", goodPassword)
		sent := writeUntilKilled(s, round)
		begin := time.Now()
		s = p.start("serve")
		restarts = append(restarts, time.Since(begin))
		s.signIn("amina", goodPassword)
		unanswered += s.retryAll(sent)
		maps.Copy(refs, sent)
		s.holdsExactly(refs)
		if status := s.stop(sigterm); status != 0 {
			t.Errorf("round %d: status %d after SIGTERM", round, status)
		}
	}
	p.want(0, "The audit chain is intact: ", "", "audit", "verify")
	slices.Sort(restarts)
	t.Logf("%d kills of %d writers, %d records, of which %d were not acknowledged; restart: median %d ms, slowest %d ms",
		rounds, writers, len(refs), unanswered, restarts[len(restarts)/2].Milliseconds(), restarts[len(restarts)-1].Milliseconds())
	if len(refs) == unanswered || unanswered == 0 {
		t.Error("no kill fell among the writes: this test shows nothing")
	}
}

// writeUntilKilled has 16 clients log records until the server dies under
// them, and gives the ref of each key, "" where the answer never came.
func writeUntilKilled(s *server, round int) map[string]string {
	s.t.Helper()
	var mu sync.Mutex
	sent, acknowledged := map[string]string{}, 0
	var wg sync.WaitGroup
	for writer := range writers {
		wg.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("round-%d-writer-%d-%d", round, writer, n)
				ref, status, err := s.log(key)
				mu.Lock()
				sent[key] = ref
				if ref != "" {
					acknowledged++
				}
				mu.Unlock()
				if err == nil && status != http.StatusCreated {
					s.t.Errorf("%s: status %d", key, status)
				}
				if err != nil || status != http.StatusCreated {
					return
				}
			}
		})
	}
	// Anywhere among the answers, and anywhere within the next write.
	enough := rand.IntN(3 * writers)
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		mu.Lock()
		reached := acknowledged >= enough
		mu.Unlock()
		if reached {
			break
		}
	}
	time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
	if status := s.stop(sigkill); status != -1 {
		s.t.Errorf("the server ended by itself with status %d\n%s", status, s.errs)
	}
	wg.Wait()
	return sent
}

// log sends one record; the same key always has the same body.
func (s *server) log(key string) (ref string, status int, err error) {
	var made struct{ Ref string }
	status, err = s.ask(http.MethodPost, "/api/v1/incidents", smallest("Record of "+key), &made, "Idempotency-Key", key)
	return made.Ref, status, err
}

// retryAll sends every key again: an acknowledged one must give the same ref.
// It fills in the others and tells how many those were.
func (s *server) retryAll(sent map[string]string) (unanswered int) {
	s.t.Helper()
	for _, key := range slices.Sorted(maps.Keys(sent)) {
		if known := sent[key]; known != "" {
			s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents/"+known, nil, nil)
		} else {
			unanswered++
		}
		ref, status, err := s.log(key)
		if err != nil || status != http.StatusCreated || ref == "" {
			s.t.Fatalf("%s again: status %d, %v\n%s", key, status, err, s.errs)
		}
		if known := sent[key]; known != "" && ref != known {
			s.t.Errorf("%s was %s and is %s now", key, known, ref)
		}
		sent[key] = ref
	}
	return unanswered
}

// holdsExactly reads the whole list: each record once, with its own title, and
// no other.
func (s *server) holdsExactly(refs map[string]string) {
	s.t.Helper()
	titles, times, cursor := map[string]string{}, map[string]int{}, ""
	for {
		var page struct {
			Items []struct{ Ref, Title string }
			Total int
			Next  *string `json:"next_cursor"`
		}
		query := url.Values{"limit": {"200"}, "sort": {"created_at"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents?"+query.Encode(), nil, &page)
		if page.Total != len(refs) {
			s.t.Errorf("%d records are there, want %d", page.Total, len(refs))
		}
		for _, item := range page.Items {
			titles[item.Ref] = item.Title
			times[item.Ref]++
		}
		if page.Next == nil || *page.Next == "" {
			break
		}
		cursor = *page.Next
	}
	for key, ref := range refs {
		if times[ref] != 1 || titles[ref] != "Record of "+key {
			s.t.Errorf("%s (%s) is there %d times with title %q", ref, key, times[ref], titles[ref])
		}
	}
}
