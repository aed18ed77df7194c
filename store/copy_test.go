package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

func TestCopy_SQLite_HoldsWhatTheDatabaseHeld(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	rows := work(t, s)
	path := filepath.Join(t.TempDir(), "copy")
	c, err := s.System().Copy(t.Context(), path, nil)
	must(t, err)
	newest, err := store.NewestSchema("sqlite")
	must(t, err)
	if c.Dialect != "sqlite" || c.Schema != newest || c.AuditSeq != rows || c.Tables["incidents"] != 1 || c.Tables["users"] != 1 {
		t.Errorf("%+v", c)
	}
	for name := range c.Tables {
		if strings.HasPrefix(name, "sqlite_") || strings.Contains(name, "_fts") {
			t.Errorf("%s is no table of rows", name)
		}
	}
	person(t, s, "example_ngo", "boris", models.RoleReviewer) // comes later
	copied, err := store.OpenCopy(t.Context(), path, storetest.AuditKey)
	must(t, err)
	defer copied.Close()
	must(t, copied.System().Sound(t.Context()))
	again, err := copied.System().Contents(t.Context())
	must(t, err)
	if again.Tables["users"] != 1 || again.AuditMAC != c.AuditMAC {
		t.Errorf("the copy changed: %+v", again)
	}
	n, broken, err := copied.System().VerifyAudit(t.Context())
	if err != nil || n != rows || broken != 0 {
		t.Errorf("%d rows, broken at %d, %v", n, broken, err)
	}
	if left, err := filepath.Glob(path + "-*"); err != nil || len(left) > 0 {
		t.Errorf("beside the copy: %v, %v", left, err)
	}
}

func TestSound_DamagedPage_IsFound(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	work(t, s)
	path := filepath.Join(t.TempDir(), "copy")
	_, err := s.System().Copy(t.Context(), path, nil)
	must(t, err)
	data, err := os.ReadFile(path)
	must(t, err)
	root, err := strconv.Atoi(column(t, raw(t, path), "SELECT rootpage FROM sqlite_schema WHERE name = 'incidents'")[0])
	must(t, err)
	copy(data[(root-1)*4096:], make([]byte, 4096))
	must(t, os.WriteFile(path, data, 0o600))
	copied, err := store.OpenCopy(t.Context(), path, nil)
	must(t, err)
	defer copied.Close()
	if err := copied.System().Sound(t.Context()); !errors.Is(err, store.ErrUnsound) {
		t.Errorf("%v", err)
	}
	if err := copied.System().QuicklySound(t.Context()); !errors.Is(err, store.ErrUnsound) {
		t.Errorf("quickly: %v", err)
	}
}

func TestEndAllSessions_Everybody_IsSignedOutAndItIsAudited(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		person(t, s, "example_ngo", "amina", models.RoleCaseworker)
		user, err := s.System().UserByName(t.Context(), "amina")
		must(t, err)
		session, err := s.System().StartSession(t.Context(), user.ID, "Test / Linux", models.FactorTOTP)
		must(t, err)
		must(t, s.System().EndAllSessions(t.Context(), "backup.restore", "2026-01-15"))
		if _, _, err := s.System().Principal(t.Context(), session.ID); err == nil {
			t.Error("a session lives on")
		}
		head, err := s.System().AuditHead(t.Context())
		must(t, err)
		macs, err := s.System().AuditMACs(t.Context(), []int64{head.Seq, head.Seq + 1})
		must(t, err)
		if len(macs) != 1 || macs[head.Seq] != head.MAC {
			t.Errorf("links %v, head %+v", macs, head)
		}
		at, err := s.System().LastAudit(t.Context())
		if err != nil || !at.Equal(storetest.Start) {
			t.Errorf("last row at %v, %v", at, err)
		}
	})
}

func TestOverdueImportParts_EachDatabase(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		overdue, err := s.System().OverdueImportParts(t.Context())
		if err != nil || overdue != 0 {
			t.Errorf("%d parts, %v", overdue, err)
		}
	})
}
