package handlers

import (
	"context"

	"farwatch/api/spec"
	"farwatch/models"
	"farwatch/store"
)

// ListSavedSearches answers one's own and the shared searches, with how many
// records are new in each.
func (h *Handlers) ListSavedSearches(ctx context.Context, _ spec.ListSavedSearchesRequestObject) (spec.ListSavedSearchesResponseObject, error) {
	list, err := h.view(ctx).SavedSearches(ctx)
	if err != nil {
		return nil, err
	}
	items := each(list, savedSearch)
	var questions []store.NewsQuestion
	var asked []int
	for i, s := range list[:min(len(list), models.MaxNewsSearches)] {
		// A search whose codes left the vocabulary is listed without a count.
		if filter, _, err := h.filterFromQuery(s.Query); err == nil {
			questions, asked = append(questions, store.NewsQuestion{Filter: filter, Since: s.LookedAt}), append(asked, i)
		}
	}
	counts, err := h.view(ctx).News(ctx, questions)
	if err != nil {
		return nil, err
	}
	for n, i := range asked {
		items[i].New = &counts[n]
	}
	return spec.ListSavedSearches200JSONResponse{Items: items}, nil
}

// CreateSavedSearch keeps a search under a name.
func (h *Handlers) CreateSavedSearch(ctx context.Context, r spec.CreateSavedSearchRequestObject) (spec.CreateSavedSearchResponseObject, error) {
	in, err := h.searchInput(*r.Body)
	if err != nil {
		return nil, err
	}
	saved, err := h.view(ctx).SaveSearch(ctx, in)
	if err != nil {
		return nil, err
	}
	return spec.CreateSavedSearch201JSONResponse(savedSearch(saved)), nil
}

// ChangeSavedSearch replaces one of one's own.
func (h *Handlers) ChangeSavedSearch(ctx context.Context, r spec.ChangeSavedSearchRequestObject) (spec.ChangeSavedSearchResponseObject, error) {
	in, err := h.searchInput(*r.Body)
	if err != nil {
		return nil, err
	}
	in.ID = r.SavedSearchId
	saved, err := h.view(ctx).ChangeSearch(ctx, in)
	if err != nil {
		return nil, err
	}
	return spec.ChangeSavedSearch200JSONResponse(savedSearch(saved)), nil
}

// DeleteSavedSearch deletes one of one's own.
func (h *Handlers) DeleteSavedSearch(ctx context.Context, r spec.DeleteSavedSearchRequestObject) (spec.DeleteSavedSearchResponseObject, error) {
	if err := h.view(ctx).DropSearch(ctx, r.SavedSearchId); err != nil {
		return nil, err
	}
	return spec.DeleteSavedSearch204Response{}, nil
}

// LookAtSavedSearch starts counting what is new from now on.
func (h *Handlers) LookAtSavedSearch(ctx context.Context, r spec.LookAtSavedSearchRequestObject) (spec.LookAtSavedSearchResponseObject, error) {
	if err := h.view(ctx).LookAtSearch(ctx, r.SavedSearchId); err != nil {
		return nil, err
	}
	return spec.LookAtSavedSearch204Response{}, nil
}

func (h *Handlers) searchInput(in spec.SavedSearchInput) (models.SavedSearch, error) {
	if fault := models.TextFault(in.Name); fault != "" {
		return models.SavedSearch{}, models.Invalid([]models.FieldError{{Pointer: "#/name", Code: fault}})
	}
	_, canonical, err := h.filterFromQuery(in.Query)
	if err != nil {
		return models.SavedSearch{}, err
	}
	return models.SavedSearch{Name: in.Name, Query: canonical, Shared: in.Shared}, nil
}

func savedSearch(s models.SavedSearch) spec.SavedSearch {
	return spec.SavedSearch{
		SavedSearchId: s.ID, Name: s.Name, Query: s.Query, Shared: s.Shared, Mine: s.Mine, Owner: s.Owner,
		CreatedAt: s.CreatedAt, LookedAt: s.LookedAt,
	}
}
