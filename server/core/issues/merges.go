package issues

import (
	"context"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// FindVisible gives an issue if it is there and the actor sees it.
func FindVisible(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (row store.IssueRow, ok bool, err error) {
	if id.IsZero() {
		return row, false, nil
	}
	row, err = Visible(ctx, tx, a, id, inspect.MaySee)
	if f, known := fault.As(err); known && f.Kind == fault.NotFound {
		return row, false, nil
	}
	return row, err == nil, err
}
