package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/models"
)

// errCredentials is the one answer to a wrong name and a wrong password.
func errCredentials() error {
	return models.Fail(models.KindUnauthenticated, "session.bad_credentials", "User name or password is wrong.")
}

// SignIn checks a password and starts a session, or asks whoever has a second
// factor for it. Unknown, disabled and wrong take the same work and give the
// same bytes (S24).
func (h *Handlers) SignIn(ctx context.Context, r spec.SignInRequestObject) (spec.SignInResponseObject, error) {
	guess := h.guess(ctx, r.Body.UserName)
	if err := h.admit(guess); err != nil {
		return nil, err
	}
	user, err := h.Store.System().UserByName(ctx, guess.Name)
	if err != nil && models.KindOf(err) != models.KindNotFound {
		return nil, err
	}
	var good, rehash bool
	if err != nil || user.Status != models.UserActive {
		err = h.Hasher.VerifyUnknown(ctx, r.Body.Password)
	} else {
		good, rehash, err = h.Hasher.Verify(ctx, user.PasswordHash, r.Body.Password)
	}
	if err != nil {
		return nil, busy(err)
	}
	if !good {
		h.Throttle.Failed(guess)
		return nil, errCredentials()
	}
	h.Throttle.Succeeded(guess)
	if rehash {
		if err := h.rehash(ctx, user.ID, r.Body.Password); err != nil {
			return nil, err
		}
	}
	factors, err := h.factorsOf(ctx, user)
	if err != nil {
		return nil, err
	}
	if len(factors.List) > 0 {
		return h.askFactor(ctx, user, factors)
	}
	session, err := h.Store.System().StartSession(ctx, user.ID, userAgentOf(ctx), models.FactorNone)
	if err != nil {
		return nil, err
	}
	signed, err := h.signedIn(ctx, session)
	if err != nil {
		return nil, err
	}
	return h.firstSignedIn(user.UserName, signed), nil
}

// admit counts a try at a password, or tells how long to wait for the next.
func (h *Handlers) admit(g auth.Guess) error {
	wait, ok := h.Throttle.Allow(g)
	if ok {
		return nil
	}
	return tooManyTries(wait)
}

func tooManyTries(wait time.Duration) error {
	return models.TooMany("session.throttled", "Too many tries. Wait a moment and try again.", wait)
}

// ownPassword tries the password of somebody who is signed in, under the limit
// of signing in. Errors: session.throttled, validation.failed at the pointer.
func (h *Handlers) ownPassword(ctx context.Context, user models.User, password, pointer string) error {
	guess := h.guess(ctx, user.UserName)
	if err := h.admit(guess); err != nil {
		return err
	}
	good, _, err := h.Hasher.Verify(ctx, user.PasswordHash, password)
	if err != nil {
		return busy(err)
	}
	if !good {
		h.Throttle.Failed(guess)
		return models.Invalid([]models.FieldError{{Pointer: pointer, Code: "wrong_password"}})
	}
	h.Throttle.Succeeded(guess)
	return nil
}

// signedIn answers an access token and sets the refresh cookie.
func (h *Handlers) signedIn(ctx context.Context, session models.Session) (spec.SignedInJSONResponse, error) {
	principal, _, err := h.Store.System().Principal(ctx, session.ID)
	if err != nil {
		return spec.SignedInJSONResponse{}, err
	}
	token, expires, err := h.Tokens.Issue(h.Clock(), session.UserID, session.ID)
	if err != nil {
		return spec.SignedInJSONResponse{}, err
	}
	cookie := refreshCookie(h.Refresh.EncodeRefresh(session.ID, session.Counter), int(session.ExpiresAt().Sub(h.Clock()).Seconds()))
	return spec.SignedInJSONResponse{
		Body:    spec.SignedIn{AccessToken: token, ExpiresAt: expires, Account: h.account(principal)},
		Headers: spec.SignedInResponseHeaders{SetCookie: &cookie},
	}, nil
}

// firstSignedIn is an answer with two cookies, of which the contract can name
// one: the session's, and the one by which this browser is known from now on.
type firstSignedIn struct {
	spec.SignedInJSONResponse
	device string
}

func (h *Handlers) firstSignedIn(userName string, signed spec.SignedInJSONResponse) firstSignedIn {
	device := siteCookie(auth.DeviceCookieName, h.Devices.Encode(userName), int(auth.DeviceLife.Seconds()))
	return firstSignedIn{SignedInJSONResponse: signed, device: device}
}

// VisitSignInResponse answers a sign-in by password alone.
func (f firstSignedIn) VisitSignInResponse(w http.ResponseWriter) error {
	body, err := json.Marshal(f.Body) //nolint:gosec // G117: giving the token to its owner is what this answer is for
	if err != nil {
		return fmt.Errorf("encode session: %w", err)
	}
	head := w.Header()
	head.Set("Content-Type", "application/json")
	head.Add("Set-Cookie", *f.Headers.SetCookie)
	head.Add("Set-Cookie", f.device)
	w.WriteHeader(http.StatusCreated)
	_, err = w.Write(body)
	return err
}

// VisitProveFactorResponse answers a sign-in with a second factor.
func (f firstSignedIn) VisitProveFactorResponse(w http.ResponseWriter) error {
	return f.VisitSignInResponse(w)
}

// refreshCookie is S17; a negative age removes it.
func refreshCookie(value string, maxAge int) string {
	return siteCookie(auth.RefreshCookieName, value, maxAge)
}

// siteCookie goes to this site alone, and no script sees it; maxAge is in
// seconds.
func siteCookie(name, value string, maxAge int) string {
	c := http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	}
	return c.String()
}

// RefreshSession trades the refresh cookie for a new access token.
func (h *Handlers) RefreshSession(ctx context.Context, r spec.RefreshSessionRequestObject) (spec.RefreshSessionResponseObject, error) {
	expired := models.SessionExpired()
	family, counter, err := h.Refresh.DecodeRefresh(value(r.Params.UnderscoreUnderscoreHostFarwatchRt))
	if err != nil {
		return nil, expired.Because(err)
	}
	session, outcome, err := h.Store.System().PresentRefresh(ctx, family, counter)
	if err != nil {
		return nil, err
	}
	if outcome == models.RefreshReuse || outcome == models.RefreshEnded {
		return nil, expired
	}
	signed, err := h.signedIn(ctx, session)
	if err != nil {
		return nil, err
	}
	return spec.RefreshSession201JSONResponse{SignedInJSONResponse: signed}, nil
}

// SignOut ends the session of the cookie; without a good cookie there is
// nothing to end and the answer is the same.
func (h *Handlers) SignOut(ctx context.Context, r spec.SignOutRequestObject) (spec.SignOutResponseObject, error) {
	family, _, err := h.Refresh.DecodeRefresh(value(r.Params.UnderscoreUnderscoreHostFarwatchRt))
	if err == nil {
		if err := h.Store.System().EndFamily(ctx, family); err != nil {
			return nil, err
		}
	}
	gone, clear := refreshCookie("", -1), `"cache","storage"`
	return spec.SignOut204Response{Headers: spec.SignOut204ResponseHeaders{SetCookie: &gone, ClearSiteData: &clear}}, nil
}

// ListSessions answers the principal's live sessions.
func (h *Handlers) ListSessions(ctx context.Context, _ spec.ListSessionsRequestObject) (spec.ListSessionsResponseObject, error) {
	list, err := h.view(ctx).Sessions(ctx)
	if err != nil {
		return nil, err
	}
	current := PrincipalOf(ctx).SessionID
	return spec.ListSessions200JSONResponse{Items: each(list, func(s models.Session) spec.Session {
		return spec.Session{
			SessionId: s.ID, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, ExpiresAt: s.ExpiresAt(),
			UserAgent: s.UserAgent, Current: s.ID == current,
		}
	})}, nil
}

// EndSession ends one of the principal's own sessions.
func (h *Handlers) EndSession(ctx context.Context, r spec.EndSessionRequestObject) (spec.EndSessionResponseObject, error) {
	if err := h.view(ctx).EndSession(ctx, r.SessionId); err != nil {
		return nil, err
	}
	return spec.EndSession204Response{}, nil
}

// Me answers who is signed in.
func (h *Handlers) Me(ctx context.Context, _ spec.MeRequestObject) (spec.MeResponseObject, error) {
	return spec.Me200JSONResponse(h.account(PrincipalOf(ctx))), nil
}

// ChangePassword needs the current one; every other session ends.
func (h *Handlers) ChangePassword(ctx context.Context, r spec.ChangePasswordRequestObject) (spec.ChangePasswordResponseObject, error) {
	view, p := h.view(ctx), PrincipalOf(ctx)
	user, err := view.User(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.ownPassword(ctx, user, r.Body.CurrentPassword, "#/current_password"); err != nil {
		return nil, err
	}
	hash, err := h.newHash(ctx, r.Body.NewPassword, p.UserName, "#/new_password")
	if err != nil {
		return nil, err
	}
	if err := view.ChangePassword(ctx, hash); err != nil {
		return nil, err
	}
	return spec.ChangePassword204Response{}, nil
}

func (h *Handlers) rehash(ctx context.Context, userID, password string) error {
	hash, err := h.Hasher.Hash(ctx, password)
	if err != nil {
		return busy(err)
	}
	return h.Store.System().Rehash(ctx, userID, hash)
}

// newHash checks a chosen password and hashes it.
func (h *Handlers) newHash(ctx context.Context, password, userName, pointer string) (string, error) {
	if err := auth.CheckPassword(password, userName); err != nil {
		return "", models.Invalid([]models.FieldError{{Pointer: pointer, Code: auth.PasswordFault(err)}})
	}
	hash, err := h.Hasher.Hash(ctx, password)
	if err != nil {
		return "", busy(err)
	}
	return hash, nil
}

func (h *Handlers) account(p models.Principal) spec.Account {
	out := spec.Account{
		UserId: p.UserID, UserName: p.UserName, OrganisationCode: p.Organisation, OrganisationName: p.OrganisationName,
		InitialSensitivity: spec.AccountInitialSensitivity(p.InitialSensitivity), FourEyes: !p.FourEyesOff, FactorRequired: h.FactorMissing(p), PasskeyRequired: h.passkeyOnly(p),
		Permissions: nonNil(p.Permissions()), Roles: each(p.Roles, func(r models.Role) spec.AccountRoles { return spec.AccountRoles(r) }),
	}
	if p.SessionID != "" {
		out.SessionId = &p.SessionID
	}
	return out
}

// browsers and systems in the order to try them; several names contain others.
var (
	browsers = []string{"Edg", "OPR", "Firefox", "Chrome", "Safari"}
	systems  = []string{"Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"}
)

// userAgentWords keeps no more of a User-Agent than a person needs to tell
// their sessions apart.
func userAgentWords(ua string) string {
	find := func(names []string, otherwise string) string {
		for _, n := range names {
			if strings.Contains(ua, n) {
				return n
			}
		}
		return otherwise
	}
	return find(browsers, "Program") + " / " + find(systems, "unknown system")
}
