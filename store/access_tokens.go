package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type accessTokenRow struct {
	ID             string
	OrganisationID int64
	UserID         string
	Name           string
	Scopes         codeList
	TokenHash      string
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt      time.Time
	UsedOn         *string
	EndedAt        *time.Time
}

func (accessTokenRow) TableName() string { return "access_tokens" }

func (r accessTokenRow) token() models.AccessToken {
	out := models.AccessToken{
		ID: r.ID, Name: r.Name, CreatedAt: models.UTC(r.CreatedAt), ExpiresAt: models.UTC(r.ExpiresAt), LastUsedOn: (*models.Day)(r.UsedOn),
	}
	for _, scope := range r.Scopes {
		out.Scopes = append(out.Scopes, models.TokenScope(scope))
	}
	return out
}

// maxMemberTokens bounds the list of an organisation.
const maxMemberTokens = 2000

// CreateToken keeps the hash of a new token of the principal. Errors:
// token.too_many.
func (v *View) CreateToken(ctx context.Context, name, hash string, scopes []models.TokenScope, life time.Duration) (models.AccessToken, error) {
	now := v.s.now()
	row := accessTokenRow{
		ID: uuid.NewString(), OrganisationID: v.p.OrganisationID, UserID: v.p.UserID, Name: name,
		TokenHash: hash, CreatedAt: now, ExpiresAt: now.Add(life),
	}
	for _, scope := range scopes {
		row.Scopes = append(row.Scopes, string(scope))
	}
	err := v.write(ctx, func(tx *gorm.DB) error {
		// Two requests at once take turns, so that neither passes the most.
		if err := tx.Exec("SELECT id FROM users WHERE id = ?"+v.s.lock(), v.p.UserID).Error; err != nil {
			return fmt.Errorf("lock user: %w", err)
		}
		var live int
		if err := tx.Raw("SELECT COUNT(*) FROM access_tokens WHERE user_id = ? AND ended_at IS NULL AND expires_at > ?", v.p.UserID, now).Scan(&live).Error; err != nil {
			return fmt.Errorf("count tokens: %w", err)
		}
		if live >= models.MaxTokens {
			return models.Fail(models.KindConflict, "token.too_many", "You have 10 tokens that work. Revoke one that is not needed any more.")
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert token: %w", err)
		}
		return v.audit(ctx, tx, "token.create", row.ID, row.Scopes)
	})
	return row.token(), err
}

// AccessTokens lists the principal's own that work, newest first.
func (v *View) AccessTokens(ctx context.Context) ([]models.AccessToken, error) {
	var rows []accessTokenRow
	err := v.read(ctx, func(tx *gorm.DB) error {
		return tx.Where("user_id = ? AND ended_at IS NULL AND expires_at > ?", v.p.UserID, v.s.now()).Order("created_at DESC, id").Limit(100).Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	out := make([]models.AccessToken, len(rows))
	for i, r := range rows {
		out[i] = r.token()
	}
	return out, nil
}

// RevokeToken ends one of the principal's own. Errors: token.not_found.
func (v *View) RevokeToken(ctx context.Context, id string) error {
	return v.transact(ctx, func(tx *gorm.DB) error {
		return v.revoke(ctx, tx, "user_id = ? AND id = ?", v.p.UserID, id)
	})
}

// MemberTokens lists those of everybody of the organisation that work, newest
// first.
func (v *View) MemberTokens(ctx context.Context) ([]models.MemberToken, error) {
	var rows []struct {
		Row      accessTokenRow `gorm:"embedded"`
		UserName string
	}
	err := v.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw(`SELECT t.*, u.user_name FROM access_tokens t JOIN users u ON u.id = t.user_id
			WHERE t.organisation_id = ? AND t.ended_at IS NULL AND t.expires_at > ? ORDER BY t.created_at DESC, t.id LIMIT ?`,
			v.p.OrganisationID, v.s.now(), maxMemberTokens).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	out := make([]models.MemberToken, len(rows))
	for i, r := range rows {
		out[i] = models.MemberToken{AccessToken: r.Row.token(), UserID: r.Row.UserID, UserName: r.UserName}
	}
	return out, nil
}

// RevokeMemberToken ends one of somebody of the organisation. Errors:
// token.not_found, permission.denied.
func (v *View) RevokeMemberToken(ctx context.Context, id string) error {
	return v.acting(ctx, models.RoleOrgAdmin, func(tx *gorm.DB, _ models.Principal) error {
		return v.revoke(ctx, tx, "organisation_id = ? AND id = ?", v.p.OrganisationID, id)
	})
}

func (v *View) revoke(ctx context.Context, tx *gorm.DB, condition string, of any, id string) error {
	now := v.s.now()
	done := tx.Exec("UPDATE access_tokens SET ended_at = ? WHERE ended_at IS NULL AND expires_at > ? AND "+condition, now, now, of, id)
	if done.Error != nil {
		return fmt.Errorf("revoke token: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return models.NotFound("token")
	}
	return v.audit(ctx, tx, "token.revoke", id, nil)
}

// endTokens ends all of a person: with the password, a role or the account that
// they were made under (S16).
func endTokens(tx *gorm.DB, now time.Time, user string) error {
	if err := tx.Exec("UPDATE access_tokens SET ended_at = ? WHERE ended_at IS NULL AND user_id = ?", now, user).Error; err != nil {
		return fmt.Errorf("end tokens: %w", err)
	}
	return nil
}

// TokenPrincipal is who asks by a token of this hash: the person as they are
// now, within its scopes. The first use of a day goes into the audit. Errors:
// token.invalid.
func (s *System) TokenPrincipal(ctx context.Context, hash string) (models.Principal, error) {
	var p models.Principal
	today := string(models.DayOf(s.s.now()))
	var row accessTokenRow
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		err := tx.Where("token_hash = ? AND ended_at IS NULL AND expires_at > ?", hash, s.s.now()).Take(&row).Error
		if absent(err) {
			return models.TokenInvalid()
		}
		if err != nil {
			return fmt.Errorf("read token: %w", err)
		}
		a, roles, err := findAccount(tx, "WHERE u.id = ? AND u.status = 'active'", row.UserID)
		if models.KindOf(err) == models.KindNotFound || err == nil && a.OrganisationID != row.OrganisationID {
			return models.TokenInvalid()
		}
		if err != nil {
			return err
		}
		p = a.principal(roles, "")
		p.TokenID, p.TokenScopes = row.ID, row.token().Scopes
		return nil
	})
	if err != nil || row.UsedOn != nil && *row.UsedOn >= today {
		return p, err
	}
	err = s.s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Exec("UPDATE access_tokens SET used_on = ? WHERE id = ? AND (used_on IS NULL OR used_on < ?)", today, row.ID, today)
		if done.Error != nil {
			return fmt.Errorf("note use of token: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return nil // another request of today was faster
		}
		return s.s.appendAudit(ctx, tx, auditRow{Actor: row.UserID, OrganisationID: &row.OrganisationID, Action: "token.use", Object: row.ID})
	})
	return p, err
}
