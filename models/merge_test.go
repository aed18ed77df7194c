package models_test

import (
	"testing"

	"farwatch/models"
)

func TestSameSource_AddressesWithoutACanonicalName_AreNotOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://paper/one", "https://paper/two", false},
		{"https://paper/one", "https://paper/one", true},
		{"https://gazette.example/a?utm_source=x", "http://www.gazette.example/a/", true},
		{"https://gazette.example/a", "https://gazette.example/b", false},
	} {
		if got := models.SameSource(models.Source{ID: "S1", URL: &c.a}, models.Source{ID: "S2", URL: &c.b}); got != c.want {
			t.Errorf("%s and %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
