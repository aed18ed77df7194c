package store_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

func TestOpen_OtherKeyFile_IsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "farwatch.db")
	s, err := openWith(t, path, rootKey("a"))
	must(t, err)
	must(t, s.Close())
	other := rootKey("a")
	other.Key[0] ^= 1
	for name, roots := range map[string][]models.RootKey{"another id": {rootKey("b")}, "another key": {other}} {
		if s, err := openWith(t, path, roots...); err == nil {
			t.Errorf("%s: opened, %v", name, s.Close())
		} else if !strings.Contains(err.Error(), "key") {
			t.Errorf("%s: %v", name, err)
		}
	}
	reopened(t, path, rootKey("a"))
}

func TestRewrap_NewRoot_OldOneIsNeededNoMore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "farwatch.db")
	s, err := openWith(t, path, rootKey("a"))
	must(t, err)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	in := input("One", "assault")
	in.InternalNote = canaryPtr("one")
	ref := create(t, s, p, vocabulary(t), in, "key-1").Ref
	must(t, s.Close())
	s, err = openWith(t, path, rootKey("b"), rootKey("a"))
	must(t, err)
	byRoot, err := s.System().Rewrap(t.Context(), func(int, int) {})
	must(t, err)
	if byRoot["a"] != 0 || byRoot["b"] != 2 {
		t.Errorf("keys by root: %v", byRoot)
	}
	must(t, s.Close())
	s = reopened(t, path, rootKey("b"))
	rec, err := s.For(p).Incident(t.Context(), ref)
	if err != nil || *rec.InternalNote != canary("one") {
		t.Errorf("%v", err)
	}
}

// A program that still holds the old root only makes no keys that would be lost
// with it.
func TestCreate_ProgramWithOldRoot_IsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "farwatch.db")
	old := reopened(t, path, rootKey("a"))
	p := person(t, old, "example_ngo", "amina", models.RoleCaseworker)
	v := vocabulary(t)
	in := input("One", "assault")
	create(t, old, p, v, in, "key-1")
	must(t, old.System().ServeKeys(t.Context()))
	rotating := reopened(t, path, rootKey("b"), rootKey("a"))
	try := func(key string) error {
		_, _, err := old.For(p).CreateIncident(t.Context(), store.CreateIncident{
			Input: in, Derived: models.Derive(in, v), VocabularyVersion: v.Version, IdempotencyKey: key, BodyHash: key,
		})
		return err
	}
	if err := try("key-2"); models.KindOf(err) != models.KindLocked {
		t.Errorf("with the old root: %v", err)
	}
	server, err := rotating.System().OfferKeys(t.Context(), []models.RootKey{rootKey("b"), rootKey("a")})
	must(t, err)
	must(t, old.System().WatchKeys(t.Context()))
	taken, err := rotating.System().KeysTaken(t.Context())
	must(t, err)
	if !server || !taken {
		t.Errorf("server %v, taken %v", server, taken)
	}
	if err := try("key-2"); err != nil {
		t.Errorf("with the new root: %v", err)
	}
}

func TestLock_DropsKeys_UntilTheyAreHandedOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
		in := input("One", "assault")
		in.InternalNote = canaryPtr("one")
		ref := create(t, s, p, vocabulary(t), in, "key-1").Ref
		system := s.System()
		must(t, system.ServeKeys(t.Context()))
		must(t, system.LockKeys(t.Context()))
		must(t, system.WatchKeys(t.Context()))
		for range 2 { // looking again does not bring them back
			_, err := s.For(p).Incident(t.Context(), ref)
			var e *models.Error
			if !errors.As(err, &e) || e.Code != "vault.sealed" || e.Kind != models.KindLocked {
				t.Errorf("locked: %v", err)
			}
			must(t, system.WatchKeys(t.Context()))
		}
		if _, err := s.Public().Incident(t.Context(), "FW-4F7K-Q2ME"); models.KindOf(err) != models.KindNotFound {
			t.Errorf("public pages: %v", err)
		}
		root := models.RootKey{ID: "root"}
		copy(root.Key[:], storetest.VaultKey)
		_, err := system.OfferKeys(t.Context(), []models.RootKey{root})
		must(t, err)
		must(t, system.WatchKeys(t.Context()))
		rec, err := s.For(p).Incident(t.Context(), ref)
		if err != nil || *rec.InternalNote != canary("one") {
			t.Errorf("unlocked: %v", err)
		}
	})
}
