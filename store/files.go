package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type fileRow struct {
	ID         string
	IncidentID int64
	MediaType  string
	Bytes      int64
	Graphic    bool
	UserID     string
	At         time.Time
	DeletedAt  *time.Time
	RowKey     string
	Protected  []byte
}

func (fileRow) TableName() string { return "files" }

type protectedFile struct {
	Name     string  `json:",omitempty"`
	SHA256   string  `json:",omitempty"`
	Blob     string  `json:",omitempty"`
	View     string  `json:",omitempty"`
	ViewType string  `json:",omitempty"`
	Key      string  `json:",omitempty"`
	Reason   *string `json:",omitempty"`
}

// namedFile is a file with who added it.
type namedFile struct {
	Row         fileRow `gorm:"embedded"`
	AddedBy     string
	IncidentRef string
}

const namedFiles = `SELECT f.*, u.user_name AS added_by, i.ref AS incident_ref FROM files f JOIN users u ON u.id = f.user_id JOIN incidents i ON i.id = f.incident_id `

func (s *Store) file(tx *gorm.DB, r namedFile) (models.File, error) {
	f := models.File{
		ID: r.Row.ID, MediaType: r.Row.MediaType, Bytes: r.Row.Bytes, Graphic: r.Row.Graphic, AddedBy: r.AddedBy, At: models.UTC(r.Row.At),
		DeletedAt: utc(r.Row.DeletedAt),
	}
	var hidden protectedFile
	if err := s.openIn(tx, ofRecord(r.Row.IncidentID), "files", r.Row.RowKey, r.Row.Protected, &hidden); err != nil {
		return f, err
	}
	f.Name, f.SHA256, f.Blob, f.View, f.ViewType, f.Key = hidden.Name, hidden.SHA256, hidden.Blob, hidden.View, hidden.ViewType, hidden.Key
	f.HasView, f.Reason = hidden.View != "", hidden.Reason
	return f, nil
}

// sealFile makes the protected column anew, under a new row key.
func (s *Store) sealFile(tx *gorm.DB, incident int64, f models.File) (rowKey string, protected []byte, err error) {
	if rowKey, err = s.rowKey(); err != nil {
		return "", nil, err
	}
	protected, err = s.sealIn(tx, ofRecord(incident), "files", rowKey, protectedFile{
		Name: f.Name, SHA256: f.SHA256, Blob: f.Blob, View: f.View, ViewType: f.ViewType, Key: f.Key, Reason: f.Reason,
	})
	return rowKey, protected, err
}

// held reads a record whose files the principal may see: those are protected
// like names. Errors: incident.not_found, permission.denied.
func (v *View) held(tx *gorm.DB, ref string) (whole, error) {
	rec, err := v.whole(tx, ref)
	if err == nil && !v.p.SeesProtected(rec.OnTeam) {
		err = models.Fail(models.KindForbidden, "permission.denied", "Evidence files are for the record's team and reviewers.")
	}
	return rec, err
}

// Files lists those of a record in the order in which they came, deleted ones
// too, and the principal's own unfinished uploads to it. Errors:
// incident.not_found, permission.denied.
func (v *View) Files(ctx context.Context, ref string) (out []models.File, uploads []models.Upload, err error) {
	out, uploads = []models.File{}, []models.Upload{}
	err = v.read(ctx, func(tx *gorm.DB) error {
		rec, err := v.held(tx, ref)
		if err != nil {
			return err
		}
		var rows []namedFile
		if err := tx.Raw(namedFiles+"WHERE f.incident_id = ? ORDER BY f.at, f.id LIMIT ?", rec.id, 2*models.MaxFiles).Scan(&rows).Error; err != nil {
			return fmt.Errorf("list files: %w", err)
		}
		for _, r := range rows {
			f, err := v.s.file(tx, r)
			if err != nil {
				return err
			}
			out = append(out, f)
		}
		var own []uploadRow
		if err := tx.Where("incident_id = ? AND user_id = ?", rec.id, v.p.UserID).Order("at, id").Limit(maxUploads).Find(&own).Error; err != nil {
			return fmt.Errorf("list uploads: %w", err)
		}
		for _, r := range own {
			u, err := v.uploadOf(tx, r, rec)
			if err != nil {
				return err
			}
			uploads = append(uploads, u)
		}
		return nil
	})
	return out, uploads, err
}

// fileOf reads one file of a record. Errors: file.not_found.
func (v *View) fileOf(tx *gorm.DB, rec whole, id string) (models.File, error) {
	var rows []namedFile
	if err := tx.Raw(namedFiles+"WHERE f.id = ? AND f.incident_id = ?"+v.s.lockOf("f"), id, rec.id).Scan(&rows).Error; err != nil {
		return models.File{}, fmt.Errorf("read file: %w", err)
	}
	if len(rows) == 0 {
		return models.File{}, models.NotFound("file")
	}
	return v.s.file(tx, rows[0])
}

// UseFile reads a file to show or to send it, and writes into its custody log
// that it was used. Errors: incident.not_found, permission.denied,
// file.not_found, file.deleted.
func (v *View) UseFile(ctx context.Context, ref, id, action string) (f models.File, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		rec, err := v.held(tx, ref)
		if err != nil {
			return err
		}
		if f, err = v.fileOf(tx, rec, id); err != nil {
			return err
		}
		if f.DeletedAt != nil {
			return fileDeleted()
		}
		if action == models.CustodyViewed && !f.HasView {
			return models.Fail(models.KindNotFound, "file.no_view", "This kind of file is only downloaded.")
		}
		if err := v.custody(tx, f.ID, action); err != nil {
			return err
		}
		return v.auditRead(ctx, tx, "file."+action, rec.Ref+" "+f.ID)
	})
	return f, err
}

func fileDeleted() *models.Error {
	return models.Fail(models.KindConflict, "file.deleted", "This file was deleted. Its custody log says by whom.")
}

// custody adds to a file's log.
func (v *View) custody(tx *gorm.DB, file, action string) error {
	var user *string
	if v.p.UserID != "" {
		user = &v.p.UserID
	}
	err := tx.Exec(`INSERT INTO file_custody (file_id, position, user_id, action, at)
		SELECT ?, COALESCE(MAX(position), 0) + 1, ?, ?, ? FROM file_custody WHERE file_id = ?`, file, user, action, v.s.now(), file).Error
	if err != nil {
		return fmt.Errorf("write custody: %w", err)
	}
	return nil
}

// maxCustody is how much of a log is shown, the newest of it.
const maxCustody = 1000

// Custody reads a file's log, newest first. Errors: incident.not_found,
// permission.denied, file.not_found.
func (v *View) Custody(ctx context.Context, ref, id string) (out []models.Custody, err error) {
	out = []models.Custody{}
	err = v.read(ctx, func(tx *gorm.DB) error {
		rec, err := v.held(tx, ref)
		if err != nil {
			return err
		}
		var known int
		if err := tx.Raw("SELECT COUNT(*) FROM files WHERE id = ? AND incident_id = ?", id, rec.id).Scan(&known).Error; err != nil {
			return fmt.Errorf("find file: %w", err)
		}
		if known == 0 {
			return models.NotFound("file")
		}
		var rows []struct {
			Position int
			UserName *string
			Action   string
			At       time.Time
		}
		err = tx.Raw(`SELECT c.position, u.user_name, c.action, c.at FROM file_custody c LEFT JOIN users u ON u.id = c.user_id
			WHERE c.file_id = ? ORDER BY c.position DESC LIMIT ?`, id, maxCustody).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read custody: %w", err)
		}
		for _, r := range rows {
			out = append(out, models.Custody{Position: r.Position, User: r.UserName, Action: r.Action, At: models.UTC(r.At)})
		}
		return nil
	})
	return out, err
}

// changeFile lets decide change a file of a record that the principal may edit.
// Errors: incident.not_found, permission.denied, incident.not_editable,
// file.not_found, file.deleted.
func (v *View) changeFile(ctx context.Context, ref, id, action string, decide func(tx *gorm.DB, incident int64, f models.File) (models.File, map[string]any, error)) (f models.File, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		rec, err := v.held(tx, ref)
		if err != nil {
			return err
		}
		if err := v.p.MayEdit(rec.Incident); err != nil {
			return err
		}
		if f, err = v.fileOf(tx, rec, id); err != nil {
			return err
		}
		if f.DeletedAt != nil {
			return fileDeleted()
		}
		var set map[string]any
		if f, set, err = decide(tx, rec.id, f); err != nil {
			return err
		}
		if err := tx.Model(&fileRow{}).Where("id = ?", f.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("update file: %w", err)
		}
		if err := v.custody(tx, f.ID, action); err != nil {
			return err
		}
		return v.audit(ctx, tx, "file."+action, rec.Ref+" "+f.ID, nil)
	})
	return f, err
}

// MarkFile says whether a file is hard to look at. Errors: those of changeFile.
func (v *View) MarkFile(ctx context.Context, ref, id string, graphic bool) (models.File, error) {
	return v.changeFile(ctx, ref, id, models.CustodyMarked, func(_ *gorm.DB, _ int64, f models.File) (models.File, map[string]any, error) {
		f.Graphic = graphic
		return f, map[string]any{"graphic": graphic}, nil
	})
}

// DeleteFile throws the key of a file away, and has its stored bytes deleted.
// That it was there, and why it went, stays. Errors: those of changeFile,
// hold.in_force.
func (v *View) DeleteFile(ctx context.Context, ref, id, reason string) (models.File, error) {
	return v.changeFile(ctx, ref, id, models.CustodyDeleted, func(tx *gorm.DB, incident int64, f models.File) (models.File, map[string]any, error) {
		if err := refuseUnderHold(tx, incident); err != nil {
			return f, nil, err
		}
		if err := v.s.bury(tx, v.s.now(), f.Blob, f.View); err != nil {
			return f, nil, err
		}
		now := v.s.now()
		f.Name, f.SHA256, f.Blob, f.View, f.ViewType, f.Key, f.HasView = "", "", "", "", "", "", false
		f.DeletedAt, f.Reason = &now, &reason
		key, protected, err := v.s.sealFile(tx, incident, f)
		return f, map[string]any{"deleted_at": now, "row_key": key, "protected": protected}, err
	})
}

// bury has stored bytes deleted by the clock, from an instant on.
func (s *Store) bury(tx *gorm.DB, from time.Time, names ...string) error {
	for _, name := range names {
		if name == "" {
			continue
		}
		if err := tx.Exec("INSERT INTO dead_blobs (name, at) VALUES (?, ?) ON CONFLICT DO NOTHING", name, from).Error; err != nil {
			return fmt.Errorf("bury stored file: %w", err)
		}
	}
	return nil
}

// eraseFiles throws away the keys of all files of a record whose protected
// fields are erased, and what is on its way to it.
func (v *View) eraseFiles(tx *gorm.DB, incident int64) error {
	var rows []namedFile
	if err := tx.Raw(namedFiles+"WHERE f.incident_id = ? AND f.deleted_at IS NULL LIMIT ?", incident, models.MaxFiles).Scan(&rows).Error; err != nil {
		return fmt.Errorf("list files to erase: %w", err)
	}
	for _, r := range rows {
		f, err := v.s.file(tx, r)
		if err != nil {
			return err
		}
		if err := v.s.bury(tx, v.s.now(), f.Blob, f.View); err != nil {
			return err
		}
		set := map[string]any{"deleted_at": v.s.now(), "protected": nil}
		if err := tx.Model(&fileRow{}).Where("id = ?", f.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("erase file: %w", err)
		}
		if err := v.custody(tx, f.ID, models.CustodyErased); err != nil {
			return err
		}
	}
	return dropUploads(tx, "incident_id = ?", incident)
}

// AddFile makes a file of a finished upload, once its bytes are stored. Errors:
// those of Upload.
func (v *View) AddFile(ctx context.Context, upload string, f models.File) (out models.File, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		row, rec, err := v.upload(tx, upload, v.s.lockOf("p"))
		if err != nil {
			return err
		}
		if err := v.p.MayEdit(rec.Incident); err != nil {
			return err
		}
		if err := roomForFile(tx, rec.id); err != nil {
			return err
		}
		if err := v.heldAlready(tx, rec.id, f.SHA256); err != nil {
			return err
		}
		f.ID, f.At, f.AddedBy, f.HasView = uuid.NewString(), v.s.now(), v.p.UserName, f.View != ""
		key, protected, err := v.s.sealFile(tx, rec.id, f)
		if err != nil {
			return err
		}
		made := fileRow{
			ID: f.ID, IncidentID: rec.id, MediaType: f.MediaType, Bytes: f.Bytes, Graphic: f.Graphic, UserID: v.p.UserID, At: f.At,
			RowKey: key, Protected: protected,
		}
		if err := tx.Create(&made).Error; err != nil {
			return fmt.Errorf("insert file: %w", err)
		}
		if err := dropUploads(tx, "id = ?", row.ID); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM dead_blobs WHERE name IN ?", []string{f.Blob, f.View}).Error; err != nil {
			return fmt.Errorf("keep stored file: %w", err)
		}
		if err := v.custody(tx, f.ID, models.CustodyReceived); err != nil {
			return err
		}
		out = f
		return v.audit(ctx, tx, "file."+models.CustodyReceived, rec.Ref+" "+f.ID, nil)
	})
	return out, err
}

// heldAlready refuses the same bytes a second time. Errors: file.held_already.
func (v *View) heldAlready(tx *gorm.DB, incident int64, sum string) error {
	var rows []namedFile
	if err := tx.Raw(namedFiles+"WHERE f.incident_id = ? AND f.deleted_at IS NULL LIMIT ?", incident, models.MaxFiles).Scan(&rows).Error; err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	for _, r := range rows {
		f, err := v.s.file(tx, r)
		if err != nil {
			return err
		}
		if f.SHA256 == sum {
			return models.Fail(models.KindConflict, "file.held_already", "This very file is held with the record already.")
		}
	}
	return nil
}

func roomForFile(tx *gorm.DB, incident int64) error {
	var there int
	if err := tx.Raw("SELECT COUNT(*) FROM files WHERE incident_id = ? AND deleted_at IS NULL", incident).Scan(&there).Error; err != nil {
		return fmt.Errorf("count files: %w", err)
	}
	if there >= models.MaxFiles {
		return models.Fail(models.KindConflict, "file.too_many", "This record holds 200 files. Delete one first, or begin a second record and tie it to this one.")
	}
	return nil
}
