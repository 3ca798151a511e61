package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// copyTime is how long after a checkpoint was taken its copy may still be on the way to the blob store.
const copyTime = time.Minute

// checkpoints holds the record against every checkpoint, those of the database against those of the blob store, and an
// outside copy against both.
func (a *auditor) checkpoints(ctx context.Context, tx *store.Tx, outside []byte, w *expectedFiles) error {
	var all []evidence.Checkpoint
	if err := tx.EachCheckpoint(ctx, func(date string, body []byte) error {
		w.checkpoints[ledger.CheckpointKey(date)] = true
		c, err := evidence.ParseCheckpoint(body)
		if err == nil && c.Date != date {
			err = fmt.Errorf("it says that it is of %s", c.Date)
		}
		if err != nil {
			a.wrong("checkpoint/"+date, "cannot be read: %v", err)
			return nil
		}
		a.sum.Checkpoints++
		all = append(all, c)
		return a.copyOf(ctx, c)
	}); err != nil {
		return err
	}
	a.findings(evidence.VerifyCheckpoints(func(yield func(evidence.Checkpoint) bool) {
		for _, c := range all {
			if !yield(c) {
				return
			}
		}
	}))
	if outside != nil {
		c, err := evidence.ParseCheckpoint(outside)
		if err != nil {
			return fmt.Errorf("the checkpoint to compare with: %w", err)
		}
		a.outside(c, all)
		all = append(all, c)
	}
	return a.snapshots(ctx, tx, all)
}

// outside holds a copy that was kept elsewhere against those that are kept here.
func (a *auditor) outside(c evidence.Checkpoint, all []evidence.Checkpoint) {
	for _, own := range all {
		if own.Date == c.Date {
			a.findings(own.CompareCopy(c))
			return
		}
	}
	a.wrong("checkpoint/"+c.Date, "the outside copy is of a day of which nothing is kept here any more")
}

// copyOf compares a checkpoint with its copy in the blob store.
func (a *auditor) copyOf(ctx context.Context, c evidence.Checkpoint) error {
	key := ledger.CheckpointKey(c.Date)
	r, _, err := a.core.blobs.Open(ctx, key)
	if errors.Is(err, blob.ErrNotExist) {
		if a.core.now().Sub(c.MadeAt) > copyTime {
			a.wrong(key, "the copy of the checkpoint beside the photos is missing")
		}
		return nil
	}
	if err != nil {
		return city.AsUnavailable(err)
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return city.AsUnavailable(err)
	}
	kept, err := evidence.ParseCheckpoint(raw)
	if err != nil {
		a.wrong(key, "the copy of the checkpoint beside the photos cannot be read: %v", err)
		return nil
	}
	same, err := c.CompareCopy(kept)
	if err != nil {
		return err
	}
	for range same {
		a.wrong(key, "the checkpoint and its copy beside the photos differ")
	}
	return nil
}

// strayCheckpoint tells of a copy whose checkpoint is gone, also as the rows say now.
func (a *auditor) strayCheckpoint(ctx context.Context, key string, w *expectedFiles) error {
	if w.checkpoints[key] {
		return nil
	}
	known := false
	err := a.again(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.EachCheckpoint(ctx, func(date string, _ []byte) error {
			known = known || ledger.CheckpointKey(date) == key
			return nil
		})
	})
	if err == nil && !known {
		a.wrong(key, "the checkpoint of this copy is not in the database")
	}
	return err
}

func (a *auditor) findings(all []evidence.Finding, err error) {
	if err != nil {
		a.wrong("checkpoint", "%v", err)
	}
	for _, f := range all {
		a.wrong("checkpoint", "%s: %s", f.Fault, f.Detail)
	}
}

// snapshots computes the root at each checkpoint again, all in one walk over the events.
func (a *auditor) snapshots(ctx context.Context, tx *store.Tx, all []evidence.Checkpoint) error {
	shots := make([]*evidence.Snapshot, len(all))
	for n, c := range all {
		shots[n] = evidence.SnapshotAt(c.Events)
	}
	if len(all) == 0 {
		return nil
	}
	if err := tx.EachEvent(ctx, a.sum.LastEvent, func(e store.RecordedEvent) error {
		for _, s := range shots {
			if err := s.Add(e.RecordedEvent); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for n, c := range all {
		a.findings(c.CompareRecord(shots[n]))
	}
	return nil
}
