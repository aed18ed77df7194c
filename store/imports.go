package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type importRow struct {
	ID             string
	OrganisationID int64
	UserID         string
	State          string
	Bytes          int64
	Received       int64
	RowsDone       int
	RowsTotal      int
	Created        int
	Updated        int
	Unchanged      int
	Refused        int
	Warned         int
	At             time.Time
	ChangedAt      time.Time
	RowKey         string
	Protected      []byte
}

func (importRow) TableName() string { return "imports" }

type protectedImport struct {
	Name    string `json:",omitempty"`
	Plan    []byte `json:",omitempty"`
	Found   []byte `json:",omitempty"`
	Failure string `json:",omitempty"`
}

type importPartRow struct {
	ImportID  string
	StartAt   int64
	Bytes     int64
	RowKey    string
	Protected []byte
}

func (importPartRow) TableName() string { return "import_parts" }

type importLedgerRow struct {
	ImportID   string
	Number     int
	Outcome    string
	IncidentID *int64
	Version    *int
	RowKey     string
	Protected  []byte
}

func (importLedgerRow) TableName() string { return "import_rows" }

type protectedImportRow struct {
	Detail []byte    `json:",omitempty"`
	Prior  *priorRow `json:",omitempty"`
}

// priorRow is what an updated record was before, beyond its content, which its
// history keeps.
type priorRow struct {
	Version            int
	UpdatedAt          time.Time
	VerificationStatus string
	Content            string // hash of what the row said last time
}

func (v *View) importOf(tx *gorm.DB, r importRow) (models.Import, error) {
	var hidden protectedImport
	err := v.s.openIn(tx, ofOrganisation(r.OrganisationID), "imports", r.RowKey, r.Protected, &hidden)
	return models.Import{
		ID: r.ID, UserName: v.p.UserName, Name: hidden.Name, State: r.State, Bytes: r.Bytes, Received: r.Received, Done: r.RowsDone, Total: r.RowsTotal,
		Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Refused: r.Refused, Warned: r.Warned, At: r.At, ChangedAt: r.ChangedAt,
		Plan: hidden.Plan, Found: hidden.Found, Failure: hidden.Failure,
	}, err
}

const beginImportOperation = "beginImport"

// BeginImport makes room for a file, once for an idempotency key. Errors:
// import.too_many, idempotency.key_reused.
func (v *View) BeginImport(ctx context.Context, name string, bytes int64, key, bodyHash string) (out models.Import, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		earlier, err := v.claimKey(tx, beginImportOperation, key, bodyHash)
		if err != nil {
			return err
		}
		if earlier != "" {
			row, err := v.ownImport(tx, earlier, "")
			if err == nil {
				out, err = v.importOf(tx, row)
			}
			return err
		}
		var mine int
		if err := tx.Raw("SELECT COUNT(*) FROM imports WHERE user_id = ? AND organisation_id = ?", v.p.UserID, v.p.OrganisationID).Scan(&mine).Error; err != nil {
			return fmt.Errorf("count imports: %w", err)
		}
		if mine >= models.MaxImports {
			return models.Fail(models.KindConflict, "import.too_many", "You keep 50 imports. Forget one first; its records stay.")
		}
		now := v.s.now()
		row := importRow{
			ID: uuid.NewString(), OrganisationID: v.p.OrganisationID, UserID: v.p.UserID, State: models.ImportUploading, Bytes: bytes, At: now, ChangedAt: now,
		}
		if err := v.sealImport(tx, &row, protectedImport{Name: name}); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert import: %w", err)
		}
		if err := v.fulfilKey(tx, beginImportOperation, key, row.ID); err != nil {
			return err
		}
		if out, err = v.importOf(tx, row); err != nil {
			return err
		}
		return v.audit(ctx, tx, "import.begin", row.ID, nil)
	})
	return out, err
}

func (v *View) sealImport(tx *gorm.DB, row *importRow, hidden protectedImport) (err error) {
	if row.RowKey, err = v.s.rowKey(); err != nil {
		return err
	}
	row.Protected, err = v.s.sealIn(tx, ofOrganisation(row.OrganisationID), "imports", row.RowKey, hidden)
	return err
}

// ownImport reads one's own import. Errors: import.not_found.
func (v *View) ownImport(tx *gorm.DB, id, lock string) (importRow, error) {
	var rows []importRow
	err := tx.Raw("SELECT * FROM imports WHERE id = ? AND user_id = ? AND organisation_id = ?"+lock, id, v.p.UserID, v.p.OrganisationID).Scan(&rows).Error
	if err != nil {
		return importRow{}, fmt.Errorf("read import: %w", err)
	}
	if len(rows) == 0 {
		return importRow{}, models.NotFound("import")
	}
	return rows[0], nil
}

// Imports are one's own, the newest first.
func (v *View) Imports(ctx context.Context) (out []models.Import, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		var rows []importRow
		err := tx.Raw("SELECT * FROM imports WHERE user_id = ? AND organisation_id = ? ORDER BY at DESC, id LIMIT ?",
			v.p.UserID, v.p.OrganisationID, models.MaxImports).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("list imports: %w", err)
		}
		for _, r := range rows {
			item, err := v.importOf(tx, r)
			if err != nil {
				return err
			}
			out = append(out, item)
		}
		return nil
	})
	return out, err
}

// Import reads one's own import. Errors: import.not_found.
func (v *View) Import(ctx context.Context, id string) (out models.Import, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		row, err := v.ownImport(tx, id, "")
		if err != nil {
			return err
		}
		out, err = v.importOf(tx, row)
		return err
	})
	return out, err
}

// AddImportPart takes the next part of the file; one that came already is no
// fault. Errors: import.not_found, import.wrong_part, import.not_waiting.
func (v *View) AddImportPart(ctx context.Context, id string, start int64, data []byte) (out models.Import, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.ownImport(tx, id, v.s.lock())
		if err != nil {
			return err
		}
		end := start + int64(len(data))
		switch {
		case row.State != models.ImportUploading:
			return models.Fail(models.KindConflict, "import.not_waiting", "The whole file is here already.")
		case end <= row.Received: // sent again after a lost answer
			out, err = v.importOf(tx, row)
			return err
		case start != row.Received || end > row.Bytes || len(data) == 0:
			return &models.Error{
				Kind: models.KindConflict, Code: "import.wrong_part", Params: map[string]any{"received": row.Received},
				Detail: "The next part begins where the last one ended, and the parts together are as long as was said.",
			}
		}
		part := importPartRow{ImportID: id, StartAt: start, Bytes: int64(len(data))}
		if part.RowKey, err = v.s.rowKey(); err != nil {
			return err
		}
		if part.Protected, err = v.s.sealBytes(tx, ofOrganisation(row.OrganisationID), "import_parts", part.RowKey, data); err != nil {
			return err
		}
		if err := tx.Create(&part).Error; err != nil {
			return fmt.Errorf("insert part: %w", err)
		}
		row.Received = end
		if err := tx.Model(&importRow{}).Where("id = ?", id).Updates(map[string]any{"received": end, "changed_at": v.s.now()}).Error; err != nil {
			return fmt.Errorf("update import: %w", err)
		}
		out, err = v.importOf(tx, row)
		return err
	})
	return out, err
}

// ImportParts are where the parts of a file begin, with its length. Errors:
// import.not_found, import.incomplete.
func (v *View) ImportParts(ctx context.Context, id string) (starts []int64, bytes int64, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		row, err := v.ownImport(tx, id, "")
		if err != nil {
			return err
		}
		if row.Received != row.Bytes {
			return models.Fail(models.KindConflict, "import.incomplete", "Not all of the file has arrived. Send the rest first.")
		}
		bytes = row.Bytes
		if err := tx.Raw("SELECT start_at FROM import_parts WHERE import_id = ? ORDER BY start_at", id).Scan(&starts).Error; err != nil {
			return fmt.Errorf("read parts: %w", err)
		}
		return nil
	})
	return starts, bytes, err
}

// ImportPart reads the part that begins at start. Errors: import.not_found.
func (v *View) ImportPart(ctx context.Context, id string, start int64) (data []byte, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		if _, err := v.ownImport(tx, id, ""); err != nil {
			return err
		}
		var part importPartRow
		if err := tx.Where("import_id = ? AND start_at = ?", id, start).Take(&part).Error; err != nil {
			return fmt.Errorf("read part: %w", err)
		}
		if data, err = v.s.openBytes(tx, ofOrganisation(v.p.OrganisationID), "import_parts", part.RowKey, part.Protected); err != nil {
			return err
		}
		data = data[:part.Bytes]
		return nil
	})
	return data, err
}

// ImportChange is what a step does to an import; nil members stay.
type ImportChange struct {
	From    []string // states that it may be in
	To      string   // "" stays
	Plan    []byte
	Found   []byte
	Failure *string
	// Fresh begins the count of rows anew and forgets what became of them.
	Fresh bool
	// Rewind begins the count of rows behind anew, for what goes through them
	// once more.
	Rewind bool
	Total  *int
}

// ChangeImport moves an import on. Errors: import.not_found, import.wrong_state.
func (v *View) ChangeImport(ctx context.Context, id string, c ImportChange) (out models.Import, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		out, err = v.changeImport(ctx, tx, id, c)
		return err
	})
	return out, err
}

func (v *View) changeImport(ctx context.Context, tx *gorm.DB, id string, c ImportChange) (models.Import, error) {
	row, err := v.ownImport(tx, id, v.s.lock())
	if err != nil {
		return models.Import{}, err
	}
	if !slices.Contains(c.From, row.State) {
		return models.Import{}, &models.Error{
			Kind: models.KindConflict, Code: "import.wrong_state", Params: map[string]any{"state": row.State},
			Detail: "The import is " + row.State + ": this cannot be done now. Read it again.",
		}
	}
	var hidden protectedImport
	if err := v.s.openIn(tx, ofOrganisation(row.OrganisationID), "imports", row.RowKey, row.Protected, &hidden); err != nil {
		return models.Import{}, err
	}
	if c.Plan != nil {
		hidden.Plan = c.Plan
	}
	if c.Found != nil {
		hidden.Found = c.Found
	}
	if c.Failure != nil {
		hidden.Failure = *c.Failure
	}
	if err := v.sealImport(tx, &row, hidden); err != nil {
		return models.Import{}, err
	}
	before := row.State
	if c.To != "" {
		row.State = c.To
	}
	if c.Total != nil {
		row.RowsTotal = *c.Total
	}
	if c.Fresh {
		row.RowsDone, row.Created, row.Updated, row.Unchanged, row.Refused, row.Warned = 0, 0, 0, 0, 0, 0
		if err := tx.Exec("DELETE FROM import_rows WHERE import_id = ?", id).Error; err != nil {
			return models.Import{}, fmt.Errorf("forget rows: %w", err)
		}
	}
	if c.Rewind {
		row.RowsDone = 0
	}
	row.ChangedAt = v.s.now()
	if err := tx.Model(&importRow{}).Where("id = ?", id).Select("*").Omit("id").Updates(&row).Error; err != nil {
		return models.Import{}, fmt.Errorf("update import: %w", err)
	}
	out, err := v.importOf(tx, row)
	if err == nil && row.State != before {
		err = v.audit(ctx, tx, "import."+row.State, id, nil)
	}
	return out, err
}

// ForgetImport deletes an import with its file and what became of its rows; the
// records stay, and cannot be taken back by it any more. Errors:
// import.not_found, import.wrong_state while it works.
func (v *View) ForgetImport(ctx context.Context, id string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.ownImport(tx, id, v.s.lock())
		if err != nil {
			return err
		}
		if slices.Contains([]string{models.ImportChecking, models.ImportRunning, models.ImportUndoing}, row.State) {
			return models.Fail(models.KindConflict, "import.wrong_state", "The import is at work. Cancel it first.")
		}
		for _, table := range []string{"import_rows", "import_parts"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE import_id = ?", id).Error; err != nil {
				return fmt.Errorf("forget %s: %w", table, err)
			}
		}
		if err := tx.Exec("DELETE FROM imports WHERE id = ?", id).Error; err != nil {
			return fmt.Errorf("forget import: %w", err)
		}
		return v.audit(ctx, tx, "import.forget", id, nil)
	})
}

// ImportRows lists what became of rows, those of the outcomes if there are any,
// behind a number.
func (v *View) ImportRows(ctx context.Context, id string, outcomes []string, after, limit int) (items []models.ImportRow, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		if _, err := v.ownImport(tx, id, ""); err != nil {
			return err
		}
		statement, args := "SELECT r.*, i.ref FROM import_rows r LEFT JOIN incidents i ON i.id = r.incident_id WHERE r.import_id = ? AND r.number > ?", []any{id, after}
		if len(outcomes) > 0 {
			statement, args = statement+" AND r.outcome IN ?", append(args, outcomes)
		}
		var rows []struct {
			Row importLedgerRow `gorm:"embedded"`
			Ref *string
		}
		if err := tx.Raw(statement+" ORDER BY r.number LIMIT ?", append(args, limit)...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("list rows: %w", err)
		}
		for _, r := range rows {
			var hidden protectedImportRow
			if err := v.s.openIn(tx, ofOrganisation(v.p.OrganisationID), "import_rows", r.Row.RowKey, r.Row.Protected, &hidden); err != nil {
				return err
			}
			item := models.ImportRow{Number: r.Row.Number, Outcome: r.Row.Outcome, Detail: hidden.Detail}
			if r.Ref != nil {
				item.Ref = *r.Ref
			}
			items = append(items, item)
		}
		return nil
	})
	return items, err
}
