package auth

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"farwatch/models"
)

// Keys are what the key file holds: the base secret, of which one key is
// derived per purpose (S20), and the root keys that wrap data keys (S34).
type Keys struct {
	path       string
	base       []byte
	roots      []models.RootKey // the one in use first
	passphrase string           // of a sealed file; "" where the file is not sealed
	loaded     []byte           // the file as it was read
	credential bool             // systemd hands the file over
}

// keyFile is the form on disk. The first version has no roots: its root key is
// derived from the base secret.
type keyFile struct {
	Version int       `json:"version"`
	Root    string    `json:"root"` // base secret, base64
	Roots   []keyRoot `json:"roots,omitempty"`
}

type keyRoot struct {
	ID  string `json:"id"`
	Key string `json:"key"` // base64
}

// KeyOptions say where the key file is, and how to ask for the passphrase of a
// sealed one.
type KeyOptions struct {
	Path        string
	DataDir     string
	AllowInside bool
	// Credential: systemd hands the file to this service alone. It is never made
	// or changed here, and its mode tells of systemd's own access list.
	Credential bool
	Passphrase func() (string, error)
}

// LoadOrCreateKeys is OpenKeys where nobody can be asked for a passphrase.
func LoadOrCreateKeys(path, dataDir string, allowInside bool) (*Keys, error) {
	return OpenKeys(KeyOptions{Path: path, DataDir: dataDir, AllowInside: allowInside})
}

// OpenKeys reads the key file, or makes it at the first start. It refuses a file
// others may read and, unless AllowInside, a file inside the data directory: who
// copies the data must not get the keys.
func OpenKeys(o KeyOptions) (*Keys, error) {
	if inside, err := within(o.Path, o.DataDir); err != nil {
		return nil, err
	} else if inside && !o.AllowInside {
		return nil, fmt.Errorf("key file %s lies inside the data directory; set FARWATCH_KEY_FILE to a path elsewhere", o.Path)
	}
	keys, err := read(o)
	switch {
	case errors.Is(err, fs.ErrNotExist) && o.Credential:
		return nil, fmt.Errorf("the credential %s is not there: name it in LoadCredential= or LoadCredentialEncrypted= of the service", filepath.Base(o.Path))
	case errors.Is(err, fs.ErrNotExist):
		return create(o)
	}
	return keys, err
}

func read(o KeyOptions) (*Keys, error) {
	data, err := os.ReadFile(o.Path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	info, err := os.Stat(o.Path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 && !o.Credential {
		return nil, fmt.Errorf("key file %s can be read by others; run: chmod 600 %s", o.Path, o.Path)
	}
	k := &Keys{path: o.Path, loaded: data, credential: o.Credential}
	plain := data
	if isSealed(data) {
		if o.Passphrase == nil {
			return nil, fmt.Errorf("key file %s is sealed with a passphrase; name a file with it in FARWATCH_KEY_PASSPHRASE_FILE", o.Path)
		}
		if k.passphrase, err = o.Passphrase(); err != nil {
			return nil, err
		}
		if plain, err = unsealFile(data, k.passphrase); err != nil {
			return nil, err
		}
	}
	if err := k.parse(plain); err != nil {
		return nil, fmt.Errorf("key file %s is damaged; put back its backup", o.Path)
	}
	return k, nil
}

// parse reads what a key file holds.
func (k *Keys) parse(plain []byte) error {
	var file keyFile
	if err := json.Unmarshal(plain, &file); err != nil {
		return err
	}
	if file.Version != 1 && file.Version != 2 {
		return errors.New("unknown version")
	}
	base, err := base64.StdEncoding.DecodeString(file.Root)
	if err != nil || len(base) != 32 {
		return errors.New("no base secret")
	}
	k.base, k.roots = base, nil
	for _, r := range file.Roots {
		raw, err := base64.StdEncoding.DecodeString(r.Key)
		if err != nil || len(raw) != 32 || r.ID == "" {
			return errors.New("bad root key")
		}
		k.roots = append(k.roots, models.RootKey{ID: r.ID, Key: [32]byte(raw)})
	}
	return nil
}

// within tells whether path lies in dir, wherever links lead.
func within(path, dir string) (bool, error) {
	realPath, err := resolve(path)
	if err != nil {
		return false, fmt.Errorf("key file: %w", err)
	}
	realDir, err := resolve(dir)
	if err != nil {
		return false, fmt.Errorf("data directory: %w", err)
	}
	rel, err := filepath.Rel(realDir, realPath)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../"), nil
}

// resolve follows the links of a path whose end may not be there yet.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	missing := ""
	for {
		found, err := filepath.EvalSymlinks(path)
		if err == nil {
			return filepath.Join(found, missing), nil
		}
		parent := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || parent == path {
			return "", err
		}
		path, missing = parent, filepath.Join(filepath.Base(path), missing)
	}
}

// create makes a secret unless somebody else has just done so.
func create(o KeyOptions) (*Keys, error) {
	k := &Keys{path: o.Path, base: make([]byte, 32)}
	if _, err := rand.Read(k.base); err != nil {
		return nil, fmt.Errorf("draw root secret: %w", err)
	}
	data, err := k.encode()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return nil, fmt.Errorf("make key directory: %w", err)
	}
	err = writeNew(o.Path, data)
	if errors.Is(err, fs.ErrExist) {
		return read(o)
	}
	if err != nil {
		return nil, fmt.Errorf("make key file: %w", err)
	}
	k.loaded = data
	return k, nil
}

// writeNew gives data its name once it is safely on disk, so that a crash never
// leaves half of it; a link, unlike a rename, overwrites nothing. Errors:
// fs.ErrExist.
func writeNew(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // a name of its own by then, or of no use
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Derive makes the key of one purpose.
func (k *Keys) Derive(label string) [32]byte {
	out, err := hkdf.Key(sha256.New, k.base, nil, "farwatch/v1/"+label, 32)
	if err != nil { // only for lengths beyond 255 hashes
		panic(err)
	}
	return [32]byte(out)
}
