package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// auditRow is one link of the chain (S41): who did what to which object, names
// of fields but never values, and a MAC over it and the link before.
type auditRow struct {
	Seq            int64
	At             time.Time
	Actor          string // user id; "" for the program itself
	OrganisationID *int64
	Action         string
	Object         string // ref or id
	Fields         codeList
	RequestID      string
	Prev           string
	Mac            string
}

func (auditRow) TableName() string { return "audit" }

func (s *Store) auditMAC(r auditRow) (string, error) {
	organisation := int64(0)
	if r.OrganisationID != nil {
		organisation = *r.OrganisationID
	}
	data, err := json.Marshal([]any{
		r.Seq, r.At.UTC().UnixMilli(), r.Actor, organisation, r.Action, r.Object, []string(r.Fields), r.RequestID, r.Prev,
	})
	if err != nil {
		return "", fmt.Errorf("encode audit row: %w", err)
	}
	mac := hmac.New(sha256.New, s.auditKey)
	mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// audit appends a row as the view's principal.
func (v *View) audit(ctx context.Context, tx *gorm.DB, action, object string, fields []string) error {
	organisation := v.p.OrganisationID
	return v.s.appendAudit(ctx, tx, auditRow{Actor: v.p.UserID, OrganisationID: &organisation, Action: action, Object: object, Fields: fields})
}

// appendAudit links a row to the chain. It is called last in a transaction:
// the head is locked until the commit.
func (s *Store) appendAudit(ctx context.Context, tx *gorm.DB, r auditRow) error {
	var head struct {
		Seq int64
		Mac string
	}
	if err := tx.Raw("SELECT seq, mac FROM audit_head WHERE id = 1" + s.lock()).Scan(&head).Error; err != nil {
		return fmt.Errorf("read audit head: %w", err)
	}
	if r.OrganisationID != nil && *r.OrganisationID == 0 {
		r.OrganisationID = nil
	}
	if r.Fields == nil {
		r.Fields = codeList{}
	}
	r.Seq, r.At, r.Prev, r.RequestID = head.Seq+1, s.now(), head.Mac, requestID(ctx)
	var err error
	if r.Mac, err = s.auditMAC(r); err != nil {
		return err
	}
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("insert audit row: %w", err)
	}
	if err := tx.Exec("UPDATE audit_head SET seq = ?, mac = ? WHERE id = 1", r.Seq, r.Mac).Error; err != nil {
		return fmt.Errorf("move audit head: %w", err)
	}
	return nil
}

// Denied records a request that the principal's roles do not allow.
func (v *View) Denied(ctx context.Context, operation string) error {
	return v.transact(ctx, func(tx *gorm.DB) error { return v.audit(ctx, tx, "permission.denied", operation, nil) })
}

// auditBatch is how many links are checked at once.
const auditBatch = 1000

// VerifyAudit walks the chain. rows is its length; firstBroken is the number
// of the first row that was changed, removed or added, 0 if there is none.
func (s *System) VerifyAudit(ctx context.Context) (rows, firstBroken int64, err error) {
	return s.s.walkAudit(ctx, func(auditRow) {})
}

// walkAudit verifies the chain and shows every row that is whole.
func (s *Store) walkAudit(ctx context.Context, whole func(auditRow)) (rows, firstBroken int64, err error) {
	err = s.read(ctx, func(tx *gorm.DB) error {
		prev := ""
		for {
			var batch []auditRow
			if err := tx.Where("seq > ?", rows).Order("seq").Limit(auditBatch).Find(&batch).Error; err != nil {
				return fmt.Errorf("read audit: %w", err)
			}
			for _, r := range batch {
				want, err := s.auditMAC(r)
				if err != nil {
					return err
				}
				if r.Seq != rows+1 || r.Prev != prev || !hmac.Equal([]byte(r.Mac), []byte(want)) {
					firstBroken = rows + 1
					return nil
				}
				rows, prev = r.Seq, r.Mac
				whole(r)
			}
			if len(batch) < auditBatch {
				break
			}
		}
		var head struct {
			Seq int64
			Mac string
		}
		if err := tx.Raw("SELECT seq, mac FROM audit_head WHERE id = 1").Scan(&head).Error; err != nil {
			return fmt.Errorf("read audit head: %w", err)
		}
		if head.Seq != rows || head.Mac != prev {
			firstBroken = rows + 1
		}
		return nil
	})
	return rows, firstBroken, err
}
