package store

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"farwatch/internal/vault"
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
}](e *entries, table string, incident int64, list []M, id func(M) string, convert func(M) (R, any)) ([]R, error) {
	out := make([]R, len(list))
	for i, m := range list {
		row, protected := convert(m)
		key, err := e.s.rowKey()
		if err != nil {
			return nil, err
		}
		sealed, err := e.s.sealUnder(e.key, table, key, protected)
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
	key          *vault.Key // of the record that is being collected
	hides        bool       // its texts and exact dates are sealed (S33)
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
func (e *entries) collect(s *Store, k *vault.Key, id int64, in models.IncidentInput, d models.Derived, related, campaigns map[string]int64) error {
	e.s, e.key, e.hides = s, k, hides(in.Sensitivity)
	if err := e.collectEntries(id, in, related); err != nil {
		return err
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

func (e *entries) collectEntries(id int64, in models.IncidentInput, related map[string]int64) error {
	for _, collect := range []func() error{
		func() error { return e.collectPeople(id, in) },
		func() error { return e.collectActs(id, in) },
		func() error { return e.collectSources(id, in) },
		func() error { return e.collectOutcomes(id, in, related) },
	} {
		if err := collect(); err != nil {
			return err
		}
	}
	return nil
}

func (e *entries) collectPeople(id int64, in models.IncidentInput) error {
	targets, err := rowsOf(e, "targets", id, in.Targets, func(t models.Target) string { return t.ID }, func(t models.Target) (targetRow, any) {
		return targetRow{
			CountingUnit: t.CountingUnit, CountMin: t.CountMin, CountMax: t.CountMax, Communities: t.Communities, Roles: t.Roles,
			Gender: t.Gender, AgeBand: t.AgeBand, Response: t.Response,
		}, protectedTarget{RolesRestricted: t.RolesRestricted, ResponseRestricted: t.ResponseRestricted, Identity: t.Identity}
	})
	if err != nil {
		return err
	}
	perpetrators, err := rowsOf(e, "perpetrators", id, in.Perpetrators, func(p models.Perpetrator) string { return p.ID }, func(p models.Perpetrator) (perpetratorRow, any) {
		if e.hides {
			return perpetratorRow{Type: p.Type}, protectedPerpetrator{PersonName: p.PersonName, Body: p.Body, Note: p.Note}
		}
		return perpetratorRow{Type: p.Type, Body: p.Body, Note: p.Note}, protectedPerpetrator{PersonName: p.PersonName}
	})
	e.targets, e.perpetrators = append(e.targets, targets...), append(e.perpetrators, perpetrators...)
	return err
}

func (e *entries) collectActs(id int64, in models.IncidentInput) error {
	acts, err := rowsOf(e, "acts", id, in.Acts, func(a models.Act) string { return a.ID }, func(a models.Act) (actRow, any) {
		row := actRow{Method: a.Method, Target: a.Target, Explicitness: a.Explicitness, Channels: a.Channels}
		if a.Occurred != nil {
			row.OccurredColumns = e.occurredColumns(*a.Occurred)
		}
		if e.hides {
			return row, protectedAct{Occurred: a.Occurred, Note: a.Note}
		}
		row.Note = a.Note
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
	inducements, err := rowsOf(e, "inducements", id, in.Inducements, func(x models.Inducement) string { return x.ID }, func(x models.Inducement) (inducementRow, any) {
		row := inducementRow{Kind: x.Kind, Target: x.Target, Explicitness: x.Explicitness}
		if e.hides {
			return row, protectedInducement{Condition: x.Condition, Note: x.Note}
		}
		row.Condition, row.Note = x.Condition, x.Note
		return row, none{}
	})
	if err != nil {
		return err
	}
	for _, x := range in.Inducements {
		amounts, err := rowsOf(e, "amounts", id, x.Amounts, func(m models.Amount) string { return m.ID }, func(m models.Amount) (amountRow, any) {
			row := amountRow{Inducement: x.ID, CurrencyAssumed: m.CurrencyAssumed, Period: m.Period, Standing: m.Standing}
			if e.hides {
				return row, protectedAmount{AmountMin: m.AmountMin, AmountMax: m.AmountMax, AmountText: &m.AmountText, CurrencyAsStated: &m.CurrencyAsStated}
			}
			row.AmountMin, row.AmountMax, row.AmountText, row.CurrencyAsStated = m.AmountMin, m.AmountMax, m.AmountText, m.CurrencyAsStated
			return row, none{}
		})
		if err != nil {
			return err
		}
		e.amounts = append(e.amounts, amounts...)
	}
	demands, err := rowsOf(e, "demands", id, in.Demands, func(x models.Demand) string { return x.ID }, func(x models.Demand) (demandRow, any) {
		row := demandRow{Kind: x.Kind, Target: x.Target, Explicitness: x.Explicitness}
		if e.hides {
			return row, protectedNote{Note: x.Note}
		}
		row.Note = x.Note
		return row, none{}
	})
	e.acts, e.inducements, e.demands = append(e.acts, acts...), append(e.inducements, inducements...), append(e.demands, demands...)
	return err
}

func (e *entries) collectSources(id int64, in models.IncidentInput) error {
	hidden := map[string]bool{}
	sources, err := rowsOf(e, "sources", id, in.Sources, func(x models.Source) string { return x.ID }, func(x models.Source) (sourceRow, any) {
		if e.hides || models.NonPublicSource(x.Kind) {
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
	citations, err := rowsOf(e, "citations", id, in.Citations, func(x models.Citation) string { return x.ID }, func(x models.Citation) (citationRow, any) {
		row := citationRow{EntityID: x.Entity, Field: x.Field, Source: x.Source, Credibility: x.Credibility, Standing: x.Standing}
		if e.hides || hidden[x.Source] || (x.Field != nil && *x.Field == "person_name") {
			return row, protectedCitation{Quote: x.Quote, Start: x.Start, End: x.End, Note: x.Note}
		}
		row.Quote, row.StartAt, row.EndAt, row.Note = x.Quote, x.Start, x.End, x.Note
		return row, none{}
	})
	if err != nil {
		return err
	}
	evidence, err := rowsOf(e, "evidence", id, in.Evidence, func(x models.Evidence) string { return x.ID }, func(x models.Evidence) (evidenceRow, any) {
		if models.RestrictedEvidence(x.Kind) {
			return evidenceRow{}, protectedEvidence{Whole: &x}
		}
		if e.hides {
			return evidenceRow{Kind: x.Kind, Access: x.Access, Source: x.Source}, protectedEvidence{Whole: &x}
		}
		return evidenceRow{Kind: x.Kind, Access: x.Access, Source: x.Source, SHA256: x.SHA256, CapturedAt: x.CapturedAt, Tool: x.Tool, Note: x.Note}, none{}
	})
	e.sources, e.citations, e.evidence = append(e.sources, sources...), append(e.citations, citations...), append(e.evidence, evidence...)
	return err
}

func (e *entries) collectOutcomes(id int64, in models.IncidentInput, related map[string]int64) error {
	responses, err := rowsOf(e, "responses", id, in.Responses, func(x models.Response) string { return x.ID }, func(x models.Response) (responseRow, any) {
		row := responseRow{Party: x.Party, Kind: x.Kind, Source: x.Source}
		if e.hides {
			return row, protectedResponse{Body: x.Body, Date: x.Date, Note: x.Note}
		}
		row.Body, row.Date, row.Note = x.Body, (*string)(x.Date), x.Note
		return row, none{}
	})
	if err != nil {
		return err
	}
	harms, err := rowsOf(e, "harms", id, in.Harms, func(x models.Harm) string { return x.ID }, func(x models.Harm) (harmRow, any) {
		if e.hides {
			return harmRow{Kind: x.Kind, Target: x.Target}, protectedNote{Note: x.Note}
		}
		return harmRow{Kind: x.Kind, Target: x.Target, Note: x.Note}, none{}
	})
	if err != nil {
		return err
	}
	relations, err := rowsOf(e, "relations", id, in.Relations, func(x models.Relation) string { return x.ID }, func(x models.Relation) (relationRow, any) {
		return relationRow{Kind: x.Kind, ToIncidentID: related[x.To], Sensitivity: x.Sensitivity}, protectedRelation{Note: x.Note}
	})
	if err != nil {
		return err
	}
	consents, err := rowsOf(e, "consents", id, in.Consents, func(x models.Consent) string { return x.ID }, func(x models.Consent) (consentRow, any) {
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
