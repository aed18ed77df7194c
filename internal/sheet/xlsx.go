package sheet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// A workbook is unpacked in memory: nothing of it may lie on the disk in the
// clear. That bounds its size.
const (
	maxWorkbook = 40 << 20
	maxUnpacked = 600 << 20
)

func openWorkbook(src Source) (*excelize.File, error) {
	at, size, err := src.ReaderAt()
	if err != nil {
		return nil, err
	}
	if size > maxWorkbook {
		return nil, ErrTooLarge
	}
	book, err := excelize.OpenReader(io.NewSectionReader(at, 0, size), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat):
		return nil, ErrNoTable
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return book, nil
}

func detectXLSX(src Source) (Format, error) {
	book, err := openWorkbook(src)
	if err != nil {
		return Format{}, err
	}
	defer book.Close()
	// The first sheet that holds a table.
	for _, name := range book.GetSheetList() {
		rows, err := firstRows(book, name)
		if err != nil || len(rows) < 2 {
			continue
		}
		f := Format{Kind: KindXLSX, Sheet: name}
		f.HeaderRow, f.HXLRow = headerOf(rows)
		return f, nil
	}
	return Format{}, ErrNoRows
}

// Sheets are the names of a workbook's sheets.
func Sheets(src Source) ([]string, error) {
	book, err := openWorkbook(src)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	return book.GetSheetList(), nil
}

func firstRows(book *excelize.File, sheet string) ([][]string, error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]string
	for len(out) < headRows && rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		out = append(out, cells)
	}
	return out, rows.Error()
}

func (t *Table) workbook() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		book, err := openWorkbook(t.src)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer book.Close()
		rows, err := book.Rows(t.format.Sheet)
		if err != nil {
			yield(Row{}, fmt.Errorf("%w: %w", ErrDamaged, err))
			return
		}
		defer rows.Close()
		d := dates{book: book, sheet: t.format.Sheet, styles: map[int]bool{}}
		for n := 1; rows.Next(); n++ {
			cells, err := rows.Columns()
			if err != nil {
				yield(Row{}, fmt.Errorf("%w: %w", ErrDamaged, err))
				return
			}
			for i, c := range cells {
				cells[i] = d.plain(c, i+1, n)
			}
			if !yield(Row{Number: n, Cells: cells}, nil) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(Row{}, fmt.Errorf("%w: %w", ErrDamaged, err))
		}
	}
}

// dates writes the days that a workbook keeps as numbers as YYYY-MM-DD: the
// number says the day without a doubt, and its picture ("03-04-21") does not.
type dates struct {
	book   *excelize.File
	sheet  string
	styles map[int]bool // style → shows a date
}

func (d *dates) plain(cell string, column, row int) string {
	serial, err := strconv.ParseFloat(cell, 64)
	if err != nil || serial < 1 || serial > 110_000 {
		return cell
	}
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return cell
	}
	id, err := d.book.GetCellStyle(d.sheet, name)
	if err != nil || id == 0 {
		return cell
	}
	shows, ok := d.styles[id]
	if !ok {
		shows = d.showsDate(id)
		d.styles[id] = shows
	}
	if !shows {
		return cell
	}
	at, err := excelize.ExcelDateToTime(serial, false)
	if err != nil {
		return cell
	}
	return at.Format(time.DateOnly)
}

// datePicture is a number format with a day, month or year in it.
var datePicture = regexp.MustCompile(`(?i)[dy]|mmm`)

var quotedPicture = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.`)

func (d *dates) showsDate(id int) bool {
	style, err := d.book.GetStyle(id)
	if err != nil {
		return false
	}
	if style.CustomNumFmt != nil {
		return datePicture.MatchString(quotedPicture.ReplaceAllString(strings.ToLower(*style.CustomNumFmt), ""))
	}
	n := style.NumFmt // ECMA-376, 18.8.30: the built-in formats of dates
	return n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58
}
