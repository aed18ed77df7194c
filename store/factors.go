package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

// factorRow is an authenticator app or a passkey. A row without confirmed_at
// is an app whose first code is still awaited.
type factorRow struct {
	ID             string
	UserID         string
	Kind           string
	CredentialHash *string
	LastStep       int64
	RowKey         string
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	ConfirmedAt    *time.Time
	LastUsedAt     *time.Time
	Protected      []byte
}

func (factorRow) TableName() string { return "factors" }

type (
	protectedFactor struct {
		Name       string
		Secret     []byte `json:",omitempty"`
		Credential []byte `json:",omitempty"`
	}
	protectedChallenge struct{ State []byte }
)

func (s *Store) factor(r factorRow) (models.Factor, error) {
	var hidden protectedFactor
	if err := s.open("factors", r.RowKey, r.Protected, &hidden); err != nil {
		return models.Factor{}, err
	}
	return models.Factor{
		ID: r.ID, Kind: models.FactorKind(r.Kind), Name: hidden.Name, Secret: hidden.Secret, Credential: hidden.Credential,
		CreatedAt: models.UTC(r.CreatedAt), LastUsedAt: optionalUTC(r.LastUsedAt),
	}, nil
}

func (s *Store) factors(tx *gorm.DB, userID string) (models.Factors, error) {
	var rows []factorRow
	err := tx.Where("user_id = ? AND confirmed_at IS NOT NULL", userID).Order("created_at, id").Limit(models.MaxFactors).Find(&rows).Error
	if err != nil {
		return models.Factors{}, fmt.Errorf("list factors: %w", err)
	}
	var out models.Factors
	for _, r := range rows {
		one, err := s.factor(r)
		if err != nil {
			return out, err
		}
		out.List = append(out.List, one)
	}
	err = tx.Raw("SELECT COUNT(*) FROM recovery_codes WHERE user_id = ? AND used_at IS NULL", userID).Scan(&out.RecoveryCodes).Error
	if err != nil {
		return out, fmt.Errorf("count recovery codes: %w", err)
	}
	return out, nil
}

// FactorsOf reads what somebody who is signing in can prove with.
func (s *System) FactorsOf(ctx context.Context, userID string) (models.Factors, error) {
	var out models.Factors
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = s.s.factors(tx, userID)
		return err
	})
	return out, err
}

// Factors are the principal's own.
func (v *View) Factors(ctx context.Context) (models.Factors, error) {
	return v.s.System().FactorsOf(ctx, v.p.UserID)
}

// insertFactor writes a row under the principal's name. Errors:
// factor.too_many, factor.known.
func (v *View) insertFactor(tx *gorm.DB, row factorRow, hidden protectedFactor) (models.Factor, error) {
	if err := v.lockPerson(tx); err != nil {
		return models.Factor{}, err
	}
	// An app whose first code never came makes room.
	if err := tx.Exec("DELETE FROM factors WHERE user_id = ? AND confirmed_at IS NULL", v.p.UserID).Error; err != nil {
		return models.Factor{}, fmt.Errorf("drop unconfirmed factors: %w", err)
	}
	var held int
	if err := tx.Raw("SELECT COUNT(*) FROM factors WHERE user_id = ?", v.p.UserID).Scan(&held).Error; err != nil {
		return models.Factor{}, fmt.Errorf("count factors: %w", err)
	}
	if held >= models.MaxFactors {
		return models.Factor{}, models.Fail(models.KindConflict, "factor.too_many", "Ten ways to sign in are the most. Remove one first.")
	}
	var err error
	if row.RowKey, err = v.s.rowKey(); err != nil {
		return models.Factor{}, err
	}
	if row.Protected, err = v.s.seal("factors", row.RowKey, hidden); err != nil {
		return models.Factor{}, err
	}
	row.ID, row.UserID, row.CreatedAt = uuid.NewString(), v.p.UserID, v.s.now()
	err = tx.Create(&row).Error
	if violates(err, "uq_factors_credential_hash", "factors.credential_hash") {
		return models.Factor{}, models.Fail(models.KindConflict, "factor.known", "This passkey is in use already.").Because(err)
	}
	if err != nil {
		return models.Factor{}, fmt.Errorf("insert factor: %w", err)
	}
	return v.s.factor(row)
}

// lockPerson makes changes to one person's factors take turns.
func (v *View) lockPerson(tx *gorm.DB) error {
	if err := tx.Exec("SELECT id FROM users WHERE id = ?"+v.s.lock(), v.p.UserID).Error; err != nil {
		return fmt.Errorf("lock person: %w", err)
	}
	return nil
}

// BeginTOTP keeps the seed of an authenticator app, which counts once a first
// code has come. An earlier one without is dropped. Errors: factor.too_many.
func (v *View) BeginTOTP(ctx context.Context, name string, secret []byte) (models.Factor, error) {
	var out models.Factor
	err := v.write(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = v.insertFactor(tx, factorRow{Kind: string(models.FactorTOTP)}, protectedFactor{Name: name, Secret: secret})
		return err
	})
	return out, err
}

// PendingTOTP reads an app whose first code is awaited. Errors:
// factor.not_found.
func (v *View) PendingTOTP(ctx context.Context, id string) (models.Factor, error) {
	var out models.Factor
	err := v.read(ctx, func(tx *gorm.DB) error {
		var row factorRow
		err := tx.Where("id = ? AND user_id = ? AND confirmed_at IS NULL", id, v.p.UserID).Take(&row).Error
		if absent(err) {
			return models.NotFound("factor")
		}
		if err != nil {
			return fmt.Errorf("read factor: %w", err)
		}
		out, err = v.s.factor(row)
		return err
	})
	return out, err
}

// ConfirmTOTP makes an app count, with the step of its first code. codeHashes
// are kept if the person has no recovery codes yet; kept tells whether. Errors:
// factor.not_found.
func (v *View) ConfirmTOTP(ctx context.Context, id string, step int64, codeHashes []string) (kept bool, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		if err := v.lockPerson(tx); err != nil {
			return err
		}
		now := v.s.now()
		done := tx.Exec("UPDATE factors SET confirmed_at = ?, last_used_at = ?, last_step = ? WHERE id = ? AND user_id = ? AND confirmed_at IS NULL",
			now, now, step, id, v.p.UserID)
		if done.Error != nil {
			return fmt.Errorf("confirm factor: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.NotFound("factor")
		}
		kept, err = v.factorAdded(ctx, tx, models.FactorTOTP, id, codeHashes)
		return err
	})
	return kept, err
}

// AddPasskey keeps a passkey whose ceremony was checked. kept is as for
// ConfirmTOTP. Errors: factor.too_many, factor.known.
func (v *View) AddPasskey(ctx context.Context, name string, credential []byte, hash string, codeHashes []string) (out models.Factor, kept bool, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		now := v.s.now()
		row := factorRow{Kind: string(models.FactorPasskey), CredentialHash: &hash, ConfirmedAt: &now, LastUsedAt: &now}
		if out, err = v.insertFactor(tx, row, protectedFactor{Name: name, Credential: credential}); err != nil {
			return err
		}
		kept, err = v.factorAdded(ctx, tx, models.FactorPasskey, out.ID, codeHashes)
		return err
	})
	return out, kept, err
}

// factorAdded counts the enrolment as a proof of this session, and ends those
// that a password alone opened: whoever sits there has not proved anything.
func (v *View) factorAdded(ctx context.Context, tx *gorm.DB, kind models.FactorKind, id string, codeHashes []string) (bool, error) {
	now := v.s.now()
	err := tx.Exec("UPDATE sessions SET factor = ?, authenticated_at = ? WHERE id = ? AND user_id = ?", string(kind), now, v.p.SessionID, v.p.UserID).Error
	if err != nil {
		return false, fmt.Errorf("renew session: %w", err)
	}
	if err := endSessions(tx, now, "user_id = ? AND id <> ? AND factor = ''", v.p.UserID, v.p.SessionID); err != nil {
		return false, err
	}
	var codes int
	if err := tx.Raw("SELECT COUNT(*) FROM recovery_codes WHERE user_id = ?", v.p.UserID).Scan(&codes).Error; err != nil {
		return false, fmt.Errorf("count recovery codes: %w", err)
	}
	if codes == 0 {
		if err := v.insertCodes(tx, codeHashes); err != nil {
			return false, err
		}
	}
	return codes == 0, v.audit(ctx, tx, "factor.add", id, []string{string(kind)})
}

func (v *View) insertCodes(tx *gorm.DB, hashes []string) error {
	for _, hash := range hashes {
		err := tx.Exec("INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES (?, ?, ?)", v.p.UserID, hash, v.s.now()).Error
		if err != nil {
			return fmt.Errorf("insert recovery code: %w", err)
		}
	}
	return nil
}

// ReplaceRecoveryCodes makes the old codes useless. Errors: factor.none.
func (v *View) ReplaceRecoveryCodes(ctx context.Context, hashes []string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		if err := v.lockPerson(tx); err != nil {
			return err
		}
		var held int
		if err := tx.Raw("SELECT COUNT(*) FROM factors WHERE user_id = ? AND confirmed_at IS NOT NULL", v.p.UserID).Scan(&held).Error; err != nil {
			return fmt.Errorf("count factors: %w", err)
		}
		if held == 0 {
			return models.Fail(models.KindConflict, "factor.none", "Add an authenticator app or a passkey first.")
		}
		if err := tx.Exec("DELETE FROM recovery_codes WHERE user_id = ?", v.p.UserID).Error; err != nil {
			return fmt.Errorf("drop recovery codes: %w", err)
		}
		if err := v.insertCodes(tx, hashes); err != nil {
			return err
		}
		return v.audit(ctx, tx, "factor.codes", v.p.UserID, nil)
	})
}

// RemoveFactor takes one away and ends the person's other sessions; of the last
// one the recovery codes go too. keepOne refuses to take the last. Errors:
// factor.not_found, factor.last.
func (v *View) RemoveFactor(ctx context.Context, id string, keepOne bool) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		if err := v.lockPerson(tx); err != nil {
			return err
		}
		done := tx.Exec("DELETE FROM factors WHERE id = ? AND user_id = ? AND confirmed_at IS NOT NULL", id, v.p.UserID)
		if done.Error != nil {
			return fmt.Errorf("remove factor: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.NotFound("factor")
		}
		var left int
		if err := tx.Raw("SELECT COUNT(*) FROM factors WHERE user_id = ? AND confirmed_at IS NOT NULL", v.p.UserID).Scan(&left).Error; err != nil {
			return fmt.Errorf("count factors: %w", err)
		}
		if left == 0 && keepOne {
			return models.Fail(models.KindConflict, "factor.last", "This is your last one and a second factor is required. Add another one first.")
		}
		if left == 0 {
			if err := tx.Exec("DELETE FROM recovery_codes WHERE user_id = ?", v.p.UserID).Error; err != nil {
				return fmt.Errorf("drop recovery codes: %w", err)
			}
		}
		err := errors.Join(endSessions(tx, v.s.now(), "user_id = ? AND id <> ?", v.p.UserID, v.p.SessionID), endTokens(tx, v.s.now(), v.p.UserID))
		if err != nil {
			return err
		}
		return v.audit(ctx, tx, "factor.remove", id, nil)
	})
}

// ResetFactors takes every factor of a person away and ends the sessions, for
// somebody who lost them all. Errors: user.not_found.
func (s *System) ResetFactors(ctx context.Context, name string) error {
	return s.changeUser(ctx, name, "user.reset_factor", func(tx *gorm.DB, id string) error {
		for _, table := range []string{"factors", "recovery_codes", "passkey_challenges"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE user_id = ?", id).Error; err != nil {
				return fmt.Errorf("empty %s: %w", table, err)
			}
		}
		return nil
	})
}
