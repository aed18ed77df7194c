package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// ErrMissing says that nothing is stored under a name.
var ErrMissing = errors.New("the stored file is missing")

// Blob is a stored file, closed after use.
type Blob interface {
	io.ReaderAt
	io.Closer
}

// Storage keeps sealed files under random names. Nothing in it is ever changed.
type Storage interface {
	Put(ctx context.Context, name string, sealed []byte) error
	// Open answers the file and its size. Errors: ErrMissing.
	Open(ctx context.Context, name string) (Blob, int64, error)
	// Delete removes the file; one that is gone already is no error.
	Delete(ctx context.Context, name string) error
}

var goodName = regexp.MustCompile(`^[0-9a-f]{32}$`)

// OpenStorage makes the storage of a setting: empty is the folder, else
// s3://KEY:SECRET@host/bucket, with ?insecure=true for plain HTTP on this
// machine.
func OpenStorage(setting, folder string) (Storage, error) {
	if setting == "" {
		return newDisk(folder)
	}
	u, err := ParseS3(setting)
	if err != nil {
		return nil, err
	}
	secret, _ := u.User.Password()
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Secure: u.Query().Get("insecure") != "true", Region: u.Query().Get("region"),
	})
	if err != nil {
		return nil, fmt.Errorf("open S3 storage: %w", err)
	}
	return &bucket{client: client, name: u.Path[1:]}, nil
}

// ParseS3 checks the setting.
func ParseS3(setting string) (*url.URL, error) {
	u, err := url.Parse(setting)
	bad := errors.New("is not s3://KEY:SECRET@host/bucket; leave it empty to keep files in the data directory")
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User == nil || !regexp.MustCompile(`^/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`).MatchString(u.Path) {
		return nil, bad
	}
	if _, given := u.User.Password(); !given {
		return nil, bad
	}
	if host := u.Hostname(); u.Query().Get("insecure") == "true" && host != "localhost" && host != "127.0.0.1" {
		return nil, errors.New("may be insecure on this machine only; use TLS")
	}
	return u, nil
}

// disk keeps files in one folder.
type disk struct{ root *os.Root }

func newDisk(folder string) (*disk, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of files: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open folder of files: %w", err)
	}
	return &disk{root}, nil
}

// Put writes under another name, syncs, and renames: a file is whole or not
// there.
func (d *disk) Put(_ context.Context, name string, sealed []byte) error {
	if !goodName.MatchString(name) {
		return fmt.Errorf("store file: bad name")
	}
	temporary := name + ".part"
	f, err := d.root.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	_, err = f.Write(sealed)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = d.root.Rename(temporary, name)
	}
	if err != nil {
		return fmt.Errorf("store file: %w", errors.Join(err, d.root.Remove(temporary)))
	}
	return d.syncFolder()
}

// syncFolder makes the new name outlive a power cut.
func (d *disk) syncFolder() error {
	folder, err := os.Open(filepath.Clean(d.root.Name()))
	if err != nil {
		return fmt.Errorf("sync folder of files: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync folder of files: %w", err)
	}
	return nil
}

func (d *disk) Open(_ context.Context, name string) (Blob, int64, error) {
	if !goodName.MatchString(name) {
		return nil, 0, ErrMissing
	}
	f, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrMissing
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open stored file: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("size of stored file: %w", err), f.Close())
	}
	return f, info.Size(), nil
}

func (d *disk) Delete(_ context.Context, name string) error {
	if !goodName.MatchString(name) {
		return nil
	}
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete stored file: %w", err)
	}
	return nil
}

// Names lists what lies in a folder of sealed files, finished ones only; a
// folder that is not there has none.
func Names(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list stored files: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && goodName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// bucket keeps files in an S3-compatible store.
type bucket struct {
	client *minio.Client
	name   string
}

func (b *bucket) Put(ctx context.Context, name string, sealed []byte) error {
	_, err := b.client.PutObject(ctx, b.name, name, bytes.NewReader(sealed), int64(len(sealed)), minio.PutObjectOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	return nil
}

func (b *bucket) Open(ctx context.Context, name string) (Blob, int64, error) {
	info, err := b.client.StatObject(ctx, b.name, name, minio.StatObjectOptions{})
	if minio.ToErrorResponse(err).Code == "NoSuchKey" {
		return nil, 0, ErrMissing
	}
	if err != nil {
		return nil, 0, fmt.Errorf("look for stored file: %w", err)
	}
	object, err := b.client.GetObject(ctx, b.name, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, fmt.Errorf("open stored file: %w", err)
	}
	return object, info.Size, nil
}

func (b *bucket) Delete(ctx context.Context, name string) error {
	if err := b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete stored file: %w", err)
	}
	return nil
}
