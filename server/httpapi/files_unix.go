//go:build unix

package httpapi

import "syscall"

// fileLimit is how many files the system lets this program have open.
func fileLimit() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return leastFiles
	}
	return uint64(limit.Cur) // signed on some systems
}
