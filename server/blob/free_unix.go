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
