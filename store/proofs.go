package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// CreateTicket keeps the hash of what the second step of a sign-in must show.
func (s *System) CreateTicket(ctx context.Context, userID, tokenHash string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		now := s.s.now()
		if err := tx.Exec("DELETE FROM sign_in_tickets WHERE expires_at <= ?", now).Error; err != nil {
			return fmt.Errorf("drop old tickets: %w", err)
		}
		err := tx.Exec("INSERT INTO sign_in_tickets (token_hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
			tokenHash, userID, now, now.Add(models.TicketLife)).Error
		if err != nil {
			return fmt.Errorf("insert ticket: %w", err)
		}
		return nil
	})
}

// dropTickets makes the first steps of sign-ins useless that an earlier
// password has passed.
func dropTickets(tx *gorm.DB, userID string) error {
	if err := tx.Exec("DELETE FROM sign_in_tickets WHERE user_id = ?", userID).Error; err != nil {
		return fmt.Errorf("drop tickets: %w", err)
	}
	return nil
}

// TicketUser is the active person who holds a live ticket. Errors:
// session.ticket_invalid.
func (s *System) TicketUser(ctx context.Context, tokenHash string) (models.User, error) {
	var user models.User
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		a, roles, err := findAccount(tx, `JOIN sign_in_tickets k ON k.user_id = u.id AND k.token_hash = ? AND k.expires_at > ? WHERE u.status = 'active'`,
			tokenHash, s.s.now())
		if models.KindOf(err) == models.KindNotFound {
			return models.TicketInvalid()
		}
		user = a.user(roles)
		return err
	})
	return user, err
}

// SignInWithFactor trades a ticket and a proof, both used up in the same step,
// for a session. Errors: session.ticket_invalid, factor.refused.
func (s *System) SignInWithFactor(ctx context.Context, tokenHash, userID string, proof models.FactorProof, userAgent string) (models.Session, error) {
	var out models.Session
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		used := tx.Exec("DELETE FROM sign_in_tickets WHERE token_hash = ? AND user_id = ? AND expires_at > ?", tokenHash, userID, s.s.now())
		if used.Error != nil {
			return fmt.Errorf("use ticket: %w", used.Error)
		}
		if used.RowsAffected == 0 {
			return models.TicketInvalid()
		}
		if err := s.s.useProof(tx, userID, proof); err != nil {
			return err
		}
		var err error
		out, err = s.s.startSession(ctx, tx, userID, userAgent, proof.Kind)
		return err
	})
	return out, err
}

// StepUp renews the session's proof. Errors: factor.refused.
func (v *View) StepUp(ctx context.Context, proof models.FactorProof) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		factor := v.p.Factor
		if proof.Kind != models.FactorNone { // else the password was checked
			if err := v.s.useProof(tx, v.p.UserID, proof); err != nil {
				return err
			}
			factor = proof.Kind
		}
		done := tx.Exec("UPDATE sessions SET factor = ?, authenticated_at = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL",
			string(factor), v.s.now(), v.p.SessionID, v.p.UserID)
		if done.Error != nil {
			return fmt.Errorf("renew session: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.SessionExpired()
		}
		return v.audit(ctx, tx, "session.step_up", v.p.SessionID, []string{proofName(proof.Kind)})
	})
}

func proofName(kind models.FactorKind) string {
	if kind == models.FactorNone {
		return "password"
	}
	return string(kind)
}

// useProof uses a proof up by comparing and setting in one statement: of many
// who show the same at once, one passes. Errors: factor.refused.
func (s *Store) useProof(tx *gorm.DB, userID string, proof models.FactorProof) error {
	now := s.now()
	var done *gorm.DB
	switch proof.Kind {
	case models.FactorTOTP:
		done = tx.Exec("UPDATE factors SET last_step = ?, last_used_at = ? WHERE id = ? AND user_id = ? AND kind = 'totp' AND confirmed_at IS NOT NULL AND last_step < ?",
			proof.Step, now, proof.FactorID, userID, proof.Step)
	case models.FactorRecovery:
		done = tx.Exec("UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND code_hash = ? AND used_at IS NULL", now, userID, proof.CodeHash)
	case models.FactorPasskey:
		return s.usePasskey(tx, userID, proof, now)
	default:
		return models.FactorRefused()
	}
	if done.Error != nil {
		return fmt.Errorf("use proof: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return models.FactorRefused()
	}
	return nil
}

// usePasskey keeps the passkey's new counter. Its challenge was used up before.
func (s *Store) usePasskey(tx *gorm.DB, userID string, proof models.FactorProof, now time.Time) error {
	var row factorRow
	err := tx.Where("id = ? AND user_id = ? AND kind = 'passkey'", proof.FactorID, userID).Take(&row).Error
	if absent(err) {
		return models.FactorRefused()
	}
	if err != nil {
		return fmt.Errorf("read passkey: %w", err)
	}
	held, err := s.factor(row)
	if err != nil {
		return err
	}
	sealed, err := s.seal("factors", row.RowKey, protectedFactor{Name: held.Name, Credential: proof.Credential})
	if err != nil {
		return err
	}
	if err := tx.Exec("UPDATE factors SET protected = ?, last_used_at = ? WHERE id = ?", sealed, now, row.ID).Error; err != nil {
		return fmt.Errorf("use passkey: %w", err)
	}
	return nil
}

// ProofRefused records a wrong second factor of somebody whose password or
// session was right: that is a warning.
func (s *System) ProofRefused(ctx context.Context, user models.User, kind models.FactorKind) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		organisation := user.OrganisationID
		return s.s.appendAudit(ctx, tx, auditRow{Actor: user.ID, OrganisationID: &organisation, Action: "factor.refused", Object: user.ID, Fields: []string{proofName(kind)}})
	})
}

// KeepChallenge keeps a passkey ceremony until it is answered.
func (s *System) KeepChallenge(ctx context.Context, c models.Challenge) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		now := s.s.now()
		if err := tx.Exec("DELETE FROM passkey_challenges WHERE expires_at <= ?", now).Error; err != nil {
			return fmt.Errorf("drop old challenges: %w", err)
		}
		key, err := s.s.rowKey()
		if err != nil {
			return err
		}
		sealed, err := s.s.seal("passkey_challenges", key, protectedChallenge{State: c.State})
		if err != nil {
			return err
		}
		err = tx.Exec(`INSERT INTO passkey_challenges (hash, purpose, user_id, bound_to, row_key, expires_at, protected) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			c.Hash, string(c.Purpose), c.UserID, c.BoundTo, key, now.Add(models.ChallengeLife), sealed).Error
		if err != nil {
			return fmt.Errorf("insert challenge: %w", err)
		}
		return nil
	})
}

// TakeChallenge gives the state of a ceremony to whoever began it, once: also a
// wrong answer uses it up. Errors: factor.refused.
func (s *System) TakeChallenge(ctx context.Context, c models.Challenge) ([]byte, error) {
	var hidden protectedChallenge
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		var row struct {
			RowKey    string
			Protected []byte
		}
		err := tx.Raw(`DELETE FROM passkey_challenges WHERE hash = ? AND purpose = ? AND user_id = ? AND bound_to = ? AND expires_at > ?
			RETURNING row_key, protected`, c.Hash, string(c.Purpose), c.UserID, c.BoundTo, s.s.now()).Scan(&row).Error
		if err != nil {
			return fmt.Errorf("take challenge: %w", err)
		}
		if row.RowKey == "" {
			return models.FactorRefused()
		}
		return s.s.open("passkey_challenges", row.RowKey, row.Protected, &hidden)
	})
	return hidden.State, err
}
