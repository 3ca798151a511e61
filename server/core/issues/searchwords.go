package issues

import (
	"context"
	"fmt"

	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// FileWords asks for issues to be filed anew that older programs filed under words that were folded otherwise.
type FileWords struct{}

// Kind names the job.
func (FileWords) Kind() string { return "issues.words" }

// Queue keeps it apart: it looks at every issue of a city.
func (FileWords) Queue() string { return city.UpkeepQueue }

// Unique is that one is enough.
func (FileWords) Unique() bool { return true }

// filedAtOnce is how many issues one transaction files.
const filedAtOnce = 50

// FileWords files every issue once under its words as they are folded now. It may run any number of times and by several copies at once.
func (svc *Service) FileWords(ctx context.Context) error {
	done := false
	for after, reached := int64(0), int64(0); !done; after = reached { // a transaction may run more than once
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			filed, err := tx.WordsFiled(ctx)
			if done = filed; err != nil || filed {
				return err
			}
			ids, next, err := tx.IssuesAfter(ctx, after, filedAtOnce)
			if err != nil {
				return err
			}
			if len(ids) == 0 {
				done = true
				return tx.SetWordsFiled(ctx)
			}
			rows, err := tx.LockedIssues(ctx, ids)
			if err != nil {
				return err
			}
			for n := range rows {
				if err := tx.FileWords(ctx, &rows[n]); err != nil {
					return err
				}
			}
			reached = next
			return nil
		}); err != nil {
			return fmt.Errorf("issues: file words: %w", err)
		}
	}
	return nil
}
