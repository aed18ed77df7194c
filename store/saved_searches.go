package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"farwatch/models"
)

// savedSearchRow keeps name and query sealed: both may tell what a case is
// about.
type savedSearchRow struct {
	ID             string
	OrganisationID int64
	UserID         string
	Shared         bool
	RowKey         string
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	Protected      []byte
}

func (savedSearchRow) TableName() string { return "saved_searches" }

type savedSearchLookRow struct {
	SavedSearchID string
	UserID        string
	LookedAt      time.Time
}

func (savedSearchLookRow) TableName() string { return "saved_search_looks" }

// searchesSeen is the circle of a saved search: one's own, and the shared ones
// of the organisation.
const searchesSeen = "s.organisation_id = ? AND (s.user_id = ? OR s.shared) AND " + activeMember

func (v *View) searchCircle() []any {
	return []any{v.p.OrganisationID, v.p.UserID, v.p.UserID, v.p.OrganisationID}
}

// SavedSearches lists one's own and the shared ones, one's own first, newest
// first.
func (v *View) SavedSearches(ctx context.Context) ([]models.SavedSearch, error) {
	var out []models.SavedSearch
	err := v.read(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = v.searches(tx, "")
		return err
	})
	return out, err
}

// SavedSearch reads one. Errors: saved_search.not_found.
func (v *View) SavedSearch(ctx context.Context, id string) (models.SavedSearch, error) {
	var out models.SavedSearch
	err := v.read(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = v.oneSearch(tx, id)
		return err
	})
	return out, err
}

func (v *View) oneSearch(tx *gorm.DB, id string) (models.SavedSearch, error) {
	list, err := v.searches(tx, id)
	if err != nil {
		return models.SavedSearch{}, err
	}
	if len(list) == 0 {
		return models.SavedSearch{}, models.NotFound("saved_search")
	}
	return list[0], nil
}

// searches reads the one of this id, or all when it is "".
func (v *View) searches(tx *gorm.DB, id string) ([]models.SavedSearch, error) {
	if !v.reads() {
		return nil, nil
	}
	condition, args := searchesSeen, v.searchCircle()
	if id != "" {
		condition, args = condition+" AND s.id = ?", append(args, id)
	}
	var rows []struct {
		Row      savedSearchRow `gorm:"embedded"`
		UserName string
		LookedAt *time.Time
	}
	query := `SELECT s.*, u.user_name, l.looked_at FROM saved_searches s JOIN users u ON u.id = s.user_id
		LEFT JOIN saved_search_looks l ON l.saved_search_id = s.id AND l.user_id = ?
		WHERE ` + condition + " ORDER BY CASE WHEN s.user_id = ? THEN 0 ELSE 1 END, s.created_at DESC, s.id LIMIT ?"
	args = append(append([]any{v.p.UserID}, args...), v.p.UserID, models.MaxListedSearches)
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list saved searches: %w", err)
	}
	out := make([]models.SavedSearch, 0, len(rows))
	for _, r := range rows {
		var hidden protectedSavedSearch
		if err := v.s.openIn(tx, ofOrganisation(r.Row.OrganisationID), "saved_searches", r.Row.RowKey, r.Row.Protected, &hidden); err != nil {
			return nil, err
		}
		made := models.UTC(r.Row.CreatedAt)
		search := models.SavedSearch{
			ID: r.Row.ID, Name: hidden.Name, Query: hidden.Query, Shared: r.Row.Shared, Mine: r.Row.UserID == v.p.UserID, Owner: r.UserName,
			CreatedAt: made, LookedAt: made,
		}
		if r.LookedAt != nil {
			search.LookedAt = models.UTC(*r.LookedAt)
		}
		out = append(out, search)
	}
	return out, nil
}

// SaveSearch keeps a new one of the principal. Errors: saved_search.too_many,
// saved_search.share_denied.
func (v *View) SaveSearch(ctx context.Context, in models.SavedSearch) (models.SavedSearch, error) {
	row := savedSearchRow{
		ID: uuid.NewString(), OrganisationID: v.p.OrganisationID, UserID: v.p.UserID, Shared: in.Shared, CreatedAt: v.s.now(),
	}
	var out models.SavedSearch
	err := v.write(ctx, func(tx *gorm.DB) error {
		if err := v.sealSearch(tx, &row, in); err != nil {
			return err
		}
		var own int64
		if err := tx.Raw("SELECT COUNT(*) FROM saved_searches WHERE organisation_id = ? AND user_id = ?", v.p.OrganisationID, v.p.UserID).Scan(&own).Error; err != nil {
			return fmt.Errorf("count saved searches: %w", err)
		}
		if own >= models.MaxSavedSearches {
			return models.Fail(models.KindConflict, "saved_search.too_many", "You keep 100 searches. Delete one first.")
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert saved search: %w", err)
		}
		var err error
		out, err = v.oneSearch(tx, row.ID)
		return err
	})
	return out, err
}

func (v *View) sealSearch(tx *gorm.DB, row *savedSearchRow, in models.SavedSearch) error {
	if in.Shared {
		if err := v.p.MayShareSearches(); err != nil {
			return err
		}
	}
	var err error
	if row.RowKey, err = v.s.rowKey(); err != nil {
		return err
	}
	row.Protected, err = v.s.sealIn(tx, ofOrganisation(v.p.OrganisationID), "saved_searches", row.RowKey, protectedSavedSearch{Name: in.Name, Query: in.Query})
	return err
}

// ChangeSearch replaces name, query and sharing of one of the principal's own.
// Errors: saved_search.not_found, saved_search.not_yours,
// saved_search.share_denied.
func (v *View) ChangeSearch(ctx context.Context, in models.SavedSearch) (models.SavedSearch, error) {
	var out models.SavedSearch
	err := v.write(ctx, func(tx *gorm.DB) error {
		if err := v.ownSearch(tx, in.ID); err != nil {
			return err
		}
		var row savedSearchRow
		if err := v.sealSearch(tx, &row, in); err != nil {
			return err
		}
		err := tx.Exec("UPDATE saved_searches SET shared = ?, row_key = ?, protected = ? WHERE id = ? AND user_id = ?",
			in.Shared, row.RowKey, row.Protected, in.ID, v.p.UserID).Error
		if err != nil {
			return fmt.Errorf("change saved search: %w", err)
		}
		out, err = v.oneSearch(tx, in.ID)
		return err
	})
	return out, err
}

// ownSearch lets only the owner through; a colleague's private one does not
// exist.
func (v *View) ownSearch(tx *gorm.DB, id string) error {
	search, err := v.oneSearch(tx, id)
	if err != nil {
		return err
	}
	if !search.Mine {
		return models.Fail(models.KindForbidden, "saved_search.not_yours", "This search belongs to a colleague. Save it under a name of your own.")
	}
	return nil
}

// DropSearch deletes one of the principal's own. Errors:
// saved_search.not_found, saved_search.not_yours.
func (v *View) DropSearch(ctx context.Context, id string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		if err := v.ownSearch(tx, id); err != nil {
			return err
		}
		for _, statement := range []string{
			"DELETE FROM saved_search_looks WHERE saved_search_id = ?", "DELETE FROM saved_searches WHERE id = ?",
		} {
			if err := tx.Exec(statement, id).Error; err != nil {
				return fmt.Errorf("delete saved search: %w", err)
			}
		}
		return nil
	})
}

// LookAtSearch notes that the principal looks at its records now. Errors:
// saved_search.not_found.
func (v *View) LookAtSearch(ctx context.Context, id string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		if _, err := v.oneSearch(tx, id); err != nil {
			return err
		}
		row := savedSearchLookRow{SavedSearchID: id, UserID: v.p.UserID, LookedAt: v.s.now()}
		upsert := clause.OnConflict{
			Columns:   []clause.Column{{Name: "saved_search_id"}, {Name: "user_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"looked_at"}),
		}
		if err := tx.Clauses(upsert).Create(&row).Error; err != nil {
			return fmt.Errorf("note look: %w", err)
		}
		return nil
	})
}

// NewsQuestion asks how many records of a filter changed since a time.
type NewsQuestion struct {
	Filter models.IncidentFilter
	Since  time.Time
}

// News answers how many visible records of each filter were made or changed
// after its time, at most models.MaxNews each.
func (v *View) News(ctx context.Context, questions []NewsQuestion) ([]int, error) {
	out := make([]int, len(questions))
	err := v.read(ctx, func(tx *gorm.DB) error {
		for i, q := range questions {
			w := v.matching(q.Filter)
			w.and("i.updated_at > ?", models.UTC(q.Since))
			query := "SELECT COUNT(*) FROM (SELECT i.id FROM incidents i WHERE " + w.sql() + " LIMIT ?) n"
			if err := tx.Raw(query, append(w.args, models.MaxNews)...).Scan(&out[i]).Error; err != nil {
				return fmt.Errorf("count news: %w", err)
			}
		}
		return nil
	})
	return out, err
}
