package article

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// body is long enough to be an article to a reader of pages.
var body = strings.Repeat("<p>A woman who left Ruritania told reporters that two officials came to her door in Lisbon, and that they named her brother at home.</p>\n", 6)

var page = `<!doctype html><html lang="pt-PT"><head><title>Two officials at a door – Example News</title>
<meta property="og:title" content="Two officials at a door"><meta property="og:site_name" content="Example News">
<meta name="author" content="Ana Example"><meta property="article:published_time" content="2024-03-05T22:30:00+01:00">
<script>document.write("never run")</script></head><body><nav><a href="/">Home</a> <a href="/subscribe">Subscribe now</a></nav>
<article><h1>Two officials at a door</h1>` + body + `</article><footer>All rights reserved</footer></body></html>`

// plain reads UTF-8 and Latin-1.
func plain(data []byte) (text, encoding string) {
	if bytes.ContainsRune(data, 0) {
		return "", ""
	}
	if utf8.Valid(data) {
		return string(data), "utf-8"
	}
	text, _ = charmap.Windows1252.NewDecoder().String(string(data))
	return text, "windows-1252"
}

func docx(t *testing.T, document string, further ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name, content string) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("[Content_Types].xml", "<Types/>")
	if document != "" {
		add("word/document.xml", document)
	}
	for i := 0; i < len(further); i += 2 {
		add(further[i], further[i+1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// pdf writes the smallest file that shows lines of text.
func pdf(lines ...string) []byte {
	var content strings.Builder
	content.WriteString("BT /F1 12 Tf 50 780 Td 16 TL ")
	for _, l := range lines {
		content.WriteString("(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(l) + ") Tj T* ")
	}
	content.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", content.Len(), content.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "<< /Title (A report) /Author (Ana Example) >>",
	}
	var out strings.Builder
	out.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&out, "trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return []byte(out.String())
}

func TestRead_Page_KeepsTheArticleAndWhatItSaysOfItself(t *testing.T) {
	t.Parallel()
	address, _ := url.Parse("https://news.example/a?b=c")
	d, err := Read(t.Context(), []byte(page), address, plain)
	if err != nil {
		t.Fatal(err)
	}
	want := Document{Kind: KindHTML, Title: "Two officials at a door", Author: "Ana Example", Publisher: "Example News", URL: address.String(), Published: "2024-03-05", Language: "pt"}
	text := d.Text
	d.Text = ""
	if d != want {
		t.Errorf("got %+v, want %+v", d, want)
	}
	if !strings.Contains(text, "her brother at home") {
		t.Errorf("the article is missing: %.200q", text)
	}
	for _, noise := range []string{"Subscribe", "never run", "All rights"} {
		if strings.Contains(text, noise) {
			t.Errorf("%q is no part of the article", noise)
		}
	}
}

func TestRead_Files_GiveTheirText(t *testing.T) {
	t.Parallel()
	latin, _ := charmap.Windows1252.NewEncoder().String("Exilé à Genève — suivi")
	word := docx(t, `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>First </w:t></w:r><w:r><w:t>line.</w:t></w:r></w:p><w:p><w:del><w:r><w:delText>struck</w:delText></w:r></w:del><w:r><w:t>Second.</w:t></w:r></w:p></w:body></w:document>`,
		"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>A report</dc:title><dc:creator>Ana Example</dc:creator></cp:coreProperties>`)
	letter := "From: Ana Example <ana@example.org>\r\nTo: desk@example.org\r\nSubject: =?utf-8?q?Visited_at_h=C3=B4me?=\r\nDate: Tue, 05 Mar 2024 22:30:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nTwo officials came to the caf=E9.\r\n"
	for _, c := range []struct {
		name string
		data []byte
		want Document
	}{
		{"Latin-1", []byte(latin), Document{Kind: KindText, Text: "Exilé à Genève — suivi"}},
		{"decomposed", []byte("Cafe\u0301\r\n\r\n\r\n\r\nend\u202e"), Document{Kind: KindText, Text: "Café\n\nend"}},
		{"Word", word, Document{Kind: KindDOCX, Text: "First line.\n\nSecond.", Title: "A report", Author: "Ana Example"}},
		{"mail", []byte(letter), Document{Kind: KindMail, Text: "Two officials came to the café.", Title: "Visited at hôme", Author: "Ana Example", Published: "2024-03-05"}},
		{"PDF", pdf("An exile in Lisbon was followed for a week by two men who", "said that they came from her old home.", "", "End."), Document{
			Kind: KindPDF, Text: "An exile in Lisbon was followed for a week by two men who said that they came from her old home.\nEnd.", Title: "A report", Author: "Ana Example",
		}},
		{"page without an article", []byte("<html><body><div>Two men<br>at a door</div><script>x()</script></body></html>"), Document{Kind: KindHTML, Text: "Two men\nat a door"}},
	} {
		d, err := Read(t.Context(), c.data, nil, plain)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if d != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, d, c.want)
		}
	}
}

func TestRead_WhatHoldsNoText_IsRefusedByName(t *testing.T) {
	t.Parallel()
	locked := bytes.Replace(pdf("x"), []byte("trailer << "), []byte("trailer << /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <0000000000000000000000000000000000000000000000000000000000000000> /U <0000000000000000000000000000000000000000000000000000000000000000> >> "), 1)
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"empty", nil, ErrNoText},
		{"blanks", []byte(" \n\u200b \t"), nil},
		{"picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), ErrKind},
		{"old Word", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ErrKind},
		{"archive that is no Word file", docx(t, ""), ErrKind},
		{"cut archive", docx(t, "<w/>")[:60], ErrDamaged},
		{"damaged document", docx(t, `<w:document><w:t>x`), ErrDamaged},
		{"PDF without pages", pdf(), ErrNoText},
		{"damaged PDF", []byte("%PDF-1.7\nnonsense"), ErrDamaged},
		{"locked PDF", locked, ErrLocked},
		{"too large", bytes.Repeat([]byte("a"), MaxBytes+1), ErrTooLarge},
	} {
		if _, err := Read(t.Context(), c.data, nil, plain); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestRead_PDF_WhoStopsWaiting_StopsTheReader(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if _, err := Read(ctx, pdf("x"), nil, plain); err == nil {
		t.Error("read on after the end")
	}
}

func TestRead_LongText_IsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	d, err := Read(t.Context(), []byte(strings.Repeat("é", MaxText+1)), nil, plain)
	if err != nil || !d.Cut || len([]rune(d.Text)) > MaxText || strings.ContainsRune(d.Text, 0xfffd) {
		t.Errorf("got cut %v, %d bytes, %v", d.Cut, len(d.Text), err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(page))
	f.Add([]byte("From: a@b\nSubject: x\nTo: c\n\nbody"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if kindOf(data, plain) == KindPDF {
			return // runs in its sandbox, far too slow to start for each input
		}
		d, err := Read(t.Context(), data, nil, plain)
		if err == nil && (d.Text == "" || len([]rune(d.Text)) > MaxText || strings.ContainsRune(d.Text, 0)) {
			t.Errorf("unfit text %q", d.Text)
		}
	})
}
