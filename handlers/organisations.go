package handlers

import (
	"context"
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/models"
)

func organisationName(text, pointer string) (string, error) {
	name := strings.TrimSpace(models.NormalizeText(text))
	if name == "" || models.TextFault(name) != "" {
		return "", models.Invalid([]models.FieldError{{Pointer: pointer, Code: "required"}})
	}
	return name, nil
}

// ReadOrganisation answers the principal's own.
func (h *Handlers) ReadOrganisation(ctx context.Context, _ spec.ReadOrganisationRequestObject) (spec.ReadOrganisationResponseObject, error) {
	o, err := h.view(ctx).Organisation(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ReadOrganisation200JSONResponse(organisation(o)), nil
}

// ChangeOrganisation changes its name and settings.
func (h *Handlers) ChangeOrganisation(ctx context.Context, r spec.ChangeOrganisationRequestObject) (spec.ChangeOrganisationResponseObject, error) {
	name, err := organisationName(r.Body.Name, "#/name")
	if err != nil {
		return nil, err
	}
	o, err := h.view(ctx).ChangeOrganisation(ctx, name, string(r.Body.InitialSensitivity), r.Body.FourEyes)
	if err != nil {
		return nil, err
	}
	return spec.ChangeOrganisation200JSONResponse(organisation(o)), nil
}

// ListOrganisations answers every organisation of the instance.
func (h *Handlers) ListOrganisations(ctx context.Context, _ spec.ListOrganisationsRequestObject) (spec.ListOrganisationsResponseObject, error) {
	list, err := h.view(ctx).Organisations(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListOrganisations200JSONResponse{Items: each(list, organisationEntry)}, nil
}

// CreateOrganisation makes an organisation without people.
func (h *Handlers) CreateOrganisation(ctx context.Context, r spec.CreateOrganisationRequestObject) (spec.CreateOrganisationResponseObject, error) {
	name, err := organisationName(r.Body.Name, "#/name")
	if err != nil {
		return nil, err
	}
	made, err := h.view(ctx).AddOrganisation(ctx, r.Body.Code, name)
	if err != nil {
		return nil, err
	}
	return spec.CreateOrganisation201JSONResponse(organisationEntry(made)), nil
}

// RenameOrganisation changes how one is called.
func (h *Handlers) RenameOrganisation(ctx context.Context, r spec.RenameOrganisationRequestObject) (spec.RenameOrganisationResponseObject, error) {
	name, err := organisationName(r.Body.Name, "#/name")
	if err != nil {
		return nil, err
	}
	if err := h.view(ctx).RenameOrganisation(ctx, r.Code, name); err != nil {
		return nil, err
	}
	return spec.RenameOrganisation204Response{}, nil
}

// InviteFirstAdmin answers a one-time link to the account of an administrator.
func (h *Handlers) InviteFirstAdmin(ctx context.Context, r spec.InviteFirstAdminRequestObject) (spec.InviteFirstAdminResponseObject, error) {
	if fault := models.TextFault(value(r.Body.Note)); fault != "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/note", Code: fault}})
	}
	token, hash, err := auth.NewOneTimeToken()
	if err != nil {
		return nil, err
	}
	made, err := h.view(ctx).InviteFirstAdmin(ctx, r.Code, hash, r.Body.Note)
	if err != nil {
		return nil, err
	}
	return spec.InviteFirstAdmin201JSONResponse{Invitation: invitation(made), Link: h.oneTimeLink("invite", token)}, nil
}

func organisation(o models.Organisation) spec.Organisation {
	return spec.Organisation{
		Code: o.Code, Name: o.Name, InitialSensitivity: spec.OrganisationInitialSensitivity(o.InitialSensitivity), FourEyes: o.FourEyes, CreatedAt: o.CreatedAt,
	}
}

func organisationEntry(o models.OrganisationEntry) spec.OrganisationEntry {
	return spec.OrganisationEntry{Code: o.Code, Name: o.Name, CreatedAt: o.CreatedAt, People: o.People, Administrators: o.Administrators}
}
