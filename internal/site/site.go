// Package site writes the public pages: what is published, as HTML that works
// without JavaScript, as feeds, and as pictures for other sites. It is given
// published records and numbers only, and reads nothing itself.
package site

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"farwatch/models"
)

//go:embed pages/*.html
var pages embed.FS

// Stylesheet is the rules of the public pages, to stand behind the program's
// own tokens.
//
//go:embed pages/site.css
var Stylesheet []byte

// Site is what all pages share.
type Site struct {
	Words   *models.Vocabulary
	Country func(code string) string
	Base    string // address of the public side, without a slash at the end
	SignIn  string // where the staff signs in; empty where the public side has a host of its own
	Contact string // where the public writes to; may be empty
	Styles  []string
	Scripts []string // of the pictures; the pages work without
	Demo    bool

	parsing sync.Once
	parsed  *template.Template
}

// Page is one answer.
type Page struct {
	Type string // media type
	Body []byte
	// Framed pages may stand in a frame of any site.
	Framed bool
}

const htmlType = "text/html; charset=utf-8"

// frame is what the layout needs beside the page's own values.
type frame struct {
	*Site
	Title  string
	Path   string // of the page, for the marked entry of the menu and the canonical address
	Robots bool   // search engines may keep it
	Data   any
	Linked any // JSON-LD; nil: none
	Charts bool
}

// templates are the pages with the site's own functions, parsed once.
func (s *Site) templates() *template.Template {
	s.parsing.Do(func() {
		s.parsed = template.Must(template.New("site").Funcs(s.functions()).ParseFS(pages, "pages/*.html"))
	})
	return s.parsed
}

func (s *Site) functions() template.FuncMap {
	return template.FuncMap{
		"label": s.label, "meaning": s.meaning, "country": func(code string) string { return s.Country(code) }, "number": number,
		"day": day, "shortday": shortDay, "instant": instant, "when": when, "persons": personsText, "text": text, "join": s.labels,
		"records": func(n int) string { return counted(n, "recorded incident", "recorded incidents") },
		"amount":  amount, "web": webAddress, "safeid": func(id string) string { return "entry-" + id },
	}
}

// html writes a page into the layout.
func (s *Site) html(name string, f frame) (Page, error) {
	f.Site = s
	body, err := s.execute(name, f)
	return Page{Type: htmlType, Body: body}, err
}

func (s *Site) execute(name string, data any) ([]byte, error) {
	var out bytes.Buffer
	if err := s.templates().ExecuteTemplate(&out, name+".html", data); err != nil {
		return nil, fmt.Errorf("write page %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// label is the vocabulary's word for a code; an unknown code stands as it is.
func (s *Site) label(list, code string) string {
	if list == "country" {
		return s.Country(code)
	}
	if words, ok := ownWords[list]; ok {
		if w, ok := words[code]; ok {
			return w
		}
		return code
	}
	if t, ok := s.Words.Term(list, code); ok {
		return t.Label
	}
	return code
}

// ownWords are the codes that the program computes and the vocabulary lacks.
var ownWords = map[string]map[string]string{
	"stage":   {"1": "1: put on notice", "2": "2: held abroad", "3": "3: attacked or returned"},
	"origins": {"0": "None that is independent", "1": "1 independent origin", "2": "2 independent origins", "3_plus": "3 or more independent origins"},
}

func (s *Site) meaning(list, code string) string {
	t, _ := s.Words.Term(list, code)
	return t.Definition
}

func (s *Site) labels(list string, codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = s.label(list, c)
	}
	return strings.Join(out, ", ")
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
