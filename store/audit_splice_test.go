package store_test

import (
	"testing"

	"farwatch/models"
)

// TestAudit_RowOfAnotherHistory_IsFound puts back a row that was genuine once:
// its own MAC fits, and the row behind it tells that it was not there.
func TestAudit_RowOfAnotherHistory_IsFound(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	db := raw(t, path)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	denied := func(operation string) { must(t, s.For(p).Denied(t.Context(), operation)) }
	rows, _, err := s.System().VerifyAudit(t.Context())
	must(t, err)
	denied("listMembers")
	exec(t, db, "CREATE TABLE aside AS SELECT * FROM audit WHERE seq = ?", rows+1)
	exec(t, db, "DELETE FROM audit WHERE seq = ?", rows+1)
	exec(t, db, "UPDATE audit_head SET seq = ?, mac = (SELECT mac FROM audit WHERE seq = ?)", rows, rows)
	denied("createInvitation")
	denied("listInvitations")
	if _, broken, err := s.System().VerifyAudit(t.Context()); err != nil || broken != 0 {
		t.Fatalf("broken at %d before anybody put it back: %v", broken, err)
	}
	exec(t, db, "DELETE FROM audit WHERE seq = ?", rows+1)
	exec(t, db, "INSERT INTO audit SELECT * FROM aside")
	if _, broken, err := s.System().VerifyAudit(t.Context()); err != nil || broken != rows+2 {
		t.Errorf("broken at %d, want %d: %v", broken, rows+2, err)
	}
}
