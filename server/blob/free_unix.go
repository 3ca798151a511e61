//go:build linux || darwin || freebsd

package blob

import (
	"fmt"
	"syscall"
)

// Free is how many bytes are left to us on the disk of a folder.
func Free(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}

// SameDisk says whether two folders lie on one disk.
func SameDisk(a, b string) (bool, error) {
	var of [2]syscall.Stat_t
	for n, dir := range []string{a, b} {
		if err := syscall.Stat(dir, &of[n]); err != nil {
			return false, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	return of[0].Dev == of[1].Dev, nil
}
