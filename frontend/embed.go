// Package frontend carries the built screens inside the binary.
//
// dist holds only .gitkeep in a fresh clone, so that `go build` works without
// Node; whoever serves the files then shows Placeholder instead.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist placeholder.html
var files embed.FS

//go:embed src/app.css
var baseStyle []byte

// BaseStyle returns the tokens and base elements of the screens, in CSS; the
// caller must not change it.
func BaseStyle() []byte { return baseStyle }

// Files returns the built screens, rooted at dist: index.html, assets/….
// When the screens were never built it holds no index.html.
func Files() fs.FS {
	sub, err := fs.Sub(files, "dist")
	if err != nil {
		// Only an invalid path can fail here, and the path is a constant.
		panic(err)
	}
	return sub
}

// Placeholder returns the page, in HTML, that says that the screens were not built.
func Placeholder() []byte {
	page, err := files.ReadFile("placeholder.html")
	if err != nil {
		// The compiler refuses to build without this file.
		panic(err)
	}
	return page
}
