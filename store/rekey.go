package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

const (
	// rekeyRows sealed values are sealed anew in one transaction.
	rekeyRows = 500
	// rekeyRecords records are, which is about as many values.
	rekeyRecords = 20
)

// upgradeKeys gives every record a key of its own and seals anew what the first
// version sealed. It goes on where it was interrupted: what is done already is
// passed over.
func (s *Store) upgradeKeys(ctx context.Context) error {
	done := false
	err := s.read(ctx, func(tx *gorm.DB) error {
		state, err := s.keyState(tx, "")
		done = state.Upgraded
		return err
	})
	if err != nil || done {
		return err
	}
	const keyless = "SELECT i.id FROM incidents i WHERE i.id > ? AND NOT EXISTS (SELECT 1 FROM data_keys k WHERE COALESCE(k.incident_id, 0) = i.id AND k.retired_at IS NULL) ORDER BY i.id LIMIT ?"
	if err := s.eachRecords(ctx, keyless, nil, func(tx *gorm.DB, ids []int64) error {
		if err := s.rekey(tx, ids); err != nil {
			return err
		}
		return s.hideOlder(tx, ids)
	}); err != nil {
		return fmt.Errorf("give records their keys: %w", err)
	}
	for _, t := range organisationTables {
		if err := s.resealTable(ctx, t, func(int) {}); err != nil {
			return fmt.Errorf("seal older %s anew: %w", t.name, err)
		}
	}
	if err := s.sealOlderFilters(ctx); err != nil {
		return err
	}
	return s.write(ctx, func(tx *gorm.DB) error { return setKeyState(tx, map[string]any{"upgraded": true, "scrub_due": true}) })
}

// eachRecords hands over records by their internal ids, some in a transaction.
// The query takes the last id, args, and how many.
func (s *Store) eachRecords(ctx context.Context, query string, args []any, use func(tx *gorm.DB, ids []int64) error) error {
	for last := int64(0); ; {
		var ids []int64
		err := s.write(ctx, func(tx *gorm.DB) error {
			ids = nil
			if err := tx.Raw(query, append(append([]any{last}, args...), rekeyRecords)...).Scan(&ids).Error; err != nil {
				return fmt.Errorf("find records: %w", err)
			}
			if len(ids) == 0 {
				return nil
			}
			return use(tx, ids)
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		last = ids[len(ids)-1]
	}
}

// rekey gives records new keys, seals all that they have under them, and throws
// the old keys away.
func (s *Store) rekey(tx *gorm.DB, incidents []int64) error {
	var rows []struct{ ID, OrganisationID int64 }
	if err := tx.Raw("SELECT id, organisation_id FROM incidents WHERE id IN ? ORDER BY id"+s.lock(), incidents).Scan(&rows).Error; err != nil {
		return fmt.Errorf("lock records: %w", err)
	}
	if err := s.preload(tx, incidents); err != nil {
		return err
	}
	var old []string
	if err := tx.Raw("SELECT id FROM data_keys WHERE COALESCE(incident_id, 0) IN ? AND retired_at IS NULL", incidents).Scan(&old).Error; err != nil {
		return fmt.Errorf("find keys: %w", err)
	}
	if err := tx.Exec("UPDATE data_keys SET retired_at = ? WHERE id IN ?", s.now(), orNone(old)).Error; err != nil {
		return fmt.Errorf("retire keys: %w", err)
	}
	keys := map[int64]*vault.Key{}
	var made []*vault.Key
	for _, r := range rows {
		k, err := s.vault.NewKey(r.OrganisationID)
		if err != nil {
			return err
		}
		k.Incident = r.ID
		keys[r.ID], made = k, append(made, k)
	}
	if err := s.insertKeys(tx, made); err != nil {
		return err
	}
	err := s.vouch(tx, incidents, 0, func() error {
		for _, t := range recordTables {
			if err := s.rekeyTable(tx, t, incidents, keys); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM data_keys WHERE id IN ?", orNone(old)).Error; err != nil {
		return fmt.Errorf("throw old keys away: %w", err)
	}
	return nil
}

func (s *Store) rekeyTable(tx *gorm.DB, t sealedTable, incidents []int64, keys map[int64]*vault.Key) error {
	var last []any
	for {
		condition, args := t.behind(last)
		values, err := t.read(tx, condition+" AND "+t.of+t.order()+" LIMIT ?", append(append([]any{}, args...), incidents, t.batch())...)
		if err != nil {
			return err
		}
		for _, v := range values {
			if err := s.reseal(tx, t, v, keys[v.owner.incident]); err != nil {
				return err
			}
			last = v.at
		}
		if len(values) < t.batch() {
			return nil
		}
	}
}

// resealTable puts every value of a table under the key that its organisation
// uses now. progress hears how many values were looked at.
func (s *Store) resealTable(ctx context.Context, t sealedTable, progress func(int)) error {
	var last []any
	for {
		var values []sealedValue
		err := s.write(ctx, func(tx *gorm.DB) error {
			condition, args := t.behind(last)
			var err error
			if values, err = t.read(tx, condition+t.order()+" LIMIT ?", append(append([]any{}, args...), t.batch())...); err != nil {
				return err
			}
			return s.resealValues(tx, t, values)
		})
		if err != nil {
			return err
		}
		progress(len(values))
		if len(values) < t.batch() {
			return nil
		}
		last = values[len(values)-1].at
	}
}

func (s *Store) resealValues(tx *gorm.DB, t sealedTable, values []sealedValue) error {
	current := map[int64]*vault.Key{}
	for _, v := range values {
		id, err := vault.KeyID(v.protected)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		organisation := v.owner.organisation
		if id != "" {
			k, err := s.keyByID(tx, id)
			if err != nil {
				return err
			}
			organisation = k.Organisation
		}
		k := current[organisation]
		if k == nil {
			if k, err = s.currentKey(tx, ofOrganisation(organisation)); err != nil {
				return err
			}
			current[organisation] = k
		}
		if k.ID == id {
			continue
		}
		v.owner = ofOrganisation(organisation)
		if err := s.reseal(tx, t, v, k); err != nil {
			return err
		}
	}
	return nil
}

// RenewData gives every record and organisation a new key and seals everything
// anew. Killed, it goes on where it was; all stays readable meanwhile. progress
// hears what was done so far and how much there is.
func (s *System) RenewData(ctx context.Context, progress func(done, total int)) error {
	begun := s.s.now()
	total, done := 0, 0
	err := s.s.write(ctx, func(tx *gorm.DB) error {
		state, err := s.s.keyState(tx, s.s.lock())
		if err != nil {
			return err
		}
		if state.RenewBefore != nil {
			begun = models.UTC(*state.RenewBefore)
		} else if err := s.s.appendAudit(ctx, tx, auditRow{Action: "keys.renew", Object: "keys"}); err != nil {
			return err
		}
		if err := tx.Raw("SELECT COUNT(*) FROM data_keys WHERE organisation_id IS NOT NULL AND retired_at IS NULL AND created_at <= ?", begun).Scan(&total).Error; err != nil {
			return fmt.Errorf("count keys: %w", err)
		}
		return setKeyState(tx, map[string]any{"renew_before": begun})
	})
	if err != nil {
		return err
	}
	const older = `SELECT COALESCE(k.incident_id, 0) FROM data_keys k WHERE COALESCE(k.incident_id, 0) > ? AND k.retired_at IS NULL AND k.created_at <= ?
		ORDER BY COALESCE(k.incident_id, 0) LIMIT ?`
	err = s.s.eachRecords(ctx, older, []any{begun}, func(tx *gorm.DB, ids []int64) error {
		if err := s.s.rekey(tx, ids); err != nil {
			return err
		}
		done += len(ids)
		progress(min(done, total), total)
		return nil
	})
	if err != nil {
		return fmt.Errorf("renew keys of records: %w", err)
	}
	if err := s.s.renewOrganisations(ctx); err != nil {
		return err
	}
	progress(total, total)
	return nil
}

// renewOrganisations gives organisations new keys. An old one only opens until
// all that it sealed is sealed anew.
func (s *Store) renewOrganisations(ctx context.Context) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		state, err := s.keyState(tx, s.lock())
		if err != nil {
			return err
		}
		err = tx.Exec("UPDATE data_keys SET retired_at = ? WHERE incident_id IS NULL AND organisation_id IS NOT NULL AND retired_at IS NULL AND created_at <= ?",
			s.now(), *state.RenewBefore).Error
		if err != nil {
			return fmt.Errorf("retire keys: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range organisationTables {
		if err := s.resealTable(ctx, t, func(int) {}); err != nil {
			return fmt.Errorf("seal %s anew: %w", t.name, err)
		}
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM data_keys WHERE incident_id IS NULL AND organisation_id IS NOT NULL AND retired_at IS NOT NULL").Error; err != nil {
			return fmt.Errorf("throw old keys away: %w", err)
		}
		return setKeyState(tx, map[string]any{"renew_before": nil, "scrub_due": true, "generation": gorm.Expr("generation + 1")})
	})
}

// Rewrap wraps every data key by the root key in use, in steps that each stand
// for themselves. It answers how many keys every root still wraps.
func (s *System) Rewrap(ctx context.Context, progress func(done, total int)) (map[string]int, error) {
	total, done := 0, 0
	err := s.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT COUNT(*) FROM data_keys WHERE wrapped IS NOT NULL AND root_key_id <> ?", s.s.vault.Active()).Scan(&total).Error
	})
	if err != nil {
		return nil, fmt.Errorf("count keys: %w", err)
	}
	for {
		n := 0
		err := s.s.write(ctx, func(tx *gorm.DB) error {
			var err error
			n, err = s.s.rewrapSome(tx)
			return err
		})
		if err != nil {
			return nil, err
		}
		done += n
		progress(min(done, total), total)
		if n == 0 {
			break
		}
	}
	status, err := s.KeyStatus(ctx)
	if err != nil {
		return nil, err
	}
	return status.ByRoot, s.s.write(ctx, func(tx *gorm.DB) error {
		if err := setKeyState(tx, map[string]any{"scrub_due": true}); err != nil {
			return err
		}
		return s.s.appendAudit(ctx, tx, auditRow{Action: "keys.rewrap", Object: "keys"})
	})
}

func (s *Store) rewrapSome(tx *gorm.DB) (int, error) {
	var rows []dataKeyRow
	err := tx.Raw("SELECT * FROM data_keys WHERE wrapped IS NOT NULL AND root_key_id <> ? ORDER BY id LIMIT ?"+s.lock(), s.vault.Active(), rekeyRows).Scan(&rows).Error
	if err != nil {
		return 0, fmt.Errorf("read keys: %w", err)
	}
	for _, r := range rows {
		k, err := s.unwrap(r)
		if err != nil {
			return 0, err
		}
		wrapped, root, err := s.vault.Wrap(k)
		if err != nil {
			return 0, sealedFault(err)
		}
		if err := tx.Exec("UPDATE data_keys SET wrapped = ?, root_key_id = ? WHERE id = ?", wrapped, root, r.ID).Error; err != nil {
			return 0, fmt.Errorf("wrap key anew: %w", err)
		}
	}
	return len(rows), nil
}
