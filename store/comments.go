package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type commentRow struct {
	ID         string
	IncidentID int64
	UserID     string
	At         time.Time
	EditedAt   *time.Time
	DeletedAt  *time.Time
	ResolvedAt *time.Time
	ResolvedBy *string
	RowKey     string
	Protected  []byte
}

func (commentRow) TableName() string { return "comments" }

type protectedComment struct {
	Body string
}

// namedComment is a comment with the names of people in it.
type namedComment struct {
	Row          commentRow `gorm:"embedded"`
	Author       string
	ResolverName *string
}

const namedComments = `SELECT c.*, u.user_name AS author, b.user_name AS resolver_name
	FROM comments c JOIN users u ON u.id = c.user_id LEFT JOIN users b ON b.id = c.resolved_by `

// discussed reads a record whose comments the principal may read. Errors:
// incident.not_found, permission.denied.
func (v *View) discussed(tx *gorm.DB, ref string) (whole, error) {
	rec, err := v.whole(tx, ref)
	if err == nil && !v.p.SeesProtected(rec.OnTeam) {
		err = models.Fail(models.KindForbidden, "permission.denied", "Comments are for the record's team and reviewers.")
	}
	return rec, err
}

// Comments reads what was said about a record, oldest first, and whom one may
// mention. Errors: incident.not_found, permission.denied.
func (v *View) Comments(ctx context.Context, ref string) (out []models.Comment, people []models.Teammate, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		rec, err := v.discussed(tx, ref)
		if err != nil {
			return err
		}
		all, err := v.people(tx, rec.id)
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.SeesRecord(rec.Sensitivity) {
				people = append(people, p)
			}
		}
		var rows []namedComment
		if err := tx.Raw(namedComments+"WHERE c.incident_id = ? ORDER BY c.at, c.id LIMIT ?", rec.id, models.MaxComments).Scan(&rows).Error; err != nil {
			return fmt.Errorf("read comments: %w", err)
		}
		out, err = v.comments(tx, rows)
		return err
	})
	return out, people, err
}

func (v *View) comments(tx *gorm.DB, rows []namedComment) ([]models.Comment, error) {
	out := make([]models.Comment, len(rows))
	ids, at := make([]string, len(rows)), map[string]int{}
	for i, r := range rows {
		c, err := v.s.comment(tx, r)
		if err != nil {
			return nil, err
		}
		out[i], ids[i], at[c.ID] = c, c.ID, i
	}
	var mentions []struct{ CommentID, UserName string }
	err := tx.Raw("SELECT m.comment_id, u.user_name FROM comment_mentions m JOIN users u ON u.id = m.user_id WHERE m.comment_id IN ? ORDER BY u.user_name", orNone(ids)).Scan(&mentions).Error
	if err != nil {
		return nil, fmt.Errorf("read mentions: %w", err)
	}
	for _, m := range mentions {
		c := &out[at[m.CommentID]]
		c.Mentions = append(c.Mentions, m.UserName)
	}
	return out, nil
}

func (s *Store) comment(tx *gorm.DB, r namedComment) (models.Comment, error) {
	c := models.Comment{
		ID: r.Row.ID, Author: r.Author, At: models.UTC(r.Row.At), EditedAt: utc(r.Row.EditedAt), DeletedAt: utc(r.Row.DeletedAt),
		ResolvedAt: utc(r.Row.ResolvedAt), ResolvedBy: r.ResolverName, Mentions: []string{},
	}
	var hidden protectedComment
	if err := s.openIn(tx, ofRecord(r.Row.IncidentID), "comments", r.Row.RowKey, r.Row.Protected, &hidden); err != nil {
		return c, err
	}
	c.Body = hidden.Body
	return c, nil
}

const createCommentOperation = "createComment"

// Comment says something about a record, once for an idempotency key. People
// named as @user_name are told; naming somebody who may not read it is refused.
// Errors: idempotency.key_reused, incident.not_found,
// permission.denied, comment.too_many, validation.failed.
func (v *View) Comment(ctx context.Context, ref, body, key, bodyHash string) (out models.Comment, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		rec, err := v.discussed(tx, ref)
		if err != nil {
			return err
		}
		earlier, err := v.claimKey(tx, createCommentOperation, key, bodyHash)
		if err != nil {
			return err
		}
		if earlier != "" {
			out, err = v.commentByID(tx, earlier)
			return err
		}
		var there int
		if err := tx.Raw("SELECT COUNT(*) FROM comments WHERE incident_id = ?", rec.id).Scan(&there).Error; err != nil {
			return fmt.Errorf("count comments: %w", err)
		}
		if there >= models.MaxComments {
			return models.Fail(models.KindConflict, "comment.too_many", "This record has 500 comments. Put what matters into the record itself.")
		}
		row := commentRow{ID: uuid.NewString(), IncidentID: rec.id, UserID: v.p.UserID, At: v.s.now()}
		if err := v.s.sealComment(tx, &row, body); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert comment: %w", err)
		}
		if err := v.fulfilKey(tx, createCommentOperation, key, row.ID); err != nil {
			return err
		}
		mentioned, err := v.mention(tx, rec, row.ID, body)
		if err != nil {
			return err
		}
		if err := v.tellOfComment(tx, rec, mentioned); err != nil {
			return err
		}
		if out, err = v.commentByID(tx, row.ID); err != nil {
			return err
		}
		return v.audit(ctx, tx, "comment.create", rec.Ref, nil)
	})
	return out, err
}

func (s *Store) sealComment(tx *gorm.DB, row *commentRow, body string) (err error) {
	if row.RowKey, err = s.rowKey(); err != nil {
		return err
	}
	row.Protected, err = s.sealIn(tx, ofRecord(row.IncidentID), "comments", row.RowKey, protectedComment{Body: body})
	return err
}

// mention keeps whom a comment names.
func (v *View) mention(tx *gorm.DB, rec whole, comment, body string) ([]string, error) {
	people, err := v.people(tx, rec.id)
	if err != nil {
		return nil, err
	}
	if err := tx.Exec("DELETE FROM comment_mentions WHERE comment_id = ?", comment).Error; err != nil {
		return nil, fmt.Errorf("forget mentions: %w", err)
	}
	var users []string
	for _, t := range models.Mentioned(body, people) {
		if !t.SeesRecord(rec.Sensitivity) {
			return nil, models.Invalid([]models.FieldError{{Pointer: "#/body", Code: "mention_cannot_read", Params: map[string]any{"name": t.UserName}}})
		}
		users = append(users, t.UserID)
		if err := tx.Exec("INSERT INTO comment_mentions (comment_id, user_id) VALUES (?, ?)", comment, t.UserID).Error; err != nil {
			return nil, fmt.Errorf("insert mention: %w", err)
		}
	}
	return users, nil
}

// tellOfComment tells those who were named, and the rest of the team that there
// is a comment.
func (v *View) tellOfComment(tx *gorm.DB, rec whole, mentioned []string) error {
	if err := v.notify(tx, rec.id, models.NoticeMentioned, mentioned); err != nil {
		return err
	}
	var team []string
	err := tx.Raw("SELECT user_id FROM incident_members WHERE incident_id = ? AND user_id NOT IN ? LIMIT ?", rec.id, orNone(mentioned), maxPeople).Scan(&team).Error
	if err != nil {
		return fmt.Errorf("read team: %w", err)
	}
	return v.notify(tx, rec.id, models.NoticeCommented, team)
}

func (v *View) commentByID(tx *gorm.DB, id string) (models.Comment, error) {
	var rows []namedComment
	if err := tx.Raw(namedComments+"WHERE c.id = ?", id).Scan(&rows).Error; err != nil {
		return models.Comment{}, fmt.Errorf("read comment: %w", err)
	}
	if len(rows) == 0 {
		return models.Comment{}, models.NotFound("comment")
	}
	out, err := v.comments(tx, rows)
	if err != nil {
		return models.Comment{}, err
	}
	return out[0], nil
}

// changeComment locks a comment of a record that the principal may read, and
// writes the columns that decide answers. Errors: comment.not_found,
// permission.denied, and those of decide.
func (v *View) changeComment(ctx context.Context, ref, id, action string, decide func(tx *gorm.DB, rec whole, c models.Comment) (map[string]any, error)) (out models.Comment, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		rec, err := v.discussed(tx, ref)
		if err != nil {
			return err
		}
		var own int64
		if err := tx.Raw("SELECT COUNT(*) FROM (SELECT id FROM comments WHERE id = ? AND incident_id = ?"+v.s.lock()+") c", id, rec.id).Scan(&own).Error; err != nil {
			return fmt.Errorf("lock comment: %w", err)
		}
		if own == 0 {
			return models.NotFound("comment")
		}
		c, err := v.commentByID(tx, id)
		if err != nil {
			return err
		}
		set, err := decide(tx, rec, c)
		if err != nil {
			return err
		}
		if err := tx.Model(&commentRow{}).Where("id = ?", id).Updates(set).Error; err != nil {
			return fmt.Errorf("update comment: %w", err)
		}
		if out, err = v.commentByID(tx, id); err != nil {
			return err
		}
		return v.audit(ctx, tx, action, rec.Ref, nil)
	})
	return out, err
}

// EditComment replaces the text of one's own comment. Errors: those of
// changeComment, comment.late, validation.failed.
func (v *View) EditComment(ctx context.Context, ref, id, body string) (models.Comment, error) {
	return v.changeComment(ctx, ref, id, "comment.edit", func(tx *gorm.DB, rec whole, c models.Comment) (map[string]any, error) {
		if err := v.p.MayChangeComment(c, v.s.clock()); err != nil {
			return nil, err
		}
		row := commentRow{IncidentID: rec.id}
		if err := v.s.sealComment(tx, &row, body); err != nil {
			return nil, err
		}
		before := map[string]bool{}
		for _, name := range c.Mentions {
			before[name] = true
		}
		if _, err := v.mention(tx, rec, id, body); err != nil {
			return nil, err
		}
		after, err := v.commentByID(tx, id)
		if err != nil {
			return nil, err
		}
		if err := v.tellNew(tx, rec, before, after.Mentions); err != nil {
			return nil, err
		}
		return map[string]any{"row_key": row.RowKey, "protected": row.Protected, "edited_at": v.s.now()}, nil
	})
}

// tellNew tells those whom only the new text names.
func (v *View) tellNew(tx *gorm.DB, rec whole, before map[string]bool, names []string) error {
	people, err := v.people(tx, rec.id)
	if err != nil {
		return err
	}
	var users []string
	for _, t := range people {
		for _, name := range names {
			if t.UserName == name && !before[name] {
				users = append(users, t.UserID)
			}
		}
	}
	return v.notify(tx, rec.id, models.NoticeMentioned, users)
}

// DeleteComment takes away the text of one's own comment; that there was one
// stays. Errors: those of changeComment, comment.late, hold.in_force.
func (v *View) DeleteComment(ctx context.Context, ref, id string) error {
	_, err := v.changeComment(ctx, ref, id, "comment.delete", func(tx *gorm.DB, rec whole, c models.Comment) (map[string]any, error) {
		if err := v.p.MayChangeComment(c, v.s.clock()); err != nil {
			return nil, err
		}
		if err := refuseUnderHold(tx, rec.id); err != nil {
			return nil, err
		}
		if err := tx.Exec("DELETE FROM comment_mentions WHERE comment_id = ?", id).Error; err != nil {
			return nil, fmt.Errorf("forget mentions: %w", err)
		}
		return map[string]any{"protected": nil, "deleted_at": v.s.now()}, nil
	})
	return err
}

// ResolveComment says that nothing is left to do about a comment, or that
// something is again. Errors: those of changeComment.
func (v *View) ResolveComment(ctx context.Context, ref, id string, resolved bool) (models.Comment, error) {
	return v.changeComment(ctx, ref, id, "comment.resolve", func(*gorm.DB, whole, models.Comment) (map[string]any, error) {
		if !resolved {
			return map[string]any{"resolved_at": nil, "resolved_by": nil}, nil
		}
		return map[string]any{"resolved_at": v.s.now(), "resolved_by": v.p.UserID}, nil
	})
}

// eraseComments takes away what was said about a record whose protected fields
// are erased.
func (s *Store) eraseComments(tx *gorm.DB, incident int64) error {
	err := tx.Exec("UPDATE comments SET protected = NULL, deleted_at = COALESCE(deleted_at, ?) WHERE incident_id = ?", s.now(), incident).Error
	if err != nil {
		return fmt.Errorf("erase comments: %w", err)
	}
	return nil
}
