package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// pendingUnknown is set where a migration could not tell what is pending.
const pendingUnknown = 1024

// IssuesOfUnknownPending gives at most so many issues of which a migration could not tell what waits.
func (tx *Tx) IssuesOfUnknownPending(ctx context.Context, most int) ([]inspect.ID, error) {
	return list(ctx, tx, func(r scanner) (id inspect.ID, err error) {
		err = r.Scan((*uid)(&id))
		return id, err
	}, "SELECT i.uid FROM issue i WHERE i.pending > 0 AND (i.pending & ?) <> 0 ORDER BY i.id LIMIT ?", pendingUnknown, most)
}

// PendingBits gives what waits in an issue as its row has it; known is false where a migration could not tell and nobody has found out since.
func (tx *Tx) PendingBits(ctx context.Context, i *IssueRow) (bits int64, known bool, err error) {
	err = tx.row(ctx, "SELECT pending FROM issue WHERE id = ?", i.id).Scan(&bits)
	return bits, bits&pendingUnknown == 0, err
}

// SetPending writes what waits in an issue that is locked.
func (tx *Tx) SetPending(ctx context.Context, i *IssueRow) error {
	return tx.execOne(ctx, "UPDATE issue SET pending = ? WHERE id = ?", i.PendingBits(), i.id)
}
