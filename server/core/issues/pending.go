package issues

import (
	"context"
	"fmt"

	"spotcheck/server/store"
)

// settledAtOnce is how many issues one transaction looks at.
const settledAtOnce = 100

// SettlePending finds out what waits in issues of which a migration could not tell. What it did is done; it may come again.
func (svc *Service) SettlePending(ctx context.Context) error {
	for more := true; more; {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, err := tx.IssuesOfUnknownPending(ctx, settledAtOnce)
			if more = len(ids) == settledAtOnce; err != nil || len(ids) == 0 {
				return err
			}
			rows, err := tx.LockedIssues(ctx, ids)
			if err != nil {
				return err
			}
			for n := range rows {
				if err := tx.SetPending(ctx, &rows[n]); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return fmt.Errorf("issues: settle what is pending: %w", err)
		}
	}
	return nil
}
