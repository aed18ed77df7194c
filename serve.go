package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"farwatch/api"
	"farwatch/frontend"
	"farwatch/handlers"
	"farwatch/internal/auth"
	"farwatch/internal/config"
	"farwatch/internal/country"
	"farwatch/internal/disclosure"
	"farwatch/internal/disk"
	"farwatch/internal/fetch"
	"farwatch/internal/files"
	"farwatch/internal/intake"
	"farwatch/internal/listen"
	"farwatch/internal/search"
	"farwatch/internal/spool"
	"farwatch/internal/vocab"
	"farwatch/models"
	"farwatch/store"
)

// drainTime is how long requests may finish after a stop (S8).
const drainTime = 25 * time.Second

// instance is the wired program.
type instance struct {
	config config.Config
	keys   *auth.Keys
	store  *store.Store
	files  files.Storage
	vocab  *models.Vocabulary
	hasher *auth.Hasher
	log    *slog.Logger
	broken chan error // the disk failed
	// unmigrated: the database has an older schema, and can only be copied.
	unmigrated bool
}

// open reads the settings and opens everything that commands share.
func open(ctx context.Context, p program) (*instance, error) {
	c, err := config.Load(p.args, p.environ)
	if err != nil {
		return nil, err
	}
	return openWith(ctx, c, p.stderr)
}

func openWith(ctx context.Context, c config.Config, logTo io.Writer) (*instance, error) {
	keys, err := openKeys(c)
	if err != nil {
		return nil, err
	}
	return openKeyed(ctx, c, keys, logTo)
}

// openKeyed is openWith for whoever has opened the key file already.
func openKeyed(ctx context.Context, c config.Config, keys *auth.Keys, logTo io.Writer) (*instance, error) {
	if store.Lossy && c.PasswordCost != "test" {
		return nil, errors.New("this build loses acknowledged writes when the power fails: it is for one test only")
	}
	if err := halfRestored(c); err != nil {
		return nil, err
	}
	v, err := vocab.Load(country.Known)
	if err != nil {
		return nil, err
	}
	auditKey, vaultKey := keys.Derive("audit"), keys.Derive("vault")
	options := store.Options{PostgresURL: c.DatabaseURL, AuditKey: auditKey[:], VaultKey: vaultKey[:], Roots: keys.Roots()}
	if c.DatabaseURL == "" {
		options.SQLitePath = filepath.Join(c.DataDir, databaseName)
	}
	broken := make(chan error, 1)
	options.Broken = func(err error) {
		select {
		case broken <- err:
		default: // the first failure ends the program
		}
	}
	evidence, err := openFiles(c)
	if err != nil {
		return nil, err
	}
	i := &instance{config: c, keys: keys, files: evidence, log: logger(c, logTo)}
	options.Migrating = i.beforeMigration
	s, err := store.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	pepper := keys.Derive("pepper")
	params := auth.DefaultParams
	if c.PasswordCost == "test" {
		params = auth.TestParams
	}
	i.store, i.vocab, i.hasher, i.broken, i.unmigrated = s, v, auth.NewHasher(params, pepper[:]), broken, false
	return i, nil
}

func logger(c config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo // the settings were checked; this cannot happen
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// handlers wires everything that answers requests and works in the background.
func (i *instance) handlers() (*handlers.Handlers, error) {
	fetcher, err := fetch.New(i.config.Fetch)
	if err != nil {
		return nil, err
	}
	secret := i.keys.Derive(labelNoise)
	guard, err := disclosure.New(secret[:])
	if err != nil {
		return nil, err
	}
	return &handlers.Handlers{
		Disclosure: guard, ReleaseKey: signer(i.keys, labelRelease),
		Store: i.store, Vocab: i.vocab, Variants: search.NewVariants(i.vocab), Articles: intake.NewReader(i.vocab), Words: tableWords(i.vocab),
		Waiting: make(chan struct{}, 1), Fetch: fetcher, Hasher: i.hasher, Tokens: auth.NewTokens(i.keys, i.config.BaseURL.String()),
		Refresh: auth.NewRefreshCodec(i.keys), Devices: auth.NewDeviceCodec(i.keys), Throttle: auth.NewThrottle(i.keys, time.Now, i.config.Demo), Clock: time.Now, BaseURL: i.config.BaseURL,
		Version: version, Files: i.files, Exports: handlers.NewExportDesk(), Numbers: handlers.NewAnswers(), Atlas: atlas, Judging: make(chan struct{}, handlers.JudgedAtOnce), Demo: i.config.Demo, SpoolDir: i.spoolDir(),
		Passkeys: auth.NewPasskeys(i.config.BaseURL, models.ChallengeLife), Factors: auth.NewFactorThrottle(time.Now, i.config.Demo),
		FactorOptional: i.config.SecondFactor == "optional", AppsEnough: i.config.SecondFactor == "app", PublicURL: i.config.PublicURL, PublicContact: i.config.PublicContact, ExportCap: i.config.ExportCap, ReadQuota: readQuota(i.config.Demo), Warnings: i.warnings, ETagKey: i.keys.Derive("etag"),
	}, nil
}

func readQuota(demo bool) models.ReadQuota {
	if demo {
		return models.DefaultReadQuota.Times(10)
	}
	return models.DefaultReadQuota
}

// engine builds the HTTP handler.
func (i *instance) engine(h *handlers.Handlers) (http.Handler, error) {
	if err := spool.Clean(h.SpoolDir); err != nil {
		return nil, err
	}
	return api.New(i.deps(h))
}

func (i *instance) deps(h *handlers.Handlers) api.Deps {
	return api.Deps{
		Handlers: h, Store: i.store, Tokens: h.Tokens, Log: i.log, Clock: time.Now, BaseURL: i.config.BaseURL,
		Proxies: i.config.Proxies, Limits: api.NewLimits(time.Now, i.config.Demo), Files: frontend.Files(), Placeholder: frontend.Placeholder(),
		Full: disk.NewGauge(i.config.DataDir, i.config.LeastFree).Full,
	}
}

// serve runs the server until it is told to stop.
func serve(ctx context.Context, p program) (err error) {
	c, err := config.Load(p.args, p.environ)
	if err != nil {
		return err
	}
	held, err := ready(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	i, err := openWith(ctx, c, p.stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	if err := errors.Join(i.prepare(ctx), i.warnOfOneWall(ctx)); err != nil {
		return stopped(ctx, err)
	}
	return stopped(ctx, i.serve(ctx, p.stdout))
}

// stopped is nil for a server that was told to stop while it came up: that is
// an orderly end, and whoever watches the process must not restart it for it.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// warnOfOneWall says when PostgreSQL's policies on rows do not hold the role
// that the program signs in as.
func (i *instance) warnOfOneWall(ctx context.Context) error {
	passes, err := i.store.System().PassesRowSecurity(ctx)
	if err == nil && passes {
		i.log.Warn("the database role passes row-level security: sign in as a plain role that owns the database (docs/security.md)")
	}
	return err
}

func (i *instance) serve(ctx context.Context, out io.Writer) error {
	frugal()
	h, err := i.handlers()
	if err != nil {
		return err
	}
	handler, err := i.engine(h)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", i.config.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; stop the other program, or set FARWATCH_ADDR", i.config.Addr, err)
	}
	listener = listen.Limit(listener, i.config.Proxies)
	server := api.Server(i.config.Addr, handler)
	secrets, redirect, err := listen.TLS(listen.Secrets{
		CertFile: i.config.TLSCert, KeyFile: i.config.TLSKey, ACME: i.config.ACME != "off", ACMEDirectory: acmeDirectory(i.config.ACME),
		Host: i.config.BaseURL.Host, PublicHost: i.publicHost(), CacheDir: acmeCache(i.config),
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server.TLSConfig = secrets
	// Before the first request is answered: an earlier set-up link must be dead
	// by then. Callers wait in the listener's queue meanwhile.
	if err := errors.Join(i.store.System().LoseExports(ctx), i.greet(ctx, out), i.serveKeys(ctx)); err != nil {
		return errors.Join(err, listener.Close())
	}
	failed := make(chan error, 3)
	go func() { failed <- answer(server, listener) }()
	public, err := i.servePublic(h, secrets, failed)
	if err != nil {
		return errors.Join(err, server.Close())
	}
	defer func() { _ = public.Close() }() // whoever reads published pages loses nothing
	if i.config.RedirectAddr != "" {
		plain := api.Server(i.config.RedirectAddr, redirect)
		go func() { failed <- plain.ListenAndServe() }()
		defer func() { _ = plain.Close() }() // it has nothing to finish
	}
	ticking, stop := context.WithCancel(ctx)
	var ticked sync.WaitGroup
	for _, work := range []func(context.Context){
		i.clock, func(ctx context.Context) { i.workImports(ctx, h) }, func(ctx context.Context) { i.workExports(ctx, h) }, i.signHeads, i.keepBackups, i.watchKeys, i.keepFacts,
	} {
		ticked.Go(func() { work(ticking) })
	}
	// The database is closed next: the work must have stopped by then.
	defer func() { stop(); ticked.Wait() }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case err := <-i.broken:
		return errors.Join(i.diskBroke(err), server.Close())
	case <-ctx.Done():
	}
	// The request context is done; draining needs one of its own.
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	if err := i.signHead(drain, nil); err != nil {
		return fmt.Errorf("sign the end of the audit chain: %w", err)
	}
	return nil
}

// acmeDirectory is empty for the usual authority.
func acmeDirectory(setting string) string {
	if setting == "on" || setting == "off" {
		return ""
	}
	return setting
}

// greet prints the address and, while there is no user, a one-time set-up
// link. The token stands behind '#', so that it never reaches a log.
func (i *instance) greet(ctx context.Context, out io.Writer) error {
	base := strings.TrimSuffix(i.config.BaseURL.String(), "/")
	fmt.Fprintf(out, "Farwatch %s is running on %s (%s)\n", version, base, i.store.Dialect())
	required, err := i.store.System().SetUpRequired(ctx)
	if err != nil || !required {
		return err
	}
	token, hash, err := auth.NewOneTimeToken()
	if err != nil {
		return err
	}
	if err := i.store.System().CreateSetUpLink(ctx, hash, time.Now().Add(models.SetUpLinkLife)); err != nil {
		return err
	}
	fmt.Fprintf(out, "There is no user yet. Open this link within 30 minutes; it works once:\n\n    %s/setup#%s\n\nOnly looking? `make demo` serves invented records.\n", base, token)
	return nil
}

// migrate opens the database, which brings its schema forward.
func migrate(ctx context.Context, p program) error {
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The %s database has this program's schema.\n", i.store.Dialect())
	return i.store.Close()
}

// printConfig prints the settings even when some are wrong.
func printConfig(_ context.Context, p program) error {
	c, fault := config.Load(p.args, p.environ)
	return errors.Join(c.Describe(p.stdout), fault)
}

// health asks the running server; the container's health check.
func health(ctx context.Context, p program) error {
	c, err := config.Load(p.args, p.environ)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	scheme, client := "http", &http.Client{}
	if c.TLS() {
		scheme = "https"
		client.Transport = &http.Transport{TLSClientConfig: &tls.Config{
			ServerName: c.BaseURL.Hostname(), InsecureSkipVerify: true, //nolint:gosec // G402: it asks itself, on this machine
		}}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://127.0.0.1:"+port+"/api/v1/health", nil)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // read to the end below
	if _, err := io.Copy(p.stdout, answer.Body); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not well: status %d", answer.StatusCode)
	}
	return nil
}

// acmeCache is where certificates are kept: beside the key file, or with the
// data where that is a credential, whose folder goes when the service ends.
func acmeCache(c config.Config) string {
	if c.Credential {
		return filepath.Join(c.DataDir, "acme")
	}
	return filepath.Join(filepath.Dir(c.KeyFile), "acme")
}
