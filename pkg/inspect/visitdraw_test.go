package inspect_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"

	"spotcheck/pkg/inspect"
)

// TestWhoeverHasTheRecordDrawsAgain works the remainder out by itself: a fix is visited when it lies under the share.
func TestWhoeverHasTheRecordDrawsAgain(t *testing.T) {
	zeros := 0
	for n := range 400 {
		issue, action := id("issue"), id(fmt.Sprint("fix ", n))
		sum := sha256.Sum256([]byte("seed/" + issue.String() + "/" + action.String()))
		rest := int(binary.BigEndian.Uint64(sum[:8]) % 100)
		if rest == 0 {
			zeros++
		}
		for share, want := range map[int]bool{-1: false, 0: false, rest: false, rest + 1: true, 100: true} {
			if d := inspect.DrawVisit("seed", share, issue, action); d.Visit != want || d.Seed != "seed" || d.Share != share {
				t.Fatalf("remainder %d, share %d: %+v", rest, share, *d)
			}
		}
	}
	if zeros == 0 {
		t.Error("no remainder was 0: the test does not reach it")
	}
}
