package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// altered are the refs that do not fit, with what was altered.
func altered(t testing.TB, s *store.Store) (records int, found []string) {
	t.Helper()
	records, err := s.System().VerifyRecords(t.Context(), func(a store.AlteredRecord) {
		found = append(found, strings.TrimSpace(a.Ref+" "+a.What))
	}, func(int, int) {})
	must(t, err)
	return records, found
}

// eachPast is storetest.Each with a way past the store.
func eachPast(t *testing.T, test func(t *testing.T, s *store.Store, past storetest.Past, postgres bool)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s, path := openFile(t)
		test(t, s, storetest.PastSQLite(t, path), false)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		address := storetest.Postgres(t)
		s, err := store.Open(t.Context(), store.Options{PostgresURL: storetest.AsOwner(t, address), AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
		must(t, err)
		t.Cleanup(func() { must(t, s.Close()) })
		past := storetest.PastPostgres(t, address)
		past.Exec("SET session_replication_role = replica") // foreign keys stop nobody who owns the server
		test(t, s, past, true)
	})
}

// furnished is a record with a row in every table of entries.
func furnished(title, related, campaign string) models.IncidentInput {
	in := guarded(related)
	in.Title, in.Sensitivity, in.Campaigns = title, "partner", []string{campaign}
	low, currency, body, note := 1500.0, "CNY", "Ministry", "note"
	in.Perpetrators[0].Body, in.Perpetrators[0].Note = &body, &note
	in.Acts[0].Perpetrators = []models.ActPerpetrator{{Perpetrator: "P1", Involvement: "order"}}
	in.Acts[0].Occurred = &models.Occurred{Precision: "month", Earliest: dayOf("2023-02-01"), Latest: dayOf("2023-02-28")}
	in.Inducements = []models.Inducement{{ID: "I1", Kind: "money", Target: "T1", Explicitness: "explicit", Amounts: []models.Amount{{
		ID: "M1", AmountMin: &low, AmountText: "1,500 yuan", CurrencyAsStated: "yuan", CurrencyAssumed: &currency, Period: "month", Standing: "stated",
	}}}}
	in.Demands = []models.Demand{{ID: "D1", Kind: "silence", Target: "T1", Explicitness: "implied", Note: &note}}
	in.Responses = []models.Response{{ID: "R1", Party: "host", Kind: "none", Body: &body, Date: dayOf("2023-03-01")}}
	in.Harms = []models.Harm{{ID: "H1", Kind: "fear", Target: "T1", Note: &note}}
	return in
}

func dayOf(d models.Day) *models.Day { return &d }

// vouchedTables are those whose every row belongs to a record.
var vouchedTables = []string{
	"incidents", "incident_members", "incident_campaigns", "incident_facets", "targets", "perpetrators", "acts", "act_perpetrators", "inducements",
	"amounts", "demands", "sources", "citations", "evidence", "responses", "harms", "relations", "consents", "incident_revisions",
}

// TestVerifyRecords_RandomCorruption_AllFound is T-37.
func TestVerifyRecords_RandomCorruption_AllFound(t *testing.T) {
	t.Parallel()
	times := 150
	if os.Getenv("FARWATCH_SOAK_ROUNDS") != "" {
		times = 2000
	}
	eachPast(t, func(t *testing.T, s *store.Store, past storetest.Past, postgres bool) {
		v := vocabulary(t)
		p := person(t, s, "example_ngo", "amina", models.RoleCaseworker, models.RoleReviewer)
		must(t, s.System().CreateCampaign(t.Context(), "example_ngo", models.Campaign{Ref: "FW-CAMP-AGNE", Title: "Letters"}))
		first := create(t, s, p, v, input("First", "assault"), "key-first")
		for i := range 6 {
			rec := create(t, s, p, v, furnished(fmt.Sprint("Record ", i), first.Ref, "FW-CAMP-AGNE"), fmt.Sprint("key-", i))
			changed := rec.IncidentInput
			changed.Title += " edited"
			_, err := s.For(p).UpdateIncident(t.Context(), store.UpdateIncident{Ref: rec.Ref, Version: 1, Input: changed, Vocab: v})
			must(t, err)
		}
		if records, found := altered(t, s); records != 7 || len(found) > 0 {
			t.Fatalf("%d records, and before anybody touched them: %q", records, found)
		}
		c := corrupter{past: past, postgres: postgres, columns: map[string][][2]string{}}
		for _, table := range vouchedTables {
			c.keep(table)
		}
		seed := rand.Uint64()
		dice := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // repeatable
		tried, missed := map[string]int{}, 0
		for n := 0; n < times; {
			table := vouchedTables[dice.IntN(len(vouchedTables))]
			ref, what := c.corrupt(dice, table)
			if ref != "" {
				n++
				tried[table]++
				_, found := altered(t, s)
				if len(found) != 1 || !strings.HasPrefix(found[0], ref) {
					missed++
					t.Errorf("%s: found %q, want %s alone", what, found, ref)
				}
			}
			c.restore(table)
		}
		t.Logf("%d corruptions, seed %d, %d missed: %v", times, seed, missed, tried)
		if _, found := altered(t, s); len(found) > 0 {
			t.Errorf("put back, and still %q", found)
		}
		if len(tried) < len(vouchedTables)-2 {
			t.Errorf("only %d tables were tried", len(tried))
		}
	})
}

// corrupter changes one value, or deletes one row, past the store.
type corrupter struct {
	past     storetest.Past
	postgres bool
	columns  map[string][][2]string // name and type of each
}

func (c corrupter) keep(table string) {
	query := "SELECT name || ' ' || type FROM pragma_table_info('" + table + "')"
	if c.postgres {
		query = "SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '" + table + "'"
	}
	for _, line := range c.past.Column(query) {
		name, kind, _ := strings.Cut(line, " ")
		c.columns[table] = append(c.columns[table], [2]string{name, strings.ToUpper(kind)})
	}
	c.past.Exec("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
}

func (c corrupter) restore(table string) {
	c.past.Exec("DELETE FROM " + table)
	overriding := ""
	if c.postgres && table == "incidents" {
		overriding = "OVERRIDING SYSTEM VALUE "
	}
	c.past.Exec("INSERT INTO " + table + " " + overriding + "SELECT * FROM kept_" + table)
}

// corrupt gives the ref of the record that it changed; "" when the database
// refused, or the value stayed what it was.
func (c corrupter) corrupt(dice *rand.Rand, table string) (ref, what string) {
	owner := "incident_id"
	if table == "incidents" {
		owner = "id"
	}
	which := "SELECT 'rowid = ' || rowid FROM " + table
	switch {
	case c.postgres:
		which = "SELECT 'ctid = ' || quote_literal(ctid::text) FROM " + table
	case table == "incident_facets": // has no row ids
		which = "SELECT 'facet = ' || quote(facet) || ' AND code = ' || quote(code) || ' AND incident_id = ' || incident_id FROM incident_facets"
	}
	rows := c.past.Column(which)
	where := rows[dice.IntN(len(rows))]
	refs := c.past.Column("SELECT ref FROM incidents WHERE id = (SELECT " + owner + " FROM " + table + " WHERE " + where + ")")
	if dice.IntN(12) == 0 && table != "incidents" {
		what = "DELETE FROM " + table + " WHERE " + where
		c.past.Exec(what)
		return refs[0], what
	}
	column := c.columns[table][dice.IntN(len(c.columns[table]))]
	if column[0] == owner || column[0] == "ref" {
		return "", "" // moved or named anew: a case of its own
	}
	value := c.value(dice, column[0], column[1])
	what = "UPDATE " + table + " SET " + column[0] + " = " + value + " WHERE " + where + " AND " + column[0] + " IS DISTINCT FROM (" + value + ")"
	before := c.past.Column("SELECT COUNT(*) FROM " + table + " WHERE " + where + " AND " + column[0] + " IS DISTINCT FROM (" + value + ")")
	if before[0] == "0" || c.past.Try(what) != nil {
		return "", ""
	}
	return refs[0], what
}

func (c corrupter) value(dice *rand.Rand, name, kind string) string {
	if dice.IntN(6) == 0 {
		return "NULL"
	}
	switch {
	case strings.HasPrefix(kind, "INT"), strings.HasPrefix(kind, "BIGINT"):
		return fmt.Sprintf("COALESCE(%s, 0) + %d", name, 1+dice.IntN(9))
	case strings.HasPrefix(kind, "BOOL"):
		return "NOT COALESCE(" + name + ", FALSE)"
	case strings.HasPrefix(kind, "REAL"), strings.HasPrefix(kind, "DOUBLE"):
		return "COALESCE(" + name + ", 1) * 1.00000000001"
	case strings.HasPrefix(kind, "TIMESTAMP"):
		return "'2001-02-03 04:05:06+00:00'"
	case kind == "BYTEA":
		return fmt.Sprintf("set_byte(%s, %d, get_byte(%s, %d) # 1)", name, dice.IntN(20), name, dice.IntN(20))
	case kind == "BLOB":
		n := 1 + dice.IntN(20)
		return fmt.Sprintf("CAST(substr(%s, 1, %d) || x'00' || substr(%s, %d) AS BLOB)", name, n, name, n+2)
	}
	return []string{name + " || 'x'", "''", "upper(" + name + ")", "' ' || " + name, fmt.Sprintf("'v%d'", dice.IntN(99))}[dice.IntN(5)]
}

// TestVerifyRecords_Cases are those that are no change of one value.
func TestVerifyRecords_Cases(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statements []string
		want       []string // with ONE and TWO for the refs
	}{
		"an entry moved to another record": {[]string{"UPDATE targets SET incident_id = 2, local_id = 'T9' WHERE incident_id = 1 AND local_id = 'T2'"}, []string{"ONE content", "TWO content"}},
		"another person on the team":       {[]string{"INSERT INTO incident_members (incident_id, user_id, named) SELECT 1, id, TRUE FROM users WHERE user_name = 'berta'"}, []string{"ONE content"}},
		"a version of the history gone":    {[]string{"DELETE FROM incident_revisions WHERE incident_id = 2 AND version = 1"}, []string{"TWO history"}},
		"somebody else's version":          {[]string{"UPDATE incident_revisions SET user_id = (SELECT id FROM users WHERE user_name = 'berta') WHERE incident_id = 2 AND version = 2"}, []string{"TWO history"}},
		"the sum taken away":               {[]string{"DELETE FROM record_macs WHERE incident_id = 1", "UPDATE incidents SET title = 'x' WHERE id = 1"}, []string{"ONE bare"}},
		"the sum of another record":        {[]string{"UPDATE record_macs SET mac = (SELECT m.mac FROM record_macs m WHERE m.incident_id = 2 AND m.version = 0) WHERE incident_id = 1 AND version = 0"}, []string{"ONE content"}},
		"a record gone":                    {[]string{"DELETE FROM incidents WHERE id = 1"}, []string{"gone"}},
		"nothing":                          {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachPast(t, func(t *testing.T, s *store.Store, past storetest.Past, postgres bool) {
				if !postgres {
					past.Exec("PRAGMA foreign_keys = OFF")
				}
				v := vocabulary(t)
				p := person(t, s, "example_ngo", "amina", models.RoleCaseworker, models.RoleReviewer)
				person(t, s, "example_ngo", "berta", models.RoleCaseworker)
				two := input("Two people", "assault")
				two.Targets = append(two.Targets, two.Targets[0])
				two.Targets[1].ID = "T2"
				one := create(t, s, p, v, two, "key-one")
				other := create(t, s, p, v, input("Another", "assault"), "key-two")
				changed := other.IncidentInput
				changed.Title = "Edited"
				_, err := s.For(p).UpdateIncident(t.Context(), store.UpdateIncident{Ref: other.Ref, Version: 1, Input: changed, Vocab: v})
				must(t, err)
				for _, statement := range c.statements {
					past.Exec(statement)
				}
				want := slices.Clone(c.want)
				for i := range want {
					want[i] = strings.NewReplacer("ONE", one.Ref, "TWO", other.Ref).Replace(want[i])
				}
				if _, found := altered(t, s); !slices.Equal(found, want) {
					t.Errorf("found %q, want %q", found, want)
				}
			})
		})
	}
}

// A change by the program must not cover the tracks of one made past it.
func TestVerifyRecords_EditedAfterTheCorruption_StillFound(t *testing.T) {
	t.Parallel()
	eachPast(t, func(t *testing.T, s *store.Store, past storetest.Past, _ bool) {
		v := vocabulary(t)
		p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
		rec := create(t, s, p, v, input("Original", "assault"), "key-one")
		past.Exec("UPDATE incidents SET verification_status = 'officially_confirmed'")
		changed := rec.IncidentInput
		changed.Title = "Edited"
		_, err := s.For(p).UpdateIncident(t.Context(), store.UpdateIncident{Ref: rec.Ref, Version: 1, Input: changed, Vocab: v})
		must(t, err)
		must(t, s.System().RenewData(t.Context(), func(int, int) {}))
		if _, found := altered(t, s); !slices.Equal(found, []string{rec.Ref + " content"}) {
			t.Errorf("found %q", found)
		}
	})
}

// Records from before there were sums get theirs at the next start, once.
func TestOpen_RecordsWithoutSums_GetThemOnce(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "amina", models.RoleCaseworker)
	var refs []string
	for i := range 403 { // more than two steps
		refs = append(refs, create(t, s, p, v, input(fmt.Sprint("Record ", i), "assault"), fmt.Sprint("key-", i)).Ref)
	}
	db := raw(t, path)
	exec(t, db, "DELETE FROM record_macs WHERE incident_id > 100")
	exec(t, db, "UPDATE key_state SET vouched = FALSE")
	for range 2 {
		again, err := store.Open(t.Context(), store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
		must(t, err)
		if records, found := altered(t, again); records != 403 || len(found) > 0 {
			t.Errorf("%d records, altered %q", records, found)
		}
		must(t, again.Close())
		// Who takes sums away later does not get them back in silence.
		exec(t, db, "UPDATE key_state SET vouched = FALSE")
	}
	if got := column(t, db, "SELECT fields FROM audit WHERE action = 'records.vouch'"); fmt.Sprint(got) != `[["303"]]` {
		t.Errorf("audit %q", got)
	}
	exec(t, db, "DELETE FROM record_macs WHERE incident_id = 1")
	again, err := store.Open(t.Context(), store.Options{SQLitePath: path, AuditKey: storetest.AuditKey, VaultKey: storetest.VaultKey})
	must(t, err)
	if _, found := altered(t, again); !slices.Equal(found, []string{refs[0] + " bare"}) {
		t.Errorf("altered %q", found)
	}
	must(t, again.Close())
}
