package workflow

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// autoAssign assigns a new issue without anybody's click, where the most exact rule says so and no other contradicts it. Otherwise, where its
// limit runs by night, who is on call has to know at once (pkg/inspect/rules.md, "Clock").
func (svc *Service) autoAssign(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	f, err := svc.duties.MatchingRules(ctx, tx, row.Area, row.Category)
	if err != nil {
		return err
	}
	if len(f.Rules) > 0 && f.Rules[0].AutoAssign && (len(f.Rules) == 1 || !f.Rules[0].Clashes(&f.Rules[1])) {
		return svc.assignByRule(ctx, tx, row, &f.Rules[0])
	}
	if night, err := duties.RoundTheClock(ctx, tx, row); err != nil || !night {
		return err
	}
	return svc.messages.TellOfEvent(ctx, tx, row, &inspect.Event{Type: messages.AlertOnCall, At: tx.Now})
}

// assignByRule is an assignment by nobody: its event names the rule.
func (svc *Service) assignByRule(ctx context.Context, tx *store.Tx, row *store.IssueRow, by *inspect.ResponsibilityMatch) error {
	m := &inspect.Transition{Action: inspect.Assign, DoneAt: tx.Now, SentAt: tx.Now, ReceivedAt: tx.Now, Unit: by.Unit}
	var err error
	if m.Calendar, err = svc.city.Calendar(ctx, tx); err != nil {
		return err
	}
	if m.DayCounting, err = city.DayCounting.In(ctx, tx); err != nil {
		return err
	}
	if m.Rule, err = duties.RuleOf(ctx, tx, row, inspect.ID{}); err != nil {
		return err
	}
	e, err := row.Check(m)
	if err != nil {
		return err
	}
	e.ProposedRule, e.ProposedUnit, e.AutoAssigned = by.Number, by.Unit, true
	e.Action = "" // nobody acted
	if err := svc.issues.Save(ctx, tx, row, e); err != nil {
		return err
	}
	under, err := tx.Suspensions(ctx, tx.Now)
	if err != nil {
		return err
	}
	return svc.duties.SuspendIssue(ctx, tx, row, under)
}
