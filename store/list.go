package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/facts"
	"farwatch/models"
)

// cursor is where the next page starts. It is bound to the sort it was made
// under.
type cursor struct {
	Sort  string  `json:"s"`
	Value *string `json:"v"` // nil: among the rows that have none
	Ref   string  `json:"r"`
}

func sortName(s models.Sort) string {
	if s.Descending {
		return "-" + s.Column
	}
	return s.Column
}

func (c cursor) encode() (string, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(data), nil
}

// decodeCursor refuses a cursor of another sort or of another making.
func decodeCursor(s string, sort models.Sort) (cursor, error) {
	bad := models.Fail(models.KindMalformed, "cursor.invalid", "This cursor belongs to another list. Start again without a cursor.")
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return cursor{}, bad.Because(err)
	}
	var c cursor
	if err := json.Unmarshal(data, &c); err != nil || c.Sort != sortName(sort) {
		return cursor{}, bad
	}
	if ref, err := models.ParseRef(c.Ref); err != nil || ref != c.Ref {
		return cursor{}, bad
	}
	if c.Value == nil && sort.Column != "first_reported" || c.Value != nil && strings.ContainsRune(*c.Value, 0) {
		return cursor{}, bad
	}
	if instant(sort.Column) {
		if _, err := time.Parse(time.RFC3339Nano, *c.Value); err != nil {
			return cursor{}, bad
		}
	}
	return c, nil
}

func instant(column string) bool { return column == "updated_at" || column == "created_at" }

// Incidents answers one page in the order asked for, how many records match on
// all pages, and the cursor of the next page ("" on the last). Errors:
// cursor.invalid.
func (v *View) Incidents(ctx context.Context, f models.IncidentFilter, page models.Page) (items []models.IncidentSummary, total int, next string, err error) {
	limit := min(max(page.Limit, 1), models.MaxPage)
	var from *cursor
	if page.Cursor != "" {
		c, err := decodeCursor(page.Cursor, page.Sort)
		if err != nil {
			return nil, 0, "", err
		}
		from = &c
	}
	coded := f
	coded.Text = nil // rowsFrom looks for words itself
	err = v.readHeld(ctx, coded, func(tx *gorm.DB, h held) error {
		next = ""
		var rows []incidentRow
		if rows, total, err = v.rowsFrom(tx, h, f, page.Sort, from, limit+1); err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			if next, err = cursorOf(rows[limit-1], page.Sort).encode(); err != nil {
				return err
			}
		}
		items, err = v.summaries(tx, rows)
		return err
	})
	return items, total, next, err
}

// listColumns are what a row of the list needs: long texts, and what is sealed
// of all but restricted and sealed records, stay where they are.
const listColumns = `i.id, i.ref, i.version, i.title, i.origin_country, i.host_country, i.first_reported, i.families, i.stage, i.persons_min, i.persons_max,
	i.scope, i.verification_status, i.workflow_status, i.self_reviewed, i.sensitivity, i.created_at, i.updated_at,
	i.occurred_earliest, i.occurred_latest, i.occurred_precision, i.occurred_approximate, i.occurred_uncertain, i.occurred_ongoing, i.occurred_repeated, ` + coverColumns

// total counts all that match, from the column index where there is one.
func (v *View) total(tx *gorm.DB, h held, f models.IncidentFilter) (total int, err error) {
	if h.x != nil {
		err := h.read(func(r facts.Reader) { total = v.heldMatching(r, f, h.active).Count() })
		return total, err
	}
	w := v.matching(f)
	if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+w.sql(), w.args...).Scan(&total).Error; err != nil {
		return 0, fmt.Errorf("count incidents: %w", err)
	}
	return total, nil
}

// rowsOf reads the rows of one page and counts all that match.
func (v *View) rowsOf(tx *gorm.DB, h held, f models.IncidentFilter, sort models.Sort, behind where, limit int) (rows []incidentRow, total int, err error) {
	if total, err = v.total(tx, h, f); err != nil {
		return nil, 0, err
	}
	w := v.matching(f)
	w.parts, w.args = append(w.parts, behind.parts...), append(w.args, behind.args...)
	query := "SELECT " + listColumns + " FROM incidents i WHERE " + w.sql() + orderBy(sort) + " LIMIT ?"
	if err := tx.Raw(query, append(w.args, limit)...).Scan(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("list incidents: %w", err)
	}
	return rows, total, nil
}

// orderBy is built from whitelisted columns; rows without a value come last
// both ways, and the ref breaks ties.
func orderBy(s models.Sort) string {
	direction := " ASC"
	if s.Descending {
		direction = " DESC"
	}
	nulls := ""
	if s.Column == "first_reported" {
		nulls = " NULLS LAST"
	}
	return " ORDER BY i." + s.Column + direction + nulls + ", i.ref" + direction
}

// after keeps what comes behind the cursor.
func after(w *where, s models.Sort, c cursor) error {
	operator := ">"
	if s.Descending {
		operator = "<"
	}
	if c.Value == nil {
		w.and("i."+s.Column+" IS NULL AND i.ref "+operator+" ?", c.Ref)
		return nil
	}
	var value any = *c.Value
	if instant(s.Column) {
		at, err := time.Parse(time.RFC3339Nano, *c.Value)
		if err != nil {
			return fmt.Errorf("read cursor: %w", err)
		}
		value = models.UTC(at)
	}
	condition := "(i." + s.Column + ", i.ref) " + operator + " (?, ?)"
	if s.Column == "first_reported" {
		condition += " OR i.first_reported IS NULL"
	}
	w.and(condition, value, c.Ref)
	return nil
}

func cursorOf(r incidentRow, s models.Sort) cursor {
	c := cursor{Sort: sortName(s), Ref: r.Ref}
	stamp := func(t time.Time) *string {
		text := models.UTC(t).Format(time.RFC3339Nano)
		return &text
	}
	switch s.Column {
	case "updated_at":
		c.Value = stamp(r.UpdatedAt)
	case "created_at":
		c.Value = stamp(r.CreatedAt)
	case "first_reported":
		c.Value = r.FirstReported
	case "title":
		c.Value = &r.Title
	case "origin_country":
		c.Value = &r.OriginCountry
	case "host_country":
		c.Value = &r.HostCountry
	}
	return c
}

// summaries adds communities and methods to a page of rows, one query each.
func (v *View) summaries(tx *gorm.DB, rows []incidentRow) ([]models.IncidentSummary, error) {
	if err := v.s.uncover(tx, rows); err != nil {
		return nil, err
	}
	out := make([]models.IncidentSummary, len(rows))
	at := map[int64]*models.IncidentSummary{}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		out[i] = models.IncidentSummary{
			Ref: r.Ref, Version: r.Version, Title: r.Title, OriginCountry: r.OriginCountry, HostCountry: r.HostCountry,
			Occurred: r.occurred(), FirstReported: (*models.Day)(r.FirstReported), Families: r.Families, Stage: r.Stage,
			PersonsMin: r.PersonsMin, PersonsMax: r.PersonsMax, Scope: r.Scope, VerificationStatus: r.VerificationStatus,
			WorkflowStatus: r.WorkflowStatus, SelfReviewed: r.SelfReviewed != nil, Sensitivity: r.Sensitivity, CreatedAt: models.UTC(r.CreatedAt), UpdatedAt: models.UTC(r.UpdatedAt),
		}
		at[r.ID], ids[i] = &out[i], r.ID
	}
	if len(ids) == 0 {
		return out, nil
	}
	add := func(list *[]string, codes ...string) {
		for _, c := range codes {
			if !slices.Contains(*list, c) {
				*list = append(*list, c)
			}
		}
	}
	var targets []targetRow
	if err := tx.Select("incident_id", "position", "communities").Where("incident_id IN ?", ids).Order("incident_id, position").Find(&targets).Error; err != nil {
		return nil, fmt.Errorf("list communities: %w", err)
	}
	for _, t := range targets {
		add(&at[t.IncidentID].Communities, t.Communities...)
	}
	var acts []actRow
	if err := tx.Select("incident_id", "position", "method").Where("incident_id IN ?", ids).Order("incident_id, position").Find(&acts).Error; err != nil {
		return nil, fmt.Errorf("list methods: %w", err)
	}
	for _, a := range acts {
		add(&at[a.IncidentID].Methods, a.Method)
	}
	return out, nil
}
