// Package disk asks the machine about its disk: how much room is left, and who
// holds a folder.
package disk

import (
	"errors"
	"fmt"
	"os"
)

// ErrHeld says that another program holds the lock.
var ErrHeld = errors.New("another program holds the lock")

// ErrUnknown says that this system does not tell.
var ErrUnknown = errors.New("this system does not tell")

// Least is S53: the room below which nothing is saved any more, the larger of
// 1 GiB and a twentieth of the disk.
func Least(total uint64) uint64 { return max(1<<30, total/20) }

// Lock is held until it is let go or the program ends, however it ends.
type Lock struct{ f *os.File }

// Hold takes the lock of a file, which is made where it is missing. Errors: ErrHeld.
func Hold(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Lock{f}, nil
}

// Release lets go.
func (l *Lock) Release() error { return l.f.Close() }
