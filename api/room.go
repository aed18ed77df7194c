package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"farwatch/models"
)

// checkRoom is S53: with the disk nearly full nothing new is taken, so that what
// is there can still be read, signed in to and moved away.
func (e *edge) checkRoom(ctx *gin.Context) {
	if e.Full == nil || ctx.Request.Method == http.MethodGet || ctx.Request.Method == http.MethodHead {
		return
	}
	if op, _ := e.contract.of(ctx); !op.urgent && e.Full() {
		e.fail(ctx, models.StorageFull())
	}
}
