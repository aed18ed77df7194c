package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

type releaseRow struct {
	ID          int64
	Number      *int
	State       string
	Note        string
	Corrects    *int
	ProposedBy  string
	ProposedAt  time.Time
	ApprovedBy  *string
	ApprovedAt  *time.Time
	PublishedBy *string
	PublishedAt *time.Time
	DiscardedAt *time.Time
	RowKey      string
	Protected   []byte
}

func (releaseRow) TableName() string { return "releases" }

type releaseFileRow struct {
	ReleaseID int64
	Name      string
	Position  int
	MediaType string
	Bytes     int
	SHA256    string `gorm:"column:sha256"`
	Data      []byte
}

func (releaseFileRow) TableName() string { return "release_files" }

// protectedRelease holds who and what was counted, as zipped JSON.
type protectedRelease struct{ State []byte }

// maxReleaseState bounds what unzips from a row.
const maxReleaseState = 512 << 20

func (s *Store) sealRelease(row *releaseRow, state models.ReleaseState) (err error) {
	data, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("encode release: %w", err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(data); err != nil {
		return fmt.Errorf("zip release: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("zip release: %w", err)
	}
	if row.RowKey, err = s.rowKey(); err != nil {
		return err
	}
	row.Protected, err = s.seal("releases", row.RowKey, protectedRelease{State: zipped.Bytes()})
	return err
}

func (s *Store) openRelease(row releaseRow) (state models.ReleaseState, err error) {
	var hidden protectedRelease
	if err := s.open("releases", row.RowKey, row.Protected, &hidden); err != nil {
		return state, err
	}
	z, err := gzip.NewReader(bytes.NewReader(hidden.State))
	if err != nil {
		return state, fmt.Errorf("unzip release: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, maxReleaseState))
	if err != nil {
		return state, fmt.Errorf("unzip release: %w", err)
	}
	return state, decode("releases", data, &state)
}

// releaseAllowed refuses whoever has no part in releases; every method asks.
func (v *View) releaseAllowed(permission models.Permission) error {
	if !v.program && !v.p.May(permission) {
		return models.Fail(models.KindForbidden, "permission.denied", "Your roles do not allow this.")
	}
	return nil
}

const releaseColumns = `SELECT r.id, r.number, r.state, r.note, r.corrects, r.proposed_at, r.approved_at, r.published_at, r.discarded_at,
	p.user_name AS proposed_name, a.user_name AS approved_name, u.user_name AS published_name
	FROM releases r JOIN users p ON p.id = r.proposed_by LEFT JOIN users a ON a.id = r.approved_by LEFT JOIN users u ON u.id = r.published_by`

type releaseShown struct {
	ID                          int64
	Number, Corrects            *int
	State, Note                 string
	ProposedAt                  time.Time
	ApprovedAt, PublishedAt     *time.Time
	DiscardedAt                 *time.Time
	ProposedName                string
	ApprovedName, PublishedName *string
}

func (r releaseShown) release() models.Release {
	return models.Release{
		ID: int(r.ID), Number: r.Number, State: r.State, Note: r.Note, Corrects: r.Corrects, ProposedBy: r.ProposedName, ProposedAt: models.UTC(r.ProposedAt),
		ApprovedBy: r.ApprovedName, ApprovedAt: optionalUTC(r.ApprovedAt), PublishedBy: r.PublishedName, PublishedAt: optionalUTC(r.PublishedAt),
		DiscardedAt: optionalUTC(r.DiscardedAt),
	}
}

// Releases lists every release ever built, the newest first.
func (v *View) Releases(ctx context.Context) (out []models.Release, err error) {
	if err := v.releaseAllowed("releases:read"); err != nil {
		return nil, err
	}
	err = v.read(ctx, func(tx *gorm.DB) error {
		var rows []releaseShown
		if err := tx.Raw(releaseColumns + " ORDER BY r.id DESC").Scan(&rows).Error; err != nil {
			return fmt.Errorf("read releases: %w", err)
		}
		for _, r := range rows {
			out = append(out, v.withMoves(r.release()))
		}
		return nil
	})
	return out, err
}

// Releases is the same for the command line.
func (s *System) Releases(ctx context.Context) ([]models.Release, error) {
	return (&View{s: s.s, program: true}).Releases(ctx)
}

// withMoves names the steps that the principal may take now.
func (v *View) withMoves(r models.Release) models.Release {
	r.Moves = []string{}
	for _, step := range models.ReleaseSteps() {
		if v.p.MayMoveRelease(r, step) == nil {
			r.Moves = append(r.Moves, step)
		}
	}
	return r
}

// Release is one with the cells it shows. Errors: release.not_found.
func (v *View) Release(ctx context.Context, id int) (out models.Release, cells []models.ReleaseCell, err error) {
	if err := v.releaseAllowed("releases:read"); err != nil {
		return out, nil, err
	}
	err = v.read(ctx, func(tx *gorm.DB) error {
		r, row, err := v.s.findRelease(tx, id, "")
		if err != nil {
			return err
		}
		out = v.withMoves(r)
		state, err := v.s.openRelease(row)
		cells = state.Cells
		return err
	})
	return out, cells, err
}

func (s *Store) findRelease(tx *gorm.DB, id int, lock string) (models.Release, releaseRow, error) {
	var rows []releaseRow
	if err := tx.Raw("SELECT * FROM releases WHERE id = ?"+lock, id).Scan(&rows).Error; err != nil {
		return models.Release{}, releaseRow{}, fmt.Errorf("read release: %w", err)
	}
	if len(rows) == 0 {
		return models.Release{}, releaseRow{}, models.NotFound("release")
	}
	var shown releaseShown
	if err := tx.Raw(releaseColumns+" WHERE r.id = ?", id).Scan(&shown).Error; err != nil {
		return models.Release{}, releaseRow{}, fmt.Errorf("read release: %w", err)
	}
	return shown.release(), rows[0], nil
}

// ProposeRelease keeps a release that was built and passed the audit. Errors:
// release.changed when another was built meanwhile, release.open, release.too_soon.
func (v *View) ProposeRelease(ctx context.Context, state models.ReleaseState, note string, corrects *int) (out models.Release, err error) {
	if err := v.releaseAllowed("releases:propose"); err != nil {
		return out, err
	}
	err = v.write(ctx, func(tx *gorm.DB) error {
		// Two people at once come one after the other.
		if err := tx.Exec("SELECT id FROM instance_state WHERE id = 1" + v.s.lock()).Error; err != nil {
			return fmt.Errorf("wait for others: %w", err)
		}
		if err := v.s.mayPropose(tx, state.Build, corrects); err != nil {
			return err
		}
		row := releaseRow{ID: int64(state.Build), State: models.ReleaseDraft, Note: note, Corrects: corrects, ProposedBy: v.p.UserID, ProposedAt: v.s.now()}
		if err := v.s.sealRelease(&row, state); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert release: %w", err)
		}
		if out, _, err = v.s.findRelease(tx, state.Build, ""); err != nil {
			return err
		}
		out = v.withMoves(out)
		return v.audit(ctx, tx, "release.propose", fmt.Sprint(row.ID), nil)
	})
	return out, err
}

// MayPropose tells before the work whether a release can be proposed now.
// Errors: release.open, release.too_soon, release.corrects_unknown.
func (v *View) MayPropose(ctx context.Context, corrects *int) error {
	if err := v.releaseAllowed("releases:propose"); err != nil {
		return err
	}
	return v.read(ctx, func(tx *gorm.DB) error { return v.s.mayPropose(tx, 0, corrects) })
}

func (s *Store) mayPropose(tx *gorm.DB, build int, corrects *int) error {
	var last struct {
		Build, Open, Named int
		At                 *time.Time
	}
	err := tx.Raw(`SELECT COALESCE(MAX(id), 0) AS build, COALESCE(SUM(CASE WHEN state IN ('draft', 'approved') THEN 1 ELSE 0 END), 0) AS open,
		COALESCE(SUM(CASE WHEN number = ? THEN 1 ELSE 0 END), 0) AS named FROM releases`, orZero(corrects)).Scan(&last).Error
	if err == nil {
		var at []time.Time
		err = tx.Raw("SELECT published_at FROM releases WHERE state = 'published' ORDER BY number DESC LIMIT 1").Scan(&at).Error
		if len(at) > 0 {
			last.At = &at[0]
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("read releases: %w", err)
	case last.Open > 0:
		return models.Fail(models.KindConflict, "release.open", "Another release is on its way. Publish or discard it first.")
	case build > 0 && last.Build+1 != build:
		return releaseChanged()
	case corrects != nil && last.Named == 0:
		return models.Invalid([]models.FieldError{{Pointer: "#/corrects", Code: "unknown_release"}})
	case corrects == nil && last.At != nil && s.now().Sub(*last.At) < models.ReleaseDelay:
		next := last.At.Add(models.ReleaseDelay)
		e := models.Fail(models.KindConflict, "release.too_soon", "The last release is less than 90 days old. Wait, or name the release that this one corrects.")
		e.Params = map[string]any{"day": string(models.DayOf(next))}
		return e
	}
	return nil
}

func orZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func releaseChanged() *models.Error {
	return models.Fail(models.KindConflict, "release.changed", "Another release was built meanwhile. Start again.")
}
