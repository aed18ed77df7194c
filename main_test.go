package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/internal/config"
	"farwatch/models"
)

const goodPassword = "four green walls talk"

// place is a data directory and a key of its own, and the environment that
// names them.
type place struct {
	t       testing.TB
	environ []string
}

func newPlace(t testing.TB, more ...string) place {
	t.Helper()
	dir := t.TempDir()
	return place{t: t, environ: append([]string{
		"FARWATCH_DATA_DIR=" + filepath.Join(dir, "data"), "FARWATCH_KEY_FILE=" + filepath.Join(dir, "keys", "k"),
		"FARWATCH_PASSWORD_COST=test", "FARWATCH_ADDR=127.0.0.1:0", "FARWATCH_SECOND_FACTOR=optional",
		"FARWATCH_LEAST_FREE=1048576", // of the machine that the tests run on
	}, more...)}
}

// farwatch runs one command in this process.
func (p place) farwatch(stdin string, args ...string) (status int, stdout, stderr string) {
	p.t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), program{
		args: args, environ: p.environ, stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs,
	})
	return status, out.String(), errs.String()
}

// want runs a command and fails unless it ends with this status and says these
// words, on standard output when it succeeds and on standard error when not.
func (p place) want(status int, words, stdin string, args ...string) {
	p.t.Helper()
	got, stdout, stderr := p.farwatch(stdin, args...)
	said := stdout
	if status != 0 {
		said = stderr
	}
	if got != status || !strings.Contains(said, words) {
		p.t.Errorf("farwatch %s: status %d, want %d with %q\nstdout: %sstderr: %s", strings.Join(args, " "), got, status, words, stdout, stderr)
	}
	if strings.Contains(stdout+stderr, goodPassword) {
		p.t.Errorf("farwatch %s printed the password", strings.Join(args, " "))
	}
}

// user reads an account the way that signing in does.
func (p place) user(name string) (models.User, error) {
	p.t.Helper()
	c, err := config.Load(nil, p.environ)
	if err != nil {
		p.t.Fatal(err)
	}
	i, err := openWith(p.t.Context(), c, &bytes.Buffer{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer i.store.Close()
	return i.store.System().UserByName(p.t.Context(), name)
}

func TestCommand_Version_Printed(t *testing.T) {
	t.Parallel()
	newPlace(t).want(0, "dev\n", "", "version")
}

func TestCommand_Help_ListsCommands(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"help", "-h", "--help"} {
		status, _, stderr := newPlace(t).farwatch("", word)
		if status != 0 {
			t.Errorf("%s: status %d", word, status)
		}
		for _, command := range []string{"serve", "demo", "migrate", "config", "user", "audit", "health", "version"} {
			if !strings.Contains(stderr, "\n  "+command+" ") {
				t.Errorf("%s does not list %s: %s", word, command, stderr)
			}
		}
		if strings.Contains(stderr, "bench") {
			t.Errorf("%s lists a command for developers", word)
		}
	}
}

func TestCommand_NotUnderstood_Status2(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(2, "usage: farwatch COMMAND", "")
	p.want(2, "usage: farwatch COMMAND", "", "destroy")
	p.want(2, "farwatch user create", "", "user")
	p.want(2, "farwatch user create", "", "user", "create")
	p.want(2, "farwatch user create", "", "user", "create", "-name", "amina", "-colour", "red")
	p.want(2, "farwatch user create", "", "user", "create", "-name", "amina", "left over")
	p.want(2, "farwatch user create", "", "user", "promote", "-name", "amina")
	p.want(2, "farwatch audit verify", "", "audit")
	p.want(2, "farwatch audit verify", "", "audit", "repair")
}

func TestCommand_Config_MasksSecretsAndTellsOrigins(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "FARWATCH_DATABASE_URL=postgres://amina:canary@db.example/farwatch?password=canary")
	status, stdout, stderr := p.farwatch("", "config", "-log-level", "debug")
	if status != 0 || stderr != "" {
		t.Errorf("status %d, stderr %s", status, stderr)
	}
	if strings.Contains(stdout+stderr, "canary") {
		t.Errorf("a secret was printed: %s", stdout)
	}
	for name, want := range map[string]string{
		"FARWATCH_DATABASE_URL": "postgres://********@db.example/******** environment", "FARWATCH_LOG_LEVEL": "debug flag",
		"FARWATCH_LOG_FORMAT": "text default", "FARWATCH_ADDR": "127.0.0.1:0 environment",
	} {
		found := false
		for line := range strings.Lines(stdout) {
			found = found || strings.HasPrefix(strings.Join(strings.Fields(line), " "), name+" "+want+" ")
		}
		if !found {
			t.Errorf("no line %s %s in\n%s", name, want, stdout)
		}
	}
}

func TestCommand_Config_ReportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	p := place{t: t, environ: []string{
		"FARWATCH_ADDR=here", "FARWATCH_LOG_LEVEL=loud", "FARWATCH_COLOUR=red", "FARWATCH_BASE_URL=http://farwatch.example",
		"FARWATCH_DATABASE_URL=mysql://amina:canary@db.example/x",
	}}
	status, stdout, stderr := p.farwatch("", "config", "-export-row-cap", "none", "stray")
	if status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	for _, name := range []string{
		"FARWATCH_ADDR", "FARWATCH_LOG_LEVEL", "FARWATCH_COLOUR", "FARWATCH_BASE_URL", "FARWATCH_DATABASE_URL", "FARWATCH_EXPORT_ROW_CAP", `"stray"`,
	} {
		if !strings.Contains(stderr, name) {
			t.Errorf("nothing about %s in %s", name, stderr)
		}
	}
	if strings.Contains(stdout+stderr, "canary") {
		t.Errorf("a secret was printed: %s%s", stdout, stderr)
	}
}

func TestCommand_BadSettings_NothingIsOpened(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "FARWATCH_LOG_LEVEL=loud")
	for _, args := range [][]string{{"serve"}, {"demo"}, {"migrate"}, {"user", "disable", "-name", "amina"}, {"audit", "verify"}, {"health"}} {
		p.want(1, "FARWATCH_LOG_LEVEL", "", args...)
	}
}

func TestCommand_Migrate_MakesTheSchemaAndDoesSoOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "The sqlite database has this program's schema.", "", "migrate")
	p.want(0, "The sqlite database has this program's schema.", "", "migrate")
}

func TestCommand_Health_ServerNotThere_Status1(t *testing.T) {
	t.Parallel()
	newPlace(t, "FARWATCH_LOG_FORMAT=json").want(1, "the server does not answer", "", "health", "-addr", "127.0.0.1:1")
}

// opened is the place's instance; the caller closes its store.
func (p place) opened() *instance {
	p.t.Helper()
	c, err := config.Load(nil, p.environ)
	if err != nil {
		p.t.Fatal(err)
	}
	i, err := openWith(p.t.Context(), c, &bytes.Buffer{})
	if err != nil {
		p.t.Fatal(err)
	}
	return i
}
