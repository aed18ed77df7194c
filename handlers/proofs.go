package handlers

import (
	"context"
	"errors"

	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/models"
)

// FactorMissing tells whether the session reaches nothing but the account: the
// roles ask for a second factor, and none has been shown, or none that will do.
func (h *Handlers) FactorMissing(p models.Principal) bool {
	if p.Machine() { // a token was made by somebody who had shown one
		return false
	}
	return h.factorRequired(p) && p.Factor == models.FactorNone || h.passkeyOnly(p) && p.Factor == models.FactorTOTP
}

// passkeyOnly tells whether an app will not do for the roles (S21). Recovery
// codes do, for whoever lost the passkey; an app does at an address that no
// passkey can be bound to.
func (h *Handlers) passkeyOnly(p models.Principal) bool {
	return !h.FactorOptional && !h.AppsEnough && p.NeedsPasskey() && h.Passkeys.Work()
}

// factorsOf are those that the person may show.
func (h *Handlers) factorsOf(ctx context.Context, user models.User) (models.Factors, error) {
	factors, err := h.Store.System().FactorsOf(ctx, user.ID)
	return factors.Counting(h.passkeyOnly(models.Principal{Roles: user.Roles})), err
}

// askFactor answers a right password with a ticket for the second step.
func (h *Handlers) askFactor(ctx context.Context, user models.User, factors models.Factors) (spec.SignInResponseObject, error) {
	ticket, hash, err := auth.NewOneTimeToken()
	if err != nil {
		return nil, err
	}
	if err := h.Store.System().CreateTicket(ctx, user.ID, hash); err != nil {
		return nil, err
	}
	return spec.SignIn202JSONResponse{
		Ticket: ticket, ExpiresAt: h.Clock().Add(models.TicketLife).UTC(),
		Ways: each(factors.Ways(), func(k models.FactorKind) spec.FactorNeededWays { return spec.FactorNeededWays(k) }),
	}, nil
}

// ProveFactor trades a ticket and a proof for a session.
func (h *Handlers) ProveFactor(ctx context.Context, r spec.ProveFactorRequestObject) (spec.ProveFactorResponseObject, error) {
	hash := auth.HashOneTimeToken(r.Body.Ticket)
	user, err := h.Store.System().TicketUser(ctx, hash)
	if err != nil {
		return nil, err
	}
	var session models.Session
	err = h.throttled(ctx, user, r.Body.Proof, func() error {
		proof, err := h.check(ctx, user, r.Body.Proof, models.ChallengeSignIn, hash)
		if err != nil {
			return err
		}
		session, err = h.Store.System().SignInWithFactor(ctx, hash, user.ID, proof, userAgentOf(ctx))
		return err
	})
	if err != nil {
		return nil, err
	}
	signed, err := h.signedIn(ctx, session)
	if err != nil {
		return nil, err
	}
	return h.firstSignedIn(user.UserName, signed), nil
}

// StepUp renews the session's proof. Whoever has no factor shows the password.
func (h *Handlers) StepUp(ctx context.Context, r spec.StepUpRequestObject) (spec.StepUpResponseObject, error) {
	view, p := h.view(ctx), PrincipalOf(ctx)
	user, err := view.User(ctx)
	if err != nil {
		return nil, err
	}
	if r.Body.Password != nil {
		err = h.stepUpByPassword(ctx, user, *r.Body.Password)
	} else {
		err = h.throttled(ctx, user, *r.Body, func() error {
			proof, err := h.check(ctx, user, *r.Body, models.ChallengeStepUp, p.SessionID)
			if err != nil {
				return err
			}
			return view.StepUp(ctx, proof)
		})
	}
	if err != nil {
		return nil, err
	}
	return spec.StepUp204Response{}, nil
}

func (h *Handlers) stepUpByPassword(ctx context.Context, user models.User, password string) error {
	factors, err := h.view(ctx).Factors(ctx)
	if err != nil {
		return err
	}
	if len(factors.List) > 0 {
		return models.FactorRefused()
	}
	if err := h.ownPassword(ctx, user, password, "#/password"); err != nil {
		return err
	}
	return h.view(ctx).StepUp(ctx, models.FactorProof{})
}

// throttled runs one try at a person's second factor under the limit that all
// ways share, and records a wrong one.
func (h *Handlers) throttled(ctx context.Context, user models.User, in spec.ProofInput, try func() error) error {
	wait, ok := h.Factors.Allow(user.ID)
	if !ok {
		return tooManyTries(wait)
	}
	err := try()
	if err == nil {
		h.Factors.Succeeded(user.ID)
		return nil
	}
	var known *models.Error
	if errors.As(err, &known) && known.Code == models.FactorRefused().Code {
		return errors.Join(err, h.Store.System().ProofRefused(ctx, user, wayOf(in)))
	}
	return err
}

func wayOf(in spec.ProofInput) models.FactorKind {
	switch {
	case in.Code != nil:
		return models.FactorTOTP
	case in.RecoveryCode != nil:
		return models.FactorRecovery
	case in.Passkey != nil:
		return models.FactorPasskey
	}
	return models.FactorNone
}

// check makes a proof of what was shown, to be used up by the store. Errors:
// factor.refused.
func (h *Handlers) check(ctx context.Context, user models.User, in spec.ProofInput, purpose models.ChallengePurpose, boundTo string) (models.FactorProof, error) {
	if in.RecoveryCode != nil {
		return models.FactorProof{Kind: models.FactorRecovery, CodeHash: auth.HashRecoveryCode(user.ID, *in.RecoveryCode)}, nil
	}
	factors, err := h.factorsOf(ctx, user)
	if err != nil {
		return models.FactorProof{}, err
	}
	switch {
	case in.Code != nil:
		return h.checkCode(factors, *in.Code)
	case in.Passkey != nil:
		return h.checkPasskey(ctx, user, factors, *in.Passkey, purpose, boundTo)
	}
	return models.FactorProof{}, models.FactorRefused() // a password, where a factor is asked for
}

func (h *Handlers) checkCode(factors models.Factors, code string) (models.FactorProof, error) {
	var proof models.FactorProof
	for _, f := range factors.List {
		if f.Kind != models.FactorTOTP {
			continue
		}
		if step, ok := auth.TOTPMatch(f.Secret, h.Clock(), code); ok {
			proof = models.FactorProof{Kind: models.FactorTOTP, FactorID: f.ID, Step: step}
		}
	}
	if proof.Kind == models.FactorNone {
		return proof, models.FactorRefused()
	}
	return proof, nil
}

func (h *Handlers) checkPasskey(ctx context.Context, user models.User, factors models.Factors, in spec.PasskeyProof, purpose models.ChallengePurpose, boundTo string) (models.FactorProof, error) {
	state, err := h.takeChallenge(ctx, in.ClientDataJson, purpose, user.ID, boundTo)
	if err != nil {
		return models.FactorProof{}, err
	}
	person, ids := passkeyUser(user, factors)
	which, credential, err := h.Passkeys.FinishProof(person, state, auth.PasskeyAnswer{
		ID: in.Id, ClientDataJSON: in.ClientDataJson, AuthenticatorData: in.AuthenticatorData, Signature: in.Signature,
	})
	if errors.Is(err, auth.ErrPasskey) {
		return models.FactorProof{}, models.FactorRefused().Because(err)
	}
	if err != nil {
		return models.FactorProof{}, err
	}
	return models.FactorProof{Kind: models.FactorPasskey, FactorID: ids[which], Credential: credential}, nil
}

// passkeyUser is the person with the passkeys among the factors, and the ids of
// these in the same order.
func passkeyUser(user models.User, factors models.Factors) (person auth.PasskeyUser, ids []string) {
	person = auth.PasskeyUser{ID: user.ID, Name: user.UserName}
	for _, f := range factors.List {
		if f.Kind == models.FactorPasskey {
			person.Credentials, ids = append(person.Credentials, f.Credential), append(ids, f.ID)
		}
	}
	return person, ids
}

// ChallengeSignIn begins to prove with a passkey while signing in.
func (h *Handlers) ChallengeSignIn(ctx context.Context, r spec.ChallengeSignInRequestObject) (spec.ChallengeSignInResponseObject, error) {
	hash := auth.HashOneTimeToken(r.Body.Ticket)
	user, err := h.Store.System().TicketUser(ctx, hash)
	if err != nil {
		return nil, err
	}
	request, err := h.challenge(ctx, user, models.ChallengeSignIn, hash)
	if err != nil {
		return nil, err
	}
	return spec.ChallengeSignIn200JSONResponse(request), nil
}

// ChallengeStepUp begins to prove again with a passkey.
func (h *Handlers) ChallengeStepUp(ctx context.Context, _ spec.ChallengeStepUpRequestObject) (spec.ChallengeStepUpResponseObject, error) {
	user, err := h.view(ctx).User(ctx)
	if err != nil {
		return nil, err
	}
	request, err := h.challenge(ctx, user, models.ChallengeStepUp, PrincipalOf(ctx).SessionID)
	if err != nil {
		return nil, err
	}
	return spec.ChallengeStepUp200JSONResponse(request), nil
}

func (h *Handlers) challenge(ctx context.Context, user models.User, purpose models.ChallengePurpose, boundTo string) (spec.PasskeyRequest, error) {
	factors, err := h.Store.System().FactorsOf(ctx, user.ID)
	if err != nil {
		return spec.PasskeyRequest{}, err
	}
	if !factors.Has(models.FactorPasskey) {
		return spec.PasskeyRequest{}, models.Fail(models.KindConflict, "factor.none", "There is no passkey on this account.")
	}
	person, _ := passkeyUser(user, factors)
	begun, err := h.Passkeys.BeginProof(person)
	if err != nil {
		return spec.PasskeyRequest{}, noPasskeys(err)
	}
	return passkeyRequest(begun, ""), h.keepChallenge(ctx, begun, purpose, user.ID, boundTo)
}

func (h *Handlers) keepChallenge(ctx context.Context, begun auth.PasskeyRequest, purpose models.ChallengePurpose, userID, boundTo string) error {
	return h.Store.System().KeepChallenge(ctx, models.Challenge{
		Hash: auth.HashOneTimeToken(begun.Challenge), Purpose: purpose, UserID: userID, BoundTo: boundTo, State: begun.State,
	})
}

func (h *Handlers) takeChallenge(ctx context.Context, clientData string, purpose models.ChallengePurpose, userID, boundTo string) ([]byte, error) {
	return h.Store.System().TakeChallenge(ctx, models.Challenge{Hash: auth.ChallengeHash(clientData), Purpose: purpose, UserID: userID, BoundTo: boundTo})
}

func noPasskeys(err error) error {
	if errors.Is(err, auth.ErrNoPasskeys) {
		return models.Fail(models.KindConflict, "factor.passkeys_unavailable", "Passkeys need an address with a host name. Use an authenticator app here.").Because(err)
	}
	return err
}

func passkeyRequest(r auth.PasskeyRequest, userName string) spec.PasskeyRequest {
	return spec.PasskeyRequest{
		Challenge: r.Challenge, RpId: r.RPID, RpName: r.RPName, UserHandle: r.UserHandle, UserName: userName,
		Credentials: nonNil(r.Credentials), Algorithms: nonNil(r.Algorithms),
	}
}
