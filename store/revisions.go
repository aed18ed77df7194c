package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

// revisionRow is one save of a record. wrote: it brought content, so that its
// author does not judge it.
type revisionRow struct {
	IncidentID         int64
	Version            int
	BaseVersion        *int
	Action             string
	UserID             *string
	At                 time.Time
	Sensitivity        string
	FromStatus         string
	WorkflowStatus     string
	VerificationStatus string
	Pending            bool
	Wrote              bool
	OtherRef           *string // of a merge: the other record
	SelfReviewed       *bool   // true or nil
	RowKey             string
	Protected          []byte
}

func (revisionRow) TableName() string { return "incident_revisions" }

// namedRevision is a revision with its author's name.
type namedRevision struct {
	Row    revisionRow `gorm:"embedded"`
	Author *string
}

func (r namedRevision) revision() models.Revision {
	return models.Revision{
		Version: r.Row.Version, BaseVersion: r.Row.BaseVersion, Action: r.Row.Action, Author: r.Author, At: models.UTC(r.Row.At),
		Sensitivity: r.Row.Sensitivity, FromStatus: r.Row.FromStatus, WorkflowStatus: r.Row.WorkflowStatus,
		VerificationStatus: r.Row.VerificationStatus, Pending: r.Row.Pending,
	}
}

// sealRevision fills the sealed column of a revision.
func (s *Store) sealRevision(k *vault.Key, r *revisionRow, reason *string, snapshot models.Snapshot) error {
	data, err := json.Marshal(snapshot)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	var zipped bytes.Buffer
	z, _ := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(&zipped)
	if _, err := z.Write(data); err != nil {
		return fmt.Errorf("zip snapshot: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("zip snapshot: %w", err)
	}
	if r.RowKey, err = s.rowKey(); err != nil {
		return err
	}
	r.Protected, err = s.sealUnder(k, "incident_revisions", r.RowKey, protectedRevision{Reason: reason, Snapshot: zipped.Bytes()})
	return err
}

// maxSnapshot bounds what unzips from a row: a body holds 256 KiB of JSON.
const maxSnapshot = 8 << 20

func (s *Store) openRevision(tx *gorm.DB, r revisionRow) (hidden protectedRevision, err error) {
	return hidden, s.openIn(tx, ofRecord(r.IncidentID), "incident_revisions", r.RowKey, r.Protected, &hidden)
}

// zippers are used again and again: making one costs more than a snapshot does.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func (p protectedRevision) snapshot() (snapshot models.Snapshot, err error) {
	z, err := gzip.NewReader(bytes.NewReader(p.Snapshot))
	if err != nil {
		return snapshot, fmt.Errorf("unzip snapshot: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, maxSnapshot))
	if err := errors.Join(err, z.Close()); err != nil {
		return snapshot, fmt.Errorf("unzip snapshot: %w", err)
	}
	if err := json.Unmarshal(data, &snapshot); err != nil {
		return snapshot, fmt.Errorf("decode snapshot: %w", err)
	}
	snapshot.Input.Normalize() // lists are never nil
	return snapshot, nil
}

// snapshotOf is the content of a revision.
func (s *Store) snapshotOf(tx *gorm.DB, r namedRevision) (models.Snapshot, error) {
	hidden, err := s.openRevision(tx, r.Row)
	if err != nil {
		return models.Snapshot{}, err
	}
	return hidden.snapshot()
}

// firstRevision is the one that every record begins with.
func (s *Store) firstRevision(k *vault.Key, row incidentRow, in models.IncidentInput) (revisionRow, error) {
	r := revisionRow{
		IncidentID: row.ID, Version: row.Version, Action: models.ActionCreate, UserID: &row.CreatedBy, At: row.UpdatedAt, Sensitivity: in.Sensitivity,
		FromStatus: row.WorkflowStatus, WorkflowStatus: row.WorkflowStatus, VerificationStatus: row.VerificationStatus, Wrote: true,
	}
	err := s.sealRevision(k, &r, nil, models.Snapshot{
		Input: in, VocabularyVersion: row.VocabularyVersion, ClosingReason: row.ClosingReason, EmbargoUntil: (*models.Day)(row.EmbargoUntil),
	})
	return r, err
}

// writeRevision keeps what a save made. It runs after the row and the entries
// are written, so the current content is read back from where it stands.
func (v *View) writeRevision(tx *gorm.DB, old whole, s save) error {
	var state struct {
		WorkflowStatus, VerificationStatus, VocabularyVersion string
		ClosingReason, EmbargoUntil                           *string
		SelfReviewed                                          *bool
	}
	err := tx.Raw("SELECT workflow_status, verification_status, vocabulary_version, closing_reason, embargo_until, self_reviewed FROM incidents WHERE id = ?", old.id).
		Scan(&state).Error
	if err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	snapshot := models.Snapshot{
		Input: old.IncidentInput, VocabularyVersion: state.VocabularyVersion, ClosingReason: state.ClosingReason, EmbargoUntil: (*models.Day)(state.EmbargoUntil),
	}
	if s.content != nil {
		snapshot.Input, snapshot.VocabularyVersion = *s.content, s.vocab.Version
	}
	r := revisionRow{
		IncidentID: old.id, Version: old.Version + 1, BaseVersion: &s.base, Action: s.action, At: v.s.now(), Sensitivity: snapshot.Input.Sensitivity,
		FromStatus: old.WorkflowStatus, WorkflowStatus: state.WorkflowStatus, VerificationStatus: state.VerificationStatus,
		OtherRef: s.other, SelfReviewed: state.SelfReviewed, Pending: s.waits, Wrote: s.content != nil && s.action != models.ActionApprovePending,
	}
	if v.p.UserID != "" {
		r.UserID = &v.p.UserID
	}
	if err := v.s.sealRevision(s.key, &r, s.reason, snapshot); err != nil {
		return err
	}
	return insertRows(tx, []revisionRow{r})
}

// loadStanding adds what the history says about a record as it stands: whose
// work it is, what waits, and the last action.
func (v *View) loadStanding(tx *gorm.DB, w *whole) error {
	var marks struct {
		Live   int
		Start  int
		Submit *string
	}
	// The version that stands is the work of everybody who wrote since the
	// last approval before the newest content.
	err := tx.Raw(`SELECT
		(SELECT COALESCE(MAX(version), 0) FROM incident_revisions WHERE incident_id = @id AND NOT pending) AS live,
		(SELECT COALESCE(MAX(version), 0) FROM incident_revisions WHERE incident_id = @id
			AND (action = 'approve_pending' OR (action = 'transition' AND workflow_status = 'approved'))
			AND version < (SELECT MAX(version) FROM incident_revisions WHERE incident_id = @id AND wrote)) AS start,
		(SELECT u.user_name FROM incident_revisions r JOIN users u ON u.id = r.user_id
			WHERE r.incident_id = @id AND r.action = 'transition' AND r.workflow_status = 'in_review' ORDER BY r.version DESC LIMIT 1) AS submit`,
		map[string]any{"id": w.id}).Scan(&marks).Error
	if err != nil {
		return fmt.Errorf("read standing: %w", err)
	}
	w.live = marks.Live
	if marks.Submit != nil {
		w.Standing.Submitter = *marks.Submit
	}
	err = tx.Raw(`SELECT DISTINCT u.user_name FROM incident_revisions r JOIN users u ON u.id = r.user_id
		WHERE r.incident_id = ? AND r.wrote AND r.version > ? ORDER BY u.user_name`, w.id, marks.Start).Scan(&w.Standing.Authors).Error
	if err != nil {
		return fmt.Errorf("read authors: %w", err)
	}
	return v.loadRecent(tx, w)
}

// loadRecent reads the last action, and who wrote the pending revision if
// there is one.
func (v *View) loadRecent(tx *gorm.DB, w *whole) error {
	versions := []int{w.Version}
	if w.Pending != nil {
		versions = append(versions, w.Pending.Version)
	}
	var rows []namedRevision
	if err := tx.Raw(revisionQuery+" WHERE r.incident_id = ? AND r.version IN ?", w.id, versions).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read last action: %w", err)
	}
	for _, row := range rows {
		r := row.revision()
		if r.Version == w.Version {
			w.LastAction = &r
		}
		if w.Pending != nil && r.Version == w.Pending.Version {
			w.Pending.BaseVersion, w.Pending.At = w.live, r.At
			if r.Author != nil {
				w.Pending.Author = *r.Author
			}
		}
	}
	return nil
}

const revisionQuery = "SELECT r.*, u.user_name AS author FROM incident_revisions r LEFT JOIN users u ON u.id = r.user_id"

// RevisionItem is a revision as the principal may see it: Reason is nil where
// it is protected from them, and Readable tells about the content.
type RevisionItem struct {
	models.Revision
	Readable   bool
	Restorable bool // by the principal, now
}

// Revisions lists the saves of a record below a version, newest first, with
// the total. before 0 begins with the newest; next is 0 at the end.
func (v *View) Revisions(ctx context.Context, ref string, before, limit int) (items []RevisionItem, total int, next int, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		rec, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Raw("SELECT COUNT(*) FROM incident_revisions WHERE incident_id = ?", rec.id).Scan(&total).Error; err != nil {
			return fmt.Errorf("count revisions: %w", err)
		}
		if before == 0 {
			before = rec.Version + 1
		}
		var rows []namedRevision
		err = tx.Raw(revisionQuery+" WHERE r.incident_id = ? AND r.version < ? ORDER BY r.version DESC LIMIT ?", rec.id, before, limit+1).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("list revisions: %w", err)
		}
		if len(rows) > limit {
			rows = rows[:limit]
			next = rows[limit-1].Row.Version
		}
		for _, row := range rows {
			item, _, err := v.item(tx, rec, row)
			if err != nil {
				return err
			}
			items = append(items, item)
		}
		return nil
	})
	return items, total, next, err
}

// item shows a revision; what is sealed is empty when it is not readable.
func (v *View) item(tx *gorm.DB, rec whole, row namedRevision) (RevisionItem, protectedRevision, error) {
	out := RevisionItem{Revision: row.revision()}
	if !v.p.SeesRevision(rec.Incident, out.Revision) {
		return out, protectedRevision{}, nil
	}
	hidden, err := v.s.openRevision(tx, row.Row)
	if err != nil {
		return out, hidden, err
	}
	out.Readable, out.Restorable = true, v.p.MayEdit(rec.Incident) == nil
	if v.p.SeesProtected(rec.OnTeam) {
		out.Reason = hidden.Reason
	}
	return out, hidden, nil
}

// PastIncident is a record as it stood at a version.
type PastIncident struct {
	RevisionItem
	Content models.Incident // redacted by what the principal may see now; empty when not readable
}

// Revision reads one version. Errors: incident.not_found, revision.not_found.
func (v *View) Revision(ctx context.Context, ref string, version int) (past PastIncident, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		rec, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		past, err = v.past(tx, rec, version)
		return err
	})
	return past, err
}

func (v *View) past(tx *gorm.DB, rec whole, version int) (PastIncident, error) {
	row, err := revisionOf(tx, rec.id, version)
	if err != nil {
		return PastIncident{}, err
	}
	item, hidden, err := v.item(tx, rec, row)
	if err != nil || !item.Readable {
		return PastIncident{RevisionItem: item}, err
	}
	snapshot, err := hidden.snapshot()
	if err != nil {
		return PastIncident{}, err
	}
	old := rec
	old.IncidentInput, old.VocabularyVersion, old.Version = snapshot.Input, snapshot.VocabularyVersion, version
	old.WorkflowStatus, old.VerificationStatus, old.SelfReviewed = item.WorkflowStatus, item.VerificationStatus, row.Row.SelfReviewed != nil
	if old.hidden, err = v.hiddenRefs(tx, snapshot.Input); err != nil {
		return PastIncident{}, err
	}
	return PastIncident{RevisionItem: item, Content: v.p.RedactPast(rec.seen(), old.seen())}, nil
}

// hiddenRefs are the local ids of relations in a content, current or past,
// whose records the principal may not see now.
func (v *View) hiddenRefs(tx *gorm.DB, in models.IncidentInput) ([]string, error) {
	refs := make([]string, len(in.Relations))
	for i, l := range in.Relations {
		refs[i] = l.To
	}
	if len(refs) == 0 {
		return nil, nil
	}
	w := v.visible()
	w.and("i.ref IN ?", refs)
	var seen []string
	if err := tx.Raw("SELECT i.ref FROM incidents i WHERE "+w.sql(), w.args...).Scan(&seen).Error; err != nil {
		return nil, fmt.Errorf("read visible relations: %w", err)
	}
	known := map[string]bool{}
	for _, ref := range seen {
		known[ref] = true
	}
	var hidden []string
	for _, l := range in.Relations {
		if !known[l.To] {
			hidden = append(hidden, l.ID)
		}
	}
	return hidden, nil
}

func revisionOf(tx *gorm.DB, incident int64, version int) (namedRevision, error) {
	var rows []namedRevision
	if err := tx.Raw(revisionQuery+" WHERE r.incident_id = ? AND r.version = ?", incident, version).Scan(&rows).Error; err != nil {
		return namedRevision{}, fmt.Errorf("read revision: %w", err)
	}
	if len(rows) == 0 {
		return namedRevision{}, models.NotFound("revision")
	}
	return rows[0], nil
}
