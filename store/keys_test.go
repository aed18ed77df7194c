package store_test

import (
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/internal/vault"
	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

func rootKey(id string) models.RootKey {
	r := models.RootKey{ID: id}
	copy(r.Key[:], "a root key for tests only: "+id)
	return r
}

func openWith(t *testing.T, path string, roots ...models.RootKey) (*store.Store, error) {
	t.Helper()
	return store.Open(t.Context(), store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey, Roots: roots})
}

// reopened is openWith for a store that is closed with the test.
func reopened(t *testing.T, path string, roots ...models.RootKey) *store.Store {
	t.Helper()
	s, err := openWith(t, path, roots...)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

// before unpacks a database that was written when there was one key for all.
func before(t *testing.T) string {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", "before_keys.db.gz"))
	must(t, err)
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	must(t, err)
	data, err := io.ReadAll(z)
	must(t, err)
	path := filepath.Join(t.TempDir(), "data", "farwatch.db")
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, data, 0o600))
	return path
}

// amina is the person who wrote the old database.
func amina(t *testing.T, s *store.Store) models.Principal {
	t.Helper()
	p, err := s.System().ActAs(t.Context(), "amina")
	must(t, err)
	return p
}

func TestOpen_DatabaseOfOneKey_IsSealedAnew(t *testing.T) {
	t.Parallel()
	path := before(t)
	db := raw(t, path)
	if got := column(t, db, "SELECT title FROM incidents ORDER BY id"); got[2] != "CANARY-hidden-title" {
		t.Fatalf("%q: this test shows nothing", got)
	}
	for range 2 { // the second start finds nothing to do
		s, err := openWith(t, path)
		must(t, err)
		readsOld(t, s)
		must(t, s.System().Scrub(t.Context()))
		must(t, s.Close())
	}
	for _, table := range store.SealedTables() {
		for _, first := range column(t, db, "SELECT hex(substr(protected, 1, 1)) FROM "+table+" WHERE protected IS NOT NULL") {
			if first != "02" {
				t.Errorf("%s holds a value of version %s", table, first)
			}
		}
	}
	if found, cells := leaks(t, db); len(found) > 0 || cells < 200 {
		t.Errorf("in %d cells a protected value stands in %v", cells, slices.Compact(found))
	}
	if data := readFile(t, path) + readFile(t, path+"-wal"); strings.Contains(data, "CANARY") {
		t.Errorf("the file still holds %s", regexp.MustCompile(`CANARY[a-z-]*`).FindString(data))
	}
	if got := column(t, db, "SELECT occurred_earliest || occurred_latest || first_reported || edtf FROM incidents WHERE sensitivity = 'restricted'"); got[0] != "2023-02-012023-02-282023-03-01" {
		t.Errorf("plain dates %q", got[0])
	}
}

// readsOld tells that everything of the old database is there.
func readsOld(t *testing.T, s *store.Store) {
	t.Helper()
	p := amina(t, s)
	items, _, _, err := s.For(p).Incidents(t.Context(), models.IncidentFilter{}, models.Page{Sort: models.Sort{Column: "created_at"}, Limit: 10})
	must(t, err)
	if len(items) != 3 || items[2].Title != "CANARY-hidden-title" || *items[2].Occurred.Earliest != "2023-02-20" || *items[2].FirstReported != "2023-03-21" {
		t.Fatalf("%+v", items)
	}
	rec, err := s.For(p).Incident(t.Context(), items[2].Ref)
	must(t, err)
	if rec.Summary != "CANARY-hidden-summary" || *rec.Acts[0].Note != "CANARY-hidden-act" || *rec.Harms[0].Note != "CANARY-hidden-harm" || rec.Computed.EDTF != "2023-02-20" ||
		*rec.Sources[4].Title != "CANARY-hidden-source" || *rec.Relations[0].Note != "CANARY-relation-note" || rec.Targets[0].Identity.Names[0] != "CANARY-name" ||
		rec.Version != 1 {
		t.Errorf("%+v", rec)
	}
	past, err := s.For(p).Revision(t.Context(), items[1].Ref, 1)
	must(t, err)
	comments, _, err := s.For(p).Comments(t.Context(), items[1].Ref)
	must(t, err)
	searches, err := s.For(p).SavedSearches(t.Context())
	must(t, err)
	copies, err := s.For(p).WorkingCopies(t.Context())
	must(t, err)
	imports, err := s.For(p).Imports(t.Context())
	must(t, err)
	part, err := s.For(p).ImportPart(t.Context(), imports[0].ID, 0)
	must(t, err)
	if *past.Content.InternalNote != "CANARY-internal-note" || comments[0].Body != "CANARY-comment" || searches[0].Name != "CANARY-search" ||
		*copies[0].Title != "CANARY-copy-title" || string(part) != "CANARY-import-file" {
		t.Error("something of the old database does not open")
	}
}

// T-20: what is moved to another row, column, record or organisation does not
// open, with its row key or without.
func TestSealed_MovedElsewhere_IsRefused(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	q := person(t, s, "other_ngo", "boris", models.RoleCaseworker)
	in := input("One", "assault")
	in.InternalNote = canaryPtr("one")
	in.Targets[0].Identity = &models.Identity{Names: []string{canary("one")}}
	in.Targets = append(in.Targets, in.Targets[0])
	in.Targets[1].ID = "T2"
	one, two, theirs := create(t, s, p, v, in, "key-1"), create(t, s, p, v, in, "key-2"), create(t, s, q, v, in, "key-3")
	db := raw(t, path)
	const (
		of     = "(SELECT id FROM incidents WHERE ref = ?)"
		target = " WHERE incident_id = " + of + " AND local_id = 'T1'"
	)
	reads := func() error {
		s.DropHeldKeys()
		_, err := s.For(p).Incident(t.Context(), one.Ref)
		return err
	}
	must(t, reads())
	moved := 0
	for name, change := range map[string]string{
		"another row":              "UPDATE targets SET protected = (SELECT protected FROM targets WHERE incident_id = " + of + " AND local_id = 'T2')" + target,
		"another table":            "UPDATE targets SET protected = (SELECT protected FROM incidents WHERE ref = ?)" + target,
		"another record":           "UPDATE targets SET protected = (SELECT protected FROM targets" + target + ")" + target,
		"another record, with key": "UPDATE targets SET (row_key, protected) = (SELECT row_key, protected FROM targets" + target + ")" + target,
	} {
		from := map[string][]string{"another row": {one.Ref}, "another table": {one.Ref}, "another record": {two.Ref, theirs.Ref}, "another record, with key": {two.Ref, theirs.Ref}}[name]
		for _, other := range from {
			kept := column(t, db, "SELECT row_key || '|' || hex(protected) FROM targets"+target, one.Ref)
			exec(t, db, change, other, one.Ref)
			if err := reads(); !errors.Is(err, vault.ErrOpen) {
				t.Errorf("from %s: %v", name, err)
			}
			key, value, _ := strings.Cut(kept[0], "|")
			data, err := hex.DecodeString(value)
			must(t, err)
			exec(t, db, "UPDATE targets SET row_key = ?, protected = ?"+target, key, data, one.Ref)
			must(t, reads())
			moved++
		}
	}
	if moved != 6 {
		t.Errorf("%d moves tried", moved)
	}
	// A key that is said to be another record's does not unwrap.
	exec(t, db, "DELETE FROM data_keys WHERE incident_id = "+of, one.Ref)
	exec(t, db, "UPDATE data_keys SET incident_id = "+of+" WHERE incident_id = "+of, one.Ref, two.Ref)
	exec(t, db, "UPDATE targets SET (row_key, protected) = (SELECT row_key, protected FROM targets"+target+")"+target, two.Ref, one.Ref)
	if err := reads(); !errors.Is(err, vault.ErrOpen) {
		t.Errorf("a key of another record: %v", err)
	}
}

func TestSealed_EveryFlippedBit_IsRefused(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	in := input("One", "assault")
	in.InternalNote = canaryPtr("one")
	rec := create(t, s, p, vocabulary(t), in, "key-1")
	db := raw(t, path)
	value, err := hex.DecodeString(column(t, db, "SELECT hex(protected) FROM incidents WHERE ref = ?", rec.Ref)[0])
	must(t, err)
	step := 1
	if testing.Short() {
		step = 7
	}
	tried := 0
	for bit := 0; bit < len(value)*8; bit += step {
		value[bit/8] ^= 1 << (bit % 8)
		exec(t, db, "UPDATE incidents SET protected = ? WHERE ref = ?", value, rec.Ref)
		if _, err := s.For(p).Incident(t.Context(), rec.Ref); !errors.Is(err, vault.ErrOpen) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		value[bit/8] ^= 1 << (bit % 8)
		tried++
	}
	exec(t, db, "UPDATE incidents SET protected = ? WHERE ref = ?", value, rec.Ref)
	if _, err := s.For(p).Incident(t.Context(), rec.Ref); err != nil {
		t.Error("the value as it was does not open: this test shows nothing")
	}
	t.Logf("%d flipped bits refused", tried)
}

func TestRenew_KilledAnywhere_LeavesAllReadable(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		v := vocabulary(t)
		p := person(t, s, "example_ngo", "amina", models.RoleCaseworker, models.RoleReviewer)
		var refs []string
		for i := range 45 {
			in := input(fmt.Sprint("Record ", i), "assault")
			in.InternalNote, in.Sensitivity = canaryPtr("note"), []string{"open", "restricted", "sealed"}[i%3]
			refs = append(refs, create(t, s, p, v, in, fmt.Sprint("key-", i)).Ref)
		}
		_, err := s.For(p).SaveSearch(t.Context(), models.SavedSearch{Name: canary("search"), Query: "q"})
		must(t, err)
		readable := func(when string) {
			t.Helper()
			s.DropHeldKeys()
			for _, ref := range refs {
				rec, err := s.For(p).Incident(t.Context(), ref)
				if err != nil || *rec.InternalNote != canary("note") || !strings.HasPrefix(rec.Title, "Record ") {
					t.Fatalf("%s: %s: %v", when, ref, err)
				}
			}
			if list, err := s.For(p).SavedSearches(t.Context()); err != nil || list[0].Name != canary("search") {
				t.Fatalf("%s: %v", when, err)
			}
		}
		kills := 0
		for at := 1; ; at++ { // end after one step more each time
			ctx, cancel := context.WithCancel(t.Context())
			steps := 0
			err := s.System().RenewData(ctx, func(int, int) {
				clock.Advance(time.Second)
				if steps++; steps == at {
					cancel()
				}
			})
			cancel()
			readable(fmt.Sprint("ended after step ", at))
			if err == nil {
				break
			}
			kills++
		}
		if kills < 2 {
			t.Errorf("ended %d times only: this test shows little", kills)
		}
		status, err := s.System().KeyStatus(t.Context())
		must(t, err)
		if status.Renewing || status.Records != len(refs) {
			t.Errorf("%+v", status)
		}
	})
}

// TestSensitivity_RaisedAndLowered: the texts leave every table, and come back.
func TestSensitivity_RaisedAndLowered_TextsGoAndComeBack(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	v := vocabulary(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	reviewer := person(t, s, "example_ngo", "boris", models.RoleReviewer, models.RoleCaseworker)
	birds := flock{}
	in := texted(birds, "", guarded(create(t, s, p, v, input("Other", "assault"), "key-other").Ref))
	rec := create(t, s, p, v, in, "key-1")
	db := raw(t, path)
	plain := func() (found []string) {
		for _, table := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
			for _, name := range column(t, db, "SELECT name FROM pragma_table_info(?)", table) {
				for _, cell := range column(t, db, `SELECT CAST("`+name+`" AS TEXT) FROM "`+table+`" WHERE "`+name+`" IS NOT NULL`) {
					if found := findBirds(birds, []byte(cell)); len(found) > 0 && name != "block" {
						return append(found, table)
					}
				}
			}
		}
		return nil
	}
	if plain() == nil {
		t.Error("no text stands in the clear: this test shows nothing")
	}
	set := func(who models.Principal, sensitivity string) {
		t.Helper()
		content := rec.IncidentInput
		content.Sensitivity = sensitivity
		var err error
		rec, err = s.For(who).UpdateIncident(t.Context(), store.UpdateIncident{Ref: rec.Ref, Version: rec.Version, Input: content, Vocab: v})
		must(t, err)
		if rec.Title != birds["title"] || *rec.Acts[0].Note != birds["act"] || *rec.Occurred.Earliest != "2023-02-20" || rec.Inducements[0].Amounts[0].AmountText != birds["amount"] {
			t.Errorf("%s: the content has changed", sensitivity)
		}
	}
	set(p, "restricted")
	if found := plain(); found != nil {
		t.Errorf("raised, and in the clear: %v", found)
	}
	must(t, s.System().Scrub(t.Context()))
	texts, _ := filesOf(t, filepath.Dir(path))
	if found := findBirds(birds, texts...); len(found) > 0 {
		t.Errorf("raised, and in a file: %v", found)
	}
	set(reviewer, "open")
	if plain() == nil {
		t.Error("lowered, and not in the clear again")
	}
}

// TestSealedTables_AreAllKnown: a table whose values nobody seals anew would be
// lost with its key.
func TestSealedTables_AreAllKnown(t *testing.T) {
	t.Parallel()
	_, path := openFile(t)
	db := raw(t, path)
	// Sealed under the key of the installation, which stays.
	known := append(store.SealedTables(), "key_state", "factors", "passkey_challenges", "releases")
	for _, table := range column(t, db, "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'protected')") {
		if !slices.Contains(known, table) {
			t.Errorf("rotation does not know %s: add it to recordTables or organisationTables, or to this list if it belongs to no organisation", table)
		}
	}
}

// TestErasedTables_AreAllKnown: an erasure would leave a trace, or fail.
func TestErasedTables_AreAllKnown(t *testing.T) {
	t.Parallel()
	_, path := openFile(t)
	db := raw(t, path)
	for _, table := range column(t, db, `SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f."table" = 'incidents'`) {
		if !slices.Contains(store.ErasedTables(), table) {
			t.Errorf("an erasure does not empty %s: add it to erasedTables", table)
		}
	}
}
