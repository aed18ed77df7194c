package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is how many characters of a name are kept.
const maxName = 150

// CleanName is a name that shows what it is: without folders, control
// characters and turns of writing direction, in one composed form. A name of
// which nothing is left becomes "file" with its ending.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, norm.NFC.String(name))
	name = strings.TrimRight(strings.Join(strings.Fields(name), " "), ". ")
	ending := path.Ext(name)
	stem := strings.Trim(strings.TrimSuffix(name, ending), ". ")
	if stem == "" {
		stem = "file"
	}
	for utf8.RuneCountInString(stem)+utf8.RuneCountInString(ending) > maxName && stem != "" {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	return stem + ending
}
