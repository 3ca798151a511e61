package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/riverqueue/river"

	"spotcheck/server/core/photos"
)

func TestLockedBytesAreTriedAgainTomorrow(t *testing.T) {
	t.Parallel()
	w := &worker[photos.RemoveBytes]{log: slog.New(slog.DiscardHandler),
		do: func(context.Context, photos.RemoveBytes) error { return fmt.Errorf("removing: %w", photos.ErrLocked) }}
	var snooze *river.JobSnoozeError
	if err := w.Work(t.Context(), &river.Job[photos.RemoveBytes]{}); !errors.As(err, &snooze) || snooze.Duration != lockedTime {
		t.Errorf("got %v, want to be called again after %s", err, lockedTime)
	}
}
