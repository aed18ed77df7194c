package handlers

import (
	"context"
	"errors"
	"net/url"

	"farwatch/api/spec"
	"farwatch/models"
	"farwatch/store"
)

// ListGrants answers what is shared with the organisation and what it shares.
func (h *Handlers) ListGrants(ctx context.Context, r spec.ListGrantsRequestObject) (spec.ListGrantsResponseObject, error) {
	ref := ""
	if r.Params.Ref != nil {
		var err error
		if ref, err = models.ParseRef(*r.Params.Ref); err != nil {
			return nil, err
		}
	}
	received, given, err := h.view(ctx).Grants(ctx, ref)
	if err != nil {
		return nil, err
	}
	return spec.ListGrants200JSONResponse{Received: each(received, grant), Given: each(given, grant)}, nil
}

// ListReceivers answers who something can be shared with.
func (h *Handlers) ListReceivers(ctx context.Context, _ spec.ListReceiversRequestObject) (spec.ListReceiversResponseObject, error) {
	list, err := h.view(ctx).Receivers(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListReceivers200JSONResponse{Items: each(list, receiver)}, nil
}

// CreateGrant asks for something to be shared.
func (h *Handlers) CreateGrant(ctx context.Context, r spec.CreateGrantRequestObject) (spec.CreateGrantResponseObject, error) {
	hash, err := h.onceOnly(r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	in := models.GrantInput{
		Kind: r.Body.Kind, Ref: value(r.Body.Ref), Search: value(r.Body.SavedSearchId), Receiver: r.Body.Receiver,
		Reason: models.NormalizeText(r.Body.Reason), ExpiresAt: r.Body.ExpiresAt,
	}
	if err := in.Validate(h.Clock()); err != nil {
		return nil, err
	}
	var search *store.FrozenSearch
	if in.Kind == models.GrantSavedSearch {
		search, err = h.frozen(ctx, in.Search)
	} else {
		in.Ref, err = models.ParseRef(in.Ref)
	}
	if err != nil {
		return nil, err
	}
	made, err := h.view(ctx).CreateGrant(ctx, in, search, *r.Params.IdempotencyKey, hash)
	if err != nil {
		return nil, err
	}
	return spec.CreateGrant201JSONResponse(grant(made)), nil
}

// frozen is a saved search as it stands now. Faults of its filter are told at
// the member that names it.
func (h *Handlers) frozen(ctx context.Context, id string) (*store.FrozenSearch, error) {
	s, err := h.view(ctx).SavedSearch(ctx, id)
	if err != nil {
		return nil, err
	}
	filter, query, err := h.filterFromQuery(s.Query)
	var fault *models.Error
	if errors.As(err, &fault) && len(fault.Fields) > 0 {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/saved_search_id", Code: fault.Fields[0].Code, Params: fault.Fields[0].Params}})
	}
	if err != nil {
		return nil, err
	}
	return &store.FrozenSearch{Name: s.Name, Query: query, Filter: filter}, filter.Freezable()
}

// DecideGrant approves, declines or ends one.
func (h *Handlers) DecideGrant(ctx context.Context, r spec.DecideGrantRequestObject) (spec.DecideGrantResponseObject, error) {
	decided, err := h.view(ctx).DecideGrant(ctx, r.GrantId, r.Body.Decision)
	if err != nil {
		return nil, err
	}
	return spec.DecideGrant200JSONResponse(grant(decided)), nil
}

// WithdrawGrant takes one's own request back.
func (h *Handlers) WithdrawGrant(ctx context.Context, r spec.WithdrawGrantRequestObject) (spec.WithdrawGrantResponseObject, error) {
	withdrawn, err := h.view(ctx).WithdrawGrant(ctx, r.GrantId)
	if err != nil {
		return nil, err
	}
	return spec.WithdrawGrant200JSONResponse(grant(withdrawn)), nil
}

// reading is the view that a request for many records reads: one's own
// organisation, or what a grant shares.
func (h *Handlers) reading(ctx context.Context, grant *string, operation string) (*store.View, error) {
	if grant == nil {
		return h.view(ctx), nil
	}
	return h.view(ctx).Through(ctx, *grant, "", operation)
}

// readLent answers one record that a grant shares. There are no pending
// contents and no tombstones by way of a grant: what is not shared is absent.
func (h *Handlers) readLent(ctx context.Context, ref string, params spec.ReadIncidentParams) (spec.ReadIncidentResponseObject, error) {
	if params.Content != nil && *params.Content == spec.Pending {
		return nil, models.NotFound("incident")
	}
	view, err := h.view(ctx).Through(ctx, *params.Grant, ref, "record")
	if err != nil {
		return nil, err
	}
	rec, err := view.Incident(ctx, ref)
	if err != nil {
		return nil, err
	}
	out := h.incident(view.Principal(), rec)
	out.RecordUrl = h.sharedURL(ref, *params.Grant)
	out.PublicationGaps, out.Moves = out.PublicationGaps[:0], out.Moves[:0] // how it may go on is not for guests
	etag := h.etag(rec)
	return spec.ReadIncident200JSONResponse{Body: out, Headers: spec.ReadIncident200ResponseHeaders{ETag: &etag}}, nil
}

// sharedURL is the address of a record's page as somebody reads it who has it
// by way of a grant; "" for none.
func (h *Handlers) sharedURL(ref, grant string) string {
	address := h.RecordURL(ref)
	if grant != "" {
		address += "?grant=" + url.QueryEscape(grant)
	}
	return address
}

func receiver(o models.OrganisationName) spec.Receiver {
	return spec.Receiver{Code: o.Code, Name: o.Name}
}

func grant(g models.Grant) spec.Grant {
	return spec.Grant{
		GrantId: g.ID, Kind: g.Kind, Status: g.Status, Granter: receiver(g.Granter), Receiver: receiver(g.Receiver),
		Ref: g.Ref, Title: g.Title, SearchName: g.SearchName, Query: g.Query, Reason: g.Reason, RequestedBy: g.RequestedBy, DecidedBy: g.DecidedBy,
		CreatedAt: g.CreatedAt, DecidedAt: g.DecidedAt, ExpiresAt: g.ExpiresAt, RevokedAt: g.RevokedAt,
		MayApprove: g.MayApprove, MayDecline: g.MayDecline, MayRevoke: g.MayRevoke, MayWithdraw: g.MayWithdraw,
	}
}
