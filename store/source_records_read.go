package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"farwatch/models"
)

// SourceQuery asks for one page of source records.
type SourceQuery struct {
	Text     string // in publisher, title or address; "" for all
	Incident string // ref of an incident that has it; "" for any
	Cursor   string
	Limit    int
}

// citing joins what makes a source record r visible: a source s of an incident
// i. The condition on i follows.
const citing = "FROM sources s JOIN incidents i ON i.id = s.incident_id WHERE "

// SourceRecords answers one page, those first met last first. A record is there
// exactly when one of its incidents is visible. Errors: cursor.invalid.
func (v *View) SourceRecords(ctx context.Context, q SourceQuery) (items []models.SourceRecord, next string, err error) {
	limit := min(max(q.Limit, 1), models.MaxPage)
	w := v.visible()
	if q.Incident != "" {
		w.and("i.ref = ?", q.Incident)
	}
	use := w.clone()
	if q.Text != "" {
		matchText(&use, q.Text)
	}
	statement := "SELECT r.* FROM source_records r WHERE r.organisation_id = ?"
	args := []any{v.p.OrganisationID}
	if q.Cursor != "" {
		before, err := sourceCursor(q.Cursor)
		if err != nil {
			return nil, "", err
		}
		statement, args = statement+" AND r.id < ?", append(args, before)
	}
	tied := " AND EXISTS (SELECT 1 " + citing + use.sql() + " AND s.source_record_id = r.id)"
	if q.Incident != "" { // few: from the incident to its sources, not the other way round
		tied = " AND r.id IN (SELECT s.source_record_id " + citing + use.sql() + ")"
	}
	statement += tied + " ORDER BY r.id DESC LIMIT ?"
	args = append(append(args, use.args...), limit+1)
	err = v.read(ctx, func(tx *gorm.DB) error {
		var rows []sourceRecordRow
		if err := tx.Raw(statement, args...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("list source records: %w", err)
		}
		if len(rows) > limit {
			rows = rows[:limit]
			next = base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(rows[limit-1].ID, 36)))
		}
		items, err = describe(tx, v.visible(), rows)
		if err == nil && q.Incident != "" {
			err = localIDs(tx, w, rows, items)
		}
		return err
	})
	return items, next, err
}

func sourceCursor(s string) (int64, error) {
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		var id int64
		if id, err = strconv.ParseInt(string(data), 36, 64); err == nil && id > 0 {
			return id, nil
		}
	}
	return 0, models.Fail(models.KindMalformed, "cursor.invalid", "This cursor belongs to another list. Start again without a cursor.")
}

// matchText finds a text in what visible records say of the page, with ASCII
// letters folded, the same on both databases; or the page of a whole address.
func matchText(w *where, text string) {
	folded := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(foldASCII(strings.TrimSpace(text))) + "%"
	condition := `LOWER(s.publisher) LIKE ? ESCAPE '\' OR LOWER(s.title) LIKE ? ESCAPE '\' OR LOWER(s.url) LIKE ? ESCAPE '\'`
	args := []any{folded, folded, folded}
	if name := models.CanonicalURL(text); name != "" {
		condition += " OR EXISTS (SELECT 1 FROM source_records n WHERE n.id = s.source_record_id AND n.canonical_url = ?)"
		args = append(args, name)
	}
	w.and(condition, args...)
}

func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// describe counts the visible incidents of records, and takes the description
// from the one that changed last.
func describe(tx *gorm.DB, w where, rows []sourceRecordRow) ([]models.SourceRecord, error) {
	out := make([]models.SourceRecord, len(rows))
	at := map[int64]*models.SourceRecord{}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		out[i] = models.SourceRecord{Ref: r.Ref, CanonicalURL: r.CanonicalURL, CreatedAt: models.UTC(r.CreatedAt), LocalIDs: []string{}}
		at[r.ID], ids[i] = &out[i], r.ID
	}
	if len(ids) == 0 {
		return out, nil
	}
	var found []struct {
		Row       sourceRow `gorm:"embedded"`
		Incidents int
	}
	err := tx.Raw(`SELECT d.kind, d.publisher, d.title, d.url, d.archive_url, d.author, d.language, d.published, d.source_record_id,
			(SELECT COUNT(DISTINCT s.incident_id) `+citing+w.sql()+` AND s.source_record_id = d.source_record_id) AS incidents
		FROM (SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.source_record_id ORDER BY i.updated_at DESC, i.id DESC, s.position) AS place `+
		citing+w.sql()+` AND s.source_record_id IN ?) d WHERE d.place = 1`, append(append(append([]any{}, w.args...), w.args...), ids)...).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("describe source records: %w", err)
	}
	for _, f := range found {
		r := at[*f.Row.SourceRecordID]
		r.Incidents, r.Described = f.Incidents, sourceOf(f.Row).Described()
	}
	return out, nil
}

// sourceOf is a source of a public kind as it is kept.
func sourceOf(r sourceRow) models.Source {
	return models.Source{
		ID: r.LocalID, Kind: r.Kind, Publisher: r.Publisher, Title: r.Title, URL: r.URL, ArchiveURL: r.ArchiveURL, Author: r.Author,
		Language: r.Language, Published: (*models.Day)(r.Published), Accessed: (*models.Day)(r.Accessed), DerivedFrom: r.DerivedFrom,
		Reliability: r.Reliability, Scale: r.Scale, Text: r.Text, TextSHA256: r.TextSHA256,
	}
}

// localIDs adds which sources of the one incident asked for they are.
func localIDs(tx *gorm.DB, w where, rows []sourceRecordRow, items []models.SourceRecord) error {
	at := map[int64]int{}
	for i, r := range rows {
		at[r.ID] = i
	}
	var found []sourceRow
	err := tx.Raw("SELECT s.local_id, s.source_record_id "+citing+w.sql()+" AND s.source_record_id IS NOT NULL ORDER BY s.position", w.args...).Scan(&found).Error
	if err != nil {
		return fmt.Errorf("read local ids: %w", err)
	}
	for _, f := range found {
		if i, ok := at[*f.SourceRecordID]; ok {
			items[i].LocalIDs = append(items[i].LocalIDs, f.LocalID)
		}
	}
	return nil
}

// visibleRecord is one record that a visible incident is tied to. Errors:
// source.not_found.
func (v *View) visibleRecord(tx *gorm.DB, w where, column, value string) (sourceRecordRow, error) {
	var rows []sourceRecordRow
	args := append([]any{v.p.OrganisationID, value}, w.args...)
	err := tx.Raw("SELECT r.* FROM source_records r WHERE r.organisation_id = ? AND r."+column+" = ? AND EXISTS (SELECT 1 "+citing+w.sql()+
		" AND s.source_record_id = r.id)", args...).Scan(&rows).Error
	if err != nil {
		return sourceRecordRow{}, fmt.Errorf("read source record: %w", err)
	}
	if len(rows) == 0 {
		return sourceRecordRow{}, models.NotFound("source")
	}
	return rows[0], nil
}

// LookUpSource is the record of an address, as far as incidents other than
// except say anything of it. Errors: source.not_found, the same for a page
// that nobody has and for one that only invisible records have.
func (v *View) LookUpSource(ctx context.Context, canonical, except string) (out models.SourceRecord, err error) {
	w := v.visible()
	if except != "" {
		w.and("i.ref <> ?", except)
	}
	err = v.read(ctx, func(tx *gorm.DB) error {
		row, err := v.visibleRecord(tx, w, "canonical_url", canonical)
		if err != nil {
			return err
		}
		items, err := describe(tx, w, []sourceRecordRow{row})
		if err == nil {
			out = items[0]
		}
		return err
	})
	return out, err
}

// SourceDetail reads one record with the incidents that have it. Errors:
// source.not_found.
func (v *View) SourceDetail(ctx context.Context, ref string) (out models.SourceDetail, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		row, err := v.visibleRecord(tx, v.visible(), "ref", ref)
		if err != nil {
			return err
		}
		items, err := describe(tx, v.visible(), []sourceRecordRow{row})
		if err != nil {
			return err
		}
		out.SourceRecord = items[0]
		w := v.visible()
		w.and("i.id IN (SELECT s.incident_id FROM sources s WHERE s.source_record_id = ?)", row.ID)
		records, ids, err := v.loadIncidents(tx, w, " ORDER BY i.updated_at DESC, i.id DESC", models.MaxSourceUses)
		if err != nil {
			return err
		}
		return v.sourceUses(tx, row.ID, records, ids, &out)
	})
	return out, err
}

// sourceUses ties loaded incidents to the record and to those of their other
// sources, which the same incidents make visible.
func (v *View) sourceUses(tx *gorm.DB, record int64, records []models.Incident, ids []int64, out *models.SourceDetail) error {
	at := map[int64]int{}
	for i, rec := range records {
		at[ids[i]] = i
		out.Uses = append(out.Uses, models.SourceUse{Incident: rec})
	}
	var tied []struct {
		IncidentID     int64
		LocalID        string
		SourceRecordID int64
		Ref            string
	}
	err := tx.Raw(`SELECT s.incident_id, s.local_id, s.source_record_id, r.ref FROM sources s JOIN source_records r ON r.id = s.source_record_id
		WHERE s.incident_id IN ? ORDER BY s.incident_id, s.position`, ids).Scan(&tied).Error
	if err != nil {
		return fmt.Errorf("read tied sources: %w", err)
	}
	out.Refs = map[string]map[string]string{}
	for _, t := range tied {
		use := &out.Uses[at[t.IncidentID]]
		if t.SourceRecordID == record {
			use.LocalIDs = append(use.LocalIDs, t.LocalID)
		}
		if out.Refs[use.Incident.Ref] == nil {
			out.Refs[use.Incident.Ref] = map[string]string{}
		}
		out.Refs[use.Incident.Ref][t.LocalID] = t.Ref
	}
	return nil
}

// SourceIncidents names the page of a record and the visible incidents that
// have it. Errors: source.not_found, source.too_many.
func (v *View) SourceIncidents(ctx context.Context, ref string) (canonical string, incidents []string, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		w := v.visible()
		row, err := v.visibleRecord(tx, w, "ref", ref)
		if err != nil {
			return err
		}
		canonical = row.CanonicalURL
		err = tx.Raw("SELECT DISTINCT i.ref "+citing+w.sql()+" AND s.source_record_id = ? ORDER BY i.ref LIMIT ?",
			append(w.args, row.ID, models.MaxCorrected+1)...).Scan(&incidents).Error
		if err != nil {
			return fmt.Errorf("read incidents of source: %w", err)
		}
		if len(incidents) > models.MaxCorrected {
			return models.Fail(models.KindTooLarge, "source.too_many",
				fmt.Sprintf("More than %d records have this source. Correct it in them one by one.", models.MaxCorrected))
		}
		return nil
	})
	return canonical, incidents, err
}
