package core

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// What people are told of beside issues. The number is that of the paper, the year, or what the step of a plan is called.
const (
	remindHolidays = "holidays.missing"
	remindUnsigned = "paper.unsigned"
	remindStep     = "plan.step_due"  // a milestone, or the last day of a task
	remindLate     = "plan.step_late" // the day after
	remindReturn   = "return.due"     // on the day on which it is due
	remindMissing  = "return.missing" // once that time is over
)

// Times of reminders.
const (
	holidaysFrom  = time.November     // from its first day on next year's holidays should be known
	unsignedAfter = 24 * time.Hour    // a paper nobody has signed for goes up the ladder
	unsignedFor   = 8 * unsignedAfter // older ones were told of, or the server stood still for a week
	unsignedMost  = 2000              // papers looked at in one round
	stepDays      = 8                 // steps of plans, and returns, that are late for longer were told of
)

// Remind tells people what nobody did. It may run any number of times: each is told once, holidays once a week.
func (c *Core) Remind(ctx context.Context) error {
	var all []Notice
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, part := range []func(context.Context, *store.Tx) ([]Notice, error){c.missingHolidays, unsignedPapers, c.planSteps, c.unsentReturns} {
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
	return c.TellAll(ctx, all)
}

// missingHolidays asks for next year's holidays, from 1 November on, until somebody has imported them.
func (c *Core) missingHolidays(ctx context.Context, tx *store.Tx) ([]Notice, error) {
	now := tx.Now.UTC().In(c.Zone)
	if now.Month() < holidaysFrom {
		return nil, nil
	}
	next := time.Date(now.Year()+1, time.January, 1, 0, 0, 0, 0, c.Zone)
	cal, err := c.calendar(ctx, tx)
	if err != nil || !cal.Provisional(next, next.AddDate(0, 0, 1)) {
		return nil, err
	}
	var to []Told
	for _, role := range []inspect.Role{inspect.Office, inspect.Admin} {
		holders, err := tx.RoleHolders(ctx, role, nil, nil)
		if err != nil {
			return nil, err
		}
		for _, people := range holders {
			for _, p := range people {
				to = append(to, Told{p, inspect.Normal})
			}
		}
	}
	year, week := now.ISOWeek()
	return []Notice{{To: to, NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%d/%d-W%02d", remindHolidays, next.Year(), year, week),
		Type: remindHolidays, At: tx.Now, Facts: store.IssueSummary{Number: strconv.Itoa(next.Year())}}}}, nil
}

// unsignedPapers tells those above a unit, and who issued it, of papers that nobody has signed for.
func unsignedPapers(ctx context.Context, tx *store.Tx) (all []Notice, err error) {
	papers, err := tx.UnsignedPapers(ctx, tx.Now.Add(-unsignedFor), tx.Now.Add(-unsignedAfter), unsignedMost)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		to, err := aboveUnsigned(ctx, tx, &p)
		if err != nil {
			return nil, err
		}
		all = append(all, Notice{To: to, NotificationEvent: store.NotificationEvent{Ref: remindUnsigned + "/" + p.ID.String(), Type: remindUnsigned, At: tx.Now,
			Facts: store.IssueSummary{Number: p.Number, Unit: p.Unit}}})
	}
	return all, nil
}

func aboveUnsigned(ctx context.Context, tx *store.Tx, p *store.Paper) ([]Told, error) {
	people, _, err := unitAndAbove(ctx, tx, p.Unit)
	return append(normally(people), Told{p.Issuer, inspect.Low}), err
}

// unitAndAbove are the contacts of a unit and of the one above, and the line of both.
func unitAndAbove(ctx context.Context, tx *store.Tx, unit inspect.ID) (people, line []inspect.ID, err error) {
	if people, err = contacts(ctx, tx, unit); err != nil {
		return nil, nil, err
	}
	if line, err = tx.SelfAndAncestors(ctx, store.UnitTree, unit); err != nil || len(line) < 2 {
		return people, line, err
	}
	above, err := contacts(ctx, tx, line[1])
	return append(people, above...), line, err
}

func normally(people []inspect.ID) (to []Told) {
	for _, id := range people {
		to = append(to, Told{id, inspect.Normal})
	}
	return to
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

func stepTo(ctx context.Context, tx *store.Tx, unit inspect.ID, late bool) ([]Told, error) {
	if !late {
		people, err := contacts(ctx, tx, unit)
		return normally(people), err
	}
	people, line, err := unitAndAbove(ctx, tx, unit)
	if err != nil {
		return nil, err
	}
	offices, err := tx.RoleHolders(ctx, inspect.Office, line, nil)
	for _, some := range offices {
		for _, p := range some {
			people = add(people, p)
		}
	}
	return normally(people), err
}

// unsentReturns tells units on the day on which a return is due, and after that those above them and the office as well.
func (c *Core) unsentReturns(ctx context.Context, tx *store.Tx) (all []Notice, err error) {
	s, err := c.settings(ctx, tx)
	if err != nil {
		return nil, err
	}
	today := dayOf(tx.Now, c.Zone)
	owed, err := c.owedReturns(ctx, tx, closure.StartOfDay(today-stepDays, c.Zone), closure.StartOfDay(today+1, c.Zone), time.Weekday(s.Formula.WeekStart))
	if err != nil {
		return nil, err
	}
	var units []inspect.ID
	for n := range owed {
		units = add(units, owed[n].Unit)
	}
	names, err := tx.NodeNames(ctx, store.UnitTree, units)
	if err != nil {
		return nil, err
	}
	type late struct {
		unit inspect.ID
		late bool
	}
	told := map[late][]Told{} // a unit owes much in a week, and its people are looked up once
	for n := range owed {
		o := &owed[n]
		if o.Sent > 0 {
			continue
		}
		kind := remindReturn
		if o.State == inspect.ReturnMissing {
			kind = remindMissing
		}
		who := late{o.Unit, kind == remindMissing}
		to, known := told[who]
		if !known {
			if to, err = stepTo(ctx, tx, who.unit, who.late); err != nil {
				return nil, err
			}
			told[who] = to
		}
		all = append(all, Notice{To: to, NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%s/%s/%s", kind, o.Form.ID, o.From, o.Unit), Type: kind, At: tx.Now,
			Facts: store.IssueSummary{Number: names[o.Unit] + " " + o.Form.Name + " " + o.Period, Unit: o.Unit}}})
	}
	return all, nil
}
