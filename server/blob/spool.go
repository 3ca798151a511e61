package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// spoolAge is older than any upload that is still under way, here or in another process that shares the folder.
const spoolAge = time.Hour

// OpenSpool makes the folder of a spool and removes what a crash left there.
func OpenSpool(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return SweepSpool(dir)
}

// SweepSpool removes what a crash left in a spool.
func SweepSpool(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < spoolAge {
			continue // another process may have taken it just now
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// PingSpool writes a small file into a spool and takes it away.
func PingSpool(dir string) error {
	f, err := os.CreateTemp(dir, "ping-*")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	_, err = f.Write([]byte("ping"))
	if err := errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}
