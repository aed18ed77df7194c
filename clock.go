package main

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// clockStep is how often the program looks for work that the calendar brings.
const clockStep = time.Minute

// tidyFiles deletes stored bytes that nothing refers to, and forgets uploads and
// imports that nobody finished.
func (i *instance) tidyFiles(ctx context.Context) error {
	remove := func(name string) error { return i.files.Delete(ctx, name) }
	return errors.Join(i.store.System().SweepBlobs(ctx, remove), i.store.System().DropOldUploads(ctx), i.store.System().DropOldImports(ctx))
}

// clock publishes what an embargo ends and tidies files, until the context is done. A failure
// is logged and tried again at the next step.
func (i *instance) clock(ctx context.Context) {
	ticker := time.NewTicker(clockStep)
	defer ticker.Stop()
	for {
		if _, err := i.store.System().PublishDue(ctx, i.vocab); err != nil && ctx.Err() == nil {
			i.log.Warn("embargo clock", slog.String("err_code", "clock.failed"))
			i.log.Debug("embargo clock", slog.Any("err", err))
		}
		if err := i.tidyFiles(ctx); err != nil && ctx.Err() == nil {
			i.log.Warn("evidence files", slog.String("err_code", "files.untidy"))
			i.log.Debug("evidence files", slog.Any("err", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
