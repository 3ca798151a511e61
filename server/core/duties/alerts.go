package duties

import (
	"context"

	"spotcheck/server/store"
)

// RoundTheClock says whether the limit of an issue cannot wait for the morning (pkg/inspect/rules.md, "Clock").
func RoundTheClock(ctx context.Context, tx *store.Tx, row *store.IssueRow) (bool, error) {
	limit, err := limitOf(ctx, tx, row)
	return limit.RoundTheClock(), err
}
