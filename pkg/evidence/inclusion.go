package evidence

// Inclusion proves that the head of a stream lies under a root (RFC 9162 §2.1.3): what stands beside the way from its leaf upwards.
type Inclusion struct {
	Stream Stream
	Head   Head
	Steps  []InclusionStep // from the leaf upwards
}

// InclusionStep is the hash beside the way, and on which side of it that stands.
type InclusionStep struct {
	Left bool
	Hash Digest
}

// Root is the root that the proof leads to.
func (i *Inclusion) Root() Digest {
	root := leaf(i.Stream, i.Head)
	for _, step := range i.Steps {
		if step.Left {
			root = node(step.Hash, root)
		} else {
			root = node(root, step.Hash)
		}
	}
	return root
}

// AddProven takes the head of the next stream as Add does, and proves it once the tree is closed.
func (t *MerkleTree) AddProven(s Stream, h Head) (*Inclusion, error) {
	i := &Inclusion{Stream: s, Head: h}
	return i, t.add(s, h, []*Inclusion{i})
}

// Close ends the proofs and gives the root. Nothing is added after it.
func (t *MerkleTree) Close() Digest {
	for n := len(t.peaks); n > 1; n-- {
		t.peaks = append(t.peaks[:n-2], joined(t.peaks[n-2], t.peaks[n-1]))
	}
	return t.Root()
}
