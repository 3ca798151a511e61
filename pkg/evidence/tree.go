package evidence

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
)

// MerkleTree computes one root over the heads of all streams: the Merkle tree hash of RFC 6962 §2.1, with 0x00 before a leaf
// and 0x01 before a node. A leaf is the tag "spotcheck.head.v1", stream kind, stream id, number of the last event and
// its hash. The zero Tree is ready; it keeps one digest for each bit of the count.
type MerkleTree struct {
	count int64
	last  Stream
	peaks []peak // the full subtrees, largest first
}

// peak is a full subtree: its root, and what is to be proven of it.
type peak struct {
	root   Digest
	proven []*Inclusion
}

// Add takes the head of the next stream. Streams come in the order of kind, then id, by their bytes, each once.
func (t *MerkleTree) Add(s Stream, h Head) error { return t.add(s, h, nil) }

func (t *MerkleTree) add(s Stream, h Head, proven []*Inclusion) error {
	if t.count > 0 && !t.last.before(s) {
		return fmt.Errorf("evidence: tree: %s comes after %s", s, t.last)
	}
	t.last = s
	t.peaks = append(t.peaks, peak{leaf(s, h), proven})
	for range bits.TrailingZeros64(^uint64(t.count)) {
		n := len(t.peaks)
		t.peaks = append(t.peaks[:n-2], joined(t.peaks[n-2], t.peaks[n-1]))
	}
	t.count++
	return nil
}

// joined is the subtree over two.
func joined(left, right peak) peak {
	for _, i := range left.proven {
		i.Steps = append(i.Steps, InclusionStep{Hash: right.root})
	}
	for _, i := range right.proven {
		i.Steps = append(i.Steps, InclusionStep{Left: true, Hash: left.root})
	}
	return peak{node(left.root, right.root), append(left.proven, right.proven...)}
}

// Streams is how many heads were added.
func (t *MerkleTree) Streams() int64 { return t.count }

// Root is the root over what was added so far; over nothing it is the SHA-256 of nothing.
func (t *MerkleTree) Root() Digest {
	n := len(t.peaks)
	if n == 0 {
		return sha256.Sum256(nil)
	}
	root := t.peaks[n-1].root
	for i := n - 2; i >= 0; i-- {
		root = node(t.peaks[i].root, root)
	}
	return root
}

func leaf(s Stream, h Head) Digest {
	b := encoding{0}
	b.text("spotcheck.head.v1")
	b.text(s.Kind)
	b.text(s.ID)
	b.number(h.N)
	b.digest(h.Hash)
	return sha256.Sum256(b)
}

func node(left, right Digest) Digest {
	b := encoding{1}
	b.digest(left)
	b.digest(right)
	return sha256.Sum256(b)
}

// Snapshot finds the root as it was after one event of the whole record, from events in the order of stream, then
// number. With it an auditor computes again what a checkpoint claims.
type Snapshot struct {
	upTo    int64
	tree    MerkleTree
	stream  Stream
	head    Head
	lastSeq int64
}

// SnapshotAt begins a snapshot after the event with the number seq in the whole record.
func SnapshotAt(seq int64) *Snapshot { return &Snapshot{upTo: seq} }

// Add takes the next event; those that came after the snapshot are passed over.
func (s *Snapshot) Add(r RecordedEvent) error {
	if r.Seq > s.upTo {
		return nil
	}
	if s.head.N > 0 && r.Stream != s.stream {
		if err := s.tree.Add(s.stream, s.head); err != nil {
			return err
		}
	}
	s.stream, s.head = r.Stream, Head{N: r.N, Hash: r.Hash}
	s.lastSeq = max(s.lastSeq, r.Seq)
	return nil
}

// End gives the number of streams, their root and the highest event number up to the snapshot. Call it once.
func (s *Snapshot) End() (streams int64, root Digest, lastSeq int64, err error) {
	if s.head.N > 0 {
		err = s.tree.Add(s.stream, s.head)
	}
	streams, root = s.tree.Streams(), s.tree.Root()
	return streams, root, s.lastSeq, err
}
