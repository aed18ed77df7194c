package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// maxPeople is how many people of an organisation are offered.
const maxPeople = 1000

// people are the caseworkers and reviewers of the organisation as one record
// sees them, by name.
func (v *View) people(tx *gorm.DB, incident int64) ([]models.Teammate, error) {
	var rows []struct {
		ID       string
		UserName string
		Role     models.Role
		OnTeam   bool
		Named    bool
	}
	err := tx.Raw(`SELECT u.id, u.user_name, mr.role, m.user_id IS NOT NULL AS on_team, COALESCE(m.named, FALSE) AS named
		FROM users u
		JOIN memberships ms ON ms.user_id = u.id AND ms.organisation_id = ? AND ms.status = 'active'
		JOIN membership_roles mr ON mr.user_id = u.id AND mr.organisation_id = ms.organisation_id
		LEFT JOIN incident_members m ON m.user_id = u.id AND m.incident_id = ?
		WHERE u.status = 'active' AND mr.role IN ('caseworker', 'reviewer')
		ORDER BY u.user_name, mr.role LIMIT ?`, v.p.OrganisationID, incident, maxPeople).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	out := []models.Teammate{}
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].UserID == r.ID {
			out[n-1].Roles = append(out[n-1].Roles, r.Role)
			continue
		}
		out = append(out, models.Teammate{UserID: r.ID, UserName: r.UserName, Roles: []models.Role{r.Role}, OnTeam: r.OnTeam, Named: r.Named})
	}
	return out, nil
}

// Team reads who works on a record and who could. Errors: incident.not_found.
func (v *View) Team(ctx context.Context, ref string) (out models.Team, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		rec, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		out, err = v.team(tx, rec)
		return err
	})
	return out, err
}

func (v *View) team(tx *gorm.DB, rec whole) (out models.Team, err error) {
	if out.People, err = v.people(tx, rec.id); err != nil {
		return out, err
	}
	out.Asked = []models.ReviewRequest{}
	err = tx.Raw(`SELECT u.user_name, b.user_name AS asked_by, q.at FROM review_requests q JOIN users u ON u.id = q.user_id JOIN users b ON b.id = q.asked_by
		WHERE q.incident_id = ? ORDER BY u.user_name LIMIT ?`, rec.id, maxPeople).Scan(&out.Asked).Error
	if err != nil {
		return out, fmt.Errorf("read review requests: %w", err)
	}
	for i := range out.Asked {
		out.Asked[i].At = models.UTC(out.Asked[i].At)
	}
	out.Authors, out.MayAssign = rec.Standing.Authors, v.p.CanEdit(rec.OnTeam)
	return out, nil
}

// staffed locks a record, lets change act on its team, and answers the team.
func (v *View) staffed(ctx context.Context, ref, user, action string, change func(tx *gorm.DB, rec whole, team models.Team, who models.Teammate) error) (out models.Team, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		rec, err := v.lockWhole(tx, ref)
		if err != nil {
			return err
		}
		if !v.p.CanEdit(rec.OnTeam) {
			return models.Fail(models.KindForbidden, "permission.denied", "Only the record's team and reviewers may do this.")
		}
		team, err := v.team(tx, rec)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(team.People, func(t models.Teammate) bool { return t.UserID == user })
		if at < 0 {
			return models.NotFound("user")
		}
		if err := v.s.vouch(tx, []int64{rec.id}, rec.Version, func() error { return change(tx, rec, team, team.People[at]) }); err != nil {
			return err
		}
		if out, err = v.team(tx, rec); err != nil {
			return err
		}
		return v.audit(ctx, tx, action, rec.Ref+" "+user, nil)
	})
	return out, err
}

// Assign puts somebody on the team of a record; of a sealed one it names them.
// Errors: incident.not_found, permission.denied, user.not_found,
// team.wrong_role.
func (v *View) Assign(ctx context.Context, ref, user string) (models.Team, error) {
	return v.staffed(ctx, ref, user, "team.assign", func(tx *gorm.DB, rec whole, _ models.Team, who models.Teammate) error {
		if !who.MayJoin(rec.Sensitivity) {
			return models.Fail(models.KindConflict, "team.wrong_role", "Only caseworkers join a team, and reviewers that of a sealed record.")
		}
		named := rec.Sensitivity == sealed
		err := tx.Exec(`INSERT INTO incident_members (incident_id, user_id, named) VALUES (?, ?, ?)
			ON CONFLICT (incident_id, user_id) DO UPDATE SET named = incident_members.named OR excluded.named`, rec.id, user, named).Error
		if err != nil {
			return fmt.Errorf("assign: %w", err)
		}
		if who.OnTeam && (who.Named || !named) {
			return nil // was there already
		}
		return v.notify(tx, rec.id, models.NoticeAssigned, []string{user})
	})
}

// Unassign takes somebody off the team. Errors: incident.not_found,
// permission.denied, user.not_found, team.last_one.
func (v *View) Unassign(ctx context.Context, ref, user string) (models.Team, error) {
	return v.staffed(ctx, ref, user, "team.unassign", func(tx *gorm.DB, rec whole, team models.Team, who models.Teammate) error {
		others := slices.ContainsFunc(team.People, func(t models.Teammate) bool {
			return t.UserID != user && t.OnTeam && slices.Contains(t.Roles, models.RoleCaseworker)
		})
		if who.OnTeam && slices.Contains(who.Roles, models.RoleCaseworker) && !others {
			return models.Fail(models.KindConflict, "team.last_one", "Put another caseworker on the team first: a record without one is edited by nobody.")
		}
		if err := tx.Exec("DELETE FROM incident_members WHERE incident_id = ? AND user_id = ?", rec.id, user).Error; err != nil {
			return fmt.Errorf("unassign: %w", err)
		}
		return nil
	})
}

// AskReview asks a reviewer to look at a record. Errors: incident.not_found,
// permission.denied, user.not_found, team.no_reviewer.
func (v *View) AskReview(ctx context.Context, ref, user string) (models.Team, error) {
	return v.staffed(ctx, ref, user, "review.ask", func(tx *gorm.DB, rec whole, team models.Team, who models.Teammate) error {
		if !who.MayReviewAsAsked(rec.Sensitivity, team.Authors) {
			return models.Fail(models.KindConflict, "team.no_reviewer", "Ask a reviewer who may see the record and did not write this version.")
		}
		done := tx.Exec("INSERT INTO review_requests (incident_id, user_id, asked_by, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			rec.id, user, v.p.UserID, v.s.now())
		if done.Error != nil {
			return fmt.Errorf("ask for review: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return nil
		}
		return v.notify(tx, rec.id, models.NoticeReviewAsked, []string{user})
	})
}

// UnaskReview takes that back. Errors: incident.not_found, permission.denied,
// user.not_found.
func (v *View) UnaskReview(ctx context.Context, ref, user string) (models.Team, error) {
	return v.staffed(ctx, ref, user, "review.unask", func(tx *gorm.DB, rec whole, _ models.Team, _ models.Teammate) error {
		if err := tx.Exec("DELETE FROM review_requests WHERE incident_id = ? AND user_id = ?", rec.id, user).Error; err != nil {
			return fmt.Errorf("take back review request: %w", err)
		}
		return nil
	})
}

// followed tells the team of a record what a save did, and forgets who was
// asked to review it once it is judged.
func (v *View) followed(tx *gorm.DB, old whole, s save) error {
	kind := ""
	switch s.action {
	case models.ActionApprovePending:
		kind = models.NoticePendingApproved
	case models.ActionRejectPending:
		kind = models.NoticePendingRejected
	case models.ActionVerification:
		kind = models.NoticeVerified
	}
	to, moved := s.set["workflow_status"].(string)
	if moved = moved && to != old.WorkflowStatus && s.action != models.ActionUndo; moved {
		kind = models.NoticeOfStatus(old.WorkflowStatus, to)
	}
	if kind == "" {
		return nil
	}
	from := "SELECT user_id FROM incident_members WHERE incident_id = ?"
	if kind == models.NoticeSubmitted {
		from = "SELECT user_id FROM review_requests WHERE incident_id = ?"
	}
	var users []string
	if err := tx.Raw(from+" LIMIT ?", old.id, maxPeople).Scan(&users).Error; err != nil {
		return fmt.Errorf("read team: %w", err)
	}
	if moved && to != models.StatusInReview && to != models.StatusDraft {
		if err := tx.Exec("DELETE FROM review_requests WHERE incident_id = ?", old.id).Error; err != nil {
			return fmt.Errorf("forget review requests: %w", err)
		}
	}
	return v.notify(tx, old.id, kind, users)
}

type notificationRow struct {
	ID         string
	UserID     string
	IncidentID int64
	Kind       string
	ActorID    *string
	At         time.Time
	ReadAt     *time.Time
}

func (notificationRow) TableName() string { return "notifications" }

// notify tells people that something happened, but never oneself of one's own
// doing. What is older than the last 500 goes.
func (v *View) notify(tx *gorm.DB, incident int64, kind string, users []string) error {
	var rows []notificationRow
	for _, user := range users {
		if user == v.p.UserID {
			continue
		}
		key, err := v.s.rowKey()
		if err != nil {
			return err
		}
		row := notificationRow{ID: key, UserID: user, IncidentID: incident, Kind: kind, At: v.s.now()}
		if v.p.UserID != "" {
			row.ActorID = &v.p.UserID
		}
		rows = append(rows, row)
	}
	if err := insertRows(tx, rows); err != nil {
		return err
	}
	for _, r := range rows {
		err := tx.Exec("DELETE FROM notifications WHERE user_id = ? AND id NOT IN (SELECT id FROM notifications WHERE user_id = ? ORDER BY at DESC, id DESC LIMIT ?)",
			r.UserID, r.UserID, models.MaxNotifications).Error
		if err != nil {
			return fmt.Errorf("drop old notifications: %w", err)
		}
	}
	return nil
}
