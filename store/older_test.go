package store_test

import (
	"fmt"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// A database from before there was history gets it at the next start, whole
// and once.
func TestOpen_RecordsWithoutHistory_GetTheirFirstRevision(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	var refs []string
	for i := range 403 { // more than two batches
		refs = append(refs, create(t, s, p, v, input(fmt.Sprint("Record ", i), "assault"), fmt.Sprint("key-", i)).Ref)
	}
	exec(t, raw(t, path), "DELETE FROM incident_revisions")
	for range 2 { // the second start finds nothing to do
		again, err := store.Open(t.Context(), store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
		must(t, err)
		for _, ref := range []string{refs[0], refs[200], refs[402]} {
			items, total, _, err := again.For(p).Revisions(t.Context(), ref, 0, 10)
			must(t, err)
			if total != 1 || items[0].Action != models.ActionCreate || *items[0].Author != "amina" || !items[0].Readable {
				t.Errorf("%s has %d revisions: %+v", ref, total, items)
			}
		}
		must(t, again.Close())
	}
	if got := column(t, raw(t, path), "SELECT COUNT(*) FROM incident_revisions"); got[0] != "403" {
		t.Errorf("%s revisions, want 403", got[0])
	}
}
