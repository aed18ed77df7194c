package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
)

// ListCampaigns answers the campaigns of the organisation.
func (h *Handlers) ListCampaigns(ctx context.Context, _ spec.ListCampaignsRequestObject) (spec.ListCampaignsResponseObject, error) {
	list, err := h.view(ctx).Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListCampaigns200JSONResponse{Items: each(list, campaign)}, nil
}

// CreateCampaign begins one.
func (h *Handlers) CreateCampaign(ctx context.Context, r spec.CreateCampaignRequestObject) (spec.CreateCampaignResponseObject, error) {
	hash, err := h.onceOnly(r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	in, err := campaignInput(*r.Body)
	if err != nil {
		return nil, err
	}
	c, err := h.view(ctx).CreateCampaign(ctx, in, *r.Params.IdempotencyKey, hash)
	if err != nil {
		return nil, err
	}
	location, etag := "/api/v1/campaigns/"+c.Ref, h.etagOf(c.Ref, c.Version)
	return spec.CreateCampaign201JSONResponse{Body: campaign(c), Headers: spec.CreateCampaign201ResponseHeaders{Location: &location, ETag: &etag}}, nil
}

// ReadCampaign answers one.
func (h *Handlers) ReadCampaign(ctx context.Context, r spec.ReadCampaignRequestObject) (spec.ReadCampaignResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	c, err := h.view(ctx).Campaign(ctx, ref)
	if err != nil {
		return nil, err
	}
	etag := h.etagOf(c.Ref, c.Version)
	return spec.ReadCampaign200JSONResponse{Body: campaign(c), Headers: spec.ReadCampaign200ResponseHeaders{ETag: &etag}}, nil
}

// ChangeCampaign replaces its texts.
func (h *Handlers) ChangeCampaign(ctx context.Context, r spec.ChangeCampaignRequestObject) (spec.ChangeCampaignResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	if r.Params.IfMatch == nil {
		return nil, matchRequired()
	}
	in, err := campaignInput(*r.Body)
	if err != nil {
		return nil, err
	}
	c, err := h.view(ctx).Campaign(ctx, ref)
	if err != nil {
		return nil, err
	}
	if *r.Params.IfMatch != h.etagOf(ref, c.Version) {
		return nil, models.Stale(c.Version)
	}
	in.Ref, in.Version = ref, c.Version
	if c, err = h.view(ctx).UpdateCampaign(ctx, in); err != nil {
		return nil, err
	}
	etag := h.etagOf(c.Ref, c.Version)
	return spec.ChangeCampaign200JSONResponse{Body: campaign(c), Headers: spec.ChangeCampaign200ResponseHeaders{ETag: &etag}}, nil
}

func campaignInput(in spec.CampaignInput) (models.Campaign, error) {
	c := models.Campaign{Title: in.Title, Summary: in.Summary}
	c.Normalize()
	return c, c.Validate()
}

func campaign(c models.Campaign) spec.Campaign {
	return spec.Campaign{Ref: c.Ref, Title: c.Title, Summary: c.Summary, Version: c.Version, Incidents: c.Incidents}
}
