package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// moveRelease takes a step of a release. Errors: release.not_found, those of
// MayMoveRelease.
func (v *View) moveRelease(ctx context.Context, id int, step string, change func(tx *gorm.DB, r models.Release) (map[string]any, error)) (out models.Release, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		r, _, err := v.s.findRelease(tx, id, v.s.lock())
		if err != nil {
			return err
		}
		if err := v.p.MayMoveRelease(r, step); err != nil {
			return err
		}
		set, err := change(tx, r)
		if err != nil {
			return err
		}
		if err := tx.Model(&releaseRow{}).Where("id = ?", id).Updates(set).Error; err != nil {
			return fmt.Errorf("%s release: %w", step, err)
		}
		if out, _, err = v.s.findRelease(tx, id, ""); err != nil {
			return err
		}
		out = v.withMoves(out)
		return v.audit(ctx, tx, "release."+step, fmt.Sprint(id), nil)
	})
	return out, err
}

// ApproveRelease is the second person's yes.
func (v *View) ApproveRelease(ctx context.Context, id int) (models.Release, error) {
	return v.moveRelease(ctx, id, "approve", func(*gorm.DB, models.Release) (map[string]any, error) {
		return map[string]any{"state": models.ReleaseApproved, "approved_by": v.p.UserID, "approved_at": v.s.now()}, nil
	})
}

// DiscardRelease gives one up that is not published. Its numbers were seen: it
// stays in every later audit.
func (v *View) DiscardRelease(ctx context.Context, id int) (models.Release, error) {
	return v.moveRelease(ctx, id, "discard", func(*gorm.DB, models.Release) (map[string]any, error) {
		return map[string]any{"state": models.ReleaseDiscarded, "discarded_at": v.s.now()}, nil
	})
}

// NextRelease is the number that the next published release gets.
func (v *View) NextRelease(ctx context.Context) (n int, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error { return nextRelease(tx, &n) })
	return n, err
}

func nextRelease(tx *gorm.DB, n *int) error {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM releases").Scan(n).Error; err != nil {
		return fmt.Errorf("read number of releases: %w", err)
	}
	return nil
}

// PublishRelease gives a release its number and keeps its files for good.
// Errors: those of MayMoveRelease, release.changed when the number is taken.
func (v *View) PublishRelease(ctx context.Context, id, number int, files []models.ReleaseFile) (models.Release, error) {
	return v.moveRelease(ctx, id, "publish", func(tx *gorm.DB, _ models.Release) (map[string]any, error) {
		var next int
		if err := nextRelease(tx, &next); err != nil {
			return nil, err
		}
		if next != number {
			return nil, releaseChanged()
		}
		rows := make([]releaseFileRow, len(files))
		for n, f := range files {
			rows[n] = releaseFileRow{ReleaseID: int64(id), Name: f.Name, Position: n, MediaType: f.Type, Bytes: f.Bytes, SHA256: f.SHA256, Data: f.Data}
		}
		if err := tx.Create(&rows).Error; err != nil {
			return nil, fmt.Errorf("keep files of release: %w", err)
		}
		return map[string]any{"state": models.ReleasePublished, "number": number, "published_by": v.p.UserID, "published_at": v.s.now()}, nil
	})
}

// Releases are the published ones with their files' names, the newest first.
// Who took which step is not public.
func (p *Public) Releases(ctx context.Context) (out []models.Release, err error) {
	err = p.s.read(ctx, func(tx *gorm.DB) error {
		var rows []releaseRow
		if err := tx.Raw("SELECT id, number, state, note, corrects, published_at FROM releases WHERE state = 'published' ORDER BY number DESC").Scan(&rows).Error; err != nil {
			return fmt.Errorf("read releases: %w", err)
		}
		var files []releaseFileRow
		err := tx.Raw("SELECT release_id, name, media_type, bytes, sha256 FROM release_files ORDER BY release_id, position").Scan(&files).Error
		if err != nil {
			return fmt.Errorf("read files of releases: %w", err)
		}
		for _, r := range rows {
			one := models.Release{ID: int(r.ID), Number: r.Number, State: r.State, Note: r.Note, Corrects: r.Corrects, PublishedAt: optionalUTC(r.PublishedAt)}
			for _, f := range files {
				if f.ReleaseID == r.ID {
					one.Files = append(one.Files, models.ReleaseFile{Name: f.Name, Type: f.MediaType, Bytes: f.Bytes, SHA256: f.SHA256})
				}
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// ReleaseFile is a file of a published release. Errors: release.not_found.
func (p *Public) ReleaseFile(ctx context.Context, number int, name string) (out models.ReleaseFile, err error) {
	err = p.s.read(ctx, func(tx *gorm.DB) error {
		var rows []releaseFileRow
		err := tx.Raw(`SELECT f.* FROM release_files f JOIN releases r ON r.id = f.release_id WHERE r.number = ? AND r.state = 'published' AND f.name = ?`,
			number, name).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read file of release: %w", err)
		}
		if len(rows) == 0 {
			return models.NotFound("release")
		}
		f := rows[0]
		out = models.ReleaseFile{Name: f.Name, Type: f.MediaType, Bytes: f.Bytes, SHA256: f.SHA256, Data: f.Data}
		return nil
	})
	return out, err
}
