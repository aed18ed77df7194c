package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"farwatch/internal/auth"
	"farwatch/internal/config"
	"farwatch/models"
)

// errUserUsage is how `farwatch user` is called.
var errUserUsage = fmt.Errorf(`%w: farwatch user create  -name NAME -organisation CODE [-organisation-name TEXT] -roles ROLE,… < password
       farwatch user roles   -name NAME -roles ROLE,…
       farwatch user disable -name NAME
       farwatch user enable  -name NAME
       farwatch user reset   -name NAME < password
       farwatch user reset-factor -name NAME
roles: advocate, analyst, caseworker, reviewer, org_admin, instance_admin`, errUsage)

// userFlags of all verbs.
type userFlags struct{ name, organisation, organisationName, roles string }

// user creates, changes, disables, enables or resets an account, or takes its
// second factors away for somebody who lost them. Passwords come on standard
// input, where no process list shows them.
func user(ctx context.Context, p program) (err error) {
	if len(p.args) == 0 {
		return errUserUsage
	}
	verb := p.args[0]
	var f userFlags
	flags := flag.NewFlagSet("user", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&f.name, "name", "", "")
	flags.StringVar(&f.organisation, "organisation", "", "")
	flags.StringVar(&f.organisationName, "organisation-name", "", "")
	flags.StringVar(&f.roles, "roles", "", "")
	if err := flags.Parse(p.args[1:]); err != nil || f.name == "" || flags.NArg() > 0 {
		return errUserUsage
	}
	c, err := config.Load(nil, p.environ)
	if err != nil {
		return err
	}
	i, err := openWith(ctx, c, p.stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	if err := i.clockFault(ctx); err != nil {
		return err
	}
	switch verb {
	case "create":
		err = i.createUser(ctx, p.stdin, f)
	case "roles":
		err = i.setRoles(ctx, f)
	case "disable":
		err = i.store.System().DisableUser(ctx, f.name)
	case "enable":
		err = i.store.System().EnableUser(ctx, f.name)
	case "reset":
		err = i.resetUser(ctx, p.stdin, f.name)
	case "reset-factor":
		err = i.store.System().ResetFactors(ctx, f.name)
	default:
		return errUserUsage
	}
	if err != nil {
		return explain(err)
	}
	fmt.Fprintf(p.stdout, "%s: done for %s\n", verb, f.name)
	return nil
}

// explain shows the sentence and the fields of a failure instead of its code.
func explain(err error) error {
	var e *models.Error
	if !errors.As(err, &e) || e.Detail == "" {
		return err
	}
	text := e.Detail
	for _, f := range e.Fields {
		text += " [" + strings.TrimPrefix(f.Pointer, "#/") + ": " + f.Code + "]"
	}
	return errors.New(text)
}

// roleList reads roles joined by commas.
func roleList(text string) ([]models.Role, error) {
	var roles []models.Role
	for name := range strings.SplitSeq(text, ",") {
		role := models.Role(strings.TrimSpace(name))
		if !models.ValidRole(role) {
			return nil, fmt.Errorf("%q is no role; roles are advocate, analyst, caseworker, reviewer, org_admin, instance_admin", name)
		}
		roles = append(roles, role)
	}
	return roles, nil
}

func (i *instance) setRoles(ctx context.Context, f userFlags) error {
	roles, err := roleList(f.roles)
	if err != nil {
		return err
	}
	return i.store.System().SetRoles(ctx, f.name, roles)
}

func (i *instance) createUser(ctx context.Context, stdin io.Reader, f userFlags) error {
	roles, err := roleList(f.roles)
	if err != nil {
		return err
	}
	hash, err := i.readPassword(ctx, stdin, f.name)
	if err != nil {
		return err
	}
	if f.organisationName != "" {
		return i.store.System().CreateUserAndOrganisation(ctx, f.organisation, f.organisationName, f.name, hash, roles)
	}
	err = i.store.System().CreateUser(ctx, f.organisation, f.name, hash, roles)
	if models.KindOf(err) == models.KindNotFound {
		return fmt.Errorf("there is no organisation %q; add -organisation-name \"Its name\" to make it", f.organisation)
	}
	return err
}

func (i *instance) resetUser(ctx context.Context, stdin io.Reader, name string) error {
	hash, err := i.readPassword(ctx, stdin, name)
	if err != nil {
		return err
	}
	return i.store.System().ResetPassword(ctx, name, hash)
}

// readPassword takes one line of standard input and hashes it.
func (i *instance) readPassword(ctx context.Context, stdin io.Reader, name string) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(stdin, 1024)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	password := strings.TrimRight(line, "\r\n")
	if err := auth.CheckPassword(password, name); err != nil {
		return "", fmt.Errorf("the password on standard input is refused (%w): use 15 characters or more that nobody would guess", err)
	}
	return i.hasher.Hash(ctx, password)
}

// auditCommand verifies the chain, with -rows the records as well, and exits 1
// when something was altered.
func auditCommand(ctx context.Context, p program) (err error) {
	const usage = "farwatch audit verify [-rows] | accept-clock"
	if len(p.args) == 0 || !slices.Contains([]string{"verify", "accept-clock"}, p.args[0]) {
		return fmt.Errorf("%w: %s", errUsage, usage)
	}
	verb := p.args[0]
	records := verb == "verify" && slices.Equal(p.args[1:], []string{"-rows"})
	if len(p.args) > 1 && !records {
		return fmt.Errorf("%w: %s", errUsage, usage)
	}
	p.args = nil
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	if verb == "accept-clock" {
		fmt.Fprintln(p.stdout, "The clock of this machine counts from now on.")
		return i.store.System().Note(ctx, "clock.accept", "")
	}
	rows, heeded, err := i.auditFault(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The audit chain is intact: %d rows.\n%s\n", rows, heeded)
	if records {
		return i.verifyRecords(ctx, p)
	}
	return nil
}

// bench is for developers: see docs/performance.md.
func bench(ctx context.Context, p program) error {
	if status := runBench(ctx, p.args, p.stdout, p.stderr); status != 0 {
		return errors.New("the measurement failed")
	}
	return nil
}
