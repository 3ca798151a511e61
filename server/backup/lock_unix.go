//go:build unix

package backup

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock keeps two backups out of one folder, and a restore from reading what a backup tidies. It ends with the process.
func lock(path string, mode lockMode) (unlock func(), err error) {
	flags, how := os.O_RDONLY, syscall.LOCK_SH
	if mode == exclusive {
		flags, how = os.O_RDONLY|os.O_CREATE, syscall.LOCK_EX
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if mode == shared && errors.Is(err, fs.ErrNotExist) { // a copy of the folder without its lock
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(errors.New("another backup or restore is using this folder"), f.Close())
	}
	return func() { _ = f.Close() }, nil
}
