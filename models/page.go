package models

// Sort is one sortable column of the list and its direction.
type Sort struct {
	Column     string // a key of sortColumns
	Descending bool
}

// sortColumns are the columns a list may be sorted by.
var sortColumns = map[string]bool{
	"updated_at": true, "created_at": true, "first_reported": true,
	"title": true, "origin_country": true, "host_country": true,
}

// ParseSort reads "title" or "-title"; false for anything else.
func ParseSort(s string) (Sort, bool) {
	descending := len(s) > 0 && s[0] == '-'
	if descending {
		s = s[1:]
	}
	return Sort{Column: s, Descending: descending}, sortColumns[s]
}

// Page asks for Limit rows after Cursor ("" is the start).
type Page struct {
	Sort   Sort
	Cursor string
	Limit  int
}

// MaxPage is the most rows one page may have.
const MaxPage = 200
