package core

import (
	"context"

	"spotcheck/server/core/city"
)

// DailyRound asks for the daily checkpoint and the sweeps.
type DailyRound struct{}

// Kind names the job.
func (DailyRound) Kind() string { return "daily.round" }

// Daily takes the checkpoint of the day and sweeps what has run out.
func (c *Core) Daily(ctx context.Context) error {
	if _, err := c.Ledger.TakeCheckpoint(ctx); err != nil {
		return err
	}
	if err := c.People.SweepSessions(ctx); err != nil {
		return err
	}
	if err := c.Photos.SweepUploads(ctx); err != nil {
		return err
	}
	if err := c.Issues.Recompute(ctx, city.RecomputeDeadlines{}); err != nil { // a new program may bring other holidays
		return err
	}
	if err := c.Remind(ctx); err != nil {
		return err
	}
	if err := c.Reports.DraftScheduled(ctx); err != nil {
		return err
	}
	if err := c.Archive.DropExports(ctx); err != nil {
		return err
	}
	_, err := c.Photos.SweepStrays(ctx)
	return err
}
