package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

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

// UpdateIncident is a valid new state of a record; Version is the one edited.
type UpdateIncident struct {
	Ref               string
	Version           int
	Input             models.IncidentInput
	Derived           models.Derived
	VocabularyVersion string
	WorkingCopy       string
}

// Incident reads one record. Invisible and absent are the same
// incident.not_found.
func (v *View) Incident(ctx context.Context, ref string) (models.Incident, error) {
	var rec models.Incident
	err := v.s.read(ctx, func(tx *gorm.DB) error {
		var err error
		rec, err = v.incident(tx, ref)
		return err
	})
	return rec, err
}

func (v *View) incident(tx *gorm.DB, ref string) (models.Incident, error) {
	w := v.visible()
	w.and("i.ref = ?", ref)
	records, _, err := v.loadIncidents(tx, w, "", 1)
	if err != nil {
		return models.Incident{}, err
	}
	if len(records) == 0 {
		return models.Incident{}, models.NotFound("incident")
	}
	return records[0], nil
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
		ref, id, err := v.insertIncident(tx, c)
		if err != nil {
			return err
		}
		if err := tx.Create(&memberRow{IncidentID: id, UserID: v.p.UserID, Named: c.Input.Sensitivity == sealed}).Error; err != nil {
			return fmt.Errorf("insert team: %w", err)
		}
		if err := v.fulfilKey(tx, createOperation, c.IdempotencyKey, ref); err != nil {
			return err
		}
		if err := v.dropWorkingCopy(tx, c.WorkingCopy); err != nil {
			return err
		}
		if err := v.audit(ctx, tx, "incident.create", ref, nil); err != nil {
			return err
		}
		rec, err = v.incident(tx, ref)
		return err
	})
	return rec, replayed, err
}

// refTries is how often a taken ref is drawn anew: with 35 random bits even
// once is rare.
const refTries = 5

func (v *View) insertIncident(tx *gorm.DB, c CreateIncident) (ref string, id int64, err error) {
	related, campaigns, err := v.resolve(tx, c.Input)
	if err != nil {
		return "", 0, err
	}
	now := v.s.now()
	row := incidentRow{
		OrganisationID: v.p.OrganisationID, Version: 1, WorkflowStatus: "draft", VerificationStatus: "unreviewed",
		CreatedBy: v.p.UserID, CreatedAt: now, UpdatedAt: now,
	}
	if err := v.s.fill(&row, c.Input, c.Derived.Computed, c.VocabularyVersion); err != nil {
		return "", 0, err
	}
	if row.Ref, err = v.s.freeRef(tx); err != nil {
		return "", 0, err
	}
	if err := tx.Create(&row).Error; err != nil {
		return "", 0, fmt.Errorf("insert incident: %w", err)
	}
	var e entries
	if err := e.collect(v.s, row.ID, c.Input, c.Derived, related, campaigns); err != nil {
		return "", 0, err
	}
	return row.Ref, row.ID, e.insert(tx)
}

// freeRef draws a ref that no record has.
func (s *Store) freeRef(tx *gorm.DB) (string, error) {
	for range refTries {
		ref, err := models.NewRef(s.random)
		if err != nil {
			return "", err
		}
		var taken int64
		if err := tx.Raw("SELECT COUNT(*) FROM incidents WHERE ref = ?", ref).Scan(&taken).Error; err != nil {
			return "", fmt.Errorf("look for ref: %w", err)
		}
		if taken == 0 {
			return ref, nil
		}
	}
	return "", fmt.Errorf("no free ref in %d tries", refTries)
}

// fill writes input and computed members into a row, under a new row key.
func (s *Store) fill(row *incidentRow, in models.IncidentInput, c models.Computed, vocabularyVersion string) error {
	key, err := s.rowKey()
	if err != nil {
		return err
	}
	sealed, err := s.seal("incidents", key, protectedIncident{InternalNote: in.InternalNote, Site: in.HostPlace.Site})
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
// what they may not see does not exist. Relations are brought to the canonical
// form of the ref.
func (v *View) resolve(tx *gorm.DB, in models.IncidentInput) (related, campaigns map[string]int64, err error) {
	related, campaigns = map[string]int64{}, map[string]int64{}
	var faults []models.FieldError
	for i, l := range in.Relations {
		ref, err := models.ParseRef(l.To)
		if err != nil {
			return nil, nil, err
		}
		w := v.visible()
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

// UpdateIncident replaces a record's content if Version is still current.
// Errors: incident.not_found, permission.denied, incident.stale with
// current_version, incident.not_editable, incident.needs_revision.
func (v *View) UpdateIncident(ctx context.Context, u UpdateIncident) (rec models.Incident, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		// The lock comes first: what is read after it stays true until the commit.
		w := v.visible()
		w.and("i.ref = ?", u.Ref)
		if err := tx.Exec("SELECT i.id FROM incidents i WHERE "+w.sql()+v.s.lock(), w.args...).Error; err != nil {
			return fmt.Errorf("lock incident: %w", err)
		}
		old, err := v.incident(tx, u.Ref)
		if err != nil {
			return err
		}
		if err := v.mayBecome(old, u.Input.Sensitivity); err != nil {
			return err
		}
		related, campaigns, err := v.resolve(tx, u.Input)
		if err != nil {
			return err
		}
		id, err := v.replaceRow(tx, old, u)
		if err != nil {
			return err
		}
		var e entries
		if err := e.collect(v.s, id, u.Input, u.Derived, related, campaigns); err != nil {
			return err
		}
		if err := v.keepHidden(tx, id, &e); err != nil {
			return err
		}
		if err := deleteEntries(tx, id); err != nil {
			return err
		}
		if err := e.insert(tx); err != nil {
			return err
		}
		if u.Input.Sensitivity == sealed && old.Sensitivity != sealed {
			if err := v.nameTeam(tx, id); err != nil {
				return err
			}
		}
		if err := v.dropWorkingCopy(tx, u.WorkingCopy); err != nil {
			return err
		}
		if err := v.audit(ctx, tx, "incident.update", u.Ref, changedMembers(old.IncidentInput, u.Input)); err != nil {
			return err
		}
		rec, err = v.incident(tx, u.Ref)
		return err
	})
	return rec, err
}

// mayBecome tells whether the principal may give the record this new content.
func (v *View) mayBecome(rec models.Incident, sensitivity string) error {
	if err := v.p.MayEdit(rec); err != nil {
		return err
	}
	if lowers(rec.Sensitivity, sensitivity) && (!v.p.Has(models.RoleReviewer) || rec.CreatedBy == v.p.UserName) {
		return models.Fail(models.KindForbidden, "permission.denied", "Only a reviewer who did not log the record may lower its sensitivity.")
	}
	return nil
}

// sealed is the sensitivity that only named people see.
const sealed = "sealed"

// sensitivities from the widest circle to the narrowest.
var sensitivities = []string{"open", "partner", "restricted", sealed}

// lowers tells whether more people may see a record after a change.
func lowers(from, to string) bool {
	return slices.Index(sensitivities, to) < slices.Index(sensitivities, from)
}

// nameTeam names the team and whoever seals the record: they know it already,
// and a sealed record without names would be lost to everybody.
func (v *View) nameTeam(tx *gorm.DB, incident int64) error {
	if err := tx.Exec("UPDATE incident_members SET named = TRUE WHERE incident_id = ?", incident).Error; err != nil {
		return fmt.Errorf("name team: %w", err)
	}
	err := tx.Exec("INSERT INTO incident_members (incident_id, user_id, named) VALUES (?, ?, TRUE) ON CONFLICT DO NOTHING", incident, v.p.UserID).Error
	if err != nil {
		return fmt.Errorf("name whoever seals: %w", err)
	}
	return nil
}

// replaceRow moves the row one version on, if nobody did so before.
func (v *View) replaceRow(tx *gorm.DB, old models.Incident, u UpdateIncident) (int64, error) {
	var row incidentRow
	if err := tx.Where("ref = ?", u.Ref).Take(&row).Error; err != nil {
		return 0, fmt.Errorf("read incident row: %w", err)
	}
	if err := v.s.fill(&row, u.Input, u.Derived.Computed, u.VocabularyVersion); err != nil {
		return 0, err
	}
	row.Version, row.UpdatedAt = u.Version+1, later(v.s.now(), old.UpdatedAt)
	done := tx.Model(&incidentRow{}).Where("id = ? AND version = ?", row.ID, u.Version).Select("*").Omit("id").Updates(&row)
	if done.Error != nil {
		return 0, fmt.Errorf("update incident: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return 0, models.Stale(old.Version)
	}
	return row.ID, nil
}

// later keeps updated_at rising even when the clock steps back, so that a feed
// by time misses nothing.
func later(now, before time.Time) time.Time {
	if now.After(before) {
		return now
	}
	return before.Add(time.Millisecond)
}

// changedMembers names the top-level members that differ: names for the audit,
// never values.
func changedMembers(old, updated models.IncidentInput) []string {
	a, errA := members(old)
	b, errB := members(updated)
	if errA != nil || errB != nil {
		return []string{"*"}
	}
	var out []string
	for name, value := range b {
		if string(a[name]) != string(value) {
			out = append(out, snake(name))
		}
	}
	slices.Sort(out)
	return out
}

func members(in models.IncidentInput) (map[string]json.RawMessage, error) {
	data, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var out map[string]json.RawMessage
	return out, json.Unmarshal(data, &out)
}

// snake writes OriginCountry as origin_country.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
