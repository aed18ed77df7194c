package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"farwatch/store/storetest"
)

// soakRounds is how many rounds a test of durability goes: `make soak` sets it.
func soakRounds(t *testing.T, normal int) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("FARWATCH_SOAK_ROUNDS"))
	if err != nil {
		return normal
	}
	return n
}

// needStrace skips where the system calls of a program cannot be recorded.
func needStrace(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed: the power is not cut (Debian: apt-get install strace)")
	}
	if out, err := exec.Command(path, "--seccomp-bpf", "-f", "-D", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here: %s", out)
	}
	return path
}

// recording is a server's work on its files, and what its clients were told.
type recording struct {
	base  map[string][]byte // the files before
	calls []call
	acked map[string]float64 // title of a record → when the client heard
}

// record lets 16 writers work on a traced server.
func (p place) record(program string, records int) recording {
	p.t.Helper()
	t, ok := p.t.(*testing.T)
	if !ok {
		p.t.Fatal("no test")
	}
	strace := needStrace(t)
	p.withAmina()
	path := filepath.Join(p.dataDir(), databaseName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Fatalf("the database was not closed: %v", err)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	s := p.startAs([]string{
		strace, "--seccomp-bpf", "-f", "-D", "-y", "-ttt", "-T", "-xx", "-s", "200000", "-e", "signal=none",
		"-e", "trace=pwrite64,pwritev,pwritev2,write,ftruncate,fsync,fdatasync", "-o", trace, program, "serve",
	})
	s.signIn("amina", goodPassword)
	acked := s.writeTimed(records)
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d", status)
	}
	waitTraced(t, trace)
	return recording{base: map[string][]byte{databaseName: before}, calls: readTrace(t, trace), acked: acked}
}

// waitTraced waits until strace has written the end.
func waitTraced(t *testing.T, trace string) {
	t.Helper()
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		f, err := os.Open(trace)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		end := make([]byte, min(info.Size(), 200))
		_, err = f.ReadAt(end, info.Size()-int64(len(end)))
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err == nil && strings.Contains(string(end), "+++ exited with 0 +++\n") {
			return
		}
	}
	t.Fatal("strace does not end")
}

// writeTimed has 16 writers log this many records and notes when each was
// acknowledged.
func (s *server) writeTimed(records int) map[string]float64 {
	s.t.Helper()
	var mu sync.Mutex
	acked := map[string]float64{}
	var wg sync.WaitGroup
	for writer := range 16 {
		wg.Go(func() {
			for n := range records / 16 {
				key := fmt.Sprintf("writer-%d-%d", writer, n)
				_, status, err := s.log(key)
				now := float64(time.Now().UnixNano()) / 1e9
				if err != nil || status != http.StatusCreated {
					s.t.Errorf("%s: status %d, %v", key, status, err)
					return
				}
				mu.Lock()
				acked["Record of "+key] = now
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return acked
}

// cut rebuilds the disk at a moment while the clients were being answered and
// counts what they had been told is there and is not.
func (r recording) cut(t *testing.T, p place, dice *rand.Rand) (told, lost int) {
	t.Helper()
	times := slices.Sorted(maps.Values(r.acked))
	first, last := times[0], times[len(times)-1]
	moment := first + dice.Float64()*(last-first)
	q := place{t: t, environ: slices.Clone(p.environ)}
	dir := t.TempDir()
	q.environ[0] = "FARWATCH_DATA_DIR=" + dir
	for name, image := range cutPower(r.base, r.calls, moment, dice) {
		if err := os.WriteFile(filepath.Join(dir, name), image, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := storetest.PastSQLite(t, filepath.Join(dir, databaseName))
	if found := past.Column("PRAGMA integrity_check"); len(found) != 1 || found[0] != "ok" {
		t.Errorf("at %f: %v", moment, found)
	}
	there := map[string]bool{}
	for _, title := range past.Column("SELECT title FROM incidents") {
		there[title] = true
	}
	past.Close()
	q.want(0, "The audit chain is intact", "", "audit", "verify")
	for title, at := range r.acked {
		if at > moment {
			continue
		}
		told++
		if !there[title] {
			lost++
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	return told, lost
}

// cuts is many cuts of one recording.
func (r recording) cuts(t *testing.T, p place, rounds int) (told, lost, losing int) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("%d calls recorded, %d records acknowledged, seed %d", len(r.calls), len(r.acked), seed)
	if len(r.acked) == 0 || len(r.calls) < 100 {
		t.Fatal("nothing was recorded: this test shows nothing")
	}
	dice := rand.New(rand.NewPCG(seed, seed))
	for range rounds {
		a, b := r.cut(t, p, dice)
		told, lost = told+a, lost+b
		if b > 0 {
			losing++
		}
	}
	return told, lost, losing
}

// TestPowerCut_AnyMoment_LosesNothingAcknowledged is T-35.
func TestPowerCut_AnyMoment_LosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	needStrace(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	rounds := soakRounds(t, 8)
	told, lost, _ := p.record(path, 160).cuts(t, p, rounds)
	t.Logf("%d power cuts: of %d acknowledged records %d were lost", rounds, told, lost)
	if lost > 0 || told == 0 {
		t.Errorf("%d of %d acknowledged records were lost", lost, told)
	}
}

// TestPowerCut_LossyBuild_LosesWrites shows that the test above can fail.
func TestPowerCut_LossyBuild_LosesWrites(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds another program")
	}
	p := newPlace(t)
	needStrace(t)
	path, err := lossyBinary()
	if err != nil {
		t.Fatal(err)
	}
	rounds := soakRounds(t, 8)
	told, lost, losing := p.record(path, 160).cuts(t, p, rounds)
	t.Logf("synchronous=NORMAL, %d power cuts: of %d acknowledged records %d were lost, in %d cuts", rounds, told, lost, losing)
	if losing*3 < rounds {
		t.Errorf("only %d of %d cuts lost something: the test of power cuts shows nothing", losing, rounds)
	}
}

// soakTimes is a count for a test, so many times larger in `make soak`.
func soakTimes(normal, larger int) int {
	if os.Getenv("FARWATCH_SOAK_ROUNDS") != "" {
		return normal * larger
	}
	return normal
}
