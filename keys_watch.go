package main

import (
	"context"
	"log/slog"
	"time"
)

// keysStep is how often a server looks whether its keys were locked.
const keysStep = time.Second

// serveKeys begins the watch over the keys; the vault has its own by now.
func (i *instance) serveKeys(ctx context.Context) error {
	i.keys.Forget()
	return i.store.System().ServeKeys(ctx)
}

// watchKeys follows what commands do to the keys, until the context is done. A
// failure is logged and tried again.
func (i *instance) watchKeys(ctx context.Context) {
	ticker := time.NewTicker(keysStep)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := i.store.System().WatchKeys(ctx); err != nil && ctx.Err() == nil {
			i.log.Warn("keys", slog.String("err_code", "keys.unwatched"))
			i.log.Debug("keys", slog.Any("err", err))
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	if err := i.store.System().LeaveKeys(context.WithoutCancel(ctx)); err != nil {
		i.log.Debug("keys", slog.Any("err", err))
	}
}
