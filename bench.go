package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// benchOptions of `farwatch bench`.
type benchOptions struct {
	n      int
	only   []string // names; empty runs all
	rounds int
	dir    string
	file   string // kept from run to run; empty: a temporary one
	spent  string // file that is told where the processor's time went; "": none
	// postgres is the address of a database of PostgreSQL, measured instead of a
	// file.
	postgres string
}

// benchmark is one thing that can be measured by itself.
type benchmark struct {
	name string
	run  func(context.Context, *benchTarget) ([]measured, error)
	// postgres: measured there and nowhere else.
	postgres bool
}

// benchmarks in the order they run: create and import come last, since they add records.
var benchmarks = []benchmark{
	{"list_page", benchListPage, false},
	{"search", benchSearch, false},
	{"dashboard", benchDashboard, false},
	{"dashboard_load", benchDashboardLoad, false},
	{"dashboard_api", benchDashboardAPI, false},
	{"list_load", benchListLoad, false},
	{"search_newest", benchSearchNewest, false},
	{"export_csv", benchExport, false},
	{"export_csv_shell", benchExportShell, false},
	{"export_csv_copy", benchExportCopy, true},
	{"create", benchCreate, false},
	{"create_load", benchCreateLoad, false},
	{"create_api", benchCreateAPI, false},
	{"import", benchImport, false},
}

// measured is one figure: value and baseline in the same unit, ratio how many
// times as much the program takes as plain SQL does, whichever way the unit
// counts.
type measured struct {
	Name     string  `json:"name"`
	N        int     `json:"n"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Ratio    float64 `json:"ratio"`
	Baseline float64 `json:"baseline"`
}

// runBench measures the program against plain database/sql on the same file in
// the same run. Progress and a table go to stderr, one JSON object a line to
// stdout. It returns the exit status: 0 done, 1 failed, 2 not understood.
func runBench(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseBench(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "farwatch bench: %v\n", err)
		return 2
	}
	if err := measureAll(ctx, o, stdout, stderr); err != nil {
		_, _ = fmt.Fprintf(stderr, "farwatch bench: %v\n", err)
		return 1
	}
	return 0
}

func parseBench(args []string, stderr io.Writer) (benchOptions, error) {
	var o benchOptions
	var only string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.n, "n", 100_000, "how many invented incidents")
	flags.StringVar(&only, "only", "", "names to measure, separated by commas; all if empty")
	flags.IntVar(&o.rounds, "rounds", 7, "runs of each side; the median counts")
	flags.StringVar(&o.dir, "dir", "", "where the temporary database is made (the disk decides create)")
	flags.StringVar(&o.file, "file", "", "database of earlier measurements, filled if it is not there and kept")
	flags.StringVar(&o.spent, "cpuprofile", "", "file that is told where the processor's time went, for go tool pprof")
	flags.StringVar(&o.postgres, "postgres", "", "address of an empty database of PostgreSQL, or of earlier measurements: measures export_csv_copy there and nothing else")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.n < 1 || o.rounds < 1 {
		return o, errors.New("usage: farwatch bench [-n N] [-only name,name] [-rounds R] [-dir DIRECTORY] [-file PATH] [-postgres ADDRESS], N and R at least 1")
	}
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	for _, name := range o.only {
		if !slices.ContainsFunc(benchmarks, func(b benchmark) bool { return b.name == name }) {
			return o, fmt.Errorf("nothing is called %q; there are %s", name, strings.Join(benchNames(), ", "))
		}
	}
	return o, nil
}

func benchNames() []string {
	names := make([]string, len(benchmarks))
	for i, b := range benchmarks {
		names[i] = b.name
	}
	return names
}

// measureAll fills a temporary database, measures, and removes it.
func measureAll(ctx context.Context, o benchOptions, stdout, stderr io.Writer) (err error) {
	frugal() // as the server is
	dir, err := os.MkdirTemp(o.dir, "farwatch-bench-")
	if err != nil {
		return fmt.Errorf("make temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := cmp.Or(o.file, filepath.Join(dir, "bench.db"))
	target, err := openBenchTarget(ctx, path, dir, o, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.close()) }()
	if o.spent != "" {
		stop, err := profile(o.spent)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	var all []measured
	out := json.NewEncoder(stdout)
	for _, b := range benchmarks {
		if b.postgres != (o.postgres != "") || len(o.only) > 0 && !slices.Contains(o.only, b.name) {
			continue
		}
		_, _ = fmt.Fprintf(stderr, "measuring %s\n", b.name)
		figures, err := b.run(ctx, target)
		if err != nil {
			return fmt.Errorf("measure %s: %w", b.name, err)
		}
		for _, m := range figures {
			if err := out.Encode(m); err != nil {
				return fmt.Errorf("write figure: %w", err)
			}
		}
		all = append(all, figures...)
	}
	return benchTable(stderr, all)
}

// profile watches the processor until stop.
func profile(path string) (stop func() error, err error) {
	f, err := os.Create(path) //nolint:gosec // G304: whoever measures names it
	if err != nil {
		return nil, fmt.Errorf("make profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("watch the processor: %w", err), f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

func benchTable(w io.Writer, all []measured) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(t, "name\tn\tfarwatch\tplain SQL\tunit\ttimes\t")
	for _, m := range all {
		_, _ = fmt.Fprintf(t, "%s\t%d\t%.2f\t%.2f\t%s\t%.1f\t\n", m.Name, m.N, m.Value, m.Baseline, m.Unit, m.Ratio)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// duel runs both sides in turn, once to warm up and then rounds times, and
// returns the median time of each. Turn by turn, a slow moment of the machine
// hits both.
func duel(rounds int, ours, plain func() error) (oursTook, plainTook time.Duration, err error) {
	var a, b []time.Duration
	for range rounds + 1 {
		for _, side := range []struct {
			run  func() error
			took *[]time.Duration
		}{{ours, &a}, {plain, &b}} {
			start := time.Now()
			if err := side.run(); err != nil {
				return 0, 0, err
			}
			*side.took = append(*side.took, time.Since(start))
		}
	}
	return median(a[1:]), median(b[1:]), nil
}

// median of a list that is not empty; of two middles the lower one.
func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// timing is the figure of a duel.
func timing(name string, n int, ours, plain time.Duration) measured {
	return measured{
		Name: name, N: n, Value: milliseconds(ours), Unit: "ms", Baseline: milliseconds(plain),
		Ratio: float64(ours) / float64(max(1, plain)),
	}
}
