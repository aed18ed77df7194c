package backup

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// format of the archive.
const format = 1

// Names of members.
const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
	// Database is the member that holds the copy of the database.
	Database = "database"
	// FilesFolder stands before the name of each evidence file.
	FilesFolder = "files/"
)

// Manifest says what a backup holds. It is signed.
type Manifest struct {
	Format  int              `json:"format"`
	Program string           `json:"program"`
	Dialect string           `json:"dialect"`
	Schema  int64            `json:"schema"`
	At      time.Time        `json:"at"`
	Tables  map[string]int64 `json:"tables"` // rows of each
	Audit   Head             `json:"audit"`
	// Erasures is how far the ledger of erasures had got; absent where there is none.
	Erasures *int64   `json:"erasures,omitempty"`
	Members  []Member `json:"members"`
	// Elsewhere are evidence files that other storage holds: they are not in the backup.
	Elsewhere []Remote `json:"elsewhere,omitempty"`
	// Missing are evidence files that the database names and the storage lacks.
	Missing []string `json:"missing,omitempty"`
}

// Head is the last link of the audit chain.
type Head struct {
	Seq int64  `json:"seq"`
	MAC string `json:"mac"`
}

// Member is a file of the archive.
type Member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Remote is an evidence file in other storage, with the hash of what arrived.
type Remote struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// What is wrong with a backup.
var (
	ErrIdentity  = errors.New("the identity does not open this backup: it was encrypted to another key")
	ErrAltered   = errors.New("the backup is altered or cut short; take another one")
	ErrSignature = errors.New("the signature does not fit the key file: it was written by another instance or is forged")
)

var goodMember = regexp.MustCompile(`^(database|files/[0-9a-f]{32})$`)

const signedFor = "farwatch/backup/v1\n"

// sign makes the manifest's bytes and their signature.
func (m Manifest) sign(key ed25519.PrivateKey) (data, signature []byte, err error) {
	data, err = json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, nil, fmt.Errorf("encode manifest: %w", err)
	}
	return data, []byte(hex.EncodeToString(ed25519.Sign(key, append([]byte(signedFor), data...)))), nil
}

// readManifest checks the signature, unless key is nil, and then the content.
func readManifest(data, signature []byte, key ed25519.PublicKey) (Manifest, error) {
	raw, err := hex.DecodeString(string(signature))
	if err != nil {
		return Manifest{}, ErrAltered
	}
	if key != nil && !ed25519.Verify(key, append([]byte(signedFor), data...), raw) {
		return Manifest{}, ErrSignature
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, errors.Join(ErrAltered, err)
	}
	if m.Format != format {
		return Manifest{}, fmt.Errorf("the backup has format %d and this program knows %d: use the newer Farwatch", m.Format, format)
	}
	return m, nil
}

// holds tells whether the members that were read are those of the list, in full.
func (m Manifest) holds(read []Member) bool {
	if len(read) != len(m.Members) {
		return false
	}
	for i, want := range m.Members {
		if read[i] != want {
			return false
		}
	}
	return true
}
