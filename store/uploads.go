package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type uploadRow struct {
	ID         string
	IncidentID int64
	UserID     string
	Bytes      int64
	Received   int64
	Graphic    bool
	At         time.Time
	RowKey     string
	Protected  []byte
}

func (uploadRow) TableName() string { return "uploads" }

type uploadPartRow struct {
	UploadID  string
	StartAt   int64
	Bytes     int64
	RowKey    string
	Protected []byte
}

func (uploadPartRow) TableName() string { return "upload_parts" }

type protectedUpload struct {
	Name string
}

// maxUploads is how many uploads one person has on the way at a time.
const maxUploads = 20

// BeginUpload makes room for a file. Errors: incident.not_found,
// permission.denied, incident.not_editable, file.too_many, upload.too_many.
func (v *View) BeginUpload(ctx context.Context, u models.Upload) (out models.Upload, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		rec, err := v.held(tx, u.Incident)
		if err != nil {
			return err
		}
		if err := v.p.MayEdit(rec.Incident); err != nil {
			return err
		}
		if err := roomForFile(tx, rec.id); err != nil {
			return err
		}
		var mine int
		if err := tx.Raw("SELECT COUNT(*) FROM uploads WHERE user_id = ?", v.p.UserID).Scan(&mine).Error; err != nil {
			return fmt.Errorf("count uploads: %w", err)
		}
		if mine >= maxUploads {
			return models.Fail(models.KindConflict, "upload.too_many", "You have 20 uploads on the way. Finish or cancel one; unfinished ones go after a day.")
		}
		row := uploadRow{ID: uuid.NewString(), IncidentID: rec.id, UserID: v.p.UserID, Bytes: u.Bytes, Graphic: u.Graphic, At: v.s.now()}
		if row.RowKey, err = v.s.rowKey(); err != nil {
			return err
		}
		if row.Protected, err = v.s.sealIn(tx, ofRecord(rec.id), "uploads", row.RowKey, protectedUpload{Name: u.Name}); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert upload: %w", err)
		}
		u.ID = row.ID
		out = u
		return v.audit(ctx, tx, "upload.begin", rec.Ref, nil)
	})
	return out, err
}

// upload reads one's own upload and its record, with a lock to change it. Errors: upload.not_found, and
// those of held.
func (v *View) upload(tx *gorm.DB, id, lock string) (uploadRow, whole, error) {
	var rows []struct {
		Row uploadRow `gorm:"embedded"`
		Ref string
	}
	err := tx.Raw("SELECT p.*, i.ref FROM uploads p JOIN incidents i ON i.id = p.incident_id WHERE p.id = ? AND p.user_id = ?"+lock, id, v.p.UserID).Scan(&rows).Error
	if err != nil {
		return uploadRow{}, whole{}, fmt.Errorf("read upload: %w", err)
	}
	if len(rows) == 0 {
		return uploadRow{}, whole{}, models.NotFound("upload")
	}
	rec, err := v.held(tx, rows[0].Ref)
	return rows[0].Row, rec, err
}

func (v *View) uploadOf(tx *gorm.DB, r uploadRow, rec whole) (models.Upload, error) {
	var hidden protectedUpload
	err := v.s.openIn(tx, ofRecord(r.IncidentID), "uploads", r.RowKey, r.Protected, &hidden)
	return models.Upload{ID: r.ID, Incident: rec.Ref, Name: hidden.Name, Bytes: r.Bytes, Received: r.Received, Graphic: r.Graphic}, err
}

// Upload tells how much of a file has arrived. Errors: upload.not_found,
// incident.not_found, permission.denied.
func (v *View) Upload(ctx context.Context, id string) (out models.Upload, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		row, rec, err := v.upload(tx, id, "")
		if err != nil {
			return err
		}
		out, err = v.uploadOf(tx, row, rec)
		return err
	})
	return out, err
}

// AddPart keeps the next part of a file. A part that came already is no fault:
// its answer got lost. Errors: those of Upload, upload.wrong_offset,
// upload.too_long.
func (v *View) AddPart(ctx context.Context, id string, start int64, data []byte) (out models.Upload, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		row, rec, err := v.upload(tx, id, v.s.lockOf("p"))
		if err != nil {
			return err
		}
		end := start + int64(len(data))
		switch {
		case end > row.Bytes:
			return models.Fail(models.KindConflict, "upload.too_long", "More arrived than was announced. Begin the upload anew.")
		case start < row.Received && end <= row.Received:
			out, err = v.uploadOf(tx, row, rec)
			return err
		case start != row.Received:
			return &models.Error{
				Kind: models.KindConflict, Code: "upload.wrong_offset", Params: map[string]any{"count": int(row.Received)},
				Detail: "Go on where the upload stands; GET tells where.",
			}
		}
		part := uploadPartRow{UploadID: row.ID, StartAt: start, Bytes: int64(len(data))}
		if part.RowKey, err = v.s.rowKey(); err != nil {
			return err
		}
		if part.Protected, err = v.s.sealBytes(tx, ofRecord(rec.id), "upload_parts", part.RowKey, data); err != nil {
			return err
		}
		if err := tx.Create(&part).Error; err != nil {
			return fmt.Errorf("insert part: %w", err)
		}
		row.Received = end
		if err := tx.Model(&uploadRow{}).Where("id = ?", row.ID).Updates(map[string]any{"received": end}).Error; err != nil {
			return fmt.Errorf("update upload: %w", err)
		}
		out, err = v.uploadOf(tx, row, rec)
		return err
	})
	return out, err
}

// UploadedBytes puts the parts of a complete upload together. Errors: those of
// Upload, upload.incomplete.
func (v *View) UploadedBytes(ctx context.Context, id string) (u models.Upload, data []byte, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		row, rec, err := v.upload(tx, id, "")
		if err != nil {
			return err
		}
		if u, err = v.uploadOf(tx, row, rec); err != nil {
			return err
		}
		if row.Received != row.Bytes {
			return models.Fail(models.KindConflict, "upload.incomplete", "Not all of the file has arrived. Send the rest first.")
		}
		data = make([]byte, 0, row.Bytes)
		for int64(len(data)) < row.Bytes {
			var part uploadPartRow
			if err := tx.Where("upload_id = ? AND start_at = ?", row.ID, len(data)).Take(&part).Error; err != nil {
				return fmt.Errorf("read part: %w", err)
			}
			plain, err := v.s.openBytes(tx, ofRecord(rec.id), "upload_parts", part.RowKey, part.Protected)
			if err != nil {
				return err
			}
			data = append(data, plain[:part.Bytes]...)
		}
		return nil
	})
	return u, data, err
}

// CancelUpload forgets a file on its way. Errors: those of Upload.
func (v *View) CancelUpload(ctx context.Context, id string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		row, rec, err := v.upload(tx, id, v.s.lockOf("p"))
		if err != nil {
			return err
		}
		if err := dropUploads(tx, "id = ?", row.ID); err != nil {
			return err
		}
		return v.audit(ctx, tx, "upload.cancel", rec.Ref, nil)
	})
}

// dropUploads forgets the uploads of a condition with their parts.
func dropUploads(tx *gorm.DB, condition string, args ...any) error {
	if err := tx.Exec("DELETE FROM upload_parts WHERE upload_id IN (SELECT id FROM uploads WHERE "+condition+")", args...).Error; err != nil {
		return fmt.Errorf("drop parts: %w", err)
	}
	if err := tx.Exec("DELETE FROM uploads WHERE "+condition, args...).Error; err != nil {
		return fmt.Errorf("drop uploads: %w", err)
	}
	return nil
}

// DropOldUploads forgets what nobody finished within a day.
func (s *System) DropOldUploads(ctx context.Context) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		return dropUploads(tx, "at < ?", s.s.now().Add(-models.UploadLife))
	})
}

// deadBatch is how many stored files are deleted at a time.
const deadBatch = 100

// SweepBlobs lets remove delete the stored bytes that nothing refers to.
func (s *System) SweepBlobs(ctx context.Context, remove func(name string) error) error {
	var names []string
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT name FROM dead_blobs WHERE at <= ? ORDER BY at, name LIMIT ?", s.s.now(), deadBatch).Scan(&names).Error
	})
	if err != nil {
		return fmt.Errorf("read dead files: %w", err)
	}
	for _, name := range names {
		if err := remove(name); err != nil {
			return err
		}
		err := s.s.write(ctx, func(tx *gorm.DB) error {
			return tx.Exec("DELETE FROM dead_blobs WHERE name = ?", name).Error
		})
		if err != nil {
			return fmt.Errorf("forget dead file: %w", err)
		}
	}
	return nil
}

// reserveLife is how long bytes may take from the storage to their file.
const reserveLife = time.Hour

// ReserveBlobs notes names under which bytes are about to be stored: if they do
// not become a file within an hour, because the program was killed for
// instance, they are deleted.
func (v *View) ReserveBlobs(ctx context.Context, names ...string) error {
	return v.write(ctx, func(tx *gorm.DB) error { return v.s.bury(tx, v.s.now().Add(reserveLife), names...) })
}

// HeldFile is a file as the check of all evidence reads it.
type HeldFile struct {
	models.File
	Incident string // ref
}

// EachFile reads every file that is held, of all organisations, in batches.
func (s *System) EachFile(ctx context.Context, use func(HeldFile) error) error {
	for after := ""; ; {
		var batch []HeldFile
		err := s.s.read(ctx, func(tx *gorm.DB) error {
			var rows []namedFile
			if err := tx.Raw(namedFiles+"WHERE f.deleted_at IS NULL AND f.id > ? ORDER BY f.id LIMIT ?", after, insertBatch).Scan(&rows).Error; err != nil {
				return fmt.Errorf("read files: %w", err)
			}
			for _, r := range rows {
				f, err := s.s.file(tx, r)
				if err != nil {
					return err
				}
				batch = append(batch, HeldFile{f, r.IncidentRef})
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, f := range batch {
			if err := use(f); err != nil {
				return err
			}
			after = f.ID
		}
		if len(batch) < insertBatch {
			return nil
		}
	}
}
