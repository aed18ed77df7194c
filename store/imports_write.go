package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"farwatch/models"
)

// importHash hides what others call a case behind a key of this installation.
func (v *View) importHash(kind, value string) string {
	mac := hmac.New(sha256.New, v.s.auditKey)
	mac.Write([]byte("import\x00" + kind + "\x00" + strconv.FormatInt(v.p.OrganisationID, 10) + "\x00" + value))
	return hex.EncodeToString(mac.Sum(nil))
}

// chunk is the work on some rows of an import, in one transaction.
type chunk struct {
	v      *View
	tx     *gorm.DB
	vocab  *models.Vocabulary
	known  map[string]importKeyRow // row hash → the record that it finds
	fresh  []models.ImportedRow    // to be created
	ledger []importLedgerRow
	count  map[string]int
}

type importKeyRow struct {
	OrganisationID int64
	RowHash        string
	IncidentID     int64
	ContentHash    string
	Ref            string `gorm:"->"`
}

func (importKeyRow) TableName() string { return "import_keys" }

// WriteImported writes rows of a running import: all of them with what became
// of them, or none. Rows that are written already are passed over, so that a
// killed import goes on. Errors: import.not_found, import.wrong_state.
func (v *View) WriteImported(ctx context.Context, id string, rows []models.ImportedRow, vocab *models.Vocabulary) (out models.Import, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		row, err := v.ownImport(tx, id, v.s.lock())
		if err != nil {
			return err
		}
		if row.State != models.ImportRunning {
			return models.Fail(models.KindConflict, "import.wrong_state", "The import does not run any more.")
		}
		var last int
		if err := tx.Raw("SELECT COALESCE(MAX(number), 0) FROM import_rows WHERE import_id = ?", id).Scan(&last).Error; err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		c := &chunk{v: v, tx: tx, vocab: vocab, count: map[string]int{}}
		if err := c.findKnown(rows); err != nil {
			return err
		}
		warned := 0
		for _, r := range rows {
			if r.Number <= last {
				continue
			}
			if err := c.row(ctx, r); err != nil {
				return err
			}
			if r.Warned {
				warned++
			}
		}
		if err := c.create(); err != nil {
			return err
		}
		for i := range c.ledger {
			c.ledger[i].ImportID = id
		}
		if err := insertRows(tx, c.ledger); err != nil {
			return err
		}
		done := len(c.ledger)
		err = tx.Exec(`UPDATE imports SET rows_done = rows_done + ?, created = created + ?, updated = updated + ?, unchanged = unchanged + ?, refused = refused + ?,
			warned = warned + ?, changed_at = ? WHERE id = ?`,
			done, c.count[models.RowCreated], c.count[models.RowUpdated], c.count[models.RowUnchanged], c.count[models.RowRefused], warned, v.s.now(), id).Error
		if err != nil {
			return fmt.Errorf("update import: %w", err)
		}
		if row, err = v.ownImport(tx, id, ""); err != nil {
			return err
		}
		if out, err = v.importOf(tx, row); err != nil || done == 0 {
			return err
		}
		// One row of the log for all: the ledger says which record came of which row.
		return v.audit(ctx, tx, "import.rows", id, []string{"rows", strconv.Itoa(c.ledger[0].Number), strconv.Itoa(c.ledger[done-1].Number)})
	})
	return out, err
}

// findKnown reads which rows have a record.
func (c *chunk) findKnown(rows []models.ImportedRow) error {
	c.known = map[string]importKeyRow{}
	var hashes []string
	for _, r := range rows {
		if r.Key != "" {
			hashes = append(hashes, c.v.importHash("key", r.Key))
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	w := c.v.visible()
	var found []importKeyRow
	err := c.tx.Raw("SELECT k.*, i.ref FROM import_keys k JOIN incidents i ON i.id = k.incident_id WHERE k.organisation_id = ? AND k.row_hash IN ? AND "+w.sql(),
		append([]any{c.v.p.OrganisationID, hashes}, w.args...)...).Scan(&found).Error
	if err != nil {
		return fmt.Errorf("find imported records: %w", err)
	}
	for _, f := range found {
		c.known[f.RowHash] = f
	}
	return nil
}

// row decides what becomes of a row.
func (c *chunk) row(ctx context.Context, r models.ImportedRow) error {
	if r.Refused {
		return c.note(r, models.RowRefused, nil, nil)
	}
	if r.Ref != "" {
		return c.byRef(ctx, r)
	}
	hash := c.v.importHash("key", r.Key)
	if c.pending(hash) { // the row before it is not written yet
		if err := c.create(); err != nil {
			return err
		}
	}
	known, ok := c.known[hash]
	switch {
	case !ok:
		c.fresh = append(c.fresh, r)
		return nil
	case known.ContentHash == c.v.importHash("content", r.Content):
		return c.note(r, models.RowUnchanged, &known.IncidentID, nil)
	}
	return c.update(ctx, r, known.Ref, &known)
}

// byRef changes the record of a ref; one that is gone comes back where the map
// says so.
func (c *chunk) byRef(ctx context.Context, r models.ImportedRow) error {
	if r.Restore {
		if slices.ContainsFunc(c.fresh, func(f models.ImportedRow) bool { return f.Ref == r.Ref }) {
			if err := c.create(); err != nil {
				return err
			}
		}
		gone, err := c.gone(r.Ref)
		if err != nil {
			return err
		}
		if gone {
			c.fresh = append(c.fresh, r)
			return nil
		}
	}
	return c.update(ctx, r, r.Ref, nil)
}

// gone tells that no record of anybody has a ref; one that was erased does not
// come back.
func (c *chunk) gone(ref string) (bool, error) {
	var held int
	err := c.v.s.asSystem(c.tx, func() error {
		return c.tx.Raw("SELECT (SELECT COUNT(*) FROM incidents WHERE ref = @ref) + (SELECT COUNT(*) FROM erasures WHERE ref = @ref)", map[string]any{"ref": ref}).Scan(&held).Error
	})
	if err != nil {
		return false, fmt.Errorf("look for ref: %w", err)
	}
	return held == 0, nil
}

func (c *chunk) pending(hash string) bool {
	for _, f := range c.fresh {
		if c.v.importHash("key", f.Key) == hash {
			return true
		}
	}
	return false
}

// note writes a row into the ledger.
func (c *chunk) note(r models.ImportedRow, outcome string, incident *int64, prior *priorRow) error {
	row := importLedgerRow{Number: r.Number, Outcome: outcome, IncidentID: incident}
	if prior != nil {
		version := prior.Version + 1
		row.Version = &version
	} else if outcome == models.RowCreated {
		first := 1
		row.Version = &first
	}
	c.count[outcome]++
	var err error
	if row.RowKey, err = c.v.s.rowKey(); err != nil {
		return err
	}
	row.Protected, err = c.v.s.sealIn(c.tx, ofOrganisation(c.v.p.OrganisationID), "import_rows", row.RowKey, protectedImportRow{Detail: r.Detail, Prior: prior})
	c.ledger = append(c.ledger, row)
	return err
}

// refuse keeps a row out that the record's state or rules do not take.
func (c *chunk) refuse(r models.ImportedRow, code string) error {
	detail, err := json.Marshal(map[string]any{"faults": []map[string]string{{"code": code}}})
	if err != nil {
		return fmt.Errorf("encode refusal: %w", err)
	}
	r.Detail = detail
	return c.note(r, models.RowRefused, nil, nil)
}

// update puts a row over a record. Only drafts are changed: what a second
// person has seen is edited by hand.
func (c *chunk) update(ctx context.Context, r models.ImportedRow, ref string, known *importKeyRow) error {
	old, err := c.v.lockWhole(c.tx, ref)
	switch {
	case models.KindOf(err) == models.KindNotFound:
		return c.refuse(r, "unknown_key")
	case err != nil:
		return err
	case c.v.p.MayEdit(old.Incident) != nil:
		return c.refuse(r, "not_yours")
	case old.WorkflowStatus != models.StatusDraft:
		return c.refuse(r, "not_draft")
	}
	in := r.Merge(old.IncidentInput)
	in.Normalize()
	if reflect.DeepEqual(in, old.IncidentInput) {
		return c.note(r, models.RowUnchanged, &old.id, nil)
	}
	if in.Validate(c.v.s.now(), c.vocab) != nil {
		return c.refuse(r, "no_longer_valid")
	}
	if _, _, err := c.v.resolve(c.tx, in, nil); models.KindOf(err) == models.KindInvalid {
		return c.refuse(r, "unknown_ref")
	} else if err != nil {
		return err
	}
	prior := &priorRow{Version: old.Version, UpdatedAt: old.UpdatedAt, VerificationStatus: old.VerificationStatus}
	s, err := c.v.edit(c.tx, old, models.ActionEdit, old.keeping(in), nil, c.vocab)
	if err != nil {
		if models.KindOf(err) == models.KindInternal {
			return err
		}
		return c.refuse(r, "not_yours")
	}
	s.fields = changedMembers(old.IncidentInput, *s.content)
	if _, err := c.v.save(ctx, c.tx, old, s); err != nil {
		return err
	}
	if known != nil {
		prior.Content = known.ContentHash
		known.ContentHash = c.v.importHash("content", r.Content)
		c.known[known.RowHash] = *known
		err := c.tx.Exec("UPDATE import_keys SET content_hash = ? WHERE organisation_id = ? AND row_hash = ?", known.ContentHash, c.v.p.OrganisationID, known.RowHash).Error
		if err != nil {
			return fmt.Errorf("update key: %w", err)
		}
	}
	return c.note(r, models.RowUpdated, &old.id, prior)
}

// create writes the records that wait, all at once.
func (c *chunk) create() error {
	var rows []models.ImportedRow
	for _, r := range c.fresh {
		_, _, err := c.v.resolve(c.tx, r.Input, nil)
		switch {
		case models.KindOf(err) == models.KindInvalid && err != nil:
			if err := c.refuse(r, "unknown_ref"); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			rows = append(rows, r)
		}
	}
	c.fresh = nil
	if len(rows) == 0 {
		return nil
	}
	now := c.v.s.now()
	records := make([]newRecord, len(rows))
	for i, r := range rows {
		records[i] = newRecord{
			row: incidentRow{
				OrganisationID: c.v.p.OrganisationID, Version: 1, WorkflowStatus: models.StatusDraft, VerificationStatus: "unreviewed",
				CreatedBy: c.v.p.UserID, CreatedAt: now, UpdatedAt: now, Ref: r.Ref,
			},
			input: r.Input, derived: r.Derived,
		}
	}
	if err := c.v.insertRecords(c.tx, records, c.vocab.Version); err != nil {
		return err
	}
	var keys []importKeyRow
	for i, r := range rows {
		id := records[i].row.ID
		if r.Key != "" {
			key := importKeyRow{
				OrganisationID: c.v.p.OrganisationID, RowHash: c.v.importHash("key", r.Key), IncidentID: id,
				ContentHash: c.v.importHash("content", r.Content), Ref: records[i].row.Ref,
			}
			keys = append(keys, key)
			c.known[key.RowHash] = key
		}
		if err := c.note(r, models.RowCreated, &id, nil); err != nil {
			return err
		}
	}
	return insertRows(c.tx, keys)
}

// ImportedUpTo is the number of the last row that is written. Errors:
// import.not_found.
func (v *View) ImportedUpTo(ctx context.Context, id string) (last int, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		if _, err := v.ownImport(tx, id, ""); err != nil {
			return err
		}
		if err := tx.Raw("SELECT COALESCE(MAX(number), 0) FROM import_rows WHERE import_id = ?", id).Scan(&last).Error; err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		return nil
	})
	return last, err
}
