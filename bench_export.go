package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"farwatch/api/spec"
	"farwatch/handlers"
	"farwatch/store/benchdb"
)

// exportRounds of whole files: long ones, three say enough.
const exportRounds = 3

// exportCSV is a download of every record as an analyst, from the request to the
// last byte at the client.
func (t *benchTarget) exportCSV(ctx context.Context, client http.ResponseWriter) error {
	answer, err := t.handlers(t.store).ExportIncidentsCsv(handlers.WithPrincipal(ctx, t.principal), spec.ExportIncidentsCsvRequestObject{})
	if err != nil {
		return err
	}
	return answer.VisitExportIncidentsCsvResponse(client)
}

// benchExportShell compares the file of everything with what the sqlite3 shell
// writes for the same question, and tells how much memory the program grew by.
func benchExportShell(ctx context.Context, t *benchTarget) ([]measured, error) {
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		_, _ = fmt.Fprintln(t.stderr, "  left out: there is no sqlite3 shell here")
		return nil, nil
	}
	var used [2]time.Duration // processor time of each side, all runs
	ours := func() error {
		begun := processorTime()
		defer func() { used[0] += processorTime() - begun }()
		return t.exportCSV(ctx, discardResponse{http.Header{}})
	}
	plain := func() error {
		took, err := t.shellCSV(ctx, shell, filepath.Join(t.spoolDir, "shell.csv"))
		used[1] += took
		return err
	}
	rounds := min(t.rounds, exportRounds)
	oursTook, plainTook, err := duel(rounds, ours, plain)
	if err != nil {
		return nil, err
	}
	for i, side := range []string{"export_csv_shell", "export_csv_shell, sqlite3"} {
		_, _ = fmt.Fprintf(t.stderr, "  %s: %s of processor time each\n", side, (used[i] / time.Duration(rounds+1)).Round(time.Millisecond))
	}
	return []measured{timing("export_csv_shell", t.n, oursTook, plainTook)}, nil
}

// shellCSV lets the shell write the file and returns its processor time.
func (t *benchTarget) shellCSV(ctx context.Context, shell, path string) (used time.Duration, err error) {
	file, err := os.Create(path)
	if err != nil {
		return 0, fmt.Errorf("make file of the shell: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(path)) }()
	return t.shell(ctx, shell, file)
}

func (t *benchTarget) shell(ctx context.Context, shell string, to io.Writer) (used time.Duration, err error) {
	run := exec.CommandContext(ctx, shell, "-readonly", "-batch", "-csv", t.path) //nolint:gosec // G204: the shell that PATH names, on our own file
	var faults bytes.Buffer
	run.Stdin = strings.NewReader(benchdb.Wide(t.principal.OrganisationID, t.baseURL.String(), false) + ";\n")
	run.Stdout, run.Stderr = to, &faults
	if err := run.Run(); err != nil || faults.Len() > 0 {
		return 0, fmt.Errorf("run the shell: %w: %s", err, faults.String())
	}
	return run.ProcessState.UserTime() + run.ProcessState.SystemTime(), nil
}

// benchExportCopy compares the same file with what PostgreSQL itself sends for
// the same question.
func benchExportCopy(ctx context.Context, t *benchTarget) ([]measured, error) {
	query := benchdb.Wide(t.principal.OrganisationID, t.baseURL.String(), true)
	ours, plain, err := duel(min(t.rounds, exportRounds), func() error {
		return t.exportCSV(ctx, discardResponse{http.Header{}})
	}, func() error {
		_, err := benchdb.CopyOut(ctx, t.postgres, query, io.Discard)
		return err
	})
	if err != nil {
		return nil, err
	}
	peak, err := watchMemory(func() error { return t.exportCSV(ctx, discardResponse{http.Header{}}) })
	return []measured{timing("export_csv_copy", t.n, ours, plain), memory("export_csv_copy_growth", t.n, peak.grown, growthLimit)}, err
}
