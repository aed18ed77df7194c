package models

import "slices"

// Values of workflow_status, our work on a record (DOMAIN.md section 7).
const (
	StatusDraft     = "draft"
	StatusInReview  = "in_review"
	StatusApproved  = "approved"
	StatusEmbargoed = "embargoed"
	StatusPublished = "published"
	StatusClosed    = "closed"
	StatusWithdrawn = "withdrawn"
	StatusMerged    = "merged"
)

// Transition is one step along the workflow with what its condition asks for.
type Transition struct {
	To               string
	Reason           *string // protected
	ClosingReason    *string
	WithdrawalReason *string
	EmbargoUntil     *Day
}

// Standing is what the two-person rules need to know of a record's history.
type Standing struct {
	// Authors are the user names of those who wrote or edited the version that
	// stands for judgement: none of them is its reviewer.
	Authors []string
	// Submitter is the user name of who sent it to review last; "" for nobody.
	Submitter string
}

// Move is one transition as a person may or may not make it.
type Move struct {
	To      string
	Refusal *Error       // nil: allowed, if the needs are given and no gap is left
	Needs   []string     // members of Transition that must be given
	Gaps    []FieldError // conditions of the record that are not met
}

// step is one row of the workflow table.
type step struct {
	from  []string
	to    string
	who   func(Principal, Incident) *Error
	needs []string
	gaps  func(Incident, Day, *Vocabulary) []FieldError
}

// steps is the table of DOMAIN.md section 7. Merging has an operation of its
// own, and the clock publishes what an embargo ends.
var steps = []step{
	{[]string{StatusDraft}, StatusInReview, teamCaseworker, nil, submissionGaps},
	{[]string{StatusInReview}, StatusApproved, secondReviewer, nil, approvalGaps},
	{[]string{StatusInReview}, StatusDraft, reviewerOrSubmitter, []string{"reason"}, nil},
	{[]string{StatusApproved, StatusEmbargoed}, StatusPublished, secondReviewer, nil, publicationGaps},
	{[]string{StatusApproved}, StatusEmbargoed, secondReviewer, []string{"embargo_until"}, nil},
	{[]string{StatusEmbargoed}, StatusApproved, secondReviewer, []string{"reason"}, nil},
	{[]string{StatusApproved, StatusClosed}, StatusInReview, secondReviewer, []string{"reason"}, nil},
	{[]string{StatusWithdrawn}, StatusInReview, secondReviewer, []string{"reason"}, reopenGaps},
	{[]string{StatusDraft, StatusInReview, StatusApproved, StatusEmbargoed}, StatusClosed, secondReviewer, []string{"closing_reason"}, nil},
	{[]string{StatusApproved, StatusEmbargoed, StatusPublished}, StatusWithdrawn, secondReviewer, []string{"withdrawal_reason"}, nil},
}

func teamCaseworker(p Principal, rec Incident) *Error {
	if p.Has(RoleCaseworker) && rec.OnTeam {
		return nil
	}
	return Fail(KindForbidden, "permission.denied", "Only a caseworker of the record's team may do this.")
}

func secondReviewer(p Principal, rec Incident) *Error {
	if !p.Has(RoleReviewer) {
		return Fail(KindForbidden, "permission.denied", "Only a reviewer may do this.")
	}
	return p.notOwnWork(rec)
}

func reviewerOrSubmitter(p Principal, rec Incident) *Error {
	if p.UserName == rec.Standing.Submitter {
		return nil
	}
	return secondReviewer(p, rec)
}

// notOwnWork is the two-person rule: it compares people, never roles. Only
// one's own organisation can do without it.
func (p Principal) notOwnWork(rec Incident) *Error {
	if p.FourEyesOff && rec.Organisation == p.Organisation {
		return nil
	}
	if p.Wrote(rec) {
		return Fail(KindForbidden, "workflow.own_work", "You wrote or edited this version. Another reviewer decides about it.")
	}
	return nil
}

// Wrote tells whether the record as it stands for judgement is the principal's
// own work.
func (p Principal) Wrote(rec Incident) bool {
	return slices.Contains(rec.Standing.Authors, p.UserName)
}

// Judges tells whether a transition decides about the work; a step back to
// where people work on the record does not.
func Judges(to string) bool { return to != StatusDraft && to != StatusInReview }

// MayReview tells whether the principal may judge the record as it stands.
// Errors: permission.denied, workflow.own_work.
func (p Principal) MayReview(rec Incident) error {
	if err := secondReviewer(p, rec); err != nil {
		return err
	}
	return nil
}

// MayMove tells whether the principal may make the transition now. Errors:
// workflow.not_possible when there is no such step, permission.denied,
// workflow.own_work, and workflow.not_ready naming every condition that fails.
func (p Principal) MayMove(rec Incident, t Transition, today Day, v *Vocabulary) error {
	for _, s := range steps {
		if s.to != t.To || !slices.Contains(s.from, rec.WorkflowStatus) {
			continue
		}
		if err := s.who(p, rec); err != nil {
			return err
		}
		if faults := append(s.missing(t, today, v), s.gapsOf(rec, today, v)...); len(faults) > 0 {
			return notReady(faults)
		}
		return nil
	}
	return Fail(KindConflict, "workflow.not_possible", "A record cannot go this way from where it stands. Load it again to see what is possible.")
}

// Moves lists every step from where the record stands, possible or not.
func (p Principal) Moves(rec Incident, today Day, v *Vocabulary) []Move {
	out := []Move{}
	for _, s := range steps {
		if slices.Contains(s.from, rec.WorkflowStatus) {
			out = append(out, Move{To: s.to, Refusal: s.who(p, rec), Needs: s.needs, Gaps: s.gapsOf(rec, today, v)})
		}
	}
	return out
}

func notReady(faults []FieldError) *Error {
	return &Error{Kind: KindInvalid, Code: "workflow.not_ready", Fields: faults, Detail: "The record is not ready for this step. Every member named here needs attention first."}
}

func (s step) gapsOf(rec Incident, today Day, v *Vocabulary) []FieldError {
	if s.gaps == nil {
		return nil
	}
	return s.gaps(rec, today, v)
}

// missing checks what the transition itself must bring.
func (s step) missing(t Transition, today Day, v *Vocabulary) []FieldError {
	var faults []FieldError
	for _, name := range s.needs {
		switch name {
		case "reason":
			if t.Reason == nil {
				faults = append(faults, FieldError{Pointer: "#/reason", Code: "required"})
			}
		case "embargo_until":
			faults = append(faults, embargoFault(t.EmbargoUntil, today)...)
		case "closing_reason":
			faults = append(faults, codeFault("#/closing_reason", "closing_reason", t.ClosingReason, v)...)
		case "withdrawal_reason":
			faults = append(faults, codeFault("#/withdrawal_reason", "withdrawal_reason", t.WithdrawalReason, v)...)
		}
	}
	return faults
}

func embargoFault(day *Day, today Day) []FieldError {
	if day == nil {
		return []FieldError{{Pointer: "#/embargo_until", Code: "required"}}
	}
	if parsed, err := ParseDay(string(*day)); err != nil || parsed <= today {
		return []FieldError{{Pointer: "#/embargo_until", Code: "embargo_not_ahead"}}
	}
	return nil
}

func codeFault(pointer, list string, code *string, v *Vocabulary) []FieldError {
	if code == nil {
		return []FieldError{{Pointer: pointer, Code: "required"}}
	}
	if _, ok := v.Term(list, *code); !ok {
		return []FieldError{{Pointer: pointer, Code: "unknown_code", Params: map[string]any{"list": list}}}
	}
	return nil
}

// submissionGaps: a record goes to review with something to judge.
func submissionGaps(rec Incident, _ Day, _ *Vocabulary) []FieldError {
	var gaps []FieldError
	for _, c := range []struct {
		count         int
		pointer, code string
	}{
		{len(rec.Acts), "#/acts", "missing_act"},
		{len(rec.Targets), "#/targets", "missing_target"},
		{len(rec.Sources), "#/sources", "missing_source"},
		{len(rec.Consents), "#/consents", "missing_consent"},
	} {
		if c.count == 0 {
			gaps = append(gaps, FieldError{Pointer: c.pointer, Code: c.code})
		}
	}
	return gaps
}

func approvalGaps(rec Incident, today Day, v *Vocabulary) []FieldError {
	gaps := submissionGaps(rec, today, v)
	if rec.Computed.Scope != ScopeIn {
		gaps = append(gaps, FieldError{Pointer: "#/scope_test", Code: "not_in_scope"})
	}
	if slices.Contains([]string{"unreviewed", "debunked", "retracted_by_source"}, rec.VerificationStatus) {
		gaps = append(gaps, FieldError{Pointer: "#/verification_status", Code: "not_verified"})
	}
	return gaps
}

// publicationGaps is the gate: consent × sensitivity, and an embargo that is
// over (DOMAIN.md sections 7 and 8).
func publicationGaps(rec Incident, today Day, v *Vocabulary) []FieldError {
	gaps := approvalGaps(rec, today, v)
	if rec.Sensitivity != "open" {
		gaps = append(gaps, FieldError{Pointer: "#/sensitivity", Code: "not_open"})
	}
	if !consentAllows(rec.Computed.EffectiveConsent, "publish", v) {
		gaps = append(gaps, FieldError{Pointer: "#/consents", Code: "consent_forbids"})
	}
	if rec.EmbargoUntil != nil && *rec.EmbargoUntil > today {
		gaps = append(gaps, FieldError{Pointer: "#/embargo_until", Code: "embargo_not_over"})
	}
	return gaps
}

// PublicationGaps lists what publication still needs.
func PublicationGaps(rec Incident, today Day, v *Vocabulary) []FieldError {
	return publicationGaps(rec, today, v)
}

func consentAllows(level *string, use string, v *Vocabulary) bool {
	if level == nil {
		return false
	}
	term, _ := v.Term("consent", *level)
	return slices.Contains(term.Allows, use)
}

// ConsentWithdrawn is the withdrawal reason after which nothing is reopened.
const ConsentWithdrawn = "consent_withdrawn"

func reopenGaps(rec Incident, _ Day, _ *Vocabulary) []FieldError {
	if rec.WithdrawalReason != nil && *rec.WithdrawalReason == ConsentWithdrawn {
		return []FieldError{{Pointer: "#/withdrawal_reason", Code: "consent_withdrawn"}}
	}
	return nil
}

// Waits tells whether an edit of a record in this state waits as a pending
// revision for a second person.
func Waits(status string) bool {
	return slices.Contains([]string{StatusApproved, StatusEmbargoed, StatusPublished}, status)
}

// Consequence is what an edit does to the workflow by itself, at once and
// whatever the state: protection never waits for a second person.
type Consequence struct {
	Status           string // "" for none
	ClosingReason    *string
	WithdrawalReason *string
	Erase            bool // protected members go, here and in history
}

// ConsequenceOf an edit that leads to the new input: a consent refused closes,
// a consent withdrawn withdraws; raised sensitivity or narrowed consent takes
// a record back from the public, and an approved one back into review.
func ConsequenceOf(rec Incident, in IncidentInput, c Computed, v *Vocabulary) Consequence {
	level := ""
	if c.EffectiveConsent != nil {
		level = *c.EffectiveConsent
	}
	withdrawn, refused, safety := ConsentWithdrawn, "consent_refused", "safety"
	public := rec.WorkflowStatus == StatusPublished
	switch {
	case (level == "withdrawn" || level == "refused") && (public || rec.WorkflowStatus == StatusEmbargoed || rec.WorkflowStatus == StatusApproved):
		return Consequence{Status: StatusWithdrawn, WithdrawalReason: &withdrawn, Erase: true}
	case level == "refused" || level == "withdrawn":
		return Consequence{Status: StatusClosed, ClosingReason: &refused, Erase: true}
	case !Waits(rec.WorkflowStatus):
		return Consequence{}
	case public && (in.Sensitivity != "open" || !consentAllows(c.EffectiveConsent, "publish", v)):
		return Consequence{Status: StatusWithdrawn, WithdrawalReason: &safety}
	case lessOpen(rec.Sensitivity, in.Sensitivity):
		return Consequence{Status: StatusInReview}
	}
	return Consequence{}
}

// sensitivities from the widest circle to the narrowest.
var sensitivities = []string{"open", "partner", "restricted", "sealed"}

// lessOpen tells whether fewer people see a record at the second sensitivity.
func lessOpen(from, to string) bool {
	return slices.Index(sensitivities, to) > slices.Index(sensitivities, from)
}

// LowersSensitivity tells whether more people see a record after a change.
func LowersSensitivity(from, to string) bool { return lessOpen(to, from) }

// MayDecide tells whether the principal may end the pending revision so: a
// reviewer who did not write it, or for discard its author. Errors:
// permission.denied, workflow.own_work, validation.failed without the reason
// that a rejection needs.
func (p Principal) MayDecide(rec Incident, decision string, reason *string) error {
	if decision == "discard" {
		if rec.Pending != nil && rec.Pending.Author == p.UserName {
			return nil
		}
		return Fail(KindForbidden, "permission.denied", "Only its author discards a pending revision; a reviewer rejects it.")
	}
	if err := p.MayReview(rec); err != nil {
		return err
	}
	if decision == "reject" && reason == nil {
		return Invalid([]FieldError{{Pointer: "#/reason", Code: "required"}})
	}
	return nil
}

// Approvable tells whether a pending content may become the current one of an
// approved or published record. Errors: workflow.not_ready.
func Approvable(rec Incident, today Day, v *Vocabulary) error {
	gaps := approvalGaps
	if rec.WorkflowStatus == StatusPublished {
		gaps = publicationGaps
	}
	if faults := gaps(rec, today, v); len(faults) > 0 {
		return notReady(faults)
	}
	return nil
}

// Erased is a content without its protected members.
func Erased(in IncidentInput) IncidentInput {
	rec, _ := Principal{}.Redact(Incident{IncidentInput: in})
	return rec.IncidentInput
}
