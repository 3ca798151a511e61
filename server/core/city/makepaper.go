package city

import (
	"errors"
)

// ErrNotYet means that a job needs what another one has still to make.
var ErrNotYet = errors.New("city: not yet")
