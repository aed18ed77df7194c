package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// unwalled are the tables without policies, and why that is so.
var unwalled = map[string]string{
	"users":            "names are unique over all organisations, and signing in comes before one is known",
	"sessions":         "read by their own random id, before an organisation is known",
	"setup_links":      "the link makes the first organisation",
	"audit_head":       "one row: where the chain of all organisations ends",
	"public_incidents": "published: for everybody",
	"public_state":     "one row: how many changes of what is published there were",
	"incident_facets":  "an index of codes that leads only to records",
	"changes":          "numbers of records in the order in which they changed",
	"change_head":      "one row: how many changes there were",
	"incident_search":  "an index of words that leads only to records; a policy would switch it off",
	"dead_blobs":       "random names of stored files that nothing points to any more",
	"source_backfill":  "one row: how far the program got",
	"goose_db_version": "the number of the schema",

	"factors":            "of a person: asked for while signing in, before an organisation is known",
	"recovery_codes":     "of a person, like factors",
	"sign_in_tickets":    "of a person, like factors",
	"passkey_challenges": "of a person, like factors",
	"password_resets":    "a link of a person: found by the hash of its secret",
	"protected_reads":    "when a person looked last, by a random name",
	"instance_state":     "one row: what the instance lets people do",
	"key_state":          "one row: which key wraps the others",
	"key_approvals":      "of the administrators of the server, over all organisations",
	"record_macs":        "sums that tell nothing but that a record is there; of one that is gone they must stay",
	"releases":           "numbers over all organisations; who was counted is sealed",
	"release_files":      "published: for everybody",
}

// walls are a store that signs in as the plain owner of its database, and the
// same database past all policies.
type walls struct {
	s     *store.Store
	super *sql.DB
}

func newWalls(t *testing.T) walls {
	t.Helper()
	address := storetest.Postgres(t)
	s, err := store.Open(t.Context(), store.Options{PostgresURL: storetest.AsOwner(t, address), AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	super, err := sql.Open("pgx", address)
	must(t, err)
	t.Cleanup(func() { must(t, super.Close()) })
	return walls{s, super}
}

// tables with policies, and those without.
func (w walls) tables(t testing.TB) (walled, open []string) {
	t.Helper()
	const query = "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND (c.relrowsecurity AND c.relforcerowsecurity) = $1 ORDER BY 1"
	return column(t, w.super, query, true), column(t, w.super, query, false)
}

// pull takes the second wall down: the owner of the tables passes the policies
// of those that do not force it.
func (w walls) pull(t testing.TB) {
	t.Helper()
	walled, _ := w.tables(t)
	for _, table := range walled {
		exec(t, w.super, `ALTER TABLE "`+table+`" NO FORCE ROW LEVEL SECURITY`)
	}
}

func TestWall_EveryTable_HasPoliciesOrAReason(t *testing.T) {
	t.Parallel()
	w := newWalls(t)
	walled, open := w.tables(t)
	for _, table := range open {
		if unwalled[table] == "" {
			t.Errorf("%s has no row-level security and no reason to have none", table)
		}
	}
	for _, table := range walled {
		if unwalled[table] != "" {
			t.Errorf("%s has policies: drop it from the list", table)
		}
	}
	if passes, err := w.s.System().PassesRowSecurity(t.Context()); err != nil || passes {
		t.Errorf("the owner passes the policies: %v", err)
	}
	super, err := store.Open(t.Context(), store.Options{PostgresURL: storetest.Postgres(t), AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
	must(t, err)
	defer super.Close()
	if passes, err := super.System().PassesRowSecurity(t.Context()); err != nil || !passes {
		t.Errorf("a superuser is said not to pass them: %v", err)
	}
	t.Logf("%d tables walled, %d not", len(walled), len(open))
}

// TestWall_OtherOrganisation_ReadsAndWritesNothing asks without any scope: what
// the policies alone hold back.
func TestWall_OtherOrganisation_ReadsAndWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWalls(t)
	alpha := person(t, w.s, "alpha", "author", models.RoleCaseworker)
	beta := person(t, w.s, "beta", "stranger", models.RoleReviewer)
	rec := create(t, w.s, alpha, vocabulary(t), input("A call", "informant_recruitment"), "wall-key-1")
	walled, _ := w.tables(t)
	rows := map[string]string{}
	for _, table := range walled {
		rows[table] = w.row(t, table, alpha, rec.Ref)
	}
	ofAlpha := w.ownedBy(t, alpha.OrganisationID)
	counts := func(run func(context.Context, func(*gorm.DB) error) error, table string) (n int) {
		must(t, run(t.Context(), func(tx *gorm.DB) error {
			return tx.Raw(`SELECT COUNT(*) FROM "` + table + `" x WHERE ` + ofAlpha(table)).Scan(&n).Error
		}))
		return n
	}
	asAlpha, asBeta, asNobody := w.s.For(alpha).Raw, w.s.For(beta).Raw, w.s.For(models.Principal{}).Raw
	for _, table := range walled {
		if counts(asAlpha, table) == 0 || counts(w.s.System().Raw, table) == 0 {
			t.Errorf("%s: its own organisation or the program sees no row, so this test shows nothing", table)
		}
		if n, m := counts(asBeta, table), counts(asNobody, table); n+m != 0 {
			t.Errorf("%s: another organisation sees %d rows, nobody %d", table, n, m)
		}
		for name, run := range map[string]func(context.Context, func(*gorm.DB) error) error{"another organisation": asBeta, "nobody": asNobody} {
			w.refusesWrites(t, name, run, table, rows[table], ofAlpha(table))
		}
	}
	w.pull(t)
	for _, table := range walled {
		if counts(asBeta, table) == 0 {
			t.Errorf("%s: with the wall pulled down nothing is seen either, so this test shows nothing", table)
		}
	}
}

// refusesWrites tries to change, delete and insert a row of alpha.
func (w walls) refusesWrites(t *testing.T, who string, run func(context.Context, func(*gorm.DB) error) error, table, row, condition string) {
	t.Helper()
	first := column(t, w.super, "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND is_identity = 'NO' AND table_schema = 'public' ORDER BY ordinal_position LIMIT 1", table)[0]
	for _, statement := range []string{
		fmt.Sprintf(`UPDATE %q x SET %q = %q WHERE %s`, table, first, first, condition),
		fmt.Sprintf(`DELETE FROM %q x WHERE %s`, table, condition),
	} {
		must(t, run(t.Context(), func(tx *gorm.DB) error {
			done := tx.Exec(statement)
			if done.RowsAffected != 0 {
				t.Errorf("%s by %s: %d rows of %s", statement[:6], who, done.RowsAffected, table)
			}
			return done.Error
		}))
	}
	err := run(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec(fmt.Sprintf(`INSERT INTO %q OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_record(NULL::%q, ?)`, table, table), row).Error
	})
	if err == nil || !strings.Contains(fmt.Sprint(err), "row-level security") {
		t.Errorf("INSERT by %s into %s: %v", who, table, err)
	}
}

// ownedBy is the condition that a row belongs to an organisation. Tables that
// do not say whose their rows are have rows of one only here.
func (w walls) ownedBy(t *testing.T, organisation int64) func(table string) string {
	t.Helper()
	say := column(t, w.super, "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organisation_id'")
	return func(table string) string {
		switch {
		case table == "organisations":
			return fmt.Sprintf("x.id = %d", organisation)
		case slices.Contains(say, table):
			return fmt.Sprintf("x.organisation_id = %d", organisation)
		}
		return "TRUE"
	}
}

var firstAllowed = regexp.MustCompile(`\(?(\w+) = ANY \(ARRAY\['([^']+)'`)

// row gives a row of a table that belongs to alpha, as JSON; it makes one of
// invented values where there is none.
func (w walls) row(t *testing.T, table string, alpha models.Principal, ref string) string {
	t.Helper()
	read := fmt.Sprintf(`SELECT row_to_json(x)::text FROM %q x WHERE %s LIMIT 1`, table, w.ownedBy(t, alpha.OrganisationID)(table))
	if found := column(t, w.super, read); len(found) > 0 {
		return found[0]
	}
	w.invent(t, table, alpha, column(t, w.super, "SELECT id::text FROM incidents WHERE ref = $1", ref)[0])
	return column(t, w.super, read)[0]
}

// invent inserts a row without asking for references; parents that do not exist
// are made by their own turn, under the same id.
func (w walls) invent(t *testing.T, table string, alpha models.Principal, incident string) {
	t.Helper()
	allowed := map[string]string{}
	for _, check := range column(t, w.super, "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass", table) {
		for _, m := range firstAllowed.FindAllStringSubmatch(check, -1) {
			allowed[m[1]] = m[2]
		}
	}
	values := map[string]any{}
	for _, line := range column(t, w.super, `SELECT column_name || ' ' || data_type FROM information_schema.columns
		WHERE table_name = $1 AND table_schema = 'public' AND (is_nullable = 'NO' OR column_name = 'organisation_id' OR data_type = 'bytea') AND is_identity = 'NO'`, table) {
		name, kind, _ := strings.Cut(line, " ")
		switch {
		case allowed[name] != "":
			values[name] = allowed[name]
		case name == "organisation_id":
			values[name] = alpha.OrganisationID
		case strings.HasSuffix(name, "incident_id"):
			values[name] = json.Number(incident)
		case name == "other_id":
			values[name] = 1 << 40 // behind every record
		case name == "user_id":
			values[name] = alpha.UserID
		case kind == "boolean":
			values[name] = false
		case strings.HasPrefix(kind, "timestamp"):
			values[name] = "2026-01-15T09:00:00Z"
		case kind == "text":
			values[name] = "one"
		case kind == "bytea":
			values[name] = `\x00`
		default:
			values[name] = 1
		}
	}
	row, err := json.Marshal(values)
	must(t, err)
	names := slices.Sorted(maps.Keys(values))
	tx, err := w.super.BeginTx(t.Context(), nil)
	must(t, err)
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{
		"SET LOCAL session_replication_role = replica", // no references are checked
		fmt.Sprintf(`INSERT INTO %q (%s) SELECT %s FROM json_populate_record(NULL::%q, '%s')`, table, strings.Join(names, ", "), strings.Join(names, ", "), table,
			strings.ReplaceAll(string(row), "'", "''")),
	} {
		if _, err := tx.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	must(t, tx.Commit())
}

// TestWall_ForgottenScope_ShowsNothing removes the first wall: the condition on
// the organisation is cut out of every query on records.
func TestWall_ForgottenScope_ShowsNothing(t *testing.T) {
	t.Parallel()
	w := newWalls(t)
	alpha := person(t, w.s, "alpha", "author", models.RoleCaseworker)
	beta := person(t, w.s, "beta", "stranger", models.RoleReviewer)
	rec := create(t, w.s, alpha, vocabulary(t), input("A call", "informant_recruitment"), "wall-key-1")
	met, err := w.s.ForgetOrganisation()
	must(t, err)
	look := func() (seen []string) {
		v := w.s.For(beta)
		items, total, _, err := v.Incidents(t.Context(), models.IncidentFilter{}, models.Page{Sort: models.Sort{Column: "title"}, Limit: 10})
		must(t, err)
		stats, err := v.Stats(t.Context(), models.IncidentFilter{}, true)
		must(t, err)
		exported := 0
		_, err = v.EachIncident(t.Context(), models.IncidentFilter{}, store.ExportScope{}, func(models.Incident) error { exported++; return nil })
		must(t, err)
		_, err = v.Incident(t.Context(), rec.Ref)
		for what, found := range map[string]bool{"list": len(items) > 0, "total": total > 0, "stats": stats.Incidents > 0, "export": exported > 0, "record": err == nil} {
			if found {
				seen = append(seen, what)
			}
		}
		slices.Sort(seen)
		return seen
	}
	if seen := look(); len(seen) != 0 || met() < 4 {
		t.Errorf("with the scope forgotten in %d queries another organisation sees %v", met(), seen)
	}
	w.pull(t)
	if seen := look(); !slices.Equal(seen, []string{"export", "list", "record", "stats", "total"}) {
		t.Errorf("with both walls down only %v is seen, so this test shows nothing", seen)
	}
}

// TestWall_Links_StayInTheirOrganisation: what ties two records is written only
// where both are one's own.
func TestWall_Links_StayInTheirOrganisation(t *testing.T) {
	t.Parallel()
	w := newWalls(t)
	alpha := person(t, w.s, "alpha", "author", models.RoleCaseworker)
	beta := person(t, w.s, "beta", "stranger", models.RoleCaseworker)
	v := vocabulary(t)
	mine := create(t, w.s, alpha, v, input("A call", "informant_recruitment"), "wall-key-1")
	mineToo := create(t, w.s, alpha, v, input("A second call", "informant_recruitment"), "wall-key-2")
	theirs := create(t, w.s, beta, v, input("A third call", "informant_recruitment"), "wall-key-3")
	id := func(rec models.Incident) string {
		return column(t, w.super, "SELECT id::text FROM incidents WHERE ref = $1", rec.Ref)[0]
	}
	link := func(to string) error {
		return w.s.For(alpha).Raw(t.Context(), func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO relations (incident_id, local_id, position, kind, to_incident_id, row_key) VALUES (?::bigint, ?, 1, 'same_target', ?::bigint, 'k')", id(mine), "L"+to, to).Error
		})
	}
	must(t, link(id(mineToo)))
	if err := link(id(theirs)); err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("a link into another organisation: %v", err)
	}
}

// TestWall_Grant_IsReadByBothAndWrittenByOne: the policies let the receiver read
// a grant, and by way of it the records behind the wall of who shares them.
func TestWall_Grant_IsReadByBothAndWrittenByOne(t *testing.T) {
	t.Parallel()
	w := newWalls(t)
	author := person(t, w.s, "alpha", "author", models.RoleCaseworker)
	reviewer := person(t, w.s, "alpha", "reviewer", models.RoleReviewer)
	beta := person(t, w.s, "beta", "receiver", models.RoleAnalyst)
	gamma := person(t, w.s, "gamma", "third", models.RoleAnalyst)
	rec := create(t, w.s, author, vocabulary(t), input("A call", "informant_recruitment"), "wall-key-1")
	wish := models.GrantInput{Kind: models.GrantIncident, Ref: rec.Ref, Receiver: "beta", Reason: "x", ExpiresAt: time.Now().Add(time.Hour)}
	g, err := w.s.For(author).CreateGrant(t.Context(), wish, nil, "grant-key-1", "hash")
	must(t, err)
	_, err = w.s.For(reviewer).DecideGrant(t.Context(), g.ID, models.GrantApprove)
	must(t, err)
	count := func(p models.Principal, statement string) (n int64) {
		must(t, w.s.For(p).Raw(t.Context(), func(tx *gorm.DB) error {
			if strings.HasPrefix(statement, "SELECT") {
				return tx.Raw(statement).Scan(&n).Error
			}
			done := tx.Exec(statement)
			n = done.RowsAffected
			return done.Error
		}))
		return n
	}
	for _, c := range []struct {
		p         models.Principal
		statement string
		want      int64
	}{
		{author, "SELECT COUNT(*) FROM grants", 1},
		{beta, "SELECT COUNT(*) FROM grants", 1},
		{gamma, "SELECT COUNT(*) FROM grants", 0},
		{beta, "UPDATE grants SET expires_at = expires_at + INTERVAL '1 year'", 0},
		{beta, "DELETE FROM grants", 0},
		{gamma, "UPDATE grants SET receiver_id = receiver_id", 0},
		{author, "UPDATE grants SET kind = kind", 1},
		{beta, "SELECT COUNT(*) FROM incidents", 0},
	} {
		if got := count(c.p, c.statement); got != c.want {
			t.Errorf("%s by %s: %d rows, want %d", c.statement, c.p.UserName, got, c.want)
		}
	}
	lent, err := w.s.For(beta).Through(t.Context(), g.ID, rec.Ref, "record")
	must(t, err)
	got, err := lent.Incident(t.Context(), rec.Ref)
	must(t, err)
	received, _, err := w.s.For(beta).Grants(t.Context(), "")
	must(t, err)
	if got.Title != "A call" || len(received) != 1 || received[0].Granter.Name != "Example alpha" || *received[0].Ref != rec.Ref {
		t.Errorf("by way of the grant %q, listed %+v", got.Title, received)
	}
	if err := lent.Raw(t.Context(), func(*gorm.DB) error { return nil }); err == nil {
		t.Error("a view through a grant writes")
	}
}
