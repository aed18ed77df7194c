package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"farwatch/api/spec"
	"farwatch/handlers"
	"farwatch/models"
)

// statusOf is the one table from kind of failure to HTTP status.
var statusOf = map[models.Kind]int{
	models.KindInternal:        http.StatusInternalServerError,
	models.KindMalformed:       http.StatusBadRequest,
	models.KindUnauthenticated: http.StatusUnauthorized,
	models.KindForbidden:       http.StatusForbidden,
	models.KindNotFound:        http.StatusNotFound,
	models.KindGone:            http.StatusGone,
	models.KindConflict:        http.StatusConflict,
	models.KindStale:           http.StatusPreconditionFailed,
	models.KindNeedsMatch:      http.StatusPreconditionRequired,
	models.KindTooLarge:        http.StatusRequestEntityTooLarge,
	models.KindUnsupported:     http.StatusUnsupportedMediaType,
	models.KindInvalid:         http.StatusUnprocessableEntity,
	models.KindLocked:          http.StatusLocked,
	models.KindTooMany:         http.StatusTooManyRequests,
	models.KindUnavailable:     http.StatusServiceUnavailable,
	models.KindFull:            http.StatusInsufficientStorage,
	models.KindMisdirected:     http.StatusMisdirectedRequest,
}

// fail is the only writer of failures. What is not a models.Error is a fault
// of ours: constant text to the client, the cause to the log only (S5).
func (e *edge) fail(ctx *gin.Context, err error) {
	var known *models.Error
	if !errors.As(err, &known) {
		known = models.Fail(models.KindInternal, "internal", "").Because(err)
	}
	status := statusOf[known.Kind]
	if status >= http.StatusInternalServerError {
		e.Log.LogAttrs(ctx, slog.LevelDebug, "failure", slog.String("rid", requestIDOf(ctx)), slog.Any("err", err))
	}
	ctx.Set(errCodeKey, known.Code)
	ctx.Abort()
	if ctx.Writer.Written() {
		return // the status is out; the client sees a short body
	}
	writeProblem(ctx, status, known)
}

func writeProblem(ctx *gin.Context, status int, known *models.Error) {
	p := spec.Problem{
		Type:     "urn:farwatch:problem:" + known.Code,
		Title:    http.StatusText(status),
		Status:   status,
		Code:     known.Code,
		Detail:   known.Detail,
		Instance: "urn:uuid:" + requestIDOf(ctx),
	}
	if status >= http.StatusInternalServerError && known.Detail == "" {
		p.Detail = "Something failed on our side. Nothing was saved. Try again; if it stays, give the administrator this instance id."
	}
	for _, f := range known.Fields {
		p.Errors = append(p.Errors, spec.FieldProblem{Pointer: f.Pointer, Parameter: f.Parameter, Code: f.Code, Params: f.Params})
	}
	p.CurrentVersion = intParam(known.Params, "current_version")
	if t, ok := known.Params["tombstone"].(models.Tombstone); ok {
		p.Tombstone = handlers.Tombstone(t)
	}
	p.Count = intParam(known.Params, "count")
	if p.RetryAfter = intParam(known.Params, "retry_after"); p.RetryAfter != nil {
		ctx.Header("Retry-After", strconv.Itoa(*p.RetryAfter))
	}
	body, err := json.Marshal(p)
	if err != nil { // cannot happen: plain strings and numbers
		panic(fmt.Errorf("encode problem: %w", err))
	}
	ctx.Header("Cache-Control", "no-store")
	ctx.Data(status, "application/problem+json", body)
}

func intParam(params map[string]any, name string) *int {
	n, ok := params[name].(int)
	if !ok {
		return nil
	}
	return &n
}

// malformed is for what the generated binding refuses: the contract check ran
// before, so this is rare and names no field.
func malformed(err error) error {
	return models.Fail(models.KindMalformed, "request.malformed", "The request cannot be read. Check it against the API reference.").Because(err)
}

func (e *edge) noMethod(ctx *gin.Context) {
	known := models.Fail(models.KindMalformed, "request.method_not_allowed", "This address does not take that method.")
	ctx.Set(errCodeKey, known.Code)
	ctx.Abort()
	writeProblem(ctx, http.StatusMethodNotAllowed, known)
}
