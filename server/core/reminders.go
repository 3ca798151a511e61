package core

import (
	"context"
	"fmt"

	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/store"
)

// Remind tells people what nobody did. It may run any number of times: each is told once, holidays once a week.
func (c *Core) Remind(ctx context.Context) error {
	var all []messages.Notification
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, part := range []func(context.Context, *store.Tx) ([]messages.Notification, error){c.Messages.MissingHolidays, notices.UnsignedPapers,
			c.Workflow.PlanSteps, c.Reports.UnsentReturns} {
			some, err := part(ctx, tx)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("core: reminders: %w", err)
	}
	return c.Messages.TellAll(ctx, all)
}
