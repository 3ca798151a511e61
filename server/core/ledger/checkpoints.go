package ledger

import (
	"context"
	"errors"

	"spotcheck/pkg/evidence"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// CheckpointKey is where the checkpoint of a day lies.
func CheckpointKey(date string) string { return "checkpoint/" + date + ".json" }

// TakeCheckpoint takes the checkpoint of today in the city's zone, once a day, into the database and the blob store.
func (svc *Service) TakeCheckpoint(ctx context.Context) (evidence.Checkpoint, error) {
	date := svc.now().In(svc.zone).Format("2006-01-02")
	kept, last, err := svc.lastCheckpoint(ctx)
	if err != nil {
		return last, err
	}
	if kept { // a kill may have come between the row and its copy
		if err := svc.copyCheckpoint(ctx, last); err != nil {
			return last, err
		}
	}
	if kept && last.Date >= date {
		return last, nil
	}
	if last, err = svc.newCheckpoint(ctx, date, kept, last); err != nil {
		return last, err
	}
	return last, svc.copyCheckpoint(ctx, last)
}

// copyCheckpoint puts the copy that is missing. One that is there stays as it is: where it differs, an audit has to see it.
func (svc *Service) copyCheckpoint(ctx context.Context, kept evidence.Checkpoint) error {
	key := CheckpointKey(kept.Date)
	if _, err := svc.blobs.Stat(ctx, key); !errors.Is(err, blob.ErrNotExist) {
		return city.AsUnavailable(err)
	}
	body, err := kept.Canonical()
	if err != nil {
		return err
	}
	return city.AsUnavailable(svc.blobs.Put(ctx, key, body))
}

func (svc *Service) newCheckpoint(ctx context.Context, date string, kept bool, last evidence.Checkpoint) (evidence.Checkpoint, error) {
	next := evidence.Checkpoint{Schema: evidence.CheckpointSchema, Date: date, MadeAt: svc.now()}
	if kept {
		prev, err := last.Hash()
		if err != nil {
			return next, err
		}
		next.Prev = prev
	}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var tree evidence.MerkleTree
		var err error
		if next.Events, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if err := tx.EachHead(ctx, tree.Add); err != nil {
			return err
		}
		next.Streams, next.Root = tree.Streams(), tree.Root()
		return nil
	}); err != nil {
		return next, err
	}
	body, err := next.Canonical()
	if err != nil {
		return next, err
	}
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SaveCheckpoint(ctx, date, body) }); err != nil {
		return next, err
	}
	_, next, err = svc.lastCheckpoint(ctx) // another copy of the server may have been first
	return next, err
}

func (svc *Service) lastCheckpoint(ctx context.Context) (ok bool, last evidence.Checkpoint, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Checkpoints(ctx)
		if err != nil || len(all) == 0 {
			return err
		}
		ok = true
		last, err = evidence.ParseCheckpoint(all[len(all)-1])
		return err
	})
	return ok, last, err
}
