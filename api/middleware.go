package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"farwatch/handlers"
	"farwatch/internal/auth"
	"farwatch/models"
	"farwatch/store"
)

// Keys of values in gin's context.
const (
	requestIDKey = "request_id"
	errCodeKey   = "err_code"
)

func requestIDOf(ctx *gin.Context) string { return ctx.GetString(requestIDKey) }

func (e *edge) requestID(ctx *gin.Context) {
	id := uuid.NewString()
	ctx.Set(requestIDKey, id)
	ctx.Header("X-Request-Id", id)
	with := store.WithRequestID(ctx.Request.Context(), id)
	with = handlers.WithAddress(with, ctx.Request.URL)
	ctx.Request = ctx.Request.WithContext(handlers.WithClient(with, ctx.ClientIP(), ctx.Request.UserAgent(), deviceOf(ctx)))
}

func deviceOf(ctx *gin.Context) string {
	cookie, err := ctx.Request.Cookie(auth.DeviceCookieName)
	if err != nil {
		return "" // no such cookie
	}
	return cookie.Value
}

// logRequest keeps to the allow-list of S51: route templates, never a path, a
// query, an address or a name.
func (e *edge) logRequest(ctx *gin.Context) {
	start := time.Now()
	ctx.Next()
	e.Log.LogAttrs(ctx, slog.LevelInfo, "request",
		slog.String("method", ctx.Request.Method),
		slog.String("route", ctx.FullPath()),
		slog.Int("status", ctx.Writer.Status()),
		slog.Int64("ms", time.Since(start).Milliseconds()),
		slog.Int("bytes", max(ctx.Writer.Size(), 0)),
		slog.String("rid", requestIDOf(ctx)),
		slog.String("err_code", ctx.GetString(errCodeKey)),
	)
}

// recoverPanic answers 500 without the panic's text. A half-written answer is
// cut off instead of being made to look complete.
func (e *edge) recoverPanic(ctx *gin.Context) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(http.ErrAbortHandler)
		}
		e.Log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("rid", requestIDOf(ctx)), slog.String("route", ctx.FullPath()))
		e.Log.LogAttrs(ctx, slog.LevelDebug, "panic", slog.Any("err", r), slog.String("stack", string(debug.Stack())))
		if ctx.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		e.fail(ctx, fmt.Errorf("panic: %v", r))
	}()
	ctx.Next()
}

// contentSecurityPolicy is S47.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; " +
	"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html"

func (e *edge) securityHeaders(ctx *gin.Context) {
	h := ctx.Writer.Header()
	csp := contentSecurityPolicy
	if e.BaseURL.Scheme == "https" {
		csp += "; upgrade-insecure-requests"
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	h.Set("Content-Security-Policy", csp)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), display-capture=(), usb=()")
	h.Set("Cache-Control", "no-store")
}

// healthPath may be asked under any host name: the program asks itself.
const healthPath = "/api/v1/health"

// checkHost is S6: only the configured host is answered, against DNS
// rebinding. 127.0.0.1 goes to the configured name, since cookies and passkeys
// need it.
func (e *edge) checkHost(ctx *gin.Context) {
	host := ctx.Request.Host
	if host == e.BaseURL.Host || ctx.Request.URL.Path == healthPath {
		return
	}
	loopback := strings.HasPrefix(host, "127.0.0.1:") && e.BaseURL.Hostname() == "localhost"
	safe := ctx.Request.Method == http.MethodGet && !strings.HasPrefix(ctx.Request.URL.Path, "/api/")
	if loopback && safe {
		ctx.Redirect(http.StatusTemporaryRedirect, e.BaseURL.Scheme+"://"+e.BaseURL.Host+"/")
		ctx.Abort()
		return
	}
	e.fail(ctx, models.Fail(models.KindMisdirected, "request.wrong_host", "Use the address that FARWATCH_BASE_URL names."))
}

// cookiePaths are the endpoints that read the refresh cookie.
var cookiePaths = map[string]bool{
	"POST /api/v1/sessions/refresh":   true,
	"DELETE /api/v1/sessions/current": true,
	"POST /api/v1/sessions":           true,
	"POST /api/v1/sessions/factor":    true,
}

// crossOrigin is S7: unsafe requests of another origin are refused, and cookie
// endpoints also need a header that no form can send.
func (e *edge) crossOrigin(ctx *gin.Context) {
	if err := http.NewCrossOriginProtection().Check(ctx.Request); err != nil {
		e.fail(ctx, models.Fail(models.KindForbidden, "request.cross_origin", "This request came from another site.").Because(err))
		return
	}
	if cookiePaths[ctx.Request.Method+" "+ctx.FullPath()] && ctx.GetHeader("X-Farwatch") != "1" {
		e.fail(ctx, models.Fail(models.KindForbidden, "request.header_missing", "Send the header X-Farwatch: 1."))
	}
}

// maxJSON is S3: the most bytes of a JSON body.
const maxJSON = 256 << 10

// capBody is S3: bodies are capped before anything parses them, and compressed
// ones are refused.
func (e *edge) capBody(ctx *gin.Context) {
	if encoding := ctx.GetHeader("Content-Encoding"); encoding != "" && encoding != "identity" {
		e.fail(ctx, models.Fail(models.KindUnsupported, "request.compressed", "Send the body uncompressed."))
		return
	}
	most := int64(maxJSON)
	if op, ok := e.contract.of(ctx); ok && op.maxBytes > 0 {
		most = op.maxBytes
		e.takeYourTime(ctx, most)
	}
	if ctx.Request.ContentLength > most {
		ctx.Header("Connection", "close")
		e.fail(ctx, tooLarge())
		return
	}
	ctx.Request.Body = http.MaxBytesReader(ctx.Writer, ctx.Request.Body, most)
}

// slowest is the line that a transfer may take, in bytes a second (S2).
const slowest = 8 << 10

// takeYourTime gives a body as long as a slow line needs for it.
func (e *edge) takeYourTime(ctx *gin.Context, most int64) {
	until := time.Now().Add(time.Duration(most/slowest) * time.Second)
	control := http.NewResponseController(ctx.Writer)
	// A destination without deadlines, as in tests, is fine.
	if err := errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until.Add(time.Minute))); err != nil && !errors.Is(err, http.ErrNotSupported) {
		e.Log.LogAttrs(ctx, slog.LevelDebug, "extend deadline", slog.Any("err", err))
	}
}

func tooLarge() *models.Error {
	return &models.Error{
		Kind: models.KindTooLarge, Code: "request.too_large",
		Detail: "The body is larger than this address takes: 256 KiB, 4 MiB for a part of a file, 20 MiB for an article. Send less in one request.",
	}
}
