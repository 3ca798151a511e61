package issues

import (
	"context"
	"fmt"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// longestStep bounds the limits of the office's own work, in minutes of working time.
const longestStep = 30 * 24 * 60

// The settings of the clock of an issue, in minutes.
var (
	// LateWindowMinutes is how late a time done is still credited; 0 means that only receipt counts.
	LateWindowMinutes = city.Setting[int64]{Key: "late_window_minutes", Default: 12 * 60, Read: city.ReadNumber(0, 7*24*60, "minutes, 0 to 10080")}
	// AssignMinutes is the working time in which the office assigns, VerifyMinutes the one in which a fix is verified.
	AssignMinutes = city.Setting[int64]{Key: "assign_within_minutes", Default: 30, Read: city.ReadNumber(1, longestStep, fmt.Sprintf("minutes, 1 to %d", longestStep))}
	VerifyMinutes = city.Setting[int64]{Key: "verify_within_minutes", Default: 4 * 60, Read: city.ReadNumber(1, longestStep, fmt.Sprintf("minutes, 1 to %d", longestStep))}
)

// LateWindow is how late a time done is still credited.
func LateWindow(ctx context.Context, tx *store.Tx) (time.Duration, error) {
	n, err := LateWindowMinutes.In(ctx, tx)
	return time.Duration(n) * time.Minute, err
}

// Steps are the limits of the office's own work.
func Steps(ctx context.Context, tx *store.Tx) (s inspect.StepLimits, err error) {
	assign, err := AssignMinutes.In(ctx, tx)
	if err != nil {
		return s, err
	}
	verify, err := VerifyMinutes.In(ctx, tx)
	return inspect.StepLimits{Assign: time.Duration(assign) * time.Minute, Verify: time.Duration(verify) * time.Minute}, err
}
