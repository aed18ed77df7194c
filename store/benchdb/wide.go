package benchdb

import (
	"fmt"
	"strings"
)

// Wide is the wide row of an export of level de_identified in one statement of
// plain SQL: the same records of an organisation, the same columns, the same
// lists, sorted and distinct. Of several ways to say it this one is the fastest
// that was found for the sqlite3 shell: one pass a table, grouped, then joined.
// Not in it: the guard against formulas. postgres picks the dialect.
func Wide(organisation int64, base string, postgres bool) string {
	w := wide{postgres: postgres}
	columns := []string{
		"i.ref", "i.version", "'" + base + "/incidents/' || i.ref", "i.title", "i.summary", "i.origin_country", "i.origin_entity", "i.host_country",
		"CASE WHEN i.public_geo_precision IN ('admin1', 'locality', 'site') THEN i.host_admin1 END",
		"CASE WHEN i.public_geo_precision IN ('locality', 'site') THEN i.host_locality END",
		"i.public_geo_precision", "i.proxy_country", "i.occurred_earliest", "i.occurred_latest", "i.occurred_precision", "i.edtf", "i.event_year",
		truth("i.occurred_ongoing"), truth("i.occurred_repeated"), "i.first_reported",
		w.codes("targets", "communities"), w.codes("targets", "roles"), w.list("targets", "c.response", ""), "i.persons_min", "i.persons_max",
		w.list("acts", "c.method", ""), w.list("acts", "c.method", "c.explicitness IS NULL OR c.explicitness = 'explicit'"),
		w.own("i.families"), "i.stage", w.codes("acts", "channels"), w.list("perpetrators", "c.type", ""), w.own("i.attribution_basis"),
		w.list("inducements", "c.kind", ""), w.list("demands", "c.kind", ""), w.list("harms", "c.kind", ""), "i.police_reported",
		w.list("responses", "c.kind", "c.party = 'host_state'"), w.list("responses", "c.kind", "c.party = 'origin_state'"),
		w.list("evidence", "c.kind", "c.kind <> ''"), w.list("sources", "replace(c.url, ';', '%3B')", "c.url IS NOT NULL"),
		"i.independent_origins", "i.verification_status", "i.in_fh_scope", "i.in_uk_scope", "i.in_ohchr_scope",
		w.list("incident_campaigns", "k.ref", "", " JOIN campaigns k ON k.id = c.campaign_id"),
		"i.vocabulary_version", w.instant("i.published_at"), w.instant("i.updated_at"),
		"i.scope", w.list("targets", "c.gender", ""), w.list("targets", "c.age_band", ""), "i.effective_consent", "i.sensitivity", "i.discovery_route",
		"i.workflow_status", "o.code", w.instant("i.created_at"), "'export'",
	}
	out := "WITH " + strings.Join(w.grouped, ",\n") + "\nSELECT " + strings.Join(columns, ",\n\t") + "\nFROM incidents i JOIN organisations o ON o.id = i.organisation_id"
	for n := range w.grouped {
		out += fmt.Sprintf("\nLEFT JOIN g%d ON g%d.incident_id = i.id", n, n)
	}
	return out + fmt.Sprintf(`
WHERE i.organisation_id = %d AND i.sensitivity IN ('open', 'partner') AND i.workflow_status NOT IN ('withdrawn', 'merged')
	AND i.id NOT IN (SELECT x.incident_id FROM deletions x)`, organisation)
}

// wide collects the lists that are grouped before they are joined.
type wide struct {
	postgres bool
	grouped  []string
}

func truth(column string) string {
	return "CASE WHEN " + column + " THEN 'true' WHEN NOT " + column + " THEN 'false' END"
}

// joined puts the values x of a sorted selection together.
func (w *wide) joined() string {
	if w.postgres {
		return `string_agg(x, ';' ORDER BY x COLLATE "C")`
	}
	return "group_concat(x, ';')"
}

// list is the sorted, distinct list of a column of entries c.
func (w *wide) list(table, column, where string, joins ...string) string {
	query := "SELECT DISTINCT c.incident_id, " + column + " AS x FROM " + table + " c" + strings.Join(joins, "")
	if where != "" {
		query += " WHERE " + where
	}
	if !w.postgres {
		query += " ORDER BY 1, 2"
	}
	name := fmt.Sprintf("g%d", len(w.grouped))
	w.grouped = append(w.grouped, name+" AS MATERIALIZED (SELECT incident_id, "+w.joined()+" AS v FROM ("+query+") l GROUP BY incident_id)")
	return name + ".v"
}

// codes is the list of what stands in a JSON array of each entry.
func (w *wide) codes(table, column string) string {
	return w.list(table, "j.value", "", ", "+w.array("c."+column))
}

// own is the list of a JSON array of the record itself.
func (w *wide) own(column string) string {
	query := "SELECT DISTINCT j.value AS x FROM " + w.array(column)
	if !w.postgres {
		query += " ORDER BY 1"
	}
	return "(SELECT " + w.joined() + " FROM (" + query + ") l)"
}

func (w *wide) array(column string) string {
	if w.postgres {
		return "json_array_elements_text(" + column + "::json) AS j(value)"
	}
	return "json_each(" + column + ") j"
}

func (w *wide) instant(column string) string {
	if w.postgres {
		return "to_char(" + column + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
	}
	return "strftime('%Y-%m-%dT%H:%M:%SZ', " + column + ")"
}
