// Package api is everything that knows HTTP: the router, the ordered
// middleware, the contract and the one writer of failures.
package api

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"farwatch/api/spec"
	"farwatch/handlers"
	"farwatch/internal/auth"
	"farwatch/store"
)

// Deps is what the engine is wired from.
type Deps struct {
	Handlers    *handlers.Handlers
	Store       *store.Store
	Tokens      *auth.Tokens
	Log         *slog.Logger
	Clock       func() time.Time
	BaseURL     *url.URL
	Proxies     []netip.Prefix // may say who asks; nobody else may
	Limits      *Limits        // nil: none, for tests and measurements
	Files       fs.FS          // the built SPA
	Placeholder []byte         // served when the SPA was not built
	Full        func() bool    // whether the disk has no room for more; nil: it always has
}

// New is the whole engine: one ordered list of middleware, then the routes of
// the contract, then the SPA. It fails when router, contract and role table
// differ.
func New(d Deps) (http.Handler, error) {
	e, engine, guarded, err := newEngine(d)
	if err != nil {
		return nil, err
	}
	e.register(guarded)
	if err := e.contract.checkRoutes(engine.Routes()); err != nil {
		return nil, fmt.Errorf("router and contract differ: %w", err)
	}
	e.servePublic(engine, false)
	engine.NoRoute(e.serveSPA())
	return engine, nil
}

// newEngine is what both sides share: the ordered middleware, without routes.
func newEngine(d Deps) (*edge, *gin.Engine, *gin.RouterGroup, error) {
	c, err := loadContract()
	if err != nil {
		return nil, nil, nil, err
	}
	d.Handlers.ContractJSON = contractJSON
	e := &edge{Deps: d, contract: c}
	e.prepareReference()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.HandleMethodNotAllowed = true
	engine.UseRawPath = false
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	var trusted []string
	for _, p := range d.Proxies {
		trusted = append(trusted, p.String())
	}
	if err := engine.SetTrustedProxies(trusted); err != nil {
		return nil, nil, nil, fmt.Errorf("trust the proxies: %w", err)
	}
	engine.Use(e.requestID, e.logRequest, e.recoverPanic, e.securityHeaders, e.checkHost, e.crossOrigin, e.capBody)
	engine.NoMethod(e.noMethod)
	return e, engine, engine.Group("", e.authenticate, e.authorise, e.limit, e.checkMode, e.checkRoom, e.ownNames, e.validate), nil
}

// register routes the operations of the contract.
func (e *edge) register(router gin.IRouter) {
	strict := spec.NewStrictHandlerWithOptions(e.Handlers, []spec.StrictMiddlewareFunc{detach, refuseNothing}, spec.StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(ctx *gin.Context, err error) { e.fail(ctx, malformed(err)) },
		HandlerErrorFunc:         e.fail,
		ResponseErrorHandlerFunc: e.fail,
	})
	spec.RegisterHandlersWithOptions(router, strict, spec.GinServerOptions{
		ErrorHandler: func(ctx *gin.Context, err error, _ int) { e.fail(ctx, malformed(err)) },
	})
}

// edge holds the middleware.
type edge struct {
	Deps
	contract *contract
	// Of the reference for programs, made when first asked for.
	operations func() []referenceGroup
	manual     func() (packedPage, error)
}

// refuseNothing turns a handler that answers nothing into a failure: gin would
// send an empty 200.
func refuseNothing(next spec.StrictHandlerFunc, id string) spec.StrictHandlerFunc {
	return func(ctx *gin.Context, request any) (any, error) {
		response, err := next(ctx, request)
		if err == nil && response == nil {
			return nil, errors.New(id + " answered nothing")
		}
		return response, err
	}
}

// detach gives the handler a copy of gin's context. The original is pooled and
// goes to the next request while a database connection may still watch it for
// cancellation.
func detach(next spec.StrictHandlerFunc, _ string) spec.StrictHandlerFunc {
	return func(ctx *gin.Context, request any) (any, error) { return next(ctx.Copy(), request) }
}

// Server is the one http.Server, with every timeout of S2.
func Server(addr string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
}
