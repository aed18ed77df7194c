package models

import "time"

// Kinds of notification.
const (
	NoticeMentioned       = "mentioned"
	NoticeCommented       = "commented"
	NoticeAssigned        = "assigned"
	NoticeReviewAsked     = "review_asked"
	NoticeSubmitted       = "submitted"
	NoticeReturned        = "returned"
	NoticeReopened        = "reopened"
	NoticePendingApproved = "pending_approved"
	NoticePendingRejected = "pending_rejected"
	NoticeVerified        = "verified"
)

// NoticeOfStatus is the kind that tells the team of a transition: the status
// itself, but for those that mean something else to them.
func NoticeOfStatus(from, to string) string {
	switch {
	case to == StatusDraft:
		return NoticeReturned
	case to == StatusInReview && from == StatusDraft:
		return NoticeSubmitted
	case to == StatusInReview:
		return NoticeReopened
	}
	return to
}

// MaxNotifications is how many are kept for a person.
const MaxNotifications = 500

// Notification says that something happened to a record: never a word of it
// beyond its title, which is read with the rights of the moment.
type Notification struct {
	ID     string
	Kind   string
	Actor  *string // user name; nil for the program itself
	At     time.Time
	ReadAt *time.Time
	Record LinkedRecord
}

// Reasons why a record waits for somebody.
const (
	WaitsReviewAsked = "review_asked"
	WaitsReview      = "review"
	WaitsPending     = "pending"
	WaitsGrant       = "grant_requested"
	WaitsSearchGrant = "search_grant_requested" // counts searches, and lists no records
	WaitsEmbargo     = "embargo_over"
	WaitsMention     = "mentioned"
	WaitsReturned    = "returned"
	WaitsDraft       = "draft"
)

// MaxWaiting is how many records of one reason are shown.
const MaxWaiting = 100

// Waiting are the records that wait for a person for one reason, those that
// wait longest first.
type Waiting struct {
	Reason string
	Total  int
	Items  []WaitingRecord
}

// WaitingRecord is one of them.
type WaitingRecord struct {
	Record LinkedRecord
	Since  time.Time
}

// Attention is how much there is to look at.
type Attention struct {
	Unread  int // notifications
	Waiting int // records, one's own unfinished drafts left out
}
