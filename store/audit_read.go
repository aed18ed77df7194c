package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// OrganisationAudit is a page of what was done in the principal's organisation,
// newest first; next is nil at the end.
func (v *View) OrganisationAudit(ctx context.Context, f models.AuditFilter, from *models.AuditCursor, limit int) ([]models.AuditEntry, *models.AuditCursor, error) {
	var w where
	w.and("a.organisation_id = ?", v.p.OrganisationID)
	return v.auditPage(ctx, v.read, w, f, from, limit)
}

// OwnAudit is a page of what the principal did.
func (v *View) OwnAudit(ctx context.Context, f models.AuditFilter, from *models.AuditCursor, limit int) ([]models.AuditEntry, *models.AuditCursor, error) {
	var w where
	w.and("a.actor = ?", v.p.UserID)
	return v.auditPage(ctx, v.read, w, f, from, limit)
}

// InstanceAudit is a page of what was done anywhere: when and what, but not who
// and to what, which is the organisations' own.
func (v *View) InstanceAudit(ctx context.Context, f models.AuditFilter, from *models.AuditCursor, limit int) ([]models.AuditEntry, *models.AuditCursor, error) {
	if !v.p.Has(models.RoleInstanceAdmin) {
		return nil, nil, nil
	}
	f.Ref, f.UserName = "", "" // what one cannot read one cannot search by
	page, next, err := v.auditPage(ctx, v.s.read, where{parts: []string{"1 = 1"}}, f, from, limit)
	for i := range page {
		e := &page[i]
		if e.Organisation != "" {
			e.UserName, e.Object, e.ObjectName, e.Ref, e.RefVisible, e.Fields = "", "", "", "", false, nil
		}
	}
	return page, next, err
}

type auditEntryRow struct {
	Row              auditRow `gorm:"embedded"`
	OrganisationCode *string
}

func (v *View) auditPage(
	ctx context.Context, read func(context.Context, func(*gorm.DB) error) error, w where, f models.AuditFilter, from *models.AuditCursor, limit int,
) (page []models.AuditEntry, next *models.AuditCursor, err error) {
	err = read(ctx, func(tx *gorm.DB) error {
		known, err := v.narrow(tx, &w, f)
		if err != nil || !known {
			return err
		}
		skip := 0
		if from != nil {
			w.and("a.at <= ?", from.At)
			skip = from.Shown
		}
		var rows []auditEntryRow
		query := "SELECT a.*, o.code AS organisation_code FROM audit a LEFT JOIN organisations o ON o.id = a.organisation_id WHERE " + w.sql() +
			" ORDER BY a.at DESC, a.seq DESC LIMIT ? OFFSET ?"
		if err := tx.Raw(query, append(w.args, limit+1, skip)...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("read audit: %w", err)
		}
		if len(rows) > limit {
			rows = rows[:limit]
			next = cursorAfter(rows, from)
		}
		page, err = v.entries(tx, rows)
		return err
	})
	return page, next, err
}

// cursorAfter counts how many rows of the page's last moment were shown.
func cursorAfter(rows []auditEntryRow, from *models.AuditCursor) *models.AuditCursor {
	last := models.UTC(rows[len(rows)-1].Row.At)
	next := models.AuditCursor{At: last}
	for _, r := range rows {
		if models.UTC(r.Row.At).Equal(last) {
			next.Shown++
		}
	}
	if from != nil && from.At.Equal(last) {
		next.Shown += from.Shown
	}
	return &next
}

// narrow adds the filter; known is false when it names somebody who is not of
// the organisation, which matches nothing.
func (v *View) narrow(tx *gorm.DB, w *where, f models.AuditFilter) (known bool, err error) {
	if f.UserName != "" {
		var id string
		err := tx.Raw("SELECT u.id FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.user_name = ? AND m.organisation_id = ?",
			f.UserName, v.p.OrganisationID).Scan(&id).Error
		if err != nil {
			return false, fmt.Errorf("find person: %w", err)
		}
		if id == "" {
			return false, nil
		}
		w.and("a.actor = ?", id)
	}
	if f.Ref != "" {
		// The ref alone, or the ref, a space and the id of a part.
		w.and("a.object >= ? AND a.object < ?", f.Ref, f.Ref+"!")
	}
	if f.Action != "" {
		w.and("a.action = ?", f.Action)
	}
	if f.From != nil {
		w.and("a.at >= ?", models.UTC(*f.From))
	}
	if f.To != nil {
		w.and("a.at < ?", models.UTC(*f.To))
	}
	return true, nil
}

// entries puts names to a page and tells which records the principal may open.
func (v *View) entries(tx *gorm.DB, rows []auditEntryRow) ([]models.AuditEntry, error) {
	var people, refs []string
	for _, r := range rows {
		people = append(people, r.Row.Actor, r.Row.Object)
		refs = append(refs, refIn(r.Row.Object))
	}
	names, err := v.namesOf(tx, people)
	if err != nil {
		return nil, err
	}
	guests, err := guestsOf(tx, rows)
	if err != nil {
		return nil, err
	}
	open, err := v.openRefs(tx, refs)
	if err != nil {
		return nil, err
	}
	out := make([]models.AuditEntry, len(rows))
	for i, r := range rows {
		e := models.AuditEntry{At: models.UTC(r.Row.At), Action: r.Row.Action, UserName: names[r.Row.Actor], Object: r.Row.Object, ObjectName: names[r.Row.Object], Ref: refs[i], Fields: r.Row.Fields}
		if r.OrganisationCode != nil {
			e.Organisation = *r.OrganisationCode
		}
		if r.Row.Action == grantRead && e.UserName == "" {
			e.UserName = guests[r.Row.Actor]
		}
		e.RefVisible = e.Ref != "" && slices.Contains(open, e.Ref)
		out[i] = e
	}
	return out, nil
}

// refIn is the ref at the beginning of an object, or "".
func refIn(object string) string {
	first, _, _ := strings.Cut(object, " ")
	ref, err := models.ParseRef(first)
	if err != nil || ref != first {
		return ""
	}
	return ref
}

// namesOf are the people of the principal's organisation among ids.
func (v *View) namesOf(tx *gorm.DB, ids []string) (map[string]string, error) {
	slices.Sort(ids)
	var people []struct{ ID, UserName string }
	err := tx.Raw("SELECT u.id, u.user_name FROM users u JOIN memberships m ON m.user_id = u.id WHERE m.organisation_id = ? AND u.id IN ?",
		v.p.OrganisationID, orNone(slices.Compact(ids))).Scan(&people).Error
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	out := map[string]string{}
	for _, p := range people {
		out[p.ID] = p.UserName
	}
	return out, nil
}

// guestsOf are the people who read by way of a grant: who shares may know who
// looks, though they are of another organisation.
func guestsOf(tx *gorm.DB, rows []auditEntryRow) (map[string]string, error) {
	var ids []string
	for _, r := range rows {
		if r.Row.Action == grantRead {
			ids = append(ids, r.Row.Actor)
		}
	}
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	var people []struct{ ID, UserName string }
	if err := tx.Raw("SELECT u.id, u.user_name FROM users u WHERE u.id IN ?", ids).Scan(&people).Error; err != nil {
		return nil, fmt.Errorf("read names of guests: %w", err)
	}
	for _, p := range people {
		out[p.ID] = p.UserName
	}
	return out, nil
}

// openRefs are those of the refs that the principal may see.
func (v *View) openRefs(tx *gorm.DB, refs []string) ([]string, error) {
	wanted := slices.Compact(slices.Sorted(slices.Values(refs)))
	w := v.visible()
	w.and("i.ref IN ?", orNone(wanted))
	var out []string
	if err := tx.Raw("SELECT i.ref FROM incidents i WHERE "+w.sql(), w.args...).Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read visible records: %w", err)
	}
	return out, nil
}

// VerifyAudit walks the whole chain until the deadline, one walk at a time.
// Errors: audit.busy.
func (v *View) VerifyAudit(ctx context.Context, within time.Duration) (models.AuditVerdict, error) {
	if !v.s.verifying.TryLock() {
		return models.AuditVerdict{}, &models.Error{
			Kind: models.KindTooMany, Code: "audit.busy", Params: map[string]any{"retry_after": int(within.Seconds())},
			Detail: "Somebody is verifying the chain now. Wait a moment and try again.",
		}
	}
	defer v.s.verifying.Unlock()
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	verdict := models.AuditVerdict{}
	operator := v.p.Has(models.RoleInstanceAdmin)
	var last *time.Time
	_, broken, err := v.s.walkAudit(limited, func(r auditRow) {
		if operator || r.OrganisationID != nil && *r.OrganisationID == v.p.OrganisationID {
			verdict.Checked++
		}
		at := models.UTC(r.At)
		last = &at
	})
	if err != nil && (!errors.Is(limited.Err(), context.DeadlineExceeded) || ctx.Err() != nil) {
		return verdict, err
	}
	verdict.Complete = err == nil
	verdict.Whole = broken == 0
	if !verdict.Whole {
		verdict.BrokenAt = last
	}
	if operator {
		verdict.Broken = broken
	}
	return verdict, nil
}
