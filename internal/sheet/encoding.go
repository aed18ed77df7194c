// Package sheet reads text and tables of unknown make: it finds out encoding,
// delimiter and header, says what it found, and lets a person correct it.
package sheet

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings that are recognised. A person may name any other of the WHATWG
// list.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252" // Latin-1 in all that people write
)

// DetectEncoding names the encoding of a file by its first bytes. whole tells that
// there are no more of them.
func DetectEncoding(head []byte, whole bool) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return UTF8
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return UTF16LE
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return UTF16BE
	}
	if evenZeros, oddZeros := zeros(head); oddZeros > len(head)/8 && evenZeros == 0 {
		return UTF16LE // Latin letters, low byte first
	} else if evenZeros > len(head)/8 && oddZeros == 0 {
		return UTF16BE
	}
	if validUTF8(head, whole) {
		return UTF8
	}
	return Windows1252
}

func zeros(b []byte) (even, odd int) {
	for i, c := range b {
		if c != 0 {
			continue
		}
		if i%2 == 0 {
			even++
		} else {
			odd++
		}
	}
	return even, odd
}

// validUTF8 lets the last character be cut where the file goes on.
func validUTF8(b []byte, whole bool) bool {
	if !whole {
		for cut := 0; cut < utf8.UTFMax && len(b) > 0; cut++ {
			if r, size := utf8.DecodeLastRune(b); r != utf8.RuneError || size > 1 {
				break
			}
			b = b[:len(b)-1]
		}
	}
	return utf8.Valid(b)
}

// Known tells whether an encoding of this name can be read.
func Known(name string) bool {
	_, err := lookUp(name)
	return err == nil
}

func lookUp(name string) (encoding.Encoding, error) {
	switch name {
	case UTF8:
		return unicode.UTF8, nil
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("encoding %q: %w", name, err)
	}
	return e, nil
}

// NewReader reads a file as UTF-8 without a byte order mark. Bytes that the
// encoding does not know become U+FFFD, so that a reader can say where.
func NewReader(r io.Reader, name string) (io.Reader, error) {
	e, err := lookUp(name)
	if err != nil {
		return nil, err
	}
	return transform.NewReader(r, unicode.BOMOverride(e.NewDecoder())), nil
}

// String reads a whole file of unknown encoding; the name is empty for bytes
// that are no text.
func String(data []byte) (text, name string) {
	name = DetectEncoding(data, true)
	r, err := NewReader(bytes.NewReader(data), name)
	if err != nil {
		return "", "" // cannot be: DetectEncoding names what lookUp knows
	}
	out, err := io.ReadAll(r)
	if err != nil || bytes.IndexByte(out, 0) >= 0 {
		return "", ""
	}
	return string(out), name
}
