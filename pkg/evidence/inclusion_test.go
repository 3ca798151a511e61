package evidence_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"spotcheck/pkg/evidence"
)

// TestInclusion proves every head of trees of every size, and nothing else.
func TestInclusion(t *testing.T) {
	t.Parallel()
	for size := range 40 {
		var plain, tree evidence.MerkleTree
		var proofs []*evidence.Inclusion
		for n := range size {
			s, h := evidence.Stream{Kind: "issue", ID: fmt.Sprintf("%03d", n)}, evidence.Head{N: int64(n + 1), Hash: sha256.Sum256([]byte{byte(n)})}
			if err := plain.Add(s, h); err != nil {
				t.Fatal(err)
			}
			if n%3 == 2 { // between those that are proven
				if err := tree.Add(s, h); err != nil {
					t.Fatal(err)
				}
				continue
			}
			proof, err := tree.AddProven(s, h)
			if err != nil {
				t.Fatal(err)
			}
			proofs = append(proofs, proof)
		}
		root := tree.Close()
		if root != plain.Root() {
			t.Errorf("%d streams: got the root %s, want %s", size, root, plain.Root())
		}
		for _, p := range proofs {
			if p.Root() != root {
				t.Errorf("%d streams: %s leads to %s, want %s", size, p.Stream, p.Root(), root)
			}
			other := *p
			other.Head.N++
			if other.Root() == root {
				t.Errorf("%d streams: another head of %s leads to the root as well", size, p.Stream)
			}
		}
	}
}
