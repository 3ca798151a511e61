package photos

import (
	"context"
	"errors"
	"os"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// KeepOriginal makes bytes that a register names safe, in the order of photos: spooled while hashed, checked, durable in the blob store, then on record
// by one transaction with the registers locked. It may come any number of times.
func (svc *Service) KeepOriginal(ctx context.Context, u Upload, check func(*os.File) error, record func(context.Context, *store.Tx) error) error {
	if err := svc.checkRoom(u.Length); err != nil {
		return err
	}
	spooled, err := svc.spool(u)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(spooled.Name()) }() // the spool is swept
	defer func() { _ = spooled.Close() }()
	if err := check(spooled); err != nil {
		return err
	}
	for {
		if err := svc.blobs.PutFile(ctx, OriginalKey(u.SHA256), spooled.Name(), u.Length); err != nil {
			return city.AsUnavailable(err)
		}
		err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockRegisters(ctx); err != nil {
				return err
			}
			if swept, err := tx.SweepMarked(ctx, u.SHA256); err != nil {
				return err
			} else if swept {
				return errSwept
			}
			return record(ctx, tx)
		})
		if !errors.Is(err, errSwept) {
			return err
		}
		select { // the same bytes are just being removed: put them again
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return inspect.ErrUnavailable.Because(ctx.Err())
		}
	}
}
