package store

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"farwatch/models"
)

// insertBatch is the most rows in one INSERT: SQLite takes 32,766 parameters.
const insertBatch = 400

// entryRow is any row that embeds Entry.
type entryRow interface{ entry() *Entry }

// rowsOf turns entries into rows, numbered in order, each with a row key and
// its protected members sealed.
func rowsOf[M any, R any, P interface {
	*R
	entryRow
}](s *Store, table string, incident int64, list []M, id func(M) string, convert func(M) (R, any)) ([]R, error) {
	out := make([]R, len(list))
	for i, m := range list {
		row, protected := convert(m)
		key, err := s.rowKey()
		if err != nil {
			return nil, err
		}
		sealed, err := s.seal(table, key, protected)
		if err != nil {
			return nil, err
		}
		*P(&row).entry() = Entry{IncidentID: incident, LocalID: id(m), Position: i, RowKey: key, Protected: sealed}
		out[i] = row
	}
	return out, nil
}

// none is for entries without protected members.
type none struct{}

// entries are all rows of one or more records, ready to insert.
type entries struct {
	s            *Store
	targets      []targetRow
	perpetrators []perpetratorRow
	acts         []actRow
	actPerps     []actPerpetratorRow
	inducements  []inducementRow
	amounts      []amountRow
	demands      []demandRow
	sources      []sourceRow
	citations    []citationRow
	evidence     []evidenceRow
	responses    []responseRow
	harms        []harmRow
	relations    []relationRow
	consents     []consentRow
	facets       []facetRow
	campaigns    []incidentCampaignRow
	search       []searchable
}

// collect appends the rows of one record. related and campaigns hold the
// internal ids of the refs that it names.
func (e *entries) collect(s *Store, id int64, in models.IncidentInput, d models.Derived, related, campaigns map[string]int64) error {
	e.s = s
	collectors := []func() error{
		func() error { return e.collectPeople(s, id, in) },
		func() error { return e.collectActs(s, id, in) },
		func() error { return e.collectSources(s, id, in) },
		func() error { return e.collectOutcomes(s, id, in, related) },
	}
	for _, collect := range collectors {
		if err := collect(); err != nil {
			return err
		}
	}
	if r, ok := searchableOf(id, in); ok {
		e.search = append(e.search, r)
	}
	for i, ref := range in.Campaigns {
		e.campaigns = append(e.campaigns, incidentCampaignRow{IncidentID: id, Position: i, CampaignID: campaigns[ref]})
	}
	for _, facet := range slices.Sorted(maps.Keys(d.Facets)) {
		for _, code := range d.Facets[facet] {
			e.facets = append(e.facets, facetRow{Facet: string(facet), Code: code, IncidentID: id})
		}
	}
	return nil
}

func (e *entries) collectPeople(s *Store, id int64, in models.IncidentInput) error {
	targets, err := rowsOf(s, "targets", id, in.Targets, func(t models.Target) string { return t.ID }, func(t models.Target) (targetRow, any) {
		return targetRow{
			CountingUnit: t.CountingUnit, CountMin: t.CountMin, CountMax: t.CountMax, Communities: t.Communities, Roles: t.Roles,
			Gender: t.Gender, AgeBand: t.AgeBand, Response: t.Response,
		}, protectedTarget{RolesRestricted: t.RolesRestricted, ResponseRestricted: t.ResponseRestricted, Identity: t.Identity}
	})
	if err != nil {
		return err
	}
	perpetrators, err := rowsOf(s, "perpetrators", id, in.Perpetrators, func(p models.Perpetrator) string { return p.ID }, func(p models.Perpetrator) (perpetratorRow, any) {
		return perpetratorRow{Type: p.Type, Body: p.Body, Note: p.Note}, protectedPerpetrator{PersonName: p.PersonName}
	})
	e.targets, e.perpetrators = append(e.targets, targets...), append(e.perpetrators, perpetrators...)
	return err
}

func (e *entries) collectActs(s *Store, id int64, in models.IncidentInput) error {
	acts, err := rowsOf(s, "acts", id, in.Acts, func(a models.Act) string { return a.ID }, func(a models.Act) (actRow, any) {
		row := actRow{Method: a.Method, Target: a.Target, Explicitness: a.Explicitness, Channels: a.Channels, Note: a.Note}
		if a.Occurred != nil {
			row.OccurredColumns = occurredColumns(*a.Occurred)
		}
		return row, none{}
	})
	if err != nil {
		return err
	}
	for _, a := range in.Acts {
		for i, p := range a.Perpetrators {
			e.actPerps = append(e.actPerps, actPerpetratorRow{IncidentID: id, Act: a.ID, Position: i, Perpetrator: p.Perpetrator, Involvement: p.Involvement})
		}
	}
	inducements, err := rowsOf(s, "inducements", id, in.Inducements, func(x models.Inducement) string { return x.ID }, func(x models.Inducement) (inducementRow, any) {
		return inducementRow{Kind: x.Kind, Target: x.Target, Explicitness: x.Explicitness, Condition: x.Condition, Note: x.Note}, none{}
	})
	if err != nil {
		return err
	}
	for _, x := range in.Inducements {
		amounts, err := rowsOf(s, "amounts", id, x.Amounts, func(m models.Amount) string { return m.ID }, func(m models.Amount) (amountRow, any) {
			return amountRow{
				Inducement: x.ID, AmountMin: m.AmountMin, AmountMax: m.AmountMax, AmountText: m.AmountText,
				CurrencyAsStated: m.CurrencyAsStated, CurrencyAssumed: m.CurrencyAssumed, Period: m.Period, Standing: m.Standing,
			}, none{}
		})
		if err != nil {
			return err
		}
		e.amounts = append(e.amounts, amounts...)
	}
	demands, err := rowsOf(s, "demands", id, in.Demands, func(x models.Demand) string { return x.ID }, func(x models.Demand) (demandRow, any) {
		return demandRow{Kind: x.Kind, Target: x.Target, Explicitness: x.Explicitness, Note: x.Note}, none{}
	})
	e.acts, e.inducements, e.demands = append(e.acts, acts...), append(e.inducements, inducements...), append(e.demands, demands...)
	return err
}

func (e *entries) collectSources(s *Store, id int64, in models.IncidentInput) error {
	hidden := map[string]bool{}
	sources, err := rowsOf(s, "sources", id, in.Sources, func(x models.Source) string { return x.ID }, func(x models.Source) (sourceRow, any) {
		if models.NonPublicSource(x.Kind) {
			hidden[x.ID] = true
			return sourceRow{Kind: x.Kind}, protectedSource{Whole: &x}
		}
		return sourceRow{
			Shared: sharedName(in.Sensitivity, x), Kind: x.Kind, Publisher: x.Publisher, Title: x.Title, URL: x.URL, ArchiveURL: x.ArchiveURL, Author: x.Author,
			Language: x.Language, Published: (*string)(x.Published), Accessed: (*string)(x.Accessed), DerivedFrom: x.DerivedFrom,
			Reliability: x.Reliability, Scale: x.Scale, Text: x.Text, TextSHA256: x.TextSHA256,
		}, protectedSource{SubmittedBy: x.SubmittedBy}
	})
	if err != nil {
		return err
	}
	citations, err := rowsOf(s, "citations", id, in.Citations, func(x models.Citation) string { return x.ID }, func(x models.Citation) (citationRow, any) {
		row := citationRow{EntityID: x.Entity, Field: x.Field, Source: x.Source, Credibility: x.Credibility, Standing: x.Standing}
		if hidden[x.Source] || (x.Field != nil && *x.Field == "person_name") {
			return row, protectedCitation{Quote: x.Quote, Start: x.Start, End: x.End, Note: x.Note}
		}
		row.Quote, row.StartAt, row.EndAt, row.Note = x.Quote, x.Start, x.End, x.Note
		return row, none{}
	})
	if err != nil {
		return err
	}
	evidence, err := rowsOf(s, "evidence", id, in.Evidence, func(x models.Evidence) string { return x.ID }, func(x models.Evidence) (evidenceRow, any) {
		if models.RestrictedEvidence(x.Kind) {
			return evidenceRow{}, protectedEvidence{Whole: &x}
		}
		return evidenceRow{Kind: x.Kind, Access: x.Access, Source: x.Source, SHA256: x.SHA256, CapturedAt: x.CapturedAt, Tool: x.Tool, Note: x.Note}, none{}
	})
	e.sources, e.citations, e.evidence = append(e.sources, sources...), append(e.citations, citations...), append(e.evidence, evidence...)
	return err
}

func (e *entries) collectOutcomes(s *Store, id int64, in models.IncidentInput, related map[string]int64) error {
	responses, err := rowsOf(s, "responses", id, in.Responses, func(x models.Response) string { return x.ID }, func(x models.Response) (responseRow, any) {
		return responseRow{Party: x.Party, Kind: x.Kind, Body: x.Body, Date: (*string)(x.Date), Source: x.Source, Note: x.Note}, none{}
	})
	if err != nil {
		return err
	}
	harms, err := rowsOf(s, "harms", id, in.Harms, func(x models.Harm) string { return x.ID }, func(x models.Harm) (harmRow, any) {
		return harmRow{Kind: x.Kind, Target: x.Target, Note: x.Note}, none{}
	})
	if err != nil {
		return err
	}
	relations, err := rowsOf(s, "relations", id, in.Relations, func(x models.Relation) string { return x.ID }, func(x models.Relation) (relationRow, any) {
		return relationRow{Kind: x.Kind, ToIncidentID: related[x.To], Sensitivity: x.Sensitivity}, protectedRelation{Note: x.Note}
	})
	if err != nil {
		return err
	}
	consents, err := rowsOf(s, "consents", id, in.Consents, func(x models.Consent) string { return x.ID }, func(x models.Consent) (consentRow, any) {
		target, level := x.Target, x.Level
		x.ID, x.Target, x.Level = "", "", ""
		if x == (models.Consent{}) {
			return consentRow{Target: target, Level: level}, none{}
		}
		return consentRow{Target: target, Level: level}, x
	})
	e.responses, e.harms = append(e.responses, responses...), append(e.harms, harms...)
	e.relations, e.consents = append(e.relations, relations...), append(e.consents, consents...)
	return err
}

// insert writes everything, parents before children.
func (e *entries) insert(tx *gorm.DB) error {
	for _, write := range []func() error{
		func() error { return insertRows(tx, e.targets) }, func() error { return insertRows(tx, e.perpetrators) },
		func() error { return insertRows(tx, e.acts) }, func() error { return insertRows(tx, e.actPerps) },
		func() error { return insertRows(tx, e.inducements) }, func() error { return insertRows(tx, e.amounts) },
		func() error { return insertRows(tx, e.demands) },
		func() error { return e.s.tieSources(tx, e.sources) }, func() error { return insertRows(tx, e.sources) },
		func() error { return insertRows(tx, e.citations) }, func() error { return insertRows(tx, e.evidence) },
		func() error { return insertRows(tx, e.responses) }, func() error { return insertRows(tx, e.harms) },
		func() error { return insertRows(tx, e.relations) }, func() error { return insertRows(tx, e.consents) },
		func() error { return insertRows(tx, e.campaigns) }, func() error { return insertRows(tx, e.facets) },
		func() error { return e.s.index(tx, e.search) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

func insertRows[R any](tx *gorm.DB, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(rows, insertBatch).Error; err != nil {
		return fmt.Errorf("insert %T: %w", rows, err)
	}
	return nil
}

// entryTables are the tables of entries, children before parents.
var entryTables = []string{
	"incident_facets", "incident_campaigns", "consents", "relations", "harms", "responses", "evidence", "citations", "sources",
	"demands", "amounts", "inducements", "act_perpetrators", "acts", "perpetrators", "targets",
}

// deleteEntries empties a record before its new version is written.
func deleteEntries(tx *gorm.DB, incident int64) error {
	for _, table := range entryTables {
		if err := tx.Exec("DELETE FROM "+table+" WHERE incident_id = ?", incident).Error; err != nil {
			return fmt.Errorf("delete %s: %w", table, err)
		}
	}
	return nil
}
