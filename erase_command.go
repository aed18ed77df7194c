package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"farwatch/internal/config"
	"farwatch/models"
)

// errEraseUsage is how `farwatch erase` is called.
var errEraseUsage = fmt.Errorf(`%w: farwatch erase -record REF -reason TEXT [-by USER]
       farwatch erase -list FILE -reason TEXT [-by USER]       a ref a line
       farwatch erase -consent-withdrawn -reason TEXT [-by USER]`, errUsage)

type eraseFlags struct {
	record, list, reason, by string
	consent                  bool
}

func parseErase(args []string) (f eraseFlags, err error) {
	flags := flag.NewFlagSet("erase", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&f.record, "record", "", "")
	flags.StringVar(&f.list, "list", "", "")
	flags.StringVar(&f.reason, "reason", "", "")
	flags.StringVar(&f.by, "by", "", "")
	flags.BoolVar(&f.consent, "consent-withdrawn", false, "")
	ways := 0
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return f, errEraseUsage
	}
	for _, given := range []bool{f.record != "", f.list != "", f.consent} {
		if given {
			ways++
		}
	}
	if ways != 1 || strings.TrimSpace(f.reason) == "" {
		return f, errEraseUsage
	}
	return f, nil
}

// eraseCommand destroys records for good. One that is gone already is passed
// over, so that an interrupted list is simply given again.
func eraseCommand(ctx context.Context, p program) (err error) {
	f, err := parseErase(p.args)
	if err != nil {
		return err
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
	actor := ""
	if f.by != "" {
		user, err := i.store.System().UserByName(ctx, f.by)
		if models.KindOf(err) == models.KindNotFound {
			return fmt.Errorf("there is no user %s", f.by)
		}
		if err != nil {
			return err
		}
		actor = user.ID
	}
	refs, kind, err := i.toErase(ctx, f)
	if err != nil {
		return err
	}
	erased, show := 0, showProgress(p.stdout, "erased")
	for n, ref := range refs {
		err := i.store.System().Erase(ctx, ref, kind, f.reason, actor)
		switch {
		case models.KindOf(err) == models.KindNotFound && f.record == "":
			fmt.Fprintf(p.stdout, "%s: there is no such record\n", ref)
		case f.record == "" && held(err):
			fmt.Fprintf(p.stdout, "%s: a legal hold keeps it\n", ref)
		case err != nil:
			return fmt.Errorf("%s: %w", ref, explain(err))
		default:
			erased++
		}
		show(n+1, len(refs))
	}
	if err := i.sweepErased(ctx); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%d records are erased. Older backups still hold them; a restore erases them again.\n", erased)
	return nil
}

// held tells whether a legal hold kept a record from being erased.
func held(err error) bool {
	var e *models.Error
	return errors.As(err, &e) && e.Code == "hold.in_force"
}

// toErase are the refs that the flags name.
func (i *instance) toErase(ctx context.Context, f eraseFlags) (refs []string, kind string, err error) {
	if f.consent {
		refs, err = i.store.System().WithoutConsent(ctx)
		return refs, models.ErasedConsent, err
	}
	lines := f.record
	if f.list != "" {
		data, err := os.ReadFile(f.list)
		if err != nil {
			return nil, "", fmt.Errorf("read list: %w", err)
		}
		lines = string(data)
	}
	for _, line := range strings.Fields(lines) {
		ref, err := models.ParseRef(line)
		if err != nil {
			return nil, "", fmt.Errorf("%q is no ref", line)
		}
		refs = append(refs, ref)
	}
	return refs, models.ErasedRecord, nil
}

// sweepErased deletes the files of erased records, and what rows left behind.
func (i *instance) sweepErased(ctx context.Context) error {
	for more := true; more; {
		more = false
		err := i.store.System().SweepBlobs(ctx, func(name string) error {
			more = true
			return i.files.Delete(ctx, name)
		})
		if err != nil {
			return err
		}
	}
	return i.store.System().Scrub(ctx)
}
