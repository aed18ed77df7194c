package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"filippo.io/age"

	"farwatch/models"
)

// Mailbox lets somebody who has the key file hand root keys to a running
// server through the database. Its key lives in the server's memory only, so
// that what lies in the database is noise once the server is gone.
type Mailbox struct{ identity *age.X25519Identity }

// NewMailbox makes one with a new key.
func NewMailbox() (*Mailbox, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make mailbox: %w", err)
	}
	return &Mailbox{identity}, nil
}

// Recipient is what others encrypt to.
func (m *Mailbox) Recipient() string { return m.identity.Recipient().String() }

// Offer encrypts root keys to a recipient.
func Offer(recipient string, roots []models.RootKey) (string, error) {
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return "", fmt.Errorf("read recipient of keys: %w", err)
	}
	data, err := json.Marshal(roots)
	if err != nil {
		return "", fmt.Errorf("encode keys: %w", err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return "", fmt.Errorf("offer keys: %w", err)
	}
	if _, err := w.Write(data); err != nil {
		return "", fmt.Errorf("offer keys: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("offer keys: %w", err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// maxOffer bounds what is read: a key file holds a few keys.
const maxOffer = 1 << 20

// Read opens an offer.
func (m *Mailbox) Read(offer string) ([]models.RootKey, error) {
	data, err := base64.StdEncoding.DecodeString(offer)
	if err != nil {
		return nil, fmt.Errorf("read offered keys: %w", err)
	}
	r, err := age.Decrypt(bytes.NewReader(data), m.identity)
	if err != nil {
		return nil, fmt.Errorf("read offered keys: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxOffer))
	if err != nil {
		return nil, fmt.Errorf("read offered keys: %w", err)
	}
	var roots []models.RootKey
	if err := json.Unmarshal(plain, &roots); err != nil || len(roots) == 0 {
		return nil, fmt.Errorf("read offered keys: not a list of keys")
	}
	return roots, nil
}
