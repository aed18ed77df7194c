package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestShell_WritesTheSameRows: the yardstick of an export is the very same table.
func TestShell_WritesTheSameRows(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("no sqlite3 shell here")
	}
	dir := t.TempDir()
	target, err := openBenchTarget(t.Context(), filepath.Join(dir, "bench.db"), dir, benchOptions{n: 60, rounds: 1}, io.Discard)
	noError(t, err)
	defer func() { noError(t, target.close()) }()
	file, err := os.Create(filepath.Join(dir, "ours.csv"))
	noError(t, err)
	noError(t, target.exportCSV(t.Context(), fileResponse{http.Header{}, file}))
	noError(t, file.Close())
	data, err := os.ReadFile(file.Name())
	noError(t, err)
	var theirs bytes.Buffer
	_, err = target.shell(t.Context(), shell, &theirs)
	noError(t, err)
	table := func(data io.Reader) (rows []string) {
		all, err := csv.NewReader(data).ReadAll()
		noError(t, err)
		for _, r := range all {
			rows = append(rows, strings.Join(r[:len(r)-1], "|")) // the last one is the export's id
		}
		return rows
	}
	got, want := table(bytes.NewReader(data))[1:], table(&theirs)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(got) < 50 {
		t.Errorf("%d rows, the shell has %d others:\n%s\n%s", len(got), len(want), got[0], want[0])
	}
}

// Not parallel: the export is watched by the memory of the whole process.
func TestRunBench_SmallFile_MeasuresEverything(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := runBench(t.Context(), []string{"-n", "300", "-rounds", "2", "-dir", t.TempDir()}, &stdout, &stderr); status != 0 {
		t.Fatalf("status %d\n%s", status, stderr.String())
	}
	units := map[string]string{}
	for dec := json.NewDecoder(&stdout); ; {
		var m measured
		dec.DisallowUnknownFields()
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if m.N != 300 || m.Value <= 0 || m.Baseline <= 0 || m.Ratio <= 0 {
			t.Errorf("figure %+v", m)
		}
		units[m.Name] = m.Unit
	}
	for name, unit := range map[string]string{
		"list_page": "ms", "list_page_filtered": "ms", "dashboard": "ms", "dashboard_p95_filtered": "ms", "dashboard_16_clients": "1/s",
		"dashboard_not_modified": "1/s", "list_16_clients": "1/s", "search_newest_p95": "ms", "create_16_clients": "1/s", "export_csv": "ms", "export_csv_peak_heap": "MiB", "create": "1/s",
		"dashboard_again_api": "1/s", "create_api": "1/s", "disk_in_groups": "1/s",
	} {
		if units[name] != unit {
			t.Errorf("%s in %q, want %q", name, units[name], unit)
		}
		if !strings.Contains(stderr.String(), name) {
			t.Errorf("the table lacks %s:\n%s", name, stderr.String())
		}
	}
}

func TestRunBench_Only_MeasuresThatAlone(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if status := runBench(t.Context(), []string{"-n", "20", "-rounds", "1", "-only", "dashboard", "-dir", t.TempDir()}, &stdout, &stderr); status != 0 {
		t.Fatalf("status %d\n%s", status, stderr.String())
	}
	if lines := strings.Count(stdout.String(), "\n"); lines != 1 || !strings.HasPrefix(stdout.String(), `{"name":"dashboard","n":20,"value":`) {
		t.Errorf("%d lines: %s", lines, stdout.String())
	}
}

func TestRunBench_BadArguments_Refused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-n", "0"}, {"-n", "many"}, {"-only", "coffee"}, {"-rounds", "0"}, {"more"}} {
		var stdout, stderr bytes.Buffer
		if status := runBench(t.Context(), args, &stdout, &stderr); status != 2 || stdout.Len() > 0 || stderr.Len() == 0 {
			t.Errorf("%v: status %d, stdout %q, stderr %q", args, status, stdout.String(), stderr.String())
		}
	}
}

func TestMedian_TakesTheMiddleAndLeavesTheListAlone(t *testing.T) {
	t.Parallel()
	values := []int{9, 1, 5}
	if got := median(values); got != 5 || !slices.Equal(values, []int{9, 1, 5}) {
		t.Errorf("median %d of %v", got, values)
	}
	if got := median([]int{4, 2}); got != 2 {
		t.Errorf("median %d, want the lower middle", got)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
