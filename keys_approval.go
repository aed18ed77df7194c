package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"farwatch/internal/auth"
)

// approval says who replaces or prints the keys, and with whose leave.
type approval struct {
	as, code string
	alone    bool
}

func approvalFlags(flags *flag.FlagSet) *approval {
	a := &approval{}
	flags.StringVar(&a.as, "as", "", "")
	flags.StringVar(&a.code, "code", "", "")
	flags.BoolVar(&a.alone, "alone", false, "")
	return a
}

// errApproval says what is missing, and how one gets it.
var errApproval = errors.New(`this takes two people. Another administrator of the server makes a code for it (Administration, Keys), and you run
       the command with -as YOUR-NAME -code CODE within 15 minutes. With no other administrator: -alone -as YOUR-NAME`)

// approved is the yes of two people to action: of a person who shows by the
// password that it is them, and of another one who made the code; or of the
// only one there is, which is told to everybody who looks.
func (i *instance) approved(ctx context.Context, p program, action string, a approval) error {
	system := i.store.System()
	if a.as == "" && !a.alone || a.alone && a.code != "" {
		return errApproval
	}
	if a.as != "" {
		if err := i.confirmPerson(ctx, p, action, a.as); err != nil {
			return err
		}
	}
	if a.alone {
		if err := system.AloneWithKeys(ctx, action, a.as); err != nil {
			return explain(err)
		}
		fmt.Fprintln(p.stderr, "Done by one person alone: the audit says so, and farwatch doctor and the administration page for 30 days.")
		return nil
	}
	if a.code == "" {
		var err error
		if a.code, err = p.ask("Code of the other administrator: "); err != nil {
			return err
		}
	}
	return explain(system.UseKeyApproval(ctx, action, auth.HashKeyCode(action, a.code), a.as))
}

// confirmPerson asks an administrator of the server for the password.
func (i *instance) confirmPerson(ctx context.Context, p program, action, name string) error {
	user, err := i.store.System().KeysPerson(ctx, name)
	if err != nil {
		return explain(err)
	}
	password, err := p.ask("Password of " + name + ": ")
	if err != nil {
		return err
	}
	ok, _, err := i.hasher.Verify(ctx, user.PasswordHash, password)
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return errors.Join(errors.New("that is not the password of "+name+"; after 5 wrong tries open codes end"), i.store.System().RefuseKeys(ctx, action, user))
	}
	return nil
}

// ask asks at the terminal, or reads the next line of standard input where that
// is none.
func (p program) ask(question string) (string, error) {
	if f, ok := p.stdin.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return askTerminal(question)
		}
	}
	line, err := readLine(p.stdin)
	if err != nil {
		return "", fmt.Errorf("%s%w", question, err)
	}
	return line, nil
}

// aloneWithKeys says when somebody replaced or printed the keys alone.
func (d *doctor) aloneWithKeys(ctx context.Context, i *instance) {
	at, err := i.store.System().AloneWithKeysSince(ctx)
	switch {
	case err != nil:
		d.wrong("keys", "see the message", "%v", err)
	case at != nil:
		d.warn("keys", "find out whether that was meant (audit, keys.alone); name a second administrator of the server, who makes the code next time",
			"one person alone replaced or printed the keys on %s", at.Format("2006-01-02 15:04 MST"))
	default:
		d.fine("keys", "in 30 days nobody replaced or printed them alone")
	}
}
