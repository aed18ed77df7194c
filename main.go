// Farwatch records transnational repression. main is a shell around run: it
// wires the packages and holds no rule.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, program{
		args: os.Args[1:], environ: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
	})
	stop()
	os.Exit(status)
}

// program is everything a command may touch of the outside.
type program struct {
	args    []string
	environ []string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
}

// command is one word of the command line.
type command struct {
	name    string
	summary string // "" hides it from the list
	run     func(context.Context, program) error
}

func commands() []command {
	return []command{
		{"serve", "serve the screens and the API", serve},
		{"demo", "serve invented records from a throw-away database", demoServe},
		{"migrate", "bring the database to this program's schema", migrate},
		{"config", "print the settings in force, secrets masked", printConfig},
		{"user", "create, change, disable, enable or reset an account or its second factor", user},
		{"lock", "let people only read, or sign everyone out", lock},
		{"unlock", "open a locked instance again", unlock},
		{"audit", "verify the audit chain", auditCommand},
		{"backup", "write a sealed backup, or verify one", backupCommand},
		{"restore", "bring a backup back into an empty place", restore},
		{"keys", "status, seal, rotate, lock and recover the keys", keysCommand},
		{"erase", "destroy records for good", eraseCommand},
		{"evidence", "verify that evidence files are as they arrived", evidenceCommand},
		{"intake", "suggest fields for an article, or judge the rules for it", intakeCommand},
		{"import", "bring a table in, or take an import back", importCommand},
		{"snapshot", "verify a data package, or make it again from the database", snapshotCommand},
		{"release", "build, audit and publish numbers of records that are only counted", releaseCommand},
		{"doctor", "say what is wrong and how to mend it", doctorCommand},
		{"health", "ask the running server whether it is well", health},
		{"version", "print the version", printVersion},
		{"bench", "", bench},
	}
}

// errUsage asks for the list of commands and exit status 2.
var errUsage = errors.New("usage")

// run executes one command and returns the exit status: 0 done, 1 failed, 2
// not understood.
func run(ctx context.Context, p program) int {
	name := ""
	if len(p.args) > 0 {
		name = p.args[0]
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		p.args = p.args[1:]
		err := c.run(ctx, p)
		switch {
		case err == nil:
			return 0
		case errors.Is(err, errUsage):
			_, _ = fmt.Fprintln(p.stderr, err)
			return 2
		}
		_, _ = fmt.Fprintf(p.stderr, "farwatch %s: %v\n", name, err)
		return 1
	}
	usage(p.stderr)
	if name == "help" || name == "-h" || name == "--help" {
		return 0
	}
	return 2
}

func usage(w io.Writer) {
	_, _ = fmt.Fprintln(w, "usage: farwatch COMMAND [flags]")
	for _, c := range commands() {
		if c.summary != "" {
			_, _ = fmt.Fprintf(w, "  %-8s %s\n", c.name, c.summary)
		}
	}
}

func printVersion(_ context.Context, p program) error {
	_, err := fmt.Fprintln(p.stdout, version)
	return err
}
