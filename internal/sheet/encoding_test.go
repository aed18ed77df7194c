package sheet

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func TestString_EveryEncoding_GivesTheSameText(t *testing.T) {
	t.Parallel()
	const text = "Exilé à Genève; “suivi” – £5"
	encode := func(e interface{ String(string) (string, error) }) string {
		out, err := e.String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, c := range map[string]struct{ data, want string }{
		"UTF-8":               {text, UTF8},
		"UTF-8 with a mark":   {"\ufeff" + text, UTF8},
		"UTF-16 little, mark": {encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()), UTF16LE},
		"UTF-16 big, mark":    {encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()), UTF16BE},
		"Windows-1252":        {encode(charmap.Windows1252.NewEncoder()), Windows1252},
	} {
		got, encoding := String([]byte(c.data))
		if got != text || encoding != c.want {
			t.Errorf("%s: got %q as %s", name, got, encoding)
		}
	}
	for name, e := range map[string]unicode.Endianness{UTF16LE: unicode.LittleEndian, UTF16BE: unicode.BigEndian} {
		data, _ := unicode.UTF16(e, unicode.IgnoreBOM).NewEncoder().String("ref;title\n1;A case in Lisbon\n")
		if got, encoding := String([]byte(data)); encoding != name || !strings.HasPrefix(got, "ref;title") {
			t.Errorf("%s without a mark: got %q as %s", name, got, encoding)
		}
	}
}

func TestString_NoText_HasNoEncoding(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "abcdefgh\x00ij"} {
		if _, encoding := String([]byte(data)); encoding != "" {
			t.Errorf("%q was read as %s", data, encoding)
		}
	}
}

func TestDetectEncoding_CutInACharacter_IsStillUTF8(t *testing.T) {
	t.Parallel()
	for cut := 1; cut < 4; cut++ {
		head := []byte(strings.Repeat("é中😀", 20))
		if got := DetectEncoding(head[:len(head)-cut], false); got != UTF8 {
			t.Errorf("cut by %d: %s", cut, got)
		}
	}
	if got := DetectEncoding([]byte("caf\xe9"), true); got != Windows1252 {
		t.Errorf("a whole file that ends in a high byte: %s", got)
	}
}

func TestNewReader_UnknownName_IsRefused(t *testing.T) {
	t.Parallel()
	if _, err := NewReader(strings.NewReader(""), "klingon"); err == nil || Known("klingon") {
		t.Error("was accepted")
	}
	r, err := NewReader(strings.NewReader("\xcf\xf0"), "windows-1251")
	if err != nil || !Known("windows-1251") {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(r); string(got) != "Пр" {
		t.Errorf("got %q", got)
	}
}
