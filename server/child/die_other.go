//go:build !linux

package child

import "syscall"

// dieWithParent can do nothing here: a child that is left alone ends when it is done and nobody reads.
func dieWithParent() *syscall.SysProcAttr { return nil }
