package handlers

import (
	"context"
	"strings"
	"time"

	"farwatch/api/spec"
	"farwatch/models"
)

// CreateToken makes a token for a program. Its secret is in this answer alone.
func (h *Handlers) CreateToken(ctx context.Context, r spec.CreateTokenRequestObject) (spec.CreateTokenResponseObject, error) {
	name := strings.TrimSpace(models.NormalizeText(r.Body.Name))
	scopes := each(r.Body.Scopes, func(s spec.TokenScope) models.TokenScope { return models.TokenScope(s) })
	fields := PrincipalOf(ctx).TokenFaults(scopes)
	if name == "" {
		fields = append(fields, models.FieldError{Pointer: "#/name", Code: "required"})
	} else if fault := models.TextFault(name); fault != "" {
		fields = append(fields, models.FieldError{Pointer: "#/name", Code: fault})
	}
	if len(fields) > 0 {
		return nil, models.Invalid(fields)
	}
	secret, hash, err := h.Tokens.NewMachineToken()
	if err != nil {
		return nil, err
	}
	token, err := h.view(ctx).CreateToken(ctx, name, hash, scopes, time.Duration(r.Body.Days)*24*time.Hour)
	if err != nil {
		return nil, err
	}
	return spec.CreateToken201JSONResponse{Token: accessToken(token), Secret: secret}, nil
}

// ListTokens answers the principal's own tokens.
func (h *Handlers) ListTokens(ctx context.Context, _ spec.ListTokensRequestObject) (spec.ListTokensResponseObject, error) {
	list, err := h.view(ctx).AccessTokens(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListTokens200JSONResponse{Items: each(list, accessToken)}, nil
}

// RevokeToken ends one of them.
func (h *Handlers) RevokeToken(ctx context.Context, r spec.RevokeTokenRequestObject) (spec.RevokeTokenResponseObject, error) {
	if err := h.view(ctx).RevokeToken(ctx, r.TokenId); err != nil {
		return nil, err
	}
	return spec.RevokeToken204Response{}, nil
}

// ListMemberTokens answers the tokens of the organisation.
func (h *Handlers) ListMemberTokens(ctx context.Context, _ spec.ListMemberTokensRequestObject) (spec.ListMemberTokensResponseObject, error) {
	list, err := h.view(ctx).MemberTokens(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListMemberTokens200JSONResponse{Items: each(list, func(t models.MemberToken) spec.MemberToken {
		return spec.MemberToken{Token: accessToken(t.AccessToken), UserId: t.UserID, UserName: t.UserName}
	})}, nil
}

// RevokeMemberToken ends one of them.
func (h *Handlers) RevokeMemberToken(ctx context.Context, r spec.RevokeMemberTokenRequestObject) (spec.RevokeMemberTokenResponseObject, error) {
	if err := h.view(ctx).RevokeMemberToken(ctx, r.TokenId); err != nil {
		return nil, err
	}
	return spec.RevokeMemberToken204Response{}, nil
}

func accessToken(t models.AccessToken) spec.AccessToken {
	return spec.AccessToken{
		TokenId: t.ID, Name: t.Name, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedOn: (*string)(t.LastUsedOn),
		Scopes: each(t.Scopes, func(s models.TokenScope) spec.TokenScope { return spec.TokenScope(s) }),
	}
}
