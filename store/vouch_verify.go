package store

import (
	"context"
	"crypto/hmac"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// vouchStep records are summed up in one transaction.
const vouchStep = 200

// vouchOlder vouches once for the records from before there were sums, in steps
// that each stand for themselves. The audit tells when it was done and for how
// many: whoever takes sums away and puts the flag back gets them anew only once,
// and not unseen.
func (s *Store) vouchOlder(ctx context.Context) error {
	done := false
	err := s.read(ctx, func(tx *gorm.DB) error {
		state, err := s.keyState(tx, "")
		if err != nil || state.Vouched {
			done = true
			return err
		}
		return tx.Raw("SELECT EXISTS (SELECT 1 FROM audit WHERE action = ?)", actionVouched).Scan(&done).Error
	})
	if err != nil || done {
		return err
	}
	made := 0
	for last := int64(0); ; {
		var ids []int64
		err := s.write(ctx, func(tx *gorm.DB) error {
			const bare = "SELECT i.id FROM incidents i WHERE i.id > ? AND NOT EXISTS (SELECT 1 FROM record_macs m WHERE m.incident_id = i.id AND m.version = 0) ORDER BY i.id LIMIT ?"
			ids = nil
			if err := tx.Raw(bare, last, vouchStep).Scan(&ids).Error; err != nil {
				return fmt.Errorf("find records to vouch for: %w", err)
			}
			if len(ids) == 0 {
				return nil
			}
			return s.vouchNew(tx, ids)
		})
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		made, last = made+len(ids), ids[len(ids)-1]
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := setKeyState(tx, map[string]any{"vouched": true}); err != nil || made == 0 {
			return err
		}
		return s.appendAudit(ctx, tx, auditRow{Action: actionVouched, Object: "records", Fields: codeList{strconv.Itoa(made)}})
	})
}

const actionVouched = "records.vouch"

// AlteredRecord is a record that is not as the program left it.
type AlteredRecord struct {
	Ref string // "" when the record is gone
	ID  int64  // the internal number
	// What is what was altered: AlteredContent, AlteredHistory, AlteredGone, or
	// AlteredBare.
	What string
}

// What was altered.
const (
	AlteredContent = "content" // the record or what belongs to it
	AlteredHistory = "history" // an earlier version
	AlteredGone    = "gone"    // deleted past the program
	AlteredBare    = "bare"    // has no sum: put in past the program, or its sum was taken away
)

// VerifyRecords compares every record with the sum that vouches for it. found
// hears of each that does not fit, progress how many were compared so far.
func (s *System) VerifyRecords(ctx context.Context, found func(AlteredRecord), progress func(done, total int)) (records int, err error) {
	total := 0
	err = s.s.read(ctx, func(tx *gorm.DB) error { return tx.Raw("SELECT COUNT(*) FROM incidents").Scan(&total).Error })
	if err != nil {
		return 0, fmt.Errorf("count records: %w", err)
	}
	for last := int64(-1 << 62); ; {
		var some []incidentRow
		err := s.s.read(ctx, func(tx *gorm.DB) error {
			some = nil
			if err := tx.Raw("SELECT id, ref FROM incidents WHERE id > ? ORDER BY id LIMIT ?", last, vouchStep).Scan(&some).Error; err != nil {
				return fmt.Errorf("read records: %w", err)
			}
			upTo := int64(1<<62 - 1)
			if len(some) == vouchStep {
				upTo = some[len(some)-1].ID
			}
			return s.s.compare(tx, some, last, upTo, found)
		})
		if err != nil {
			return records, err
		}
		records += len(some)
		progress(records, max(total, records))
		if len(some) < vouchStep {
			return records, nil
		}
		last = some[len(some)-1].ID
	}
}

// compare looks at some records, and at all sums between two internal numbers.
func (s *Store) compare(tx *gorm.DB, some []incidentRow, after, upTo int64, found func(AlteredRecord)) error {
	ids, refs := make([]int64, len(some)), map[int64]string{}
	for i, r := range some {
		ids[i], refs[r.ID] = r.ID, r.Ref
	}
	sums, err := s.sums(tx, orNoID(ids), 0)
	if err != nil {
		return err
	}
	var kept []recordMAC
	if err := tx.Raw("SELECT * FROM record_macs WHERE incident_id > ? AND incident_id <= ?", after, upTo).Scan(&kept).Error; err != nil {
		return fmt.Errorf("read sums: %w", err)
	}
	wrong := map[int64]string{}
	note := func(id int64, what string) {
		if wrong[id] == "" || what == AlteredContent {
			wrong[id] = what
		}
	}
	for _, k := range kept {
		of := vouched{k.IncidentID, k.Version}
		sum, there := sums[of]
		delete(sums, of)
		switch {
		case refs[k.IncidentID] == "":
			note(k.IncidentID, AlteredGone)
		case there && hmac.Equal([]byte(sum), []byte(k.Mac)):
		case k.Version == 0:
			note(k.IncidentID, AlteredContent)
		default:
			note(k.IncidentID, AlteredHistory)
		}
	}
	for of := range sums {
		note(of.incident, AlteredBare)
	}
	for _, id := range slices.Sorted(maps.Keys(wrong)) {
		found(AlteredRecord{Ref: refs[id], ID: id, What: wrong[id]})
	}
	return nil
}

func orNoID(ids []int64) []int64 {
	if len(ids) == 0 {
		return []int64{0}
	}
	return ids
}

// VouchedAfterwards tells when sums were made for records from before there were
// any; zero if never.
func (s *System) VouchedAfterwards(ctx context.Context) (at time.Time, err error) {
	var rows []auditRow
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT * FROM audit WHERE action = ? ORDER BY seq DESC LIMIT 1", actionVouched).Scan(&rows).Error
	})
	if err != nil || len(rows) == 0 {
		return at, err
	}
	return models.UTC(rows[0].At), nil
}
