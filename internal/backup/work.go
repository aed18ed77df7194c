package backup

import (
	"fmt"
	"os"
	"path/filepath"
)

const workPattern = "farwatch-backup-"

// Workplace makes an empty folder in dir for the time of the work; the caller
// removes it.
func Workplace(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make folder for the copy: %w", err)
	}
	work, err := os.MkdirTemp(dir, workPattern)
	if err != nil {
		return "", fmt.Errorf("make folder for the copy: %w", err)
	}
	return work, nil
}

// Clean removes what a killed program left in dir.
func Clean(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, workPattern+"*"))
	if err != nil {
		return fmt.Errorf("find copies left behind: %w", err)
	}
	for _, name := range left {
		if err := os.RemoveAll(name); err != nil {
			return fmt.Errorf("remove copy left behind: %w", err)
		}
	}
	return nil
}
