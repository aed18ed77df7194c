package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// keyLife is how long a key keeps its effect (S56).
const keyLife = 7 * 24 * time.Hour

// claimKey takes an idempotency key in the transaction of its effect. If it
// was taken before with the same body, it answers the object made then;
// with another body idempotency.key_reused. A rival in flight holds the row
// until it commits, so that two never both create.
func (v *View) claimKey(tx *gorm.DB, operation, key, bodyHash string) (object string, err error) {
	now := v.s.now()
	if err := tx.Exec("DELETE FROM idempotency_keys WHERE created_at < ?", now.Add(-keyLife)).Error; err != nil {
		return "", fmt.Errorf("forget old keys: %w", err)
	}
	claimed := tx.Exec(`INSERT INTO idempotency_keys (user_id, operation, idempotency_key, body_hash, object, created_at)
		VALUES (?, ?, ?, ?, '', ?) ON CONFLICT DO NOTHING`, v.p.UserID, operation, key, bodyHash, now)
	if claimed.Error != nil {
		return "", fmt.Errorf("claim key: %w", claimed.Error)
	}
	if claimed.RowsAffected == 1 {
		return "", nil
	}
	var earlier struct{ BodyHash, Object string }
	err = tx.Raw("SELECT body_hash, object FROM idempotency_keys WHERE user_id = ? AND operation = ? AND idempotency_key = ?",
		v.p.UserID, operation, key).Scan(&earlier).Error
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	if earlier.BodyHash != bodyHash {
		return "", models.Fail(models.KindInvalid, "idempotency.key_reused", "This Idempotency-Key was used for another body. Send a new key.")
	}
	return earlier.Object, nil
}

// fulfilKey ties the key to what was made under it.
func (v *View) fulfilKey(tx *gorm.DB, operation, key, object string) error {
	err := tx.Exec("UPDATE idempotency_keys SET object = ? WHERE user_id = ? AND operation = ? AND idempotency_key = ?",
		object, v.p.UserID, operation, key).Error
	if err != nil {
		return fmt.Errorf("fulfil key: %w", err)
	}
	return nil
}
