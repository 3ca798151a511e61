package people

import (
	"context"
	"fmt"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

func LoadPeople(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	history, err := tx.GrantHistory(ctx)
	if err != nil {
		return err
	}
	amiss, err := looksAmiss(ctx, tx)
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
				Owner: p.ID, Texts: personTexts(p), CreatedAt: p.CreatedAt, ChangedAt: p.UpdatedAt, Grants: history[p.ID], Amiss: amiss[p.ID]}
		}
		if after = next; next == 0 {
			return nil
		}
	}
}

// looksAmiss are the accounts that are kept to look like something else than their names do. Those of older programs are kept in a form that looks the same.
func looksAmiss(ctx context.Context, tx *store.Tx) (map[inspect.ID]string, error) {
	amiss := map[inspect.ID]string{}
	return amiss, tx.EachLook(ctx, func(id inspect.ID, name, look string) error {
		if inspect.AccountLook(look) != inspect.AccountLook(name) {
			amiss[id] = fmt.Sprintf("the account %s is kept to look like %q", name, look)
		}
		return nil
	})
}
