package store

import (
	"slices"

	"farwatch/models"
)

// Every function below reads some tables of entries. Its columns stand in the
// order in which they are taken.

func (r *reading) loadPeople() error {
	columns := []string{"local_id", "+counting_unit", "+count_min", "+count_max", "communities", "roles", "gender", "age_band", "response", "!row_key", "!protected"}
	err := fillLists(r, "targets", columns, func(rec *models.Incident) *[]models.Target { return &rec.Targets }, func(id int64, c *cells, t *models.Target) (bool, error) {
		*t = models.Target{
			ID: c.text(), CountingUnit: c.text(), CountMin: c.whole(), CountMax: c.someWhole(), Communities: c.codes(), Roles: c.codes(),
			Gender: c.text(), AgeBand: c.text(), Response: c.text(),
		}
		var hidden protectedTarget
		err := r.open(id, "targets", c, &hidden)
		if hidden.RolesRestricted == nil {
			hidden.RolesRestricted = []string{}
		}
		t.RolesRestricted, t.ResponseRestricted, t.Identity = hidden.RolesRestricted, hidden.ResponseRestricted, hidden.Identity
		return true, err
	})
	if err != nil {
		return err
	}
	columns = []string{"local_id", "type", "+body", "+note", "!row_key", "!protected"}
	return fillLists(r, "perpetrators", columns, func(rec *models.Incident) *[]models.Perpetrator { return &rec.Perpetrators }, func(id int64, c *cells, p *models.Perpetrator) (bool, error) {
		*p = models.Perpetrator{ID: c.text(), Type: c.text()}
		hidden := protectedPerpetrator{Body: c.someText(), Note: c.someText()}
		err := r.open(id, "perpetrators", c, &hidden)
		p.Body, p.PersonName, p.Note = hidden.Body, hidden.PersonName, hidden.Note
		return true, err
	})
}

// key finds an entry of a record among the entries of many.
type key struct {
	incident int64
	id       string
}

// nested reads a table of what belongs to the entries of another one.
func nested[T any](r *reading, table, parent string, columns []string, convert func(id int64, c *cells, value *T) error) (map[key][]T, error) {
	out := map[key][]T{}
	if r.wide {
		return out, nil
	}
	var found placed[T]
	err := r.each(table, append([]string{parent, "position"}, columns...), func(id int64, c *cells) error {
		return convert(id, c, found.add(place{incident: id, within: c.text(), position: c.whole()}))
	})
	found.each(func(at place, list []T) { out[key{at.incident, at.within}] = list })
	return out, err
}

func (r *reading) loadActs() error {
	perpetrators, err := nested(r, "act_perpetrators", "act", []string{"perpetrator", "involvement"}, func(_ int64, c *cells, p *models.ActPerpetrator) error {
		*p = models.ActPerpetrator{Perpetrator: c.text(), Involvement: c.text()}
		return nil
	})
	if err != nil {
		return err
	}
	columns := []string{
		"local_id", "method", "+target", "explicitness", "channels", "+note", "+occurred_earliest", "+occurred_latest", "+occurred_precision",
		"+occurred_approximate", "+occurred_uncertain", "+occurred_ongoing", "+occurred_repeated", "!+row_key", "!+protected",
	}
	return fillLists(r, "acts", columns, func(rec *models.Incident) *[]models.Act { return &rec.Acts }, func(id int64, c *cells, a *models.Act) (bool, error) {
		*a = models.Act{ID: c.text(), Method: c.text(), Target: c.text(), Explicitness: c.someText(), Channels: c.codes()}
		hidden := protectedAct{Note: c.someText()}
		if when := occurredCells(c); when.OccurredPrecision != nil {
			o := when.occurred()
			hidden.Occurred = &o
		}
		err := r.open(id, "acts", c, &hidden)
		a.Note, a.Occurred, a.Perpetrators = hidden.Note, hidden.Occurred, perpetrators[key{id, a.ID}]
		if a.Perpetrators == nil {
			a.Perpetrators = []models.ActPerpetrator{}
		}
		return true, err
	})
}

func (r *reading) loadOffers() error {
	columns := []string{"local_id", "amount_min", "amount_max", "amount_text", "currency_as_stated", "currency_assumed", "period", "standing", "!row_key", "!protected"}
	amounts, err := nested(r, "amounts", "inducement", columns, func(id int64, c *cells, m *models.Amount) error {
		m.ID = c.text()
		hidden := protectedAmount{AmountMin: c.someNumber(), AmountMax: c.someNumber(), AmountText: c.someText(), CurrencyAsStated: c.someText()}
		m.CurrencyAssumed, m.Period, m.Standing = c.someText(), c.text(), c.text()
		err := r.open(id, "amounts", c, &hidden)
		m.AmountMin, m.AmountMax, m.AmountText, m.CurrencyAsStated = hidden.AmountMin, hidden.AmountMax, *hidden.AmountText, *hidden.CurrencyAsStated
		return err
	})
	if err != nil {
		return err
	}
	columns = []string{"local_id", "kind", "+target", "+explicitness", "+condition", "+note", "!+row_key", "!+protected"}
	err = fillLists(r, "inducements", columns, func(rec *models.Incident) *[]models.Inducement { return &rec.Inducements }, func(id int64, c *cells, x *models.Inducement) (bool, error) {
		*x = models.Inducement{ID: c.text(), Kind: c.text(), Target: c.text(), Explicitness: c.text()}
		hidden := protectedInducement{Condition: c.someText(), Note: c.someText()}
		err := r.open(id, "inducements", c, &hidden)
		x.Condition, x.Note, x.Amounts = hidden.Condition, hidden.Note, amounts[key{id, x.ID}]
		if x.Amounts == nil {
			x.Amounts = []models.Amount{}
		}
		return true, err
	})
	if err != nil {
		return err
	}
	columns = []string{"local_id", "kind", "+target", "+explicitness", "+note", "!+row_key", "!+protected"}
	return fillLists(r, "demands", columns, func(rec *models.Incident) *[]models.Demand { return &rec.Demands }, func(id int64, c *cells, x *models.Demand) (bool, error) {
		*x = models.Demand{ID: c.text(), Kind: c.text(), Target: c.text(), Explicitness: c.text()}
		hidden := protectedNote{Note: c.someText()}
		err := r.open(id, "demands", c, &hidden)
		x.Note = hidden.Note
		return true, err
	})
}

func (r *reading) loadSources() error {
	err := fillLists(r, "sources", sourceColumns, func(rec *models.Incident) *[]models.Source { return &rec.Sources }, func(id int64, c *cells, x *models.Source) (bool, error) {
		row := sourceCells(c)
		if r.bare && models.NonPublicSource(row.Kind) {
			*x = models.Source{ID: row.LocalID, Kind: row.Kind}
			return true, nil
		}
		var hidden protectedSource
		if err := r.open(id, "sources", c, &hidden); err != nil {
			return false, err
		}
		if hidden.Whole != nil {
			*x = *hidden.Whole
			return true, nil
		}
		*x = sourceOf(row)
		x.SubmittedBy = hidden.SubmittedBy
		return true, nil
	})
	if err != nil {
		return err
	}
	if !r.wide {
		if err := r.loadCitations(); err != nil {
			return err
		}
	}
	columns := []string{"local_id", "kind", "+access", "+source", "+sha256", "+captured_at", "+tool", "+note", "!+row_key", "!+protected"}
	return fillLists(r, "evidence", columns, func(rec *models.Incident) *[]models.Evidence { return &rec.Evidence }, func(id int64, c *cells, e *models.Evidence) (bool, error) {
		*e = models.Evidence{ID: c.text(), Kind: c.text(), Access: c.text(), Source: c.someText(), SHA256: c.someText(), CapturedAt: utc(c.someInstant()), Tool: c.someText(), Note: c.someText()}
		if r.wide || r.bare {
			return e.Kind != "", nil // of a restricted kind, which is sealed and in neither
		}
		var hidden protectedEvidence
		if err := r.open(id, "evidence", c, &hidden); err != nil {
			return false, err
		}
		if hidden.Whole != nil {
			*e = *hidden.Whole
		}
		return true, nil
	})
}

// sourceColumns are those that sourceCells takes, and what is sealed.
var sourceColumns = []string{
	"local_id", "kind", "+publisher", "+title", "url", "+archive_url", "+author", "+language", "+published", "+accessed", "+derived_from",
	"+reliability", "+scale", "+text", "+text_sha256", "!row_key", "!protected",
}

func sourceCells(c *cells) sourceRow {
	row := sourceRow{Kind: ""}
	row.LocalID, row.Kind, row.Publisher, row.Title, row.URL, row.ArchiveURL = c.text(), c.text(), c.someText(), c.someText(), c.someText(), c.someText()
	row.Author, row.Language, row.Published, row.Accessed, row.DerivedFrom = c.someText(), c.someText(), c.someText(), c.someText(), c.someText()
	row.Reliability, row.Scale, row.Text, row.TextSHA256 = c.someText(), c.someText(), c.someText(), c.someText()
	return row
}

func (r *reading) loadCitations() error {
	columns := []string{"local_id", "entity", "field", "source", "credibility", "standing", "quote", "start_at", "end_at", "note", "!row_key", "!protected"}
	return fillLists(r, "citations", columns, func(rec *models.Incident) *[]models.Citation { return &rec.Citations }, func(id int64, c *cells, x *models.Citation) (bool, error) {
		*x = models.Citation{ID: c.text(), Entity: c.text(), Field: c.someText(), Source: c.text(), Credibility: c.someText(), Standing: c.text()}
		hidden := protectedCitation{Quote: c.someText(), Start: c.someWhole(), End: c.someWhole(), Note: c.someText()}
		err := r.open(id, "citations", c, &hidden)
		x.Quote, x.Start, x.End, x.Note = hidden.Quote, hidden.Start, hidden.End, hidden.Note
		return true, err
	})
}

func (r *reading) loadOutcomes() error {
	columns := []string{"local_id", "party", "kind", "+body", "+date", "+source", "+note", "!+row_key", "!+protected"}
	err := fillLists(r, "responses", columns, func(rec *models.Incident) *[]models.Response { return &rec.Responses }, func(id int64, c *cells, x *models.Response) (bool, error) {
		x.ID, x.Party, x.Kind = c.text(), c.text(), c.text()
		hidden := protectedResponse{Body: c.someText(), Date: (*models.Day)(c.someText())}
		x.Source, hidden.Note = c.someText(), c.someText()
		err := r.open(id, "responses", c, &hidden)
		x.Body, x.Date, x.Note = hidden.Body, hidden.Date, hidden.Note
		return true, err
	})
	if err != nil {
		return err
	}
	columns = []string{"local_id", "kind", "+target", "+note", "!+row_key", "!+protected"}
	err = fillLists(r, "harms", columns, func(rec *models.Incident) *[]models.Harm { return &rec.Harms }, func(id int64, c *cells, x *models.Harm) (bool, error) {
		*x = models.Harm{ID: c.text(), Kind: c.text(), Target: c.text()}
		hidden := protectedNote{Note: c.someText()}
		err := r.open(id, "harms", c, &hidden)
		x.Note = hidden.Note
		return true, err
	})
	if err != nil || r.wide {
		return err
	}
	columns = []string{"local_id", "target", "level", "!row_key", "!protected"}
	return fillLists(r, "consents", columns, func(rec *models.Incident) *[]models.Consent { return &rec.Consents }, func(id int64, c *cells, x *models.Consent) (bool, error) {
		local, target, level := c.text(), c.text(), c.text()
		err := r.open(id, "consents", c, x)
		x.ID, x.Target, x.Level = local, target, level
		return true, err
	})
}

// loadLinks reads relations and campaigns, which name other rows by ref.
func (r *reading) loadLinks() error {
	if !r.wide {
		if err := r.loadRelations(); err != nil {
			return err
		}
	}
	condition, args := of("ic.incident_id", r.ids)
	var found placed[string]
	from := " FROM incident_campaigns ic JOIN campaigns c ON c.id = ic.campaign_id WHERE " + condition
	err := r.query("campaigns", r.columns("ic.", "incident_id", "position").and("c.ref"), from, args, func(id int64, c *cells) error {
		*found.add(place{incident: id, position: c.whole()}) = c.text()
		return nil
	})
	found.each(func(at place, refs []string) { r.at[at.incident].Campaigns = refs })
	return err
}

// loadRelations leaves out a relation to a record that the principal may not
// see, and with it what cites it: that a sealed record exists is a secret of its
// own.
func (r *reading) loadRelations() error {
	seen := r.v.visible()
	condition, args := of("t.incident_id", r.ids)
	selected := r.columns("t.", "incident_id", "position", "local_id", "kind", "sensitivity", "!row_key", "!protected").
		and("e.ref", "EXISTS (SELECT 1 FROM incidents i WHERE i.id = t.to_incident_id AND "+seen.sql()+")")
	from := " FROM relations t JOIN incidents e ON e.id = t.to_incident_id WHERE " + condition
	var found placed[models.Relation]
	err := r.query("relations", selected, from, append(slices.Clone(seen.args), args...), func(id int64, c *cells) error {
		l := found.add(place{incident: id, position: c.whole()})
		*l = models.Relation{ID: c.text(), Kind: c.text(), Sensitivity: c.someText()}
		var hidden protectedRelation
		err := r.open(id, "relations", c, &hidden)
		l.Note, l.To = hidden.Note, c.text()
		if shown := c.yes(); !shown && !r.v.links {
			rec, unseen := r.at[id], l.ID
			rec.Citations = slices.DeleteFunc(rec.Citations, func(x models.Citation) bool { return x.Entity == unseen })
			found.drop()
		}
		return err
	})
	found.each(func(at place, relations []models.Relation) { r.at[at.incident].Relations = relations })
	return err
}
