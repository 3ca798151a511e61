package inspect_test

import (
	"testing"

	"spotcheck/pkg/inspect"
)

// TestAClockThatCannotBeIsNoMoment: it is taken as it was said, and left out.
func TestAClockThatCannotBeIsNoMoment(t *testing.T) {
	for text, c := range map[string]struct{ impossible, refused bool }{
		"2026-11-24T01:00:00.000Z":  {false, false},
		"2026-11-24T09:00:00+08:00": {false, false},
		"2200-01-01T00:00:00Z":      {true, false},
		"2026-02-30T00:00:00Z":      {true, false},
		"20260-01-01T00:00:00Z":     {true, false},
		"soon":                      {false, true},
		"":                          {false, true},
	} {
		claim := inspect.Claim{Time: 7}
		err := claim.UnmarshalText([]byte(text))
		lost := claim.Drop([]inspect.DroppedClaim{{Field: "/before"}}, "/at")
		if (err != nil) != c.refused || (claim.Impossible == text && text != "") != c.impossible || (len(lost) == 2) != c.impossible {
			t.Errorf("%q: %v, impossible %q, left out %v", text, err, claim.Impossible, lost)
		}
		if c.impossible && (claim.Time != 0 || lost[1] != inspect.DroppedClaim{Field: "/at", Said: text}) {
			t.Errorf("%q is %s, and left out is %+v", text, claim.Time, lost[1])
		}
	}
}
