// Package xlsx writes workbooks that hold text as text (SECURITY.md S45): every
// text is an inline string, which no spreadsheet takes for a formula, a date or
// a number. A library that writes workbooks keeps large sheets in temporary
// files in the clear, hence an own writer (ECMA-376, transitional).
package xlsx

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What a spreadsheet takes: characters of a cell in UTF-16, and rows.
const (
	MaxCell = 32_767
	MaxRows = 1_048_576
)

// cutMark ends a text that was longer than a cell.
const cutMark = " […]"

// Value is a cell: a text, or a number as it is written.
type Value struct {
	Text   string
	Number bool
}

// Sheet writes the XML of one sheet, row after row.
type Sheet struct {
	out  *bufio.Writer
	rows int
	cut  int
	err  error
}

// NewSheet begins a sheet; width are the columns, whose names the first row
// holds and which stay on the screen.
func NewSheet(w io.Writer, width int) *Sheet {
	s := &Sheet{out: bufio.NewWriterSize(w, 64<<10)}
	s.write(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`)
	if width > 0 {
		s.write(`<cols><col min="1" max="` + strconv.Itoa(width) + `" width="18" customWidth="1"/></cols>`)
	}
	s.write(`<sheetData>`)
	return s
}

// WriteRow writes a row; the first one is in bold.
func (s *Sheet) WriteRow(cells []Value) error {
	if s.rows++; s.rows > MaxRows {
		return fmt.Errorf("a sheet holds %d rows at most", MaxRows)
	}
	style := ""
	if s.rows == 1 {
		style = ` s="1"`
	}
	number := strconv.Itoa(s.rows)
	s.write(`<row r="` + number + `">`)
	for i, c := range cells {
		switch {
		case c.Text == "":
		case c.Number:
			s.write(`<c r="` + Column(i) + number + `"` + style + `><v>`)
			s.text(c.Text)
			s.write(`</v></c>`)
		default:
			s.write(`<c r="` + Column(i) + number + `"` + style + ` t="inlineStr"><is><t xml:space="preserve">`)
			s.text(s.fit(c.Text))
			s.write(`</t></is></c>`)
		}
	}
	s.write(`</row>`)
	return s.err
}

// fit cuts a text to what a cell holds.
func (s *Sheet) fit(text string) string {
	if utf8.RuneCountInString(text) <= MaxCell/2 {
		return text
	}
	units := 0
	for at, r := range text {
		units += utf16.RuneLen(r)
		if units > MaxCell-len(cutMark) && len(utf16.Encode([]rune(text[at:])))+units-utf16.RuneLen(r) > MaxCell {
			s.cut++
			return text[:at] + cutMark
		}
	}
	return text
}

func (s *Sheet) text(text string) {
	// Spreadsheets read _x0041_ as A, some of them fewer digits as well.
	text = strings.ReplaceAll(text, "_x", "_x005F_x")
	if s.err == nil {
		s.err = xml.EscapeText(s.out, []byte(text))
	}
}

func (s *Sheet) write(text string) {
	if s.err == nil {
		_, s.err = s.out.WriteString(text)
	}
}

// Cut counts the texts that were longer than a cell.
func (s *Sheet) Cut() int { return s.cut }

// Flush ends the sheet.
func (s *Sheet) Flush() error {
	s.write(`</sheetData></worksheet>`)
	if s.err != nil {
		return s.err
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("flush sheet: %w", err)
	}
	return nil
}

// Column is the name of a column: A for 0, AA for 26.
func Column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// Part is a finished sheet with its name.
type Part struct {
	Name string // at most 31 characters, none of []:*?/\
	XML  io.Reader
}

const (
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>`
	sheetType = `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`
	relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	office    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	styles    = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>` +
		`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`
)

// WriteBook puts finished sheets together.
func WriteBook(w io.Writer, parts []Part) error {
	out := zip.NewWriter(w)
	types, sheets, links := contentTypes, "", ""
	for i, p := range parts {
		types += fmt.Sprintf(sheetType, i+1)
		sheets += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, p.Name, i+1, i+1)
		links += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
	}
	links += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, len(parts)+1, office)
	add := func(name string, body io.Reader) error {
		f, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("add %s: %w", name, err)
		}
		if _, err := io.Copy(f, body); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		return nil
	}
	for _, f := range []struct{ name, body string }{
		{"[Content_Types].xml", types + `</Types>`},
		{"_rels/.rels", relations + `<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets>` + sheets + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relations + links + `</Relationships>`},
		{"xl/styles.xml", styles},
	} {
		if err := add(f.name, strings.NewReader(xml.Header+f.body)); err != nil {
			return err
		}
	}
	for i, p := range parts {
		if err := add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), p.XML); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("finish workbook: %w", err)
	}
	return nil
}
