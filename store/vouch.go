package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// recordMAC vouches for a record as the program left it (S42): for its row with
// all entries, index codes and team (version 0), or for one revision.
type recordMAC struct {
	IncidentID int64
	Version    int
	Mac        string
}

func (recordMAC) TableName() string { return "record_macs" }

// vouched is what a sum is over.
type vouched struct {
	incident int64
	version  int
}

// vouchedRows are the rows that a record consists of; incidents are found by
// id, all others by incident_id.
var vouchedRows = []any{
	&incidentRow{}, &memberRow{}, &incidentCampaignRow{}, &facetRow{}, &targetRow{}, &perpetratorRow{}, &actRow{}, &actPerpetratorRow{},
	&inducementRow{}, &amountRow{}, &demandRow{}, &sourceRow{}, &citationRow{}, &evidenceRow{}, &responseRow{}, &harmRow{}, &relationRow{},
	&consentRow{},
}

// vouchQueries selects every column of the rows, a line each, in SQL text that
// tells apart whatever the database tells apart. NULL is left out, so that a
// column that comes later lets the sums of before fit until it is used.
type vouchQueries struct{ record, history string }

func (s *Store) vouchQueries() (q vouchQueries, err error) {
	parts := make([]string, len(vouchedRows))
	for i, row := range vouchedRows {
		key := "incident_id"
		if _, ok := row.(*incidentRow); ok {
			key = "id"
		}
		if parts[i], err = s.vouchQuery(row, key, "0"); err != nil {
			return q, err
		}
		parts[i] += " WHERE t." + key + " IN @ids"
	}
	if q.history, err = s.vouchQuery(&revisionRow{}, "incident_id", "t.version"); err != nil {
		return q, err
	}
	q.record = strings.Join(parts, " UNION ALL ")
	q.history += " WHERE t.incident_id IN @ids AND t.version > @after"
	return q, nil
}

func (s *Store) vouchQuery(row any, key, version string) (string, error) {
	statement := &gorm.Statement{DB: s.writer}
	if err := statement.Parse(row); err != nil {
		return "", fmt.Errorf("read columns: %w", err)
	}
	table := statement.Schema.Table
	line := "'" + table + "'"
	for _, field := range statement.Schema.Fields {
		if field.DBName == "" {
			continue
		}
		column, text, unit := "t."+field.DBName, "quote(t."+field.DBName+")", "char(31)"
		if s.dialect == dialectPostgres {
			text, unit = "quote_literal("+column+"::text)", "chr(31)"
		}
		line += " || CASE WHEN " + column + " IS NULL THEN '' ELSE " + unit + " || '" + field.DBName + "=' || " + text + " END"
	}
	return "SELECT t." + key + " AS incident, " + version + " AS version, " + line + " AS line FROM " + table + " t", nil
}

// sums are those of records as they stand now, and of their revisions after a
// version.
func (s *Store) sums(tx *gorm.DB, incidents []int64, after int) (map[vouched]string, error) {
	q, err := s.vouching()
	if err != nil {
		return nil, err
	}
	lines := map[vouched][]string{}
	for _, query := range []string{q.record, q.history} {
		query, args := s.placed(query, incidents, after)
		if err := readLines(tx, query, args, lines); err != nil {
			return nil, fmt.Errorf("read records to vouch for: %w", err)
		}
	}
	out := make(map[vouched]string, len(lines))
	for of, list := range lines {
		out[of] = s.recordSum(of, list)
	}
	return out, nil
}

// placed puts values in the place of @ids and @after. gorm would look at each
// character of a text that is longer than all others of a save together.
func (s *Store) placed(query string, incidents []int64, after int) (string, []any) {
	var args []any
	marks := make([]string, len(incidents))
	for i, id := range incidents {
		marks[i], args = "?", append(args, id)
		if s.dialect == dialectPostgres {
			marks[i] = "$" + strconv.Itoa(i+1)
		}
	}
	mark := "?"
	if s.dialect == dialectPostgres {
		mark = "$" + strconv.Itoa(len(incidents)+1) // numbers may be used again, question marks not
	} else {
		args = slices.Repeat(args, strings.Count(query, "@ids"))
	}
	if strings.Contains(query, "@after") {
		args = append(args, after)
	}
	query = strings.ReplaceAll(query, "@ids", "("+strings.Join(marks, ", ")+")")
	return strings.ReplaceAll(query, "@after", mark), args
}

func readLines(tx *gorm.DB, query string, args []any, into map[vouched][]string) error {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells of faults
	for rows.Next() {
		var of vouched
		var line string
		if err := rows.Scan(&of.incident, &of.version, &line); err != nil {
			return err
		}
		into[of] = append(into[of], line)
	}
	return rows.Err()
}

// recordSum binds the lines to each other, to their number and to the record.
func (s *Store) recordSum(of vouched, lines []string) string {
	slices.Sort(lines)
	mac := hmac.New(sha256.New, s.auditKey)
	mac.Write([]byte("record\x00"))
	number := func(n int64) { mac.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) } //nolint:gosec // any bijection does
	number(of.incident)
	number(int64(of.version))
	for _, line := range lines {
		number(int64(len(line)))
		mac.Write([]byte(line))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

func keptMACs(tx *gorm.DB, incidents []int64, after int) (map[vouched]string, error) {
	var rows []recordMAC
	err := tx.Raw("SELECT * FROM record_macs WHERE incident_id IN ? AND (version = 0 OR version > ?)", incidents, after).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	out := make(map[vouched]string, len(rows))
	for _, r := range rows {
		out[vouched{r.IncidentID, r.Version}] = r.Mac
	}
	return out, nil
}

// vouchNew vouches for records that were made in this transaction.
func (s *Store) vouchNew(tx *gorm.DB, incidents []int64) error {
	sums, err := s.sums(tx, incidents, 0)
	if err != nil {
		return err
	}
	return keepMACs(tx, sums)
}

func keepMACs(tx *gorm.DB, sums map[vouched]string) error {
	rows := make([]recordMAC, 0, len(sums))
	for of, sum := range sums {
		rows = append(rows, recordMAC{of.incident, of.version, sum})
	}
	if len(rows) == 0 {
		return nil
	}
	replace := clause.OnConflict{
		Columns: []clause.Column{{Name: "incident_id"}, {Name: "version"}}, DoUpdates: clause.AssignmentColumns([]string{"mac"}),
	}
	if err := tx.Clauses(replace).CreateInBatches(rows, insertBatch).Error; err != nil {
		return fmt.Errorf("keep sums: %w", err)
	}
	return nil
}

// vouch runs a change of records, and of revisions after a version, and vouches
// for what it leaves. What did not fit before the change keeps its old sum, and
// what had none gets none: a change must not cover the tracks of one made past
// the program.
func (s *Store) vouch(tx *gorm.DB, incidents []int64, after int, change func() error) error {
	before, err := s.sums(tx, incidents, after)
	if err != nil {
		return err
	}
	kept, err := keptMACs(tx, incidents, after)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	now, err := s.sums(tx, incidents, after)
	if err != nil {
		return err
	}
	fresh := map[vouched]string{}
	for of, sum := range now {
		old, was := before[of]
		if (!was || kept[of] == old) && kept[of] != sum {
			fresh[of] = sum
		}
	}
	for of, mac := range kept {
		if _, there := now[of]; there || before[of] != mac {
			continue
		}
		if err := tx.Exec("DELETE FROM record_macs WHERE incident_id = ? AND version = ?", of.incident, of.version).Error; err != nil {
			return fmt.Errorf("delete sum: %w", err)
		}
	}
	return keepMACs(tx, fresh)
}
