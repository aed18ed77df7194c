package handlers

import (
	"context"
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/models"
)

// oneTimeLink is the address of a page that takes a token. The token stands
// behind '#', so that it reaches no log.
func (h *Handlers) oneTimeLink(page, token string) string {
	return strings.TrimSuffix(h.BaseURL.String(), "/") + "/" + page + "#" + token
}

// changedMember makes one change to a colleague's account and answers it.
func (h *Handlers) changedMember(ctx context.Context, user string, change func(context.Context, string) error) (spec.Member, error) {
	if err := change(ctx, user); err != nil {
		return spec.Member{}, err
	}
	m, err := h.view(ctx).Member(ctx, user)
	return member(m), err
}

// ChangeRoles gives a colleague roles.
func (h *Handlers) ChangeRoles(ctx context.Context, r spec.ChangeRolesRequestObject) (spec.ChangeRolesResponseObject, error) {
	roles := each(r.Body.Roles, func(r spec.RolesInputRoles) models.Role { return models.Role(r) })
	m, err := h.changedMember(ctx, r.UserId, func(ctx context.Context, user string) error {
		return h.view(ctx).ChangeRoles(ctx, user, roles)
	})
	if err != nil {
		return nil, err
	}
	return spec.ChangeRoles200JSONResponse(m), nil
}

// DisableMember closes a colleague's account.
func (h *Handlers) DisableMember(ctx context.Context, r spec.DisableMemberRequestObject) (spec.DisableMemberResponseObject, error) {
	m, err := h.changedMember(ctx, r.UserId, h.view(ctx).DisableMember)
	if err != nil {
		return nil, err
	}
	return spec.DisableMember200JSONResponse(m), nil
}

// EnableMember opens it again.
func (h *Handlers) EnableMember(ctx context.Context, r spec.EnableMemberRequestObject) (spec.EnableMemberResponseObject, error) {
	m, err := h.changedMember(ctx, r.UserId, h.view(ctx).EnableMember)
	if err != nil {
		return nil, err
	}
	return spec.EnableMember200JSONResponse(m), nil
}

// SignOutMember ends every session of one person.
func (h *Handlers) SignOutMember(ctx context.Context, r spec.SignOutMemberRequestObject) (spec.SignOutMemberResponseObject, error) {
	if err := h.view(ctx).SignOutMember(ctx, r.UserId); err != nil {
		return nil, err
	}
	return spec.SignOutMember204Response{}, nil
}

// CreateResetLink answers a one-time link to a new password; only its hash is
// kept.
func (h *Handlers) CreateResetLink(ctx context.Context, r spec.CreateResetLinkRequestObject) (spec.CreateResetLinkResponseObject, error) {
	token, hash, err := auth.NewOneTimeToken()
	if err != nil {
		return nil, err
	}
	made, err := h.view(ctx).CreateReset(ctx, r.UserId, hash)
	if err != nil {
		return nil, err
	}
	return spec.CreateResetLink201JSONResponse{Reset: *resetLink(&made), Link: h.oneTimeLink("reset", token)}, nil
}

// ConfirmResetLink lets another administrator's link work.
func (h *Handlers) ConfirmResetLink(ctx context.Context, r spec.ConfirmResetLinkRequestObject) (spec.ConfirmResetLinkResponseObject, error) {
	if err := h.view(ctx).ConfirmReset(ctx, r.UserId); err != nil {
		return nil, err
	}
	return spec.ConfirmResetLink204Response{}, nil
}

// RevokeResetLink makes the open link useless.
func (h *Handlers) RevokeResetLink(ctx context.Context, r spec.RevokeResetLinkRequestObject) (spec.RevokeResetLinkResponseObject, error) {
	if err := h.view(ctx).RevokeReset(ctx, r.UserId); err != nil {
		return nil, err
	}
	return spec.RevokeResetLink204Response{}, nil
}

// ListMemberSessions answers the live sessions of the organisation.
func (h *Handlers) ListMemberSessions(ctx context.Context, _ spec.ListMemberSessionsRequestObject) (spec.ListMemberSessionsResponseObject, error) {
	list, err := h.view(ctx).MemberSessions(ctx)
	if err != nil {
		return nil, err
	}
	current := PrincipalOf(ctx).SessionID
	return spec.ListMemberSessions200JSONResponse{Items: each(list, func(s models.MemberSession) spec.MemberSession {
		return spec.MemberSession{
			SessionId: s.ID, UserId: s.UserID, UserName: s.UserName, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt,
			ExpiresAt: s.ExpiresAt(), UserAgent: s.UserAgent, Current: s.ID == current,
		}
	})}, nil
}

// EndMemberSession ends one of them.
func (h *Handlers) EndMemberSession(ctx context.Context, r spec.EndMemberSessionRequestObject) (spec.EndMemberSessionResponseObject, error) {
	if err := h.view(ctx).EndMemberSession(ctx, r.SessionId); err != nil {
		return nil, err
	}
	return spec.EndMemberSession204Response{}, nil
}

// SignOutOrganisation ends all of them, or all but the one that asks.
func (h *Handlers) SignOutOrganisation(ctx context.Context, r spec.SignOutOrganisationRequestObject) (spec.SignOutOrganisationResponseObject, error) {
	if err := h.view(ctx).SignOutOrganisation(ctx, r.Body.MineToo); err != nil {
		return nil, err
	}
	return spec.SignOutOrganisation204Response{}, nil
}

func member(m models.Member) spec.Member {
	return spec.Member{
		UserId: m.ID, UserName: m.UserName, Status: spec.MemberStatus(m.Status), CreatedAt: m.CreatedAt, LastSeenAt: m.LastSeenAt,
		Roles: each(m.Roles, func(r models.Role) spec.MemberRoles { return spec.MemberRoles(r) }), Reset: resetLink(m.Reset),
	}
}

func resetLink(r *models.PasswordReset) *spec.ResetLink {
	if r == nil {
		return nil
	}
	return &spec.ResetLink{CreatedBy: r.CreatedBy, ExpiresAt: r.ExpiresAt, Confirmed: r.Confirmed}
}
