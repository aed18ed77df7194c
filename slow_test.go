package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestServe_SlowConnections_OthersGoOn: connections that never finish their
// first line take nothing from those who work. `make soak` sends 10,000.
func TestServe_SlowConnections_OthersGoOn(t *testing.T) {
	t.Parallel()
	needSignals(t)
	slow := 500
	if os.Getenv("FARWATCH_TEST_SLOW") != "" {
		var err error
		if slow, err = strconv.Atoi(os.Getenv("FARWATCH_TEST_SLOW")); err != nil {
			t.Fatal("FARWATCH_TEST_SLOW: ", err)
		}
	}
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker")
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	s.must(http.StatusCreated, http.MethodPost, "/api/v1/incidents", smallest("One record"), nil, "Idempotency-Key", "slow-connections")
	_, port, _ := strings.Cut(strings.TrimPrefix(s.base, "http://"), ":")

	ctx, cancel := context.WithCancel(t.Context())
	var open atomic.Int64
	var wg sync.WaitGroup
	for n := range slow {
		wg.Go(func() { holdOpen(ctx, n, "127.0.0.1:"+port, &open) })
	}
	for deadline := time.Now().Add(time.Minute); open.Load() < int64(slow*9/10); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("only %d of %d slow connections came to be", open.Load(), slow)
		}
	}
	var took []time.Duration
	least, until := open.Load(), time.Now().Add(5*time.Second)
	for time.Now().Before(until) {
		begun := time.Now()
		status, err := s.askOnce(http.MethodGet, "/api/v1/incidents", nil, nil)
		if err != nil || status != http.StatusOK {
			t.Fatalf("somebody else's request: %d, %v", status, err)
		}
		took = append(took, time.Since(begun))
		least = min(least, open.Load())
		time.Sleep(25 * time.Millisecond) // 300 a minute would be too many a moment longer
	}
	memory := residentMiB(t, s.cmd.Process.Pid)
	cancel()
	wg.Wait()
	slices.Sort(took)
	t.Logf("%d slow connections (never fewer than %d at a look), %d requests of somebody else: p50 %v, p99 %v; %d MiB resident",
		slow, least, len(took), took[len(took)/2], took[len(took)*99/100], memory)
	if memory > 400 {
		t.Errorf("%d MiB resident, want at most 400", memory)
	}
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d after SIGTERM", status)
	}
}

// holdOpen keeps one connection that sends a byte of its header a second, and
// comes again when it is shut. Each 200 have a loopback address of their own.
func holdOpen(ctx context.Context, n int, to string, open *atomic.Int64) {
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 1+byte(n/200/250), 1+byte(n/200%250))}
	dialer := net.Dialer{LocalAddr: from, Timeout: 10 * time.Second}
	for ctx.Err() == nil {
		c, err := dialer.DialContext(ctx, "tcp", to)
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		open.Add(1)
		for _, b := range []byte("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") {
			if _, err := c.Write([]byte{b}); err != nil || ctx.Err() != nil {
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
		open.Add(-1)
		_ = c.Close()
	}
}

// residentMiB is the memory of a process as the system counts it.
func residentMiB(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "status"))
	if err != nil {
		t.Skip("no /proc to read the memory from")
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kib >> 10
		}
	}
	t.Fatal("no VmHWM in the status of the process")
	return 0
}
