package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/store"
)

// logBatch is how many events go into the log in one transaction.
const logBatch = 256

// AppendLog lets the log grow by every event that came since, in the order of the change feed. Each transaction takes some of them whole, so that
// there is never a gap, and two copies of the server append the same.
func (svc *Service) AppendLog(ctx context.Context) error {
	for more := true; more; {
		if behind, err := svc.logBehind(ctx); err != nil || !behind {
			return err
		}
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			last, err := tx.LastLogHash(ctx)
			if err != nil {
				return err
			}
			tree, err := signedlog.ReadFrontier(signedlog.SizeOf(last), hashReader(ctx, tx))
			if err != nil {
				return fmt.Errorf("ledger: the edge of the log: %w", err)
			}
			events, err := tx.LoggedEvents(ctx, tree.Size(), logBatch)
			if err != nil {
				return err
			}
			var hashes []evidence.Digest
			for _, e := range events {
				if e.Seq != tree.Size()+1 {
					return fmt.Errorf("ledger: the record lacks event %d, the log cannot go on: spotcheck audit says more", tree.Size()+1)
				}
				for _, hash := range tree.Append(signedlog.Leaf(e.Hash)) {
					hashes = append(hashes, evidence.Digest(hash))
				}
			}
			more = len(events) == logBatch
			return tx.AppendLog(ctx, last+1, hashes)
		}); err != nil {
			return err
		}
	}
	return nil
}

// logBehind says whether there are events that the log does not hold.
func (svc *Service) logBehind(ctx context.Context) (behind bool, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		last, err := tx.LastLogHash(ctx)
		if err != nil {
			return err
		}
		seq, err := tx.LastSeq(ctx)
		behind = seq > signedlog.SizeOf(last)
		return err
	})
	return behind, err
}

// hashReader reads the stored hashes of the log.
func hashReader(ctx context.Context, tx *store.Tx) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found, err := tx.LogHashes(ctx, indexes)
		all := make([]tlog.Hash, len(found))
		for n := range found {
			all[n] = tlog.Hash(found[n])
		}
		return all, err
	})
}

// KeepLog appends what happened since and signs it, where there is a key to sign with.
func (svc *Service) KeepLog(ctx context.Context) error {
	if !svc.keys.Signs() {
		return svc.AppendLog(ctx)
	}
	_, err := svc.SignLog(ctx)
	return err
}

// SignLog appends what happened since and gives a signed checkpoint of the log as it is then. It signs nothing that does not continue what was
// signed before.
func (svc *Service) SignLog(ctx context.Context) (signed store.LogCheckpoint, err error) {
	if !svc.keys.Signs() {
		return signed, inspect.ErrNoLogKey
	}
	if err := svc.AppendLog(ctx); err != nil {
		return signed, err
	}
	next, last, err := svc.nextLogCheckpoint(ctx)
	if err != nil || last.Size == next.Size {
		return last, err
	}
	note, err := next.Sign(svc.keys.Signer)
	if err != nil {
		return signed, err
	}
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveLogCheckpoint(ctx, store.LogCheckpoint{Size: next.Size, At: tx.Now, Note: string(note)})
	}); err != nil {
		return signed, err
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		signed, _, err = tx.LastLogCheckpoint(ctx) // another copy of the server may have been first
		return err
	})
	return signed, err
}

// nextLogCheckpoint is the log as it is now, and the last checkpoint, which it continues; the zero one before the first.
func (svc *Service) nextLogCheckpoint(ctx context.Context) (next signedlog.Checkpoint, last store.LogCheckpoint, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		index, err := tx.LastLogHash(ctx)
		if err != nil {
			return err
		}
		hashes := hashReader(ctx, tx)
		if next.Size = signedlog.SizeOf(index); next.Size == 0 {
			return inspect.ErrNoLogCheckpoint
		}
		if next.Root, err = tlog.TreeHash(next.Size, hashes); err != nil {
			return err
		}
		if next.Origin, err = logOrigin(hashes); err != nil {
			return err
		}
		signed := false
		if last, signed, err = tx.LastLogCheckpoint(ctx); err != nil || !signed {
			return err
		}
		before, err := signedlog.Open([]byte(last.Note), svc.keys.Public())
		if err != nil {
			return inspect.ErrLogSigner.Because(err)
		}
		if before.Size > next.Size || before.Origin != next.Origin {
			return inspect.ErrLogForked
		}
		root, err := tlog.TreeHash(before.Size, hashes)
		if err == nil && root != before.Root {
			err = inspect.ErrLogForked
		}
		return err
	})
	return next, last, err
}

// logOrigin names the log, by its first leaf.
func logOrigin(hashes tlog.HashReader) (string, error) {
	first, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, 0)})
	if errors.Is(err, store.ErrNoLogHash) {
		return "", inspect.ErrNoLogCheckpoint
	}
	if err != nil {
		return "", err
	}
	return signedlog.Origin(first[0]), nil
}
