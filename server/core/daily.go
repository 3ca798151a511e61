package core

import (
	"context"
	"errors"
	"fmt"

	"spotcheck/server/core/city"
)

// DailyRound asks for one step of what is done every day. Each is a job of its own, so that one that fails or takes long keeps none of
// the others waiting; one of a kind is enough.
type DailyRound struct {
	Step string `json:"step"`
}

// Kind names the job.
func (DailyRound) Kind() string { return "daily.round" }

// Unique is that a step that has not been done yet is not asked for again.
func (DailyRound) Unique() bool { return true }

// dailyStep is one of them; each looks itself whether there is something to do.
type dailyStep struct {
	name string
	do   func(*Core, context.Context) error
}

var dailySteps = []dailyStep{
	{"checkpoint", func(c *Core, ctx context.Context) error { _, err := c.Ledger.TakeCheckpoint(ctx); return err }},
	{"log", func(c *Core, ctx context.Context) error { return c.Ledger.KeepLog(ctx) }},
	{"sessions", func(c *Core, ctx context.Context) error { return c.People.SweepSessions(ctx) }},
	{"uploads", func(c *Core, ctx context.Context) error { return c.Photos.SweepUploads(ctx) }},
	{"deadlines", func(c *Core, ctx context.Context) error { // a new program may bring other holidays
		return c.Issues.Recompute(ctx, city.RecomputeDeadlines{})
	}},
	{"reminders", (*Core).Remind},
	{"drafts", func(c *Core, ctx context.Context) error { return c.Reports.DraftScheduled(ctx) }},
	{"exports", func(c *Core, ctx context.Context) error { return c.Archive.DropExports(ctx) }},
}

// DailySteps names the steps of a day, in the order in which they begin.
func DailySteps() (names []string) {
	for _, step := range dailySteps {
		names = append(names, step.name)
	}
	return names
}

// DoStep does one step of the day; one that this program does not know is an older one's, which asked for all at once.
func (c *Core) DoStep(ctx context.Context, job DailyRound) error {
	for _, step := range dailySteps {
		if step.name == job.Step {
			return step.do(c, ctx)
		}
	}
	return nil
}

// Daily does all steps, also after one that failed.
func (c *Core) Daily(ctx context.Context) (all error) {
	for _, step := range dailySteps {
		if err := step.do(c, ctx); err != nil {
			all = errors.Join(all, fmt.Errorf("core: %s of the day: %w", step.name, err))
		}
	}
	return all
}
