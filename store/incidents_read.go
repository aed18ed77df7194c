package store

import (
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// loaded is an incident row with what a join adds.
type loaded struct {
	Row              incidentRow
	OrganisationCode string
	CreatorName      string
	OnTeam           bool
	Named            bool
}

// incidentColumns are those of a record, in the order in which load takes them.
var incidentColumns = []string{
	"id", "ref", "!row_key", "!protected", "version", "title", "summary", "origin_country", "origin_entity", "attribution_basis",
	"host_country", "+geo_precision", "public_geo_precision", "host_admin1", "host_locality", "proxy_country",
	"occurred_earliest", "occurred_latest", "occurred_precision", "+occurred_approximate", "+occurred_uncertain", "occurred_ongoing", "occurred_repeated",
	"first_reported", "police_reported", "+scope_state_link", "+scope_cross_border", "+scope_reason", "+scope_aim", "+scope_act",
	"discovery_route", "sensitivity", "workflow_status", "+embargo_until", "+closing_reason", "verification_status", "self_reviewed", "vocabulary_version",
	"scope", "families", "stage", "in_fh_scope", "in_uk_scope", "in_ohchr_scope", "independent_origins", "edtf", "event_year", "persons_min", "persons_max",
	"effective_consent", "created_at", "updated_at", "published_at", "+pending_version", "+withdrawn_at", "+withdrawal_reason", "+merged_into",
}

func (l *loaded) load(c *cells) {
	r := &l.Row
	r.ID, r.Ref, r.RowKey, r.Protected, r.Version, r.Title, r.Summary = c.id(), c.text(), c.text(), c.bytes(), c.whole(), c.text(), c.text()
	r.OriginCountry, r.OriginEntity, r.AttributionBasis = c.text(), c.someText(), c.codes()
	r.HostCountry, r.GeoPrecision, r.PublicGeoPrecision, r.HostAdmin1, r.HostLocality = c.text(), c.text(), c.text(), c.someText(), c.someText()
	r.ProxyCountry, r.OccurredColumns = c.someText(), occurredCells(c)
	r.FirstReported, r.PoliceReported = c.someText(), c.text()
	r.ScopeStateLink, r.ScopeCrossBorder, r.ScopeReason, r.ScopeAim, r.ScopeAct = c.text(), c.text(), c.text(), c.text(), c.text()
	r.DiscoveryRoute, r.Sensitivity, r.WorkflowStatus, r.EmbargoUntil, r.ClosingReason = c.text(), c.text(), c.text(), c.someText(), c.someText()
	r.VerificationStatus, r.SelfReviewed, r.VocabularyVersion, r.Scope, r.Families, r.Stage = c.text(), c.someYes(), c.text(), c.text(), c.codes(), c.someWhole()
	r.InFhScope, r.InUkScope, r.InOhchrScope, r.IndependentOrigins, r.Edtf = c.text(), c.text(), c.text(), c.whole(), c.text()
	r.EventYear, r.PersonsMin, r.PersonsMax, r.EffectiveConsent = c.someWhole(), c.whole(), c.someWhole(), c.someText()
	r.CreatedAt, r.UpdatedAt, r.PublishedAt = c.instant(), c.instant(), c.someInstant()
	r.PendingVersion, r.WithdrawnAt, r.WithdrawalReason, r.MergedInto = c.someWhole(), c.someInstant(), c.someText(), c.someText()
	l.OrganisationCode, l.CreatorName, l.OnTeam, l.Named = c.text(), c.text(), c.yes(), c.yes()
}

func occurredCells(c *cells) OccurredColumns {
	return OccurredColumns{
		OccurredEarliest: c.someText(), OccurredLatest: c.someText(), OccurredPrecision: c.someText(),
		OccurredApproximate: c.yes(), OccurredUncertain: c.yes(), OccurredOngoing: c.someYes(), OccurredRepeated: c.someYes(),
	}
}

// loadIncidents selects what the condition allows, whole. order is a constant
// of this package; limit 0 means none.
func (v *View) loadIncidents(tx *gorm.DB, w where, order string, limit int) ([]models.Incident, []int64, error) {
	return v.loadExtent(tx, extent{}, nil, w, order, limit)
}

// loadExtent does so as far as an extent goes, and with only for those among
// them alone.
func (v *View) loadExtent(tx *gorm.DB, e extent, only *idSet, w where, order string, limit int) ([]models.Incident, []int64, error) {
	const mine = "EXISTS (SELECT 1 FROM incident_members m WHERE m.incident_id = i.id AND m.user_id = ?"
	selected, from := e.columns("i.", incidentColumns...).and("o.code"), " FROM incidents i JOIN organisations o ON o.id = i.organisation_id"
	var args []any
	if e.bare {
		selected.present = append(selected.present, false, false, false)
	} else {
		selected, from = selected.and("u.user_name", mine+")", mine+" AND m.named)"), from+" JOIN users u ON u.id = i.created_by"
		args = []any{v.p.UserID, v.p.UserID}
	}
	from += " WHERE " + w.sql() + order
	args = append(args, w.args...)
	if limit > 0 {
		from += " LIMIT ?"
		args = append(args, limit)
	}
	var rows []loaded
	if only != nil {
		rows = make([]loaded, 0, exportBatch)
	}
	err := eachRow(tx, "incidents", selected, from, args, func(c *cells) error {
		rows = append(rows, loaded{})
		l := &rows[len(rows)-1]
		if l.load(c); only != nil && !only.has(l.Row.ID) {
			rows = rows[:len(rows)-1]
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	records, err := v.assemble(tx, e, rows)
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Row.ID
	}
	return records, ids, err
}

// assemble reads the entries of many records, one query a table.
func (v *View) assemble(tx *gorm.DB, e extent, rows []loaded) ([]models.Incident, error) {
	out := make([]models.Incident, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	r := reading{extent: e, v: v, s: v.s, tx: tx, ids: make([]int64, len(rows)), at: make(map[int64]*models.Incident, len(rows))}
	for i := range rows {
		r.ids[i] = rows[i].Row.ID
		r.at[rows[i].Row.ID] = &out[i]
	}
	if e.bare {
		if v.s.vault.Locked() {
			return nil, models.KeysLocked()
		}
	} else if err := v.s.preload(tx, r.ids); err != nil {
		return nil, err
	}
	for i := range rows {
		rec, err := v.s.record(tx, &rows[i])
		if err != nil {
			return nil, err
		}
		out[i] = rec
	}
	for _, load := range []func() error{r.loadPeople, r.loadActs, r.loadOffers, r.loadSources, r.loadOutcomes, r.loadLinks} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	if v.through != nil {
		for i := range out {
			out[i] = out[i].Lent()
		}
	}
	return out, nil
}

func (s *Store) record(tx *gorm.DB, l *loaded) (models.Incident, error) {
	r := &l.Row
	var hidden protectedIncident
	if err := s.openIn(tx, ofRecord(r.ID), "incidents", r.RowKey, r.Protected, &hidden); err != nil {
		return models.Incident{}, err
	}
	r.uncover(hidden.Hidden)
	in := models.IncidentInput{
		Title: r.Title, Summary: r.Summary, InternalNote: hidden.InternalNote, OriginCountry: r.OriginCountry, OriginEntity: r.OriginEntity,
		AttributionBasis: r.AttributionBasis, HostCountry: r.HostCountry, ProxyCountry: r.ProxyCountry,
		HostPlace: models.HostPlace{
			GeoPrecision: r.GeoPrecision, PublicGeoPrecision: r.PublicGeoPrecision, Admin1: r.HostAdmin1, Locality: r.HostLocality, Site: hidden.Site,
		},
		Occurred: r.occurred(), FirstReported: (*models.Day)(r.FirstReported), PoliceReported: r.PoliceReported,
		ScopeTest: models.ScopeTest{
			StateLink: r.ScopeStateLink, CrossBorder: r.ScopeCrossBorder, Reason: r.ScopeReason, Aim: r.ScopeAim, Act: r.ScopeAct,
		},
		DiscoveryRoute: r.DiscoveryRoute, Sensitivity: r.Sensitivity,
		// Lists of a record are never nil.
		Campaigns: []string{}, Targets: []models.Target{}, Perpetrators: []models.Perpetrator{}, Acts: []models.Act{}, Inducements: []models.Inducement{},
		Demands: []models.Demand{}, Sources: []models.Source{}, Citations: []models.Citation{}, Evidence: []models.Evidence{},
		Responses: []models.Response{}, Harms: []models.Harm{}, Relations: []models.Relation{}, Consents: []models.Consent{},
	}
	rec := models.Incident{
		IncidentInput: in, Ref: r.Ref, Version: r.Version, Organisation: l.OrganisationCode, WorkflowStatus: r.WorkflowStatus,
		EmbargoUntil: (*models.Day)(r.EmbargoUntil), ClosingReason: r.ClosingReason, VerificationStatus: r.VerificationStatus, SelfReviewed: r.SelfReviewed != nil,
		VocabularyVersion: r.VocabularyVersion, CreatedAt: models.UTC(r.CreatedAt), CreatedBy: l.CreatorName, UpdatedAt: models.UTC(r.UpdatedAt), OnTeam: l.OnTeam, Named: l.Named,
		WithdrawalReason: r.WithdrawalReason, MergedInto: r.MergedInto, PublishedAt: utc(r.PublishedAt), WithdrawnAt: utc(r.WithdrawnAt),
		Computed: models.Computed{
			Scope: r.Scope, Families: r.Families, Stage: r.Stage, InFHScope: r.InFhScope, InUKScope: r.InUkScope, InOHCHRScope: r.InOhchrScope,
			IndependentOrigins: r.IndependentOrigins, EDTF: r.Edtf, EventYear: r.EventYear, PersonsMin: r.PersonsMin, PersonsMax: r.PersonsMax,
			EffectiveConsent: r.EffectiveConsent,
		},
	}
	if r.PendingVersion != nil {
		rec.Pending = &models.Pending{Version: *r.PendingVersion}
	}
	return rec, nil
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := models.UTC(*t)
	return &at
}
