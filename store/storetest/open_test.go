package storetest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"farwatch/store"
	"farwatch/store/storetest"
)

// TestOpen_PostgreSQL plants a setting under which acknowledged records could
// be lost (S52).
func TestOpen_PostgreSQLThatMayLoseRecords_Refused(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	set := func(statement string) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		if _, err := conn.Exec(t.Context(), `ALTER DATABASE "`+strings.TrimPrefix(u.Path, "/")+`" `+statement); err != nil {
			t.Fatal(err)
		}
	}
	options := store.Options{PostgresURL: address, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey}
	set("SET synchronous_commit = off")
	if s, err := store.Open(t.Context(), options); err == nil || !strings.Contains(err.Error(), "synchronous_commit") {
		t.Errorf("error %v", err)
		if s != nil {
			t.Error(s.Close())
		}
	}
	set("RESET synchronous_commit")
	s, err := store.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpen_WithoutKeys_Refused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]store.Options{
		"no audit key": {VaultKey: storetest.VaultKey}, "no vault key": {AuditKey: storetest.AuditKey}, "short vault key": {AuditKey: storetest.AuditKey, VaultKey: make([]byte, 16)},
	} {
		o.SQLitePath = t.TempDir() + "/a.db"
		if s, err := store.Open(t.Context(), o); err == nil {
			t.Errorf("%s: opened, %v", name, s.Close())
		}
	}
}
