package store

import (
	"strconv"

	"farwatch/internal/facts"
	"farwatch/models"
)

// heldMatching is matching over the column index: what the principal may see
// AND the filter. It says the same as scope.go, line by line, and is tested
// against it.
func (v *View) heldMatching(r facts.Reader, f models.IncidentFilter, active bool) facts.Set {
	set := v.heldVisible(r, active)
	for _, d := range models.FilterFields() {
		if codes := d.Codes(&f); len(codes) > 0 {
			set = set.And(heldHas(r, d, f.ExplicitOnly, codes))
		}
		if d.Ints != nil {
			if numbers := *d.Ints(&f); len(numbers) > 0 {
				set = set.And(r.Any(d.Name, texts(numbers)...))
			}
		}
	}
	if f.Where != nil {
		set = set.And(heldCompiled(r, *f.Where, f.ExplicitOnly))
	}
	set = heldDates(r, set, f)
	if f.Mine != nil {
		set = wanted(set, r.Any(factCreator, v.p.UserID), *f.Mine)
	}
	if f.Counted != nil {
		counted := r.Any("scope", models.ScopeIn).And(r.Any("verification_status", models.CountedVerification()...)).
			Without(r.Any("workflow_status", models.UncountedWorkflow()...))
		set = wanted(set, counted, *f.Counted)
	}
	return set
}

// wanted is the part of a set that lies inside another, or outside.
func wanted(set, other facts.Set, inside bool) facts.Set {
	if inside {
		return set.And(other)
	}
	return set.Without(other)
}

// heldVisible is visible over the column index.
func (v *View) heldVisible(r facts.Reader, active bool) facts.Set {
	set := v.heldPermitted(r, active)
	if v.program || !v.reads() {
		return set
	}
	gone := r.Any("workflow_status", models.StatusWithdrawn, models.StatusMerged)
	if !v.p.Machine() {
		if v.p.Has(models.RoleReviewer) {
			return set
		}
		if v.p.Has(models.RoleCaseworker) {
			return set.Without(gone.Without(r.Any(factMember, v.p.UserID)))
		}
	}
	set = set.Without(gone)
	if v.onlyShown() {
		set = set.And(r.Any("workflow_status", models.ShownWorkflow()...))
	}
	return set
}

// heldPermitted is permitted over the column index.
func (v *View) heldPermitted(r facts.Reader, active bool) facts.Set {
	own := r.Any(factOrganisation, strconv.FormatInt(v.p.OrganisationID, 10))
	if v.program {
		return own
	}
	if !v.reads() || !active {
		return facts.None()
	}
	own = own.Without(r.Any(factDeleted, "yes"))
	level := func(code string) facts.Set { return r.Any("sensitivity", code) }
	named, onTeam := r.Any(factNamed, v.p.UserID), r.Any(factMember, v.p.UserID)
	open := r.Any("sensitivity", "open", "partner")
	switch {
	case v.p.Has(models.RoleReviewer) && !v.p.Machine():
		return own.Without(level(sealed).Without(named))
	case v.p.Has(models.RoleCaseworker) && !v.p.Machine():
		return own.And(open.Or(level("restricted").And(onTeam)).Or(level(sealed).And(named)))
	}
	return own.And(open)
}

func heldHas(r facts.Reader, d models.FilterField, explicitOnly bool, codes []string) facts.Set {
	if d.Facet == "" {
		return r.Any(d.Name, codes...)
	}
	return r.Any(string(d.In(explicitOnly)), codes...)
}

// heldCompiled is compiled over the column index.
func heldCompiled(r facts.Reader, w models.Where, explicitOnly bool) facts.Set {
	switch w.Op {
	case models.WhereTerm:
		d, known := models.FilterFieldNamed(w.Field)
		if !known {
			return facts.None()
		}
		if d.Kind == models.FieldNumber {
			return r.Any(d.Name, texts(numbers(w.Values))...)
		}
		return heldHas(r, d, explicitOnly, w.Values)
	case models.WhereNot:
		return r.All().Without(heldCompiled(r, w.Parts[0], explicitOnly))
	case models.WhereAnd, models.WhereOr:
	}
	set := heldCompiled(r, w.Parts[0], explicitOnly)
	for _, part := range w.Parts[1:] {
		next := heldCompiled(r, part, explicitOnly)
		if w.Op == models.WhereOr {
			set = set.Or(next)
		} else {
			set = set.And(next)
		}
	}
	return set
}

// heldDates is dates over the column index.
func heldDates(r facts.Reader, set facts.Set, f models.IncidentFilter) facts.Set {
	dated := func() facts.Set { return r.Having(factEarliest).Or(r.Having(factLatest)) }
	if f.Undated != nil {
		set = wanted(set, dated(), !*f.Undated)
	}
	if f.DateFrom != nil || f.DateTo != nil {
		set = set.And(dated())
	}
	bound := func(column string, inside func(string, facts.Set, uint64) facts.Set, day *models.Day, open bool) {
		if day == nil {
			return
		}
		n, _ := dayNumber(string(*day)) // heldFilter looked at it
		within := inside(column, set, n)
		if open {
			within = within.Or(set.Without(r.Having(column)))
		}
		set = within
	}
	if f.DateWithin {
		bound(factEarliest, r.AtLeast, f.DateFrom, false)
		bound(factLatest, r.AtMost, f.DateTo, false)
		if f.DateFrom != nil && f.DateTo == nil {
			set = set.And(r.Having(factLatest))
		}
		if f.DateTo != nil && f.DateFrom == nil {
			set = set.And(r.Having(factEarliest))
		}
	} else {
		bound(factLatest, r.AtLeast, f.DateFrom, true)
		bound(factEarliest, r.AtMost, f.DateTo, true)
	}
	bound(factReported, r.AtLeast, f.ReportedFrom, false)
	bound(factReported, r.AtMost, f.ReportedTo, false)
	if f.UpdatedSince != nil {
		if since := models.UTC(*f.UpdatedSince).UnixMilli(); since > 0 {
			set = r.AtLeast(factUpdated, set, uint64(since))
		}
	}
	return set
}

func texts(numbers []int) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = strconv.Itoa(n)
	}
	return out
}
