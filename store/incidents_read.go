package store

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// loaded is an incident row with what a join adds.
type loaded struct {
	Row              incidentRow `gorm:"embedded"`
	OrganisationCode string
	CreatorName      string
	OnTeam           bool
	Named            bool
}

// loadIncidents selects what the condition allows, whole. order is a constant
// of this package; limit 0 means none.
func (v *View) loadIncidents(tx *gorm.DB, w where, order string, limit int) ([]models.Incident, []int64, error) {
	query := `SELECT i.*, o.code AS organisation_code, u.user_name AS creator_name,
		EXISTS (SELECT 1 FROM incident_members m WHERE m.incident_id = i.id AND m.user_id = ?) AS on_team,
		EXISTS (SELECT 1 FROM incident_members m WHERE m.incident_id = i.id AND m.user_id = ? AND m.named) AS named
		FROM incidents i JOIN organisations o ON o.id = i.organisation_id JOIN users u ON u.id = i.created_by
		WHERE ` + w.sql() + order
	args := append([]any{v.p.UserID, v.p.UserID}, w.args...)
	if limit > 0 {
		query += " LIMIT ?"
		args = append(args, limit)
	}
	var rows []loaded
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("load incidents: %w", err)
	}
	records, err := v.assemble(tx, rows)
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Row.ID
	}
	return records, ids, err
}

// assemble reads the entries of many records, one query a table.
func (v *View) assemble(tx *gorm.DB, rows []loaded) ([]models.Incident, error) {
	s := v.s
	out := make([]models.Incident, len(rows))
	at := map[int64]*models.Incident{}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Row.ID
	}
	if len(ids) == 0 {
		return out, nil
	}
	if err := s.preload(tx, ids); err != nil {
		return nil, err
	}
	for i, r := range rows {
		rec, err := s.record(tx, r)
		if err != nil {
			return nil, err
		}
		out[i] = rec
		at[r.Row.ID] = &out[i]
	}
	for _, load := range []func(*gorm.DB, []int64, map[int64]*models.Incident) error{
		s.loadPeople, s.loadActs, s.loadOffers, s.loadSources, s.loadOutcomes, v.loadLinks,
	} {
		if err := load(tx, ids, at); err != nil {
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

func (s *Store) record(tx *gorm.DB, l loaded) (models.Incident, error) {
	r := l.Row
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
	}
	in.Normalize() // lists of a record are never nil
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

// eachRow reads one table of entries for many records, in their order.
func eachRow[R any](tx *gorm.DB, ids []int64, order string, use func(R) error) error {
	var rows []R
	if err := tx.Where("incident_id IN ?", ids).Order("incident_id, " + order).Find(&rows).Error; err != nil {
		return fmt.Errorf("load %T: %w", rows, err)
	}
	for _, r := range rows {
		if err := use(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) loadPeople(tx *gorm.DB, ids []int64, at map[int64]*models.Incident) error {
	err := eachRow(tx, ids, "position", func(r targetRow) error {
		var hidden protectedTarget
		if err := s.openIn(tx, ofRecord(r.IncidentID), "targets", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		if hidden.RolesRestricted == nil {
			hidden.RolesRestricted = []string{}
		}
		rec := at[r.IncidentID]
		rec.Targets = append(rec.Targets, models.Target{
			ID: r.LocalID, CountingUnit: r.CountingUnit, CountMin: r.CountMin, CountMax: r.CountMax, Communities: r.Communities, Roles: r.Roles,
			RolesRestricted: hidden.RolesRestricted, Gender: r.Gender, AgeBand: r.AgeBand, Response: r.Response,
			ResponseRestricted: hidden.ResponseRestricted, Identity: hidden.Identity,
		})
		return nil
	})
	if err != nil {
		return err
	}
	return eachRow(tx, ids, "position", func(r perpetratorRow) error {
		hidden := protectedPerpetrator{Body: r.Body, Note: r.Note}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "perpetrators", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		rec := at[r.IncidentID]
		rec.Perpetrators = append(rec.Perpetrators, models.Perpetrator{ID: r.LocalID, Type: r.Type, Body: hidden.Body, PersonName: hidden.PersonName, Note: hidden.Note})
		return nil
	})
}

// key finds an entry of a record among the entries of many.
type key struct {
	incident int64
	id       string
}

func (s *Store) loadActs(tx *gorm.DB, ids []int64, at map[int64]*models.Incident) error {
	perpetrators := map[key][]models.ActPerpetrator{}
	err := eachRow(tx, ids, "act, position", func(r actPerpetratorRow) error {
		k := key{r.IncidentID, r.Act}
		perpetrators[k] = append(perpetrators[k], models.ActPerpetrator{Perpetrator: r.Perpetrator, Involvement: r.Involvement})
		return nil
	})
	if err != nil {
		return err
	}
	return eachRow(tx, ids, "position", func(r actRow) error {
		hidden := protectedAct{Note: r.Note}
		if r.OccurredPrecision != nil {
			o := r.occurred()
			hidden.Occurred = &o
		}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "acts", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		a := models.Act{
			ID: r.LocalID, Method: r.Method, Target: r.Target, Explicitness: r.Explicitness, Channels: r.Channels, Note: hidden.Note, Occurred: hidden.Occurred,
			Perpetrators: perpetrators[key{r.IncidentID, r.LocalID}],
		}
		if a.Perpetrators == nil {
			a.Perpetrators = []models.ActPerpetrator{}
		}
		rec := at[r.IncidentID]
		rec.Acts = append(rec.Acts, a)
		return nil
	})
}

func (s *Store) loadOffers(tx *gorm.DB, ids []int64, at map[int64]*models.Incident) error {
	amounts := map[key][]models.Amount{}
	err := eachRow(tx, ids, "inducement, position", func(r amountRow) error {
		k := key{r.IncidentID, r.Inducement}
		hidden := protectedAmount{AmountMin: r.AmountMin, AmountMax: r.AmountMax, AmountText: &r.AmountText, CurrencyAsStated: &r.CurrencyAsStated}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "amounts", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		amounts[k] = append(amounts[k], models.Amount{
			ID: r.LocalID, AmountMin: hidden.AmountMin, AmountMax: hidden.AmountMax, AmountText: *hidden.AmountText,
			CurrencyAsStated: *hidden.CurrencyAsStated, CurrencyAssumed: r.CurrencyAssumed, Period: r.Period, Standing: r.Standing,
		})
		return nil
	})
	if err != nil {
		return err
	}
	err = eachRow(tx, ids, "position", func(r inducementRow) error {
		hidden := protectedInducement{Condition: r.Condition, Note: r.Note}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "inducements", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		x := models.Inducement{
			ID: r.LocalID, Kind: r.Kind, Target: r.Target, Explicitness: r.Explicitness, Condition: hidden.Condition, Note: hidden.Note,
			Amounts: amounts[key{r.IncidentID, r.LocalID}],
		}
		if x.Amounts == nil {
			x.Amounts = []models.Amount{}
		}
		rec := at[r.IncidentID]
		rec.Inducements = append(rec.Inducements, x)
		return nil
	})
	if err != nil {
		return err
	}
	return eachRow(tx, ids, "position", func(r demandRow) error {
		hidden := protectedNote{Note: r.Note}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "demands", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		rec := at[r.IncidentID]
		rec.Demands = append(rec.Demands, models.Demand{ID: r.LocalID, Kind: r.Kind, Target: r.Target, Explicitness: r.Explicitness, Note: hidden.Note})
		return nil
	})
}

func (s *Store) loadSources(tx *gorm.DB, ids []int64, at map[int64]*models.Incident) error {
	err := eachRow(tx, ids, "position", func(r sourceRow) error {
		var hidden protectedSource
		if err := s.openIn(tx, ofRecord(r.IncidentID), "sources", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		rec := at[r.IncidentID]
		if hidden.Whole != nil {
			rec.Sources = append(rec.Sources, *hidden.Whole)
			return nil
		}
		source := sourceOf(r)
		source.SubmittedBy = hidden.SubmittedBy
		rec.Sources = append(rec.Sources, source)
		return nil
	})
	if err != nil {
		return err
	}
	err = eachRow(tx, ids, "position", func(r citationRow) error {
		hidden := protectedCitation{Quote: r.Quote, Start: r.StartAt, End: r.EndAt, Note: r.Note}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "citations", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		rec := at[r.IncidentID]
		rec.Citations = append(rec.Citations, models.Citation{
			ID: r.LocalID, Entity: r.EntityID, Field: r.Field, Source: r.Source, Credibility: r.Credibility, Standing: r.Standing,
			Quote: hidden.Quote, Start: hidden.Start, End: hidden.End, Note: hidden.Note,
		})
		return nil
	})
	if err != nil {
		return err
	}
	return eachRow(tx, ids, "position", func(r evidenceRow) error {
		var hidden protectedEvidence
		if err := s.openIn(tx, ofRecord(r.IncidentID), "evidence", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		rec := at[r.IncidentID]
		if hidden.Whole != nil {
			rec.Evidence = append(rec.Evidence, *hidden.Whole)
			return nil
		}
		e := models.Evidence{ID: r.LocalID, Kind: r.Kind, Access: r.Access, Source: r.Source, SHA256: r.SHA256, Tool: r.Tool, Note: r.Note}
		e.CapturedAt = utc(r.CapturedAt)
		rec.Evidence = append(rec.Evidence, e)
		return nil
	})
}

func (s *Store) loadOutcomes(tx *gorm.DB, ids []int64, at map[int64]*models.Incident) error {
	err := eachRow(tx, ids, "position", func(r responseRow) error {
		hidden := protectedResponse{Body: r.Body, Date: (*models.Day)(r.Date), Note: r.Note}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "responses", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		rec := at[r.IncidentID]
		rec.Responses = append(rec.Responses, models.Response{
			ID: r.LocalID, Party: r.Party, Kind: r.Kind, Body: hidden.Body, Date: hidden.Date, Source: r.Source, Note: hidden.Note,
		})
		return nil
	})
	if err != nil {
		return err
	}
	err = eachRow(tx, ids, "position", func(r harmRow) error {
		hidden := protectedNote{Note: r.Note}
		if err := s.openIn(tx, ofRecord(r.IncidentID), "harms", r.RowKey, r.Protected, &hidden); err != nil {
			return err
		}
		rec := at[r.IncidentID]
		rec.Harms = append(rec.Harms, models.Harm{ID: r.LocalID, Kind: r.Kind, Target: r.Target, Note: hidden.Note})
		return nil
	})
	if err != nil {
		return err
	}
	return eachRow(tx, ids, "position", func(r consentRow) error {
		var c models.Consent
		if err := s.openIn(tx, ofRecord(r.IncidentID), "consents", r.RowKey, r.Protected, &c); err != nil {
			return err
		}
		c.ID, c.Target, c.Level = r.LocalID, r.Target, r.Level
		rec := at[r.IncidentID]
		rec.Consents = append(rec.Consents, c)
		return nil
	})
}

// loadLinks reads relations and campaigns, which name other rows by ref. A
// relation to a record that the principal may not see is left out, and with it
// what cites it: that a sealed record exists is a secret of its own.
func (v *View) loadLinks(tx *gorm.DB, ids []int64, at map[int64]*models.Incident) error {
	var relations []struct {
		Row   relationRow `gorm:"embedded"`
		ToRef string
		Seen  bool
	}
	seen := v.visible()
	err := tx.Raw(`SELECT r.*, t.ref AS to_ref, EXISTS (SELECT 1 FROM incidents i WHERE i.id = r.to_incident_id AND `+seen.sql()+`) AS seen
		FROM relations r JOIN incidents t ON t.id = r.to_incident_id
		WHERE r.incident_id IN ? ORDER BY r.incident_id, r.position`, append(seen.args, ids)...).Scan(&relations).Error
	if err != nil {
		return fmt.Errorf("load relations: %w", err)
	}
	for _, r := range relations {
		row := r.Row
		if !r.Seen && !v.links {
			rec := at[row.IncidentID]
			rec.Citations = slices.DeleteFunc(rec.Citations, func(c models.Citation) bool { return c.Entity == row.LocalID })
			continue
		}
		var hidden protectedRelation
		if err := v.s.openIn(tx, ofRecord(row.IncidentID), "relations", row.RowKey, row.Protected, &hidden); err != nil {
			return err
		}
		rec := at[row.IncidentID]
		rec.Relations = append(rec.Relations, models.Relation{ID: row.LocalID, Kind: row.Kind, To: r.ToRef, Sensitivity: row.Sensitivity, Note: hidden.Note})
	}
	var campaigns []struct {
		IncidentID int64
		Ref        string
	}
	err = tx.Raw(`SELECT ic.incident_id, c.ref FROM incident_campaigns ic JOIN campaigns c ON c.id = ic.campaign_id
		WHERE ic.incident_id IN ? ORDER BY ic.incident_id, ic.position`, ids).Scan(&campaigns).Error
	if err != nil {
		return fmt.Errorf("load campaigns: %w", err)
	}
	for _, c := range campaigns {
		rec := at[c.IncidentID]
		rec.Campaigns = append(rec.Campaigns, c.Ref)
	}
	return nil
}
