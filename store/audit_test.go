package store_test

import (
	"database/sql"
	"fmt"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// work does one of each kind of thing that is audited and gives the length of
// the chain.
func work(t *testing.T, s *store.Store) int64 {
	t.Helper()
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	rec := create(t, s, p, v, input("First", "assault"), "key-first")
	create(t, s, p, v, input("First", "assault"), "key-first") // replayed: no row
	changed := rec.IncidentInput
	changed.Title = "Changed"
	_, err := s.For(p).UpdateIncident(t.Context(), store.UpdateIncident{
		Ref: rec.Ref, Version: 1, Input: changed, Vocab: v,
	})
	must(t, err)
	must(t, s.For(p).Denied(store.WithRequestID(t.Context(), "request-7"), "listMembers"))
	must(t, s.For(p).ChangePassword(t.Context(), "another-hash"))
	must(t, s.System().ResetPassword(t.Context(), "amina", "third-hash"))
	must(t, s.System().DisableUser(t.Context(), "amina"))
	rows, broken, err := s.System().VerifyAudit(t.Context())
	must(t, err)
	if broken != 0 {
		t.Fatalf("broken at %d after real work", broken)
	}
	return rows
}

func TestAudit_RealWork_IsIntactAndWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *storetest.Clock) {
		if rows := work(t, s); rows != 9 {
			t.Errorf("%d rows, want 9", rows)
		}
	})
}

func TestAudit_Row_HoldsNamesAndNeverValues(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	work(t, s)
	db := raw(t, path)
	got := column(t, db, "SELECT action || ' ' || fields || ' ' || request_id FROM audit ORDER BY seq")
	want := []string{
		"organisation.create [] ", "user.create [\"caseworker\"] ", "session.start [\"totp\",\"new_device\"] ", "incident.create [] ", "incident.edit [\"title\"] ",
		"permission.denied [] request-7", "user.password [] ", "user.reset [] ", "user.disable [] ",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestAudit_Tampering works on the file past the store, as somebody with the
// disk and without the key would.
func TestAudit_Tampering_IsFoundAtItsRow(t *testing.T) {
	t.Parallel()
	const rows, at = 9, 5
	set := func(assignment string) []string { return []string{"UPDATE audit SET " + assignment + " WHERE seq = 5"} }
	for what, c := range map[string]struct {
		statements []string
		broken     int64
	}{
		"seq":             {set("seq = 500"), at},
		"at":              {set("at = '2020-01-01 00:00:00+00:00'"), at},
		"actor":           {set("actor = 'somebody-else'"), at},
		"organisation":    {set("organisation_id = 77"), at},
		"no organisation": {set("organisation_id = NULL"), at},
		"action":          {set("action = 'incident.read'"), at},
		"object":          {set("object = 'FW-4F7K-Q2ME'"), at},
		"fields":          {set(`fields = '["summary"]'`), at},
		"request id":      {set("request_id = 'another'"), at},
		"link":            {set("prev = ''"), at},
		"MAC":             {set("mac = 'f' || substr(mac, 1, 63)"), at},
		"deleted":         {[]string{"DELETE FROM audit WHERE seq = 5"}, at},
		"deleted and closed up": {[]string{
			"DELETE FROM audit WHERE seq = 5", "UPDATE audit SET seq = -seq WHERE seq > 5", "UPDATE audit SET seq = -seq - 1 WHERE seq < 0",
			"UPDATE audit_head SET seq = seq - 1",
		}, at},
		"first deleted":     {[]string{"DELETE FROM audit WHERE seq = 1"}, 1},
		"tail cut":          {[]string{"DELETE FROM audit WHERE seq > 7"}, 8},
		"last deleted":      {[]string{"DELETE FROM audit WHERE seq = 9"}, rows},
		"all deleted":       {[]string{"DELETE FROM audit"}, 1},
		"swapped":           {[]string{"UPDATE audit SET seq = -5 WHERE seq = 5", "UPDATE audit SET seq = 5 WHERE seq = 6", "UPDATE audit SET seq = 6 WHERE seq = -5"}, at},
		"copied to the end": {[]string{"INSERT INTO audit SELECT 10, at, actor, organisation_id, action, object, fields, request_id, prev, mac FROM audit WHERE seq = 9"}, rows + 1},
		"head moved":        {[]string{"UPDATE audit_head SET seq = 3"}, rows + 1},
		"head gone":         {[]string{"DELETE FROM audit_head"}, rows + 1},
		"head of another":   {[]string{"UPDATE audit_head SET mac = (SELECT mac FROM audit WHERE seq = 3)"}, rows + 1},
		"untouched":         {nil, 0},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s, path := openFile(t)
			if n := work(t, s); n != rows {
				t.Fatalf("%d rows, want %d", n, rows)
			}
			tamper(t, raw(t, path), c.statements)
			before, broken, err := s.System().VerifyAudit(t.Context())
			must(t, err)
			if broken != c.broken {
				t.Errorf("found at %d, want %d", broken, c.broken)
			}
			if c.broken > 0 && before != c.broken-1 {
				t.Errorf("%d rows before it, want %d", before, c.broken-1)
			}
		})
	}
}

func tamper(t *testing.T, db *sql.DB, statements []string) {
	t.Helper()
	for _, statement := range statements {
		done, err := db.ExecContext(t.Context(), statement)
		must(t, err)
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s changed %d rows, %v", statement, n, err)
		}
	}
}

func TestAudit_AnotherKey_NothingIsIntact(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	work(t, s)
	other, err := store.Open(t.Context(), store.Options{SQLitePath: path, AuditKey: []byte("another key"), VaultKey: storetest.VaultKey})
	must(t, err)
	defer other.Close()
	rows, broken, err := other.System().VerifyAudit(t.Context())
	if err != nil || rows != 0 || broken != 1 {
		t.Errorf("%d rows, broken at %d, %v", rows, broken, err)
	}
}
