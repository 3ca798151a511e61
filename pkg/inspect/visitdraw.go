package inspect

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// VisitDraw is how it was decided whether a fix is looked at on site, where its category may be verified by photo (rules.md, "Verification"). Whoever
// has the record can draw again.
type VisitDraw struct {
	Seed  string `json:"seed"`  // that the server drew when the fix came
	Share int    `json:"share"` // of fixes that are visited, in %
	Visit bool   `json:"visit"`
}

// DrawVisit decides for the fix of an issue: it is visited when the first eight bytes of the SHA-256 of "seed/issue/action", read as
// a number, leave a remainder under share when divided by 100.
func DrawVisit(seed string, share int, issue, action ID) *VisitDraw {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%s", seed, issue, action))
	return &VisitDraw{Seed: seed, Share: share, Visit: binary.BigEndian.Uint64(sum[:])%100 < uint64(max(share, 0))}
}
