package workflow

import (
	"context"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// What people are told of the steps of a plan.
const (
	remindStep = "plan.step_due"  // a milestone, or the last day of a task
	remindLate = "plan.step_late" // the day after

)

// Wordings are the titles of what people are told of plans.
var Wordings = messages.Wordings{
	remindStep: {inspect.Chinese: "今日到期 行动计划 {number}", inspect.English: "Due today, action plan: {number}"},
	remindLate: {inspect.Chinese: "已滞后 行动计划 {number}", inspect.English: "Late, action plan: {number}"},
}

// PlanSteps tells units of steps of their plans whose day has come, and the day after those above them and the office as well.
func (svc *Service) PlanSteps(ctx context.Context, tx *store.Tx) (all []messages.Notification, err error) {
	on := svc.city.Today(tx)
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
			if step.Due.Add(messages.StepDays) < on {
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

func stepNotice(ctx context.Context, tx *store.Tx, t *inspect.PlanTask, step inspect.PlanStep, on inspect.Date) (messages.Notification, error) {
	kind, what := remindStep, t.Title
	if step.Due < on {
		kind = remindLate
	}
	if step.Title != "" {
		what += "：" + step.Title
	}
	recipients := messages.StepRecipients
	if kind == remindLate {
		recipients = messages.LateStepRecipients
	}
	to, err := recipients(ctx, tx, t.Unit)
	return messages.Notification{To: to, NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%s/%s/%s", kind, t.ID, step.Due, step.Title), Type: kind, At: tx.Now,
		Facts: store.IssueSummary{Number: what, Unit: t.Unit}}}, err
}
