package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type userRow struct {
	ID           string
	UserName     string
	PasswordHash string
	Status       string
	CreatedAt    time.Time `gorm:"autoCreateTime:false"`
}

func (userRow) TableName() string { return "users" }

// account is a user with the membership that counts; one person works for one
// organisation.
type account struct {
	Row                userRow `gorm:"embedded"`
	OrganisationID     int64
	OrganisationCode   string
	OrganisationName   string
	InitialSensitivity string
	FourEyes           bool
	Mode               string // of the instance
	LastSeenAt         *time.Time
}

const accountColumns = `SELECT u.id, u.user_name, u.password_hash, u.status, u.created_at, m.organisation_id,
	o.code AS organisation_code, o.name AS organisation_name, o.initial_sensitivity, o.four_eyes,
	(SELECT mode FROM instance_state WHERE id = 1) AS mode
	FROM users u JOIN memberships m ON m.user_id = u.id AND m.status = 'active' JOIN organisations o ON o.id = m.organisation_id `

func findAccount(tx *gorm.DB, condition string, args ...any) (account, []models.Role, error) {
	var a account
	if err := tx.Raw(accountColumns+condition+" ORDER BY m.organisation_id LIMIT 1", args...).Scan(&a).Error; err != nil {
		return a, nil, fmt.Errorf("read account: %w", err)
	}
	if a.Row.ID == "" {
		return a, nil, models.NotFound("user")
	}
	roles, err := rolesOf(tx, a.Row.ID, a.OrganisationID)
	return a, roles, err
}

// inOrder puts roles as screens show them.
func inOrder(roles []models.Role) []models.Role {
	out := []models.Role{}
	for _, r := range models.Roles() {
		if slices.Contains(roles, r) {
			out = append(out, r)
		}
	}
	return out
}

func (a account) user(roles []models.Role) models.User {
	return models.User{
		ID: a.Row.ID, UserName: a.Row.UserName, PasswordHash: a.Row.PasswordHash, Status: models.UserStatus(a.Row.Status),
		OrganisationID: a.OrganisationID, Organisation: a.OrganisationCode, Roles: roles, CreatedAt: models.UTC(a.Row.CreatedAt), LastSeenAt: optionalUTC(a.LastSeenAt),
	}
}

func (a account) principal(roles []models.Role, session string) models.Principal {
	return models.Principal{
		UserID: a.Row.ID, UserName: a.Row.UserName, OrganisationID: a.OrganisationID, Organisation: a.OrganisationCode,
		OrganisationName: a.OrganisationName, InitialSensitivity: a.InitialSensitivity, FourEyesOff: !a.FourEyes, Roles: roles, SessionID: session,
		Instance: models.InstanceMode(a.Mode),
	}
}

// UserByName finds an account for signing in. Errors: user.not_found.
func (s *System) UserByName(ctx context.Context, name string) (models.User, error) {
	var user models.User
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		a, roles, err := findAccount(tx, "WHERE u.user_name = ?", name)
		user = a.user(roles)
		return err
	})
	return user, err
}

// User is the principal's own account.
func (v *View) User(ctx context.Context) (models.User, error) {
	var user models.User
	err := v.read(ctx, func(tx *gorm.DB) error {
		a, roles, err := findAccount(tx, "WHERE u.id = ?", v.p.UserID)
		user = a.user(roles)
		return err
	})
	return user, err
}

// ChangePassword sets a new hash and ends every other session of the person.
func (v *View) ChangePassword(ctx context.Context, hash string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		if err := setPassword(tx, v.p.UserID, hash); err != nil {
			return err
		}
		if err := errors.Join(dropTickets(tx, v.p.UserID), dropResets(tx, v.p.UserID)); err != nil {
			return err
		}
		err := errors.Join(endSessions(tx, v.s.now(), "user_id = ? AND id <> ?", v.p.UserID, v.p.SessionID), endTokens(tx, v.s.now(), v.p.UserID))
		if err != nil {
			return err
		}
		return v.audit(ctx, tx, "user.password", v.p.UserID, nil)
	})
}

func setPassword(tx *gorm.DB, userID, hash string) error {
	if err := tx.Exec("UPDATE users SET password_hash = ? WHERE id = ?", hash, userID).Error; err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// Rehash replaces a hash by one of the same password under newer parameters.
func (s *System) Rehash(ctx context.Context, userID, hash string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error { return setPassword(tx, userID, hash) })
}

// CreateOrganisation makes an organisation. Errors: organisation.exists.
func (s *System) CreateOrganisation(ctx context.Context, code, name string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error { return s.s.createOrganisation(ctx, tx, code, name) })
}

func (s *Store) createOrganisation(ctx context.Context, tx *gorm.DB, code, name string) error {
	if _, err := s.insertOrganisation(tx, code, name); err != nil {
		return err
	}
	return s.appendAudit(ctx, tx, auditRow{Action: "organisation.create", Object: code})
}

func (s *Store) insertOrganisation(tx *gorm.DB, code, name string) (int64, error) {
	if !models.ValidOrganisationCode(code) {
		return 0, models.Invalid([]models.FieldError{{Pointer: "#/organisation_code", Code: "bad_format"}})
	}
	row := struct {
		ID         int64 `gorm:"primaryKey"`
		Code, Name string
		CreatedAt  time.Time
	}{Code: code, Name: name, CreatedAt: s.now()}
	err := tx.Table("organisations").Create(&row).Error
	if violates(err, "uq_organisations_code", "organisations.code") {
		return 0, models.Fail(models.KindConflict, "organisation.exists", "An organisation with this code exists already.").Because(err)
	}
	if err != nil {
		return 0, fmt.Errorf("insert organisation: %w", err)
	}
	return row.ID, nil
}

// insertUser makes an account with its membership and roles. Errors:
// user.name_taken.
func (s *Store) insertUser(tx *gorm.DB, organisation int64, name, hash string, roles []models.Role) (string, error) {
	if !models.ValidUserName(name) {
		return "", models.Invalid([]models.FieldError{{Pointer: "#/user_name", Code: "bad_format"}})
	}
	now := s.now()
	id := uuid.NewString()
	err := tx.Create(&userRow{ID: id, UserName: name, PasswordHash: hash, Status: string(models.UserActive), CreatedAt: now}).Error
	if violates(err, "uq_users_user_name", "users.user_name") {
		return "", &models.Error{
			Kind: models.KindConflict, Code: "user.name_taken", Detail: "This user name is taken. Choose another one.",
			Fields: []models.FieldError{{Pointer: "#/user_name", Code: "name_taken"}}, Err: err,
		}
	}
	if err != nil {
		return "", fmt.Errorf("insert user: %w", err)
	}
	err = tx.Exec("INSERT INTO memberships (organisation_id, user_id, status, created_at) VALUES (?, ?, 'active', ?)", organisation, id, now).Error
	if err != nil {
		return "", fmt.Errorf("insert membership: %w", err)
	}
	return id, giveRoles(tx, organisation, id, roles)
}

// CreateUser makes an account in an organisation that exists. Errors:
// organisation.not_found, user.name_taken.
func (s *System) CreateUser(ctx context.Context, organisation, name, hash string, roles []models.Role) error {
	return s.s.write(ctx, func(tx *gorm.DB) error { return s.s.createUser(ctx, tx, organisation, name, hash, roles) })
}

// CreateUserAndOrganisation makes the organisation too where it does not exist
// yet; a refused account leaves none behind. Errors: user.name_taken.
func (s *System) CreateUserAndOrganisation(ctx context.Context, organisation, organisationName, name, hash string, roles []models.Role) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		_, err := organisationID(tx, organisation)
		if models.KindOf(err) == models.KindNotFound {
			err = s.s.createOrganisation(ctx, tx, organisation, organisationName)
		}
		if err != nil {
			return err
		}
		return s.s.createUser(ctx, tx, organisation, name, hash, roles)
	})
}

func (s *Store) createUser(ctx context.Context, tx *gorm.DB, organisation, name, hash string, roles []models.Role) error {
	id, err := organisationID(tx, organisation)
	if err != nil {
		return err
	}
	user, err := s.insertUser(tx, id, name, hash, roles)
	if err != nil {
		return err
	}
	return s.appendAudit(ctx, tx, auditRow{OrganisationID: &id, Action: "user.create", Object: user, Fields: roleCodes(roles)})
}

func roleCodes(roles []models.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}

func organisationID(tx *gorm.DB, code string) (int64, error) {
	var id int64
	if err := tx.Raw("SELECT id FROM organisations WHERE code = ?", code).Scan(&id).Error; err != nil {
		return 0, fmt.Errorf("read organisation: %w", err)
	}
	if id == 0 {
		return 0, models.NotFound("organisation")
	}
	return id, nil
}

// DisableUser closes an account and ends its sessions at once. Errors:
// user.not_found.
func (s *System) DisableUser(ctx context.Context, name string) error {
	return s.changeUser(ctx, name, "user.disable", func(tx *gorm.DB, id string) error {
		return tx.Exec("UPDATE users SET status = 'disabled' WHERE id = ?", id).Error
	})
}

// EnableUser opens a disabled account again. Errors: user.not_found.
func (s *System) EnableUser(ctx context.Context, name string) error {
	return s.changeUser(ctx, name, "user.enable", func(tx *gorm.DB, id string) error { return setStatus(tx, id, models.UserActive) })
}

// SetRoles gives an account these roles in place of the old ones, the server's
// administrator among them, which no screen gives. Errors: user.not_found.
func (s *System) SetRoles(ctx context.Context, name string, roles []models.Role) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		a, held, err := findAccount(tx, "WHERE u.user_name = ?", name)
		if err != nil {
			return err
		}
		if err := replaceRoles(tx, s.s.now(), a.OrganisationID, a.Row.ID, roles); err != nil {
			return err
		}
		changes := models.RoleChanges(held, inOrder(roles))
		return s.s.appendAudit(ctx, tx, auditRow{OrganisationID: &a.OrganisationID, Action: "user.roles", Object: a.Row.ID, Fields: changes})
	})
}

// ResetPassword sets a new hash, opens a disabled account again and ends its
// sessions. Errors: user.not_found.
func (s *System) ResetPassword(ctx context.Context, name, hash string) error {
	return s.changeUser(ctx, name, "user.reset", func(tx *gorm.DB, id string) error {
		return tx.Exec("UPDATE users SET password_hash = ?, status = 'active' WHERE id = ?", hash, id).Error
	})
}

func (s *System) changeUser(ctx context.Context, name, action string, change func(*gorm.DB, string) error) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		a, _, err := findAccount(tx, "WHERE u.user_name = ?", name)
		if err != nil {
			return err
		}
		if err := change(tx, a.Row.ID); err != nil {
			return fmt.Errorf("%s: %w", action, err)
		}
		if err := errors.Join(dropTickets(tx, a.Row.ID), dropResets(tx, a.Row.ID)); err != nil {
			return err
		}
		if err := errors.Join(endSessions(tx, s.s.now(), "user_id = ?", a.Row.ID), endTokens(tx, s.s.now(), a.Row.ID)); err != nil {
			return err
		}
		return s.s.appendAudit(ctx, tx, auditRow{OrganisationID: &a.OrganisationID, Action: action, Object: a.Row.ID})
	})
}
