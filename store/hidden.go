package store

import (
	"fmt"

	"gorm.io/gorm"

	"farwatch/models"
)

// hides tells whether texts, sources and exact dates of a record are sealed
// with what is protected (S33).
func hides(sensitivity string) bool { return !models.Searched(sensitivity) }

// coverColumns are what uncover needs of a record.
const coverColumns = "i.row_key, CASE WHEN i.sensitivity IN ('restricted', 'sealed') THEN i.protected END AS protected"

// hiddenOf is what the columns of a restricted or sealed record do not tell.
func hiddenOf(in models.IncidentInput, c models.Computed) *hiddenRecord {
	return &hiddenRecord{
		Title: in.Title, Summary: in.Summary, OriginEntity: in.OriginEntity, Admin1: in.HostPlace.Admin1, Locality: in.HostPlace.Locality,
		Occurred: in.Occurred, FirstReported: in.FirstReported, EDTF: c.EDTF,
	}
}

// bare is a content as the columns of a restricted or sealed record tell it.
func bare(in models.IncidentInput, c models.Computed) (models.IncidentInput, models.Computed) {
	in.Title, in.Summary, in.OriginEntity, in.HostPlace.Admin1, in.HostPlace.Locality = "", "", nil, nil, nil
	in.Occurred, c.EDTF = in.Occurred.ToMonth(), ""
	if in.FirstReported != nil {
		first := in.FirstReported.MonthBegin()
		in.FirstReported = &first
	}
	return in, c
}

// occurredColumns are those of an act of the record that is being collected.
func (e *entries) occurredColumns(o models.Occurred) OccurredColumns {
	if e.hides {
		o = o.ToMonth()
	}
	return occurredColumns(o)
}

// uncover puts back what bare left out; nil leaves the row as it is.
func (r *incidentRow) uncover(h *hiddenRecord) {
	if h == nil {
		return
	}
	r.Title, r.Summary, r.OriginEntity, r.HostAdmin1, r.HostLocality = h.Title, h.Summary, h.OriginEntity, h.Admin1, h.Locality
	r.OccurredColumns, r.FirstReported, r.Edtf = occurredColumns(h.Occurred), (*string)(h.FirstReported), h.EDTF
}

// uncover does so for rows that were read with coverColumns.
func (s *Store) uncover(tx *gorm.DB, rows []incidentRow) error {
	var ids []int64
	for _, r := range rows {
		if r.Protected != nil {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := s.preload(tx, ids); err != nil {
		return err
	}
	for i := range rows {
		var hidden protectedIncident
		if err := s.openIn(tx, ofRecord(rows[i].ID), "incidents", rows[i].RowKey, rows[i].Protected, &hidden); err != nil {
			return err
		}
		rows[i].uncover(hidden.Hidden)
	}
	return nil
}

// hideOlder seals the texts of those among these records that are restricted or
// sealed and were written in the clear.
func (s *Store) hideOlder(tx *gorm.DB, ids []int64) error {
	var rows []incidentRow
	if err := tx.Raw("SELECT id, organisation_id FROM incidents WHERE id IN ? AND sensitivity IN ('restricted', 'sealed') ORDER BY id", ids).Scan(&rows).Error; err != nil {
		return fmt.Errorf("find restricted records: %w", err)
	}
	for organisation, found := range byOrganisation(rows) {
		v := s.program(organisation)
		w := v.visible()
		w.and("i.id IN ?", found)
		records, at, err := v.loadIncidents(tx, w, "", 0)
		if err != nil {
			return err
		}
		for i, rec := range records {
			if err := s.hideRecord(tx, at[i], rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// hideRecord writes a record again, as it is.
func (s *Store) hideRecord(tx *gorm.DB, id int64, rec models.Incident) error {
	k, err := s.currentKey(tx, ofRecord(id))
	if err != nil {
		return err
	}
	var row incidentRow
	if err := s.fill(k, &row, rec.IncidentInput, rec.Computed, rec.VocabularyVersion); err != nil {
		return err
	}
	columns, err := columnsOf(s.writer, &row, stateColumns)
	if err != nil {
		return err
	}
	if err := tx.Model(&incidentRow{}).Where("id = ?", id).Updates(columns).Error; err != nil {
		return fmt.Errorf("hide texts: %w", err)
	}
	var ends []relationRow
	if err := tx.Select("local_id", "to_incident_id").Where("incident_id = ?", id).Find(&ends).Error; err != nil {
		return fmt.Errorf("read relations: %w", err)
	}
	related := map[string]int64{}
	for _, l := range rec.Relations {
		for _, end := range ends {
			if end.LocalID == l.ID {
				related[l.To] = end.ToIncidentID
			}
		}
	}
	e := entries{s: s, key: k, hides: true}
	if err := e.collectEntries(id, rec.IncidentInput, related); err != nil {
		return err
	}
	for _, table := range entryTables {
		if table == "incident_facets" || table == "incident_campaigns" {
			continue // codes and campaigns are not hidden
		}
		if err := tx.Exec("DELETE FROM "+table+" WHERE incident_id = ?", id).Error; err != nil {
			return fmt.Errorf("hide %s: %w", table, err)
		}
	}
	return e.insert(tx)
}
