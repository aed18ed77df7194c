package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"time"

	"farwatch/internal/country"
	"farwatch/internal/demo"
	"farwatch/internal/vocab"
	"farwatch/models"
	"farwatch/store"
	"farwatch/store/benchdb"
)

// benchSeed fixes the records, so that two runs measure the same.
const benchSeed = 2025

// The one account of the temporary database. Nobody signs in.
const (
	benchOrganisation = "bench"
	benchUser         = "bench"
)

// benchTarget is the filled database, as the program and as plain SQL see it.
type benchTarget struct {
	n, rounds int
	path      string // of the file of SQLite, or
	postgres  string // the address of the database
	vocab     *models.Vocabulary
	store     *store.Store
	slow      *store.Store // the same file without a column index: SQL answers
	view      *store.View
	principal models.Principal
	plain     *benchdb.DB
	baseURL   *url.URL
	spoolDir  string
	stderr    io.Writer
}

// openBenchTarget makes and fills a database. On an error nothing is left open.
func openBenchTarget(ctx context.Context, path, dir string, o benchOptions, stderr io.Writer) (*benchTarget, error) {
	t := &benchTarget{
		n: o.n, rounds: o.rounds, path: path, postgres: o.postgres, baseURL: &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}, spoolDir: dir, stderr: stderr,
	}
	options := store.Options{SQLitePath: path, AuditKey: make([]byte, 32), VaultKey: make([]byte, 32)}
	if o.postgres != "" {
		options.SQLitePath, options.PostgresURL = "", o.postgres
	}
	var err error
	if t.vocab, err = vocab.Load(country.Known); err != nil {
		return nil, err
	}
	begun := time.Now()
	if t.store, err = store.Open(ctx, options); err != nil {
		return nil, err
	}
	_, unknown := t.store.System().UserByName(ctx, benchUser)
	filled := unknown == nil
	if filled {
		_, _ = fmt.Fprintf(stderr, "opened in %s\n", time.Since(begun).Round(time.Millisecond))
	}
	if o.postgres == "" {
		t.slow, err = store.Open(ctx, options)
	}
	if err == nil {
		err = t.prepare(ctx, filled, stderr)
	}
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func (t *benchTarget) close() error {
	var err error
	if t.plain != nil {
		err = t.plain.Close()
	}
	if t.slow != nil {
		err = errors.Join(err, t.slow.Close())
	}
	return errors.Join(err, t.store.Close())
}

// prepare makes the account, writes the records and opens both views.
func (t *benchTarget) prepare(ctx context.Context, filled bool, stderr io.Writer) error {
	if err := t.signUp(ctx, filled); err != nil {
		return err
	}
	if !filled {
		if err := t.fill(ctx, stderr); err != nil {
			return err
		}
	}
	begun := time.Now()
	if err := t.store.System().LoadFacts(ctx); err != nil {
		return fmt.Errorf("load the column index: %w", err)
	}
	_, bytes := t.store.System().FactsHeld()
	_, _ = fmt.Fprintf(stderr, "column index loaded in %s, %.1f MiB\n", time.Since(begun).Round(time.Millisecond), float64(bytes)/mebi)
	t.view = t.store.For(t.principal)
	if t.postgres != "" {
		return benchdb.Analyze(ctx, t.postgres)
	}
	var err error
	if t.plain, err = benchdb.Open(t.path); err != nil {
		return err
	}
	return t.plain.Checkpoint(ctx)
}

func (t *benchTarget) signUp(ctx context.Context, filled bool) error {
	system := t.store.System()
	if !filled {
		if err := system.CreateOrganisation(ctx, benchOrganisation, "Measurement"); err != nil {
			return fmt.Errorf("create organisation: %w", err)
		}
		roles := []models.Role{models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer}
		if err := system.CreateUser(ctx, benchOrganisation, benchUser, "no password", roles); err != nil {
			return fmt.Errorf("create user: %w", err)
		}
	}
	user, err := system.UserByName(ctx, benchUser)
	if err != nil {
		return fmt.Errorf("find user: %w", err)
	}
	session, err := system.StartSession(ctx, user.ID, "bench", models.FactorTOTP)
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	if t.principal, _, err = system.Principal(ctx, session.ID); err != nil {
		return fmt.Errorf("read principal: %w", err)
	}
	return nil
}

// fill writes n invented records and tells every tenth part of the way.
func (t *benchTarget) fill(ctx context.Context, stderr io.Writer) error {
	start, told := time.Now(), 0
	progress := func(written int) {
		if tenth := written * 10 / t.n; tenth > told {
			told = tenth
			_, _ = fmt.Fprintf(stderr, "filled %d of %d in %s\n", written, t.n, time.Since(start).Round(time.Second))
		}
	}
	records := seedIncidents(spoken(demo.Generate(benchSeed, t.n, t.vocab, time.Now())), t.vocab)
	if err := t.store.System().Seed(ctx, benchOrganisation, benchUser, t.vocab, records, progress); err != nil {
		return fmt.Errorf("fill database: %w", err)
	}
	return nil
}

// seedIncidents brings invented records to the form that the store takes.
func seedIncidents(records iter.Seq[demo.Record], v *models.Vocabulary) iter.Seq[store.SeedIncident] {
	return func(yield func(store.SeedIncident) bool) {
		for r := range records {
			s := store.SeedIncident{
				Input: r.Input, Derived: models.Derive(r.Input, v), WorkflowStatus: r.WorkflowStatus,
				VerificationStatus: r.VerificationStatus, CreatedAt: r.CreatedAt,
			}
			if !yield(s) {
				return
			}
		}
	}
}
