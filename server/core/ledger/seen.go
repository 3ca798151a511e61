package ledger

import "spotcheck/pkg/inspect"

// CheckSeen refuses a change of a row by somebody who saw another state of it. seen is when the row was last changed as they saw it, 0
// where they do not say; changedAt is when it was, and is of no matter where the row is not there.
func CheckSeen(seen inspect.Time, there bool, changedAt inspect.Time) error {
	if seen == 0 || there && seen == changedAt {
		return nil
	}
	return inspect.ErrRowChanged
}
