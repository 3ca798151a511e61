package audit

import (
	"context"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// mapCounts holds the counts of the map against the issues.
func (a *auditor) mapCounts(ctx context.Context, tx *store.Tx) error {
	all, err := tx.MapMiscounts(ctx, issues.MiscountsShown)
	for _, m := range all {
		a.wrong("map", "cell %d of level %d counts %d issues of the area %d, there are %d, or they lie elsewhere", m.Cell, m.Level, m.Stored, m.Area, m.Counted)
	}
	return err
}
