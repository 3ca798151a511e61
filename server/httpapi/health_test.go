package httpapi

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestReadinessWaitsForNobody: a database or a store that stands still, and does not even notice that the asker has left, is away.
func TestReadinessWaitsForNobody(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	still := make(chan struct{})
	defer close(still)
	if err := <-within(ctx, func(context.Context) error { <-still; return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of its time", err)
	}
	away := errors.New("away")
	if err := <-within(t.Context(), func(context.Context) error { return away }); !errors.Is(err, away) {
		t.Errorf("got %v, want what it said", err)
	}
}
