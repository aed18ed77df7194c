package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"farwatch/models"
)

// clockStep is how often the program looks for work that the calendar brings.
const clockStep = time.Minute

// tidyFiles deletes stored bytes that nothing refers to, and forgets uploads and
// imports that nobody finished, and notes of reads that lie back.
func (i *instance) tidyFiles(ctx context.Context) error {
	remove := func(name string) error { return i.files.Delete(ctx, name) }
	return errors.Join(i.store.System().SweepBlobs(ctx, remove), i.store.System().DropOldUploads(ctx), i.store.System().DropOldImports(ctx),
		i.store.System().DropOldReads(ctx))
}

// eraseDue erases the deleted records whose 30 days are over, with their files.
func (i *instance) eraseDue(ctx context.Context) error {
	erased, err := i.store.System().EraseDue(ctx)
	if erased > 0 {
		err = errors.Join(err, i.sweepErased(ctx))
	}
	return err
}

// tick does what the calendar brings, unless the instance is locked: then
// nothing is published and nothing deleted.
func (i *instance) tick(ctx context.Context) {
	mode, err := i.store.System().InstanceMode(ctx)
	if err == nil && mode != models.ModeOpen {
		return
	}
	if err == nil {
		_, err = i.store.System().PublishDue(ctx, i.vocab)
	}
	if err != nil && ctx.Err() == nil {
		i.log.Warn("embargo clock", slog.String("err_code", "clock.failed"))
		i.log.Debug("embargo clock", slog.Any("err", err))
	}
	if err := i.eraseDue(ctx); err != nil && ctx.Err() == nil {
		i.log.Warn("erasure clock", slog.String("err_code", "erasure.failed"))
		i.log.Debug("erasure clock", slog.Any("err", err))
	}
	if err := i.tidyFiles(ctx); err != nil && ctx.Err() == nil {
		i.log.Warn("evidence files", slog.String("err_code", "files.untidy"))
		i.log.Debug("evidence files", slog.Any("err", err))
	}
}

// clock ticks until the context is done. A failure is logged and tried again at
// the next step.
func (i *instance) clock(ctx context.Context) {
	ticker := time.NewTicker(clockStep)
	defer ticker.Stop()
	for {
		i.tick(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// keepFacts keeps the column index until the context is done. Without it SQL
// answers, so that a failure is only slow.
func (i *instance) keepFacts(ctx context.Context) {
	i.store.System().KeepFacts(ctx, func(err error) {
		i.log.Warn("column index", slog.String("err_code", "facts.failed"))
		i.log.Debug("column index", slog.Any("err", err))
	})
}
