package site

import (
	"regexp"
	"strings"

	"farwatch/models"
)

// Releases writes the page of numbered releases: files, method and the key that
// checks them. method is Markdown.
func (s *Site) Releases(list []models.Release, method, key string) (Page, error) {
	data := struct {
		Releases []models.Release
		Method   []block
		Key      string
	}{list, blocks(method), key}
	return s.html("releases", frame{Title: "Releases", Path: "/public/releases", Robots: true, Data: data})
}

// block is a heading, a list or a paragraph of the method page.
type block struct {
	Kind  string // title, heading, list, text
	Lines []string
}

var listItem = regexp.MustCompile(`\n(?:-|\d+\.) `)

// blocks reads Markdown as far as the method page, our own text, uses it.
func blocks(markdown string) (out []block) {
	for part := range strings.SplitSeq(markdown, "\n\n") {
		part = strings.TrimSpace(part)
		kind, lines := "text", []string{part}
		switch title, isTitle := strings.CutPrefix(part, "# "); {
		case part == "":
			continue
		case isTitle:
			kind, lines = "title", []string{title}
		case strings.HasPrefix(part, "## "):
			kind, lines = "heading", []string{part[len("## "):]}
		case listItem.MatchString("\n" + part):
			kind, lines = "list", listItem.Split("\n"+part, -1)[1:]
		}
		for i := range lines {
			lines[i] = strings.NewReplacer("**", "", "`", "").Replace(strings.Join(strings.Fields(lines[i]), " "))
		}
		out = append(out, block{kind, lines})
	}
	return out
}
