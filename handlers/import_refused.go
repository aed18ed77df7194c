package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/mapping"
	"farwatch/internal/spool"
	"farwatch/internal/tabular"
	"farwatch/models"
)

// Columns that a file of refused rows has besides those of the table.
const (
	rowColumn    = "_row"
	reasonColumn = "_reason"
)

// DownloadRefused answers the refused rows with the reason, to be mended and
// brought in again: the map that was saved fits them too.
func (h *Handlers) DownloadRefused(ctx context.Context, r spec.DownloadRefusedRequestObject) (spec.DownloadRefusedResponseObject, error) {
	view := h.view(ctx)
	i, err := view.Import(ctx, r.ImportId)
	if err != nil {
		return nil, err
	}
	var found importFound
	if i.Found != nil {
		if err := json.Unmarshal(i.Found, &found); err != nil {
			return nil, fmt.Errorf("decode what was found: %w", err)
		}
	}
	file, err := spool.New(h.SpoolDir)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	sent := false
	defer func() {
		if !sent {
			_ = file.Close() // the failure is already on its way
		}
	}()
	if err := h.writeRefused(ctx, file, i, found); err != nil {
		return nil, err
	}
	if err := file.Finish(); err != nil {
		return nil, fmt.Errorf("finish spool: %w", err)
	}
	body, err := file.Reader()
	if err != nil {
		return nil, fmt.Errorf("read spool: %w", err)
	}
	sent = true
	return refusedFile{body: body, size: file.Size(), close: file.Close}, nil
}

func (h *Handlers) writeRefused(ctx context.Context, w io.Writer, i models.Import, found importFound) error {
	out := tabular.NewWriter(w, true)
	head := make([]tabular.Cell, 0, len(found.Columns)+3)
	own := 0
	for _, c := range found.Columns {
		if c.Name != rowColumn && c.Name != reasonColumn && c.Name != dialectColumn {
			head = append(head, tabular.Text(c.Name))
			own++
		}
	}
	if err := out.WriteRow(append(head, tabular.Text(rowColumn), tabular.Text(reasonColumn), tabular.Text(dialectColumn))); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	for after := 0; ; {
		rows, err := h.view(ctx).ImportRows(ctx, i.ID, []string{models.RowRefused}, after, models.ImportChunk)
		if err != nil {
			return err
		}
		for _, row := range rows {
			after = row.Number
			detail, err := detailOf(row)
			if err != nil {
				return err
			}
			cells := make([]tabular.Cell, 0, own+3)
			for n, c := range found.Columns {
				if c.Name == rowColumn || c.Name == reasonColumn || c.Name == dialectColumn {
					continue
				}
				text := ""
				if n < len(detail.Cells) {
					text = detail.Cells[n]
				}
				cells = append(cells, tabular.Text(text))
			}
			cells = append(cells, tabular.Int(row.Number), tabular.Text(reasonOf(detail.Faults)), tabular.Text(i.ID))
			if err := out.WriteRow(cells); err != nil {
				return err
			}
		}
		if len(rows) < models.ImportChunk {
			break
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

// reasonOf names the faults of a row: column, value, what is wrong.
func reasonOf(faults []mapping.Fault) string {
	parts := make([]string, len(faults))
	for i, f := range faults {
		place := f.Column
		if place == "" {
			place = f.Field
		}
		parts[i] = strings.TrimSpace(place + ": " + strings.ReplaceAll(f.Code, "_", " "))
		if f.Value != "" {
			parts[i] += " (" + f.Value + ")"
		}
	}
	return strings.Join(parts, "; ")
}

type refusedFile struct {
	body  io.Reader
	size  int64
	close func() error
}

// VisitDownloadRefusedResponse sends the file.
func (f refusedFile) VisitDownloadRefusedResponse(w http.ResponseWriter) error {
	defer func() { _ = f.close() }() // only removes the spool file
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Length", strconv.FormatInt(f.size, 10))
	head.Set("Content-Disposition", `attachment; filename="farwatch-refused-rows.csv"`)
	head.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	if _, err := io.Copy(w, f.body); err != nil {
		return fmt.Errorf("send rows: %w", err)
	}
	return nil
}
