// Package files judges, stores and shows evidence files. It trusts nothing: the
// type is read from the content, and what could be two things at once is
// refused (SECURITY.md S49).
package files

import (
	"bytes"
	"image"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	// The decoders that image.DecodeConfig and image.Decode use.
	_ "image/jpeg"
	_ "image/png"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp"

	"farwatch/models"
)

// Limits of one file.
const (
	MaxBytes  = 50 << 20
	MaxPixels = 40_000_000
)

// kinds are the accepted media types with the endings that agree with them.
var kinds = map[string][]string{
	"image/jpeg":      {".jpg", ".jpeg"},
	"image/png":       {".png"},
	"image/webp":      {".webp"},
	"application/pdf": {".pdf"},
	"text/plain":      {".txt"},
	"text/csv":        {".csv"},
	"audio/mpeg":      {".mp3"},
	"video/mp4":       {".mp4"},
}

// Accepted are the endings of accepted files, sorted.
func Accepted() []string {
	var out []string
	for _, endings := range kinds {
		out = append(out, endings...)
	}
	slices.Sort(out)
	return out
}

// refusal is why a file is not taken.
func refusal(code, detail string) error {
	return models.Fail(models.KindUnsupported, code, detail)
}

// CheckName tells early whether a name has an accepted ending. Errors:
// file.type_not_accepted.
func CheckName(name string) error {
	if !slices.Contains(Accepted(), strings.ToLower(path.Ext(name))) {
		return refusal("file.type_not_accepted", "JPEG, PNG, WebP, PDF, TXT, CSV, MP3 and MP4 are accepted. Convert the file first.")
	}
	return nil
}

// Inspect reads what a file is. Errors: file.type_not_accepted,
// file.name_disagrees, file.two_in_one, file.active_content, file.too_many_pixels, file.damaged.
func Inspect(name string, data []byte) (mediaType string, err error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	if len(data) == 0 {
		return "", refusal("file.empty", "The file is empty.")
	}
	mediaType = detect(data)
	endings, accepted := kinds[mediaType]
	ending := strings.ToLower(path.Ext(name))
	switch {
	case !accepted:
		return "", refusal("file.type_not_accepted", "JPEG, PNG, WebP, PDF, TXT, CSV, MP3 and MP4 are accepted. Convert the file first.")
	case mediaType == "text/plain" && ending == ".csv":
		mediaType = "text/csv"
	case mediaType == "text/csv" && ending == ".txt":
		mediaType = "text/plain"
	case !slices.Contains(endings, ending):
		return "", refusal("file.name_disagrees", "The content is of another kind than the ending of the name says. Give it the right ending.")
	}
	if err := single(mediaType, data); err != nil {
		return "", err
	}
	if strings.HasPrefix(mediaType, "image/") {
		if err := checkImage(data); err != nil {
			return "", err
		}
	}
	return mediaType, nil
}

// detect reads the type from the content, without parameters.
func detect(data []byte) string {
	found := mimetype.Detect(data)
	for m := found; m != nil; m = m.Parent() {
		name, _, _ := strings.Cut(m.String(), ";")
		if _, ok := kinds[name]; ok {
			// What is written in text is more than text: mark-up can hold scripts.
			if name == "text/plain" && m != found {
				break
			}
			return name
		}
	}
	name, _, _ := strings.Cut(found.String(), ";")
	return name
}

// marks of other formats that programs look for anywhere in a file, or near an
// end of it.
var (
	zipEnd    = []byte("PK\x05\x06")
	pdfHead   = []byte("%PDF-")
	markup    = [][]byte{[]byte("<script"), []byte("<html"), []byte("<svg"), []byte("<!doctype"), []byte("<?xml"), []byte("<iframe")}
	execHeads = [][]byte{[]byte("MZ"), []byte("\x7fELF"), []byte("#!")}
)

// single refuses a file that another program would take for something else.
func single(mediaType string, data []byte) error {
	two := refusal("file.two_in_one", "The file is two kinds at once, such as a picture with an archive behind it. Save the part that matters by itself.")
	if bytes.Contains(data[max(0, len(data)-66_000):], zipEnd) {
		return two
	}
	if mediaType != "application/pdf" && bytes.Contains(data[:min(len(data), 1024)], pdfHead) {
		return two
	}
	switch mediaType {
	case "application/pdf":
		if !bytes.HasPrefix(data, pdfHead) {
			return two
		}
	case "text/plain", "text/csv":
		return plainText(data)
	}
	if end := imageEnd(mediaType, data); end >= 0 && len(bytes.TrimRight(data[end:], "\x00\r\n ")) > 0 {
		return two
	}
	if strings.HasPrefix(mediaType, "image/") && hasMarkup(data) {
		return two
	}
	return nil
}

func plainText(data []byte) error {
	for _, head := range execHeads {
		if bytes.HasPrefix(data, head) {
			return refusal("file.active_content", "The text is a program. Only plain text is accepted.")
		}
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return refusal("file.not_utf8", "The text is not UTF-8. Save it as UTF-8.")
	}
	if hasMarkup(data[:min(len(data), 4096)]) {
		return refusal("file.active_content", "The text is mark-up that could hold a script. Save it as plain text or as PDF.")
	}
	return nil
}

func hasMarkup(data []byte) bool {
	lower := bytes.ToLower(data)
	return slices.ContainsFunc(markup, func(m []byte) bool { return bytes.Contains(lower, m) })
}

// imageEnd is where a picture ends; -1 if that cannot be told.
func imageEnd(mediaType string, data []byte) int {
	switch mediaType {
	case "image/png":
		if at := bytes.Index(data, []byte("IEND\xaeB`\x82")); at >= 0 {
			return at + 8
		}
	case "image/jpeg":
		if at := bytes.LastIndex(data, []byte{0xff, 0xd9}); at >= 0 {
			return at + 2
		}
	case "image/webp":
		if len(data) >= 12 {
			size := int(data[4]) | int(data[5])<<8 | int(data[6])<<16 | int(data[7])<<24
			if size+8 <= len(data) {
				return size + 8 + size%2*min(1, len(data)-size-8)
			}
		}
	}
	return -1
}

// checkImage reads the size before anything is decoded: a few bytes may claim
// gigapixels.
func checkImage(data []byte) error {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return refusal("file.damaged", "The picture cannot be read. Export it again from where it came.")
	}
	if config.Width > MaxPixels/config.Height {
		return refusal("file.too_many_pixels", "The picture has more than 40 million pixels. Make it smaller first and keep the original.")
	}
	return nil
}
