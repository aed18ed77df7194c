package article

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// mostUnpacked bounds what a part of a Word file may unpack to.
const mostUnpacked = 64 << 20

// readDOCX reads the text of a Word file: the paragraphs of its main part
// (ECMA-376, w:p, w:t) and the title and author of its core properties.
func readDOCX(data []byte) (Document, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Document{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var d Document
	known := false
	for _, f := range archive.File {
		switch f.Name {
		case "word/document.xml":
			known = true
			d.Text, err = part(f, wordText)
		case "docProps/core.xml":
			_, err = part(f, func(x *xml.Decoder) (string, error) { return "", coreProperties(x, &d) })
		}
		if err != nil {
			return Document{}, err
		}
	}
	if !known {
		return Document{}, ErrKind
	}
	return d, nil
}

// part reads one file of the archive.
func part(f *zip.File, read func(*xml.Decoder) (string, error)) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer r.Close()
	limited := &io.LimitedReader{R: r, N: mostUnpacked}
	text, err := read(xml.NewDecoder(limited))
	switch {
	case limited.N <= 0:
		return "", ErrTooLarge
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return text, nil
}

func wordText(x *xml.Decoder) (string, error) {
	var out strings.Builder
	inText := 0
	for {
		token, err := x.Token()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "t":
				inText++
			case "tab":
				out.WriteByte('\t')
			case "br", "cr":
				out.WriteByte('\n')
			case "del", "instrText", "delText": // struck out, and codes of fields
				if err := x.Skip(); err != nil {
					return "", err
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "t":
				inText--
			case "p":
				out.WriteString("\n\n")
			case "tc":
				out.WriteByte(' ')
			}
		case xml.CharData:
			if inText > 0 {
				out.Write(e)
			}
		}
	}
}

func coreProperties(x *xml.Decoder, d *Document) error {
	var core struct {
		Title    string `xml:"title"`
		Creator  string `xml:"creator"`
		Language string `xml:"language"`
	}
	if err := x.Decode(&core); err != nil {
		return err
	}
	d.Title, d.Author, d.Language = core.Title, core.Creator, core.Language
	return nil
}
