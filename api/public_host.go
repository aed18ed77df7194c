package api

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"farwatch/models"
)

// NewPublic is the public side alone, for a host name of its own (S9): its
// pages, the operations over what is published, and the words and files that
// they need. Nothing there reads a session or leads to one.
func NewPublic(d Deps) (http.Handler, error) {
	d.BaseURL = d.Handlers.PublicURL
	e, engine, guarded, err := newEngine(d)
	if err != nil {
		return nil, err
	}
	e.register(onlyPublic{IRouter: guarded, contract: e.contract})
	p := e.servePublic(engine, true)
	engine.NoRoute(p.serveFiles())
	return engine, nil
}

// onlyPublic registers what the contract counts among the public's operations,
// and passes over everything else.
type onlyPublic struct {
	gin.IRouter
	contract *contract
}

// besides are operations that the public pages and the program's own watch need.
var besides = []string{"vocabulary", "health"}

func (r onlyPublic) allows(method, route string) bool {
	op, ok := r.contract.operations[method+" "+route]
	return ok && op.permission == models.PermissionPublic && (slices.Contains(op.op.Tags, "public") || slices.Contains(besides, op.id))
}

// GET registers an operation that reads, if the public may.
func (r onlyPublic) GET(route string, chain ...gin.HandlerFunc) gin.IRoutes {
	if !r.allows(http.MethodGet, route) {
		return r
	}
	return r.IRouter.GET(route, chain...)
}

// POST registers nothing: the public changes nothing.
func (r onlyPublic) POST(string, ...gin.HandlerFunc) gin.IRoutes { return r }

// PUT registers nothing.
func (r onlyPublic) PUT(string, ...gin.HandlerFunc) gin.IRoutes { return r }

// PATCH registers nothing.
func (r onlyPublic) PATCH(string, ...gin.HandlerFunc) gin.IRoutes { return r }

// DELETE registers nothing.
func (r onlyPublic) DELETE(string, ...gin.HandlerFunc) gin.IRoutes { return r }

// serveFiles answers the built files that pages load; the front page leads to
// the numbers, and everything else is absent.
func (p *publicSite) serveFiles() gin.HandlerFunc {
	packed := packAssets(p.Files)
	return func(ctx *gin.Context) {
		name := strings.TrimPrefix(path.Clean(ctx.Request.URL.Path), "/")
		reads := ctx.Request.Method == http.MethodGet || ctx.Request.Method == http.MethodHead
		switch {
		case !reads:
			p.noMethod(ctx)
		case name == "api" || strings.HasPrefix(name, "api/"):
			p.fail(ctx, models.Fail(models.KindNotFound, "request.not_found", "There is no such address in the API."))
		case name == "":
			ctx.Redirect(http.StatusFound, "/public")
		case (strings.HasPrefix(name, "assets/") || name == "favicon.svg") && p.serveFile(ctx, name, packed):
		default:
			p.failure(ctx, models.NotFound("incident"))
		}
	}
}
