package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"farwatch/models"
)

type erasureRow struct {
	Ref            string
	OrganisationID int64
	At             time.Time
	Actor          string
	ReasonHash     string
	Kind           string
}

func (erasureRow) TableName() string { return "erasures" }

// Erase destroys a record for good: its key, so that no copy of what was sealed
// opens in this database any more, and every row of it. The ref is never given
// out again, and the ledger keeps that it was erased. Files go with the next
// sweep; Scrub clears away what rows leave behind. Errors: incident.not_found,
// hold.in_force.
func (s *System) Erase(ctx context.Context, ref, kind, reason, actor string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		record, err := s.s.erasable(tx, ref)
		if err != nil {
			return err
		}
		if record.ID == 0 {
			return models.NotFound("incident")
		}
		return s.s.eraseForGood(ctx, tx, record, kind, reason, actor)
	})
}

// eraseForGood erases a locked record that no hold keeps, and keeps that in the
// ledger. Errors: hold.in_force.
func (s *Store) eraseForGood(ctx context.Context, tx *gorm.DB, record incidentRow, kind, reason, actor string) error {
	if err := refuseUnderHold(tx, record.ID); err != nil {
		return err
	}
	if err := s.erase(tx, record); err != nil {
		return err
	}
	line := erasureRow{Ref: record.Ref, OrganisationID: record.OrganisationID, At: s.now(), Actor: actor, ReasonHash: s.reasonHash(record.Ref, reason), Kind: kind}
	if err := s.keepErasure(tx, line); err != nil {
		return err
	}
	return s.appendAudit(ctx, tx, auditRow{Actor: actor, OrganisationID: &record.OrganisationID, Action: "incident.erase", Object: record.Ref, Fields: codeList{kind}})
}

func (s *Store) erasable(tx *gorm.DB, ref string) (row incidentRow, err error) {
	if err := tx.Raw("SELECT id, organisation_id, ref FROM incidents WHERE ref = ?"+s.lock(), ref).Scan(&row).Error; err != nil {
		return row, fmt.Errorf("find record to erase: %w", err)
	}
	return row, nil
}

func (s *Store) keepErasure(tx *gorm.DB, line erasureRow) error {
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&line).Error; err != nil {
		return fmt.Errorf("keep erasure: %w", err)
	}
	return setKeyState(tx, map[string]any{"scrub_due": true, "generation": gorm.Expr("generation + 1")})
}

// reasonHash proves a reason to whoever knows it, and tells it to nobody.
func (s *Store) reasonHash(ref, reason string) string {
	mac := hmac.New(sha256.New, s.auditKey)
	mac.Write([]byte("erasure\x00" + ref + "\x00" + reason))
	return hex.EncodeToString(mac.Sum(nil))
}

// erasedTables hold rows of a record beside its entries, children before
// parents; the condition takes the record's internal id.
var erasedTables = []struct{ table, condition string }{
	{"comment_mentions", "comment_id IN (SELECT id FROM comments WHERE incident_id = @id)"},
	{"comments", "incident_id = @id"},
	{"file_custody", "file_id IN (SELECT id FROM files WHERE incident_id = @id)"},
	{"files", "incident_id = @id"},
	{"upload_parts", "upload_id IN (SELECT id FROM uploads WHERE incident_id = @id)"},
	{"uploads", "incident_id = @id"},
	{"notifications", "incident_id = @id"},
	{"review_requests", "incident_id = @id"},
	{"grants", "incident_id = @id"},
	{"duplicate_dismissals", "incident_id = @id OR other_id = @id"},
	// What others say of their relation to it goes with the relation.
	{"citations", "EXISTS (SELECT 1 FROM relations r WHERE r.to_incident_id = @id AND r.incident_id = citations.incident_id AND r.local_id = citations.entity)"},
	{"relations", "to_incident_id = @id"},
	// The file that a record came in with holds it as well.
	{"import_parts", "import_id IN (SELECT r.import_id FROM import_rows r JOIN imports m ON m.id = r.import_id WHERE r.incident_id = @id AND m.state NOT IN ('running', 'undoing'))"},
	{"import_keys", "incident_id = @id"},
	{"incident_revisions", "incident_id = @id"},
	{"incident_members", "incident_id = @id"},
	{publicTable, "ref = (SELECT ref FROM incidents WHERE id = @id)"},
	{"record_macs", "incident_id = @id"},
	{"deletions", "incident_id = @id"},
	{"legal_holds", "incident_id = @id"},
	{"public_incidents", "ref = (SELECT ref FROM incidents WHERE id = @id)"},
	{"working_copies", "incident_ref = (SELECT ref FROM incidents WHERE id = @id)"},
}

// erase destroys what there is of a record. Others lose their relations to it,
// and are vouched for as they are then.
func (s *Store) erase(tx *gorm.DB, record incidentRow) error {
	var others []int64
	const related = "SELECT DISTINCT incident_id FROM relations WHERE to_incident_id = ? AND incident_id <> ?"
	if err := tx.Raw(related, record.ID, record.ID).Scan(&others).Error; err != nil {
		return fmt.Errorf("find related records: %w", err)
	}
	if len(others) == 0 {
		return s.eraseRows(tx, record)
	}
	return s.vouch(tx, others, 0, func() error { return s.eraseRows(tx, record) })
}

func (s *Store) eraseRows(tx *gorm.DB, record incidentRow) error {
	if err := s.buryFiles(tx, record.ID); err != nil {
		return err
	}
	for _, t := range erasedTables {
		gone := tx.Exec("DELETE FROM "+t.table+" WHERE "+t.condition, map[string]any{"id": record.ID})
		if gone.Error != nil {
			return fmt.Errorf("erase %s: %w", t.table, gone.Error)
		}
		if t.table == publicTable {
			if err := publicRemoved(tx, gone.RowsAffected); err != nil {
				return err
			}
		}
	}
	if err := tx.Exec("UPDATE import_rows SET protected = NULL, incident_id = NULL WHERE incident_id = ?", record.ID).Error; err != nil {
		return fmt.Errorf("erase import_rows: %w", err)
	}
	none := entries{s: s}
	if err := none.replace(tx, record.ID); err != nil {
		return err
	}
	err := tx.Exec("UPDATE data_keys SET wrapped = NULL, destroyed_at = @now, retired_at = @now WHERE COALESCE(incident_id, 0) = @id AND retired_at IS NULL",
		map[string]any{"now": s.now(), "id": record.ID}).Error
	if err != nil {
		return fmt.Errorf("destroy key: %w", err)
	}
	if err := tx.Exec("DELETE FROM incidents WHERE id = ?", record.ID).Error; err != nil {
		return fmt.Errorf("erase incident: %w", err)
	}
	return nil
}

// buryFiles has the stored bytes of all files of a record deleted.
func (s *Store) buryFiles(tx *gorm.DB, incident int64) error {
	for after := ""; ; {
		var rows []namedFile
		if err := tx.Raw(namedFiles+"WHERE f.incident_id = ? AND f.id > ? ORDER BY f.id LIMIT ?", incident, after, models.MaxFiles).Scan(&rows).Error; err != nil {
			return fmt.Errorf("list files to erase: %w", err)
		}
		for _, r := range rows {
			f, err := s.file(tx, r)
			if err != nil {
				return err
			}
			if err := s.bury(tx, s.now(), f.Blob, f.View); err != nil {
				return err
			}
			after = r.Row.ID
		}
		if len(rows) < models.MaxFiles {
			return nil
		}
	}
}

// WithoutConsent are the refs of records one of whose people refused or
// withdrew consent, in their order.
func (s *System) WithoutConsent(ctx context.Context) (refs []string, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT ref FROM incidents WHERE effective_consent IN ('refused', 'withdrawn') ORDER BY ref").Scan(&refs).Error
	})
	if err != nil {
		return nil, fmt.Errorf("find records without consent: %w", err)
	}
	return refs, nil
}

// Erasures goes through the ledger by ref.
func (s *System) Erasures(ctx context.Context) iter.Seq2[models.Erasure, error] {
	return func(yield func(models.Erasure, error) bool) {
		for after := ""; ; {
			var rows []erasureRow
			err := s.s.read(ctx, func(tx *gorm.DB) error {
				return tx.Raw("SELECT * FROM erasures WHERE ref > ? ORDER BY ref LIMIT ?", after, insertBatch).Scan(&rows).Error
			})
			if err != nil {
				yield(models.Erasure{}, fmt.Errorf("read erasures: %w", err))
				return
			}
			for _, r := range rows {
				after = r.Ref
				line := models.Erasure{Ref: r.Ref, OrganisationID: r.OrganisationID, At: models.UTC(r.At), Actor: r.Actor, ReasonHash: r.ReasonHash, Kind: r.Kind}
				if !yield(line, nil) {
					return
				}
			}
			if len(rows) < insertBatch {
				return
			}
		}
	}
}

// ReplayErasures erases again what had been erased, in a database that was
// restored from before. Lines whose record is not there are kept in the ledger
// all the same: the ref stays taken. One that a hold keeps there is hidden, and
// the clock erases it when the hold is released.
func (s *System) ReplayErasures(ctx context.Context, erasures []models.Erasure) error {
	for _, e := range erasures {
		err := s.s.write(ctx, func(tx *gorm.DB) error {
			record, err := s.s.erasable(tx, e.Ref)
			if err != nil {
				return err
			}
			if record.ID != 0 {
				held, err := underHold(tx, record.ID)
				if err != nil {
					return err
				}
				if held {
					return s.s.hideErased(ctx, tx, record, e)
				}
				if err := s.s.erase(tx, record); err != nil {
					return err
				}
				e.OrganisationID = record.OrganisationID
			}
			var known int
			if err := tx.Raw("SELECT COUNT(*) FROM organisations WHERE id = ?", e.OrganisationID).Scan(&known).Error; err != nil {
				return fmt.Errorf("find organisation: %w", err)
			}
			if known == 0 {
				return nil // it came after the backup; so does the record
			}
			line := erasureRow{Ref: e.Ref, OrganisationID: e.OrganisationID, At: e.At, Actor: e.Actor, ReasonHash: e.ReasonHash, Kind: e.Kind}
			if err := s.s.keepErasure(tx, line); err != nil {
				return err
			}
			return s.s.appendAudit(ctx, tx, auditRow{OrganisationID: &e.OrganisationID, Action: "incident.erase_again", Object: e.Ref, Fields: codeList{e.Kind}})
		})
		if err != nil {
			return fmt.Errorf("erase %s again: %w", e.Ref, err)
		}
	}
	return nil
}

// hideErased hides a restored record that had been erased, and that a hold keeps
// in what was restored.
func (s *Store) hideErased(ctx context.Context, tx *gorm.DB, record incidentRow, e models.Erasure) error {
	var hidden bool
	if err := tx.Raw("SELECT COUNT(*) > 0 FROM deletions WHERE incident_id = ?", record.ID).Scan(&hidden).Error; err != nil {
		return fmt.Errorf("find deletion: %w", err)
	}
	if hidden {
		return nil
	}
	gone := tx.Exec("DELETE FROM "+publicTable+" WHERE ref = ?", record.Ref)
	if gone.Error != nil {
		return fmt.Errorf("take back public record: %w", gone.Error)
	}
	if err := publicRemoved(tx, gone.RowsAffected); err != nil {
		return err
	}
	// Long ago, so that it goes with the next round of the clock after the release.
	if err := s.hide(tx, record, nil, models.UTC(e.At).Add(-models.DeletionDelay), "It was erased before the backup was restored, in which a legal hold keeps it."); err != nil {
		return err
	}
	return s.appendAudit(ctx, tx, auditRow{OrganisationID: &record.OrganisationID, Action: "incident.erase_held", Object: record.Ref, Fields: codeList{e.Kind}})
}
