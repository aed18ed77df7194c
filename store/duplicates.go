package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"farwatch/models"
)

// DuplicatesOf finds the visible records that may tell the same as this one,
// the likeliest first. Errors: incident.not_found.
func (v *View) DuplicatesOf(ctx context.Context, ref string, vocab *models.Vocabulary) (out []models.Duplicate, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		base, err := v.whole(tx, ref)
		if err != nil {
			return err
		}
		seen, _ := v.p.Redact(base.seen())
		out, err = v.duplicates(tx, seen.IncidentInput, &base, vocab)
		return err
	})
	return out, err
}

// DuplicatesOfDraft does the same for a content that is not saved yet.
func (v *View) DuplicatesOfDraft(ctx context.Context, in models.IncidentInput, vocab *models.Vocabulary) (out []models.Duplicate, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		out, err = v.duplicates(tx, in, nil, vocab)
		return err
	})
	return out, err
}

// duplicates compares a content with the records it could be the same as. All
// that is compared is what the principal may see of either.
func (v *View) duplicates(tx *gorm.DB, in models.IncidentInput, base *whole, vocab *models.Vocabulary) ([]models.Duplicate, error) {
	var id int64
	onTeam := false
	if base != nil {
		id, onTeam = base.id, base.OnTeam
	}
	profile := models.ProfileOf(in, vocab)
	ids, err := v.sameBlock(tx, in, profile, id)
	if err != nil || len(ids) == 0 {
		return []models.Duplicate{}, err
	}
	w := v.visible()
	w.and("i.id IN ?", ids)
	records, found, err := v.loadIncidents(tx, w, "", 0)
	if err != nil {
		return nil, err
	}
	said, err := v.dismissals(tx, id, ids)
	if err != nil {
		return nil, err
	}
	out := []models.Duplicate{}
	for i, rec := range records {
		seen, _ := v.p.Redact(rec)
		match, ok := profile.Match(models.ProfileOf(seen.IncidentInput, vocab))
		if !ok {
			continue
		}
		d := models.Duplicate{Record: seen.Linked(), Match: match}
		if no, ok := said[found[i]]; ok {
			d.Dismissed = no.shown(v.p, onTeam, rec.OnTeam)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b models.Duplicate) int {
		return cmp.Or(cmp.Compare(b.Match.Score, a.Match.Score), cmp.Compare(a.Record.Ref, b.Record.Ref))
	})
	return out, nil
}

// sameBlock names the records with the same states and dates that overlap:
// those with a page or a file of this one, then those that share community and
// method and changed last. Both are bounded.
func (v *View) sameBlock(tx *gorm.DB, in models.IncidentInput, p models.DuplicateProfile, id int64) ([]int64, error) {
	w := v.visible()
	w.and("i.origin_country = ? AND i.host_country = ? AND i.id <> ?", in.OriginCountry, in.HostCountry, id)
	w.and("i.workflow_status NOT IN ('withdrawn', 'merged')")
	if in.Occurred.Latest != nil {
		w.and("i.occurred_earliest IS NULL OR i.occurred_earliest <= ?", string(*in.Occurred.Latest))
	}
	if in.Occurred.Earliest != nil {
		w.and("i.occurred_latest IS NULL OR i.occurred_latest >= ?", string(*in.Occurred.Earliest))
	}
	var out []int64
	collect := func(w where) error {
		var ids []int64
		err := tx.Raw("SELECT i.id FROM incidents i WHERE "+w.sql()+" ORDER BY i.updated_at DESC, i.id DESC LIMIT ?", append(w.args, models.MaxDuplicates)...).Scan(&ids).Error
		if err != nil {
			return fmt.Errorf("find duplicates: %w", err)
		}
		for _, x := range ids {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
		return nil
	}
	if pages, files := p.Pages(), p.Files(); len(pages)+len(files) > 0 {
		same := w.clone()
		same.and(`i.id IN (SELECT s.incident_id FROM sources s JOIN source_records r ON r.id = s.source_record_id WHERE r.organisation_id = ? AND r.canonical_url IN ?)
			OR i.id IN (SELECT s.incident_id FROM sources s WHERE s.text_sha256 IN ?) OR i.id IN (SELECT e.incident_id FROM evidence e WHERE e.sha256 IN ?)`,
			v.p.OrganisationID, orNone(pages), orNone(files), orNone(files))
		if err := collect(same); err != nil {
			return nil, err
		}
	}
	withFacet(&w, models.FacetCommunity, p.Communities())
	withFacet(&w, models.FacetMethod, p.Methods())
	return out, collect(w)
}

// orNone keeps an empty list out of SQL.
func orNone(list []string) []string {
	if len(list) == 0 {
		return []string{""}
	}
	return list
}

// withFacet keeps records that have one of the codes, or none of the facet yet.
func withFacet(w *where, f models.Facet, codes []string) {
	if len(codes) == 0 {
		return
	}
	w.and(`EXISTS (SELECT 1 FROM incident_facets f WHERE f.incident_id = i.id AND f.facet = ? AND f.code IN ?)
		OR NOT EXISTS (SELECT 1 FROM incident_facets f WHERE f.incident_id = i.id AND f.facet = ?)`, string(f), codes, string(f))
}
