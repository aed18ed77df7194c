package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"farwatch/store"
)

// recordStep is how often progress is told, in records.
const recordStep = 10_000

// verifyRecords compares every record with the sum that vouches for it (S42).
func (i *instance) verifyRecords(ctx context.Context, p program) error {
	wrong := 0
	began := time.Now()
	records, err := i.store.System().VerifyRecords(ctx, func(a store.AlteredRecord) {
		wrong++
		fmt.Fprintln(p.stdout, alteredText(a))
	}, func(done, total int) {
		if done%recordStep == 0 && done < total {
			fmt.Fprintf(p.stderr, "%d of %d records compared\n", done, total)
		}
	})
	if err != nil {
		return err
	}
	at, err := i.store.System().VouchedAfterwards(ctx)
	if err != nil {
		return err
	}
	if !at.IsZero() {
		fmt.Fprintf(p.stdout, "Records from before there were sums got theirs on %s: what was altered earlier does not show.\n", at.Format(time.DateOnly))
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d records were altered past the program: find out who could write to the database, and compare with a backup from before", wrong, records)
	}
	fmt.Fprintf(p.stdout, "All %d records are as the program left them (compared in %s).\n", records, time.Since(began).Round(time.Millisecond))
	return nil
}

func alteredText(a store.AlteredRecord) string {
	switch a.What {
	case store.AlteredGone:
		return fmt.Sprintf("gone: the record with the internal number %d was deleted past the program", a.ID)
	case store.AlteredBare:
		return fmt.Sprintf("%s bare: put in past the program, or its sum was taken away", a.Ref)
	case store.AlteredHistory:
		return fmt.Sprintf("%s history: a version was changed, removed or added past the program", a.Ref)
	}
	return fmt.Sprintf("%s content: the record or one of its entries was changed past the program", a.Ref)
}

// recordTime is how long the doctor compares records.
const recordTime = 10 * time.Second

// records compares as many as there is time for.
func (d *doctor) records(ctx context.Context, i *instance) {
	limited, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	wrong, done, total := 0, 0, 0
	_, err := i.store.System().VerifyRecords(limited, func(store.AlteredRecord) { wrong++ }, func(n, all int) { done, total = n, all })
	switch {
	case wrong > 0:
		d.wrong("records", "`farwatch audit verify -rows` names them; compare with a backup from before", "%d were altered past the program", wrong)
	case err != nil && ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded):
		d.fine("records", "the first %d of %d are as the program left them (`farwatch audit verify -rows` compares all)", done, total)
	case err != nil:
		d.wrong("records", "see the message", "%v", err)
	default:
		d.fine("records", "all %d are as the program left them", done)
	}
}
