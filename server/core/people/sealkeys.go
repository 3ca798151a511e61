package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// SealKey is the key by which the devices of a person seal what they keep of theirs: the same at each log-in, so that nothing is lost by logging out, and
// nobody else's. It protects from who uses the device next; whoever reads the database has what would be sent anyway.
func (svc *Service) SealKey(ctx context.Context, a *inspect.Actor) (key []byte, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if key, err = sealKey(ctx, tx, a.ID); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogKeyGiven, Person: a.ID, Address: a.Address})
	})
	return key, err
}

// sealKey derives the key of a person; within the transaction, since the first one makes what all are derived from.
func sealKey(ctx context.Context, tx *store.Tx, person inspect.ID) ([]byte, error) {
	root, err := tx.SealRoot(ctx)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, root)
	h.Write([]byte("device of "))
	h.Write(person[:])
	return h.Sum(nil), nil
}
