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

// NoteRead writes into the audit that the principal was shown the protected
// fields of a record.
func (v *View) NoteRead(ctx context.Context, ref string) error {
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
	return v.write(ctx, func(tx *gorm.DB) error { return v.auditRead(ctx, tx, "protected.read", ref) })
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
// passwords that nobody can use.
func (s *System) DropOldReads(ctx context.Context) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM protected_reads WHERE at < ?", s.s.now().Add(-readsApart)).Error; err != nil {
			return fmt.Errorf("forget reads: %w", err)
		}
		if err := tx.Exec("DELETE FROM password_resets WHERE expires_at < ?", s.s.now().Add(-models.ResetLife)).Error; err != nil {
			return fmt.Errorf("forget reset links: %w", err)
		}
		return nil
	})
}
