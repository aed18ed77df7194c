package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

// Protected members of each entity, as they are sealed together.
type (
	protectedIncident struct {
		InternalNote *string       `json:",omitempty"`
		Site         *string       `json:",omitempty"`
		Hidden       *hiddenRecord `json:",omitempty"`
	}
	// hiddenRecord are the texts and exact dates of a restricted or sealed
	// record; its columns are empty, or tell the month.
	hiddenRecord struct {
		Title         string
		Summary       string
		OriginEntity  *string `json:",omitempty"`
		Admin1        *string `json:",omitempty"`
		Locality      *string `json:",omitempty"`
		Occurred      models.Occurred
		FirstReported *models.Day `json:",omitempty"`
		EDTF          string
	}
	protectedTarget struct {
		RolesRestricted    []string         `json:",omitempty"`
		ResponseRestricted *string          `json:",omitempty"`
		Identity           *models.Identity `json:",omitempty"`
	}
	protectedPerpetrator struct {
		PersonName *string `json:",omitempty"`
		Body       *string `json:",omitempty"`
		Note       *string `json:",omitempty"`
	}
	// The next ones hold something of restricted and sealed records only.
	protectedAct struct {
		Occurred *models.Occurred `json:",omitempty"`
		Note     *string          `json:",omitempty"`
	}
	protectedInducement struct {
		Condition *string `json:",omitempty"`
		Note      *string `json:",omitempty"`
	}
	protectedAmount struct {
		AmountMin        *float64 `json:",omitempty"`
		AmountMax        *float64 `json:",omitempty"`
		AmountText       *string  `json:",omitempty"`
		CurrencyAsStated *string  `json:",omitempty"`
	}
	protectedNote struct {
		Note *string `json:",omitempty"`
	}
	protectedResponse struct {
		Body *string     `json:",omitempty"`
		Date *models.Day `json:",omitempty"`
		Note *string     `json:",omitempty"`
	}
	// protectedSource holds the whole source when its kind or its record is not
	// public.
	protectedSource struct {
		SubmittedBy *string        `json:",omitempty"`
		Whole       *models.Source `json:",omitempty"`
	}
	protectedCitation struct {
		Quote *string `json:",omitempty"`
		Start *int    `json:",omitempty"`
		End   *int    `json:",omitempty"`
		Note  *string `json:",omitempty"`
	}
	// protectedEvidence holds the whole entry when its kind or its record is
	// restricted.
	protectedEvidence struct {
		Whole *models.Evidence `json:",omitempty"`
	}
	protectedRelation struct {
		Note *string `json:",omitempty"`
	}
	// protectedRevision holds why, and the content as zipped JSON.
	protectedRevision struct {
		Reason   *string `json:",omitempty"`
		Snapshot []byte
	}
	protectedWorkingCopy struct {
		Title *string `json:",omitempty"`
		Form  json.RawMessage
	}
	protectedSavedSearch struct {
		Name  string
		Query string
	}
)

const protectedColumn = "protected"

// rowKey draws the random key that a sealed value is bound to.
func (s *Store) rowKey() (string, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", fmt.Errorf("draw row key: %w", err)
	}
	return hex.EncodeToString(raw), nil
}

// seal makes the protected column of what belongs to no organisation; nothing
// to protect gives nil.
func (s *Store) seal(table, rowKey string, v any) ([]byte, error) {
	return sealWith(s.vault.Seal, table, rowKey, v)
}

// sealUnder makes the protected column under a key.
func (s *Store) sealUnder(k *vault.Key, table, rowKey string, v any) ([]byte, error) {
	return sealWith(k.Seal, table, rowKey, v)
}

func sealWith(seal func(vault.Place, []byte) ([]byte, error), table, rowKey string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode protected %s: %w", table, err)
	}
	if string(plain) == "{}" {
		return nil, nil
	}
	sealed, err := seal(placeOf(table, rowKey), plain)
	if err != nil {
		return nil, sealedFault(fmt.Errorf("seal: %w", err))
	}
	return sealed, nil
}

func placeOf(table, rowKey string) vault.Place {
	return vault.Place{Table: table, Column: protectedColumn, RowKey: rowKey}
}

// open reads a protected column of what belongs to no organisation into v; nil
// leaves v as it is.
func (s *Store) open(table, rowKey string, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	plain, err := s.vault.Open(placeOf(table, rowKey), sealed)
	if err != nil {
		return sealedFault(fmt.Errorf("open protected %s: %w", table, err))
	}
	return decode(table, plain, v)
}

// openIn reads a protected column that the owner's key seals into v; nil leaves
// v as it is. A value that another owner's key seals was moved here.
func (s *Store) openIn(tx *gorm.DB, o owner, table, rowKey string, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	plain, err := s.openBytes(tx, o, table, rowKey, sealed)
	if err != nil {
		return err
	}
	return decode(table, plain, v)
}

func (s *Store) openBytes(tx *gorm.DB, o owner, table, rowKey string, sealed []byte) ([]byte, error) {
	id, err := vault.KeyID(sealed)
	if err != nil {
		return nil, fmt.Errorf("open protected %s: %w", table, err)
	}
	open := s.vault.Open // of the first version, which knows no owners
	if id != "" {
		k, err := s.keyByID(tx, id)
		if err != nil {
			return nil, fmt.Errorf("open protected %s: %w", table, err)
		}
		if !o.owns(k) {
			return nil, fmt.Errorf("open protected %s: %w", table, vault.ErrOpen)
		}
		open = k.Open
	}
	plain, err := open(placeOf(table, rowKey), sealed)
	if err != nil {
		return nil, sealedFault(fmt.Errorf("open protected %s: %w", table, err))
	}
	return plain, nil
}

// sealIn makes the protected column under the owner's key.
func (s *Store) sealIn(tx *gorm.DB, o owner, table, rowKey string, v any) ([]byte, error) {
	k, err := s.currentKey(tx, o)
	if err != nil {
		return nil, err
	}
	return s.sealUnder(k, table, rowKey, v)
}

// sealBytes makes a protected column of bytes as they are; what reads them
// knows how long they were.
func (s *Store) sealBytes(tx *gorm.DB, o owner, table, rowKey string, data []byte) ([]byte, error) {
	k, err := s.currentKey(tx, o)
	if err != nil {
		return nil, err
	}
	sealed, err := k.Seal(placeOf(table, rowKey), data)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", table, err)
	}
	return sealed, nil
}

func decode(table string, plain []byte, v any) error {
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("decode protected %s: %w", table, err)
	}
	return nil
}
