package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"farwatch/handlers"
	"farwatch/internal/sheet"
)

const snapshotUsage = `farwatch snapshot verify [-rebuild -user NAME] FILE

Checks a data package: every sum, every table against its description, every
row against its record. That needs no database. -rebuild makes the package of
the same id from the database, as NAME may see it, and compares the bytes.`

// snapshotCommand is `farwatch snapshot verify`.
func snapshotCommand(ctx context.Context, p program) (err error) {
	if len(p.args) == 0 || p.args[0] != "verify" {
		return fmt.Errorf("%w: %s", errUsage, snapshotUsage)
	}
	flags := flag.NewFlagSet("snapshot", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	rebuild := flags.Bool("rebuild", false, "make the package from the database and compare")
	user := flags.String("user", "", "who makes it")
	if flags.Parse(p.args[1:]) != nil || flags.NArg() != 1 || *rebuild != (*user != "") {
		return fmt.Errorf("%w: %s", errUsage, snapshotUsage)
	}
	file, err := os.Open(flags.Arg(0))
	if err != nil {
		return fmt.Errorf("open package: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	report, err := sheet.CheckPackage(file)
	if err != nil {
		return err //nolint:wrapcheck // says what is wrong with the file
	}
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	digest := hex.EncodeToString(sum.Sum(nil))
	name := report.ID
	if name == "" {
		name = "a package without an id"
	}
	fmt.Fprintf(p.stdout, "%s: %d files and %d rows of %d records are as they were written.\nSHA-256 %s, %d bytes. Compare it with the list of snapshots.\n",
		name, report.Files, report.Rows, report.Records, digest, size)
	if !*rebuild {
		return nil
	}
	if report.ID == "" {
		return errors.New("this package has no id to make it again by")
	}
	return rebuildSnapshot(ctx, p, report.ID, *user, digest)
}

func rebuildSnapshot(ctx context.Context, p program, id, user, digest string) (err error) {
	p.args = nil
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	who, err := i.store.System().ActAs(ctx, user)
	if err != nil {
		return fmt.Errorf("user %q: %w", user, err)
	}
	if !who.May("exports:package") {
		return fmt.Errorf("user %q may not export packages", user)
	}
	h, err := i.handlers()
	if err != nil {
		return err
	}
	made, _, err := h.RebuildSnapshot(handlers.WithPrincipal(ctx, who), id)
	if err != nil {
		return fmt.Errorf("make %s again: %w", id, err)
	}
	if made != digest {
		return fmt.Errorf("the file is not %s: the database makes SHA-256 %s", id, made)
	}
	fmt.Fprintf(p.stdout, "The database makes the same bytes for %s.\n", id)
	return nil
}
