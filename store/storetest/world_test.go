package storetest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// eachWorld runs the test on both databases.
func eachWorld(t *testing.T, test func(t *testing.T, w storetest.World, clock *storetest.Clock)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		test(t, storetest.World{Store: s, Vocabulary: vocabulary(t)}, clock)
	})
}

func vocabulary(t testing.TB) *models.Vocabulary {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "internal", "vocab", "vocabulary.json"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := models.ParseVocabulary(data, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wantCode fails unless err is this failure.
func wantCode(t testing.TB, err error, kind models.Kind, code string) *models.Error {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s", err, code)
	}
	if e.Kind != kind || e.Code != code {
		t.Fatalf("error %s of kind %d, want %s of kind %d", e.Code, e.Kind, code, kind)
	}
	return e
}

// sees tells whether the person can read the record.
func sees(t testing.TB, w storetest.World, p models.Principal, ref string) bool {
	t.Helper()
	_, err := w.For(p).Incident(context.Background(), ref)
	if models.KindOf(err) == models.KindNotFound {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
