package handlers

import (
	"cmp"
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
	return h.atOnce(ctx, making{
		h: h, view: view, grant: value(r.Params.Grant), filter: &filter, id: uuid.NewString(),
		request: models.ExportRequest{Format: models.FormatCSV, Level: level, Values: "codes", BOM: value(r.Params.Bom)},
	}, r.Params)
}

// atOnce makes a file within its request; params is what was asked for.
func (h *Handlers) atOnce(ctx context.Context, m making, params any) (_ sentFile, err error) {
	file, err := m.file(ctx)
	if err != nil {
		return sentFile{}, err
	}
	defer func() {
		if err != nil {
			_ = file.Close() // the failure is already on its way
		}
	}()
	described, err := json.Marshal(params)
	if err != nil {
		return sentFile{}, fmt.Errorf("encode filter: %w", err)
	}
	export := store.Export{
		ID: cmp.Or(m.id, uuid.NewString()), Level: m.request.Level, Format: m.request.Format, Rows: m.made.Rows, Omitted: m.made.Omitted,
		SHA256: m.made.SHA256, Bytes: m.made.Bytes, Filter: string(described),
	}
	if err := h.view(ctx).RecordExport(ctx, export); err != nil {
		return sentFile{}, err
	}
	body, err := file.Reader()
	if err != nil {
		return sentFile{}, fmt.Errorf("read spool: %w", err)
	}
	return sentFile{export: export, day: models.DayOf(h.Clock()), body: body, close: file.Close}, nil
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

func tooLargeExport(most int) error {
	return &models.Error{
		Kind: models.KindTooLarge, Code: "export.too_large", Params: map[string]any{"count": most},
		Detail: "More than " + strconv.Itoa(most) + " records match. Narrow the filter, by year for instance.",
	}
}

// sentFile is the answer: complete, of known length, closed when sent.
type sentFile struct {
	export store.Export
	day    models.Day
	body   io.Reader
	close  func() error
}

// VisitExportIncidentsCsvResponse sends the file.
func (f sentFile) VisitExportIncidentsCsvResponse(w http.ResponseWriter) error {
	return f.send(w, "text/csv; charset=utf-8; header=present", fmt.Sprintf("farwatch-incidents-%s.csv", f.day))
}

// VisitExportPackageResponse sends the file.
func (f sentFile) VisitExportPackageResponse(w http.ResponseWriter) error {
	return f.send(w, "application/zip", fmt.Sprintf("farwatch-package-%s.zip", f.day))
}

func (f sentFile) send(w http.ResponseWriter, mediaType, name string) error {
	defer func() { _ = f.close() }() // only removes the spool file
	head := w.Header()
	head.Set("Content-Type", mediaType)
	head.Set("Content-Disposition", `attachment; filename="`+name+`"`)
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
