package core

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// What people are told of beside issues. The number is that of the paper, the year, or what the step of a plan is called.
const (
	remindHolidays = "holidays.missing"
)

// Times of reminders.
const (
	holidaysFrom = time.November // from its first day on next year's holidays should be known
	stepDays     = 8             // steps of plans, and returns, that are late for longer were told of
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
