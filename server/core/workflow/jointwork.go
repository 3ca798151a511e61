package workflow

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// ofOwnPart refuses a reply for another unit. A part that the issue does not have is for the rule to refuse.
func ofOwnPart(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.IssueRow, ask *ActionRequest) error {
	p := row.Part(ask.Part)
	if p == nil {
		return nil
	}
	if own, err := issues.RepliesTo(ctx, tx, a, p); err != nil || own {
		return err
	}
	return inspect.ErrForbidden.With("A part is replied to by the unit that has it.")
}
