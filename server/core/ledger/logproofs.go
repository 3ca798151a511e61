package ledger

import (
	"context"
	"crypto/ed25519"

	"golang.org/x/mod/sumdb/tlog"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/store"
)

// SignedCheckpoint is the last checkpoint of the log, with what it says and the key that it is checked with.
type SignedCheckpoint struct {
	signedlog.Checkpoint
	At   inspect.Time
	Note string            // as it was signed
	Key  ed25519.PublicKey // that signed it, nil where it is not known here
}

// LogProof proves that an event is a leaf under a signed checkpoint.
type LogProof struct {
	Checkpoint SignedCheckpoint
	Seq        int64 // of the event in the whole record; its leaf has the index before it
	Event      evidence.Digest
	Steps      []evidence.InclusionStep // from the leaf upwards
}

// LastSigned is the last signed checkpoint.
func (svc *Service) LastSigned(ctx context.Context) (c SignedCheckpoint, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err = svc.lastSigned(ctx, tx)
		return err
	})
	return c, err
}

func (svc *Service) lastSigned(ctx context.Context, tx *store.Tx) (c SignedCheckpoint, err error) {
	last, signed, err := tx.LastLogCheckpoint(ctx)
	if err != nil {
		return c, err
	}
	if !signed {
		return c, inspect.ErrNoLogCheckpoint
	}
	c = SignedCheckpoint{At: last.At, Note: last.Note, Key: svc.keys.Of([]byte(last.Note))}
	c.Checkpoint, err = signedlog.Parse([]byte(last.Note))
	return c, err
}

// ProveConsistency proves that the log of one size is the beginning of that of another.
func (svc *Service) ProveConsistency(ctx context.Context, from, to int64) (proof []evidence.Digest, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		last, err := tx.LastLogHash(ctx)
		if err != nil {
			return err
		}
		if from < 1 || from > to || to > signedlog.SizeOf(last) {
			return inspect.ErrLogSizes
		}
		hashes, err := tlog.ProveTree(to, from, hashReader(ctx, tx))
		proof = make([]evidence.Digest, len(hashes))
		for n := range hashes {
			proof[n] = evidence.Digest(hashes[n])
		}
		return err
	})
	return proof, err
}

// ProveEvent proves that the log holds an event, under the last signed checkpoint.
func (svc *Service) ProveEvent(ctx context.Context, tx *store.Tx, seq int64) (p LogProof, err error) {
	c, err := svc.lastSigned(ctx, tx)
	if err != nil {
		return p, err
	}
	return ProveUnder(ctx, tx, c, seq)
}

// ProveUnder proves that the log holds an event, under a signed checkpoint.
func ProveUnder(ctx context.Context, tx *store.Tx, c SignedCheckpoint, seq int64) (p LogProof, err error) {
	p.Checkpoint = c
	if seq > c.Size {
		return p, inspect.ErrNotYetLogged
	}
	events, err := tx.LoggedEvents(ctx, seq-1, 1)
	if err != nil {
		return p, err
	}
	if len(events) == 0 || events[0].Seq != seq {
		return p, inspect.ErrNotFound
	}
	hashes, err := tlog.ProveRecord(c.Size, seq-1, hashReader(ctx, tx))
	if err != nil {
		return p, err
	}
	p.Seq, p.Event = seq, events[0].Hash
	for n, left := range signedlog.LeftSteps(c.Size, seq-1, len(hashes)) {
		p.Steps = append(p.Steps, evidence.InclusionStep{Left: left, Hash: evidence.Digest(hashes[n])})
	}
	return p, nil
}
