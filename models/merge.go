package models

import (
	"reflect"
	"slices"
	"strconv"
)

// MayMerge tells whether the principal may merge the record into the other: a
// reviewer who did not write it, into one that takes edits and that no more
// people see. Errors: permission.denied, workflow.own_work,
// workflow.not_possible, incident.not_editable, merge.wider_circle.
func (p Principal) MayMerge(rec, into Incident) error {
	if err := p.MayReview(rec); err != nil {
		return err
	}
	if rec.WorkflowStatus == StatusWithdrawn || rec.WorkflowStatus == StatusMerged || rec.Ref == into.Ref {
		return Fail(KindConflict, "workflow.not_possible", "A withdrawn or merged record is not merged, nor any record into itself.")
	}
	if err := p.MayEdit(into); err != nil {
		return err
	}
	if LowersSensitivity(rec.Sensitivity, into.Sensitivity) {
		return Fail(KindConflict, "merge.wider_circle", "More people see the other record than this one. Raise the sensitivity of the surviving record first.")
	}
	return nil
}

// Absorb adds to a surviving content what the merged one brings: its sources,
// evidence, campaigns and relations that the survivor has not, and what they
// say of the record as a whole. Entries get fresh local ids. same tells whether
// two sources are one.
func Absorb(into, from IncidentInput, intoRef string, same func(a, b Source) bool) IncidentInput {
	sources, own := map[string]string{}, len(into.Sources) // local id there → here
	for _, s := range from.Sources {
		if at := slices.IndexFunc(into.Sources, func(other Source) bool { return same(s, other) }); at >= 0 {
			sources[s.ID] = into.Sources[at].ID
			continue
		}
		id := nextID("S", into.Sources, func(s Source) string { return s.ID })
		sources[s.ID], s.ID = id, id
		into.Sources = append(slices.Clone(into.Sources), s)
	}
	for i := own; i < len(into.Sources); i++ {
		if origin := into.Sources[i].DerivedFrom; origin != nil {
			id := sources[*origin]
			into.Sources[i].DerivedFrom = &id
		}
	}
	for _, e := range from.Evidence {
		e.ID = nextID("E", into.Evidence, func(e Evidence) string { return e.ID })
		if e.Source != nil {
			id := sources[*e.Source]
			e.Source = &id
		}
		into.Evidence = append(slices.Clone(into.Evidence), e)
	}
	for _, c := range from.Citations {
		if c.Entity != "incident" {
			continue // it is about an act or a person of the other record
		}
		c.ID, c.Source = nextID("C", into.Citations, func(c Citation) string { return c.ID }), sources[c.Source]
		into.Citations = append(slices.Clone(into.Citations), c)
	}
	for _, l := range from.Relations {
		known := slices.ContainsFunc(into.Relations, func(other Relation) bool { return other.To == l.To && other.Kind == l.Kind })
		if known || l.To == intoRef {
			continue
		}
		l.ID = nextID("L", into.Relations, func(l Relation) string { return l.ID })
		into.Relations = append(slices.Clone(into.Relations), l)
	}
	into.Campaigns = distinct(slices.Concat(into.Campaigns, from.Campaigns))
	return into
}

// nextID is the first local id of the letter above all that are in use.
func nextID[M any](letter string, list []M, id func(M) string) string {
	highest := 0
	for _, m := range list {
		if n, err := strconv.Atoi(id(m)[1:]); err == nil {
			highest = max(highest, n)
		}
	}
	return letter + strconv.Itoa(highest+1)
}

// SameSource tells whether two entries are one source: the same address, or
// without one the same words about it.
func SameSource(a, b Source) bool {
	if a.URL != nil && b.URL != nil {
		// An address without a canonical name is only like itself.
		name := CanonicalURL(*a.URL)
		return *a.URL == *b.URL || (name != "" && name == CanonicalURL(*b.URL))
	}
	a.ID, b.ID = "", ""
	return reflect.DeepEqual(a, b)
}
