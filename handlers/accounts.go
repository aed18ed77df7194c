package handlers

import (
	"context"
	"errors"

	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/models"
)

// busy turns the hasher's refusal into 503.
func busy(err error) error {
	if errors.Is(err, auth.ErrBusy) {
		return models.Fail(models.KindUnavailable, "session.busy", "Too many people sign in at once. Try again in some seconds.").Because(err)
	}
	return err
}

// SetUp makes the first organisation and its administrator, once, with the
// link printed on the operator's terminal.
func (h *Handlers) SetUp(ctx context.Context, r spec.SetUpRequestObject) (spec.SetUpResponseObject, error) {
	b := r.Body
	hash, err := h.newHash(ctx, b.Password, b.UserName, "#/password")
	if err != nil {
		return nil, err
	}
	roles := []models.Role{models.RoleInstanceAdmin, models.RoleOrgAdmin}
	for _, role := range b.WorkRoles {
		roles = append(roles, models.Role(role))
	}
	name, err := organisationName(b.OrganisationName, "#/organisation_name")
	if err != nil {
		return nil, err
	}
	p, err := h.Store.System().SetUp(ctx, auth.HashOneTimeToken(b.Token), b.OrganisationCode, name, b.UserName, hash, roles)
	if err != nil {
		return nil, err
	}
	return spec.SetUp201JSONResponse(h.account(p)), nil
}

// ListMembers answers the people of the organisation.
func (h *Handlers) ListMembers(ctx context.Context, _ spec.ListMembersRequestObject) (spec.ListMembersResponseObject, error) {
	list, err := h.view(ctx).Members(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListMembers200JSONResponse{Items: each(list, member)}, nil
}

// CreateInvitation answers a one-time link; only its hash is kept.
func (h *Handlers) CreateInvitation(ctx context.Context, r spec.CreateInvitationRequestObject) (spec.CreateInvitationResponseObject, error) {
	token, hash, err := auth.NewOneTimeToken()
	if err != nil {
		return nil, err
	}
	roles := each(r.Body.Roles, func(r spec.InvitationInputRoles) models.Role { return models.Role(r) })
	made, err := h.view(ctx).CreateInvitation(ctx, hash, roles, r.Body.Note)
	if err != nil {
		return nil, err
	}
	return spec.CreateInvitation201JSONResponse{Invitation: invitation(made), Link: h.oneTimeLink("invite", token)}, nil
}

// ListInvitations answers the open ones.
func (h *Handlers) ListInvitations(ctx context.Context, _ spec.ListInvitationsRequestObject) (spec.ListInvitationsResponseObject, error) {
	list, err := h.view(ctx).Invitations(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListInvitations200JSONResponse{Items: each(list, invitation)}, nil
}

// RevokeInvitation makes an open link useless.
func (h *Handlers) RevokeInvitation(ctx context.Context, r spec.RevokeInvitationRequestObject) (spec.RevokeInvitationResponseObject, error) {
	if err := h.view(ctx).RevokeInvitation(ctx, r.InvitationId); err != nil {
		return nil, err
	}
	return spec.RevokeInvitation204Response{}, nil
}

// AcceptInvitation makes an account with a one-time link.
func (h *Handlers) AcceptInvitation(ctx context.Context, r spec.AcceptInvitationRequestObject) (spec.AcceptInvitationResponseObject, error) {
	hash, err := h.newHash(ctx, r.Body.Password, r.Body.UserName, "#/password")
	if err != nil {
		return nil, err
	}
	p, err := h.Store.System().AcceptInvitation(ctx, auth.HashOneTimeToken(r.Body.Token), r.Body.UserName, hash)
	if err != nil {
		return nil, err
	}
	return spec.AcceptInvitation201JSONResponse(h.account(p)), nil
}

// UseResetLink sets a new password with a link.
func (h *Handlers) UseResetLink(ctx context.Context, r spec.UseResetLinkRequestObject) (spec.UseResetLinkResponseObject, error) {
	token := auth.HashOneTimeToken(r.Body.Token)
	userName, err := h.Store.System().ResetFor(ctx, token)
	if err != nil {
		return nil, err
	}
	hash, err := h.newHash(ctx, r.Body.Password, userName, "#/password")
	if err != nil {
		return nil, err
	}
	if err := h.Store.System().UseReset(ctx, token, hash); err != nil {
		return nil, err
	}
	return spec.UseResetLink204Response{}, nil
}

func invitation(i models.Invitation) spec.Invitation {
	return spec.Invitation{
		InvitationId: i.ID, Note: i.Note, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, CreatedBy: i.CreatedBy,
		Roles: each(i.Roles, func(r models.Role) spec.InvitationRoles { return spec.InvitationRoles(r) }),
	}
}
