package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

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
