package ledger

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/server/store"
)

// Proofs are the heads of some streams as the last checkpoint has them.
type Proofs struct {
	Date     string // of the checkpoint; empty before the first
	Document []byte // the checkpoint in its canonical form
	Streams  map[evidence.Stream]*evidence.Inclusion
}

// ProveStreams proves the heads of some streams under the last checkpoint; a stream that began after it has no proof. It reads every head of the
// record once, whatever is asked for.
func (svc *Service) ProveStreams(ctx context.Context, wanted map[evidence.Stream]bool) (p Proofs, err error) {
	p.Streams = map[evidence.Stream]*evidence.Inclusion{}
	taken, last, err := svc.lastCheckpoint(ctx)
	if err != nil || !taken {
		return p, err
	}
	p.Date = last.Date
	if p.Document, err = last.Canonical(); err != nil {
		return p, err
	}
	var tree evidence.MerkleTree
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.EachHeadAt(ctx, last.Events, func(s evidence.Stream, h evidence.Head) error {
			if !wanted[s] {
				return tree.Add(s, h)
			}
			proof, err := tree.AddProven(s, h)
			p.Streams[s] = proof
			return err
		})
	})
	tree.Close()
	return p, err
}
