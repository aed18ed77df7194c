package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"farwatch/frontend"
	"farwatch/handlers"
)

// exportStepTime is how often finished files are looked through for old ones.
const exportStepTime = time.Minute

// workExports makes exports until the context is done, and destroys their files
// when a day is over and when the program ends.
func (i *instance) workExports(ctx context.Context, h *handlers.Handlers) {
	defer func() { _ = h.Exports.Close() }() // what stays of a file is noise
	ticker := time.NewTicker(exportStepTime)
	defer ticker.Stop()
	for {
		sweep := false
		select {
		case <-ctx.Done():
			return
		case <-h.Exports.Waiting():
		case <-ticker.C:
			sweep = true
		}
		err := h.WorkExports(ctx, i.store.System())
		if sweep {
			err = errors.Join(err, h.SweepExports(ctx, i.store.System()))
		}
		if err != nil && ctx.Err() == nil {
			i.log.Warn("export", slog.String("err_code", "export.failed"))
			i.log.Debug("export", slog.Any("err", err))
		}
	}
}

// atlas is the map that the screens draw; nil where they were not built.
func atlas() ([]byte, error) {
	files := frontend.Files()
	names, err := fs.Glob(files, "assets/countries-50m-*.json")
	if err != nil || len(names) == 0 {
		return nil, err //nolint:wrapcheck // the pattern is a constant
	}
	data, err := fs.ReadFile(files, names[0])
	if err != nil {
		return nil, fmt.Errorf("read map: %w", err)
	}
	return data, nil
}
