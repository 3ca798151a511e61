// Package purego stands in for github.com/ebitengine/purego (see the replace line of the main go.mod), by which the
// decoders of HEIC and AVIF would open a library of the system, foreign machine code of any version, in place of the one
// that they bring. It opens nothing, so that they always take their own. What they need of the original is here; when a
// new version of theirs needs more, it does not compile.
package purego

import "errors"

// RTLD_NOW and RTLD_GLOBAL are named as in the original.
const (
	RTLD_NOW    = 2
	RTLD_GLOBAL = 0x100
)

// ErrClosed is why nothing is opened.
var ErrClosed = errors.New("no library of the system is opened")

// Dlopen opens nothing.
func Dlopen(string, int) (uintptr, error) { return 0, ErrClosed }

// RegisterLibFunc breaks down, which the decoders catch and take as an absent library: on Windows they open it without
// asking Dlopen.
func RegisterLibFunc(any, uintptr, string) { panic(ErrClosed) }
