package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"time"

	"farwatch/handlers"
	"farwatch/internal/disclosure"
	"farwatch/models"
	"farwatch/store"
)

// errReleaseUsage is how `farwatch release` is called.
var errReleaseUsage = fmt.Errorf(`%w: farwatch release list
       farwatch release build -user ANALYST [-note TEXT] [-corrects NUMBER] [-check]
       farwatch release approve -user REVIEWER ID
       farwatch release publish -user ADMIN ID
       farwatch release discard -user NAME ID
       farwatch release audit               every release ever, as an adversary would, and the files' signatures`, errUsage)

// releaseDesk takes a release through its steps.
type releaseDesk struct {
	i   *instance
	h   *handlers.Handlers
	out io.Writer
}

func releaseCommand(ctx context.Context, p program) (err error) {
	if len(p.args) == 0 {
		return errReleaseUsage
	}
	verb := p.args[0]
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	user, note := flags.String("user", "", ""), flags.String("note", "", "")
	corrects, check := flags.Int("corrects", 0, ""), flags.Bool("check", false, "")
	if flags.Parse(p.args[1:]) != nil {
		return errReleaseUsage
	}
	id, alone := 0, verb == "list" || verb == "audit" || verb == "build"
	if !alone {
		if id, err = strconv.Atoi(flags.Arg(0)); err != nil {
			return errReleaseUsage
		}
	}
	if (alone && flags.NArg() > 0) || (!alone && flags.NArg() != 1) || ((verb != "list" && verb != "audit") != (*user != "")) {
		return errReleaseUsage
	}
	p.args = nil
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	h, err := i.handlers()
	if err != nil {
		return err
	}
	desk := releaseDesk{i, h, p.stdout}
	if *user != "" {
		who, err := i.store.System().ActAs(ctx, *user)
		if err != nil {
			return fmt.Errorf("user %q: %w", *user, err)
		}
		ctx = handlers.WithPrincipal(ctx, who)
	}
	switch verb {
	case "list":
		return desk.list(ctx)
	case "audit":
		return desk.audit(ctx)
	case "build":
		return desk.build(ctx, *note, *corrects, *check)
	}
	return desk.move(ctx, verb, id, i.store.For(handlers.PrincipalOf(ctx)))
}

func (d releaseDesk) progress() func(done, total int) { return showProgress(d.out, "years audited") }

func (d releaseDesk) list(ctx context.Context) error {
	all, err := d.i.store.System().Releases(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(d.out, "No release was built yet: farwatch release build -user ANALYST")
	}
	for _, r := range all {
		number := "-"
		if r.Number != nil {
			number = strconv.Itoa(*r.Number)
		}
		fmt.Fprintf(d.out, "id %d\tnumber %s\t%s\tproposed %s by %s\n", r.ID, number, r.State, r.ProposedAt.Format(time.DateOnly), r.ProposedBy)
	}
	return nil
}

func (d releaseDesk) build(ctx context.Context, note string, corrects int, check bool) error {
	var of *int
	if corrects > 0 {
		of = &corrects
	}
	if !check {
		r, err := d.h.BuildAndPropose(ctx, note, of, d.progress())
		if err != nil {
			return refusal(err)
		}
		fmt.Fprintf(d.out, "Release with the id %d is proposed. Another person approves it: farwatch release approve -user REVIEWER %d\n", r.ID, r.ID)
		return nil
	}
	state, verdict, err := d.h.BuildRelease(ctx, of, d.progress())
	if err != nil {
		return refusal(err)
	}
	if err := d.tell(verdict); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "It could be proposed, with %d tables. Nothing was kept.\n", len(disclosure.PublicTables(state.Cells)))
	return nil
}

// tell prints a verdict; one that blocks is an error.
func (d releaseDesk) tell(v disclosure.Verdict) error {
	fmt.Fprintf(d.out, "%d counts tried, %d linear programs solved, %d counts could be found out, %d not checked.\n", v.Targets, v.Programs, len(v.Pinned), len(v.Unsolved))
	if !v.Passed() {
		return errors.New("the audit blocks")
	}
	return nil
}

func (d releaseDesk) audit(ctx context.Context) error {
	basis, err := d.i.store.System().ReleaseBasis(ctx, d.i.vocab)
	if err != nil {
		return err
	}
	if len(basis.Earlier) == 0 {
		fmt.Fprintln(d.out, "No release was built yet: there is nothing to audit.")
		return nil
	}
	if err := d.signatures(ctx); err != nil {
		return err
	}
	return d.tell(d.h.AuditReleases(ctx, basis, d.progress()))
}

// signatures checks that published files are as they were published.
func (d releaseDesk) signatures(ctx context.Context) error {
	published, err := d.i.store.Public().Releases(ctx)
	if err != nil {
		return err
	}
	for _, r := range published {
		files := make([]models.ReleaseFile, 0, len(r.Files))
		for _, f := range r.Files {
			whole, err := d.i.store.Public().ReleaseFile(ctx, *r.Number, f.Name)
			if err != nil {
				return err
			}
			files = append(files, whole)
		}
		if bad := disclosure.Verify(*r.Number, files, checker(d.i.keys, labelRelease)); bad != "" {
			return fmt.Errorf("release %d: %s is not as it was published", *r.Number, bad)
		}
		fmt.Fprintf(d.out, "Release %d: %d files as they were published\n", *r.Number, len(files))
	}
	return nil
}

func (d releaseDesk) move(ctx context.Context, verb string, id int, v *store.View) (err error) {
	var r models.Release
	switch verb {
	case "approve":
		r, err = v.ApproveRelease(ctx, id)
	case "discard":
		r, err = v.DiscardRelease(ctx, id)
	case "publish":
		r, err = d.h.AuditAndPublish(ctx, id, d.progress())
	default:
		return errReleaseUsage
	}
	if err != nil {
		return refusal(err)
	}
	if r.Number != nil {
		fmt.Fprintf(d.out, "Release %d is published.\n", *r.Number)
		return nil
	}
	fmt.Fprintf(d.out, "The release with the id %d is %s.\n", r.ID, r.State)
	return nil
}

// refusal says why in the words for people, with the figures.
func refusal(err error) error {
	var e *models.Error
	if !errors.As(err, &e) {
		return err
	}
	text := e.Detail
	if n, ok := e.Params["pinned"]; ok {
		text += fmt.Sprintf(" Counts that could be found out: %v; not checked: %v.", n, e.Params["unsolved"])
	}
	if day, ok := e.Params["day"]; ok {
		text += fmt.Sprintf(" The next one can be proposed on %v.", day)
	}
	return errors.New(text)
}
