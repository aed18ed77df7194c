package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"farwatch/models"
)

// dismissalRow says that two records do not tell the same. The note is sealed:
// it may name people.
type dismissalRow struct {
	IncidentID int64 // the smaller id of the two
	OtherID    int64
	UserID     string
	At         time.Time
	RowKey     string
	Protected  []byte
}

func (dismissalRow) TableName() string { return "duplicate_dismissals" }

type protectedDismissal struct {
	Note *string `json:",omitempty"`
}

// dismissed is a dismissal with who said it.
type dismissed struct {
	Row      dismissalRow `gorm:"embedded"`
	UserName string
	Note     *string `gorm:"-"`
}

// DismissDuplicate remembers for the organisation that two records do not tell
// the same; whoever says it last is kept. Errors: incident.not_found for
// either, duplicate.same_record.
func (v *View) DismissDuplicate(ctx context.Context, ref, other string, note *string) (out models.Dismissal, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		low, high, err := v.pair(tx, ref, other)
		if err != nil {
			return err
		}
		key, err := v.s.rowKey()
		if err != nil {
			return err
		}
		sealed, err := v.s.sealIn(tx, ofRecord(low), "duplicate_dismissals", key, protectedDismissal{Note: note})
		if err != nil {
			return err
		}
		row := dismissalRow{IncidentID: low, OtherID: high, UserID: v.p.UserID, At: v.s.now(), RowKey: key, Protected: sealed}
		err = tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "incident_id"}, {Name: "other_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"user_id", "at", "row_key", "protected"}),
		}).Create(&row).Error
		if err != nil {
			return fmt.Errorf("dismiss duplicate: %w", err)
		}
		out = models.Dismissal{By: v.p.UserName, At: row.At, Note: note}
		return v.audit(ctx, tx, "duplicate.dismiss", ref+" "+other, nil)
	})
	return out, err
}

// RestoreDuplicate forgets a dismissal; to forget what nobody said is no
// fault. Errors: incident.not_found for either, duplicate.same_record.
func (v *View) RestoreDuplicate(ctx context.Context, ref, other string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		low, high, err := v.pair(tx, ref, other)
		if err != nil {
			return err
		}
		gone := tx.Exec("DELETE FROM duplicate_dismissals WHERE incident_id = ? AND other_id = ?", low, high)
		if gone.Error != nil {
			return fmt.Errorf("restore duplicate: %w", gone.Error)
		}
		if gone.RowsAffected == 0 {
			return nil
		}
		return v.audit(ctx, tx, "duplicate.restore", ref+" "+other, nil)
	})
}

// pair finds two visible records, the smaller id first.
func (v *View) pair(tx *gorm.DB, ref, other string) (low, high int64, err error) {
	if ref == other {
		return 0, 0, models.Fail(models.KindConflict, "duplicate.same_record", "A record is no duplicate of itself.")
	}
	if low, err = v.visibleID(tx, ref); err != nil {
		return 0, 0, err
	}
	if high, err = v.visibleID(tx, other); err != nil {
		return 0, 0, err
	}
	return min(low, high), max(low, high), nil
}

func (v *View) visibleID(tx *gorm.DB, ref string) (id int64, err error) {
	w := v.visible()
	w.and("i.ref = ?", ref)
	if err := tx.Raw("SELECT i.id FROM incidents i WHERE "+w.sql(), w.args...).Scan(&id).Error; err != nil {
		return 0, fmt.Errorf("find incident: %w", err)
	}
	if id == 0 {
		return 0, models.NotFound("incident")
	}
	return id, nil
}

// dismissals are those between one record and others, by the id of the other.
func (v *View) dismissals(tx *gorm.DB, id int64, others []int64) (map[int64]dismissed, error) {
	out := map[int64]dismissed{}
	if id == 0 {
		return out, nil
	}
	var rows []dismissed
	err := tx.Raw(`SELECT d.*, u.user_name FROM duplicate_dismissals d JOIN users u ON u.id = d.user_id
		WHERE (d.incident_id = ? AND d.other_id IN ?) OR (d.other_id = ? AND d.incident_id IN ?)`, id, others, id, others).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read dismissals: %w", err)
	}
	for _, r := range rows {
		var hidden protectedDismissal
		if err := v.s.openIn(tx, ofRecord(r.Row.IncidentID), "duplicate_dismissals", r.Row.RowKey, r.Row.Protected, &hidden); err != nil {
			return nil, err
		}
		r.Note = hidden.Note
		other := r.Row.IncidentID
		if other == id {
			other = r.Row.OtherID
		}
		out[other] = r
	}
	return out, nil
}

// shown gives the note only to those who see what is protected in both records.
func (d dismissed) shown(p models.Principal, base, other bool) *models.Dismissal {
	out := &models.Dismissal{By: d.UserName, At: models.UTC(d.Row.At)}
	if p.SeesProtected(base) && p.SeesProtected(other) {
		out.Note = d.Note
	}
	return out
}
