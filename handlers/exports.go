package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"farwatch/api/spec"
	"farwatch/internal/spool"
	"farwatch/internal/tabular"
	"farwatch/models"
	"farwatch/store"
)

// Export levels: which columns a file has and whose records.
const (
	levelPublic       = models.LevelPublic
	levelDeIdentified = models.LevelDeIdentified
)

// ExportIncidentsCsv writes what matches the filter into one CSV file: one
// consistent snapshot, spooled encrypted, hashed, recorded in the audit before
// the first byte leaves.
func (h *Handlers) ExportIncidentsCsv(ctx context.Context, r spec.ExportIncidentsCsvRequestObject) (spec.ExportIncidentsCsvResponseObject, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	p := PrincipalOf(ctx)
	level, err := exportLevel(p, (*string)(r.Params.Level))
	if err != nil {
		return nil, err
	}
	view, err := h.reading(ctx, r.Params.Grant, "export")
	if err != nil {
		return nil, err
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
	export := store.Export{ID: uuid.NewString(), Level: level, Format: models.FormatCSV}
	from := outgoing{view: view, filter: filter, grant: value(r.Params.Grant)}
	if err := h.writeIncidents(ctx, file, from, value(r.Params.Bom), &export); err != nil {
		return nil, err
	}
	if err := file.Finish(); err != nil {
		return nil, fmt.Errorf("finish spool: %w", err)
	}
	described, err := json.Marshal(r.Params)
	if err != nil {
		return nil, fmt.Errorf("encode filter: %w", err)
	}
	export.SHA256, export.Bytes, export.Filter = file.Sum(), file.Size(), string(described)
	if err := h.view(ctx).RecordExport(ctx, export); err != nil {
		return nil, err
	}
	body, err := file.Reader()
	if err != nil {
		return nil, fmt.Errorf("read spool: %w", err)
	}
	sent = true
	name := fmt.Sprintf("farwatch-incidents-%s.csv", models.DayOf(h.Clock()))
	return csvFile{export: export, name: name, body: body, close: file.Close}, nil
}

// exportLevel is the row "export level" of the role table. Without a wish it
// is the widest that the roles allow.
func exportLevel(p models.Principal, wish *string) (string, error) {
	wide := p.HasAny(models.RoleAnalyst, models.RoleReviewer)
	level := value(wish)
	switch {
	case wish == nil && wide && p.Granted(models.ScopeDeIdentified):
		level = levelDeIdentified
	case wish == nil:
		level = levelPublic
	case level == levelDeIdentified && !wide && !p.Has(models.RoleCaseworker):
		return "", models.Fail(models.KindForbidden, "permission.denied", "Your roles allow the level public only.")
	}
	if !p.Granted(models.TokenScope("exports:" + level)) {
		return "", models.ScopeMissing()
	}
	return level, nil
}

// outgoing is which records leave in a file.
type outgoing struct {
	view   *store.View
	filter models.IncidentFilter
	grant  string // by way of which they are read; "" for one's own
}

// writeIncidents streams header and rows and counts them into the export.
func (h *Handlers) writeIncidents(ctx context.Context, w io.Writer, from outgoing, bom bool, export *store.Export) error {
	out := tabular.NewWriter(w, bom)
	columns := wideColumns(export.Level)
	if err := out.WriteRow(header(columns)); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	p := from.view.Principal()
	// Restricted and sealed records leave in no file: what was downloaded
	// cannot be called back.
	scope := store.ExportScope{
		OpenOnly: true,
		TeamOnly: export.Level == levelDeIdentified && !p.HasAny(models.RoleAnalyst, models.RoleReviewer),
	}
	row := make([]tabular.Cell, 0, len(columns)+1)
	omitted, err := from.view.EachIncident(ctx, from.filter, scope, func(rec models.Incident) error {
		if err := h.count(export); err != nil {
			return err
		}
		row = row[:0]
		wide := wideRow{rec: &rec, url: h.sharedURL(rec.Ref, from.grant)}
		for _, c := range columns {
			row = append(row, c.cell(&wide))
		}
		return out.WriteRow(append(row, tabular.Text(export.ID)))
	})
	if err != nil {
		return err
	}
	export.Omitted = omitted
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

// count takes one more record into an export, up to the cap.
func (h *Handlers) count(export *store.Export) error {
	if export.Rows++; export.Rows <= h.ExportCap {
		return nil
	}
	return tooLargeExport(h.ExportCap)
}

func tooLargeExport(most int) error {
	return &models.Error{
		Kind: models.KindTooLarge, Code: "export.too_large", Params: map[string]any{"count": most},
		Detail: "More than " + strconv.Itoa(most) + " records match. Narrow the filter, by year for instance.",
	}
}

// csvFile is the answer: complete, of known length, closed when sent.
type csvFile struct {
	export store.Export
	name   string
	body   io.Reader
	close  func() error
}

// VisitExportIncidentsCsvResponse sends the file.
func (f csvFile) VisitExportIncidentsCsvResponse(w http.ResponseWriter) error {
	return f.send(w, "text/csv; charset=utf-8; header=present")
}

func (f csvFile) send(w http.ResponseWriter, mediaType string) error {
	defer func() { _ = f.close() }() // only removes the spool file
	head := w.Header()
	head.Set("Content-Type", mediaType)
	head.Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	head.Set("Content-Length", strconv.FormatInt(f.export.Bytes, 10))
	head.Set("ETag", `"`+f.export.SHA256+`"`)
	head.Set("X-Farwatch-Rows", strconv.Itoa(f.export.Rows))
	head.Set("X-Farwatch-Omitted", strconv.Itoa(f.export.Omitted))
	head.Set("X-Farwatch-Export", f.export.ID)
	w.WriteHeader(http.StatusOK)
	return sendSlowly(w, f.body)
}

// A slow line may take as long as it needs, as long as it takes 8 KiB a second
// (S2).
const (
	sendChunk = 256 << 10
	sendTime  = sendChunk / (8 << 10) * time.Second
)

// sendSlowly moves the write deadline on with every chunk. A destination
// without deadlines, as in tests, is fine.
func sendSlowly(w http.ResponseWriter, body io.Reader) error {
	control := http.NewResponseController(w)
	for {
		if err := control.SetWriteDeadline(time.Now().Add(sendTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return fmt.Errorf("extend deadline: %w", err)
		}
		_, err := io.CopyN(w, body, sendChunk)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("send file: %w", err)
		}
	}
}
