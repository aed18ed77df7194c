// Package backup writes and reads the sealed archive of an instance: a tar of
// the database and the evidence files, with a signed list of its members,
// encrypted to keys that the server does not have.
package backup

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
)

// ErrNoRecipient says that there is nobody to encrypt to. A backup is never
// written in the clear instead.
var ErrNoRecipient = errors.New("FARWATCH_BACKUP_RECIPIENTS is empty: make a key pair on another machine with `age-keygen -pq`, " +
	"keep the secret part there, and set the public part (age1…) here")

// ParseRecipients reads public keys, separated by commas, or the file that
// holds them one a line. Keys of age are age1…, post-quantum ones age1pq1….
func ParseRecipients(setting string) ([]age.Recipient, error) {
	setting = strings.TrimSpace(setting)
	if setting == "" {
		return nil, ErrNoRecipient
	}
	text := strings.ReplaceAll(setting, ",", "\n")
	if !strings.HasPrefix(setting, "age1") {
		data, err := os.ReadFile(setting)
		if err != nil {
			return nil, fmt.Errorf("FARWATCH_BACKUP_RECIPIENTS is neither age1… nor a file that can be read: %w", err)
		}
		text = string(data)
	}
	recipients, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("FARWATCH_BACKUP_RECIPIENTS: %w", err)
	}
	return recipients, nil
}

// ReadIdentities reads the secret keys that open a backup.
func ReadIdentities(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read identity: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	identities, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("read identity %s: %w", path, err)
	}
	return identities, nil
}
