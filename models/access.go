package models

import (
	"reflect"
	"slices"
)

// nonPublicSources are the kinds of source of which only the kind is plain.
var nonPublicSources = []string{"direct_interview", "partner_submission", "tip"}

// NonPublicSource tells whether all of a source but its kind is protected.
func NonPublicSource(kind string) bool { return slices.Contains(nonPublicSources, kind) }

// RestrictedEvidence tells whether all of an entry of evidence is protected.
func RestrictedEvidence(kind string) bool { return kind == "medical_record" }

// SeesProtected is the row "protected fields of visible record" of the role
// table: reviewers, and caseworkers on the record's team. No program does.
func (p Principal) SeesProtected(onTeam bool) bool {
	if p.Machine() {
		return false
	}
	return p.Has(RoleReviewer) || (p.Has(RoleCaseworker) && onTeam)
}

// CanEdit tells whether the principal may change the record: reviewers, and
// caseworkers on its team.
func (p Principal) CanEdit(onTeam bool) bool { return p.SeesProtected(onTeam) }

// lockedStates are the workflow states in which a record takes no edit at all.
var lockedStates = []string{"withdrawn", "merged", "closed"}

// MayEdit tells whether the principal may change the record as it stands; an
// edit of an approved or published one waits for a second person. Errors:
// permission.denied, incident.not_editable.
func (p Principal) MayEdit(rec Incident) error {
	if !p.CanEdit(rec.OnTeam) {
		return Fail(KindForbidden, "permission.denied", "Only the record's team and reviewers may change it.")
	}
	if slices.Contains(lockedStates, rec.WorkflowStatus) {
		return notEditable()
	}
	return nil
}

func notEditable() *Error {
	return Fail(KindConflict, "incident.not_editable", "A closed, withdrawn or merged record is not edited.")
}

// Redact empties every protected member that the principal may not see and
// tells whether it did so. Organisation-only members stay: the principal is
// always of the organisation.
func (p Principal) Redact(rec Incident) (Incident, bool) {
	if p.SeesProtected(rec.OnTeam) {
		return rec, false
	}
	rec.InternalNote = nil
	rec.HostPlace.Site = nil
	rec.Targets = mapped(rec.Targets, func(t Target) Target {
		t.RolesRestricted, t.ResponseRestricted, t.Identity = []string{}, nil, nil
		return t
	})
	rec.Perpetrators = mapped(rec.Perpetrators, func(x Perpetrator) Perpetrator {
		x.PersonName = nil
		return x
	})
	hidden := map[string]bool{}
	rec.Sources = mapped(rec.Sources, func(s Source) Source {
		s.SubmittedBy = nil
		if !NonPublicSource(s.Kind) {
			return s
		}
		hidden[s.ID] = true
		return Source{ID: s.ID, Kind: s.Kind}
	})
	rec.Citations = mapped(rec.Citations, func(x Citation) Citation {
		if hidden[x.Source] || (x.Field != nil && *x.Field == "person_name") {
			x.Quote, x.Start, x.End, x.Note = nil, nil, nil, nil
		}
		return x
	})
	rec.Evidence = slices.DeleteFunc(slices.Clone(rec.Evidence), func(e Evidence) bool { return RestrictedEvidence(e.Kind) })
	rec.Relations = slices.DeleteFunc(slices.Clone(rec.Relations), func(l Relation) bool {
		return !l.organisationMaySee()
	})
	rec.Relations = mapped(rec.Relations, func(l Relation) Relation {
		l.Note = nil
		return l
	})
	// A citation of an entry that is left out would betray that it exists.
	rec.Citations = slices.DeleteFunc(rec.Citations, func(x Citation) bool {
		evidence := x.Entity[:1] == "E" && !slices.ContainsFunc(rec.Evidence, func(e Evidence) bool { return e.ID == x.Entity })
		relation := x.Entity[:1] == "L" && !slices.ContainsFunc(rec.Relations, func(l Relation) bool { return l.ID == x.Entity })
		return evidence || relation
	})
	rec.Consents = mapped(rec.Consents, func(c Consent) Consent {
		return Consent{ID: c.ID, Target: c.Target, Level: c.Level}
	})
	return rec, true
}

// HoldsProtected tells whether the record has a value that somebody who may not
// see protected fields is not shown.
func (rec Incident) HoldsProtected() bool {
	bare, _ := Principal{}.Redact(rec)
	return !reflect.DeepEqual(bare.IncidentInput, rec.IncidentInput)
}

// openRelations are the kinds whose links are open unless said otherwise
// (default_sensitivity in the vocabulary).
var openRelations = []string{"same_incident", "part_of_campaign"}

// organisationMaySee tells whether a link is open or partner, by itself or by
// the default of its kind.
func (l Relation) organisationMaySee() bool {
	if l.Sensitivity == nil {
		return slices.Contains(openRelations, l.Kind)
	}
	return *l.Sensitivity == "open" || *l.Sensitivity == "partner"
}

func mapped[T, U any](list []T, change func(T) U) []U {
	out := make([]U, len(list))
	for i, x := range list {
		out[i] = change(x)
	}
	return out
}
