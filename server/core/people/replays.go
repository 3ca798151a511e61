package people

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

func LoadPeople(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	history, err := tx.GrantHistory(ctx)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		people, next, err := tx.People(ctx, "", after, ledger.EventPage)
		if err != nil {
			return err
		}
		for n := range people {
			p := &people[n]
			rows[evidence.Stream{Kind: store.StreamPerson, ID: p.ID.String()}] = &ledger.Row{Body: map[string]any{"disabled": p.Disabled},
				Owner: p.ID, Texts: personTexts(p), CreatedAt: p.CreatedAt, ChangedAt: p.UpdatedAt, Grants: history[p.ID]}
		}
		if after = next; next == 0 {
			return nil
		}
	}
}
