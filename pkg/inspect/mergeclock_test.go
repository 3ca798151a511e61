package inspect_test

import (
	"testing"
	"time"

	"spotcheck/pkg/inspect"
)

// TestAMergeCountsAfterTheDeadlineItMeets merges at a server whose clock is behind the one that granted more time: counted before the
// deadline was set, the merge would be forgotten by the next one that looks.
func TestAMergeCountsAfterTheDeadlineItMeets(t *testing.T) {
	granted := inspect.At(time.Date(2026, 3, 9, 10, 0, 5, 0, time.UTC))
	into := &inspect.Issue{ID: inspect.NewID(), Status: inspect.Assigned, ChangedAt: granted.Add(-time.Hour)}
	into.ClockAt = granted
	i := &inspect.Issue{ID: inspect.NewID(), Status: inspect.Reported, ChangedAt: granted.Add(-time.Hour)}
	received := granted.Add(-5 * time.Second)
	e, err := i.Check(&inspect.Transition{Action: inspect.Merge, Into: into, DoneAt: received, SentAt: received, ReceivedAt: received})
	if err != nil || e.CreditedAt != granted {
		t.Errorf("got %v, %v, want %v", e, err, granted)
	}
}
