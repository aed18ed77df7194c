package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"farwatch/handlers"
)

// checkMode is the emergency lock. The mode is one row, read by every request
// that could be stopped, so that it binds at once and on every server: with the
// principal, or by itself where nobody signed in.
func (e *edge) checkMode(ctx *gin.Context) {
	op, _ := e.contract.of(ctx)
	principal := handlers.PrincipalOf(ctx.Request.Context())
	reads := ctx.Request.Method == http.MethodGet || ctx.Request.Method == http.MethodHead
	if reads && principal.UserID == "" {
		return
	}
	mode, err := principal.Instance, error(nil)
	if mode == "" {
		mode, err = e.Store.System().InstanceMode(ctx.Request.Context())
	}
	if err == nil {
		err = mode.Refuses(principal, reads, op.urgent)
	}
	if err != nil {
		e.fail(ctx, err)
	}
}
