package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

// save is one save of a record: exactly one new version and one revision.
type save struct {
	action  string
	base    int // version that was edited
	reason  *string
	vocab   *models.Vocabulary
	content *models.IncidentInput // nil: the content stays
	waits   bool                  // the content waits for a second person
	judges  bool                  // a reviewer's decision about the work as it stands
	set     map[string]any        // columns of the workflow
	fields  []string              // names for the audit
	other   *string               // of a merge: ref of the other record
	key     *vault.Key            // of the record; set by View.save
}

// writes tells whether the content becomes the current one now.
func (s save) writes() bool { return s.content != nil && !s.waits }

// lockWhole reads a record to change it: what is read stays true until the
// commit. Errors: incident.not_found.
func (v *View) lockWhole(tx *gorm.DB, ref string) (whole, error) {
	w := v.visible()
	w.and("i.ref = ?", ref)
	if err := tx.Exec("SELECT i.id FROM incidents i WHERE "+w.sql()+v.s.lock(), w.args...).Error; err != nil {
		return whole{}, fmt.Errorf("lock incident: %w", err)
	}
	return v.whole(tx, ref)
}

// lockVersion is lockWhole for the version that somebody saw. Errors:
// incident.not_found, incident.stale.
func (v *View) lockVersion(tx *gorm.DB, ref string, version int) (whole, error) {
	old, err := v.lockWhole(tx, ref)
	if err == nil && old.Version != version {
		err = models.Stale(old.Version)
	}
	return old, err
}

// save writes the version after old. The caller has locked the record and
// checked that the principal may do this.
func (v *View) save(ctx context.Context, tx *gorm.DB, old whole, s save) (rec models.Incident, err error) {
	if s.key, err = v.s.currentKey(tx, ofRecord(old.id)); err != nil {
		return models.Incident{}, err
	}
	if err := v.s.vouch(tx, []int64{old.id}, old.Version, func() error { return v.writeVersion(tx, old, s) }); err != nil {
		return models.Incident{}, err
	}
	after, err := v.whole(tx, old.Ref)
	if err != nil {
		return models.Incident{}, err
	}
	if err := v.writePublic(tx, old, after, s); err != nil {
		return models.Incident{}, err
	}
	if hides(after.Sensitivity) && !hides(old.Sensitivity) {
		// What stood in the clear is overwritten where it still lies.
		if err := setKeyState(tx, map[string]any{"scrub_due": true}); err != nil {
			return models.Incident{}, err
		}
	}
	if err := v.followed(tx, old, s); err != nil {
		return models.Incident{}, err
	}
	return after.seen(), v.audit(ctx, tx, "incident."+s.action, old.Ref, s.fields)
}

func (v *View) writeVersion(tx *gorm.DB, old whole, s save) error {
	if err := v.writeRow(tx, old, s); err != nil {
		return err
	}
	if s.writes() {
		if err := v.writeEntries(tx, s.key, old, *s.content, s.vocab); err != nil {
			return err
		}
	}
	return v.writeRevision(tx, old, s)
}

// writeRow moves the row one version on.
func (v *View) writeRow(tx *gorm.DB, old whole, s save) error {
	set := map[string]any{}
	if s.writes() {
		columns, err := v.contentColumns(s.key, *s.content, s.vocab)
		if err != nil {
			return err
		}
		set = columns
	}
	maps.Copy(set, s.set)
	v.markReview(set, old, s)
	set["version"], set["updated_at"] = old.Version+1, later(v.s.now(), old.UpdatedAt)
	done := tx.Model(&incidentRow{}).Where("id = ? AND version = ?", old.id, old.Version).Updates(set)
	if done.Error != nil {
		return fmt.Errorf("update incident: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return models.Stale(old.Version)
	}
	return nil
}

// markReview marks a record about which somebody decided whose own work it is
// (S32). Whatever the organisation sets later, only another person's approval
// takes the mark away.
func (v *View) markReview(set map[string]any, old whole, s save) {
	approves := s.action == models.ActionApprovePending || (old.WorkflowStatus == models.StatusInReview && set["workflow_status"] == models.StatusApproved)
	switch {
	case s.judges && v.p.Wrote(old.Incident):
		set["self_reviewed"] = true
	case s.judges && approves:
		set["self_reviewed"] = nil
	}
}

// stateColumns are those that content never touches.
var stateColumns = []string{
	"ID", "OrganisationID", "Ref", "Version", "WorkflowStatus", "EmbargoUntil", "ClosingReason", "VerificationStatus", "CreatedBy", "CreatedAt",
	"UpdatedAt", "PublishedAt", "PendingVersion", "WithdrawnAt", "WithdrawalReason", "MergedInto", "SelfReviewed",
}

// contentColumns are the columns of a content with their values.
func (v *View) contentColumns(k *vault.Key, in models.IncidentInput, vocab *models.Vocabulary) (map[string]any, error) {
	var row incidentRow
	if err := v.s.fill(k, &row, in, models.Derive(in, vocab).Computed, vocab.Version); err != nil {
		return nil, err
	}
	return columnsOf(v.s.writer, &row, stateColumns)
}

// writeEntries replaces the entries of a record.
func (v *View) writeEntries(tx *gorm.DB, k *vault.Key, old whole, in models.IncidentInput, vocab *models.Vocabulary) error {
	trusted := make([]string, 0, len(in.Relations))
	for _, l := range in.Relations {
		ref, err := models.ParseRef(l.To)
		if err != nil {
			return err
		}
		trusted = append(trusted, ref)
	}
	related, campaigns, err := v.resolve(tx, in, trusted)
	if err != nil {
		return err
	}
	var e entries
	if err := e.collect(v.s, k, old.id, in, models.Derive(in, vocab), related, campaigns); err != nil {
		return err
	}
	if err := e.replace(tx, old.id); err != nil {
		return err
	}
	if in.Sensitivity == sealed && old.Sensitivity != sealed {
		return v.nameTeam(tx, old.id)
	}
	return nil
}

// sealed is the sensitivity that only named people see.
const sealed = "sealed"

// nameTeam names the team and whoever seals the record: they know it already,
// and a sealed record without names would be lost to everybody.
func (v *View) nameTeam(tx *gorm.DB, incident int64) error {
	if err := tx.Exec("UPDATE incident_members SET named = TRUE WHERE incident_id = ?", incident).Error; err != nil {
		return fmt.Errorf("name team: %w", err)
	}
	err := tx.Exec("INSERT INTO incident_members (incident_id, user_id, named) VALUES (?, ?, TRUE) ON CONFLICT DO NOTHING", incident, v.p.UserID).Error
	if err != nil {
		return fmt.Errorf("name whoever seals: %w", err)
	}
	return nil
}

// later keeps updated_at rising even when the clock steps back, so that a feed
// by time misses nothing.
func later(now, before time.Time) time.Time {
	if now.After(before) {
		return now
	}
	return before.Add(time.Millisecond)
}

// changedMembers names the top-level members that differ: names for the audit,
// never values.
func changedMembers(old, updated models.IncidentInput) []string {
	a, errA := members(old)
	b, errB := members(updated)
	if errA != nil || errB != nil {
		return []string{"*"}
	}
	var out []string
	for name, value := range b {
		if string(a[name]) != string(value) {
			out = append(out, snake(name))
		}
	}
	slices.Sort(out)
	return out
}

func members(in models.IncidentInput) (map[string]json.RawMessage, error) {
	data, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var out map[string]json.RawMessage
	return out, json.Unmarshal(data, &out)
}

// snake writes OriginCountry as origin_country.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
