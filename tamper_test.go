package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/store/storetest"
)

// audited makes a place with a chain of some length, a signed head in the
// middle and one at its end.
func audited(t *testing.T, more ...string) (p place, past storetest.Past, rows int) {
	t.Helper()
	p = newPlace(t, append(more, "FARWATCH_AUDIT_HEADS="+filepath.Join(t.TempDir(), "heads"))...)
	i := p.opened()
	for n := range 40 {
		if err := i.store.System().Note(t.Context(), "test.action", fmt.Sprint("object ", n)); err != nil {
			t.Fatal(err)
		}
		if n == 20 || n == 39 {
			if err := i.signHead(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := i.store.Close(); err != nil {
		t.Fatal(err)
	}
	if i.store.Dialect() == "postgres" {
		return p, storetest.PastPostgres(t, i.config.DatabaseURL), 40
	}
	return p, storetest.PastSQLite(t, filepath.Join(p.dataDir(), databaseName)), 40
}

// tampering is a statement that somebody with the database could run.
func tampering(dice *rand.Rand, rows int) []string {
	at, other := 1+dice.IntN(rows), 1+dice.IntN(rows)
	for other == at {
		other = 1 + dice.IntN(rows)
	}
	moveHead := func(seq string) string {
		return "UPDATE audit_head SET seq = (SELECT max(seq) FROM audit WHERE seq <= " + seq + "), mac = (SELECT mac FROM audit WHERE seq = (SELECT max(seq) FROM audit WHERE seq <= " + seq + "))"
	}
	switch dice.IntN(9) {
	case 0:
		return []string{fmt.Sprintf("UPDATE audit SET actor = 'x%d' WHERE seq = %d", dice.IntN(1000), at)}
	case 1:
		return []string{fmt.Sprintf("UPDATE audit SET object = 'x%d' WHERE seq = %d", dice.IntN(1000), at)}
	case 2:
		return []string{fmt.Sprintf("UPDATE audit SET action = 'x%d' WHERE seq >= %d", dice.IntN(1000), at)}
	case 3:
		return []string{fmt.Sprintf("UPDATE audit SET mac = '%064x' WHERE seq = %d", dice.Uint64(), at)}
	case 4:
		return []string{fmt.Sprintf("DELETE FROM audit WHERE seq = %d", at)}
	case 5: // cut, and nothing in the database shows it
		return []string{fmt.Sprintf("DELETE FROM audit WHERE seq >= %d AND seq > 1", at), moveHead("100000")}
	case 6:
		return []string{
			fmt.Sprintf("UPDATE audit SET seq = -1 WHERE seq = %d", at), fmt.Sprintf("UPDATE audit SET seq = %d WHERE seq = %d", at, other),
			fmt.Sprintf("UPDATE audit SET seq = %d WHERE seq = -1", other),
		}
	case 7:
		return []string{
			fmt.Sprintf("INSERT INTO audit SELECT %d, at, actor, organisation_id, action, object, fields, request_id, prev, mac FROM audit WHERE seq = %d", rows+1, at),
			fmt.Sprintf("UPDATE audit_head SET seq = %d, mac = (SELECT mac FROM audit WHERE seq = %d)", rows+1, at),
		}
	}
	return []string{fmt.Sprintf("UPDATE audit_head SET seq = %d, mac = (SELECT mac FROM audit WHERE seq = %d)", at-1, other)}
}

// TestAuditVerify_RandomTampering is T-22.
func TestAuditVerify_RandomTampering_AllShown(t *testing.T) {
	t.Parallel()
	tried := func(t *testing.T, p place, past storetest.Past, rows, times int) {
		t.Helper()
		p.t = t
		seed := rand.Uint64()
		t.Logf("%d tamperings, seed %d", times, seed)
		dice := rand.New(rand.NewPCG(seed, seed))
		for _, table := range []string{"audit", "audit_head"} {
			past.Exec("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
		}
		i := p.opened()
		defer i.store.Close()
		shown := map[string]int{}
		for range times {
			statements := tampering(dice, rows)
			for _, statement := range statements {
				past.Exec(statement)
			}
			_, _, err := i.auditFault(t.Context())
			switch {
			case err == nil:
				t.Errorf("not shown: %q", statements)
			case strings.Contains(err.Error(), "is broken at row"):
				shown["broken"]++
			case strings.Contains(err.Error(), "is truncated"):
				shown["truncated"]++
			default:
				t.Errorf("%q: %v", statements, err)
			}
			for _, table := range []string{"audit", "audit_head"} {
				past.Exec("DELETE FROM " + table)
				past.Exec("INSERT INTO " + table + " SELECT * FROM kept_" + table)
			}
		}
		if _, _, err := i.auditFault(t.Context()); err != nil {
			t.Errorf("put back: %v", err)
		}
		t.Logf("shown: %v", shown)
		if shown["broken"] == 0 || shown["truncated"] == 0 {
			t.Error("one kind was not tried")
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		p, past, rows := audited(t)
		tried(t, p, past, rows, soakTimes(500, 20))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		p, past, rows := audited(t, "FARWATCH_DATABASE_URL="+storetest.EmptyPostgres(t))
		tried(t, p, past, rows, soakTimes(100, 20))
	})
}

// TestAuditVerify_WrittenAnew: whoever has the keys can make another chain that
// fits, and the signed head still shows it.
func TestAuditVerify_WrittenAnew_IsShownByTheHead(t *testing.T) {
	t.Parallel()
	p, past, rows := audited(t)
	past.Exec("DELETE FROM audit WHERE seq > 10")
	past.Exec("UPDATE audit_head SET seq = 10, mac = (SELECT mac FROM audit WHERE seq = 10)")
	p.want(1, "the audit chain is truncated: it has 10 rows, and row 21 of the head signed at ", "", "audit", "verify")
	i := p.opened()
	for range rows {
		if err := i.store.System().Note(t.Context(), "test.other", ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := i.store.Close(); err != nil {
		t.Fatal(err)
	}
	p.want(1, "the audit chain was written anew: it has 50 rows, and row 21 of the head signed at ", "", "audit", "verify")
}

func TestAuditVerify_SignedHeads_BearTheChainOut(t *testing.T) {
	t.Parallel()
	p, _, _ := audited(t)
	p.want(0, "The audit chain is intact: 40 rows.\n2 signed heads bear it out.", "", "audit", "verify")
	other := newPlace(t, p.environ[len(p.environ)-1])
	other.want(1, "is no head of this instance", "", "audit", "verify")
	newPlace(t).want(0, "FARWATCH_AUDIT_HEADS is not set", "", "audit", "verify")
	p.want(2, "farwatch audit verify", "", "audit", "verify", "-every")
}

func TestServe_AuditHeads_SignsAtTheStartAndAtTheEnd(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t, "FARWATCH_AUDIT_HEADS="+filepath.Join(t.TempDir(), "far", "heads"))
	p.withAmina()
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	if _, status, err := s.log("a-record"); err != nil || status != 201 {
		t.Fatalf("status %d, %v", status, err)
	}
	if status := s.stop(sigterm); status != 0 {
		t.Fatalf("status %d\n%s", status, s.errs)
	}
	p.want(0, "2 signed heads bear it out.", "", "audit", "verify")
	past := storetest.PastSQLite(t, filepath.Join(p.dataDir(), databaseName))
	past.Exec("UPDATE audit_head SET seq = seq - 1, mac = (SELECT prev FROM audit ORDER BY seq DESC LIMIT 1)")
	past.Exec("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
	past.Close()
	p.want(1, "is truncated", "", "audit", "verify")
}
