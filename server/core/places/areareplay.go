package places

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

func LoadImports(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	imports, err := tx.AppliedAreaImports(ctx)
	for n := range imports {
		i := &imports[n]
		rows[evidence.Stream{Kind: store.StreamImport, ID: i.ID.String()}] = &ledger.Row{Body: importBody(i), CreatedAt: i.AppliedAt, ChangedAt: i.AppliedAt}
	}
	return err
}
