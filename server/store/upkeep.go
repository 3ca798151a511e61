package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// Upkeep is how far work on the whole installation is that goes on by itself: Cursor is where it goes on, empty when it has been
// done once.
type Upkeep struct {
	Cursor string
	DoneAt inspect.Time
}

// Upkeep gives how far a work is; the zero one when it was never begun.
func (tx *Tx) Upkeep(ctx context.Context, name string) (u Upkeep, err error) {
	_, err = ignoreNoRows(tx.row(ctx, "SELECT cursor, done_at FROM upkeep WHERE name = ?", name).Scan(&u.Cursor, &u.DoneAt))
	return u, err
}

// SetUpkeep notes how far a work is.
func (tx *Tx) SetUpkeep(ctx context.Context, name string, u Upkeep) error {
	return tx.exec(ctx, `INSERT INTO upkeep (name, cursor, done_at) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, done_at = excluded.done_at`, name, u.Cursor, int64(u.DoneAt))
}
