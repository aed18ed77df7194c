package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// readsApart is how long a repeated read of the same thing by the same person
// is the same read: the chain says that it was read, not how often.
const readsApart = 10 * time.Minute

// NoteRead writes into the audit that the principal is about to be shown the
// protected fields of a record, within what they may read. Errors:
// reads.too_many.
func (v *View) NoteRead(ctx context.Context, ref string, quota models.ReadQuota) error {
	noted := false
	err := v.read(ctx, func(tx *gorm.DB) error {
		err := tx.Raw("SELECT EXISTS (SELECT 1 FROM protected_reads WHERE user_id = ? AND object = ? AND at > ?)",
			v.p.UserID, readObject("protected.read", ref), v.s.now().Add(-readsApart)).Scan(&noted).Error
		if err != nil {
			return fmt.Errorf("look for read: %w", err)
		}
		return nil
	})
	if err != nil || noted {
		return err
	}
	return v.write(ctx, func(tx *gorm.DB) error {
		if err := v.withinQuota(ctx, tx, quota); err != nil {
			return err
		}
		return v.auditRead(ctx, tx, "protected.read", ref)
	})
}

// withinQuota counts what the audit says that the principal has read, and puts
// it there once they have used half of an hour's.
func (v *View) withinQuota(ctx context.Context, tx *gorm.DB, quota models.ReadQuota) error {
	if quota.Hour == 0 {
		return nil
	}
	// Reads at the same time take turns, so that the last one allowed is one.
	if err := tx.Exec("SELECT id FROM users WHERE id = ?"+v.s.lock(), v.p.UserID).Error; err != nil {
		return fmt.Errorf("lock reader: %w", err)
	}
	now := v.s.now()
	for _, span := range []struct {
		lasts time.Duration
		most  int
	}{{time.Hour, quota.Hour}, {24 * time.Hour, quota.Day}} {
		var read struct {
			Count int
			First *time.Time
		}
		err := tx.Raw(`SELECT COUNT(*) AS count, (SELECT f.at FROM audit f WHERE f.actor = @actor AND f.action = 'protected.read' AND f.at > @since ORDER BY f.at LIMIT 1) AS first
			FROM audit a WHERE a.actor = @actor AND a.action = 'protected.read' AND a.at > @since`,
			map[string]any{"actor": v.p.UserID, "since": now.Add(-span.lasts)}).Scan(&read).Error
		if err != nil {
			return fmt.Errorf("count reads: %w", err)
		}
		if read.Count >= span.most {
			wait := span.lasts
			if read.First != nil {
				wait = read.First.Add(span.lasts).Sub(now)
			}
			return &models.Error{
				Kind: models.KindTooMany, Code: "reads.too_many", Params: map[string]any{"retry_after": int(wait.Seconds()) + 1, "count": span.most},
				Detail: "You have opened as many records with protected details as one person may. Wait, or ask a colleague.",
			}
		}
		if span.lasts == time.Hour && read.Count == span.most/2 {
			if err := v.audit(ctx, tx, "protected.many", v.p.UserID, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func readObject(action, object string) string { return action + " " + object }

// auditRead is audit for a read, at most once in ten minutes for a person and
// an object.
func (v *View) auditRead(ctx context.Context, tx *gorm.DB, action, object string) error {
	now := v.s.now()
	done := tx.Exec(`INSERT INTO protected_reads (user_id, object, at) VALUES (?, ?, ?)
		ON CONFLICT (user_id, object) DO UPDATE SET at = excluded.at WHERE protected_reads.at <= ?`,
		v.p.UserID, readObject(action, object), now, now.Add(-readsApart))
	if done.Error != nil {
		return fmt.Errorf("note read: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return nil
	}
	return v.audit(ctx, tx, action, object, nil)
}

// DropOldReads forgets reads that lie too far back to matter, and links to new
// passwords and codes for the keys that nobody can use.
func (s *System) DropOldReads(ctx context.Context) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM protected_reads WHERE at < ?", s.s.now().Add(-readsApart)).Error; err != nil {
			return fmt.Errorf("forget reads: %w", err)
		}
		if err := tx.Exec("DELETE FROM password_resets WHERE expires_at < ?", s.s.now().Add(-models.ResetLife)).Error; err != nil {
			return fmt.Errorf("forget reset links: %w", err)
		}
		if err := tx.Exec("DELETE FROM key_approvals WHERE expires_at < ?", s.s.now().Add(-models.AloneShown)).Error; err != nil {
			return fmt.Errorf("forget codes for the keys: %w", err)
		}
		return nil
	})
}
