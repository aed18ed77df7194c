package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/models"
)

func TestSavedSearch_NameAndQuery_StandSealed(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	_, err := s.For(p).SaveSearch(t.Context(), models.SavedSearch{Name: canary("search-name"), Query: "methods=" + canary("search-query")})
	must(t, err)
	list, err := s.For(p).SavedSearches(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Name != canary("search-name") {
		t.Fatalf("read back %+v", list)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	for _, f := range files {
		if data := readFile(t, filepath.Join(filepath.Dir(path), f.Name())); strings.Contains(data, "CANARY-") {
			t.Errorf("%s holds name or query in plain", f.Name())
		}
	}
}
