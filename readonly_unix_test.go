//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestServe_ReadOnlyDirectory runs as somebody who may read the data only.
func TestServe_ReadOnlyDirectory_SaysSoAndEnds(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.withAmina()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s := p.prepared([]string{path, "serve"})
	if os.Getuid() == 0 {
		const nobody = 65534
		s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		// Every folder above must be open to that user, and the place is in one of the test's own.
		for dir := p.dataDir(); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	} else if err := os.Chmod(p.dataDir(), 0o500); err != nil {
		t.Fatal(err)
	}
	s.begin()
	select {
	case <-s.ended:
	case <-time.After(startTime):
		t.Fatal("the server goes on")
	}
	if status := s.cmd.ProcessState.ExitCode(); status != 1 || !strings.Contains(s.errs.String(), "cannot be written") || !strings.Contains(s.errs.String(), "chown") {
		t.Errorf("status %d\n%s", status, s.errs)
	}
	if err := os.Chmod(p.dataDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.user("amina"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
