package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// NextImport is the import that has waited longest for the program, and whose
// it is; found is false when none waits, or the instance is locked.
func (s *System) NextImport(ctx context.Context) (id, state string, p models.Principal, found bool, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		if instance, err := readInstanceState(tx); err != nil || instance.Mode != models.ModeOpen {
			return err
		}
		var rows []importRow
		err := tx.Raw("SELECT * FROM imports WHERE state IN ? ORDER BY changed_at, id LIMIT 1",
			[]string{models.ImportChecking, models.ImportRunning, models.ImportUndoing}).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("find import: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		a, roles, err := findAccount(tx, "WHERE u.id = ? AND m.organisation_id = ?", rows[0].UserID, rows[0].OrganisationID)
		if err != nil {
			return err
		}
		id, state, p, found = rows[0].ID, rows[0].State, a.principal(roles, ""), true
		return nil
	})
	return id, state, p, found, err
}

// ActAs is a person as the command line acts for them. Errors: user.not_found.
func (s *System) ActAs(ctx context.Context, userName string) (p models.Principal, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		a, roles, err := findAccount(tx, "WHERE u.user_name = ?", userName)
		p = a.principal(roles, "")
		return err
	})
	return p, err
}

// How long an import is kept that nobody touches: one that was never run, and
// the file of one that was. What it did can be taken back for as long as its
// maker keeps it.
const (
	idleImportLife = 30 * 24 * time.Hour
	importFileLife = 7 * 24 * time.Hour
)

// DropOldImports forgets imports that nobody ran, and files that were read.
func (s *System) DropOldImports(ctx context.Context) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		idle := []any{[]string{models.ImportUploading, models.ImportMapping, models.ImportChecked}, s.s.now().Add(-idleImportLife)}
		const old = "(SELECT id FROM imports WHERE state IN ? AND changed_at < ?)"
		read := []any{[]string{models.ImportDone, models.ImportUndone, models.ImportCancelled, models.ImportFailed}, s.s.now().Add(-importFileLife)}
		for _, statement := range []struct {
			sql  string
			args []any
		}{
			{"DELETE FROM import_parts WHERE import_id IN " + old, read},
			{"DELETE FROM import_parts WHERE import_id IN " + old, idle},
			{"DELETE FROM import_rows WHERE import_id IN " + old, idle},
			{"DELETE FROM imports WHERE state IN ? AND changed_at < ?", idle},
		} {
			if err := tx.Exec(statement.sql, statement.args...).Error; err != nil {
				return fmt.Errorf("drop old imports: %w", err)
			}
		}
		return nil
	})
}
