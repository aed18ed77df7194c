package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"farwatch/internal/auth"
	"farwatch/internal/config"
	"farwatch/models"
)

// rotateKeys goes on where an interrupted rotation stopped.
func rotateKeys(ctx context.Context, p program, c config.Config, keys *auth.Keys) error {
	flags := flag.NewFlagSet("rotate", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	root, data := flags.Bool("root", false, ""), flags.Bool("data", false, "")
	who := approvalFlags(flags)
	if err := flags.Parse(p.args); err != nil || flags.NArg() > 0 {
		return errKeysUsage
	}
	if !*root && !*data {
		*root, *data = true, true
	}
	if keys.Credential() && *root {
		return auth.ErrCredential // before a server is handed a key that nobody can keep
	}
	newRoot := false
	err := withStore(ctx, p, c, keys, func(i *instance) error {
		begun, err := i.rotation(ctx, keys)
		newRoot = *root && !begun.root
		if err != nil || !newRoot && (!*data || begun.data) {
			return err // what was interrupted goes on under the approval that it had
		}
		return i.approved(ctx, p, models.KeysRotate, *who)
	})
	if err == nil && newRoot {
		err = keys.AddRoot()
	}
	if err != nil {
		return err
	}
	return withStore(ctx, p, c, keys, func(i *instance) error {
		if *root {
			if err := i.rewrap(ctx, p, keys); err != nil {
				return err
			}
		}
		if *data {
			if err := i.store.System().RenewData(ctx, showProgress(p.stdout, "sealed anew")); err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, "Every record and organisation has a new key.")
		}
		return i.store.System().Scrub(ctx)
	})
}

// rotation is what an interrupted one has begun.
type rotation struct{ root, data bool }

// rotation tells whether the last root key has not replaced its predecessors
// everywhere yet, or not everything has a new key.
func (i *instance) rotation(ctx context.Context, keys *auth.Keys) (begun rotation, err error) {
	status, err := i.store.System().KeyStatus(ctx)
	for _, old := range keys.Roots()[1:] {
		begun.root = begun.root || status.ByRoot[old.ID] > 0
	}
	begun.data = status.Renewing
	return begun, err
}

func (i *instance) rewrap(ctx context.Context, p program, keys *auth.Keys) error {
	taken, err := i.handOver(ctx, keys)
	if err != nil {
		return err
	}
	byRoot, err := i.store.System().Rewrap(ctx, showProgress(p.stdout, "wrapped anew"))
	if err != nil {
		return err
	}
	dropped, err := keys.DropRoots(func(id string) bool { return byRoot[id] > 0 })
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Root key %s wraps %d keys; old root keys removed: %d.\n", keys.Roots()[0].ID, byRoot[keys.Roots()[0].ID], dropped)
	if taken == notTaken {
		fmt.Fprintln(p.stdout, "No running server took the new key. If one runs, restart it now. Back up the key file.")
		return nil
	}
	fmt.Fprintln(p.stdout, "Back up the key file: older copies open this database no more.")
	return nil
}
