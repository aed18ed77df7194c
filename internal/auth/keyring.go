package auth

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"farwatch/models"
)

// firstRoot is the id of the root key of a file that was never rotated.
const firstRoot = "root"

// Roots are the root keys, the one in use first.
func (k *Keys) Roots() []models.RootKey {
	if len(k.roots) == 0 {
		return []models.RootKey{{ID: firstRoot, Key: k.Derive("vault")}}
	}
	return slices.Clone(k.roots)
}

// ErrCredential refuses to change a key file that systemd hands over.
var ErrCredential = errors.New("the key file is a credential of systemd and cannot be changed here: " +
	"decrypt it to a file outside the data directory, name that file with -key-file or FARWATCH_KEY_FILE, run the command, then encrypt it anew (docs/keys.md)")

// Credential tells whether systemd hands the file over.
func (k *Keys) Credential() bool { return k.credential }

// Sealed tells whether the file asks for a passphrase.
func (k *Keys) Sealed() bool { return k.passphrase != "" }

// Forget drops the root keys and the passphrase from memory: a server needs
// neither once its vault is open. What is derived for other purposes stays.
func (k *Keys) Forget() { k.roots, k.passphrase, k.loaded = nil, "", nil }

// AddRoot puts a new root key to use and saves the file. The older ones stay to
// open what they wrapped.
func (k *Keys) AddRoot() error {
	raw := make([]byte, 8+32)
	if _, err := rand.Read(raw); err != nil {
		return fmt.Errorf("draw root key: %w", err)
	}
	fresh := models.RootKey{ID: hex.EncodeToString(raw[:8]), Key: [32]byte(raw[8:])}
	next := *k
	next.roots = append([]models.RootKey{fresh}, k.Roots()...)
	return k.become(next)
}

// DropRoots forgets the root keys but those that are needed, and saves the file
// if that changes it. The one in use stays in any case.
func (k *Keys) DropRoots(needed func(id string) bool) (dropped int, err error) {
	roots := k.Roots()
	next := *k
	next.roots = append([]models.RootKey(nil), roots[0])
	for _, r := range roots[1:] {
		if needed(r.ID) {
			next.roots = append(next.roots, r)
		}
	}
	if dropped = len(roots) - len(next.roots); dropped == 0 {
		return 0, nil
	}
	return dropped, k.become(next)
}

// SetPassphrase seals the file with a passphrase, or with "" opens it for good,
// and saves it.
func (k *Keys) SetPassphrase(passphrase string) error {
	next := *k
	next.passphrase = passphrase
	return k.become(next)
}

// become saves other keys in place of these, and takes them once they are on
// the disk.
func (k *Keys) become(next Keys) error {
	if k.credential {
		return ErrCredential
	}
	data, err := next.encode()
	if err != nil {
		return err
	}
	if err := replaceFile(k.path, k.loaded, data); err != nil {
		return fmt.Errorf("save key file: %w", err)
	}
	next.loaded = data
	*k = next
	return nil
}

// encode is the file as it lies on the disk.
func (k *Keys) encode() ([]byte, error) {
	data, err := k.plain()
	if err != nil || k.passphrase == "" {
		return data, err
	}
	return sealFile(data, k.passphrase)
}

func (k *Keys) plain() ([]byte, error) {
	file := keyFile{Version: 1, Root: base64.StdEncoding.EncodeToString(k.base)}
	for _, r := range k.roots {
		file.Version = 2
		file.Roots = append(file.Roots, keyRoot{ID: r.ID, Key: base64.StdEncoding.EncodeToString(r.Key[:])})
	}
	data, err := json.Marshal(file)
	if err != nil {
		return nil, fmt.Errorf("encode key file: %w", err)
	}
	return append(data, '\n'), nil
}

// sealedHead begins every sealed file.
const sealedHead = "age-encryption.org/v1"

func isSealed(data []byte) bool { return bytes.HasPrefix(data, []byte(sealedHead)) }

// sealWork is the scrypt work of a passphrase: 2^18, which takes 256 MiB and
// about a second for each guess. Tests take less.
var sealWork = 18

func sealFile(plain []byte, passphrase string) ([]byte, error) {
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("seal key file: %w", err)
	}
	to.SetWorkFactor(sealWork)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, fmt.Errorf("seal key file: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("seal key file: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal key file: %w", err)
	}
	return out.Bytes(), nil
}

// maxKeyFile bounds what is read: a key file holds a few keys.
const maxKeyFile = 1 << 20

// ErrPassphrase says that a passphrase is not the right one.
var ErrPassphrase = errors.New("this is not the passphrase of the key file")

func unsealFile(data []byte, passphrase string) ([]byte, error) {
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, ErrPassphrase
	}
	r, err := age.Decrypt(bytes.NewReader(data), identity)
	if err != nil {
		return nil, ErrPassphrase
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("key file is damaged; put back its backup: %w", err)
	}
	return plain, nil
}

// errOtherWriter: two changes of a key file at once would lose a key.
var errOtherWriter = errors.New("somebody else has just changed the key file; try again")

// staleLock is how old the lock of a change is that was killed.
const staleLock = time.Minute

// replaceFile puts a new content in place of the one that was read, all of it
// or nothing.
func replaceFile(path string, old, data []byte) (err error) {
	path, err = filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	lock := path + ".lock"
	if info, err := os.Stat(lock); err == nil && time.Since(info.ModTime()) > staleLock {
		_ = os.Remove(lock) // whoever is first makes it anew below
	}
	held, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return errOtherWriter
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Close(), os.Remove(lock)) }()
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, old) {
		return errors.Join(err, errOtherWriter)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
