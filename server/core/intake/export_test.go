package intake

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// MadeAtOnce is how many rows become issues in one transaction.
const MadeAtOnce = madeAtOnce

// Maker gives one transaction of an import, so that a benchmark can measure it alone.
func (svc *Service) Maker(ctx context.Context, done IssueImport, by inspect.Actor, land *places.AreaIndex) (func(context.Context) (int, error), error) {
	m := issueMaker{intake: svc}
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		m.IssueImport, m.who, m.land = done.IssueImport, by, land
		m.orders, err = svc.ordersOf(ctx, tx, &m.IssueImport)
		return err
	})
	return func(ctx context.Context) (int, error) { return m.some(ctx, madeAtOnce) }, err
}
