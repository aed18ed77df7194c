package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"farwatch/models"
)

// errLockUsage is how the two commands are called.
var errLockUsage = fmt.Errorf(`%w: farwatch lock read-only|closed [-reason TEXT]
       farwatch unlock
read-only: people sign in and read, and change nothing
closed:    every session ends, and only administrators sign in`, errUsage)

// lockModes are the words of the command line.
var lockModes = map[string]models.InstanceMode{"read-only": models.ModeReadOnly, "closed": models.ModeClosed}

// lock is the emergency lock from the shell; the running server obeys with the
// next request.
func lock(ctx context.Context, p program) error {
	if len(p.args) == 0 {
		return errLockUsage
	}
	mode, known := lockModes[p.args[0]]
	flags := flag.NewFlagSet("lock", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	reason := flags.String("reason", "", "")
	if !known || flags.Parse(p.args[1:]) != nil || flags.NArg() > 0 {
		return errLockUsage
	}
	if len([]rune(*reason)) > models.MaxLockReason || models.TextFault(*reason) != "" {
		return fmt.Errorf("the reason is longer than %d characters, or holds characters that cannot be kept", models.MaxLockReason)
	}
	if err := setMode(ctx, p, mode, *reason); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The instance is locked: %s. `farwatch unlock` opens it again.\n", p.args[0])
	return nil
}

func unlock(ctx context.Context, p program) error {
	if len(p.args) > 0 {
		return errLockUsage
	}
	if err := setMode(ctx, p, models.ModeOpen, ""); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "The instance is open.")
	return nil
}

func setMode(ctx context.Context, p program, mode models.InstanceMode, reason string) (err error) {
	p.args = nil
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	return i.store.System().SetInstanceMode(ctx, mode, reason, "")
}
