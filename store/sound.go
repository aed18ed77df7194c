package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// ErrUnsound says that the database file is damaged.
var ErrUnsound = errors.New("the database is damaged; put back the newest backup that `farwatch backup verify` finds whole")

// Sound reads the whole database of SQLite and fails on anything that does not
// fit together. PostgreSQL has tools of its own for that. Errors: ErrUnsound.
func (s *System) Sound(ctx context.Context) error { return s.s.sound(ctx, "integrity_check") }

// QuicklySound is Sound without comparing indexes with their tables. Errors:
// ErrUnsound.
func (s *System) QuicklySound(ctx context.Context) error { return s.s.sound(ctx, "quick_check") }

func (s *Store) sound(ctx context.Context, check string) error {
	if s.dialect != dialectSQLite {
		return nil
	}
	err := s.read(ctx, func(tx *gorm.DB) error {
		var findings []string
		if err := tx.Raw("PRAGMA " + check).Scan(&findings).Error; err != nil {
			return err
		}
		if len(findings) != 1 || findings[0] != "ok" {
			return fmt.Errorf("%w (%d findings)", ErrUnsound, len(findings))
		}
		var broken []string
		if err := tx.Raw(`SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&broken).Error; err != nil {
			return err
		}
		if len(broken) > 0 {
			return fmt.Errorf("%w (a row of %s refers to nothing)", ErrUnsound, broken[0])
		}
		return nil
	})
	if isCorrupt(err) {
		return errors.Join(ErrUnsound, err)
	}
	return err
}

// NewestSchema is the schema of this program.
func NewestSchema(dialect string) (int64, error) {
	files, err := fs.Glob(migrations, "migrations/"+dialect+"/*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("find migrations of %q: %w", dialect, err)
	}
	name := files[len(files)-1]
	number, _, _ := strings.Cut(name[strings.LastIndex(name, "/")+1:], "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read migration number: %w", err)
	}
	return version, nil
}

// Head is the last link of the audit chain.
type Head struct {
	Seq int64
	MAC string
}

func auditHead(tx *gorm.DB) (h Head, err error) {
	if err := tx.Raw("SELECT seq, mac FROM audit_head WHERE id = 1").Scan(&h).Error; err != nil {
		return Head{}, fmt.Errorf("read audit head: %w", err)
	}
	return h, nil
}

// AuditHead reads the end of the chain.
func (s *System) AuditHead(ctx context.Context) (h Head, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		h, err = auditHead(tx)
		return err
	})
	return h, err
}

// AuditMACs reads the links of these rows; one that is gone is left out.
func (s *System) AuditMACs(ctx context.Context, seqs []int64) (map[int64]string, error) {
	found := make(map[int64]string, len(seqs))
	for len(seqs) > 0 {
		n := min(len(seqs), insertBatch)
		var rows []Head
		err := s.s.read(ctx, func(tx *gorm.DB) error {
			return tx.Raw("SELECT seq, mac FROM audit WHERE seq IN ?", seqs[:n]).Scan(&rows).Error
		})
		if err != nil {
			return nil, fmt.Errorf("read audit: %w", err)
		}
		for _, r := range rows {
			found[r.Seq] = r.MAC
		}
		seqs = seqs[n:]
	}
	return found, nil
}

// LastAudit is when the newest row of the chain was written, the zero time
// where there is none.
func (s *System) LastAudit(ctx context.Context) (at time.Time, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		var rows []auditRow
		if err := tx.Order("seq DESC").Limit(1).Find(&rows).Error; err != nil {
			return fmt.Errorf("read audit: %w", err)
		}
		if len(rows) > 0 {
			at = rows[0].At
		}
		return nil
	})
	return models.UTC(at), err
}

// EndAllSessions signs everybody and every program out, after a restore for instance, and notes
// why.
func (s *System) EndAllSessions(ctx context.Context, action, object string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		if err := endSessions(tx, s.s.now(), "1 = 1"); err != nil {
			return err
		}
		// A backup may hold tokens that were revoked since.
		if err := tx.Exec("UPDATE access_tokens SET ended_at = ? WHERE ended_at IS NULL", s.s.now()).Error; err != nil {
			return fmt.Errorf("end tokens: %w", err)
		}
		return s.s.appendAudit(ctx, tx, auditRow{Action: action, Object: object})
	})
}

// Note puts a row of the program itself into the chain.
func (s *System) Note(ctx context.Context, action, object string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		return s.s.appendAudit(ctx, tx, auditRow{Action: action, Object: object})
	})
}

// OverdueImportParts counts parts of uploaded tables that should be gone by now.
func (s *System) OverdueImportParts(ctx context.Context) (parts int64, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		const count = "SELECT count(*) FROM import_parts WHERE import_id IN (SELECT id FROM imports WHERE changed_at < ?)"
		return tx.Raw(count, s.s.now().Add(-max(idleImportLife, importFileLife))).Scan(&parts).Error
	})
	return parts, err
}
