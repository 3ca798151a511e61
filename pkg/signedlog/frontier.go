// Package signedlog is the growing log over all events of the record: a Merkle tree after RFC 6962 with a leaf for each event, and signed
// checkpoints of it (C2SP tlog-checkpoint). Whoever keeps a checkpoint sees later that nothing before it was changed.
package signedlog

import (
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"spotcheck/pkg/evidence"
)

// Leaf is the hash of an event in the tree. What is hashed are the 32 bytes of the event's own hash, which covers its stream, its place there, the
// event before it and its content.
func Leaf(event evidence.Digest) tlog.Hash { return tlog.RecordHash(event[:]) }

// Frontier is the right edge of a tree: the roots of its whole subtrees, largest first, which is all that is needed to let it grow. The zero
// Frontier is an empty tree.
type Frontier struct {
	size  int64
	peaks []tlog.Hash
}

// ReadFrontier reads the right edge of a tree of so many leaves.
func ReadFrontier(size int64, r tlog.HashReader) (*Frontier, error) {
	f := &Frontier{size: size}
	if size == 0 {
		return f, nil
	}
	var indexes []int64
	for rest := size; rest > 0; {
		level := bits.Len64(uint64(rest)) - 1
		indexes = append(indexes, tlog.StoredHashIndex(level, (size-rest)>>level))
		rest -= 1 << level
	}
	peaks, err := r.ReadHashes(indexes)
	f.peaks = peaks
	return f, err
}

// Size is the number of leaves.
func (f *Frontier) Size() int64 { return f.size }

// Append adds a leaf and gives the hashes that it completes, in the order in which they are stored (tlog.StoredHashIndex): itself first.
func (f *Frontier) Append(leaf tlog.Hash) []tlog.Hash {
	stored := []tlog.Hash{leaf}
	for range bits.TrailingZeros64(^uint64(f.size)) {
		last := len(f.peaks) - 1
		leaf = tlog.NodeHash(f.peaks[last], leaf)
		f.peaks = f.peaks[:last]
		stored = append(stored, leaf)
	}
	f.peaks = append(f.peaks, leaf)
	f.size++
	return stored
}

// Root is the root of the tree; that of an empty one is the hash of nothing.
func (f *Frontier) Root() tlog.Hash {
	last := len(f.peaks) - 1
	if last < 0 {
		root, _ := tlog.TreeHash(0, nil) // reads nothing
		return root
	}
	root := f.peaks[last]
	for n := last - 1; n >= 0; n-- {
		root = tlog.NodeHash(f.peaks[n], root)
	}
	return root
}

// SizeOf is the number of leaves of a tree by the index of its last stored hash, -1 for an empty one.
func SizeOf(lastIndex int64) int64 {
	if lastIndex < 0 {
		return 0
	}
	level, n := tlog.SplitStoredHashIndex(lastIndex)
	return (n + 1) << level
}

// LeftSteps says of each step of the proof of a leaf, from the leaf upwards, whether its hash stands on the left (RFC 9162 §2.1.3.2).
func LeftSteps(size, leaf int64, steps int) []bool {
	left := make([]bool, 0, steps)
	for at, last := leaf, size-1; len(left) < steps; at, last = at>>1, last>>1 {
		if at&1 == 0 && at == last { // it has no neighbour here: the node is carried up
			for ; at&1 == 0 && at != 0; at, last = at>>1, last>>1 {
			}
		}
		left = append(left, at&1 == 1)
	}
	return left
}
