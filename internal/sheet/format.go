package sheet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Kinds of tables.
const (
	KindDelimited = "delimited"
	KindXLSX      = "xlsx"
	KindJSONLines = "jsonl"
)

// Format is how a file is read. Every part was detected and may be corrected.
type Format struct {
	Kind      string `json:"kind"`
	Encoding  string `json:"encoding,omitempty"`  // of delimited and jsonl
	Delimiter string `json:"delimiter,omitempty"` // of delimited: , ; tab |
	Sheet     string `json:"sheet,omitempty"`     // of xlsx
	HeaderRow int    `json:"header_row"`          // 1 for the first row; jsonl has none, 0
	HXLRow    bool   `json:"hxl_row"`             // the row after the header holds HXL tags
}

// Why a file is no table.
var (
	ErrNoTable   = errors.New("neither CSV, TSV, XLSX nor JSON Lines")
	ErrNoRows    = errors.New("the file holds no rows")
	ErrDamaged   = errors.New("the file is damaged")
	ErrTooLarge  = errors.New("the workbook is too large")
	ErrTooWide   = errors.New("the table has too many columns")
	ErrLongField = errors.New("a cell is longer than what is read")
)

// Limits of a table.
const (
	MaxColumns = 500
	headBytes  = 256 << 10
	headRows   = 60
)

// Source is a file that can be read from the start again and again, and in any
// order where its kind needs that.
type Source interface {
	Open() (io.ReadCloser, error)
	ReaderAt() (io.ReaderAt, int64, error)
}

var delimiters = []rune{',', ';', '\t', '|'}

// Detect finds out how a file is read.
func Detect(src Source) (Format, error) {
	r, err := src.Open()
	if err != nil {
		return Format{}, err
	}
	defer r.Close()
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	whole := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !whole {
		return Format{}, err
	}
	head = head[:n]
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return Format{}, ErrNoRows
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && isPackage(src):
		return Format{Kind: KindPackage, Encoding: UTF8, HeaderRow: 1}, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return detectXLSX(src)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")), bytes.HasPrefix(head, []byte("%PDF")):
		return Format{}, ErrNoTable
	}
	f := Format{Encoding: DetectEncoding(head, whole)}
	decoded, err := NewReader(bytes.NewReader(head), f.Encoding)
	if err != nil {
		return Format{}, err
	}
	text, err := io.ReadAll(decoded)
	if err != nil {
		return Format{}, ErrDamaged
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return Format{}, ErrNoTable
	}
	if first := bytes.TrimSpace(text); len(first) > 0 && first[0] == '{' {
		line, _, _ := bytes.Cut(first, []byte("\n"))
		if json.Valid(line) || !whole && !bytes.ContainsRune(first, '\n') {
			f.Kind = KindJSONLines
			return f, nil
		}
	}
	f.Kind = KindDelimited
	f.Delimiter = delimiterOf(string(text))
	rows := sample(string(text), f.Delimiter)
	if len(rows) == 0 {
		return Format{}, ErrNoRows
	}
	f.HeaderRow, f.HXLRow = headerOf(rows)
	return f, nil
}

// delimiterOf is the one that cuts the first rows most evenly.
func delimiterOf(text string) string {
	best, most := ",", 0.0
	for _, d := range delimiters {
		rows := sample(text, string(d))
		count := map[int]int{}
		for _, r := range rows {
			if len(r) > 1 {
				count[len(r)]++
			}
		}
		score := 0.0
		for width, n := range count {
			// Rows of one width, and the more columns the less by chance.
			score = max(score, float64(n)/float64(max(1, len(rows)))+min(0.2, float64(width)/100))
		}
		if score > most {
			best, most = string(d), score
		}
	}
	return best
}

// sample reads the first rows; the last may be cut and is dropped.
func sample(text, delimiter string) [][]string {
	r := csvReader(strings.NewReader(text), delimiter)
	var rows [][]string
	for len(rows) < headRows {
		row, err := r.Read()
		if err != nil {
			break
		}
		rows = append(rows, slices.Clone(row))
	}
	return rows
}

func csvReader(r io.Reader, delimiter string) *csv.Reader {
	out := csv.NewReader(r)
	out.FieldsPerRecord, out.LazyQuotes, out.ReuseRecord = -1, true, true
	if delimiter != "" {
		out.Comma = []rune(delimiter)[0]
	}
	return out
}

// headerOf finds the row with the names of the columns: above it stand titles
// and blanks, so it is the first row that is about as wide as the table and
// holds words. Numbers are 1 for the first row.
func headerOf(rows [][]string) (header int, hxl bool) {
	width := 0
	for _, r := range rows {
		width = max(width, filled(r))
	}
	for i, r := range rows {
		if n := filled(r); n*2 > width && wordy(r)*4 >= n*3 {
			return i + 1, i+1 < len(rows) && tagged(rows[i+1])
		}
	}
	return 1, len(rows) > 1 && tagged(rows[1])
}

func filled(row []string) (n int) {
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// wordy counts cells that can be names: some letter, not long, each once.
func wordy(row []string) (n int) {
	seen := map[string]bool{}
	for _, c := range row {
		c = strings.ToLower(strings.TrimSpace(c))
		if c != "" && !seen[c] && len([]rune(c)) <= 80 && strings.ContainsFunc(c, unicode.IsLetter) && !strings.HasPrefix(c, "http") {
			n++
		}
		seen[c] = true
	}
	return n
}

// tagged tells a row of HXL tags (hxlstandard.org).
func tagged(row []string) bool {
	n := 0
	for _, c := range row {
		if strings.HasPrefix(strings.TrimSpace(c), "#") {
			n++
		}
	}
	return n > 0 && n*2 >= filled(row)
}
