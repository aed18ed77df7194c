package sheet

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Report is what a sound data package holds.
type Report struct {
	ID                   string // of a snapshot; "" for any other package
	Files, Rows, Records int
}

const sumsFile = "SHA256SUMS"

// CheckPackage proves that a package is whole: its sums fit, no file is without
// one, tables are as described, and every row belongs to a record. It leaves the
// file at its start.
func CheckPackage(file *os.File) (r Report, err error) {
	info, err := file.Stat()
	if err != nil {
		return r, fmt.Errorf("size of package: %w", err)
	}
	archive, err := zip.NewReader(file, info.Size())
	if err != nil {
		return r, fmt.Errorf("this is no data package: %w", err)
	}
	total := uint64(0)
	for _, f := range archive.File {
		if total += f.UncompressedSize64; total > mostOfPackage {
			return r, ErrTooLarge
		}
	}
	if err := checkSums(archive, &r); err != nil {
		return r, err
	}
	if err := checkTables(archive, &r); err != nil {
		return r, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return r, fmt.Errorf("rewind package: %w", err)
	}
	return r, nil
}

func checkSums(archive *zip.Reader, r *Report) error {
	list, err := archive.Open(sumsFile)
	if err != nil {
		return errors.New("the package has no " + sumsFile)
	}
	defer list.Close()
	want := map[string]string{}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(sum) != 64 {
			return fmt.Errorf("%s holds a line that is no sum", sumsFile)
		}
		want[name] = sum
	}
	for _, f := range archive.File {
		if f.Name == sumsFile {
			continue
		}
		known, ok := want[f.Name]
		if !ok {
			return fmt.Errorf("%s is not in %s: it was added, or stands twice", f.Name, sumsFile)
		}
		delete(want, f.Name)
		body, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		sum := sha256.New()
		_, err = io.Copy(sum, body) //nolint:gosec // G110: the whole was measured before
		if err := errors.Join(err, body.Close()); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != known {
			return fmt.Errorf("%s was changed: its SHA-256 is %s, not %s", f.Name, got, known)
		}
		r.Files++
	}
	for name := range want {
		return fmt.Errorf("%s is missing", name)
	}
	return nil
}

type packageTable struct {
	Path   string
	Rows   int
	Schema struct {
		Fields []struct{ Name string }
	}
}

func checkTables(archive *zip.Reader, r *Report) error {
	file, err := archive.Open(PackageFile)
	if err != nil {
		return errors.New("the package has no " + PackageFile)
	}
	defer file.Close()
	var described struct {
		ID        string
		Resources []packageTable
	}
	if err := json.NewDecoder(file).Decode(&described); err != nil {
		return fmt.Errorf("%s: %w", PackageFile, err)
	}
	r.ID = described.ID
	records := map[string]bool{}
	for i, t := range described.Resources {
		if i == 0 && t.Path != WideFile {
			return fmt.Errorf("the first table is %s, not %s", t.Path, WideFile)
		}
		rows, err := checkTable(archive, t, records, i == 0)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Path, err)
		}
		r.Rows += rows
	}
	if r.Records = len(records); len(described.Resources) == 0 {
		return errors.New(PackageFile + " describes no table")
	}
	return nil
}

func checkTable(archive *zip.Reader, t packageTable, records map[string]bool, wide bool) (n int, err error) {
	file, err := archive.Open(t.Path)
	if err != nil {
		return 0, err //nolint:wrapcheck // the caller names the file
	}
	defer file.Close()
	rows := csvReader(file, ",")
	head, err := rows.Read()
	if err != nil {
		return 0, errors.New("no header")
	}
	if len(head) != len(t.Schema.Fields) {
		return 0, fmt.Errorf("%d columns, %d are described", len(head), len(t.Schema.Fields))
	}
	for i, f := range t.Schema.Fields {
		if head[i] != f.Name {
			return 0, fmt.Errorf("column %d is %q, described is %q", i+1, head[i], f.Name)
		}
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(row) != len(head) {
			return n, fmt.Errorf("row %d does not fit the header", n+1)
		}
		ref := row[0]
		switch {
		case wide && records[ref]:
			return n, fmt.Errorf("%s stands twice", ref)
		case wide:
			records[strings.Clone(ref)] = true
		case !records[ref]:
			return n, fmt.Errorf("row %d belongs to %s, which is not in %s", n+1, ref, WideFile)
		}
		n++
	}
	if n != t.Rows {
		return n, fmt.Errorf("%d rows, %d are described", n, t.Rows)
	}
	return n, nil
}
