package api

import (
	"strings"

	"github.com/gin-gonic/gin"

	"farwatch/handlers"
	"farwatch/internal/auth"
	"farwatch/models"
)

// authenticate turns the bearer token into a principal. The token names only a
// session; user, membership and roles are read now (S16), so that sign-out,
// disabling and role changes bind at once.
func (e *edge) authenticate(ctx *gin.Context) {
	op, ok := e.contract.of(ctx)
	if !ok {
		e.fail(ctx, models.Fail(models.KindForbidden, "permission.denied", "This operation has no row in the permission table."))
		return
	}
	if op.permission == models.PermissionPublic {
		return
	}
	token, found := strings.CutPrefix(ctx.GetHeader("Authorization"), "Bearer ")
	if !found {
		e.unauthenticated(ctx, models.Fail(models.KindUnauthenticated, "session.required", "Sign in first."))
		return
	}
	if strings.HasPrefix(token, auth.MachinePrefix) {
		e.authenticateMachine(ctx, token)
		return
	}
	claims, err := e.Tokens.Verify(e.Clock(), token)
	if err != nil {
		e.unauthenticated(ctx, models.SessionExpired().Because(err))
		return
	}
	principal, _, err := e.Store.System().Principal(ctx.Request.Context(), claims.SessionID)
	if err != nil {
		e.unauthenticated(ctx, err)
		return
	}
	if principal.UserID != claims.UserID {
		e.unauthenticated(ctx, models.SessionExpired())
		return
	}
	ctx.Request = ctx.Request.WithContext(handlers.WithPrincipal(ctx.Request.Context(), principal))
}

// authenticateMachine turns the token of a program into the person in whose
// place it asks, as they are now.
func (e *edge) authenticateMachine(ctx *gin.Context, secret string) {
	hash, ok := e.Tokens.MachineHash(secret)
	if !ok {
		e.unauthenticated(ctx, models.TokenInvalid())
		return
	}
	principal, err := e.Store.System().TokenPrincipal(ctx.Request.Context(), hash)
	if err != nil {
		e.unauthenticated(ctx, err)
		return
	}
	ctx.Request = ctx.Request.WithContext(handlers.WithPrincipal(ctx.Request.Context(), principal))
}

func (e *edge) unauthenticated(ctx *gin.Context, err error) {
	if models.KindOf(err) == models.KindUnauthenticated {
		ctx.Header("WWW-Authenticate", `Bearer realm="farwatch"`)
	}
	e.fail(ctx, err)
}

// authorise asks the role table, then for the second factor, then for a fresh
// proof where the contract marks the operation. It stands before validation, so
// that strangers learn no shapes.
func (e *edge) authorise(ctx *gin.Context) {
	op, _ := e.contract.of(ctx)
	principal := handlers.PrincipalOf(ctx.Request.Context())
	if !principal.May(op.permission) {
		e.deny(ctx, principal, op, models.Fail(models.KindForbidden, "permission.denied", "Your roles do not allow this. Ask an administrator of your organisation."))
		return
	}
	if op.permission == models.PermissionPublic {
		return
	}
	if principal.Machine() && len(op.scopes) == 0 {
		e.deny(ctx, principal, op, models.TokenNotAccepted())
		return
	}
	if !principal.Granted(op.scopes...) {
		e.deny(ctx, principal, op, models.ScopeMissing())
		return
	}
	if op.permission != models.PermissionSession && e.Handlers.FactorMissing(principal) {
		e.deny(ctx, principal, op, models.FactorRequired(principal))
		return
	}
	// A token stands for the proof that it was made with: a program has no other.
	if op.stepUp && !principal.Machine() && !principal.SteppedUp(e.Clock()) {
		e.fail(ctx, models.Fail(models.KindForbidden, "session.step_up_required", "This needs a fresh proof that it is you. Renew the session with a code or passkey and send it again."))
	}
}

// deny refuses and records that.
func (e *edge) deny(ctx *gin.Context, principal models.Principal, op operation, refusal error) {
	if err := e.Store.For(principal).Denied(ctx.Request.Context(), op.id); err != nil {
		e.fail(ctx, err)
		return
	}
	e.fail(ctx, refusal)
}
