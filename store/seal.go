package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"farwatch/internal/vault"
	"farwatch/models"
)

// Protected members of each entity, as they are sealed together.
type (
	protectedIncident struct {
		InternalNote *string `json:",omitempty"`
		Site         *string `json:",omitempty"`
	}
	protectedTarget struct {
		RolesRestricted    []string         `json:",omitempty"`
		ResponseRestricted *string          `json:",omitempty"`
		Identity           *models.Identity `json:",omitempty"`
	}
	protectedPerpetrator struct {
		PersonName *string `json:",omitempty"`
	}
	// protectedSource holds the whole source when its kind is not public.
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
	// protectedEvidence holds the whole entry when its kind is restricted.
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

// seal makes the protected column; nothing to protect gives nil.
func (s *Store) seal(table, rowKey string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode protected %s: %w", table, err)
	}
	if string(plain) == "{}" {
		return nil, nil
	}
	sealed, err := s.vault.Seal(vault.Place{Table: table, Column: protectedColumn, RowKey: rowKey}, plain)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed, nil
}

// open reads the protected column into v; nil leaves v as it is.
func (s *Store) open(table, rowKey string, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	plain, err := s.vault.Open(vault.Place{Table: table, Column: protectedColumn, RowKey: rowKey}, sealed)
	if err != nil {
		return fmt.Errorf("open protected %s: %w", table, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("decode protected %s: %w", table, err)
	}
	return nil
}
