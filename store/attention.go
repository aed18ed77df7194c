package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// waitingFor is a reason with its condition on records i, and since when they
// wait.
type waitingFor struct {
	reason string
	sql    string
	args   []any
}

// ownWork holds when the user wrote what stands: since the last approval before
// the newest content. It is loadStanding in one condition.
const ownWork = `EXISTS (SELECT 1 FROM incident_revisions r WHERE r.incident_id = i.id AND r.user_id = ? AND r.wrote AND r.version > (
	SELECT COALESCE(MAX(a.version), 0) FROM incident_revisions a WHERE a.incident_id = i.id
	AND (a.action = 'approve_pending' OR (a.action = 'transition' AND a.workflow_status = 'approved'))
	AND a.version < (SELECT MAX(w.version) FROM incident_revisions w WHERE w.incident_id = i.id AND w.wrote)))`

const (
	grantAsked  = "EXISTS (SELECT 1 FROM grants g WHERE g.incident_id = i.id AND g.status = 'requested' AND g.requested_by <> ? AND g.expires_at > ?)"
	askedOfMe   = "EXISTS (SELECT 1 FROM review_requests q WHERE q.incident_id = i.id AND q.user_id = ?)"
	cameBack    = "EXISTS (SELECT 1 FROM incident_revisions r WHERE r.incident_id = i.id AND r.action = 'transition' AND r.workflow_status = 'draft' AND r.user_id <> ?)"
	mentionedMe = `i.id IN (SELECT c.incident_id FROM comment_mentions cm JOIN comments c ON c.id = cm.comment_id
		WHERE cm.user_id = ? AND c.user_id <> cm.user_id AND c.resolved_at IS NULL AND c.deleted_at IS NULL)`
)

// waitsForMe are the reasons why records may wait for the principal, the most
// pressing first.
func (v *View) waitsForMe() []waitingFor {
	me := v.p.UserID
	var out []waitingFor
	others, author := " AND NOT "+ownWork, []any{me}
	if v.p.FourEyesOff {
		others, author = "", nil
	}
	if v.p.Has(models.RoleReviewer) {
		out = append(out,
			waitingFor{models.WaitsReviewAsked, "i.workflow_status = 'in_review' AND " + askedOfMe + others, append([]any{me}, author...)},
			waitingFor{models.WaitsReview, "i.workflow_status = 'in_review' AND NOT " + askedOfMe + others, append([]any{me}, author...)},
			waitingFor{models.WaitsPending, "i.pending_version IS NOT NULL AND i.workflow_status IN ('approved', 'embargoed', 'published')" + others, author},
			waitingFor{models.WaitsGrant, grantAsked, []any{me, v.s.now()}},
			waitingFor{models.WaitsEmbargo, "i.workflow_status = 'embargoed' AND i.embargo_until < ?", []any{string(v.today())}},
		)
	}
	out = append(out, waitingFor{models.WaitsMention, mentionedMe, []any{me}})
	if v.p.Has(models.RoleCaseworker) {
		out = append(out,
			waitingFor{models.WaitsReturned, "i.workflow_status = 'draft' AND " + onTeam + " AND " + cameBack, []any{me, me}},
			waitingFor{models.WaitsDraft, "i.workflow_status = 'draft' AND " + onTeam + " AND NOT " + cameBack, []any{me, me}},
		)
	}
	return out
}

// searchesToShare counts what others ask to share by a saved search: only
// reviewers decide that, and no record stands for it.
func (v *View) searchesToShare(tx *gorm.DB) (n int, err error) {
	if !v.p.Has(models.RoleReviewer) {
		return 0, nil
	}
	var w where
	w.and("g.organisation_id = ? AND g.incident_id IS NULL AND g.status = 'requested' AND g.requested_by <> ? AND g.expires_at > ?", v.p.OrganisationID, v.p.UserID, v.s.now())
	w.and(activeMember, v.p.UserID, v.p.OrganisationID)
	if err := tx.Raw("SELECT COUNT(*) FROM grants g WHERE "+w.sql(), w.args...).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count searches to share: %w", err)
	}
	return n, nil
}

// Queue reads what waits for the principal, reason by reason.
func (v *View) Queue(ctx context.Context) ([]models.Waiting, error) {
	out := []models.Waiting{}
	err := v.read(ctx, func(tx *gorm.DB) error {
		for _, reason := range v.waitsForMe() {
			w := v.visible()
			w.and(reason.sql, reason.args...)
			waiting := models.Waiting{Reason: reason.reason, Items: []models.WaitingRecord{}}
			if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+w.sql(), w.args...).Scan(&waiting.Total).Error; err != nil {
				return fmt.Errorf("count waiting: %w", err)
			}
			var rows []incidentRow
			query := "SELECT " + linkedColumns + ", i.updated_at FROM incidents i WHERE " + w.sql() + " ORDER BY i.updated_at, i.id LIMIT ?"
			if err := tx.Raw(query, append(w.args, models.MaxWaiting)...).Scan(&rows).Error; err != nil {
				return fmt.Errorf("read waiting: %w", err)
			}
			if err := v.s.uncover(tx, rows); err != nil {
				return err
			}
			for _, r := range rows {
				waiting.Items = append(waiting.Items, models.WaitingRecord{Record: r.linked(), Since: models.UTC(r.UpdatedAt)})
			}
			out = append(out, waiting)
			if reason.reason == models.WaitsGrant {
				n, err := v.searchesToShare(tx)
				if err != nil {
					return err
				}
				out = append(out, models.Waiting{Reason: models.WaitsSearchGrant, Total: n, Items: []models.WaitingRecord{}})
			}
		}
		return nil
	})
	return out, err
}

// Attention counts what there is to look at.
func (v *View) Attention(ctx context.Context) (out models.Attention, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		for _, reason := range v.waitsForMe() {
			if reason.reason == models.WaitsDraft {
				continue
			}
			w := v.visible()
			w.and(reason.sql, reason.args...)
			var n int
			if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+w.sql(), w.args...).Scan(&n).Error; err != nil {
				return fmt.Errorf("count waiting: %w", err)
			}
			out.Waiting += n
		}
		searches, err := v.searchesToShare(tx)
		if err != nil {
			return err
		}
		out.Waiting += searches
		w := v.visible()
		w.and("n.user_id = ? AND n.read_at IS NULL", v.p.UserID)
		if err := tx.Raw("SELECT COUNT(*) FROM notifications n JOIN incidents i ON i.id = n.incident_id WHERE "+w.sql(), w.args...).Scan(&out.Unread).Error; err != nil {
			return fmt.Errorf("count notifications: %w", err)
		}
		return nil
	})
	return out, err
}

// Notifications reads the principal's own, newest first, of records that they
// may still see.
func (v *View) Notifications(ctx context.Context) ([]models.Notification, error) {
	out := []models.Notification{}
	err := v.read(ctx, func(tx *gorm.DB) error {
		w := v.visible()
		w.and("n.user_id = ?", v.p.UserID)
		var rows []struct {
			Record   incidentRow `gorm:"embedded"`
			NoticeID string
			Kind     string
			Actor    *string
			At       time.Time
			ReadAt   *time.Time
		}
		query := "SELECT " + linkedColumns + `, n.id AS notice_id, n.kind, u.user_name AS actor, n.at, n.read_at
			FROM notifications n JOIN incidents i ON i.id = n.incident_id LEFT JOIN users u ON u.id = n.actor_id
			WHERE ` + w.sql() + " ORDER BY n.at DESC, n.id DESC LIMIT ?"
		if err := tx.Raw(query, append(w.args, models.MaxNotifications)...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("read notifications: %w", err)
		}
		records := make([]incidentRow, len(rows))
		for i, r := range rows {
			records[i] = r.Record
		}
		if err := v.s.uncover(tx, records); err != nil {
			return err
		}
		for i, r := range rows {
			out = append(out, models.Notification{ID: r.NoticeID, Kind: r.Kind, Actor: r.Actor, At: models.UTC(r.At), ReadAt: utc(r.ReadAt), Record: records[i].linked()})
		}
		return nil
	})
	return out, err
}

// ReadNotifications marks these of the principal's own as read; all if nil.
func (v *View) ReadNotifications(ctx context.Context, ids []string) error {
	return v.transact(ctx, func(tx *gorm.DB) error {
		query, args := "UPDATE notifications SET read_at = ? WHERE user_id = ? AND read_at IS NULL", []any{v.s.now(), v.p.UserID}
		if ids != nil {
			query, args = query+" AND id IN ?", append(args, orNone(ids))
		}
		if err := tx.Exec(query, args...).Error; err != nil {
			return fmt.Errorf("mark notifications: %w", err)
		}
		return nil
	})
}
