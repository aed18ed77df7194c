package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

const exportKey = "exports.create"

// openExports are the states in which an export takes up room.
var openExports = []string{models.ExportWaiting, models.ExportQueued, models.ExportRunning, models.ExportDone}

// namedExport is an export with the names of its people.
type namedExport struct {
	Row     exportRow `gorm:"embedded"`
	Maker   string
	Decider *string
}

const namedExports = `SELECT e.*, u.user_name AS maker, d.user_name AS decider FROM exports e
	JOIN users u ON u.id = e.user_id LEFT JOIN users d ON d.id = e.decided_by `

func (s *Store) export(tx *gorm.DB, n namedExport) (models.Export, error) {
	r := n.Row
	out := models.Export{
		ID: r.ID, State: r.State, UserID: r.UserID, UserName: n.Maker, Rows: r.RowCount, Total: r.RowsTotal, Omitted: r.Omitted, SelfReviewed: r.SelfReviewed, Cut: r.Cut,
		Bytes: r.Bytes, SHA256: r.SHA256, CreatedAt: models.UTC(r.CreatedAt), FinishedAt: optionalUTC(r.FinishedAt),
	}
	if r.Failure != nil {
		out.Failure = *r.Failure
	}
	if n.Decider != nil {
		out.DecidedBy = *n.Decider
	}
	var hidden protectedExport
	if err := s.openIn(tx, ofOrganisation(r.OrganisationID), "exports", r.RowKey, r.Protected, &hidden); err != nil {
		return out, err
	}
	if err := json.Unmarshal(hidden.Filter, &out.Request); err != nil {
		return out, fmt.Errorf("decode export: %w", err)
	}
	if end := out.ExpiresAt(); end != nil && !s.now().Before(*end) {
		out.State = models.ExportExpired
	}
	return out, nil
}

// RequestExport keeps what somebody wants in a file. Errors: rate.exports,
// export.too_many, idempotency.key_reused.
func (v *View) RequestExport(ctx context.Context, r models.ExportRequest, key, bodyHash string) (out models.Export, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		earlier, err := v.claimKey(tx, exportKey, key, bodyHash)
		if err != nil {
			return err
		}
		if earlier != "" {
			out, err = v.exportNamed(tx, earlier, "")
			return err
		}
		if out, err = v.insertExport(ctx, tx, r); err != nil {
			return err
		}
		return v.fulfilKey(tx, exportKey, key, out.ID)
	})
	return out, err
}

func (v *View) insertExport(ctx context.Context, tx *gorm.DB, r models.ExportRequest) (out models.Export, err error) {
	if err := v.withinExports(tx, r.Level); err != nil {
		return out, err
	}
	described, err := json.Marshal(r)
	if err != nil {
		return out, fmt.Errorf("encode export: %w", err)
	}
	row := exportRow{
		ID: uuid.NewString(), OrganisationID: v.p.OrganisationID, UserID: v.p.UserID, Level: r.Level, Format: r.Format, State: models.ExportQueued,
		Filter: string(described), CreatedAt: v.s.now(),
	}
	if r.Level == models.LevelFull {
		row.State = models.ExportWaiting
	}
	if r.Snapshot != "" {
		row.SnapshotID = &r.Snapshot
	}
	if err := v.s.sealFilter(tx, &row); err != nil {
		return out, err
	}
	if err := tx.Create(&row).Error; err != nil {
		return out, fmt.Errorf("insert export: %w", err)
	}
	if out, err = v.s.export(tx, namedExport{Row: row, Maker: v.p.UserName}); err != nil {
		return out, err
	}
	return out, v.audit(ctx, tx, "export.request", row.ID, []string{r.Level, r.Format})
}

// withinExports holds the limits of S25 that outlive a session.
func (v *View) withinExports(tx *gorm.DB, level string) error {
	// Requests at the same time take turns, so that the last one allowed is one.
	if err := tx.Exec("SELECT id FROM users WHERE id = ?"+v.s.lock(), v.p.UserID).Error; err != nil {
		return fmt.Errorf("lock exporter: %w", err)
	}
	var open int
	err := tx.Raw("SELECT COUNT(*) FROM exports WHERE user_id = ? AND state IN ? AND created_at > ?", v.p.UserID, openExports, v.s.now().Add(-models.ExportLife)).Scan(&open).Error
	if err != nil {
		return fmt.Errorf("count exports: %w", err)
	}
	if open >= models.MaxExportsKept {
		return &models.Error{
			Kind: models.KindConflict, Code: "export.too_many", Params: map[string]any{"count": models.MaxExportsKept},
			Detail: fmt.Sprintf("You have %d files already. Delete some first.", models.MaxExportsKept),
		}
	}
	if level != models.LevelFull {
		return nil
	}
	const day = 24 * time.Hour
	var times []time.Time
	err = tx.Raw("SELECT created_at FROM exports WHERE user_id = ? AND level = ? AND created_at > ? ORDER BY created_at", v.p.UserID, level, v.s.now().Add(-day)).Scan(&times).Error
	if err != nil {
		return fmt.Errorf("count full exports: %w", err)
	}
	if len(times) >= models.FullExportsADay {
		return models.TooMany("export.full_too_many", fmt.Sprintf("At most %d exports of level full a day.", models.FullExportsADay), times[0].Add(day).Sub(v.s.now()))
	}
	return nil
}

// exportNamed reads one's own export, or as a reviewer one of level full of a
// colleague. Errors: export.not_found.
func (v *View) exportNamed(tx *gorm.DB, id, lock string) (models.Export, error) {
	var rows []namedExport
	where := "WHERE e.id = ? AND e.organisation_id = ? AND e.state NOT IN ('sent', 'deleted')"
	if err := tx.Raw(namedExports+where+lock, id, v.p.OrganisationID).Scan(&rows).Error; err != nil {
		return models.Export{}, fmt.Errorf("read export: %w", err)
	}
	if len(rows) == 0 {
		return models.Export{}, models.NotFound("export")
	}
	row := rows[0].Row
	decides := row.Level == models.LevelFull && v.p.Has(models.RoleReviewer)
	if row.UserID != v.p.UserID && !decides {
		return models.Export{}, models.NotFound("export")
	}
	return v.s.export(tx, rows[0])
}

// Export reads one. Errors: export.not_found.
func (v *View) Export(ctx context.Context, id string) (out models.Export, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		out, err = v.exportNamed(tx, id, "")
		return err
	})
	return out, err
}

// mostExports is how many the list holds.
const mostExports = 100

// Exports are one's own, and for a reviewer those of level full of colleagues,
// newest first.
func (v *View) Exports(ctx context.Context) (out []models.Export, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		where, args := "e.user_id = ?", []any{v.p.OrganisationID, v.p.UserID}
		if v.p.Has(models.RoleReviewer) {
			where += " OR e.level = 'full'"
		}
		var rows []namedExport
		err := tx.Raw(namedExports+"WHERE e.organisation_id = ? AND e.state NOT IN ('sent', 'deleted') AND ("+where+") ORDER BY e.created_at DESC, e.id LIMIT ?", append(args, mostExports)...).
			Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("list exports: %w", err)
		}
		for _, r := range rows {
			e, err := v.s.export(tx, r)
			if err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	return out, err
}

// ExportChange is what a step does to an export.
type ExportChange struct {
	From    []string // states that it may be in
	To      string
	Action  string // of the audit; "" none
	Decided bool   // by the principal
	Failure string
	Result  *models.Export // of a finished one
}

// ChangeExport moves an export on. Errors: export.not_found, export.wrong_state.
func (v *View) ChangeExport(ctx context.Context, id string, c ExportChange) (out models.Export, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		if out, err = v.exportNamed(tx, id, v.s.lockOf("e")); err != nil {
			return err
		}
		if c.Decided {
			if err := v.p.MayDecideExport(out); err != nil {
				return err
			}
		} else if out.UserID != v.p.UserID {
			return models.NotFound("export")
		}
		if !slices.Contains(c.From, out.State) {
			return &models.Error{
				Kind: models.KindConflict, Code: "export.wrong_state", Params: map[string]any{"state": out.State},
				Detail: "The export is " + out.State + ": this cannot be done now. Read it again.",
			}
		}
		if err := tx.Model(&exportRow{}).Where("id = ?", id).Updates(v.exportSet(c)).Error; err != nil {
			return fmt.Errorf("change export: %w", err)
		}
		if c.Action != "" {
			if err := v.audit(ctx, tx, c.Action, id, []string{out.Request.Level, out.Request.Format}); err != nil {
				return err
			}
		}
		if c.To == models.ExportDeleted {
			out.State = c.To
			return nil
		}
		out, err = v.exportNamed(tx, id, "")
		return err
	})
	return out, err
}

func (v *View) exportSet(c ExportChange) map[string]any {
	set := map[string]any{"state": c.To}
	if c.Decided {
		set["decided_by"] = v.p.UserID
	}
	if c.Failure != "" {
		set["failure"] = c.Failure
	}
	if r := c.Result; r != nil {
		set["row_count"], set["rows_total"], set["omitted"], set["cut"] = r.Rows, r.Rows, r.Omitted, r.Cut
		set["self_reviewed"] = r.SelfReviewed
		set["bytes"], set["sha256"] = r.Bytes, r.SHA256
	}
	if c.To == models.ExportDone {
		set["finished_at"] = v.s.now()
	}
	return set
}

// NoteExport puts the download of a file into the audit.
func (v *View) NoteExport(ctx context.Context, e models.Export) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		return v.audit(ctx, tx, "export.download", e.ID, []string{e.Request.Level, e.Request.Format})
	})
}

// NextExport is the export that has waited longest for the program, and whose
// it is; found is false when none waits, or the instance is locked.
func (s *System) NextExport(ctx context.Context) (id string, p models.Principal, found bool, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		if instance, err := readInstanceState(tx); err != nil || instance.Mode != models.ModeOpen {
			return err
		}
		var rows []exportRow
		if err := tx.Raw("SELECT * FROM exports WHERE state = 'queued' ORDER BY created_at, id LIMIT 1").Scan(&rows).Error; err != nil {
			return fmt.Errorf("find export: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		a, roles, err := findAccount(tx, "WHERE u.id = ? AND m.organisation_id = ?", rows[0].UserID, rows[0].OrganisationID)
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return err
		}
		// Whoever left has no principal: the first step ends the export.
		id, p, found = rows[0].ID, a.principal(roles, ""), true
		return nil
	})
	return id, p, found, err
}

// EndExport ends an export whose person may not have it any more.
func (s *System) EndExport(ctx context.Context, id, code string) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("UPDATE exports SET state = 'failed', failure = ? WHERE id = ? AND state IN ('queued', 'running')", code, id).Error
		if err != nil {
			return fmt.Errorf("end export: %w", err)
		}
		return nil
	})
}

// LoseExports is for the start of the program: the keys of its files were in
// memory, so nothing of before can be read or gone on with.
func (s *System) LoseExports(ctx context.Context) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		for _, statement := range []string{
			"UPDATE exports SET state = 'failed', failure = 'export.restarted' WHERE state IN ('queued', 'running')",
			"UPDATE exports SET state = 'expired' WHERE state = 'done'",
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return fmt.Errorf("lose exports: %w", err)
			}
		}
		return nil
	})
}

// ExpireExports ends what was finished a day ago, and what waited for a week.
func (s *System) ExpireExports(ctx context.Context) error {
	now := s.s.now()
	return s.s.write(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("UPDATE exports SET state = 'expired' WHERE (state = 'done' AND finished_at <= ?) OR (state = 'waiting' AND created_at <= ?)",
			now.Add(-models.ExportLife), now.Add(-7*models.ExportLife)).Error
		if err != nil {
			return fmt.Errorf("expire exports: %w", err)
		}
		return nil
	})
}

// ExportKept tells whether the file of an export can still be downloaded.
func (s *System) ExportKept(ctx context.Context, id string) (kept bool, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT EXISTS (SELECT 1 FROM exports WHERE id = ? AND state = 'done')", id).Scan(&kept).Error
	})
	if err != nil {
		return false, fmt.Errorf("look for export: %w", err)
	}
	return kept, nil
}
