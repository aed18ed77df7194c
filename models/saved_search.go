package models

import "time"

// SavedSearch is a filter that somebody keeps under a name, for themselves or
// for the whole organisation.
type SavedSearch struct {
	ID        string
	Name      string
	Query     string // the filter's parameters as a query string, canonical
	Shared    bool
	Mine      bool
	Owner     string // user name
	CreatedAt time.Time
	LookedAt  time.Time // by the reader; the creation while they never did
}

// Bounds of saved searches.
const (
	MaxSavedSearches  = 100 // of one person
	MaxListedSearches = 200
	MaxNews           = 100 // counting new records stops here
	MaxNewsSearches   = 40  // searches of one list that are counted
)

// MayShareSearches tells whether the principal's searches may be offered to
// the organisation.
func (p Principal) MayShareSearches() error {
	if p.HasAny(RoleAnalyst, RoleCaseworker, RoleReviewer) {
		return nil
	}
	return Fail(KindForbidden, "saved_search.share_denied", "Your roles keep searches for yourself only.")
}
