package messages

import (
	"context"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// partContacts are who fixes for the unit of a part that was given, or for those whose reply is late.
func partContacts(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) (all []inspect.ID, err error) {
	for n := range row.Parts {
		if p := &row.Parts[n]; p.ID == e.ActionID || e.Type == inspect.AlertPart && p.Open() && p.DueAt <= tx.Now {
			people, err := Contacts(ctx, tx, p.Unit)
			if err != nil {
				return nil, err
			}
			all = append(all, people...)
		}
	}
	return all, nil
}
