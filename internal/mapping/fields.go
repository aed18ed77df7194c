// Package mapping turns rows of other people's tables into incidents: it guesses
// what each column holds and says why, resolves words to codes, reads dates
// without inventing any, and names every cell that it cannot take.
package mapping

import "slices"

// Shapes of what a field takes.
const (
	shapeText    = "text"
	shapeCode    = "code"
	shapeCountry = "country"
	shapeDay     = "day"  // a day
	shapeWhen    = "when" // a day, month, year or EDTF
	shapeNumber  = "number"
	shapeYesNo   = "yes_no"
	shapeLinks   = "links"
	shapeRefs    = "refs"
	shapeKey     = "key"
)

// Field is what a column may hold: a column of our own wide file, or one that
// other files have.
type Field struct {
	Name  string
	shape string
	List  string // of codes
	Many  bool   // several values in a cell
}

// Note is the field of columns whose cells are kept as text in the internal
// note.
const Note = "internal_note"

var fields = []Field{
	{"ref", shapeKey, "", false},
	{"external_id", shapeKey, "", false},
	{"title", shapeText, "", false},
	{"summary", shapeText, "", false},
	{Note, shapeText, "", false},
	{"origin_country", shapeCountry, "", false},
	{"origin_entity", shapeText, "", false},
	{"host_country", shapeCountry, "", false},
	{"host_admin1", shapeText, "", false},
	{"host_locality", shapeText, "", false},
	{"geo_precision", shapeCode, "geo_precision", false},
	{"proxy_country", shapeCountry, "", false},
	{"occurred", shapeWhen, "", false},
	{"occurred_earliest", shapeDay, "", false},
	{"occurred_latest", shapeDay, "", false},
	{"occurred_precision", shapeCode, "date_precision", false},
	{"occurred_edtf", shapeWhen, "", false},
	{"ongoing", shapeYesNo, "", false},
	{"repeated", shapeYesNo, "", false},
	{"first_reported", shapeDay, "", false},
	{"communities", shapeCode, "communities", true},
	{"target_roles", shapeCode, "target_role", true},
	{"target_responses", shapeCode, "target_response", true},
	{"persons_min", shapeNumber, "", false},
	{"persons_max", shapeNumber, "", false},
	{"counting_unit", shapeCode, "counting_unit", false},
	{"genders", shapeCode, "gender", true},
	{"age_bands", shapeCode, "age_band", true},
	{"methods", shapeCode, "methods", true},
	{"methods_explicit", shapeCode, "methods", true},
	{"channels", shapeCode, "channel", true},
	{"perpetrator_types", shapeCode, "perpetrator_type", true},
	{"attribution_basis", shapeCode, "attribution_basis", true},
	{"inducements", shapeCode, "inducement", true},
	{"demands", shapeCode, "demand", true},
	{"harms", shapeCode, "harm", true},
	{"police_reported", shapeCode, "police_reported", false},
	{"host_responses", shapeCode, "host_response", true},
	{"origin_responses", shapeCode, "origin_response", true},
	{"evidence_kinds", shapeCode, "evidence_kind", true},
	{"source_urls", shapeLinks, "", true},
	{"source_publisher", shapeText, "", false},
	{"source_title", shapeText, "", false},
	{"source_kind", shapeCode, "source_kind", false},
	{"source_published", shapeDay, "", false},
	{"campaigns", shapeRefs, "", true},
	{"scope", shapeCode, "scope_status", false},
	{"consent", shapeCode, "consent", false},
	{"sensitivity", shapeCode, "sensitivity", false},
	{"discovery_route", shapeCode, "discovery_route", false},
}

// Computed are columns of our own files that are worked out anew, or belong to
// the server: they are left out without a question.
var computed = []string{
	"version", "record_url", "event_year", "families", "stage", "independent_origins", "verification_status", "in_fh_scope", "in_uk_scope",
	"in_ohchr_scope", "vocabulary_version", "published_at", "updated_at", "workflow_status", "self_reviewed", "organisation", "created_at", "_csv_v2_apostrophe",
}

// Fields are all that a column may be given.
func Fields() []Field { return slices.Clone(fields) }

func fieldOf(name string) (Field, bool) {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[i], true
}

// Shape is what the field takes: text, code, country, day, when, number, yes_no,
// links, refs or key.
func (f Field) Shape() string { return f.shape }

// KnownField tells whether a column may be given this field.
func KnownField(name string) bool { _, ok := fieldOf(name); return ok }

// KnownCode tells whether a field takes a code.
func (w *Words) KnownCode(field, code string) bool {
	f, ok := fieldOf(field)
	switch {
	case !ok:
		return false
	case f.shape == shapeCountry:
		return w.vocab.KnownCountry(code)
	}
	_, ok = w.vocab.Term(f.List, code)
	return ok
}

// Map says what becomes of the columns of a table.
type Map struct {
	Columns   []Column          `json:"columns"`
	Constants map[string]string `json:"constants"` // field → value for every row
	// Key is how a row finds its record: "" by its content, ref, own_ref, or
	// external_id within System.
	Key    string `json:"key"`
	System string `json:"system"`
	// Guarded: cells carry the apostrophe of our own files.
	Guarded bool `json:"guarded"`
}

// Column says what becomes of one.
type Column struct {
	Name   string `json:"name"`
	Field  string `json:"field"`  // "" for none
	Reason string `json:"reason"` // why it was guessed: own, name, hxl, values, saved, person
	Split  string `json:"split"`  // what stands between several values; "" for one value
	// Values are words of the file with the code that a person gave them, ""
	// for none.
	Values map[string]string `json:"values"`
	// DateOrder is dmy, mdy or ymd where 03/04/2021 may be either, serial for
	// days that a spreadsheet counted; "" while nobody has said.
	DateOrder string `json:"date_order"`
}

// Keys.
const (
	KeyContent  = ""
	KeyRef      = "ref"
	KeyOwnRef   = "own_ref" // a record that is gone comes back under its ref
	KeyExternal = "external_id"
)

// KeyField is the field that holds a key.
func KeyField(key string) string {
	if key == KeyOwnRef {
		return KeyRef
	}
	return key
}
