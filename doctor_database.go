package main

import (
	"context"
	"strings"
	"time"

	"farwatch/models"
	"farwatch/store"
)

// database looks at what is inside. That it could be opened says that its
// settings read back as they must, and that its schema is this program's.
func (d *doctor) database(ctx context.Context, i *instance) {
	d.engine(ctx, i)
	if err := i.store.System().QuicklySound(ctx); err != nil {
		d.wrong("database", "stop the server, then restore the newest backup that `farwatch backup verify` finds whole", "%v", err)
	}
	rows, heeded, err := i.auditFault(ctx)
	if err != nil {
		d.wrong("audit", "find out who could write to the database, and compare with a backup from before", "%v", err)
	} else {
		d.fine("audit", "%d rows are intact. %s", rows, heeded)
	}
	d.records(ctx, i)
	if err := i.clockFault(ctx); err != nil {
		d.wrong("clock", "see the message", "%v", err)
	} else {
		d.fine("clock", "%s", time.Now().UTC().Format(time.RFC3339))
	}
	mode, err := i.store.System().InstanceMode(ctx)
	switch {
	case err != nil:
		d.wrong("mode", "see the message", "%v", err)
	case mode == models.ModeQuarantine:
		d.warn("mode", "look whether the right backup was restored, then `farwatch restore -confirm`", "quarantine after a restore: people can read only")
	case mode != models.ModeOpen:
		d.warn("mode", "`farwatch unlock`", "the instance is locked: %s", mode)
	}
	d.fourEyes(ctx, i)
	d.leftovers(ctx, i)
	d.aloneWithKeys(ctx, i)
}

// fourEyes names the organisations of one person.
func (d *doctor) fourEyes(ctx context.Context, i *instance) {
	codes, err := i.store.System().WithoutFourEyes(ctx)
	switch {
	case err != nil:
		d.wrong("four eyes", "see the message", "%v", err)
	case len(codes) > 0:
		d.warn("four eyes", "as soon as there is a second reviewer, their administrator turns it on again: Administration, Organisation",
			"reviewers decide about their own work, which no release and no full export contains: %s", strings.Join(codes, ", "))
	default:
		d.fine("four eyes", "a second person decides about what somebody wrote, in every organisation")
	}
}

// engine says which database it is.
func (d *doctor) engine(ctx context.Context, i *instance) {
	newest, err := store.NewestSchema(i.store.Dialect())
	if err != nil {
		d.wrong("database", "see the message", "%v", err)
		return
	}
	d.fine("database", "%s, schema %d; every setting that durability hangs on reads back as it must", i.store.Dialect(), newest)
	passes, err := i.store.System().PassesRowSecurity(ctx)
	switch {
	case err != nil:
		d.wrong("database user", "see the message", "%v", err)
	case passes:
		d.warn("database user", "make a plain role, without SUPERUSER and BYPASSRLS, that owns the database, and name it in FARWATCH_DATABASE_URL", "PostgreSQL's row-level security does not hold the program")
	}
}

// leftovers names what should be gone.
func (d *doctor) leftovers(ctx context.Context, i *instance) {
	parts, err := i.store.System().OverdueImportParts(ctx)
	switch {
	case err != nil:
		d.wrong("imports", "see the message", "%v", err)
	case parts > 0:
		d.warn("imports", "start the server: it drops them within a minute", "%d parts of uploaded tables are kept longer than they should be", parts)
	default:
		d.fine("imports", "nothing is left over")
	}
}
