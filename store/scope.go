package store

import (
	"strings"

	"farwatch/models"
)

// where is a condition over incidents i, built from constants of this package
// and parameters only.
type where struct {
	parts []string
	args  []any
}

func (w *where) and(sql string, args ...any) {
	w.parts = append(w.parts, "("+sql+")")
	w.args = append(w.args, args...)
}

func (w *where) sql() string { return strings.Join(w.parts, " AND ") }

// clone keeps further conditions out of the original.
func (w *where) clone() where {
	return where{parts: append([]string(nil), w.parts...), args: append([]any(nil), w.args...)}
}

// activeMember holds while the account and its membership do: a principal that
// was read before somebody closed them sees nothing more (S27).
//
// SQLite looks at the values that it compares with an indexed column, to choose
// the index, and so plans anew each time; not at what a SELECT of its own gives.
const activeMember = `EXISTS (SELECT 1 FROM memberships ms JOIN users mu ON mu.id = ms.user_id
	WHERE ms.user_id = (SELECT CAST(? AS TEXT)) AND ms.organisation_id = (SELECT CAST(? AS BIGINT)) AND ms.status = 'active' AND mu.status = 'active')`

// reads tells whether the principal's roles read records at all.
func (v *View) reads() bool {
	return v.p.OrganisationID != 0 && v.p.HasAny(models.RoleAdvocate, models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer)
}

// visible is what the principal may read at all: the organisation's records by
// sensitivity, and for a mere advocate only the shown ones. Of a withdrawn or
// merged record reviewers and its team read the content, others the tombstone.
// Whoever holds no reading role sees nothing.
func (v *View) visible() where {
	if v.through != nil {
		return v.lent()
	}
	w := v.permitted()
	if v.program || !v.reads() {
		return w
	}
	if v.p.Machine() {
		return v.open(w)
	}
	if v.p.Has(models.RoleReviewer) {
		return w
	}
	if v.p.Has(models.RoleCaseworker) {
		w.and("i.workflow_status NOT IN ('withdrawn', 'merged') OR "+onTeam, v.p.UserID)
		return w
	}
	return v.open(w)
}

// open leaves of what is permitted what neither was withdrawn nor merged, and for
// a mere advocate only the shown ones: all that a program reads (Machine).
func (v *View) open(w where) where {
	w.and("i.workflow_status NOT IN ('withdrawn', 'merged')")
	if v.onlyShown() {
		w.and("i.workflow_status IN ?", models.ShownWorkflow())
	}
	return w
}

// onlyShown tells whether the principal is an advocate and nothing more.
func (v *View) onlyShown() bool {
	return !v.p.HasAny(models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer)
}

const onTeam = "EXISTS (SELECT 1 FROM incident_members m WHERE m.incident_id = i.id AND m.user_id = ?)"

// permitted is the circle of a record by organisation and sensitivity alone,
// unless a reviewer has deleted it.
func (v *View) permitted() where {
	if v.through != nil {
		return v.lent()
	}
	w := v.circle()
	if !v.program {
		w.and(notDeleted)
	}
	return w
}

// circle is permitted with the deleted records, which only those see who may
// bring them back.
func (v *View) circle() where {
	var w where
	p := v.p
	if v.program {
		w.and("i.organisation_id = ?", p.OrganisationID)
		return w
	}
	if !v.reads() {
		w.and("1 = 0")
		return w
	}
	w.and("i.organisation_id = ?", p.OrganisationID)
	w.and(activeMember, p.UserID, p.OrganisationID)
	named := "EXISTS (SELECT 1 FROM incident_members m WHERE m.incident_id = i.id AND m.user_id = ? AND m.named)"
	switch {
	case p.Has(models.RoleReviewer) && !p.Machine():
		w.and("i.sensitivity <> 'sealed' OR "+named, p.UserID)
	case p.Has(models.RoleCaseworker) && !p.Machine():
		w.and("i.sensitivity IN ('open', 'partner') OR (i.sensitivity = 'restricted' AND "+onTeam+") OR (i.sensitivity = 'sealed' AND "+named+")", p.UserID, p.UserID)
	default:
		w.and("i.sensitivity IN ('open', 'partner')")
	}
	return w
}

// matching is visible AND filter: the one function behind list, dashboard and
// file.
func (v *View) matching(f models.IncidentFilter) where {
	w := v.visible()
	v.filtered(&w, f)
	return w
}

// filtered adds the conditions of a filter.
func (v *View) filtered(w *where, f models.IncidentFilter) {
	for _, d := range models.FilterFields() {
		if codes := d.Codes(&f); len(codes) > 0 {
			sql, args := has(d, f.ExplicitOnly, codes)
			w.and(sql, args...)
		}
		if d.Ints != nil {
			if numbers := *d.Ints(&f); len(numbers) > 0 {
				w.and("i."+d.Name+" IN ?", numbers)
			}
		}
	}
	if f.Where != nil {
		sql, args := compiled(*f.Where, f.ExplicitOnly)
		w.and(sql, args...)
	}
	if f.Text != nil {
		v.s.speaking(w, *f.Text)
	}
	v.dates(w, f)
	if f.Mine != nil {
		w.and(not(*f.Mine)+"i.created_by = ?", v.p.UserID)
	}
	if f.Counted != nil {
		w.and(not(*f.Counted)+"(i.scope = 'in_scope' AND i.verification_status IN ? AND i.workflow_status NOT IN ?)",
			models.CountedVerification(), models.UncountedWorkflow())
	}
}

func not(wanted bool) string {
	if wanted {
		return ""
	}
	return "NOT "
}

// dates matches by overlap, null counting as open; undated records are left
// out of a date filter and reported beside it.
func (v *View) dates(w *where, f models.IncidentFilter) {
	dated := "(i.occurred_earliest IS NOT NULL OR i.occurred_latest IS NOT NULL)"
	if f.Undated != nil {
		w.and(not(!*f.Undated) + dated)
	}
	if f.DateFrom != nil || f.DateTo != nil {
		w.and(dated)
	}
	open := " OR i.%s IS NULL"
	if f.DateWithin {
		open = ""
	}
	bound := func(column, operator string, day *models.Day) {
		if day != nil {
			w.and("i."+column+" "+operator+" ?"+strings.ReplaceAll(open, "%s", column), string(*day))
		}
	}
	if f.DateWithin {
		bound("occurred_earliest", ">=", f.DateFrom)
		bound("occurred_latest", "<=", f.DateTo)
		if f.DateFrom != nil && f.DateTo == nil {
			w.and("i.occurred_latest IS NOT NULL")
		}
		if f.DateTo != nil && f.DateFrom == nil {
			w.and("i.occurred_earliest IS NOT NULL")
		}
	} else {
		bound("occurred_latest", ">=", f.DateFrom)
		bound("occurred_earliest", "<=", f.DateTo)
	}
	if f.ReportedFrom != nil {
		w.and("i.first_reported >= ?", string(*f.ReportedFrom))
	}
	if f.ReportedTo != nil {
		w.and("i.first_reported <= ?", string(*f.ReportedTo))
	}
	if f.UpdatedSince != nil {
		w.and("i.updated_at >= ?", models.UTC(*f.UpdatedSince))
	}
}
