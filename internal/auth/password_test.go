package auth

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestHasher_VerifiesItsOwnHashes(t *testing.T) {
	t.Parallel()
	h := NewHasher(TestParams, []byte("pepper"))
	phc, err := h.Hash(t.Context(), "a long enough pass phrase")
	if err != nil {
		t.Fatal(err)
	}
	if ok, rehash, err := h.Verify(t.Context(), phc, "a long enough pass phrase"); !ok || rehash || err != nil {
		t.Errorf("ok %v, rehash %v, %v", ok, rehash, err)
	}
	if ok, _, _ := h.Verify(t.Context(), phc, "a long enough pass phrasE"); ok {
		t.Error("another password verified")
	}
	if ok, _, _ := NewHasher(TestParams, []byte("other")).Verify(t.Context(), phc, "a long enough pass phrase"); ok {
		t.Error("verified without the pepper")
	}
	stronger := NewHasher(Params{MemoryKiB: 128, Time: 1, Threads: 1}, []byte("pepper"))
	if ok, rehash, err := stronger.Verify(t.Context(), phc, "a long enough pass phrase"); !ok || !rehash || err != nil {
		t.Errorf("after a change of parameters: ok %v, rehash %v, %v", ok, rehash, err)
	}
}

func TestHasher_DamagedHash_NeverVerifies(t *testing.T) {
	t.Parallel()
	h := NewHasher(TestParams, nil)
	for _, phc := range []string{"", "no-hash", "$argon2id$v=19$m=64,t=1,p=1$", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43)} {
		if ok, _, err := h.Verify(t.Context(), phc, "x"); ok || err == nil {
			t.Errorf("%q: ok %v, %v", phc, ok, err)
		}
	}
}

func TestHasher_FullQueue_SaysBusy(t *testing.T) {
	t.Parallel()
	h := NewHasher(TestParams, nil)
	for range hashesAtOnce + hashesQueued {
		h.queue <- struct{}{}
	}
	if err := h.VerifyUnknown(t.Context(), "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
}

func TestHasher_ManyAtOnce_AllAnswered(t *testing.T) {
	t.Parallel()
	h := NewHasher(TestParams, nil)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := h.VerifyUnknown(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestKeys_SurviveARestartAndStayOutOfTheData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "keys", "k")
	first, err := LoadOrCreateKeys(path, filepath.Join(dir, "data"), false)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadOrCreateKeys(path, filepath.Join(dir, "data"), false)
	if err != nil || first.Derive("a") != again.Derive("a") || first.Derive("a") == first.Derive("b") {
		t.Errorf("keys differ after a restart, or purposes share a key: %v", err)
	}
	if _, err := LoadOrCreateKeys(filepath.Join(dir, "data", "k"), filepath.Join(dir, "data"), false); err == nil {
		t.Error("a key file inside the data directory must be refused")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateKeys(path, filepath.Join(dir, "data"), false); err == nil {
		t.Error("a key file that others may read must be refused")
	}
}
