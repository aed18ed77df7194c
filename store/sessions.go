package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type sessionRow struct {
	ID         string
	UserID     string
	Counter    int64
	RotatedAt  time.Time
	Resends    int
	CreatedAt  time.Time `gorm:"autoCreateTime:false"`
	LastSeenAt time.Time
	UserAgent  string
	EndedAt    *time.Time

	Factor          string
	AuthenticatedAt time.Time
}

func (sessionRow) TableName() string { return "sessions" }

func (r sessionRow) session(admin bool) models.Session {
	return models.Session{
		ID: r.ID, UserID: r.UserID, Counter: r.Counter, RotatedAt: models.UTC(r.RotatedAt), Resends: r.Resends, CreatedAt: models.UTC(r.CreatedAt),
		LastSeenAt: models.UTC(r.LastSeenAt), UserAgent: r.UserAgent, EndedAt: optionalUTC(r.EndedAt), Admin: admin,
		Factor: models.FactorKind(r.Factor), AuthenticatedAt: models.UTC(r.AuthenticatedAt),
	}
}

func optionalUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := models.UTC(*t)
	return &utc
}

func isAdmin(roles []models.Role) bool {
	return models.Principal{Roles: roles}.HasAny(models.RoleOrgAdmin, models.RoleInstanceAdmin)
}

func endSessions(tx *gorm.DB, now time.Time, condition string, args ...any) error {
	err := tx.Exec("UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL AND "+condition, append([]any{now}, args...)...).Error
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// StartSession opens a session for somebody whom the factor, besides the
// password, has shown to be the one; of more than five the oldest ends. Errors:
// instance.closed.
func (s *System) StartSession(ctx context.Context, userID, userAgent string, factor models.FactorKind) (models.Session, error) {
	var out models.Session
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		var err error
		out, err = s.s.startSession(ctx, tx, userID, userAgent, factor)
		return err
	})
	return out, err
}

func (s *Store) startSession(ctx context.Context, tx *gorm.DB, userID, userAgent string, factor models.FactorKind) (models.Session, error) {
	a, roles, err := findAccount(tx, "WHERE u.id = ?", userID)
	if err != nil {
		return models.Session{}, err
	}
	if err := s.admits(tx, roles); err != nil {
		return models.Session{}, err
	}
	var known bool
	if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM sessions WHERE user_id = ? AND user_agent = ?)", userID, userAgent).Scan(&known).Error; err != nil {
		return models.Session{}, fmt.Errorf("look for earlier sessions: %w", err)
	}
	now := s.now()
	row := sessionRow{
		ID: uuid.NewString(), UserID: userID, Counter: 1, RotatedAt: now, CreatedAt: now, LastSeenAt: now, UserAgent: userAgent,
		Factor: string(factor), AuthenticatedAt: now,
	}
	if err := tx.Create(&row).Error; err != nil {
		return models.Session{}, fmt.Errorf("insert session: %w", err)
	}
	err = endSessions(tx, now, `user_id = ? AND id NOT IN (SELECT n.id FROM sessions n WHERE n.user_id = ? AND n.ended_at IS NULL
		ORDER BY n.created_at DESC, n.id = ? DESC, n.id LIMIT ?)`, userID, userID, row.ID, models.MaxSessions)
	if err != nil {
		return models.Session{}, err
	}
	fields := []string{proofName(factor)}
	if !known {
		fields = append(fields, "new_device")
	}
	err = s.appendAudit(ctx, tx, auditRow{Actor: userID, OrganisationID: &a.OrganisationID, Action: "session.start", Object: row.ID, Fields: fields})
	return row.session(isAdmin(roles)), err
}

// touchEvery is how often a used session is written.
const touchEvery = time.Minute

// Principal reads session, user, membership and roles as they are now (S16).
// Errors: session.expired.
func (s *System) Principal(ctx context.Context, sessionID string) (models.Principal, models.Session, error) {
	var p models.Principal
	var session models.Session
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		var err error
		p, session, err = s.s.principal(tx, sessionID)
		return err
	})
	if err != nil || s.s.now().Sub(session.LastSeenAt) < touchEvery {
		return p, session, err
	}
	session.LastSeenAt = s.s.now()
	err = s.s.write(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE sessions SET last_seen_at = ? WHERE id = ? AND ended_at IS NULL", session.LastSeenAt, session.ID).Error
	})
	return p, session, err
}

// principal reads session, account and roles in one statement: it runs before
// every request. The SELECT round the id is explained at activeMember.
func (s *Store) principal(tx *gorm.DB, sessionID string) (models.Principal, models.Session, error) {
	var found struct {
		Session sessionRow `gorm:"embedded;embeddedPrefix:s_"`
		Account account    `gorm:"embedded"`
		Roles   string
	}
	list := "group_concat(r.role, ',')"
	if s.dialect == dialectPostgres {
		list = "string_agg(r.role, ',')"
	}
	query := `SELECT s.id AS s_id, s.user_id AS s_user_id, s.counter AS s_counter, s.rotated_at AS s_rotated_at, s.resends AS s_resends,
		s.created_at AS s_created_at, s.last_seen_at AS s_last_seen_at, s.user_agent AS s_user_agent, s.ended_at AS s_ended_at, s.factor AS s_factor,
		s.authenticated_at AS s_authenticated_at,
		(SELECT COALESCE(` + list + `, '') FROM membership_roles r WHERE r.user_id = u.id AND r.organisation_id = m.organisation_id) AS roles,
		` + strings.TrimPrefix(accountColumns, "SELECT ") + `JOIN sessions s ON s.user_id = u.id
		WHERE s.id = (SELECT CAST(? AS TEXT)) AND u.status = 'active' ORDER BY m.organisation_id LIMIT 1`
	if err := tx.Raw(query, sessionID).Scan(&found).Error; err != nil {
		return models.Principal{}, models.Session{}, fmt.Errorf("read session: %w", err)
	}
	if found.Session.ID == "" {
		return models.Principal{}, models.Session{}, models.SessionExpired()
	}
	var roles []models.Role
	for _, r := range strings.Split(found.Roles, ",") {
		roles = append(roles, models.Role(r))
	}
	roles = inOrder(roles)
	session := found.Session.session(isAdmin(roles))
	if !session.Live(s.now()) {
		return models.Principal{}, models.Session{}, models.SessionExpired()
	}
	p := found.Account.principal(roles, session.ID)
	p.Factor, p.AuthenticatedAt = session.Factor, session.AuthenticatedAt
	return p, session, nil
}

// PresentRefresh applies S17's table to a presented cookie. Reuse ends every
// session of the person, since it cannot be told who the thief is.
func (s *System) PresentRefresh(ctx context.Context, family string, counter int64) (models.Session, models.RefreshOutcome, error) {
	var session models.Session
	outcome := models.RefreshEnded
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		// Two tabs that refresh at once take turns: the second meets the new
		// counter and is sent it again.
		if err := tx.Exec("SELECT id FROM sessions WHERE id = ?"+s.s.lock(), family).Error; err != nil {
			return fmt.Errorf("lock session: %w", err)
		}
		p, current, err := s.s.principal(tx, family)
		if models.KindOf(err) == models.KindUnauthenticated {
			outcome = models.RefreshEnded
			return nil
		}
		if err != nil {
			return err
		}
		now := s.s.now()
		session, outcome = current, current.Present(counter, now)
		switch outcome {
		case models.RefreshRotate:
			session.Counter, session.RotatedAt, session.Resends = current.Counter+1, now, 0
		case models.RefreshResend:
			session.Resends++
		case models.RefreshReuse:
			if err := endSessions(tx, now, "user_id = ?", p.UserID); err != nil {
				return err
			}
			return s.s.appendAudit(ctx, tx, auditRow{Actor: p.UserID, OrganisationID: &p.OrganisationID, Action: "session.reuse", Object: family})
		}
		session.LastSeenAt = now
		err = tx.Exec("UPDATE sessions SET counter = ?, rotated_at = ?, resends = ?, last_seen_at = ? WHERE id = ?",
			session.Counter, session.RotatedAt, session.Resends, now, family).Error
		if err != nil {
			return fmt.Errorf("rotate session: %w", err)
		}
		return nil
	})
	return session, outcome, err
}

// EndFamily ends a session that signs out; one that is gone already is fine.
func (s *System) EndFamily(ctx context.Context, id string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		var owner struct {
			UserID         string
			OrganisationID *int64
		}
		err := tx.Raw(`SELECT s.user_id, m.organisation_id FROM sessions s LEFT JOIN memberships m ON m.user_id = s.user_id
			WHERE s.id = ? AND s.ended_at IS NULL ORDER BY m.organisation_id LIMIT 1`, id).Scan(&owner).Error
		if err != nil {
			return fmt.Errorf("read session: %w", err)
		}
		if owner.UserID == "" {
			return nil
		}
		if err := endSessions(tx, s.s.now(), "id = ?", id); err != nil {
			return err
		}
		return s.s.appendAudit(ctx, tx, auditRow{Actor: owner.UserID, OrganisationID: owner.OrganisationID, Action: "session.end", Object: id})
	})
}

// Sessions lists the principal's own live sessions, newest first.
func (v *View) Sessions(ctx context.Context) ([]models.Session, error) {
	var rows []sessionRow
	err := v.read(ctx, func(tx *gorm.DB) error {
		return tx.Where("user_id = ? AND ended_at IS NULL", v.p.UserID).Order("created_at DESC, id").Limit(100).Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	var out []models.Session
	for _, r := range rows {
		if session := r.session(isAdmin(v.p.Roles)); session.Live(v.s.now()) {
			out = append(out, session)
		}
	}
	return out, nil
}

// EndSession ends one of the principal's own; that needs no membership. Errors:
// session.not_found.
func (v *View) EndSession(ctx context.Context, id string) error {
	return v.transact(ctx, func(tx *gorm.DB) error {
		done := tx.Exec("UPDATE sessions SET ended_at = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL", v.s.now(), id, v.p.UserID)
		if done.Error != nil {
			return fmt.Errorf("end session: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.NotFound("session")
		}
		return v.audit(ctx, tx, "session.end", id, nil)
	})
}
