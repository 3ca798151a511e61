package city

import (
	"errors"
	"spotcheck/pkg/inspect"
	"spotcheck/server/blob"
)

// AsUnavailable turns what a blob store says into what a phone can act on.
func AsUnavailable(err error) error {
	if errors.Is(err, blob.ErrUnavailable) {
		return inspect.ErrUnavailable.Because(err)
	}
	return err
}
