//go:build unix

package app

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// takeFolder keeps a second server off a database that one process writes. The file says who has it; the lock ends with the process.
func takeFolder(path string) (leave func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		who := make([]byte, 200)
		n, _ := f.ReadAt(who, 0) // what it says is a help only
		return nil, errors.Join(fmt.Errorf("another server runs on this folder: %s", strings.TrimSpace(string(who[:n]))), f.Close())
	}
	host, err := os.Hostname()
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "process %d on %s\n", os.Getpid(), host), 0)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("app: %w", err), f.Close())
	}
	return f.Close, nil
}
