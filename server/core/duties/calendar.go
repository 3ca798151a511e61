package duties

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// Propose is the deadline that whoever assigns is offered: by the rules that fit, less what the same unit used before it gave the
// issue back.
func (svc *Service) Propose(ctx context.Context, tx *store.Tx, v *issues.View) error {
	if v.Status != inspect.Reported {
		return nil
	}
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	rules, err := rulesFor(ctx, tx, &v.IssueRow)
	if err != nil {
		return err
	}
	counting, err := city.DayCounting.In(ctx, tx)
	if err != nil {
		return err
	}
	now, limit := tx.Now.UTC(), rules[0].CalendarLimit(counting)
	v.Proposed = &issues.Proposal{Limit: limit.N, Unit: limit.Unit, Rules: rules, DueAt: inspect.At(cal.Deadline(now, limit))}
	if !v.ReturnedBy.IsZero() {
		left := max(cal.Duration(limit)-v.TimeUsed, inspect.LeastLeft)
		v.Proposed.Repeat = &issues.RepeatProposal{Unit: v.ReturnedBy, Used: v.TimeUsed, DueAt: inspect.At(cal.End(cal.CountedFrom(now, limit), left, limit))}
	}
	return nil
}
