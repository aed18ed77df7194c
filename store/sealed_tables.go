package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"farwatch/internal/vault"
)

// sealedTable is a table t with sealed values in its column `protected`.
type sealedTable struct {
	name string
	keys []string // primary key
	// of is the condition that a row belongs to one of some records; "" where
	// rows belong to an organisation.
	of    string
	owner string // SQL of the record's or the organisation's id
}

// recordTables are sealed under the keys of records.
var recordTables = []sealedTable{
	{"incidents", []string{"id"}, "t.id IN ?", "t.id"},
	ofEntries("targets"), ofEntries("perpetrators"), ofEntries("acts"), ofEntries("inducements"), ofEntries("amounts"), ofEntries("demands"),
	ofEntries("sources"), ofEntries("citations"), ofEntries("evidence"), ofEntries("responses"), ofEntries("harms"), ofEntries("relations"),
	ofEntries("consents"),
	{"incident_revisions", []string{"incident_id", "version"}, "t.incident_id IN ?", "t.incident_id"},
	{"comments", []string{"id"}, "t.incident_id IN ?", "t.incident_id"},
	{"files", []string{"id"}, "t.incident_id IN ?", "t.incident_id"},
	{"uploads", []string{"id"}, "t.incident_id IN ?", "t.incident_id"},
	{
		"upload_parts",
		[]string{"upload_id", "start_at"},
		"t.upload_id IN (SELECT u.id FROM uploads u WHERE u.incident_id IN ?)",
		"(SELECT u.incident_id FROM uploads u WHERE u.id = t.upload_id)",
	},
	{"deletions", []string{"incident_id"}, "t.incident_id IN ?", "t.incident_id"},
	{"legal_holds", []string{"id"}, "t.incident_id IN ?", "t.incident_id"},
	{"duplicate_dismissals", []string{"incident_id", "other_id"}, "t.incident_id IN ?", "t.incident_id"},
}

// organisationTables are sealed under the keys of organisations.
var organisationTables = []sealedTable{
	{"working_copies", []string{"user_id", "id"}, "", "COALESCE((SELECT MIN(m.organisation_id) FROM memberships m WHERE m.user_id = t.user_id), 0)"},
	{"saved_searches", []string{"id"}, "", "t.organisation_id"},
	{"grants", []string{"id"}, "", "t.organisation_id"},
	{"imports", []string{"id"}, "", "t.organisation_id"},
	{"import_parts", []string{"import_id", "start_at"}, "", "(SELECT m.organisation_id FROM imports m WHERE m.id = t.import_id)"},
	{"import_rows", []string{"import_id", "number"}, "", "(SELECT m.organisation_id FROM imports m WHERE m.id = t.import_id)"},
	{"exports", []string{"id"}, "", "t.organisation_id"},
	{"snapshots", []string{"id"}, "", "t.organisation_id"},
	{"import_maps", []string{"id"}, "", "t.organisation_id"},
}

func ofEntries(name string) sealedTable {
	return sealedTable{name, []string{"incident_id", "local_id"}, "t.incident_id IN ?", "t.incident_id"}
}

// sealedValue is a value with where it stands.
type sealedValue struct {
	at        []any // values of the primary key
	owner     owner
	rowKey    string
	protected []byte
}

// read selects sealed values; condition and args continue the WHERE.
func (t sealedTable) read(tx *gorm.DB, condition string, args ...any) ([]sealedValue, error) {
	columns := make([]string, len(t.keys))
	for i, key := range t.keys {
		columns[i] = fmt.Sprintf("t.%s AS k%d", key, i)
	}
	rows, err := tx.Raw("SELECT "+strings.Join(columns, ", ")+", "+t.owner+" AS owner, t.row_key, t.protected FROM "+t.name+" t WHERE "+condition, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("read sealed %s: %w", t.name, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells of faults
	var out []sealedValue
	for rows.Next() {
		v := sealedValue{at: make([]any, len(t.keys))}
		var id int64
		into := make([]any, 0, len(t.keys)+3)
		for i := range v.at {
			into = append(into, &v.at[i])
		}
		if err := rows.Scan(append(into, &id, &v.rowKey, &v.protected)...); err != nil {
			return nil, fmt.Errorf("read sealed %s: %w", t.name, err)
		}
		v.owner = ofOrganisation(id)
		if t.of != "" {
			v.owner = ofRecord(id)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read sealed %s: %w", t.name, err)
	}
	return out, nil
}

// behind is the condition that a row comes after another one by primary key.
func (t sealedTable) behind(last []any) (string, []any) {
	if last == nil {
		return "t.protected IS NOT NULL", nil
	}
	columns, marks := make([]string, len(t.keys)), make([]string, len(t.keys))
	for i, key := range t.keys {
		columns[i], marks[i] = "t."+key, "?"
	}
	return "t.protected IS NOT NULL AND (" + strings.Join(columns, ", ") + ") > (" + strings.Join(marks, ", ") + ")", last
}

// batch is how many values are in memory at a time: parts of files are large.
func (t sealedTable) batch() int {
	if t.name == "upload_parts" || t.name == "import_parts" {
		return 8
	}
	return rekeyRows
}

// order is the primary key.
func (t sealedTable) order() string { return " ORDER BY t." + strings.Join(t.keys, ", t.") }

// reseal puts a value under another key, unless somebody replaced it meanwhile.
func (s *Store) reseal(tx *gorm.DB, t sealedTable, v sealedValue, k *vault.Key) error {
	plain, err := s.openBytes(tx, v.owner, t.name, v.rowKey, v.protected)
	if err != nil {
		return err
	}
	sealed, err := k.Seal(placeOf(t.name, v.rowKey), plain)
	if err != nil {
		return fmt.Errorf("seal %s anew: %w", t.name, err)
	}
	where := make([]string, len(t.keys))
	for i, key := range t.keys {
		where[i] = key + " = ?"
	}
	args := append([]any{sealed}, v.at...)
	err = tx.Exec("UPDATE "+t.name+" SET protected = ? WHERE "+strings.Join(where, " AND ")+" AND row_key = ?", append(args, v.rowKey)...).Error
	if err != nil {
		return fmt.Errorf("seal %s anew: %w", t.name, err)
	}
	return nil
}
