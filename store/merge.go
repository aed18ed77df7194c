package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// MergeIncident merges a record into another one that tells the same: what it
// brings moves over as a new version there, both histories stay, and its ref
// leads to the survivor from now on. Errors: incident.not_found,
// incident.stale, and those of Principal.MayMerge.
func (v *View) MergeIncident(ctx context.Context, ref string, version int, into string, reason *string, vocab *models.Vocabulary) (rec models.Incident, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		old, survivor, err := v.lockPair(tx, ref, version, into)
		if err != nil {
			return err
		}
		if err := v.p.MayMerge(old.Incident, survivor.Incident); err != nil {
			return err
		}
		rec, err = v.absorb(ctx, tx, old, survivor, reason, vocab)
		if err != nil {
			return err
		}
		s := v.transition(old, models.Transition{To: models.StatusMerged, Reason: reason}, vocab)
		s.action, s.other = models.ActionMerge, &survivor.Ref
		s.set["withdrawn_at"], s.set["merged_into"] = v.s.now(), survivor.Ref
		_, err = v.save(ctx, tx, old, s)
		return err
	})
	return rec, err
}

// lockPair locks two records in one order, so that two merges cannot wait for
// each other.
func (v *View) lockPair(tx *gorm.DB, ref string, version int, into string) (old, survivor whole, err error) {
	if into < ref {
		if survivor, err = v.lockWhole(tx, into); err != nil {
			return old, survivor, err
		}
	}
	if old, err = v.lockVersion(tx, ref, version); err != nil || into < ref {
		return old, survivor, err
	}
	survivor, err = v.lockWhole(tx, into)
	return old, survivor, err
}

// absorb is the save of the survivor. Of an approved or published one it waits
// for a second person like any edit.
func (v *View) absorb(ctx context.Context, tx *gorm.DB, old, survivor whole, reason *string, vocab *models.Vocabulary) (models.Incident, error) {
	base, err := v.edited(tx, survivor)
	if err != nil {
		return models.Incident{}, err
	}
	in := models.Absorb(base.IncidentInput, old.IncidentInput, survivor.Ref, models.SameSource)
	if err := in.Validate(v.s.clock(), vocab); err != nil {
		return models.Incident{}, fmt.Errorf("merged content: %w", err)
	}
	s, err := v.edit(tx, survivor, models.ActionMerge, in, reason, vocab)
	if err != nil {
		return models.Incident{}, err
	}
	s.other, s.fields = &old.Ref, changedMembers(base.IncidentInput, in)
	return v.save(ctx, tx, survivor, s)
}

// UnmergeIncident brings a merged record back to where it stood. The survivor
// loses again what it got, unless somebody saved it since. Errors:
// incident.not_found, incident.stale, merge.none, permission.denied,
// workflow.own_work.
func (v *View) UnmergeIncident(ctx context.Context, ref string, version int, reason *string, vocab *models.Vocabulary) (rec models.Incident, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		read, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		if read.WorkflowStatus != models.StatusMerged || read.LastAction == nil || read.MergedInto == nil {
			return models.Fail(models.KindConflict, "merge.none", "This record is not merged.")
		}
		old, survivor, err := v.lockPair(tx, ref, version, *read.MergedInto)
		if err != nil {
			return err
		}
		if err := v.p.MayReview(old.Incident); err != nil {
			return err
		}
		if err := v.giveBack(ctx, tx, old, survivor, reason, vocab); err != nil {
			return err
		}
		base, err := revisionOf(tx, old.id, *old.LastAction.BaseVersion)
		if err != nil {
			return err
		}
		s := save{action: models.ActionUnmerge, base: old.live, reason: reason, vocab: vocab, other: &survivor.Ref, fields: []string{"workflow_status"}}
		if s.set, err = v.s.backTo(tx, base, old.LastAction.FromStatus); err != nil {
			return err
		}
		rec, err = v.save(ctx, tx, old, s)
		return err
	})
	return rec, err
}

// giveBack restores the survivor's content from before the merge, if the merge
// is the last thing that happened to it.
func (v *View) giveBack(ctx context.Context, tx *gorm.DB, old, survivor whole, reason *string, vocab *models.Vocabulary) error {
	last, err := revisionOf(tx, survivor.id, survivor.Version)
	if err != nil {
		return err
	}
	if last.Row.Action != models.ActionMerge || last.Row.OtherRef == nil || *last.Row.OtherRef != old.Ref {
		return nil
	}
	base, err := revisionOf(tx, survivor.id, *last.Row.BaseVersion)
	if err != nil {
		return err
	}
	s := save{action: models.ActionUnmerge, base: survivor.live, reason: reason, vocab: vocab, set: map[string]any{}, other: &old.Ref}
	s, err = v.undoContent(tx, survivor, base, s, vocab)
	if err != nil {
		return err
	}
	_, err = v.save(ctx, tx, survivor, s)
	return err
}
