package store

import (
	"context"
	"fmt"
	"maps"

	"gorm.io/gorm"

	"farwatch/models"
)

// UpdateIncident is a valid new state of a record; Version is the one edited.
// Of a record with a pending revision it is the new content of that.
type UpdateIncident struct {
	Ref         string
	Version     int
	Input       models.IncidentInput
	Reason      *string // required once the record has left draft
	Vocab       *models.Vocabulary
	WorkingCopy string
}

// change locks a record at a version, and saves what decide makes of it.
func (v *View) change(ctx context.Context, ref string, version int, decide func(tx *gorm.DB, old whole) (save, error)) (rec models.Incident, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		old, err := v.lockVersion(tx, ref, version)
		if err != nil {
			return err
		}
		s, err := decide(tx, old)
		if err != nil {
			return err
		}
		rec, err = v.save(ctx, tx, old, s)
		return err
	})
	return rec, err
}

// UpdateIncident replaces a record's content if Version is still current; the
// content of an approved or published record waits for a second person. Errors:
// incident.not_found, permission.denied, workflow.own_work, incident.stale with
// current_version, incident.not_editable, validation.failed.
func (v *View) UpdateIncident(ctx context.Context, u UpdateIncident) (models.Incident, error) {
	return v.change(ctx, u.Ref, u.Version, func(tx *gorm.DB, old whole) (save, error) {
		if _, _, err := v.resolve(tx, u.Input, nil); err != nil {
			return save{}, err
		}
		base, err := v.edited(tx, old)
		if err != nil {
			return save{}, err
		}
		s, err := v.edit(tx, old, models.ActionEdit, base.keeping(u.Input), u.Reason, u.Vocab)
		if err != nil {
			return save{}, err
		}
		s.fields = changedMembers(base.IncidentInput, *s.content)
		return s, v.dropWorkingCopy(tx, u.WorkingCopy)
	})
}

// edited is what an editor of the record has before them: the pending content
// if there is one.
func (v *View) edited(tx *gorm.DB, old whole) (whole, error) {
	if old.Pending == nil {
		return old, nil
	}
	row, err := revisionOf(tx, old.id, old.Pending.Version)
	if err != nil {
		return old, err
	}
	snapshot, err := v.s.snapshotOf(tx, row)
	if err != nil {
		return old, err
	}
	old.IncidentInput = snapshot.Input
	old.hidden, err = v.hiddenRefs(tx, snapshot.Input)
	return old, err
}

// PendingContent is the record with the content of its pending revision in
// place of the current one; the same record when nothing is pending.
func (v *View) PendingContent(ctx context.Context, ref string) (rec models.Incident, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		old, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		base, err := v.edited(tx, old)
		rec = base.seen()
		return err
	})
	return rec, err
}

// edit is the save of a new content with what it does to the workflow.
func (v *View) edit(tx *gorm.DB, old whole, action string, in models.IncidentInput, reason *string, vocab *models.Vocabulary) (save, error) {
	if err := v.p.MayEdit(old.Incident); err != nil {
		return save{}, err
	}
	if old.WorkflowStatus != models.StatusDraft && reason == nil {
		return save{}, models.Invalid([]models.FieldError{{Pointer: "#/reason", Code: "required"}})
	}
	derived := models.Derive(in, vocab)
	after := models.ConsequenceOf(old.Incident, in, derived.Computed, vocab)
	s := save{action: action, base: old.live, reason: reason, vocab: vocab, set: map[string]any{}}
	if s.waits = models.Waits(old.WorkflowStatus) && after.Status == ""; s.waits {
		if action == models.ActionEdit {
			s.action = models.ActionPendingEdit
		}
		if old.Pending != nil {
			s.base = old.Pending.Version
		}
		s.set["pending_version"] = old.Version + 1
	} else {
		if models.LowersSensitivity(old.Sensitivity, in.Sensitivity) {
			if err := v.p.MayReview(old.Incident); err != nil {
				return save{}, err
			}
			s.judges = true
		}
		s.set["verification_status"] = models.VerificationAfter(old.VerificationStatus, in, derived.Computed, vocab)
		if after.Status != "" {
			t := models.Transition{To: after.Status, ClosingReason: after.ClosingReason, WithdrawalReason: after.WithdrawalReason}
			maps.Copy(s.set, v.stateOf(old, t))
		}
	}
	if after.Erase {
		held, err := underHold(tx, old.id)
		if err != nil {
			return save{}, err
		}
		if !held { // else it goes when the hold is released
			in = models.Erased(in)
			if err := v.eraseProtected(tx, old.id); err != nil {
				return save{}, err
			}
		}
	}
	s.content = &in
	return s, nil
}

// MoveIncident makes a transition. Errors: incident.not_found, incident.stale,
// and those of Principal.MayMove.
func (v *View) MoveIncident(ctx context.Context, ref string, version int, t models.Transition, vocab *models.Vocabulary) (models.Incident, error) {
	return v.change(ctx, ref, version, func(_ *gorm.DB, old whole) (save, error) {
		if err := v.p.MayMove(old.Incident, t, v.today(), vocab); err != nil {
			return save{}, err
		}
		s := v.transition(old, t, vocab)
		s.judges = models.Judges(t.To)
		return s, nil
	})
}

func (v *View) today() models.Day { return models.DayOf(v.s.clock()) }

func (v *View) transition(old whole, t models.Transition, vocab *models.Vocabulary) save {
	return save{
		action: models.ActionTransition, base: old.live, reason: t.Reason, vocab: vocab, set: v.stateOf(old, t), fields: []string{"workflow_status"},
	}
}

// stateOf are the columns of a record that has made a transition. A pending
// revision does not outlive the approval that it would change; its content
// stays in history.
func (v *View) stateOf(old whole, t models.Transition) map[string]any {
	now := v.s.now()
	set := map[string]any{
		"workflow_status": t.To, "closing_reason": nil, "embargo_until": nil, "withdrawn_at": nil, "withdrawal_reason": nil, "merged_into": nil,
	}
	switch t.To {
	case models.StatusEmbargoed:
		set["embargo_until"] = string(*t.EmbargoUntil)
	case models.StatusPublished:
		set["published_at"] = now
	case models.StatusClosed:
		set["closing_reason"] = *t.ClosingReason
	case models.StatusWithdrawn:
		set["withdrawn_at"], set["withdrawal_reason"] = now, *t.WithdrawalReason
	}
	if old.Pending != nil && !models.Waits(t.To) {
		set["pending_version"] = nil
	}
	return set
}

// VerifyIncident changes verification_status. Errors: incident.not_found,
// incident.stale, and those of Principal.MayVerify.
func (v *View) VerifyIncident(ctx context.Context, ref string, version int, j models.Judgement, vocab *models.Vocabulary) (models.Incident, error) {
	return v.change(ctx, ref, version, func(_ *gorm.DB, old whole) (save, error) {
		if err := v.p.MayVerify(old.Incident, j, vocab); err != nil {
			return save{}, err
		}
		return save{
			action: models.ActionVerification, judges: true, base: old.live, reason: &j.Reason, vocab: vocab, fields: []string{"verification_status"},
			set: map[string]any{"verification_status": j.Status},
		}, nil
	})
}

// Decisions about a pending revision.
const (
	DecideApprove = "approve"
	DecideReject  = "reject"
	DecideDiscard = "discard"
)

// DecidePending ends a pending revision: a second person approves it, which
// makes its content the current one, or rejects it; its author may discard it.
// Errors: incident.not_found, incident.stale, pending.none, permission.denied,
// workflow.own_work, workflow.not_ready.
func (v *View) DecidePending(ctx context.Context, ref string, version int, decision string, reason *string, vocab *models.Vocabulary) (models.Incident, error) {
	return v.change(ctx, ref, version, func(tx *gorm.DB, old whole) (save, error) {
		if old.Pending == nil {
			return save{}, models.Fail(models.KindConflict, "pending.none", "No revision of this record waits. Somebody decided about it already.")
		}
		if err := v.p.MayDecide(old.Incident, decision, reason); err != nil {
			return save{}, err
		}
		set := map[string]any{"pending_version": nil}
		switch decision {
		case DecideReject:
			return save{action: models.ActionRejectPending, base: old.Pending.Version, reason: reason, vocab: vocab, set: set, fields: []string{"pending"}}, nil
		case DecideDiscard:
			return save{action: models.ActionDiscardPending, base: old.Pending.Version, reason: reason, vocab: vocab, set: set, fields: []string{"pending"}}, nil
		}
		return v.approvePending(tx, old, reason, vocab)
	})
}

// approvePending checks what is to be approved as if it were published anew.
func (v *View) approvePending(tx *gorm.DB, old whole, reason *string, vocab *models.Vocabulary) (save, error) {
	next, err := v.edited(tx, old)
	if err != nil {
		return save{}, err
	}
	in := next.IncidentInput
	next.Computed = models.Derive(in, vocab).Computed
	next.VerificationStatus = models.VerificationAfter(old.VerificationStatus, in, next.Computed, vocab)
	if err := models.Approvable(next.Incident, v.today(), vocab); err != nil {
		return save{}, err
	}
	return save{
		action: models.ActionApprovePending, judges: true, base: old.live, reason: reason, vocab: vocab, content: &in,
		set:    map[string]any{"pending_version": nil, "verification_status": next.VerificationStatus},
		fields: changedMembers(old.IncidentInput, in),
	}, nil
}

// RestoreIncident makes the content of an earlier version the new one; of an
// approved or published record it waits like any edit. Errors:
// incident.not_found, incident.stale, revision.not_found, permission.denied,
// incident.not_editable, validation.failed.
func (v *View) RestoreIncident(ctx context.Context, ref string, version, from int, reason *string, vocab *models.Vocabulary) (models.Incident, error) {
	return v.change(ctx, ref, version, func(tx *gorm.DB, old whole) (save, error) {
		in, err := v.restorable(tx, old, from, vocab)
		if err != nil {
			return save{}, err
		}
		s, err := v.edit(tx, old, models.ActionRestore, in, reason, vocab)
		s.fields = changedMembers(old.IncidentInput, in)
		return s, err
	})
}

// restorable is the content of an earlier version, with the relations that the
// principal cannot see as they are now.
func (v *View) restorable(tx *gorm.DB, old whole, from int, vocab *models.Vocabulary) (models.IncidentInput, error) {
	row, err := revisionOf(tx, old.id, from)
	if err != nil {
		return models.IncidentInput{}, err
	}
	if !v.p.SeesRevision(old.Incident, row.revision()) {
		return models.IncidentInput{}, models.NotFound("revision")
	}
	snapshot, err := v.s.snapshotOf(tx, row)
	if err != nil {
		return models.IncidentInput{}, err
	}
	hidden, err := v.hiddenRefs(tx, snapshot.Input)
	if err != nil {
		return models.IncidentInput{}, err
	}
	past := whole{Incident: models.Incident{IncidentInput: snapshot.Input}, hidden: hidden}
	in := old.keeping(past.seen().IncidentInput)
	return in, in.Validate(v.s.clock(), vocab)
}

// UndoIncident takes back the principal's own last action. Errors:
// incident.not_found, incident.stale, undo.not_possible.
func (v *View) UndoIncident(ctx context.Context, ref string, version int, vocab *models.Vocabulary) (models.Incident, error) {
	return v.change(ctx, ref, version, func(tx *gorm.DB, old whole) (save, error) {
		if err := v.p.MayUndo(old.Incident, v.s.clock()); err != nil {
			return save{}, err
		}
		last := *old.LastAction
		base, err := revisionOf(tx, old.id, *last.BaseVersion)
		if err != nil {
			return save{}, err
		}
		s := save{action: models.ActionUndo, base: old.live, vocab: vocab, set: map[string]any{}}
		switch last.Action {
		case models.ActionTransition:
			s.fields = []string{"workflow_status"}
			s.set, err = v.s.backTo(tx, base, last.FromStatus)
		case models.ActionVerification:
			s.set["verification_status"], s.fields = base.Row.VerificationStatus, []string{"verification_status"}
			s.set["self_reviewed"] = base.Row.SelfReviewed
		default:
			return v.undoContent(tx, old, base, s, vocab)
		}
		return s, err
	})
}

// backTo are the columns of a record that returns to the state it had at an
// earlier version, for the reason and until the day that it had then. It was
// published when it was published.
func (s *Store) backTo(tx *gorm.DB, base namedRevision, status string) (map[string]any, error) {
	snapshot, err := s.snapshotOf(tx, base)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"workflow_status": status, "closing_reason": snapshot.ClosingReason, "embargo_until": (*string)(snapshot.EmbargoUntil),
		"withdrawn_at": nil, "withdrawal_reason": nil, "merged_into": nil, "self_reviewed": base.Row.SelfReviewed,
	}, nil
}

// undoContent brings back the content before the last edit.
func (v *View) undoContent(tx *gorm.DB, old whole, base namedRevision, s save, vocab *models.Vocabulary) (save, error) {
	if old.Pending != nil && !base.Row.Pending {
		s.set["pending_version"], s.fields = nil, []string{"pending"}
		return s, nil
	}
	in, err := v.restorable(tx, old, base.Row.Version, vocab)
	if err != nil {
		return s, err
	}
	s.content, s.fields = &in, changedMembers(old.IncidentInput, in)
	if s.waits = old.Pending != nil; s.waits {
		s.set["pending_version"], s.base = old.Version+1, old.Pending.Version
		return s, nil
	}
	s.set["verification_status"], s.set["self_reviewed"] = base.Row.VerificationStatus, base.Row.SelfReviewed
	return s, nil
}

// eraseHistory empties the protected members in every version of a record.
func (s *Store) eraseHistory(tx *gorm.DB, incident int64) error {
	k, err := s.currentKey(tx, ofRecord(incident))
	if err != nil {
		return err
	}
	for after := 0; ; {
		var rows []revisionRow
		err := tx.Where("incident_id = ? AND version > ?", incident, after).Order("version").Limit(insertBatch).Find(&rows).Error
		if err != nil {
			return fmt.Errorf("read history to erase: %w", err)
		}
		for _, r := range rows {
			hidden, err := s.openRevision(tx, r)
			if err != nil {
				return err
			}
			snapshot, err := hidden.snapshot()
			if err != nil {
				return err
			}
			snapshot.Input = models.Erased(snapshot.Input)
			if err := s.sealRevision(k, &r, hidden.Reason, snapshot); err != nil {
				return err
			}
			done := tx.Model(&revisionRow{}).Where("incident_id = ? AND version = ?", incident, r.Version).
				Updates(map[string]any{"row_key": r.RowKey, "protected": r.Protected})
			if done.Error != nil {
				return fmt.Errorf("erase in history: %w", done.Error)
			}
			after = r.Version
		}
		if len(rows) < insertBatch {
			return nil
		}
	}
}
