// Package article takes the readable text out of a file or page that somebody
// hands in: web page, PDF, Word, mail or plain text. It decides by the bytes and
// never by the name, and runs no code of the file.
package article

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// MaxBytes is the largest file that is read.
const MaxBytes = 20 << 20

// MaxText is how much readable text is kept, in code points: as much as a
// source may hold.
const MaxText = 100_000

// Kinds of files.
const (
	KindHTML = "html"
	KindPDF  = "pdf"
	KindDOCX = "docx"
	KindMail = "mail"
	KindText = "text"
)

// Reasons why there is no text.
var (
	ErrKind     = errors.New("not a page, PDF, Word file, mail or text")
	ErrDamaged  = errors.New("the file is damaged")
	ErrLocked   = errors.New("the file asks for a password")
	ErrNoText   = errors.New("the file holds no readable text")
	ErrTooLarge = errors.New("the file is larger than what is read")
)

// Document is the readable part of a file. What the file does not say is empty.
type Document struct {
	Kind      string
	Text      string // NFC, lines end in \n
	Title     string
	Author    string
	Publisher string
	URL       string
	Published string // YYYY-MM-DD
	Language  string // BCP 47, without a region
	Cut       bool   // there was more than MaxText
}

// Decoder reads bytes of unknown encoding; the name of the encoding is empty for
// bytes that are no text.
type Decoder func(data []byte) (text, encoding string)

// Read takes the text out of a file. address is where a page came from, or nil.
func Read(ctx context.Context, data []byte, address *url.URL, decode Decoder) (Document, error) {
	if len(data) > MaxBytes {
		return Document{}, ErrTooLarge
	}
	var d Document
	var err error
	kind := kindOf(data, decode)
	switch kind {
	case KindPDF:
		d, err = readPDF(ctx, data)
	case KindDOCX:
		d, err = readDOCX(data)
	case KindMail:
		d, err = readMail(data)
	case KindHTML:
		d, err = readHTML(data, address)
	case KindText:
		d.Text, _ = decode(data)
	default:
		return Document{}, ErrKind
	}
	if err != nil {
		return Document{}, err
	}
	d.Kind = kind
	if address != nil {
		d.URL = address.String()
	}
	return d.clean()
}

// clean leaves nothing that a record could not hold.
func (d Document) clean() (Document, error) {
	d.Text = strings.TrimSpace(blankLines.ReplaceAllString(Tidy(d.Text), "\n\n"))
	if d.Text == "" {
		return Document{}, ErrNoText
	}
	if points := []rune(d.Text); len(points) > MaxText {
		d.Text, d.Cut = string(points[:MaxText]), true
	}
	for _, s := range []*string{&d.Title, &d.Author, &d.Publisher} {
		*s = strings.Join(strings.Fields(Tidy(*s)), " ")
		if r := []rune(*s); len(r) > 300 {
			*s = string(r[:300])
		}
	}
	if tag, err := language.Parse(d.Language); err == nil && d.Language != "" {
		base, _ := tag.Base()
		d.Language = base.String()
	} else {
		d.Language = ""
	}
	return d, nil
}

var blankLines = regexp.MustCompile(`\n[ \t]*\n[\s]*`)

// Tidy drops what is no text: control characters, marks of direction, damaged
// characters. Lines end in \n, in NFC.
func Tidy(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00ad", "", "\u00a0", " ").Replace(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfeff || r == 0xfffd,
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
			r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
			return -1
		}
		return r
	}, text)
	return norm.NFC.String(text)
}

var (
	mailHead = regexp.MustCompile(`(?im)\A(?:[a-z][a-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){3,}`)
	mailFrom = regexp.MustCompile(`(?im)^(?:from|subject|message-id|mime-version|received):`)
	pageHead = regexp.MustCompile(`(?i)<(?:!doctype html|html|head|body|article|meta|p|div)[\s>]`)
)

func kindOf(data []byte, decode Decoder) string {
	head := data[:min(len(data), 4096)]
	switch {
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return KindPDF
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return KindDOCX // or no Word file: then reading says so
	case bytes.HasPrefix(head, []byte("PK")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")), bytes.HasPrefix(head, []byte("{\\rtf")):
		return ""
	}
	text, encoding := decode(head)
	if encoding == "" {
		return ""
	}
	text = strings.TrimLeft(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff \n\t")
	switch {
	case mailHead.MatchString(text) && len(mailFrom.FindAllString(text, 3)) >= 2:
		return KindMail
	case pageHead.MatchString(text):
		return KindHTML
	}
	return KindText
}

// mostElements bounds the work that one page can make.
const mostElements = 200_000

func readHTML(data []byte, address *url.URL) (Document, error) {
	r, err := charset.NewReader(bytes.NewReader(data), "text/html")
	if err != nil {
		return Document{}, ErrDamaged
	}
	return readPage(r, address)
}

// readPage reads a page in UTF-8.
func readPage(r io.Reader, address *url.URL) (Document, error) {
	root, err := html.Parse(r)
	if err != nil {
		return Document{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if address == nil {
		address = &url.URL{Scheme: "https", Host: "page.invalid"} // links are not kept
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = mostElements
	found, err := parser.ParseDocument(root, address)
	if err != nil {
		return Document{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var text strings.Builder
	if found.Node != nil {
		if err := found.RenderText(&text); err != nil {
			return Document{}, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	if strings.TrimSpace(text.String()) == "" { // no article in it: all that a person would see
		text.Reset()
		visible(&text, root, 0)
	}
	d := Document{Text: text.String(), Title: found.Title(), Author: found.Byline(), Publisher: found.SiteName(), Language: found.Language()}
	if at, err := found.PublishedTime(); err == nil {
		d.Published = day(at)
	}
	return d, nil
}

// visible writes the words of a page.
func visible(out *strings.Builder, n *html.Node, depth int) {
	if n.Type == html.TextNode {
		out.WriteString(n.Data)
		return
	}
	if n.Type == html.ElementNode {
		switch n.Data {
		case "script", "style", "noscript", "template", "head", "svg":
			return
		case "p", "div", "br", "li", "h1", "h2", "h3", "h4", "tr", "section", "article":
			out.WriteByte('\n')
		}
	}
	if depth > 600 {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		visible(out, c, depth+1)
	}
}

// day is the date of a moment in the place that it names; years that no article
// has are dropped.
func day(at time.Time) string {
	if at.Year() < 1900 || at.Year() > 2200 {
		return ""
	}
	return at.Format(time.DateOnly)
}

func readMail(data []byte) (Document, error) {
	m, err := enmime.NewParser(enmime.MaxStoredPartErrors(10), enmime.SkipMalformedParts(true)).ReadEnvelope(bytes.NewReader(data))
	if err != nil {
		return Document{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	d := Document{Text: m.Text}
	if m.HTML != "" {
		page, err := readPage(strings.NewReader(m.HTML), nil)
		if err == nil && len(page.Text) > len(m.Text)/2 {
			d.Text, d.Language = page.Text, page.Language
		}
	}
	d.Title = m.GetHeader("Subject")
	if from, err := mail.ParseAddress(m.GetHeader("From")); err == nil {
		d.Author = from.Name // an address may belong to a person in danger: it stays out
	}
	if at, err := m.Date(); err == nil {
		d.Published = day(at)
	}
	return d, nil
}
