package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// Whether the accused state was asked about the incident.
const (
	wasAsked = "asked"
	notAsked = "not_asked"
)

// Bounds of what one panel holds.
const (
	panelRows     = 15
	panelColumns  = 20
	panelYears    = 200
	panelAmounts  = 500
	panelCoverage = 400
)

// panel is one table of the dashboard.
type panel struct {
	key           string
	rows, columns string
	most, wide    int
	recruitment   bool
}

var panels = []panel{
	{"methods_by_community", "communities", "methods", panelRows, panelColumns, false},
	{"offers_by_demands", "inducements", "demands", panelRows, panelColumns, true},
	{"physical_by_year", "event_year", "in_fh_scope", panelYears, panelColumns, false},
	{"host_responses_by_host", "host_country", "host_responses", panelYears, panelColumns, false},
}

// StatsPanels reads the parts of the dashboard that cross two fields or look
// into entries, in one snapshot of their own.
func (v *View) StatsPanels(ctx context.Context, f models.IncidentFilter, includeImplied bool, vocab *models.Vocabulary) (models.StatsPanels, error) {
	var out models.StatsPanels
	w := v.matching(f)
	err := v.read(ctx, func(tx *gorm.DB) error {
		p := panelReader{tx: tx, w: w, implied: includeImplied, vocab: vocab, out: &out}
		if err := tx.Raw("SELECT COUNT(*) FROM incidents i WHERE "+w.sql(), w.args...).Scan(&p.incidents).Error; err != nil {
			return fmt.Errorf("count incidents of the panels: %w", err)
		}
		for _, part := range []func() error{p.tables, p.people, p.familyLever, p.evidence, p.accusedAsked, p.amounts, p.coverage} {
			if err := part(); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

type panelReader struct {
	tx        *gorm.DB
	w         where
	implied   bool
	vocab     *models.Vocabulary
	incidents int
	out       *models.StatsPanels
}

// matching begins a query with the records of the filter.
func (p panelReader) matching() string {
	return "WITH m AS MATERIALIZED (SELECT i.id FROM incidents i WHERE " + p.w.sql() + ") "
}

func (p panelReader) args(more ...any) []any { return append(append([]any{}, p.w.args...), more...) }

func (p panelReader) tables() error {
	for _, one := range panels {
		rows, _ := models.FilterFieldNamed(one.rows)
		columns, _ := models.FilterFieldNamed(one.columns)
		t, err := table(p.tx, p.w, models.TableQuery{
			Rows: &rows, Columns: &columns, Measure: models.MeasureIncidents, IncludeImplied: p.implied,
			MostRows: one.most, MostColumns: one.wide, RecruitmentOnly: one.recruitment,
		}, p.vocab)
		if err != nil {
			return err
		}
		t.Key = one.key
		p.out.Tables = append(p.out.Tables, t)
	}
	return nil
}

// people counts persons by what is said of the target itself.
func (p panelReader) people() error {
	for name, into := range map[string]*models.PersonsBy{string(models.FacetTargetRole): &p.out.PersonsByRole, string(fieldGender): &p.out.PersonsByGender} {
		field := models.FilterField{Name: name}
		t, err := table(p.tx, p.w, models.TableQuery{Rows: &field, Measure: models.MeasurePersons, MostRows: panelYears}, p.vocab)
		if err != nil {
			return err
		}
		into.Total = t.Total
		into.Unknown = models.Amounted{Max: new(int)}
		for _, row := range t.Rows {
			if row.Code == models.CodeUnknown {
				into.Unknown = row.Amounted
			} else {
				into.Items = append(into.Items, row)
			}
		}
	}
	return nil
}

// leverRanks names how the family was used as a lever, the plainest first.
var leverRanks = []string{"done", "explicit", "implied", "inferred_by_source"}

// familyLever counts each record once, by its plainest act or offer: coercion
// through family and associates, or an offer that turns on them.
func (p panelReader) familyLever() error {
	rank := `CASE WHEN %[1]s IS NULL THEN 0 WHEN %[1]s = 'explicit' THEN 1 WHEN %[1]s = 'implied' THEN 2 ELSE 3 END`
	var rows []struct{ Rank, Count int }
	err := p.tx.Raw(p.matching()+`, lever AS (
		SELECT a.incident_id, `+fmt.Sprintf(rank, "a.explicitness")+` AS rank FROM acts a WHERE a.method IN ? AND a.incident_id IN (SELECT id FROM m)
		UNION ALL
		SELECT n.incident_id, `+fmt.Sprintf(rank, "n.explicitness")+` AS rank FROM inducements n WHERE n.kind IN ? AND n.incident_id IN (SELECT id FROM m))
		SELECT best AS rank, COUNT(*) AS count FROM (SELECT incident_id, MIN(rank) AS best FROM lever GROUP BY incident_id) plainest GROUP BY best`,
		p.args(p.vocab.MethodsOf("coercion_by_proxy"), models.FamilyInducements())...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("count family as lever: %w", err)
	}
	b := models.Breakdown{Denominator: p.incidents}
	counts := map[int]int{}
	for _, r := range rows {
		counts[r.Rank] = r.Count
	}
	for n, code := range leverRanks {
		if counts[n] > 0 && (n < 2 || p.implied) {
			b.Items = append(b.Items, models.Count{Code: code, Count: counts[n]})
		}
	}
	p.out.FamilyLever = b
	return nil
}

func (p panelReader) evidence() error {
	field, _ := models.FilterFieldNamed(string(models.FacetEvidenceKind))
	t, err := table(p.tx, p.w, models.TableQuery{Rows: &field, Measure: models.MeasureIncidents, MostRows: panelYears}, p.vocab)
	if err != nil {
		return err
	}
	b := models.Breakdown{Denominator: p.incidents, MultiValued: true}
	for _, row := range t.Rows {
		if row.Code == models.CodeUnknown {
			b.Unknown = row.Count
		} else {
			b.Items = append(b.Items, models.Count{Code: row.Code, Count: row.Count})
		}
	}
	p.out.EvidenceKinds = b
	return nil
}

// accusedAsked parts the records by whether the accused state was asked, which
// is what its answers are divided by.
func (p panelReader) accusedAsked() error {
	var row struct{ Asked, NotAsked int }
	asked := p.vocab.CodesWhere("origin_response", func(t models.Term) bool { return t.Asked })
	has := "EXISTS (SELECT 1 FROM incident_facets f WHERE f.incident_id = m.id AND f.facet = 'origin_responses' AND f.code IN ?)"
	err := p.tx.Raw(p.matching()+`SELECT COALESCE(SUM(CASE WHEN `+has+` THEN 1 ELSE 0 END), 0) AS asked,
		COALESCE(SUM(CASE WHEN `+has+` AND NOT `+has+` THEN 1 ELSE 0 END), 0) AS not_asked FROM m`,
		p.args(asked, []string{notAsked}, asked)...).Scan(&row).Error
	if err != nil {
		return fmt.Errorf("count who was asked: %w", err)
	}
	p.out.AccusedAsked = models.Breakdown{
		Denominator: p.incidents, Unknown: p.incidents - row.Asked - row.NotAsked,
		Items: []models.Count{{Code: wasAsked, Count: row.Asked}, {Code: notAsked, Count: row.NotAsked}},
	}
	return nil
}
