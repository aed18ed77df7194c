package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// module is the module's name, and so the import path of main.
const module = "farwatch"

// layer names the part of the module that a package belongs to.
type layer struct {
	// within is the import path of the part, relative to the module.
	within string
	// may lists the parts that it may import besides itself. A part ending in
	// "/" stands for everything below it.
	may []string
	// inTests lists what its tests may import on top: those of api drive the
	// whole engine and wire it as main does.
	inTests []string
}

// matrix is the import rule: main → api → handlers → store → models. Arrows may
// skip a layer and never turn back. Leaves below internal/ are added by rule.
// The first entry that holds a package decides, so api/spec stands before api.
var matrix = []layer{
	{within: "models"},
	{within: "frontend"},
	{within: "api/spec"},
	{within: "store", may: []string{"models", "internal/vault", "internal/audit", "internal/search", "internal/facts"}},
	{within: "handlers", may: []string{"store", "models", "api/spec", "internal/"}},
	{
		within:  "api",
		may:     []string{"handlers", "store", "models", "api/spec", "frontend", "internal/auth", "internal/config"},
		inTests: []string{"internal/"},
	},
}

// alone lists libraries that one part of the module keeps to itself: gin stays
// in api so that handlers stay plain Go, SQL stays in store so that no query
// misses its principal, and tokens are read where the strict rules are (S15).
var alone = []struct{ library, owner string }{
	{"github.com/gin-gonic/gin", "api"},
	{"github.com/getkin/kin-openapi", "api"},
	{"gorm.io", "store"},
	{"database/sql", "store"},
	{"github.com/pressly/goose", "store"},
	{"github.com/jackc/pgx", "store"},
	{"modernc.org/sqlite", "store"},
	{"github.com/golang-jwt/jwt", "internal/auth"},
	{"github.com/go-webauthn/webauthn", "internal/auth"},
}

// goPackage is what `go list -json` says of a package. Imports of tests count
// too: a test that reaches across layers ties them together just as well.
type goPackage struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestImports_EveryPackage_FollowsTheMatrix(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages, which cannot be the whole module", len(packages))
	}
	for _, p := range packages {
		for _, imported := range p.Imports {
			if fault := importFault(p.ImportPath, imported); fault != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, fault)
			}
		}
		for _, imported := range append(p.TestImports, p.XTestImports...) {
			if fault := importFault(p.ImportPath, imported); fault != "" && !allowedInTests(p.ImportPath, imported) {
				t.Errorf("the tests of %s import %s: %s", p.ImportPath, imported, fault)
			}
		}
	}
}

func TestImportFault_AllowedImport_Accepted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, imported string }{
		{"farwatch", "farwatch/api"},
		{"farwatch", "farwatch/internal/config"},
		{"farwatch/api", "farwatch/models"},
		{"farwatch/api", "farwatch/internal/auth"},
		{"farwatch/api", "github.com/gin-gonic/gin"},
		{"farwatch/api/spec", "github.com/gin-gonic/gin/binding"},
		{"farwatch/handlers", "farwatch/api/spec"},
		{"farwatch/handlers", "farwatch/internal/tabular"},
		{"farwatch/store", "database/sql"},
		{"farwatch/store/storetest", "farwatch/store"},
		{"farwatch/internal/auth", "farwatch/models"},
		{"farwatch/internal/auth", "github.com/golang-jwt/jwt/v5"},
		{"farwatch/models", "strings"},
	} {
		if fault := importFault(c.from, c.imported); fault != "" {
			t.Errorf("%s imports %s: got %q, want it accepted", c.from, c.imported, fault)
		}
	}
}

func TestImportFault_ForbiddenImport_Refused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, imported string }{
		{"farwatch/models", "farwatch/store"},
		{"farwatch/models", "farwatch/internal/vocab"},
		{"farwatch/store", "farwatch/handlers"},
		{"farwatch/store", "farwatch/internal/tabular"},
		{"farwatch/store/storetest", "farwatch/api"},
		{"farwatch/handlers", "farwatch/api"},
		{"farwatch/handlers", "farwatch/frontend"},
		{"farwatch/handlers", "github.com/gin-gonic/gin"},
		{"farwatch/handlers", "database/sql"},
		{"farwatch/api", "farwatch/internal/tabular"},
		{"farwatch/api", "gorm.io/gorm"},
		{"farwatch/api", "github.com/golang-jwt/jwt/v5"},
		{"farwatch/api/spec", "farwatch/models"},
		{"farwatch/frontend", "farwatch/models"},
		{"farwatch/internal/auth", "farwatch/internal/vault"},
		{"farwatch/internal/auth", "farwatch/store"},
		{"farwatch", "database/sql/driver"},
		{"farwatch/util", "farwatch/models"},
	} {
		if importFault(c.from, c.imported) == "" {
			t.Errorf("%s imports %s: accepted, want it refused", c.from, c.imported)
		}
	}
}

// importFault says why package from may not import package imported, or returns
// an empty string. Both are full import paths.
func importFault(from, imported string) string {
	part := strings.TrimPrefix(strings.TrimPrefix(from, module), "/")
	for _, a := range alone {
		if below(imported, a.library) && !below(part, a.owner) {
			return "only " + a.owner + " may import " + a.library
		}
	}
	if part == "" || !below(imported, module) {
		return ""
	}

	target := strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
	l, known := layerOf(part)
	if !known {
		return "the matrix has no place for " + from
	}
	if to, ok := layerOf(target); ok && to.within == l.within {
		return ""
	}
	for _, may := range l.may {
		if strings.HasSuffix(may, "/") && strings.HasPrefix(target, may) {
			return ""
		}
		if to, ok := layerOf(target); ok && to.within == may {
			return ""
		}
	}
	return "not in the matrix"
}

// allowedInTests tells whether the tests of a part may reach further than its
// code.
func allowedInTests(from, imported string) bool {
	l, _ := layerOf(strings.TrimPrefix(from, module+"/"))
	for _, may := range l.inTests {
		if strings.HasPrefix(imported, module+"/"+may) {
			return true
		}
	}
	return false
}

// layerOf finds the part of the module that holds a package, by its path
// relative to the module.
func layerOf(part string) (layer, bool) {
	if leaf, ok := strings.CutPrefix(part, "internal/"); ok {
		name, _, _ := strings.Cut(leaf, "/")
		return layer{within: "internal/" + name, may: []string{"models"}}, true
	}
	for _, l := range matrix {
		if below(part, l.within) {
			return l, true
		}
	}
	return layer{}, false
}

// below reports whether path is root or lies inside it.
func below(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

// listPackages returns every package of the module.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list",
		"-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %v\n%s", err, failed.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}

	var packages []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("read the answer of go list: %v", err)
		}
		packages = append(packages, p)
	}
}
