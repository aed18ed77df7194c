package backup

import (
	"cmp"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"farwatch/models"
)

// LedgerName is the file beside the backups that lists what was erased. A
// backup from before holds it still, and a restore erases it again.
const LedgerName = "erasures.json"

// ErrLedger says that the list of erasures is not what was written.
var ErrLedger = errors.New("the list of erasures was altered, or written by another instance")

const ledgerFor = "farwatch/erasures/v1\n"

type ledger struct {
	Erasures json.RawMessage `json:"erasures"`
	Sig      string          `json:"sig"`
}

// WriteLedger adds erasures to the list in a folder. What is listed there stays:
// the database may be one that was restored from before.
func WriteLedger(dir string, erasures []models.Erasure, key ed25519.PrivateKey) error {
	path := filepath.Join(dir, LedgerName)
	listed, err := ReadLedger(path, ed25519.PublicKey(key[ed25519.SeedSize:]))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	byRef := map[string]models.Erasure{}
	for _, e := range slices.Concat(erasures, listed) {
		byRef[e.Ref] = e
	}
	if len(byRef) == len(listed) && err == nil {
		return nil
	}
	all := slices.SortedFunc(maps.Values(byRef), func(a, b models.Erasure) int { return cmp.Compare(a.Ref, b.Ref) })
	lines, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("encode erasures: %w", err)
	}
	data, err := json.Marshal(ledger{lines, hex.EncodeToString(ed25519.Sign(key, append([]byte(ledgerFor), lines...)))})
	if err != nil {
		return fmt.Errorf("encode erasures: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make backup directory: %w", err)
	}
	return Replace(path, data)
}

// largestLedger is far above a million erasures.
const largestLedger = 512 << 20

// ReadLedger reads and checks a list. Errors: ErrLedger.
func ReadLedger(path string, key ed25519.PublicKey) ([]models.Erasure, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	data, err := io.ReadAll(io.LimitReader(f, largestLedger))
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", err)
	}
	var l ledger
	if err := json.Unmarshal(data, &l); err != nil {
		return nil, errors.Join(ErrLedger, err)
	}
	sig, err := hex.DecodeString(l.Sig)
	if err != nil || !ed25519.Verify(key, append([]byte(ledgerFor), l.Erasures...), sig) {
		return nil, ErrLedger
	}
	var erasures []models.Erasure
	if err := json.Unmarshal(l.Erasures, &erasures); err != nil {
		return nil, errors.Join(ErrLedger, err)
	}
	return erasures, nil
}

// Replace gives a small file new content, all of it or none.
func Replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return fmt.Errorf("replace file: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("replace file: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return SyncFolder(filepath.Dir(path))
}
