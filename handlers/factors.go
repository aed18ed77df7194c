package handlers

import (
	"context"
	"errors"
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/models"
)

// ListFactors answers how the principal can prove to be the one.
func (h *Handlers) ListFactors(ctx context.Context, _ spec.ListFactorsRequestObject) (spec.ListFactorsResponseObject, error) {
	factors, err := h.view(ctx).Factors(ctx)
	if err != nil {
		return nil, err
	}
	p := PrincipalOf(ctx)
	return spec.ListFactors200JSONResponse{
		Items: each(factors.List, func(f models.Factor) spec.Factor {
			return spec.Factor{FactorId: f.ID, Kind: spec.FactorKind(f.Kind), Name: f.Name, CreatedAt: f.CreatedAt, LastUsedAt: f.LastUsedAt}
		}),
		RecoveryCodesLeft: factors.RecoveryCodes,
		Ways:              each(factors.Counting(h.passkeyOnly(p)).Ways(), func(k models.FactorKind) spec.FactorListWays { return spec.FactorListWays(k) }),
		Required:          h.factorRequired(p),
		PasskeyRequired:   h.passkeyOnly(p),
	}, nil
}

func (h *Handlers) factorRequired(p models.Principal) bool {
	return !h.FactorOptional && p.NeedsFactor()
}

// factorName checks the name that somebody gives to an app or passkey.
func factorName(name string) (string, error) {
	name = strings.TrimSpace(models.NormalizeText(name))
	if name == "" {
		return "", models.Invalid([]models.FieldError{{Pointer: "#/name", Code: "required"}})
	}
	if fault := models.TextFault(name); fault != "" {
		return "", models.Invalid([]models.FieldError{{Pointer: "#/name", Code: fault}})
	}
	return name, nil
}

// BeginTotp draws a seed and answers it this once.
func (h *Handlers) BeginTotp(ctx context.Context, r spec.BeginTotpRequestObject) (spec.BeginTotpResponseObject, error) {
	if h.passkeyOnly(PrincipalOf(ctx)) {
		return nil, models.Fail(models.KindForbidden, "factor.passkey_only", "Your role asks for a passkey, and an app would open nothing. Add a passkey instead.")
	}
	name, err := factorName(r.Body.Name)
	if err != nil {
		return nil, err
	}
	secret, err := auth.NewTOTPSecret()
	if err != nil {
		return nil, err
	}
	begun, err := h.view(ctx).BeginTOTP(ctx, name, secret)
	if err != nil {
		return nil, err
	}
	// The address goes into an app that others may see: no organisation in it.
	account := PrincipalOf(ctx).UserName + "@" + h.BaseURL.Hostname()
	return spec.BeginTotp201JSONResponse{
		FactorId: begun.ID, Secret: auth.TOTPSecretText(secret), Address: auth.TOTPAddress(secret, "Farwatch", account),
	}, nil
}

// ConfirmTotp makes an app count when its first code comes.
func (h *Handlers) ConfirmTotp(ctx context.Context, r spec.ConfirmTotpRequestObject) (spec.ConfirmTotpResponseObject, error) {
	view, p := h.view(ctx), PrincipalOf(ctx)
	user, err := view.User(ctx)
	if err != nil {
		return nil, err
	}
	var shown []string
	err = h.throttled(ctx, user, spec.ProofInput{Code: &r.Body.Code}, func() error {
		pending, err := view.PendingTOTP(ctx, r.FactorId)
		if err != nil {
			return err
		}
		step, ok := auth.TOTPMatch(pending.Secret, h.Clock(), r.Body.Code)
		if !ok {
			return models.FactorRefused()
		}
		codes, hashes, err := auth.NewRecoveryCodes(p.UserID, models.RecoveryCodes)
		if err != nil {
			return err
		}
		kept, err := view.ConfirmTOTP(ctx, pending.ID, step, hashes)
		if kept {
			shown = codes
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return spec.ConfirmTotp200JSONResponse{RecoveryCodes: nonNil(shown)}, nil
}

// BeginPasskey begins the ceremony of a new passkey.
func (h *Handlers) BeginPasskey(ctx context.Context, _ spec.BeginPasskeyRequestObject) (spec.BeginPasskeyResponseObject, error) {
	user, factors, err := h.me(ctx)
	if err != nil {
		return nil, err
	}
	person, _ := passkeyUser(user, factors)
	begun, err := h.Passkeys.BeginEnrolment(person)
	if err != nil {
		return nil, noPasskeys(err)
	}
	if err := h.keepChallenge(ctx, begun, models.ChallengeEnrol, user.ID, PrincipalOf(ctx).SessionID); err != nil {
		return nil, err
	}
	return spec.BeginPasskey200JSONResponse(passkeyRequest(begun, user.UserName)), nil
}

// AddPasskey keeps the passkey that the browser made.
func (h *Handlers) AddPasskey(ctx context.Context, r spec.AddPasskeyRequestObject) (spec.AddPasskeyResponseObject, error) {
	name, err := factorName(r.Body.Name)
	if err != nil {
		return nil, err
	}
	user, factors, err := h.me(ctx)
	if err != nil {
		return nil, err
	}
	state, err := h.takeChallenge(ctx, r.Body.ClientDataJson, models.ChallengeEnrol, user.ID, PrincipalOf(ctx).SessionID)
	if err != nil {
		return nil, err
	}
	person, _ := passkeyUser(user, factors)
	credential, hash, err := h.Passkeys.FinishEnrolment(person, state, auth.PasskeyAnswer{
		ID: r.Body.Id, ClientDataJSON: r.Body.ClientDataJson, AttestationObject: r.Body.AttestationObject, Transports: r.Body.Transports,
	})
	if errors.Is(err, auth.ErrPasskey) {
		return nil, models.FactorRefused().Because(err)
	}
	if err != nil {
		return nil, err
	}
	codes, hashes, err := auth.NewRecoveryCodes(user.ID, models.RecoveryCodes)
	if err != nil {
		return nil, err
	}
	_, kept, err := h.view(ctx).AddPasskey(ctx, name, credential, hash, hashes)
	if err != nil {
		return nil, err
	}
	if !kept {
		codes = []string{}
	}
	return spec.AddPasskey201JSONResponse{RecoveryCodes: codes}, nil
}

// me is the principal's account with what it can prove with.
func (h *Handlers) me(ctx context.Context) (models.User, models.Factors, error) {
	user, err := h.view(ctx).User(ctx)
	if err != nil {
		return user, models.Factors{}, err
	}
	factors, err := h.view(ctx).Factors(ctx)
	return user, factors, err
}

// RemoveFactor takes an app or passkey away.
func (h *Handlers) RemoveFactor(ctx context.Context, r spec.RemoveFactorRequestObject) (spec.RemoveFactorResponseObject, error) {
	if err := h.view(ctx).RemoveFactor(ctx, r.FactorId, h.factorRequired(PrincipalOf(ctx))); err != nil {
		return nil, err
	}
	return spec.RemoveFactor204Response{}, nil
}

// RenewRecoveryCodes answers ten new codes this once.
func (h *Handlers) RenewRecoveryCodes(ctx context.Context, _ spec.RenewRecoveryCodesRequestObject) (spec.RenewRecoveryCodesResponseObject, error) {
	codes, hashes, err := auth.NewRecoveryCodes(PrincipalOf(ctx).UserID, models.RecoveryCodes)
	if err != nil {
		return nil, err
	}
	if err := h.view(ctx).ReplaceRecoveryCodes(ctx, hashes); err != nil {
		return nil, err
	}
	return spec.RenewRecoveryCodes201JSONResponse{RecoveryCodes: codes}, nil
}
