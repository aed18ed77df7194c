package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/store/storetest"
)

func TestAuditVerifyRows_AlteredRecord_IsNamed(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t)
	p.withAmina()
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	ref, status, err := s.log("one-record")
	if err != nil || status != http.StatusCreated {
		t.Fatalf("status %d, %v", status, err)
	}
	p.want(0, "All 1 records are as the program left them", "", "audit", "verify", "-rows") // beside the server
	s.stop(sigterm)
	p.want(2, "", "", "audit", "verify", "-columns")
	past := storetest.PastSQLite(t, filepath.Join(p.dataDir(), databaseName))
	past.Exec("UPDATE incidents SET host_country = 'DEU'")
	past.Close()
	if status, stdout, _ := p.farwatch("", "audit", "verify", "-rows"); status != 1 || !strings.Contains(stdout, ref+" content: ") {
		t.Errorf("status %d, said %q", status, stdout)
	}
	p.want(1, "1 of 1 records were altered", "", "audit", "verify", "-rows")
	p.want(0, "The audit chain is intact", "", "audit", "verify") // which looks at the chain alone
}
