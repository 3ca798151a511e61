//go:build unix

package main

import "syscall"

// private lets nobody but who runs the program read what it writes, whatever the folder lets.
func private() { syscall.Umask(0o077) }
