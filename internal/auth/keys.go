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
)

// Keys derives one key per purpose from the root secret (S20).
type Keys struct{ root []byte }

// keyFile is the form on disk.
type keyFile struct {
	Version int    `json:"version"`
	Root    string `json:"root"` // base64
}

// LoadOrCreateKeys reads the root secret, or makes it at the first start. It
// refuses a file others may read and, unless allowInside, a file inside the
// data directory: who copies the data must not get the keys.
func LoadOrCreateKeys(path, dataDir string, allowInside bool) (*Keys, error) {
	if inside, err := within(path, dataDir); err != nil {
		return nil, err
	} else if inside && !allowInside {
		return nil, fmt.Errorf("key file %s lies inside the data directory; set FARWATCH_KEY_FILE to a path elsewhere", path)
	}
	keys, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	return keys, err
}

func read(path string) (*Keys, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read by others; run: chmod 600 %s", path, path)
	}
	var file keyFile
	if err := json.Unmarshal(data, &file); err != nil || file.Version != 1 {
		return nil, fmt.Errorf("key file %s is damaged; put back its backup", path)
	}
	root, err := base64.StdEncoding.DecodeString(file.Root)
	if err != nil || len(root) != 32 {
		return nil, fmt.Errorf("key file %s is damaged; put back its backup", path)
	}
	return &Keys{root: root}, nil
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
func create(path string) (*Keys, error) {
	root := make([]byte, 32)
	if _, err := rand.Read(root); err != nil {
		return nil, fmt.Errorf("draw root secret: %w", err)
	}
	data, err := json.Marshal(keyFile{Version: 1, Root: base64.StdEncoding.EncodeToString(root)})
	if err != nil {
		return nil, fmt.Errorf("encode key file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make key directory: %w", err)
	}
	err = writeNew(path, append(data, '\n'))
	if errors.Is(err, fs.ErrExist) {
		return read(path)
	}
	if err != nil {
		return nil, fmt.Errorf("make key file: %w", err)
	}
	return &Keys{root: root}, nil
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
	out, err := hkdf.Key(sha256.New, k.root, nil, "farwatch/v1/"+label, 32)
	if err != nil { // only for lengths beyond 255 hashes
		panic(err)
	}
	return [32]byte(out)
}
