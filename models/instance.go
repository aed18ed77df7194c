package models

import "time"

// InstanceMode is what the whole instance lets people do.
type InstanceMode string

// The modes. Quarantine is read-only after a restore, until somebody confirms
// that the right backup was restored.
const (
	ModeOpen       InstanceMode = "open"
	ModeReadOnly   InstanceMode = "read_only"
	ModeClosed     InstanceMode = "closed" // everyone is signed out
	ModeQuarantine InstanceMode = "quarantine"
)

// MaxLockReason is the longest reason, in characters.
const MaxLockReason = 500

// ValidInstanceMode tells whether m is one of the four.
func ValidInstanceMode(m InstanceMode) bool {
	return m == ModeOpen || m == ModeReadOnly || m == ModeClosed || m == ModeQuarantine
}

// InstanceState is the mode, and who chose it when and why.
type InstanceState struct {
	Mode      InstanceMode
	Reason    string
	ChangedAt *time.Time // nil: never changed
	ChangedBy string     // user id; "" for the command line
}

// Refuses tells whether the mode stops an operation: reads says that it changes
// nothing, urgent that it belongs to signing in or out or to the lock itself.
// Errors: instance.read_only, instance.closed.
func (m InstanceMode) Refuses(p Principal, reads, urgent bool) error {
	switch {
	case m == ModeOpen:
		return nil
	case m == ModeClosed && p.UserID != "" && !p.HasAny(RoleOrgAdmin, RoleInstanceAdmin):
		return InstanceClosed()
	case reads || urgent:
		return nil
	case m == ModeClosed:
		return InstanceClosed()
	}
	return InstanceReadOnly()
}

// InstanceReadOnly is the answer to a change while nothing may change.
func InstanceReadOnly() *Error {
	return Fail(KindUnavailable, "instance.read_only", "An administrator has locked this instance: it can be read and not changed. Nothing was saved.")
}

// StorageFull is the answer to a change while the disk has no room for more.
func StorageFull() *Error {
	return Fail(KindFull, "storage.full", "The disk of the server is nearly full. Nothing was saved; what is there can be read. Tell the administrator.")
}

// InstanceClosed is the answer while everyone is signed out.
func InstanceClosed() *Error {
	return Fail(KindUnavailable, "instance.closed", "An administrator has closed this instance: nobody may sign in but administrators.")
}
