package duties

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

func LoadRules(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachRule(ctx, func(v inspect.Rule) error {
		rows[evidence.Stream{Kind: store.StreamRule, ID: ruleKey(&v)}] = &ledger.Row{Body: ruleBody(&v), CreatedAt: v.CreatedAt, ChangedAt: v.CreatedAt}
		return nil
	})
}

func LoadSuspensions(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	suspensions, err := tx.Suspensions(ctx, 0)
	for n := range suspensions {
		v := &suspensions[n]
		rows[evidence.Stream{Kind: store.StreamSuspension, ID: v.ID.String()}] = &ledger.Row{Body: suspensionBody(v), CreatedAt: v.CreatedAt, ChangedAt: v.UpdatedAt}
	}
	return err
}
