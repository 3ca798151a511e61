package places

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

func LoadTrees(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	units, err := tx.Units(ctx)
	if err != nil {
		return err
	}
	for n := range units {
		u := &units[n]
		rows[evidence.Stream{Kind: store.StreamUnit, ID: u.ID.String()}] = &ledger.Row{Body: unitBody(u), Owner: u.ID, Texts: unitTexts(u),
			CreatedAt: u.CreatedAt, ChangedAt: u.UpdatedAt}
	}
	areas, err := tx.Areas(ctx)
	for n := range areas {
		v := &areas[n]
		rows[evidence.Stream{Kind: store.StreamArea, ID: v.ID.String()}] = &ledger.Row{Body: areaBody(v), CreatedAt: v.CreatedAt, ChangedAt: v.UpdatedAt}
	}
	return err
}

func LoadCategories(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	categories, err := tx.Categories(ctx)
	for n := range categories {
		v := &categories[n]
		rows[evidence.Stream{Kind: store.StreamCategory, ID: v.Code}] = &ledger.Row{Body: categoryBody(v), CreatedAt: v.CreatedAt, ChangedAt: v.UpdatedAt}
	}
	return err
}
