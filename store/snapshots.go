package store

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

const snapshotKey = "snapshots.create"

type snapshotRow struct {
	ID                string
	OrganisationID    int64
	UserID            string
	CreatedAt         time.Time
	RowCount          int
	Omitted           int
	Bytes             int64
	SHA256            string `gorm:"column:sha256"`
	VocabularyVersion string
	ProgramVersion    string
	RowKey            string
	Protected         []byte
}

func (snapshotRow) TableName() string { return "snapshots" }

// protectedSnapshot: title and filter can name a person.
type protectedSnapshot struct{ Title, Query, Source string }

type snapshotRecordRow struct {
	SnapshotID  string
	Ref         string
	Version     int
	UpdatedAt   time.Time
	PublishedAt *time.Time
}

func (snapshotRecordRow) TableName() string { return "snapshot_records" }

type namedSnapshot struct {
	Row   snapshotRow `gorm:"embedded"`
	Maker string
}

const namedSnapshots = "SELECT s.*, u.user_name AS maker FROM snapshots s JOIN users u ON u.id = s.user_id "

// BeginSnapshot keeps which records match the filter, each at the version that
// stands. Errors: idempotency.key_reused.
func (v *View) BeginSnapshot(ctx context.Context, in models.DataSnapshot, f models.IncidentFilter, scope ExportScope, key, bodyHash string) (out models.DataSnapshot, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		earlier, err := v.claimKey(tx, snapshotKey, key, bodyHash)
		if err != nil {
			return err
		}
		if earlier != "" {
			out, err = v.snapshotNamed(tx, earlier)
			return err
		}
		id, err := v.insertSnapshot(tx, in, f, scope)
		if err != nil {
			return err
		}
		if out, err = v.snapshotNamed(tx, id); err != nil {
			return err
		}
		if err := v.fulfilKey(tx, snapshotKey, key, id); err != nil {
			return err
		}
		return v.audit(ctx, tx, "snapshot.create", id, nil)
	})
	return out, err
}

func (v *View) insertSnapshot(tx *gorm.DB, in models.DataSnapshot, f models.IncidentFilter, scope ExportScope) (id string, err error) {
	now := v.s.now()
	if id, err = models.NewSnapshotID(v.s.random, now.UTC().Year()); err != nil {
		return "", err
	}
	row := snapshotRow{
		ID: id, OrganisationID: v.p.OrganisationID, UserID: v.p.UserID, CreatedAt: now.Truncate(time.Second), VocabularyVersion: in.Vocabulary, ProgramVersion: in.Program,
	}
	if row.RowKey, err = v.s.rowKey(); err != nil {
		return "", err
	}
	hidden := protectedSnapshot{Title: in.Title, Query: in.Query, Source: v.p.OrganisationName}
	if row.Protected, err = v.s.sealIn(tx, ofOrganisation(row.OrganisationID), "snapshots", row.RowKey, hidden); err != nil {
		return "", err
	}
	if err := tx.Create(&row).Error; err != nil {
		return "", fmt.Errorf("insert snapshot: %w", err)
	}
	all := v.matching(f)
	kept := all.clone()
	scope.narrow(&kept, v)
	written := tx.Exec(`INSERT INTO snapshot_records (snapshot_id, ref, version, updated_at, published_at)
		SELECT ?, i.ref, COALESCE((SELECT MAX(r.version) FROM incident_revisions r WHERE r.incident_id = i.id AND NOT r.pending), 0), i.updated_at, i.published_at
		FROM incidents i WHERE `+kept.sql(), append([]any{id}, kept.args...)...)
	if written.Error != nil {
		return "", fmt.Errorf("keep records of snapshot: %w", written.Error)
	}
	var total int
	if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+all.sql(), all.args...).Scan(&total).Error; err != nil {
		return "", fmt.Errorf("count records of snapshot: %w", err)
	}
	rows := int(written.RowsAffected)
	err = tx.Model(&snapshotRow{}).Where("id = ?", id).Updates(map[string]any{"row_count": rows, "omitted": total - rows}).Error
	if err != nil {
		return "", fmt.Errorf("count records of snapshot: %w", err)
	}
	return id, nil
}

func (v *View) snapshot(tx *gorm.DB, n namedSnapshot) (models.DataSnapshot, error) {
	r := n.Row
	var hidden protectedSnapshot
	err := v.s.openIn(tx, ofOrganisation(r.OrganisationID), "snapshots", r.RowKey, r.Protected, &hidden)
	return models.DataSnapshot{
		ID: r.ID, Title: hidden.Title, Query: hidden.Query, Source: hidden.Source, UserName: n.Maker, Mine: r.UserID == v.p.UserID, CreatedAt: models.UTC(r.CreatedAt),
		Rows: r.RowCount, Omitted: r.Omitted, Bytes: r.Bytes, SHA256: r.SHA256, Vocabulary: r.VocabularyVersion, Program: r.ProgramVersion,
	}, err
}

func (v *View) snapshotNamed(tx *gorm.DB, id string) (models.DataSnapshot, error) {
	var rows []namedSnapshot
	if err := tx.Raw(namedSnapshots+"WHERE s.id = ? AND s.organisation_id = ?", id, v.p.OrganisationID).Scan(&rows).Error; err != nil {
		return models.DataSnapshot{}, fmt.Errorf("read snapshot: %w", err)
	}
	if len(rows) == 0 {
		return models.DataSnapshot{}, models.NotFound("snapshot")
	}
	return v.snapshot(tx, rows[0])
}

// Snapshot reads one of the organisation. Errors: snapshot.not_found.
func (v *View) Snapshot(ctx context.Context, id string) (out models.DataSnapshot, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		out, err = v.snapshotNamed(tx, id)
		return err
	})
	return out, err
}

// mostSnapshots is how many the list holds.
const mostSnapshots = 500

// Snapshots are those of the organisation, newest first.
func (v *View) Snapshots(ctx context.Context) (out []models.DataSnapshot, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		var rows []namedSnapshot
		err := tx.Raw(namedSnapshots+"WHERE s.organisation_id = ? ORDER BY s.created_at DESC, s.id LIMIT ?", v.p.OrganisationID, mostSnapshots).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("list snapshots: %w", err)
		}
		for _, r := range rows {
			s, err := v.snapshot(tx, r)
			if err != nil {
				return err
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}

// SealSnapshot keeps the sum of a snapshot that was made for the first time, or
// compares it with the one that is kept. Errors: snapshot.differs.
func (v *View) SealSnapshot(ctx context.Context, id, sum string, bytes int64) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		known, err := v.snapshotNamed(tx, id)
		switch {
		case err != nil:
			return err
		case known.SHA256 == sum:
			return nil
		case known.SHA256 != "":
			return models.Fail(models.KindConflict, "snapshot.differs", "What was made now differs from what is cited. The program or its vocabulary has changed since.")
		}
		err = tx.Model(&snapshotRow{}).Where("id = ?", id).Updates(map[string]any{"sha256": sum, "bytes": bytes}).Error
		if err != nil {
			return fmt.Errorf("seal snapshot: %w", err)
		}
		return nil
	})
}

// stillOpen are the records of a snapshot that may leave again: neither withdrawn
// nor made narrower than an export may hold since.
func (v *View) stillOpen(id string, scope ExportScope) where {
	w := v.permitted()
	scope.narrow(&w, v)
	w.and("i.workflow_status <> 'withdrawn'")
	w.and("i.ref IN (SELECT r.ref FROM snapshot_records r WHERE r.snapshot_id = ?)", id)
	return w
}

func snapshotClosed(n int) error {
	return &models.Error{
		Kind: models.KindConflict, Code: "snapshot.closed", Params: map[string]any{"count": n},
		Detail: fmt.Sprintf("%d records of this snapshot were erased, withdrawn or closed to exports since, or you may not export them. It is not given out any more.", n),
	}
}

// EachSnapshotRecord hands over every record of a snapshot by ref, as it stood
// then, redacted for nobody in particular. Errors: snapshot.not_found,
// snapshot.closed.
func (v *View) EachSnapshotRecord(ctx context.Context, id string, scope ExportScope, vocab *models.Vocabulary, fn func(models.Incident) error) error {
	return v.read(ctx, func(tx *gorm.DB) error {
		if _, err := v.snapshotNamed(tx, id); err != nil {
			return err
		}
		var kept []snapshotRecordRow
		if err := tx.Raw("SELECT * FROM snapshot_records WHERE snapshot_id = ? ORDER BY ref", id).Scan(&kept).Error; err != nil {
			return fmt.Errorf("read records of snapshot: %w", err)
		}
		open := v.stillOpen(id, scope)
		var left int
		if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+open.sql(), open.args...).Scan(&left).Error; err != nil {
			return fmt.Errorf("count records of snapshot: %w", err)
		}
		if left < len(kept) {
			return snapshotClosed(len(kept) - left)
		}
		known := make(map[string]bool, len(kept))
		for _, k := range kept {
			known[k.Ref] = true
		}
		for from := 0; from < len(kept); from += exportBatch {
			if err := v.pastBatch(tx, open, kept[from:min(from+exportBatch, len(kept))], known, vocab, fn); err != nil {
				return err
			}
		}
		return nil
	})
}

// pastBatch rebuilds some records from their revisions.
func (v *View) pastBatch(tx *gorm.DB, open where, kept []snapshotRecordRow, known map[string]bool, vocab *models.Vocabulary, fn func(models.Incident) error) error {
	w := open.clone()
	w.and("i.ref >= ? AND i.ref <= ?", kept[0].Ref, kept[len(kept)-1].Ref)
	records, ids, err := v.loadIncidents(tx, w, " ORDER BY i.ref", 0)
	if err != nil {
		return err
	}
	if len(records) != len(kept) {
		return snapshotClosed(len(kept) - len(records))
	}
	for i, k := range kept {
		past, err := v.recordThen(tx, records[i], ids[i], k, known, vocab)
		if err != nil {
			return err
		}
		if err := fn(past); err != nil {
			return err
		}
	}
	return nil
}

// recordThen is a record as it stood at a version. Links lead only to records
// of the same snapshot: what somebody could see then does not matter.
func (v *View) recordThen(tx *gorm.DB, now models.Incident, id int64, k snapshotRecordRow, known map[string]bool, vocab *models.Vocabulary) (models.Incident, error) {
	row, err := revisionOf(tx, id, k.Version)
	if models.KindOf(err) == models.KindNotFound {
		return models.Incident{}, snapshotClosed(1) // its history was cleared
	}
	if err != nil {
		return models.Incident{}, err
	}
	then, err := v.s.snapshotOf(tx, row)
	if err != nil {
		return models.Incident{}, err
	}
	past := now
	past.IncidentInput, past.VocabularyVersion, past.Version = then.Input, then.VocabularyVersion, k.Version
	past.WorkflowStatus, past.VerificationStatus, past.SelfReviewed = row.Row.WorkflowStatus, row.Row.VerificationStatus, row.Row.SelfReviewed != nil
	past.UpdatedAt, past.PublishedAt = models.UTC(k.UpdatedAt), optionalUTC(k.PublishedAt)
	past.Computed = models.Derive(then.Input, vocab).Computed
	past.OnTeam, past.Named, now.OnTeam, now.Named = false, false, false, false
	links := make([]models.Relation, 0, len(past.Relations))
	for _, l := range past.Relations {
		if known[l.To] {
			links = append(links, l)
		}
	}
	past.Relations = links
	nobody := models.Principal{}
	out, _ := nobody.Redact(past)
	// What is protected today stays in, also where it was open then.
	if today := nobody.RedactPast(now, past); !reflect.DeepEqual(today.IncidentInput, out.IncidentInput) {
		return models.Incident{}, snapshotClosed(1)
	}
	return out, nil
}
