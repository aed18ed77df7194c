package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"farwatch/internal/auth"
	"farwatch/internal/config"
	"farwatch/models"
)

// errKeysUsage is how `farwatch keys` is called.
var errKeysUsage = fmt.Errorf(`%w: farwatch keys status
       farwatch keys seal                  ask for a passphrase at every start
       farwatch keys unseal                ask no more
       farwatch keys rotate [-root|-data] APPROVAL   new root key, new keys of records, or both
       farwatch keys lock                  have the running server drop its keys
       farwatch keys unlock                hand them to it again
       farwatch keys recovery APPROVAL     print the keys as two shares for paper
       farwatch keys recover SHARE SHARE   make the key file of two files with shares
APPROVAL: -as NAME [-code CODE]   an administrator of the server, with the code that another one made
          -alone [-as NAME]       the only administrator of the server; seen for 30 days`, errUsage)

// keysCommand is everything about keys.
func keysCommand(ctx context.Context, p program) error {
	if len(p.args) == 0 {
		return errKeysUsage
	}
	c, err := config.Load(nil, p.environ)
	if err != nil {
		return err
	}
	verb, args := p.args[0], p.args[1:]
	switch {
	case verb == "recover" && len(args) == 2:
		return recoverKeys(c, args[0], args[1], p.stdout)
	case verb != "rotate" && verb != "recovery" && len(args) > 0:
		return errKeysUsage
	}
	verbs := map[string]func(context.Context, program, config.Config, *auth.Keys) error{
		"status": keysStatus, "seal": sealKeys, "unseal": unsealKeys, "rotate": rotateKeys, "lock": lockKeys, "unlock": unlockKeys, "recovery": printRecovery,
	}
	do, known := verbs[verb]
	if !known {
		return errKeysUsage
	}
	keys, err := openKeys(c)
	if err != nil {
		return err
	}
	p.args = args
	return do(ctx, p, c, keys)
}

// withStore opens the database with keys for as long as use takes.
func withStore(ctx context.Context, p program, c config.Config, keys *auth.Keys, use func(*instance) error) (err error) {
	i, err := openKeyed(ctx, c, keys, p.stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	return use(i)
}

func keysStatus(ctx context.Context, p program, c config.Config, keys *auth.Keys) error {
	return withStore(ctx, p, c, keys, func(i *instance) error {
		status, err := i.store.System().KeyStatus(ctx)
		if err != nil {
			return err
		}
		mode := "file: whoever has the key file has the keys"
		if keys.Credential() {
			mode = "creds: systemd decrypts the key file for this service"
		}
		if keys.Sealed() {
			mode = "sealed: the key file opens with its passphrase only"
		}
		fmt.Fprintf(p.stdout, "Mode %s\nKeys of records: %d, of organisations and the installation: %d\n", mode, status.Records, status.Shared)
		for n, root := range keys.Roots() {
			use := "old, opens only"
			if n == 0 {
				use = "in use"
			}
			fmt.Fprintf(p.stdout, "Root key %s: %s, wraps %d keys\n", root.ID, use, status.ByRoot[root.ID])
		}
		if status.Locked {
			fmt.Fprintln(p.stdout, "The running server's keys are locked: farwatch keys unlock")
		}
		if status.Renewing {
			fmt.Fprintln(p.stdout, "A rotation was interrupted: farwatch keys rotate -data goes on")
		}
		return nil
	})
}

func sealKeys(_ context.Context, p program, c config.Config, keys *auth.Keys) error {
	if keys.Sealed() {
		return errors.New("the key file is sealed already; farwatch keys unseal comes first")
	}
	passphrase, err := newPassphrase(c)
	if err != nil {
		return err
	}
	if err := keys.SetPassphrase(passphrase); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "The key file is sealed. Every start asks for the passphrase; without it, and without its recovery shares, the records are lost.")
	return nil
}

func unsealKeys(_ context.Context, p program, _ config.Config, keys *auth.Keys) error {
	if !keys.Sealed() {
		return errors.New("the key file is not sealed")
	}
	if err := keys.SetPassphrase(""); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "The key file is open: whoever has it has the keys.")
	return nil
}

// What became of keys that were handed over.
type handed int

const (
	noServer handed = iota
	notTaken
	taken
)

// handOver gives root keys to the running server and waits until it has them.
func (i *instance) handOver(ctx context.Context, keys *auth.Keys) (handed, error) {
	server, err := i.store.System().OfferKeys(ctx, keys.Roots())
	if err != nil || !server {
		return noServer, err
	}
	for range 50 {
		done, err := i.store.System().KeysTaken(ctx)
		if err != nil || done {
			return taken, err
		}
		select {
		case <-ctx.Done():
			return notTaken, ctx.Err()
		case <-time.After(keysStep / 10):
		}
	}
	return notTaken, nil
}

// showProgress prints how far a long step is, at most once a second.
func showProgress(out io.Writer, what string) func(done, total int) {
	var last time.Time
	return func(done, total int) {
		if now := time.Now(); now.Sub(last) >= time.Second || done == total {
			last = now
			fmt.Fprintf(out, "%d of %d %s\n", done, total, what)
		}
	}
}

func lockKeys(ctx context.Context, p program, c config.Config, keys *auth.Keys) error {
	return withStore(ctx, p, c, keys, func(i *instance) error {
		if err := i.store.System().LockKeys(ctx); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, "The running server drops its keys within a second. Records stay closed until farwatch keys unlock, or a restart.")
		return nil
	})
}

func unlockKeys(ctx context.Context, p program, c config.Config, keys *auth.Keys) error {
	return withStore(ctx, p, c, keys, func(i *instance) error {
		got, err := i.handOver(ctx, keys)
		switch {
		case err != nil:
			return err
		case got != taken:
			return errors.New("no running server took the keys; start it, it unlocks by itself")
		}
		fmt.Fprintln(p.stdout, "The running server has its keys again.")
		return nil
	})
}

func printRecovery(ctx context.Context, p program, c config.Config, keys *auth.Keys) error {
	flags := flag.NewFlagSet("recovery", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	who := approvalFlags(flags)
	if err := flags.Parse(p.args); err != nil || flags.NArg() > 0 {
		return errKeysUsage
	}
	one, two, err := keys.Shares()
	if err != nil {
		return err
	}
	err = withStore(ctx, p, c, keys, func(i *instance) error { return i.approved(ctx, p, models.KeysRecovery, *who) })
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Print each share on its own sheet and keep them in two places. One alone tells nothing; both together open every record.\n\n%s\n\f%s", one, two)
	return nil
}

func recoverKeys(c config.Config, one, two string, out io.Writer) error {
	if c.Credential {
		return auth.ErrCredential
	}
	first, err := os.ReadFile(one)
	if err != nil {
		return fmt.Errorf("read share: %w", err)
	}
	second, err := os.ReadFile(two)
	if err != nil {
		return fmt.Errorf("read share: %w", err)
	}
	if err := auth.RecoverKeys(c.KeyFile, string(first), string(second)); err != nil {
		return err
	}
	fmt.Fprintf(out, "The key file %s is there again. It is not sealed: farwatch keys seal.\n", c.KeyFile)
	return nil
}
