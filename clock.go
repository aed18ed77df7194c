package main

import (
	"context"
	"log/slog"
	"time"
)

// clockStep is how often the program looks for work that the calendar brings.
const clockStep = time.Minute

// clock publishes what an embargo ends, until the context is done. A failure
// is logged and tried again at the next step.
func (i *instance) clock(ctx context.Context) {
	ticker := time.NewTicker(clockStep)
	defer ticker.Stop()
	for {
		if _, err := i.store.System().PublishDue(ctx, i.vocab); err != nil && ctx.Err() == nil {
			i.log.Warn("embargo clock", slog.String("err_code", "clock.failed"))
			i.log.Debug("embargo clock", slog.Any("err", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
