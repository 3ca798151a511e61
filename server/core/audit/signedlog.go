package audit

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// LastSigned is the last signed checkpoint of the growing log, for everybody: it says how many events there are, and nothing of them.
func (svc *Service) LastSigned(ctx context.Context) (ledger.SignedCheckpoint, error) {
	return svc.ledger.LastSigned(ctx)
}

// ProveConsistency proves to everybody that the log of one size is the beginning of that of another.
func (svc *Service) ProveConsistency(ctx context.Context, from, to int64) ([]evidence.Digest, error) {
	return svc.ledger.ProveConsistency(ctx, from, to)
}

// SignLog signs the log as it is now.
func (svc *Service) SignLog(ctx context.Context, a *inspect.Actor) (c ledger.SignedCheckpoint, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return c, inspect.ErrForbidden
	}
	if _, err := svc.ledger.SignLog(ctx); err != nil {
		return c, err
	}
	return svc.ledger.LastSigned(ctx)
}

// ProveEvent proves that the log holds an event of an issue that the actor may see; of any other stream to who may see the record.
func (svc *Service) ProveEvent(ctx context.Context, a *inspect.Actor, seq int64) (p ledger.LogProof, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		s, ok, err := tx.StreamOf(ctx, seq)
		if err != nil {
			return err
		}
		id, notAnIssue := inspect.ParseID(s.ID)
		switch {
		case a.MayAnywhere(inspect.MaySeeRecord) && ok:
		case !ok || s.Kind != store.StreamIssue || notAnIssue != nil:
			return inspect.ErrNotFound
		default:
			if _, err := issues.Visible(ctx, tx, a, id, inspect.MaySee); err != nil {
				return inspect.ErrNotFound // whose event it is has nobody to know
			}
		}
		p, err = svc.ledger.ProveEvent(ctx, tx, seq)
		return err
	})
	return p, err
}
