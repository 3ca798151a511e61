//go:build !linux

package decoder

import "syscall"

// dieWithParent can do nothing here: a child that is left alone ends when it has decoded and nobody reads.
func dieWithParent() *syscall.SysProcAttr { return nil }
