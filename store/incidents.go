package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

// CreateIncident is a valid input and what its writing needs to know.
type CreateIncident struct {
	Input             models.IncidentInput
	Derived           models.Derived
	VocabularyVersion string
	IdempotencyKey    string
	BodyHash          string // SHA-256 of the request body, hex
	WorkingCopy       string // deleted with the creation; "" for none
}

// Incident reads one record. Invisible and absent are the same
// incident.not_found.
func (v *View) Incident(ctx context.Context, ref string) (models.Incident, error) {
	var rec models.Incident
	err := v.read(ctx, func(tx *gorm.DB) error {
		var err error
		rec, err = v.incident(tx, ref)
		return err
	})
	return rec, err
}

// Version is the current version of a record. Errors: incident.not_found.
func (v *View) Version(ctx context.Context, ref string) (version int, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		w := v.visible()
		w.and("i.ref = ?", ref)
		if err := tx.Raw("SELECT i.version FROM incidents i WHERE "+w.sql(), w.args...).Scan(&version).Error; err != nil {
			return fmt.Errorf("read version: %w", err)
		}
		if version == 0 {
			return models.NotFound("incident")
		}
		return nil
	})
	return version, err
}

func (v *View) incident(tx *gorm.DB, ref string) (models.Incident, error) {
	w, err := v.whole(tx, ref)
	return w.seen(), err
}

// whole is a record with everything in it, also what the principal may not
// see: a save must neither show nor lose it.
type whole struct {
	models.Incident
	id     int64
	live   int      // newest version whose content is the current one
	hidden []string // local ids of relations to records the principal may not see
}

// seen leaves out the relations to invisible records, and what cites them:
// that a sealed record exists is a secret of its own.
func (w whole) seen() models.Incident {
	if len(w.hidden) == 0 {
		return w.Incident
	}
	rec := w.Incident
	rec.Relations = slices.DeleteFunc(slices.Clone(rec.Relations), func(l models.Relation) bool { return slices.Contains(w.hidden, l.ID) })
	rec.Citations = slices.DeleteFunc(slices.Clone(rec.Citations), func(c models.Citation) bool { return slices.Contains(w.hidden, c.Entity) })
	return rec
}

// keeping adds to an edited content what its editor could not see. A local id
// that the new content took meanwhile is changed for a free one.
func (w whole) keeping(in models.IncidentInput) models.IncidentInput {
	for _, l := range w.Relations {
		if !slices.Contains(w.hidden, l.ID) {
			continue
		}
		id := freeID("L", l.ID, in.Relations, func(l models.Relation) string { return l.ID })
		for _, c := range w.Citations {
			sourced := slices.ContainsFunc(in.Sources, func(s models.Source) bool { return s.ID == c.Source })
			if c.Entity != l.ID || !sourced {
				continue // a citation goes with its source
			}
			c.Entity, c.ID = id, freeID("C", c.ID, in.Citations, func(c models.Citation) string { return c.ID })
			in.Citations = append(slices.Clone(in.Citations), c)
		}
		l.ID = id
		in.Relations = append(slices.Clone(in.Relations), l)
	}
	return in
}

// freeID is the wanted local id, or the next one that no entry has.
func freeID[M any](letter, wanted string, list []M, id func(M) string) string {
	for n := len(list) + 1; slices.ContainsFunc(list, func(m M) bool { return id(m) == wanted }); n++ {
		wanted = letter + strconv.Itoa(n)
	}
	return wanted
}

func (v *View) whole(tx *gorm.DB, ref string) (whole, error) {
	w := v.visible()
	w.and("i.ref = ?", ref)
	all := *v
	all.links = true
	records, ids, err := all.loadIncidents(tx, w, "", 1)
	if err != nil {
		return whole{}, err
	}
	if len(records) == 0 {
		return whole{}, models.NotFound("incident")
	}
	out := whole{Incident: records[0], id: ids[0]}
	if out.hidden, err = v.hiddenRefs(tx, out.IncidentInput); err != nil {
		return whole{}, err
	}
	return out, v.loadStanding(tx, &out)
}

const createOperation = "createIncident"

// CreateIncident writes a record with everything in it, the idempotency key
// and the audit row in one transaction. replayed tells that the same key and
// body came before. Errors: idempotency.key_reused, validation.failed for refs
// that are not there.
func (v *View) CreateIncident(ctx context.Context, c CreateIncident) (rec models.Incident, replayed bool, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		replayed = false
		earlier, err := v.claimKey(tx, createOperation, c.IdempotencyKey, c.BodyHash)
		if err != nil {
			return err
		}
		if earlier != "" {
			replayed = true
			rec, err = v.incident(tx, earlier)
			return err
		}
		row, first, err := v.insertIncident(tx, c)
		if err != nil {
			return err
		}
		if err := tx.Create(&memberRow{IncidentID: row.ID, UserID: v.p.UserID, Named: c.Input.Sensitivity == sealed}).Error; err != nil {
			return fmt.Errorf("insert team: %w", err)
		}
		if err := v.s.vouchNew(tx, []int64{row.ID}); err != nil {
			return err
		}
		if err := v.fulfilKey(tx, createOperation, c.IdempotencyKey, row.Ref); err != nil {
			return err
		}
		if err := v.dropWorkingCopy(tx, c.WorkingCopy); err != nil {
			return err
		}
		rec = v.created(c, row, first)
		return v.audit(ctx, tx, "incident.create", row.Ref, nil)
	})
	return rec, replayed, err
}

// created is a new record as reading it would give it. Reading it took a third
// of the time of a creation, and all of it is known: a test compares the two.
func (v *View) created(c CreateIncident, row incidentRow, first revisionRow) models.Incident {
	last := namedRevision{Row: first, Author: &v.p.UserName}.revision()
	in := c.Input
	in.FillLists()
	return models.Incident{
		IncidentInput: in, Ref: row.Ref, Version: row.Version, Organisation: v.p.Organisation, WorkflowStatus: row.WorkflowStatus,
		VerificationStatus: row.VerificationStatus, VocabularyVersion: row.VocabularyVersion, CreatedAt: row.CreatedAt, CreatedBy: v.p.UserName,
		UpdatedAt: row.UpdatedAt, OnTeam: true, Named: c.Input.Sensitivity == sealed, Computed: c.Derived.Computed,
		Standing: models.Standing{Authors: []string{v.p.UserName}}, LastAction: &last,
	}
}

func (v *View) insertIncident(tx *gorm.DB, c CreateIncident) (row incidentRow, first revisionRow, err error) {
	related, campaigns, err := v.resolve(tx, c.Input, nil)
	if err != nil {
		return row, first, err
	}
	now := v.s.now()
	row = incidentRow{
		OrganisationID: v.p.OrganisationID, Version: 1, WorkflowStatus: models.StatusDraft, VerificationStatus: "unreviewed",
		CreatedBy: v.p.UserID, CreatedAt: now, UpdatedAt: now,
	}
	k, err := v.s.vault.NewKey(v.p.OrganisationID)
	if err != nil {
		return row, first, err
	}
	if err := v.s.fill(k, &row, c.Input, c.Derived.Computed, c.VocabularyVersion); err != nil {
		return row, first, err
	}
	if row.Ref, err = v.s.freeRef(tx); err != nil {
		return row, first, err
	}
	if err := tx.Create(&row).Error; err != nil {
		return row, first, fmt.Errorf("insert incident: %w", err)
	}
	k.Incident = row.ID
	if err := v.s.insertKeys(tx, []*vault.Key{k}); err != nil {
		return row, first, err
	}
	var e entries
	if err := e.collect(v.s, k, row.ID, c.Input, c.Derived, related, campaigns); err != nil {
		return row, first, err
	}
	if err := e.insert(tx); err != nil {
		return row, first, err
	}
	if first, err = v.s.firstRevision(k, row, c.Input); err != nil {
		return row, first, err
	}
	return row, first, insertRows(tx, []revisionRow{first})
}

// refTries is how often a taken ref is drawn anew: with 35 random bits even
// once is rare.
const refTries = 5

// freeRef draws a ref that no record has or had.
func (s *Store) freeRef(tx *gorm.DB) (string, error) {
	for range refTries {
		ref, err := models.NewRef(s.random)
		if err != nil {
			return "", err
		}
		var taken int64
		err = s.asSystem(tx, func() error {
			return tx.Raw("SELECT (SELECT COUNT(*) FROM incidents WHERE ref = @ref) + (SELECT COUNT(*) FROM erasures WHERE ref = @ref)", map[string]any{"ref": ref}).Scan(&taken).Error
		})
		if err != nil {
			return "", fmt.Errorf("look for ref: %w", err)
		}
		if taken == 0 {
			return ref, nil
		}
	}
	return "", fmt.Errorf("no free ref in %d tries", refTries)
}

// fill writes input and computed members into a row, under a new row key.
func (s *Store) fill(k *vault.Key, row *incidentRow, in models.IncidentInput, c models.Computed, vocabularyVersion string) error {
	key, err := s.rowKey()
	if err != nil {
		return err
	}
	protected := protectedIncident{InternalNote: in.InternalNote, Site: in.HostPlace.Site}
	if hides(in.Sensitivity) {
		protected.Hidden = hiddenOf(in, c)
		in, c = bare(in, c)
	}
	sealed, err := s.sealUnder(k, "incidents", key, protected)
	if err != nil {
		return err
	}
	row.RowKey, row.Protected = key, sealed
	row.Title, row.Summary, row.OriginCountry, row.OriginEntity = in.Title, in.Summary, in.OriginCountry, in.OriginEntity
	row.AttributionBasis, row.HostCountry, row.ProxyCountry = in.AttributionBasis, in.HostCountry, in.ProxyCountry
	row.GeoPrecision, row.PublicGeoPrecision = in.HostPlace.GeoPrecision, in.HostPlace.PublicGeoPrecision
	row.HostAdmin1, row.HostLocality = in.HostPlace.Admin1, in.HostPlace.Locality
	row.OccurredColumns = occurredColumns(in.Occurred)
	row.FirstReported, row.ReportYear = (*string)(in.FirstReported), nil
	if in.FirstReported != nil {
		year := in.FirstReported.Year()
		row.ReportYear = &year
	}
	row.PoliceReported, row.DiscoveryRoute, row.Sensitivity = in.PoliceReported, in.DiscoveryRoute, in.Sensitivity
	row.ScopeStateLink, row.ScopeCrossBorder, row.ScopeReason = in.ScopeTest.StateLink, in.ScopeTest.CrossBorder, in.ScopeTest.Reason
	row.ScopeAim, row.ScopeAct, row.VocabularyVersion = in.ScopeTest.Aim, in.ScopeTest.Act, vocabularyVersion
	row.Scope, row.Families, row.Stage = c.Scope, c.Families, c.Stage
	row.InFhScope, row.InUkScope, row.InOhchrScope = c.InFHScope, c.InUKScope, c.InOHCHRScope
	row.IndependentOrigins, row.Edtf, row.EventYear = c.IndependentOrigins, c.EDTF, c.EventYear
	row.PersonsMin, row.PersonsMax, row.EffectiveConsent = c.PersonsMin, c.PersonsMax, c.EffectiveConsent
	return nil
}

// resolve turns refs of the input into ids, through the principal's own eyes:
// what they may not see does not exist. Only trusted refs, which stood in the
// record before, are found in any case.
func (v *View) resolve(tx *gorm.DB, in models.IncidentInput, trusted []string) (related, campaigns map[string]int64, err error) {
	related, campaigns = map[string]int64{}, map[string]int64{}
	var faults []models.FieldError
	for i, l := range in.Relations {
		ref, err := models.ParseRef(l.To)
		if err != nil {
			return nil, nil, err
		}
		w := v.visible()
		if slices.Contains(trusted, ref) {
			w = where{}
			w.and("i.organisation_id = ?", v.p.OrganisationID)
		}
		w.and("i.ref = ?", ref)
		var id int64
		if err := tx.Raw("SELECT i.id FROM incidents i WHERE "+w.sql(), w.args...).Scan(&id).Error; err != nil {
			return nil, nil, fmt.Errorf("resolve relation: %w", err)
		}
		if id == 0 {
			faults = append(faults, models.FieldError{Pointer: fmt.Sprintf("#/relations/%d/to", i), Code: "unknown_ref"})
		}
		related[l.To] = id
	}
	for i, ref := range in.Campaigns {
		var id int64
		if err := tx.Raw("SELECT id FROM campaigns WHERE organisation_id = ? AND ref = ?", v.p.OrganisationID, ref).Scan(&id).Error; err != nil {
			return nil, nil, fmt.Errorf("resolve campaign: %w", err)
		}
		if id == 0 {
			faults = append(faults, models.FieldError{Pointer: fmt.Sprintf("#/campaigns/%d", i), Code: "unknown_ref"})
		}
		campaigns[ref] = id
	}
	if len(faults) > 0 {
		return nil, nil, models.Invalid(faults)
	}
	return related, campaigns, nil
}
