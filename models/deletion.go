package models

import "time"

// DeletionDelay is how long a deleted record can be brought back; then it is
// erased (S58).
const DeletionDelay = 30 * 24 * time.Hour

// MaxDeleted bounds the list of deleted records.
const MaxDeleted = 500

// DeletedRecord is a record that a reviewer has deleted, as reviewers find it.
type DeletedRecord struct {
	Record    LinkedRecord
	DeletedAt time.Time
	DeletedBy *string // nil: the program, which may not erase what is held
	Reason    string
	Hold      bool // it is not erased while that lasts
}

// EraseAt is when the clock erases it.
func (d DeletedRecord) EraseAt() time.Time { return d.DeletedAt.Add(DeletionDelay) }

// Hold keeps a record from being deleted and erased. One person places it, one
// asks for its release, and another one confirms that.
type Hold struct {
	PlacedBy      string
	PlacedAt      time.Time
	Reason        string
	AskedBy       *string // who wants it released
	AskedAt       *time.Time
	ReleaseReason *string
}

// MayDelete tells whether the principal may delete the record. What the public
// reads is withdrawn first, with its reason. Errors: permission.denied,
// deletion.withdraw_first.
func (p Principal) MayDelete(rec Incident) error {
	if !p.Has(RoleReviewer) {
		return Fail(KindForbidden, "permission.denied", "Only a reviewer may do this.")
	}
	if rec.WorkflowStatus == StatusPublished {
		return Fail(KindConflict, "deletion.withdraw_first", "A published record is withdrawn first, so that its readers learn why it is gone. Then it can be deleted.")
	}
	return nil
}

// UnderHold refuses what would destroy a part of a record that is held.
func UnderHold() *Error {
	return Fail(KindConflict, "hold.in_force", "A legal hold keeps this record. Nothing of it is deleted until two people have released the hold.")
}

// MayRelease tells whether the principal may confirm that a hold ends. Errors:
// hold.not_asked, hold.same_person.
func (p Principal) MayRelease(h Hold) error {
	if h.AskedBy == nil {
		return Fail(KindConflict, "hold.not_asked", "Nobody has asked for the release of this hold.")
	}
	if *h.AskedBy == p.UserName {
		return Fail(KindForbidden, "hold.same_person", "You asked for the release. Another reviewer confirms it.")
	}
	return nil
}
