//go:build ignore

// Mutants plants defects, one at a time, into a copy of the tree and runs the
// one test that must turn red. A defect that no test notices survives, and so
// does one whose text is not found exactly once: both fail the run.
//
// usage: go run .ci/mutants.go [-only NAME] [-list]; -list also looks for texts
// that have moved
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// mutant is one planted defect.
type mutant struct {
	name     string // what is broken, in a few words
	file     string
	old      string // stands there exactly once
	planted  string
	pkg      string
	test     string
	postgres bool // needs a cluster
}

func main() {
	only := flag.String("only", "", "run the mutants whose name has this in it")
	list := flag.Bool("list", false, "list the mutants")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *only, *list); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string, list bool) error {
	var chosen []mutant
	for _, m := range mutants {
		if strings.Contains(m.name, only) {
			chosen = append(chosen, m)
		}
	}
	if list {
		var moved []error
		for _, m := range chosen {
			fmt.Printf("%-58s %s\n", m.name, m.test)
			text, err := os.ReadFile(m.file)
			if n := strings.Count(string(text), m.old); n != 1 {
				moved = append(moved, errors.Join(err, fmt.Errorf("%s: its text is in %s %d times", m.name, m.file, n)))
			}
		}
		return errors.Join(moved...)
	}
	dir, err := os.MkdirTemp("", "farwatch-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := copyTree(ctx, dir); err != nil {
		return err
	}
	begun := time.Now()
	if err := healthy(ctx, dir, chosen); err != nil {
		return err
	}
	fmt.Printf("every test is green without a defect (%s)\n\n%-58s %-50s %s\n", time.Since(begun).Round(time.Second), "defect", "test", "result")
	survived := 0
	for _, m := range chosen {
		start := time.Now()
		verdict, killed := m.try(ctx, dir)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fmt.Printf("%-58s %-50s %s (%s)\n", m.name, m.test, verdict, time.Since(start).Round(time.Second))
		if !killed {
			survived++
		}
	}
	fmt.Printf("\n%d of %d defects turned their test red, in %s\n", len(chosen)-survived, len(chosen), time.Since(begun).Round(time.Second))
	if survived > 0 {
		return fmt.Errorf("%d survived", survived)
	}
	return nil
}

// copyTree copies what git knows, or would add.
func copyTree(ctx context.Context, dir string) error {
	out, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	for _, name := range strings.Split(strings.TrimRight(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted and not yet committed
		}
		if err != nil {
			return err
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// healthy runs every test once without a defect: a test that is red anyway
// shows nothing.
func healthy(ctx context.Context, dir string, chosen []mutant) error {
	type group struct {
		pkg      string
		postgres bool
	}
	tests := map[group][]string{}
	for _, m := range chosen {
		g := group{m.pkg, m.postgres}
		tests[g] = append(tests[g], m.test)
	}
	for g, names := range tests {
		if out, ok := test(ctx, dir, g.pkg, "^("+strings.Join(names, "|")+")$", g.postgres); !ok {
			return fmt.Errorf("red without a defect: %s\n%s", g.pkg, out)
		}
	}
	return nil
}

func test(ctx context.Context, dir, pkg, pattern string, postgres bool) (output string, ok bool) {
	cmd := exec.CommandContext(ctx, "go", "test", pkg, "-run", pattern, "-short", "-count=1", "-vet=off")
	cmd.Dir = dir
	for _, entry := range os.Environ() {
		if postgres || !strings.HasPrefix(entry, "FARWATCH_TEST_POSTGRES=") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// try plants the defect, runs its test and takes the defect out again.
func (m mutant) try(ctx context.Context, dir string) (verdict string, killed bool) {
	path := filepath.Join(dir, m.file)
	sound, err := os.ReadFile(path)
	if err != nil {
		return err.Error(), false
	}
	if n := bytes.Count(sound, []byte(m.old)); n != 1 {
		return fmt.Sprintf("NOT PLANTED: its text stands %d times in %s", n, m.file), false
	}
	if err := os.WriteFile(path, bytes.Replace(sound, []byte(m.old), []byte(m.planted), 1), 0o644); err != nil {
		return err.Error(), false
	}
	out, ok := test(ctx, dir, m.pkg, "^"+m.test+"$", m.postgres)
	if err := os.WriteFile(path, sound, 0o644); err != nil {
		return err.Error(), false
	}
	switch {
	case ok:
		return "SURVIVED", false
	case strings.Contains(out, "[build failed]") || !strings.Contains(out, "--- FAIL"):
		return "NOT PLANTED: does not build or run\n" + out, false
	}
	return "red", true
}
