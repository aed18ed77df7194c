package models

import (
	"slices"
	"time"
)

// Actions that make a revision.
const (
	ActionCreate         = "create"
	ActionEdit           = "edit"
	ActionPendingEdit    = "pending_edit"
	ActionApprovePending = "approve_pending"
	ActionRejectPending  = "reject_pending"
	ActionDiscardPending = "discard_pending"
	ActionTransition     = "transition"
	ActionVerification   = "verification"
	ActionRestore        = "restore"
	ActionUndo           = "undo"
	ActionMerge          = "merge"
	ActionUnmerge        = "unmerge"
)

// Revision is one save of a record: who, when, why, and how the record stood
// after it.
type Revision struct {
	Version            int
	BaseVersion        *int // the version that was edited
	Action             string
	Author             *string // user name; nil for the program itself
	At                 time.Time
	Reason             *string // protected
	Sensitivity        string
	FromStatus         string // workflow_status before
	WorkflowStatus     string
	VerificationStatus string
	Pending            bool // its content waited for a second person
}

// Snapshot is the whole content of a record at one version, with what its
// workflow_status was given for.
type Snapshot struct {
	Input             IncidentInput
	VocabularyVersion string
	ClosingReason     *string
	EmbargoUntil      *Day
}

// undoWindow is how long a person may take back their last action.
const undoWindow = 15 * time.Minute

// MayUndo tells whether the principal may take back the last action on the
// record: their own, recent, and nothing that went public, came back from it
// or erased. Errors: undo.not_possible.
func (p Principal) MayUndo(rec Incident, now time.Time) error {
	last := rec.LastAction
	if last != nil && last.Author != nil && *last.Author == p.UserName && now.Sub(last.At) <= undoWindow &&
		p.CanEdit(rec.OnTeam) && last.reversible(rec) {
		return nil
	}
	return Fail(KindConflict, "undo.not_possible", "There is nothing of yours to take back here: only your own last action, for 15 minutes, and never what went public.")
}

// reversible tells whether nobody outside can have seen what was done.
func (r Revision) reversible(rec Incident) bool {
	private := []string{StatusDraft, StatusInReview, StatusApproved, StatusClosed}
	erased := rec.ClosingReason != nil && *rec.ClosingReason == "consent_refused"
	switch r.Action {
	case ActionPendingEdit, ActionVerification:
		return true
	case ActionEdit, ActionRestore:
		return r.WorkflowStatus == r.FromStatus && !Waits(r.WorkflowStatus) && !slices.Contains(lockedStates, r.WorkflowStatus)
	case ActionTransition:
		return slices.Contains(private, r.WorkflowStatus) && slices.Contains(private, r.FromStatus) && !erased
	}
	return false
}

// SeesRevision tells whether the principal may read a past version of a record
// that they may read now: what was narrower then stays narrow.
func (p Principal) SeesRevision(rec Incident, r Revision) bool {
	switch r.Sensitivity {
	case "sealed":
		return rec.Named
	case "restricted":
		return p.SeesProtected(rec.OnTeam)
	}
	return true
}

// RedactPast redacts an earlier content by what the principal may see now: an
// entry that is protected today is protected in every version.
func (p Principal) RedactPast(now, past Incident) Incident {
	past.OnTeam = now.OnTeam
	if p.SeesProtected(now.OnTeam) {
		return past
	}
	kinds := map[string]string{}
	for _, s := range now.Sources {
		kinds[s.ID] = s.Kind
	}
	past.Sources = mapped(past.Sources, func(s Source) Source {
		if NonPublicSource(kinds[s.ID]) {
			return Source{ID: s.ID, Kind: kinds[s.ID]}
		}
		return s
	})
	hidden := map[string]bool{}
	for _, e := range now.Evidence {
		hidden[e.ID] = RestrictedEvidence(e.Kind)
	}
	for _, l := range now.Relations {
		hidden[l.ID] = !l.organisationMaySee()
	}
	past.Evidence = slices.DeleteFunc(slices.Clone(past.Evidence), func(e Evidence) bool { return hidden[e.ID] })
	past.Relations = slices.DeleteFunc(slices.Clone(past.Relations), func(l Relation) bool { return hidden[l.ID] })
	out, _ := p.Redact(past)
	return out
}
