package disclosure

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"farwatch/models"
)

// Method is the method page: what the numbers mean, and how they are made.
//
//go:embed method.txt
var Method string

// Label is what stands in the head of a release's files.
type Label struct {
	Number      int
	PublishedAt time.Time
	Note        string
	Corrects    *int
}

// Cell is one number as everybody sees it.
type Cell struct {
	Year    int    `json:"year"`
	Row     string `json:"row,omitempty"`
	Column  string `json:"column,omitempty"`
	Shown   string `json:"shown"`             // number, below or withheld
	Persons *int   `json:"persons,omitempty"` // only of a number
}

// Table is one fixed table as everybody sees it.
type Table struct {
	Name   string `json:"name"`
	Row    string `json:"row,omitempty"`
	Column string `json:"column,omitempty"`
	Cells  []Cell `json:"cells"`
}

// columnNames are the names of the dimensions outside.
var columnNames = map[string]string{
	tableOrigin: "origin_country", tableHost: "host_country", tableFamily: "family", tableCommunity: "community", tablePolice: "police_reported",
}

// PublicTables are the cells that a release shows; of a code without a row
// nothing is said, nor why a number is missing or how old it is.
func PublicTables(cells []models.ReleaseCell) []Table {
	out := []Table{}
	for _, name := range Tables() {
		row, column := dimensions(name)
		t := Table{Name: name, Row: columnNames[row], Column: columnNames[column], Cells: []Cell{}}
		for _, c := range cells {
			if c.Table != name || c.Shown == models.ShownUnlisted {
				continue
			}
			cell := Cell{Year: c.Year, Row: c.Row, Column: c.Column, Shown: c.Shown}
			if c.Shown == models.ShownNumber {
				cell.Persons = &c.Number
			}
			t.Cells = append(t.Cells, cell)
		}
		slices.SortFunc(t.Cells, func(a, b Cell) int {
			return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
		})
		if len(t.Cells) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// csv is a table as a file: UTF-8, RFC 4180, every field quoted.
func (t Table) csv() []byte {
	var out bytes.Buffer
	head := []string{"year"}
	for _, name := range []string{t.Row, t.Column} {
		if name != "" {
			head = append(head, name)
		}
	}
	line(&out, append(head, "persons", "shown"))
	for _, c := range t.Cells {
		fields := []string{strconv.Itoa(c.Year)}
		if t.Row != "" {
			fields = append(fields, c.Row)
		}
		if t.Column != "" {
			fields = append(fields, c.Column)
		}
		persons := ""
		if c.Persons != nil {
			persons = strconv.Itoa(*c.Persons)
		}
		line(&out, append(fields, persons, c.word()))
	}
	return out.Bytes()
}

// word is what the column "shown" says.
func (c Cell) word() string {
	if c.Shown == models.ShownBelow {
		return fmt.Sprintf("<%d", K)
	}
	return c.Shown
}

func line(out *bytes.Buffer, fields []string) {
	for i, f := range fields {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(`"` + strings.ReplaceAll(f, `"`, `""`) + `"`)
	}
	out.WriteString("\r\n")
}

// Files are the immutable files of a release: a table each, all of it as JSON,
// the method, and their hashes with a signature.
func Files(label Label, cells []models.ReleaseCell, key ed25519.PrivateKey) ([]models.ReleaseFile, error) {
	tables := PublicTables(cells)
	var files []models.ReleaseFile
	add := func(name, kind string, data []byte) {
		sum := sha256.Sum256(data)
		files = append(files, models.ReleaseFile{Name: name, Type: kind, Bytes: len(data), SHA256: hex.EncodeToString(sum[:]), Data: data})
	}
	for _, t := range tables {
		add(t.Name+".csv", "text/csv; charset=utf-8", t.csv())
	}
	whole, err := json.MarshalIndent(map[string]any{
		"number": label.Number, "published_at": label.PublishedAt.UTC().Format(time.RFC3339), "note": label.Note, "corrects": label.Corrects,
		"unit": "persons", "threshold": K, "noise_at_most": cutNoise, "tables": tables,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode release: %w", err)
	}
	add("release.json", "application/json", append(whole, '\n'))
	add("METHOD.md", "text/markdown; charset=utf-8", []byte(Method))
	add("README.md", "text/markdown; charset=utf-8", readme(label, tables))
	var sums bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Name)
	}
	add("SHA256SUMS", "text/plain; charset=utf-8", sums.Bytes())
	signature := hex.EncodeToString(ed25519.Sign(key, signed(label.Number, sums.Bytes())))
	add("SHA256SUMS.sig", "text/plain; charset=utf-8", []byte(signature+"\n"))
	return files, nil
}

// signed is what the signature of a release stands under: the number too, so
// that one release cannot pass for another.
func signed(number int, sums []byte) []byte {
	return append(fmt.Appendf(nil, "farwatch/release/v1\n%d\n", number), sums...)
}

// Verify checks the files of a release against their hashes and signature and
// names the first that does not fit; "" when all do.
func Verify(number int, files []models.ReleaseFile, key ed25519.PublicKey) string {
	var sums, signature []byte
	for _, f := range files {
		switch f.Name {
		case "SHA256SUMS":
			sums = f.Data
		case "SHA256SUMS.sig":
			signature = f.Data
		}
	}
	sig, err := hex.DecodeString(strings.TrimSpace(string(signature)))
	if err != nil || !ed25519.Verify(key, signed(number, sums), sig) {
		return "SHA256SUMS.sig"
	}
	var want bytes.Buffer
	for _, f := range files {
		if strings.HasPrefix(f.Name, "SHA256SUMS") {
			continue
		}
		sum := sha256.Sum256(f.Data)
		fmt.Fprintf(&want, "%s  %s\n", hex.EncodeToString(sum[:]), f.Name)
		if !strings.Contains(string(sums), want.String()[want.Len()-66-len(f.Name)-1:]) {
			return f.Name
		}
	}
	if want.Len() != len(sums) {
		return "SHA256SUMS"
	}
	return ""
}

func readme(label Label, tables []Table) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Release %d\n\nPublished %s.\n", label.Number, label.PublishedAt.UTC().Format("2006-01-02"))
	if label.Note != "" {
		fmt.Fprintf(&out, "\n%s\n", label.Note)
	}
	if label.Corrects != nil {
		fmt.Fprintf(&out, "\nIt corrects release %d. Quote this one.\n", *label.Corrects)
	}
	out.WriteString("\nPersons in recorded incidents that may be counted and not shown. Never add these numbers to those of the public dashboard,\nand never add or subtract numbers of this or another release: each is blurred on its own. METHOD.md says how.\n\nFiles:\n\n")
	for _, t := range tables {
		fmt.Fprintf(&out, "- %s.csv: %d rows\n", t.Name, len(t.Cells))
	}
	fmt.Fprintf(&out, "- release.json: all tables\n- METHOD.md: the method\n- SHA256SUMS: hashes; SHA256SUMS.sig: their signature (Ed25519)\n\nColumn `shown`: `number`, `<%d`, or `withheld`. The code `rest` is everything that has no row of its own.\n", K)
	return out.Bytes()
}
