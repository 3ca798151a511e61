package core

import (
	"context"
	"fmt"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// What people are told of the steps of a plan.
const (
	remindStep = "plan.step_due"  // a milestone, or the last day of a task
	remindLate = "plan.step_late" // the day after
)

// PlanWordings are the titles of what people are told of plans.
var PlanWordings = Wordings{
	remindStep: {inspect.Chinese: "今日到期 行动计划 {number}", inspect.English: "Due today, action plan: {number}"},
	remindLate: {inspect.Chinese: "已滞后 行动计划 {number}", inspect.English: "Late, action plan: {number}"},
}

// planSteps tells units of steps of their plans whose day has come, and the day after those above them and the office as well.
func (c *Core) planSteps(ctx context.Context, tx *store.Tx) (all []Notice, err error) {
	on := c.today(tx)
	var open []inspect.PlanTask
	if err := tx.EachPlanTask(ctx, func(t inspect.PlanTask) error {
		if len(t.Open(on)) > 0 {
			open = append(open, t)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for n := range open {
		t := &open[n]
		for _, step := range t.Open(on) {
			if step.Due.Add(stepDays) < on {
				continue
			}
			notice, err := stepNotice(ctx, tx, t, step, on)
			if err != nil {
				return nil, err
			}
			all = append(all, notice)
		}
	}
	return all, nil
}

func stepNotice(ctx context.Context, tx *store.Tx, t *inspect.PlanTask, step inspect.PlanStep, on inspect.Date) (Notice, error) {
	kind, what := remindStep, t.Title
	if step.Due < on {
		kind = remindLate
	}
	if step.Title != "" {
		what += "：" + step.Title
	}
	to, err := stepTo(ctx, tx, t.Unit, kind == remindLate)
	return Notice{To: to, NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%s/%s/%s", kind, t.ID, step.Due, step.Title), Type: kind, At: tx.Now,
		Facts: store.IssueSummary{Number: what, Unit: t.Unit}}}, err
}
