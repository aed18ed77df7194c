package store

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"farwatch/internal/vault"
	"farwatch/models"
)

// dataKeyRow is a wrapped key. Wrapped is nil once the key is destroyed.
type dataKeyRow struct {
	ID             string
	OrganisationID *int64
	IncidentID     *int64
	Wrapped        []byte
	RootKeyID      string
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	RetiredAt      *time.Time
	DestroyedAt    *time.Time
}

func (dataKeyRow) TableName() string { return "data_keys" }

// owner is whose key seals a value: a record's, else an organisation's, else
// the installation's.
type owner struct{ organisation, incident int64 }

// anyOrganisation owns what is a person's own, whichever organisation they
// wrote it in.
const anyOrganisation = -1

func ofRecord(incident int64) owner           { return owner{incident: incident} }
func ofOrganisation(organisation int64) owner { return owner{organisation: organisation} }

// owns tells whether a key is the owner's. A record's id alone says which
// organisation it is in.
func (o owner) owns(k *vault.Key) bool {
	if o.incident != 0 {
		return k.Incident == o.incident
	}
	return k.Incident == 0 && (k.Organisation == o.organisation || o.organisation == anyOrganisation)
}

// maxHeldKeys bounds the unwrapped keys in memory.
const maxHeldKeys = 8192

// heldKeys are unwrapped data keys by id, the oldest dropped first.
type heldKeys struct {
	mu        sync.Mutex
	byID      map[string]*vault.Key
	incidents map[int64]bool // whose key was held when last looked for
	order     []string
}

func (h *heldKeys) get(id string) *vault.Key {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.byID[id]
}

// missing are the records of which no key is held.
func (h *heldKeys) missing(incidents []int64) []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []int64
	for _, id := range incidents {
		if !h.incidents[id] {
			out = append(out, id)
		}
	}
	return out
}

func (h *heldKeys) put(k *vault.Key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byID == nil {
		h.byID, h.incidents = map[string]*vault.Key{}, map[int64]bool{}
	}
	if len(h.order) >= maxHeldKeys {
		half := len(h.order) / 2
		for _, id := range h.order[:half] {
			if old := h.byID[id]; old != nil {
				delete(h.incidents, old.Incident)
				delete(h.byID, id)
			}
		}
		h.order = append([]string(nil), h.order[half:]...)
	}
	if h.byID[k.ID] == nil {
		h.order = append(h.order, k.ID)
	}
	h.byID[k.ID] = k
	if k.Incident != 0 {
		h.incidents[k.Incident] = true
	}
}

func (h *heldKeys) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byID, h.incidents, h.order = nil, nil, nil
}

// unwrap opens the key of a row and holds it.
func (s *Store) unwrap(r dataKeyRow) (*vault.Key, error) {
	if r.Wrapped == nil {
		return nil, fmt.Errorf("key %s: %w: it was destroyed", r.ID, vault.ErrOpen)
	}
	k := vault.Key{ID: r.ID}
	if r.OrganisationID != nil {
		k.Organisation = *r.OrganisationID
	}
	if r.IncidentID != nil {
		k.Incident = *r.IncidentID
	}
	out, err := s.vault.Unwrap(k, r.RootKeyID, r.Wrapped)
	if err != nil {
		return nil, sealedFault(fmt.Errorf("key %s: %w", r.ID, err))
	}
	s.held.put(out)
	return out, nil
}

// sealedFault tells people why keys are not there.
func sealedFault(err error) error {
	if errors.Is(err, vault.ErrLocked) || errors.Is(err, vault.ErrRoot) {
		return models.KeysLocked().Because(err)
	}
	return err
}

// keyByID finds the key that a sealed value names. Errors: vault.sealed.
func (s *Store) keyByID(tx *gorm.DB, id string) (*vault.Key, error) {
	if s.vault.Locked() {
		return nil, models.KeysLocked()
	}
	if k := s.held.get(id); k != nil {
		return k, nil
	}
	var rows []dataKeyRow
	if err := tx.Raw("SELECT * FROM data_keys WHERE id = ?", id).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("key of sealed value: %w", vault.ErrOpen)
	}
	return s.unwrap(rows[0])
}

// preload holds the keys of records that are about to be opened, in one query.
func (s *Store) preload(tx *gorm.DB, incidents []int64) error {
	if s.vault.Locked() {
		return models.KeysLocked()
	}
	missing := s.held.missing(incidents)
	if len(missing) == 0 {
		return nil
	}
	var rows []dataKeyRow
	if err := tx.Raw("SELECT * FROM data_keys WHERE COALESCE(incident_id, 0) IN ? AND retired_at IS NULL", missing).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read keys: %w", err)
	}
	for _, r := range rows {
		if _, err := s.unwrap(r); err != nil {
			return err
		}
	}
	return nil
}

// currentKey is the key that seals for an owner, made if there is none. It
// stays in use until the transaction ends. Errors: vault.sealed.
func (s *Store) currentKey(tx *gorm.DB, o owner) (*vault.Key, error) {
	if s.vault.Locked() {
		return nil, models.KeysLocked()
	}
	for range tieTries {
		k, err := s.findKey(tx, o)
		if k != nil || err != nil {
			return k, err
		}
		if err := s.makeKey(tx, o); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("no key in %d tries", tieTries)
}

func (s *Store) findKey(tx *gorm.DB, o owner) (*vault.Key, error) {
	query, args := "COALESCE(incident_id, 0) = ?", []any{o.incident}
	if o.incident == 0 {
		query, args = query+" AND COALESCE(organisation_id, 0) = ?", append(args, o.organisation)
	}
	share := ""
	if s.dialect == dialectPostgres {
		share = " FOR SHARE"
	}
	var rows []dataKeyRow
	if err := tx.Raw("SELECT * FROM data_keys WHERE "+query+" AND retired_at IS NULL"+share, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("find key: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	if k := s.held.get(rows[0].ID); k != nil {
		return k, nil
	}
	return s.unwrap(rows[0])
}

func (s *Store) makeKey(tx *gorm.DB, o owner) error {
	if o.incident != 0 {
		if err := tx.Raw("SELECT organisation_id FROM incidents WHERE id = ?", o.incident).Scan(&o.organisation).Error; err != nil {
			return fmt.Errorf("read organisation: %w", err)
		}
		if o.organisation == 0 {
			return models.NotFound("incident")
		}
	}
	k, err := s.vault.NewKey(o.organisation)
	if err != nil {
		return err
	}
	k.Incident = o.incident
	return s.insertKeys(tx, []*vault.Key{k})
}

// insertKeys keeps new keys. A program that does not know yet that another root
// key is in use keeps none: its keys would be lost with the old root.
func (s *Store) insertKeys(tx *gorm.DB, keys []*vault.Key) error {
	share := ""
	if s.dialect == dialectPostgres {
		share = " FOR SHARE"
	}
	var active string
	if err := tx.Raw("SELECT active_root FROM key_state WHERE one = 1" + share).Scan(&active).Error; err != nil {
		return fmt.Errorf("read root in use: %w", err)
	}
	rows := make([]dataKeyRow, len(keys))
	for i, k := range keys {
		wrapped, root, err := s.vault.Wrap(k)
		if err != nil {
			return sealedFault(err)
		}
		if root != active {
			return models.KeysLocked().Because(errors.New("another root key is in use by now"))
		}
		rows[i] = dataKeyRow{ID: k.ID, Wrapped: wrapped, RootKeyID: root, CreatedAt: s.now()}
		if k.Organisation != 0 {
			rows[i].OrganisationID = &k.Organisation
		}
		if k.Incident != 0 {
			rows[i].IncidentID = &k.Incident
		}
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, insertBatch).Error; err != nil {
		return fmt.Errorf("keep keys: %w", err)
	}
	for _, k := range keys {
		s.held.put(k)
	}
	return nil
}
